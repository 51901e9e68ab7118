"""What the verification tests ask of a world; each check raises AssertionError (or a law's RunError) when it fails.

They stand here, not in the tests, so that `test_planted_faults.py` can show that each of them catches a fault.
"""

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.worlds import World, people_of, plan_of, play
from xinyong.assembly import known_processes, order
from xinyong.columns import Column, Tally
from xinyong.engine import LocalEngine, Plan, Shard, state_hash, tally_specs
from xinyong.population import ShardPopulation, reorder
from xinyong.process import Day, Process
from xinyong.signals import Signals, advance

# every path of every case is walked often: everybody is sued, courts list gladly and err, records go astray
STRESS: dict[str, Any] = {
    "suing.sued_share": 0.8, "suing.unable_ratio": 1.0, "repaying.strategic_default_per_year": 0.3,
    "courts.judgment_delay_mean_years": 0.1, "courts.listing_practice_share": 1.0,
    "courts.listed_if_unable_share": 0.9, "courts.new_conduct_per_year": 1.0, "courts.relisting_bar_days": 20,
    "court_list.term_ground_share": 0.5, "court_list.term_years": 0.4, "court_list.other_exits_per_year": 0.5,
    "complying.base_per_year": 1.0, "objection.aware_share": 1.0, "objection.files_if_wrong_share": 1.0,
    "objection.files_if_right_share": 0.5, "sharing_platform.wrong_person_per_1000": 100,
    "sharing_platform.false_record_per_1000": 100, "sharing_platform.lost_record_per_1000": 100,
    "sharing_platform.stale_share": 0.3, "sharing_platform.reconciliation_years": 0.3,
    "central_bank.sample_share": 1.0, "central_bank.wrong_file_per_1000": 100,
}  # fmt: skip
# in these, what others do is meant to matter: people follow those who joined, the standing of friends counts, the
# bank opens files for a published share of all, who is listed loses face before others and is reported by them, and
# what contacts say is heard
FELT_BY_OTHERS = (
    "commercial_score",
    "perks",
    "guizhou_exchange",
    "central_bank",
    "knowing",
    "facing",
    "reporting",
    "opining",
)
# what is tried on institutions alone leaves out the society that answers back: it hears of all they do
ANSWERING = (
    "acting", "believing", "knowing", "facing", "reporting", "opining", "grieving", "protesting", "state_response",
    "diary",
)  # fmt: skip
SHORT = {"start": dt.date(2017, 1, 2), "end": dt.date(2018, 12, 31), "burn_in_weeks": 60}


def stressed_plan(sets: dict[str, Any] | None = None, seed: int = 1, **more: Any) -> Plan:
    """Two and a half years in which much happens to few people, and every process there is takes part."""
    return plan_of(
        {**STRESS, **(sets or {})}, seed, **{**SHORT, "processes": tuple(known_processes()), **more}
    )


def with_processes(plan: Plan, *extra: Process) -> Plan:
    """The same plan with more processes."""
    return Plan(order([*plan.processes, *extra]), plan.book, plan.calendar, plan.seed)


def arrays_of(shard: Shard) -> dict[str, np.ndarray]:
    """Every array of a shard's state; tallies one by one, under their names."""
    held = dict(shard.parts())
    values = held.pop("store:tallies")
    return held | {f"tally:{n}": v for n, v in zip(shard.store.tally_names, values, strict=True)}


def assert_same_where_shared(
    one: World, other: World, apart_from: Callable[[str], bool] = lambda name: False
) -> int:
    """Every array that both worlds have is equal to the bit; returns how many were compared."""
    compared = 0
    for mine, theirs in zip(one.shards, other.shards, strict=False):
        left, right = arrays_of(mine), arrays_of(theirs)
        for name in sorted(set(left) & set(right)):
            if not apart_from(name):
                compared += 1
                assert np.array_equal(left[name], right[name]), f"shard {mine.code}: '{name}' differs"
    return compared


def assert_same_tallies(one: World, other: World) -> None:
    """All counts of all weeks are equal."""
    for name in tally_specs(one.plan):
        first = np.flatnonzero(one.total(name) != other.total(name))
        assert not len(first), f"'{name}' differs from week {first[0]} on"


