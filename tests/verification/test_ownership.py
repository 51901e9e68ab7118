"""Who may touch what: a process that reaches beyond what it declared is stopped at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest
from numba.core.errors import TypingError

from tests.verification import checks
from tests.worlds import plan_of, play
from xinyong.columns import Column, Tally
from xinyong.errors import AssemblyError, OwnershipError
from xinyong.kernels.points import apply_deltas
from xinyong.notices import Notice
from xinyong.process import Day, Process


def meddler(act: Callable[[Day], Any], **declares: Any) -> Process:
    """A process that does one thing it should not."""
    body = {"name": "meddler", "step": lambda self, day: act(day), "owns": {}, **declares}
    return type("Meddler", (Process,), body)()


def write_in_a_kernel(day: Day) -> None:
    """The points kernel writes its first argument; here it is given a column of another process."""
    rows, table = np.zeros(1, np.int32), np.zeros((1, 1), np.int32)
    unable = day.people.unable
    apply_deltas(unable, unable, unable, rows, rows, rows, rows, rows, rows, rows, False, table, table)


MEDDLING = [
    ("reads a column it did not declare", lambda day: day.people.unable, {}, OwnershipError),
    ("misspells a column", lambda day: day.people.unabel, {"reads": ("unable",)}, OwnershipError),
    ("writes a column it only reads", lambda day: day.people.unable.fill(1), {"reads": ("unable",)}, ValueError),
    ("counts in another's name", lambda day: day.count(suits_cum=1), {}, OwnershipError),
    ("announces what it did not declare", lambda day: day.post("suit", day=[1]), {}, OwnershipError),
    ("hears what it did not declare", lambda day: day.hear("suit"), {}, OwnershipError),
    ("recalls what it did not declare", lambda day: day.heard("suit"), {"hears": ("suit",)}, OwnershipError),
    ("opens a case of the court", lambda day: day.table("cases").take(1), {"reads": ("cases.party",)}, OwnershipError),
    ("closes a case of the court", lambda day: day.table("cases").release(np.zeros(1, np.int32)), {}, OwnershipError),
    ("turns the court's calendar", lambda day: day.table("cases").due("docket", 0), {}, OwnershipError),
    ("leaves a column out of a notice", lambda day: day.post("hint", day=[1]),
     {"posts": {"hint": Notice("a hint", {"party": "i4"})}}, OwnershipError),
    ("changes a rule", lambda day: setattr(day.rules.ability, "unable_per_year", 0.0), {}, AttributeError),
    ("asks for a rule that is not there", lambda day: day.rules.ability.unable_per_yaer, {}, AttributeError),
    ("changes an announcement", lambda day: day.hear("loan").amount.fill(0) if len(day.hear("loan")) else None,
     {"hears": ("loan",)}, ValueError),
    ("writes a borrowed column in a kernel", write_in_a_kernel, {"reads": ("unable",)}, TypingError),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "act", "declares", "error"), MEDDLING, ids=[m[0].replace(" ", "-") for m in MEDDLING]
)
def test_nobody_meddles(what, act, declares, error):
    """A process that touches what is not its own is stopped at once."""
    plan = checks.with_processes(plan_of(start=dt.date(2018, 1, 1), end=dt.date(2018, 2, 1), burn_in_weeks=0),
                                 meddler(act, **declares))  # fmt: skip
    with pytest.raises(error):
        play(plan, checks.small_people())


def test_two_owners_are_refused():
    """A column has one owner: two processes that claim it do not come together."""
    twin: ClassVar = {"unable": Column("u1", "mine too"), "x_cum": Tally("x", "x")}
    with pytest.raises(AssemblyError, match="two owners"):
        checks.with_processes(plan_of(), meddler(lambda day: None, owns=twin))
