"""Two kinds of power side by side: the coercive lever and the credit system, alone and together (R3, R5, C12)."""

import datetime as dt
from typing import Any

import pytest

from tests.experiments import SWITCHES
from tests.verification import checks
from tests.verification.test_protest import RESTLESS, SOCIETY
from tests.worlds import World, people_of, play
from xinyong import laws
from xinyong.lab.experiment.design import Layout, load_design
from xinyong.lab.scenario import load_scenario
from xinyong.rulebook import RuleBook

PEOPLE = people_of(1, 1200)
WITHOUT = SWITCHES.cell_patches({"S": False}, RuleBook.load())
LEVER = "state_response.officers_per_1000"
COERCIVE, INFRASTRUCTURAL = "account_coercive_fen_cum", "account_infrastructural_fen_cum"


def cell(officers: float, system: bool) -> World:
    sets: dict[str, Any] = {**RESTLESS, LEVER: officers, **({} if system else WITHOUT)}
    plan = checks.stressed_plan(sets, end=dt.date(2018, 6, 30), processes=(*SOCIETY, "accounts"))
    return play(plan, PEOPLE, check=laws.check)


@pytest.fixture(scope="module")
def cells() -> dict[tuple[float, bool], World]:
    """The 2 x 2 of the design `power`, in small, with a fifth world that has no officers at all."""
    return {
        (n, s): cell(n, s) for n, s in ((0.5, True), (1.0, True), (0.5, False), (1.0, False), (0.0, True))
    }


def test_one_kind_of_power_alone(cells):
    """R3: without the system its account stays empty; without officers none is paid."""
    force, reach = cells[1.0, False], cells[0.0, True]
    assert force.last("spent_coercive_officers_fen_cum") > 0 == force.last(INFRASTRUCTURAL)
    assert reach.last("spent_coercive_officers_fen_cum") == 0 < reach.last(INFRASTRUCTURAL)


def test_the_lever_costs_and_deters_with_and_without_the_system(cells):
    """V-69 in both rows of the design, and the lever is booked to the coercive account alone."""
    for system in (True, False):
        half, full = cells[0.5, system], cells[1.0, system]
        assert full.last("protests_expected_cum") < half.last("protests_expected_cum")
        assert full.last("spent_coercive_officers_fen_cum") > half.last("spent_coercive_officers_fen_cum")
        assert full.last(INFRASTRUCTURAL) == half.last(INFRASTRUCTURAL)


def test_the_interaction_is_a_number_beside_two_accounts(cells):
    """R5: what both do together beyond what each does alone; its sign is an outcome, the test asks that it exists."""
    outcome = {key: world.last("protests_expected_cum") for key, world in cells.items()}
    together = (outcome[1.0, True] - outcome[0.5, True]) - (outcome[1.0, False] - outcome[0.5, False])
    assert together != 0
    costs = {(world.last(COERCIVE), world.last(INFRASTRUCTURAL)) for world in cells.values()}
    assert len(costs) == len(cells)


def test_the_design_holds_four_cells_and_changes_the_lever_alone():
    """C12: officers at 0.5x and 1x, the system off and on; nothing else differs between the cells."""
    design = load_design("power")
    layout = Layout(design, SWITCHES, load_scenario(design.scenario))
    assert len(layout.cells) == 4
    default = RuleBook.load().on(dt.date(2018, 1, 1)).state_response.officers_per_1000
    assert {c.swept["officers"] for c in layout.cells} == {default / 2, default}
    assert all(set(c.sets) <= {LEVER, *WITHOUT} for c in layout.cells)
