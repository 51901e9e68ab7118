"""What every institution and behaviour must keep, whoever wrote it; a new file in their folders is tested at once."""

import ast
import datetime as dt
import inspect
import random

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import plan_of, play
from xinyong.assembly import POPULATION, assemble, known_processes
from xinyong.columns import Column, SideTable, Tally, Wheel
from xinyong.engine import Plan, Shard
from xinyong.errors import OwnershipError
from xinyong.kernels import dense
from xinyong.process import Day, Process, borrowed

KNOWN = known_processes()
EVERY = pytest.mark.parametrize("name", list(KNOWN))
PEOPLE = checks.small_people(1, 600)


def tree_of(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(inspect.getmodule(KNOWN[name])))


def test_the_folders_hold_the_processes_of_the_paper():
    """Institutions and behaviours are found by folder, not by a list that somebody may forget."""
    assert {
        "courts",
        "court_list",
        "objection",
        "sharing_platform",
        "city_points",
        "repaying",
        "wants",
    } <= set(KNOWN)
    for name, kind in KNOWN.items():
        assert kind.name == name == inspect.getmodule(kind).__name__.rpartition(".")[2]


@EVERY
def test_it_says_where_it_comes_from(name):
    """Its page in the reference names a source."""
    assert "*Source:*" in (KNOWN[name].__doc__ or ""), f"{name}: add a line *Source:* to its docstring"


@EVERY
def test_what_it_owns_is_described(name):
    """Each column, table, wheel and tally says in words what it means; a tally also has a unit."""
    for owned, spec in KNOWN[name].owns.items():
        assert spec.meaning, f"{name}: {owned} says nothing of itself"
        if isinstance(spec, Tally):
            assert spec.unit, f"{name}: {owned} has no unit"
            assert spec.stock == owned.endswith("_now"), (
                f"{name}: {owned} should end in {'_now' if spec.stock else '_cum'}"
            )


@EVERY
def test_what_it_declares_exists(name):
    """Whatever it reads, recalls or watches has an owner; whatever it hears is announced by somebody."""
    owned = set(POPULATION) | {n for kind in KNOWN.values() for n in kind.owns}
    posted = {n for kind in KNOWN.values() for n in kind.posts}
    kind = KNOWN[name]
    assert not {*borrowed(kind), *kind.watches, *kind.consults} - owned
    assert not {*kind.hears, *kind.heard} - posted
    assert not {*kind.reads, *kind.may_read} & {*kind.recalls, *kind.may_recall}, (
        "read this week's or last week's, not both"
    )


@EVERY
def test_what_it_announces_is_heard_or_kept(name):
    """A notice that nobody hears and nobody keeps is a letter to nobody."""
    heard = {n for kind in KNOWN.values() for n in (*kind.hears, *kind.heard)}
    seen_by_laws = {"list_step", "joined", "merchant_removal", "exchange_report", "reported"}
    for told, notice in KNOWN[name].posts.items():
        assert told in heard or notice.keep or told in seen_by_laws, f"{name} announces '{told}' to nobody"


def _rules_asked_for(name: str) -> set[str]:
    """Names read from `rules` in the file of a process."""
    tree, asked = tree_of(name), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            below = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if below in ("rules", "own_rules"):
                asked.add(node.attr)
    return asked - {"rows", "signed"}


@EVERY
def test_the_rules_it_asks_for_exist(name):
    """Each rule it reads stands in the book, under its own section or a section it names."""
    rules = plan_of().book.on(dt.date(2018, 1, 1))
    for asked in _rules_asked_for(name):
        own = getattr(rules, name, None) if name in plan_of().book.sections else None
        known = set(vars(own)) if own is not None else set()
        assert asked in known | set(vars(rules)), f"{name} asks for '{asked}'"


@EVERY
def test_a_pass_over_everybody_is_declared(name):
    """Who looks at every party every week says what it costs; who does not says nothing."""
    uses = getattr(inspect.getmodule(KNOWN[name]), "hits", None) is dense.hits
    assert uses == (KNOWN[name].dense_ns_per_party > 0), f"{name}: declare dense_ns_per_party (decision 0006)"


@pytest.fixture(scope="module")
def played() -> Plan:
    """A plan that was played."""
    plan = checks.stressed_plan(burn_in_weeks=20, end=dt.date(2017, 6, 30))
    play(plan, PEOPLE)
    return plan


@EVERY
def test_it_keeps_no_memory_of_its_own(name, played):
    """Its memory is the columns it owns: nothing is stored on the object while a world is played."""
    process = next(p for p in played.processes if p.name == name)
    assert vars(process) == {}, f"{name} remembers {list(vars(process))} outside its columns"


# --- what it may touch -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shard() -> Shard:
    """A shard after a stressed year."""
    return play(checks.stressed_plan(), PEOPLE, weeks=120).shards[0]


