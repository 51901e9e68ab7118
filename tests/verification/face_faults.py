"""Faults of knowledge, face and reports, and who must notice them."""

from typing import Any

import numpy as np
import pytest

from tests.verification import face_checks as checks
from tests.verification.faults import instead, method_after
from tests.verification.noticing import BEHAVIOURS, Fault
from xinyong.behaviours import complying, reporting
from xinyong.behaviours.facing import Facing
from xinyong.behaviours.knowing import Knowing
from xinyong.behaviours.reporting import Reporting
from xinyong.institutions.city_points import CityPoints
from xinyong.kernels.facing import lose_face
from xinyong.process import Day


def told_twice(patch: pytest.MonkeyPatch) -> None:
    """The hazard of being told is doubled on its way into the kernel."""
    from xinyong.behaviours import knowing

    original = knowing._rules

    def rules(*given: Any) -> Any:
        numbers, told, media = original(*given)
        return numbers, 2 * told, media

    patch.setattr(knowing, "_rules", rules)


def announce_half(patch: pytest.MonkeyPatch) -> None:
    """Half of those who learn are counted in the share and never told of."""
    original = Knowing._post
    patch.setattr(Knowing, "_post", lambda self, day, out: original(self, day, out[::2]))


def keep_the_line(self: Any, day: Day, at: Any, party: Any) -> None:
    """Somebody off the list is still followed."""


def keep_the_shame(shame: Any, gone: Any, *rest: Any) -> Any:
    """Face once lost is lost for good."""
    return lose_face(shame, gone[:0], *rest)


def drop_face(day: Day) -> Any:
    """The debtor's hazard forgets that face was lost."""
    return np.zeros(0, np.uint8)


def trust_every_listing(shame: Any, gone: Any, table: Any, *rest: Any) -> Any:
    """Observers believe every listing, right or wrong."""
    return lose_face(shame, gone, (*table[:4], np.zeros_like(table[4]), table[5]), *rest)


def spare_the_family(*given: Any) -> Any:
    """The household keeps its face, whatever the rule says."""
    rules = given[7].copy()
    rules[1] = 0.0
    return lose_face(*given[:7], rules, *given[8:])


def meddle(self: Any, day: Day) -> None:
    """Loss of face makes somebody unable to pay, though face has no weight."""
    day._store.columns["unable"][day.people.shame > 0] = 1


def lose_a_complaint(self: Any, day: Day, *rest: Any) -> None:
    desk = day.table("complaints")
    desk.release(np.flatnonzero(desk.fields.alive == 1)[:1].astype(np.int32))


def book_as_rightful(patch: pytest.MonkeyPatch) -> None:
    """The city books what was falsely reported as if it had happened."""
    original = CityPoints._book
    patch.setattr(
        CityPoints, "_book", lambda self, day, known, records, false=0: original(self, day, known, records)
    )


def hearsay_is_enough(patch: pytest.MonkeyPatch) -> None:
    """Whatever the rate, people report."""
    original = reporting._table

    def table(rules: Any) -> Any:
        made = original(rules)
        made.rules[0] = 0.2
        return made

    def step(self: Any, day: Day) -> None:
        self._file(day, day.hear("act"), table(day.own_rules))
        self._decide(day, table(day.own_rules))

    patch.setattr(Reporting, "step", step)


def kernel(other: Any) -> Any:
    """Put something else in the place of the kernel of `facing`."""
    return lambda patch: patch.setattr(f"{BEHAVIOURS}.facing.kernel.lose_face", other)


FAULTS = [
    Fault("contacts are told twice as fast", told_twice, checks.shares_follow_the_closed_form, "closed form"),
    Fault(
        "half of the learners are not announced",
        announce_half,
        checks.learners_are_as_many_as_the_shares_say,
        "learned",
    ),
    Fault(
        "who leaves the list is followed on",
        instead(Knowing, "_end", keep_the_line),
        checks.laws_hold,
        "followed",
    ),
    Fault("face once lost is never regained", kernel(keep_the_shame), checks.laws_hold, "shame"),
    Fault(
        "the debtor does not feel it",
        instead(complying, "_shame", drop_face),
        checks.face_makes_the_able_pay,
        "phi_F",
    ),
    Fault(
        "observers believe every listing",
        kernel(trust_every_listing),
        checks.wrong_listings_weaken_face,
        "true listings",
    ),
    Fault(
        "the family is spared",
        kernel(spare_the_family),
        checks.family_harm_rises_with_its_share,
        "chi",
    ),
    Fault(
        "face acts without weight",
        method_after(Facing, "step", meddle),
        checks.face_without_weight_changes_nobody,
        "differs",
    ),
    Fault(
        "a complaint is lost",
        method_after(Reporting, "_decide", lose_a_complaint),
        checks.laws_hold_on_reports,
        "complaints",
    ),
    Fault(
        "inspectors look into three reports a week, however many there are",
        instead(reporting, "_inspectors", lambda day, rules: 3),
        checks.inspectors_spare_the_innocent,
        "capacity up",
    ),
    Fault(
        "false reports are booked as true",
        book_as_rightful,
        checks.false_reports_are_wrong_deductions,
        "lost points|without",
    ),
    Fault(
        "people report at a rate of nought",
        hearsay_is_enough,
        checks.reports_that_nobody_makes_change_nobody,
        "differs",
    ),
]
