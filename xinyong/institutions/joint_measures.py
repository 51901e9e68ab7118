"""Joint discipline (聯合懲戒): whose listing bars from what, since when; and what courts may look up."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import records as kernel
from xinyong.memoranda import COURT_LIST, MOST_ACTIVITIES, InForce, in_force
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows

CHECKS = coded_rows("joint_measures", "information_checks")


class JointMeasures(Process):
    """Bars whoever a live record concerns from what the members of a memorandum control.

    Bits are kept by issuer (`named_by`) and what is barred is worked out from them, so that one issuer's deletion
    never lifts another's bar. `barred` is what the court list bars from; others bar through `named_by` and
    `activities.barred_by`, and are counted apart. A new memorandum row bars those already recorded. Courts look up
    what the memorandum lets them see about a newly listed person.
    *Source:* model.md 2.7h; memorandum 發改財金〔2016〕141號; footnotes 62 and 68 of the paper.
    """

    name = "joint_measures"
    owns = {
        "activities": SideTable("activities a listing may bar from; row = code"),
        "activities.coverage": Column(
            "f4", "share of the reach of the court list's members at work by now", "share"
        ),
        "activities.others_coverage": Column("f4", "the same for members acting on the other lists", "share"),
        "activities.barred_by": Column("u2", "bits: issuers whose entries bar from the activity", "bits"),
        "named_by": Column(
            "u2", "bits: issuers with a live record on the party, or on an organisation it represents", "bits"
        ),
        "barred": Column("u2", "bits: activities the court list bars the party from", "bits"),
        "barred_persons_now": Tally("persons the court list bars from something", "persons", stock=True),
        "barred_by_others_now": Tally("persons other lists bar from something", "persons", stock=True),
        **{f"{check.key}_checks_cum": Tally(f"persons looked up: {check.gloss}", "look-ups") for check in CHECKS},
    }  # fmt: skip
    reads = ("number", "kind", "records.party", "records.target", "records.issuer", "records.state")
    hears = ("record_step", "listed")
    posts = {
        "barred_notice": Notice("a person is newly barred from something by the court list", {"party": "i4"}),
        "shut_out_notice": Notice("a person is newly barred from something by other lists", {"party": "i4"}),
    }

    def begin(self, day: Day) -> None:
        """Make the fixed rows of activities."""
        day.table("activities").take(MOST_ACTIVITIES)

    def step(self, day: Day) -> None:
        """Work out anew whom this week's records and memoranda bar from what; look up the newly listed."""
        rules, steps, listed = day.own_rules, day.hear("record_step"), day.hear("listed")
        if rules.ramp_years is None:
            return
        now = in_force(day.now.book, day.now.monday, rules.ramp_years, rules.coverage_ceiling_share)
        activities = day.table("activities").fields
        activities.coverage[:MOST_ACTIVITIES] = now.coverage
        activities.others_coverage[:MOST_ACTIVITIES] = now.others_coverage
        if now.changed or len(steps):
            self._bar(day, steps, now)
        if len(listed):
            self._look_up(day, listed)

    def _bar(self, day: Day, steps: Batch, now: InForce) -> None:
        people, records, activities = day.people, day.table("records"), day.table("activities").fields
        fields, high = records.fields, records.high
        others = np.array([_any_other(activities.barred_by), _any_other(now.barred_by)], np.uint16)
        activities.barred_by[:MOST_ACTIVITIES] = now.barred_by
        totals = np.zeros(4, np.int64)
        fresh = kernel.rename(
            people.named_by, people.barred, people.kind, (steps.party, steps.target), now.changed,
            (fields.party, fields.target, fields.issuer, fields.state), fields.alive[:high], now.masks[COURT_LIST],
            others, totals,
        )  # fmt: skip
        barred, out, newly_barred, newly_out = totals.tolist()
        self._announce(day, "barred_notice", fresh[0, :newly_barred])
        self._announce(day, "shut_out_notice", fresh[1, :newly_out])
        day.count(barred_persons_now=barred, barred_by_others_now=out)

    def _announce(self, day: Day, kind: str, persons: Array) -> None:
        if len(persons):
            day.post(kind, day=np.full(len(persons), day.now.monday, np.int32), party=persons)

    def _look_up(self, day: Day, listed: Batch) -> None:
        shares = _checks(day.own_rules.information_checks)
        done = np.zeros(len(shares), np.int64)
        kernel.look_ups(done, listed.party, day.people.kind, day.people.number, shares, day.base, day.key)
        day.count(**{f"{check.key}_checks_cum": int(done[check.code]) for check in CHECKS})


def _any_other(barred_by: Array) -> int:
    """Bits of the issuers, the court list apart, that bar from anything."""
    return int(np.bitwise_or.reduce(barred_by)) & ~1


@lru_cache(maxsize=64)
def _checks(checks: Any) -> Array:
    """Share of the newly listed looked up in each check; nought before it exists."""
    return np.array([row.looked_up_share if row.in_force else 0.0 for row in checks.rows()])