# --- test processes -------------------------------------------------------------------------------------------


class Newsreader(Process):
    """Reads in the paper how many were listed in the nation, as it stood after the last step."""

    name = "newsreader"
    owns = {
        "seen": Column("i8", "sum of what was read", "listings"),
        "read_cum": Tally("listings read about", "listings"),
    }
    watches = ("listings_cum", "unable_now")

    def step(self, day: Day) -> None:
        read = day.now.nation.get("listings_cum", 0) + day.now.nation.get("unable_now", 0)
        day.people.seen[:] = day.people.seen * 3 + read
        day.count(read_cum=read)


class Dreamer(Process):
    """Draws a number for everybody every week and does nothing with it."""

    name = "dreamer"
    owns = {"dream": Column("f4", "last dream")}
    reads = ("number",)

    def step(self, day: Day) -> None:
        from xinyong.draws import uniforms

        day.people.dream[:] = uniforms(day.key, day.base | day.people.number.astype(np.uint64))


# --- invariances ----------------------------------------------------------------------------------------------


def any_number_of_threads(
    plan: Plan, people: list[ShardPopulation], threads: Sequence[int] = (1, 2, 4)
) -> None:
    """V-20: how many threads compute a world leaves no trace in it."""
    hashes = {n: play(plan, people, threads=n).hash for n in threads}
    assert len(set(hashes.values())) == 1, f"threads leave a trace: {hashes}"


def any_window(plan: Plan, people: list[ShardPopulation], windows: Sequence[int] = (1, 13, 52)) -> None:
    """V-21: how many weeks a shard plays before it is asked again leaves no trace."""
    worlds = {n: play(plan, people, window=n) for n in windows}
    hashes = {n: world.hash for n, world in worlds.items()}
    assert len(set(hashes.values())) == 1, f"windows leave a trace: {hashes}"


def shuffled(shard: ShardPopulation, seed: int = 7) -> ShardPopulation:
    """The same people with their numbers, in other rows; households stay together."""
    rng = np.random.default_rng(seed)
    first = np.flatnonzero(shard.columns["household"][: shard.persons] == 0)
    households = np.split(np.arange(shard.persons), first[1:]) if len(first) else []
    rows = [households[k] for k in rng.permutation(len(households))]
    organisations = rng.permutation(np.arange(shard.persons, shard.parties))
    return reorder(shard, np.concatenate([*rows, organisations]))


def any_order_of_rows(plan: Plan, people: list[ShardPopulation]) -> None:
    """V-22, V-25: it does not matter in which row a person stands."""
    one, other = play(plan, people), play(plan, [shuffled(p) for p in people])
    assert one.hash != other.hash, "the rows were not moved"
    assert_same_tallies(one, other)


def any_pause(plan: Plan, people: list[ShardPopulation], pause: int) -> None:
    """V-23: a world that was saved and restarted goes on as if nothing had happened."""
    whole = play(plan, people)
    stopped = play(plan, people, weeks=pause)
    files = [_saved(shard) for shard in stopped.shards]
    engine = LocalEngine()
    engine.start(plan_again(plan), people)
    for shard, file in zip(engine.shards, files, strict=True):
        shard.restore(np.load(file))
    rest = advance(engine, plan, pause, plan.calendar.weeks, Signals.of(stopped.signals.parts()))
    engine.close()
    assert state_hash(engine.shards) == whole.hash, "the restarted world ends elsewhere"
    for mine, before, after in zip(whole.tallies, stopped.tallies, rest, strict=True):
        assert np.array_equal(mine, np.concatenate([before, after])), "the restarted world counted otherwise"


def plan_again(plan: Plan) -> Plan:
    """The same plan with processes that know nothing of an earlier run."""
    return Plan(tuple(type(p)() for p in plan.processes), plan.book, plan.calendar, plan.seed)


def _saved(shard: Shard) -> io.BytesIO:
    file = io.BytesIO()
    np.savez(file, **shard.parts())
    file.seek(0)
    return file


def deaf_to_the_nation(plan: Plan) -> Plan:
    """The same plan without the processes that look at figures of the whole nation."""
    apart = [p for p in plan.processes if not p.watches and not p.consults]
    return Plan(order(apart), plan.book, plan.calendar, plan.seed)