def _arrays(process: Process, day: Day, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """What a process sees under these names."""
    seen = {}
    for full in names:
        table, _, field = full.partition(".")
        seen[full] = getattr(day.table(table).fields, field) if field else getattr(day.people, full)
    return seen


@EVERY
def test_it_cannot_write_what_it_borrows(name, shard):
    """Every array it only reads refuses to be written."""
    process, day = next((p, d) for p, d in shard.days if p.name == name)
    for full, array in _arrays(process, day, borrowed(process)).items():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        assert not array.flags.writeable, full


@EVERY
def test_it_can_write_what_it_owns_and_see_nothing_else(name, shard):
    """Its own arrays are open to it; every other array of the world is not even visible."""
    process, day = next((p, d) for p, d in shard.days if p.name == name)
    mine = tuple(n for n, s in process.owns.items() if isinstance(s, Column))
    assert all(a.flags.writeable for a in _arrays(process, day, mine).values())
    others = {n for n, s in shard.plan.owned.items() if isinstance(s, Column | Wheel)}
    for hidden in others - {*process.owns, *borrowed(process)}:
        with pytest.raises(OwnershipError):
            _arrays(process, day, (hidden,))


@EVERY
def test_only_the_keeper_opens_and_frees_rows(name, shard):
    """Rows of a table are made and freed by its owner alone."""
    process, day = next((p, d) for p, d in shard.days if p.name == name)
    for table in [
        n for n, s in shard.plan.owned.items() if isinstance(s, SideTable) and n not in process.owns
    ]:
        with pytest.raises(OwnershipError):
            day.table(table).take(1)


# --- same world, whatever the order ----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    """A world is fixed by its plan and its seed."""
    hashes = [play(checks.stressed_plan(seed=seed), PEOPLE, weeks=90).hash for seed in (1, 1, 2)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("turn", range(4))
def test_the_order_of_listing_does_not_matter(turn):
    """Processes come in the order their declarations allow, however a scenario lists them."""
    names = list(KNOWN)
    random.Random(turn).shuffle(names)
    assert [p.name for p in assemble(names)] == [p.name for p in assemble(KNOWN)]


@EVERY
def test_it_comes_after_what_it_reads_and_before_what_it_recalls(name):
    """Within a week a reader follows the writer; who recalls last week's value goes before the writer."""
    place = {p.name: k for k, p in enumerate(assemble(KNOWN))}
    owner = {n: q for q, kind in KNOWN.items() for n in kind.owns}
    kind = KNOWN[name]
    assert all(
        place[owner[n]] < place[name] for n in (*kind.reads, *kind.may_read) if owner.get(n, name) != name
    )
    assert all(
        place[owner[n]] > place[name] for n in (*kind.recalls, *kind.may_recall) if owner.get(n, name) != name
    )
    for poster, other in KNOWN.items():
        if set(other.posts) & set(kind.hears) and poster != name:
            assert place[poster] < place[name], f"{name} must come after {poster}"


# --- silence before the law ------------------------------------------------------------------------------------


def opening(name: str) -> dt.date | None:
    """The day before which a process has no rule to act on; None if its rules have no beginning (1990)."""
    book = plan_of().book
    if name not in book.sections:
        return None
    leaves = book.leaves(name)
    switch = [leaf for leaf in leaves if leaf.path == f"{name}.in_force"]
    first = min(min(leaf.values) for leaf in (switch or leaves))
    return first if first > dt.date(1995, 2, 1) else None


DATED = [name for name in KNOWN if opening(name)]


def test_the_dated_institutions_are_the_papers():
    """The list, objection, the platform and the points begin on a day; borrowing and suing people always did."""
    assert {"court_list", "objection", "sharing_platform", "city_points"} <= set(DATED)


@pytest.mark.parametrize("name", DATED)
def test_it_is_silent_before_its_first_rule(name):
    """Before its first rule is in force it announces nothing and counts nothing, however stressed the world."""
    day = opening(name)
    start = day - dt.timedelta(weeks=40)
    plan = plan_of(
        {**checks.STRESS, "deeds.rate_ratio": 5.0},
        start=start,
        end=day - dt.timedelta(days=8),
        burn_in_weeks=60,
        processes=tuple(KNOWN),
    )
    world = play(plan, PEOPLE, log=True)
    others = {kind for other, process in KNOWN.items() if other != name for kind in process.posts}
    assert not set(KNOWN[name].posts) & set(world.log) - others, f"{name} speaks before {day}"
    assert {
        n: world.last(n) for n, s in KNOWN[name].owns.items() if isinstance(s, Tally) and world.last(n)
    } == {}


def test_no_list_no_bars_before_october_2013():
    """Until the list opens nobody is listed, recorded, barred, refused, or pays because of it."""
    plan = plan_of(checks.STRESS, start=dt.date(2012, 1, 2), end=dt.date(2013, 9, 29), burn_in_weeks=60)
    world = play(plan, PEOPLE, log=True)
    assert world.last("judgments_cum") > 0
    for kind in ("listing_order", "listed", "record", "barred_notice", "performed", "ruling"):
        assert kind not in world.log, kind


def test_a_plan_names_each_process_once():
    """Every process has its own name, and so its own luck."""
    plan = plan_of()
    keys = plan.frame(0).keys
    assert (
        len({int(k) for k in keys.values()}) == len(keys) == 2 * len(plan.processes) + 1
    )  # and persons' traits
    assert isinstance(plan, Plan)
