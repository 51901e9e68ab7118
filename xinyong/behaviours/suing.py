"""Creditors who go to court."""

import numpy as np

from xinyong.columns import Tally
from xinyong.draws import uniforms
from xinyong.notices import Notice
from xinyong.process import Day, Process


class Suing(Process):
    """A creditor sues over some defaults, more readily when the debtor has means.

    *Source:* model.md 2.8 debt.q_s (assumed, fitted to the published counters).
    """

    name = "suing"
    owns = {"suits_cum": Tally("suits filed over defaults", "suits")}
    reads = ("number",)
    hears = ("default",)
    posts = {
        "suit": Notice(
            "a creditor sues", {"party": "i4", "loan": "i4", "serial": "u2", "amount": "i4", "evading": "u1"}
        )
    }

    def step(self, day: Day) -> None:
        """Each default of this week is taken to court or not."""
        defaults, rules = day.hear("default"), day.own_rules
        if not len(defaults) or rules.sued_share is None:
            return
        who = day.base | day.people.number[defaults.party].astype(np.uint64)
        share = np.where(defaults.able == 1, rules.sued_share, rules.sued_share * rules.unable_ratio)
        loan = who | (defaults.serial.astype(np.uint64) << np.uint64(48))
        sues = np.flatnonzero(uniforms(day.key, loan) < share)
        names = self.posts["suit"].columns
        day.post("suit", **{name: getattr(defaults, name)[sues] for name in names})
        day.count(suits_cum=len(sues))
