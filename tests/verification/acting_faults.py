"""Faults of choices and beliefs, and who must notice them."""

from typing import Any

import pytest

from tests.verification import acting_checks as checks
from tests.verification.faults import after, instead, method_after
from tests.verification.noticing import BEHAVIOURS, Fault
from xinyong.behaviours import acting
from xinyong.behaviours.believing import Believing
from xinyong.kernels import beliefs
from xinyong.process import Day


def spoil_table(change: Any) -> Any:
    """Let the table of choices be changed on its way to the kernels; `change` is given its columns by name."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = acting._setting

        def setting(day: Day) -> Any:
            made = original(day)
            change(made.table, day)
            return made

        patch.setattr(acting, "_setting", setting)

    return plant


def everybody_a_little_worse(table: Any, day: Day) -> None:
    table[:, acting.kernel.GAIN] += 0.1


def fear_without_risk(table: Any, day: Day) -> None:
    """Sanctions are felt that nobody thinks will come."""
    table[:, acting.kernel.GAIN] -= 0.2 * (table[:, acting.kernel.SANCTION] > 0)


def sanctions_attract(table: Any, day: Day) -> None:
    table[:, acting.kernel.GAIN] += 0.5 * table[:, acting.kernel.SANCTION]


def half_the_sanction(table: Any, day: Day) -> None:
    table[:, acting.kernel.SANCTION] *= 0.5


def act_twice(totals: Any, *rest: Any) -> None:
    rest[0][:, acting.kernel.ACTS] += 5


def round_down(patch: pytest.MonkeyPatch) -> None:
    """What lies between two codes is always rounded down."""
    original = beliefs.hear

    def hear(belief: Any, rows: Any, *rest: Any) -> Any:
        taken = original(belief, rows, *rest)
        belief[rows, 1] -= 1
        return taken

    patch.setattr(beliefs, "hear", hear)


def touch_somebody(self: Any, day: Day) -> None:
    """Somebody learns from what did not happen."""
    day.people.belief[7, 1] += 5


def an_item_counts_twice(patch: pytest.MonkeyPatch) -> None:
    original = beliefs.move_course

    def move(
        course: Any, reach: Any, resting: Any, forgotten: Any, shares: Any, signals: Any, *rest: Any
    ) -> None:
        original(course, reach, resting, forgotten, shares, 2 * signals, *rest)

    patch.setattr(beliefs, "move_course", move)


def loud_media_bore(self: Any, day: Day) -> float:
    """The more items, the less is taken in."""
    return 1.0 / float(day.own_rules.media.items_per_adult_week)


def names_teach(self: Any, day: Day) -> None:
    """Items teach although the names are made up."""
    if not day.own_rules.media.informative_share:
        day.table("expectations").fields.course[:4] += 1e-6


def drift_without_cause(self: Any, day: Day) -> None:
    day.table("expectations").fields.course[:4] *= 1.001


FAULTS = [
    Fault(
        "everybody gives way more easily",
        spoil_table(everybody_a_little_worse),
        checks.rate_without_sanctions,
        "V-1",
    ),
    Fault(
        "sanctions are feared that nobody expects",
        spoil_table(fear_without_risk),
        checks.no_risk_is_no_sanction,
        "V-2",
    ),
    Fault("sanctions attract", spoil_table(sanctions_attract), checks.harder_means_fewer, "V-60"),
    Fault("a sanction counts half", spoil_table(half_the_sanction), checks.leverage_as_in_the_mean_field, "V-13"),
    Fault(
        "acts are counted that nobody did",
        after(f"{BEHAVIOURS}.acting.kernel.choose", lambda out, totals, *rest: act_twice(out, totals)),
        checks.yearly_acts_are_the_rate,
        "expected",
    ),
    Fault("beliefs are rounded down", round_down, checks.means_are_smoothed, "V-14"),
    Fault(
        "somebody learns from nothing",
        method_after(Believing, "step", touch_somebody),
        checks.the_untouched_stand_on_the_course,
        "did not happen",
    ),
    Fault(
        "an item counts twice",
        an_item_counts_twice,
        checks.the_untouched_stand_on_the_course,
        "closed form",
    ),
    Fault("loud media bore", instead(Believing, "_media", loud_media_bore), checks.more_media_more_leverage, "V-62"),
    Fault(
        "made-up names teach",
        method_after(Believing, "step", names_teach),
        checks.random_names_teach_nothing,
        "placebo",
    ),
    Fault(
        "beliefs drift though nothing weighs",
        method_after(Believing, "step", drift_without_cause),
        checks.no_weight_is_no_change,
        "V-31",
    ),
]  # fmt: skip
