"""V-49: the accounts of the two kinds of power add up, and nothing can act on them."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import xinyong
from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.errors import RuleError
from xinyong.institutions.accounts import ITEMS, Accounts, items_of
from xinyong.process import borrowed
from xinyong.rulebook import RuleBook

PEOPLE = checks.small_people()
MINE = tuple(n for n in Accounts.owns if n.endswith("_fen_cum"))


@pytest.fixture(scope="module")
def world() -> World:
    return play(checks.stressed_plan(), PEOPLE, check=laws.check)


def test_what_is_booked_is_the_count_times_its_cost(world):
    """With one price throughout, an account's items are counts of the model times that price, in every week."""
    rules = world.plan.book.on(dt.date(2018, 1, 1)).accounts.items
    flows = [item for item in ITEMS if item.counts.endswith("_cum")]
    assert sum(world.last(item.counts) > 0 for item in flows) >= 6
    for item in flows:
        cost = getattr(rules, item.key).unit_cost_fen
        assert np.array_equal(
            world.total(f"spent_{item.account}_{item.key}_fen_cum"), cost * world.total(item.counts)
        ), item.key


def test_stocks_and_systems_are_charged_by_the_week(world):
    """A file kept for a week costs once a week; a system costs a fen for every party in every week it is in force."""
    files = 10 * world.total("scored_persons_now").cumsum()
    assert np.array_equal(world.total("spent_infrastructural_points_system_fen_cum"), files)
    parties = sum(s.store.parties for s in world.shards)
    assert (
        world.last("spent_infrastructural_court_list_system_fen_cum") == parties * world.plan.calendar.weeks
    )


def test_accounts_add_up_over_items_and_shards(world):
    """Each account is the sum of its items in every week, in every shard and in the nation."""
    for account in {item.account for item in ITEMS}:
        items = [world.total(f"spent_{account}_{i.key}_fen_cum") for i in ITEMS if i.account == account]
        assert np.array_equal(world.total(f"account_{account}_fen_cum"), np.sum(items, axis=0))
    assert world.last("account_coercive_fen_cum") > 0 < world.last("account_infrastructural_fen_cum")


def test_nobody_can_read_the_accounts():
    """No process reads, watches or audits what the accounts hold, so that nothing can seek to spend less."""
    for name, kind in known_processes().items():
        if name != "accounts":
            seen = {*borrowed(kind), *kind.watches, *kind.audits, *kind.consults}
            assert not seen & set(Accounts.owns), name


def test_the_accounts_move_nothing(world):
    """With and without accounts every other series is equal to the bit (R71: ex post only)."""
    without = play(checks.stressed_plan(leave_out=["accounts"]), PEOPLE)
    assert checks.assert_same_where_shared(world, without) > 60


def test_twice_the_price_twice_the_cost_and_nothing_else():
    """Prices scale their own item and no count."""
    paths = [f"accounts.items.{item.key}.unit_cost_fen" for item in ITEMS]
    one, two = (
        play(checks.stressed_plan(dict.fromkeys(paths, fen), end=dt.date(2017, 6, 30)), PEOPLE)
        for fen in (1, 2)
    )
    for name in MINE:
        assert two.last(name) == 2 * one.last(name), name
    checks.assert_same_where_shared(one, two, lambda n: n.removeprefix("tally:") in MINE)


def test_an_account_that_does_not_exist_is_refused(tmp_path: Path):
    """A row that names no account is refused with the nearest one; a row with a new count is taken as it is."""
    folder = tmp_path / "rules"
    shutil.copytree(Path(xinyong.__file__).parent / "rules", folder)
    file = folder / "accounts.yaml"
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))
    row = rules["items"]["records"]
    told = {name: {**row[name], "values": {d: dict(v) for d, v in row[name]["values"].items()}} for name in
            ("account", "counts", "unit_cost_fen")}  # fmt: skip
    rules["items"]["judgments"] = {"code": 77, "gloss": "judgments", **told}
    told["counts"]["values"] = {
        d: {**v, "value": "judgments_cum"} for d, v in told["counts"]["values"].items()
    }
    file.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    assert items_of(RuleBook.load(folder))[-1] == ("judgments", "infrastructural", "judgments_cum")
    with pytest.raises(RuleError, match="did you mean 'coercive'"):
        items_of(RuleBook.load(folder, {"accounts.items.judgments.account": "coerciv"}))


def test_a_scenario_changes_costs_only():
    """What an item counts is part of the model; a scenario that would change it is told so, not ignored."""
    with pytest.raises(RuleError, match="may change what an item costs"):
        play(checks.stressed_plan({"accounts.items.records.account": "coercive"}), PEOPLE, weeks=1)


def test_the_plan_without_any_count_books_systems_only():
    """Alone, the accounts find no counts and charge only for what the law has in force."""
    plan = plan_of(
        start=dt.date(2017, 1, 2), end=dt.date(2017, 3, 26), burn_in_weeks=0, processes=("accounts",)
    )
    alone = play(plan, PEOPLE, check=laws.check)
    booked = {name for name in MINE if alone.last(name)}
    assert booked == {
        "spent_infrastructural_court_list_system_fen_cum",
        "spent_infrastructural_platform_system_fen_cum",
        "account_infrastructural_fen_cum",
    }
