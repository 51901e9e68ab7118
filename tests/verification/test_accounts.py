"""V-49: the accounts of the two kinds of power add up, and nothing can act on them."""

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

import xinyong
from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.errors import RuleError, RunError
from xinyong.institutions import accounts
from xinyong.institutions.accounts import Accounts, Item, items, items_of
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
    flows = [item for item in items() if item.counts.endswith("_cum")]
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
    for account in {item.account for item in items()}:
        told = [world.total(f"spent_{account}_{i.key}_fen_cum") for i in items() if i.account == account]
        assert np.array_equal(world.total(f"account_{account}_fen_cum"), np.sum(told, axis=0))
    assert world.last("account_coercive_fen_cum") > 0 < world.last("account_infrastructural_fen_cum")


def test_every_item_counts_something_that_is_kept():
    """An item names a count of some process, or a rule; a name that nobody keeps would book nothing for ever."""
    kept = {n for kind in known_processes().values() for n in kind.owns}
    rules = RuleBook.load()
    assert {item.key for item in items() if item.counts not in kept and not rules.has(item.counts)} == set()


def test_the_two_kinds_of_power_are_apart(world):
    """R3, R4, 2.7k: force is booked to one account, reach to another, firms' perks and bought peace to neither."""
    of = {item.key: item.account for item in items()}
    assert {of[k] for k in ("officers", "detention", "backlash", "enforcement_rounds", "seizures")} == {
        "coercive"
    }
    reach = ("records", "points_system", "deeds_verified", "court_objections", "city_perks", "rents_to_firms")
    assert {of[k] for k in reach} == {"infrastructural"}
    assert (of["firm_perks"], of["compensation"]) == ("firms", "bought_peace")
    assert world.last("spent_coercive_officers_fen_cum") == 83 * world.last("officer_minutes_cum") > 0


def test_importing_the_accounts_reads_no_rules():
    """The rule book is read when somebody asks what the accounts hold, not when the package is imported."""
    told = "import sys, xinyong.institutions.accounts as a; print(a.items.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_half_the_officers_cost_half():
    """The lever of coercion at 0.5x and 1x: what officers cost follows, and what the lists cost does not (C12)."""
    full, half = (
        play(checks.stressed_plan({"state_response.officers_per_1000": n}), PEOPLE) for n in (0.07, 0.035)
    )
    officers = "spent_coercive_officers_fen_cum"
    assert half.last(officers) == pytest.approx(full.last(officers) / 2, rel=1e-2)
    assert half.last("account_infrastructural_fen_cum") == full.last("account_infrastructural_fen_cum")


def test_records_booked_as_force_are_noticed(monkeypatch):
    """A planted fault: keeping records is added to the coercive account; the law of V-49 stops the run."""
    original = accounts.booked_to

    def wrong(item: Item) -> str:
        return "account_coercive_fen_cum" if item.key == "records" else original(item)

    monkeypatch.setattr(accounts, "booked_to", wrong)
    with pytest.raises(RunError, match="account_coercive_fen_cum"):
        play(checks.stressed_plan(), PEOPLE, check=laws.check)


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
    paths = [f"accounts.items.{item.key}.unit_cost_fen" for item in items()]
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