def neighbours_do_not_matter(plan: Plan, people: list[ShardPopulation]) -> None:
    """V-26: a further shard changes nobody in the others, leaving out those who look at the nation's figures."""
    plan = deaf_to_the_nation(plan)
    alone, together = play(plan, people[:1]), play(plan, people)
    assert alone.shards[0].digest() == together.shards[0].digest(), "a neighbouring shard changed this one"


def one_more_borrower_changes_nobody_else(people: list[ShardPopulation], rows: range) -> None:
    """V-26 for a person: if some children were adults, they would borrow, and nobody else's life would differ."""
    sets = {"sharing_platform.wrong_person_per_1000": 0, "sharing_platform.false_record_per_1000": 0}
    plan, town = deaf_to_the_nation(stressed_plan(sets, leave_out=FELT_BY_OTHERS)), people[0]
    grown = town.columns["age"].copy()
    grown[rows.start : rows.stop] = 40
    other = [dataclasses.replace(town, columns={**town.columns, "age": grown})]
    young = np.setdiff1d(np.arange(town.parties), np.arange(rows.start, rows.stop))
    as_is, as_if = (play(plan, p, log=True).shards[0].store.columns for p in ([town], other))
    assert any((as_is[name] != as_if[name]).any() for name in ("listed", "loans_taken")), (
        "nobody borrowed more"
    )
    for name in as_is:
        assert np.array_equal(as_is[name][young], as_if[name][young]), f"'{name}' of somebody else differs"


def bystander_changes_nothing(plan: Plan, people: list[ShardPopulation], bystander: Process) -> None:
    """V-27, V-31: a process that has no effect leaves every other array equal to the bit."""
    without, with_it = play(plan, people), play(with_processes(plan, bystander), people)
    compared = assert_same_where_shared(without, with_it)
    assert compared >= len(arrays_of(without.shards[0])), "arrays are missing"


def unused_objection_changes_nothing(people: list[ShardPopulation]) -> None:
    """V-31: a right that nobody knows of is the same as no right."""
    sets = {"objection.aware_share": 0.0}
    unknown, absent = (
        play(stressed_plan(sets), people),
        play(stressed_plan(sets, leave_out=["objection"]), people),
    )
    assert_same_where_shared(unknown, absent)


# how many times a count spreads wider than independent events would (persons stay unable for long)
RATES = (
    ("unable_now", None, 4.0), ("loans_taken_cum", None, 1.0), ("defaults_cum", "loans_taken_cum", 1.0),
    ("suits_cum", "defaults_cum", 1.0), ("judgments_cum", "suits_cum", 1.0),
)  # fmt: skip


def any_size_shows_the_same_rates(plan: Plan, societies: Sequence[list[ShardPopulation]]) -> None:
    """V-30: how large the synthetic society is changes no rate by more than sampling error."""
    worlds = [play(plan, people) for people in societies]
    for name, base, spread in RATES:
        counts = np.array([w.last(name) for w in worlds], float)
        of = np.array(
            [w.last(base) if base else sum(s.store.parties for s in w.shards) for w in worlds], float
        )
        rates, errors = counts / of, np.sqrt(spread * counts) / of
        gap, error = abs(rates[0] - rates[1]), np.hypot(*errors)
        assert gap < 4 * error, f"{name}: {rates} differ by {gap / error:.1f} standard errors"


CITY = ("deeds", "city_departments", "city_points", "city_lists", "applying")

# money: amounts far from the least and the most a loan can be, so that rounding at the ends plays no part
CENTS = {
    "borrowing.amount_log10_mean": 4.0, "borrowing.organisation_amount_log10_mean": 4.5,
    "borrowing.amount_log10_sd": 0.2,
    "complying.reference_amount_yuan": 10_000,
}  # fmt: skip
HUNDREDFOLD = {
    **CENTS, "borrowing.amount_log10_mean": 6.0, "borrowing.organisation_amount_log10_mean": 6.5,
    "complying.reference_amount_yuan": 1_000_000,
}  # fmt: skip


