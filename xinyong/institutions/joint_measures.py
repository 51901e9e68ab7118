"""Joint discipline (聯合懲戒): whose listing bars from what, since when."""

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels.records import rename
from xinyong.memoranda import MOST_ACTIVITIES, in_force
from xinyong.notices import Notice
from xinyong.process import Day, Process

PERSON = 0


class JointMeasures(Process):
    """Bars whoever a live record concerns from what the members of a memorandum control.

    Bits are kept by issuer (`named_by`) and what is barred is worked out from them, so that one issuer's deletion
    never lifts another's bar. A new memorandum row bars those already recorded.
    *Source:* model.md 2.7h; memorandum 發改財金〔2016〕141號; footnotes 62 and 68 of the paper.
    """

    name = "joint_measures"
    owns = {
        "activities": SideTable("activities a listing may bar from; row = code"),
        "activities.coverage": Column("f4", "share of the members' reach at work by now", "share"),
        "named_by": Column("u1", "bits: issuers with a live record on the party", "bits"),
        "barred": Column("u2", "bits: activities the party is barred from", "bits"),
        "barred_persons_now": Tally("persons barred from something", "persons", stock=True),
    }
    reads = ("kind", "records.party", "records.target", "records.issuer", "records.state")
    hears = ("record_step",)
    posts = {"barred_notice": Notice("a person is newly barred from something", {"party": "i4"})}

    def begin(self, day: Day) -> None:
        """Make the fixed rows of activities."""
        day.table("activities").take(MOST_ACTIVITIES)

    def step(self, day: Day) -> None:
        """Work out anew whom this week's records and memoranda bar from what."""
        rules, steps = day.own_rules, day.hear("record_step")
        if rules.ramp_years is None:
            return
        coverage, masks, changed = in_force(
            day.now.book, day.now.monday, rules.ramp_years, rules.coverage_ceiling_share
        )
        day.table("activities").fields.coverage[:MOST_ACTIVITIES] = coverage
        concerned = [steps.party, steps.target]
        if changed:
            records = day.table("records").fields
            concerned += [records.party[records.alive == 1], records.target[records.alive == 1]]
        if changed or len(steps):
            touched = np.unique(np.concatenate(concerned))
            self._bar(day, touched[touched >= 0], masks)

    def _bar(self, day: Day, parties: Array, masks: Array) -> None:
        people, records = day.people, day.table("records").fields
        persons = parties[people.kind[parties] == PERSON]
        was = people.barred[persons] > 0
        rename(
            people.named_by, people.barred, parties, records.alive, records.party, records.target, records.issuer,
            records.state, masks,
        )  # fmt: skip
        now = people.barred[persons] > 0
        new = persons[now & ~was]
        day.post("barred_notice", day=np.full(len(new), day.now.monday, np.int32), party=new)
        day.count(barred_persons_now=int(now.sum()) - int(was.sum()))
