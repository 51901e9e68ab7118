"""What the scoring firm tells the one province that exchanges lists with it, Guizhou, since January 2017."""

import numpy as np

from xinyong import flows
from xinyong.columns import Tally
from xinyong.draws import uniforms
from xinyong.notices import Notice
from xinyong.process import Day, Process

FIRM = 1


class GuizhouExchange(Process):
    """Tells the one exchanging province of defaults of the firm's members, if the firm delivers.

    The inward leg, the province's lists in a member's history, is part of the score.
    *Source:* the paper, section IV.1 and footnote 54 (R76).
    """

    name = "guizhou_exchange"
    owns = {"exchange_reports_cum": Tally("defaults of members told to the exchanging province", "reports")}
    reads = ("number", "firm_score")
    may_read = ("credit_firms.to_organs",)
    hears = ("default",)
    posts = {
        "exchange_report": Notice("the firm tells the province of a member's default", {"party": "i4", "number": "u4"}),
    }  # fmt: skip

    def step(self, day: Day) -> None:
        """Tell of this week's defaults."""
        share = flows.strength(day.rules, "sesame_to_guizhou", day.shard)
        if not share:
            return
        firms, party = day.may_table("credit_firms"), day.hear("default").party
        if not len(party) or (firms is not None and not firms.fields.to_organs[FIRM - 1]):
            return
        rows = np.unique(party[day.people.firm_score[party] > 0])
        told = rows[uniforms(day.key, day.base | day.people.number[rows].astype(np.uint64)) < share]
        day.count(exchange_reports_cum=len(told))
        when = np.full(len(told), day.now.monday)
        day.post("exchange_report", day=when, party=told, number=day.people.number[told])