def any_unit_of_money(people: list[ShardPopulation]) -> None:
    """V-28: with every sum and every threshold a hundred times as large, only yuan differ.

    The diary sorts debts into classes of yuan that do not grow with them.
    """
    small, large = (play(stressed_plan(sets, leave_out=["diary"]), people) for sets in (CENTS, HUNDREDFOLD))
    yuan = ("outstanding", "amount", "yuan", "pressure", "digest:", "now:")
    assert_same_where_shared(small, large, lambda name: any(word in name for word in yuan))
    for name in tally_specs(small.plan):
        if "yuan" not in name:
            assert np.array_equal(small.total(name), large.total(name)), (
                f"'{name}' depends on the unit of money"
            )
    lent = large.last("lent_yuan_cum") / small.last("lent_yuan_cum")
    assert abs(lent - 100) < 0.1, f"lent money grew {lent}-fold"


def points_touch_nothing_else(people: list[ShardPopulation]) -> None:
    """Without city points every series that does not depend on them is the same to the bit.

    The accounts and the diary read all, the desk hears of every entry, the resident learns from it, thinks of it and
    may protest, and all entries hang on one board.
    """
    readers = ["accounts", "diary", "redress", "believing", "opining", "protesting", "grieving"]
    withe, without = (
        play(stressed_plan(leave_out=readers), people),
        play(stressed_plan(leave_out=[*readers, *CITY]), people),
    )
    assert_same_where_shared(withe, without, lambda name: ":entry" in name)


# --- sums over what was announced ------------------------------------------------------------------------------


def _counted(kind: str, column: str | None = None, value: Any = None) -> Callable[[World], int]:
    def count(world: World) -> int:
        if column is None:
            return len(world.notices(kind, "day"))
        told = world.notices(kind, column)
        return int(np.isin(told, value).sum()) if value is not None else int(told.sum(dtype=np.int64))

    return count


ANNOUNCED: dict[str, Callable[[World], int]] = {
    "loans_taken_cum": _counted("loan"),
    "lent_yuan_cum": _counted("loan", "amount"),
    "defaults_cum": _counted("default"),
    "suits_cum": _counted("suit"),
    "cases_opened_cum": _counted("suit"),
    "listings_cum": _counted("listed"),
    "listed_parties_cum": lambda w: sum(
        len(np.unique(np.concatenate([r["party"] for k, r in w.log.get("listed", []) if k == s] or [[]])))
        for s in range(len(w.shards))
    ),
    "deleted_cum": _counted("delisted"),
    "expired_cum": _counted("list_step", "new", 8),
    "performed_cum": _counted("performed"),
    "objections_granted_cum": _counted("ruling", "granted", 1),
    "deeds_cum": _counted("deed"),
    "records_expired_cum": _counted("record", "end", 4),
    "records_deleted_cum": _counted("record", "end", 5),
    "records_lost_cum": _counted("record", "end", 6),
}


def counters_are_sums(world: World) -> None:
    """V-48: what is published as a count is the number of events that were announced."""
    told = {name: (world.last(name), count(world)) for name, count in ANNOUNCED.items()}
    wrong = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    assert not wrong, f"counted and announced differ: {wrong}"
    left = world.last("terminated_cum") + world.last("corrected_cum")
    assert left == int((world.notices("list_step", "new") == 7).sum()), "removals on other grounds"


def crowd(persons: int, **columns: Any) -> ShardPopulation:
    """Adults who are all alike, each a household of one: for tests of one process."""
    from xinyong.households import COLUMNS

    base: dict[str, Any] = {
        "number": np.arange(persons), "kind": 0, "age": 40, "sex": 0, "education": 1, "urban": 1, "local": 1,
        "income": 128, "household": 0, "city": 0,
    }  # fmt: skip
    values = {n: np.resize(np.asarray(v, COLUMNS[n]), persons) for n, v in (base | columns).items()}
    nobody = {
        "party": np.zeros(0, np.int32),
        "representative": np.zeros(0, np.int32),
        "size": np.zeros(0, np.uint8),
    }
    return ShardPopulation(1, "人群", "a crowd", 1.0, persons, values, nobody)


def small_people(seed: int = 1, persons: int = 1000) -> list[ShardPopulation]:
    """A few people in the two toy towns."""
    return people_of(seed, persons)
