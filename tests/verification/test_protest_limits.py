"""Protest is an outcome and never a target: what the package must not do; and faults that the checks must notice."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xinyong
from tests.verification import checks, faults
from tests.verification.noticing import Fault
from tests.verification.test_protest import (
    all_active_in_despair,
    as_many_officers_as_active,
    more_officers_less_protest,
    performing_relieves_creditors,
    quiet_under_full_legitimacy,
    repression_rises_with_violence_and_class,
    world,
)
from xinyong.behaviours import grieving, protesting
from xinyong.behaviours.grieving import Grieving
from xinyong.errors import RunError
from xinyong.institutions.state_response import StateResponse
from xinyong.kernels import answering
from xinyong.kernels import protesting as kernel

# --- protest is an outcome -----------------------------------------------------------------------------------------

FELT = ("grievance", "hardship", "outrage", "protest", "dissent", "support", "voiced", "petition", "belief")
ORDERING = {"sort", "sorted", "argsort", "lexsort", "partition", "argpartition", "nlargest", "nsmallest", "argmax",
            "argmin", "rank", "rankdata", "order_by", "sort_values", "searchsorted"}  # fmt: skip


def orders_persons_by_what_they_feel(source: str) -> list[str]:
    """Functions whose arguments to something that orders speak of grievance, protest, support or belief."""
    found = []
    for function in [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]:
        for call in [n for n in ast.walk(function) if isinstance(n, ast.Call)]:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ORDERING and any(word in ast.unparse(call) for word in FELT):
                found.append(f"{function.name}: {ast.unparse(call)}")
    return found


def test_nothing_orders_persons_by_what_they_feel():
    """No function of the package sorts, ranks or picks the most aggrieved, most rebellious or least believing."""
    guilty = {
        path.name: found
        for path in Path(xinyong.__file__).parent.rglob("*.py")
        if (found := orders_persons_by_what_they_feel(path.read_text(encoding="utf-8")))
    }
    assert not guilty
    planted = "def worst(day):\n    return np.argsort(day.table('grievances').fields.hardship)[::-1]"
    assert orders_persons_by_what_they_feel(planted), "the guard does not see a planted ranking"


def test_only_protesting_reads_grievances():
    """Nobody but protesting can see who is aggrieved."""
    readers = {
        name for name, kind in checks.known_processes().items()
        if any(n.startswith("grievances.") for n in (*kind.reads, *kind.recalls, *kind.may_read, *kind.may_recall))
    }  # fmt: skip
    assert readers == {"protesting"}


# --- planted faults ----------------------------------------------------------------------------------------------


def _rules_with(module: Any, place: int, value: float) -> faults.Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        original = module._rules

        def wrong(rules: Any) -> Any:
            numbers = original(rules).copy()
            numbers[place] = value
            return numbers

        patch.setattr(module, "_rules", wrong)

    return plant


def _lose_a_grievance(self: Any, day: Any, desk: Any) -> None:
    alive = np.flatnonzero(desk.fields.alive[: desk.high])
    if len(alive):
        desk.release(alive[:1].astype(np.int32))


def _forget_an_answer(self: Any, day: Any, protests: Any) -> None:
    day.count(answered_cum=-1)


def _open_the_gates(self: Any, day: Any) -> None:
    rows = np.flatnonzero(day.table("detentions").fields.alive[: day.table("detentions").high])
    day.table("detentions").release(rows.astype(np.int32))


def _paid_or_not(patch: pytest.MonkeyPatch) -> None:
    """Everybody to whom a debt was ever owed goes on counting as unpaid: the cases are read as they stood at first."""
    original = grieving._gather

    def gather(day: Any, wanted: Any) -> None:
        original(day, wanted)
        wanted += np.uint32(day.now.rules.complying.base_per_year > 0)

    patch.setattr(grieving, "_gather", gather)


def laws_hold() -> None:
    world()


def officers_encourage(day: Any) -> float:
    return float(1 / (0.01 + day.rules.state_response.officers_per_1000))


def lenient(violent: int, upper: int, rules: Any) -> float:
    return 0.5 - 0.1 * violent + 0.05 * upper


FAULTS = [
    Fault(
        "arrest at par is too rare",
        faults.instead(kernel, "arrest_chance", lambda c, a: 1 - np.exp(-2 * c / a)),
        as_many_officers_as_active,
        "arrest at par",
    ),
    Fault(
        "legitimacy is not read",
        _rules_with(protesting, kernel.LEGITIMACY, 0.5),
        quiet_under_full_legitimacy,
        "not quiet",
    ),
    Fault(
        "hardship is not read",
        _rules_with(protesting, kernel.BASE_LOW, 0.0),
        all_active_in_despair,
        "not all active",
    ),
    Fault(
        "officers encourage",
        faults.instead(protesting, "_officers", officers_encourage),
        more_officers_less_protest,
        "not less protest",
    ),
    Fault(
        "violence is met with leniency",
        faults.instead(answering, "repression_chance", lenient),
        repression_rises_with_violence_and_class,
        "not likelier",
    ),
    Fault("paid creditors stay aggrieved", _paid_or_not, performing_relieves_creditors, "no relief"),
    Fault(
        "a grievance is lost",
        faults.method_after(Grieving, "_renew", _lose_a_grievance),
        laws_hold,
        "grievances",
    ),
    Fault(
        "a protest is not answered",
        faults.method_after(StateResponse, "_answer", _forget_an_answer),
        laws_hold,
        "protests",
    ),
    Fault(
        "the gates stand open",
        faults.method_after(StateResponse, "step", _open_the_gates),
        laws_hold,
        "detentions",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.what)
def test_a_planted_fault_is_noticed(fault, monkeypatch):
    fault.plant(monkeypatch)
    with pytest.raises((AssertionError, RunError), match=fault.word):
        fault.check()
