"""Worked cases: one person, one rule, one outcome, as a lawyer would set them out (`tests/cases/*.yaml`).

A case names a `process` and is played by it alone: the world holds only what `given` says. It is dated `on` a day,
lasts `weeks` (1 unless said), and `then` says what must have come of it, `from` which source.

given:
  rules:      patched rules, `path: value`
  parties:    one mapping a party, by column; what is not said is an able adult of forty
  organisations, cases, loans, records ...: rows of the side tables; naming a wheel puts the row on it for that day
  notices:    what others announce; each is hung up in the week of its day
  tallies:    counts as they stand at the start; 0 unless said
  changes:    later changes of the parties' columns, `{on: day, parties: [...]}`
then:
  notices:    all notices of a kind, in order; only the named columns are compared
  tallies:    counts at the end
  parties, cases, loans, records ...: rows at the end, living ones only for tables that free rows
  equal:      pairs of counts that are equal
A day is written as a date. `{from: a, to: b}` means anything between, both included.

A case may instead name a `kernel` (`given` are its arguments, `then.result` its answer), or `rules: true`
(`then.rules` are values in force on the day, `then.bars` the activities a listing bars from).
"""

import datetime as dt
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, ClassVar

import numpy as np
import pytest
import yaml

from tests.verification.checks import crowd
from tests.worlds import plan_of
from xinyong.assembly import known_processes
from xinyong.engine import Plan, Shard
from xinyong.kernels.wheel import schedule
from xinyong.process import Day
from xinyong.rulebook import RuleBook
from xinyong.timeline import day_number


class Reader(yaml.SafeLoader):
    """YAML in which `on` is a word; the standard reads it as "true"."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, form) for tag, form in forms if not (tag.endswith(":bool") and first in "oO")]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [(f.stem, case) for f in FILES for case in yaml.load(f.read_text(encoding="utf-8"), Reader)]
FACTS = ("sex", "education", "urban", "local")
KEYS = {"case", "from", "process", "kernel", "rules", "on", "weeks", "given", "then"}


@pytest.mark.parametrize(("topic", "case"), CASES, ids=[f"{t}: {c['case']}" for t, c in CASES])
def test_case(topic, case):
    assert set(case) <= KEYS, f"unknown keys {set(case) - KEYS}"
    assert case["from"], "every case has a source"
    if "kernel" in case:
        told = resolve_name(case["kernel"])(*[_argument(v) for v in case["given"].values()])
        assert told == pytest.approx(_plain(case["then"]["result"]))
    elif "rules" in case:
        _look_up(case)
    else:
        _play(case)


def test_every_topic_has_five_cases():
    """Enough worked cases for each institution that the paper describes."""
    topics = (
        "central_bank",
        "black_lists",
        "red_lists",
        "court_list",
        "objection",
        "sharing_platform",
        "city_points",
        "courts",
        "repaying",
        "wants",
        "city_departments",
        "city_lists",
        "applying",
    )
    for topic in topics:
        assert sum(t == topic for t, _ in CASES) >= 5, topic


# --- rules and kernels -----------------------------------------------------------------------------------------


def _argument(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value


def _look_up(case: dict[str, Any]) -> None:
    rules = RuleBook.load(None, case.get("given", {}).get("rules")).on(case["on"])
    for path, value in case["then"].get("rules", {}).items():
        found = rules
        for part in path.split("."):
            found = getattr(found, part)
        assert found == value, path
    if "bars" in case["then"]:
        signed = {row.activity for row in rules.joint_measures.memoranda.signed()}
        assert sorted(signed) == sorted(case["then"]["bars"])


# --- a process, alone ------------------------------------------------------------------------------------------


def _play(case: dict[str, Any]) -> None:
    given, weeks = case.get("given", {}), case.get("weeks", 1)
    plan = plan_of(
        given.get("rules"), start=_monday(case["on"]), end=dt.date(2030, 1, 6), burn_in_weeks=0,
        processes=tuple(known_processes()),
    )  # fmt: skip
    shard = Shard(plan, _people(given.get("parties", [{}])))
    _settle(shard, plan, given)
    process, day = next((p, d) for p, d in shard.days if p.name == case["process"])
    heard: dict[str, list[dict[str, Any]]] = {}
    shard.board.listeners.append(lambda kind, rows: heard.setdefault(kind, []).extend(_rows(rows)))
    for week in range(weeks):
        _begin_week(shard, plan, day, week, given)
        heard_before = {kind: len(rows) for kind, rows in heard.items()}
        _hang(shard, plan, week, given.get("notices", {}))
        for kind in given.get("notices", {}):
            del heard.get(kind, [])[heard_before.get(kind, 0) :]
        process.step(day)
    _compare(shard, plan, case["then"], heard)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _people(parties: list[dict[str, Any]]) -> Any:
    names = {"age", "kind", "city", "income", "local", "urban"}
    default = {"age": 40, "kind": 0, "city": 0, "income": 128, "local": 1, "urban": 1}
    return crowd(len(parties), **{n: [p.get(n, default[n]) for p in parties] for n in names})


def _settle(shard: Shard, plan: Plan, given: dict[str, Any]) -> None:
    """Write the given state: able parties, then the rows of each table."""
    shard.store.columns["unable"][:] = 0
    given_tallies = given.get("tallies", {})
    shard.store.tallies[:] = [given_tallies.get(name, 0) for name in shard.store.tally_names]
    state = [{n: v for n, v in p.items() if n not in FACTS} for p in given.get("parties", [])]
    _write(shard.store.columns, np.arange(shard.store.parties), state)
    for name in sorted(set(given) & set(shard.store.tables)):
        table = shard.store.tables[name]
        rows = np.arange(len(given[name])) if table.high else table.take(len(given[name]))
        for row, fields in zip(rows, given[name], strict=True):
            for field, value in fields.items():
                if field in table.wheels:
                    schedule(table.wheels[field], row, plan.calendar.week_of(_plain(value)))
                else:
                    table.columns[field][row] = _plain(value)


def _write(columns: dict[str, Any], rows: Any, given: list[dict[str, Any]]) -> None:
    for row, fields in zip(rows, given, strict=False):
        for name, value in fields.items():
            columns[name][row] = _plain(value)


def _begin_week(shard: Shard, plan: Plan, day: Day, week: int, given: dict[str, Any]) -> None:
    shard.board.turn()
    shard.week, day.now = week, plan.frame(week)
    for change in given.get("changes", []):
        if plan.calendar.week_of(day_number(change["on"])) == week:
            _write(shard.store.columns, np.arange(shard.store.parties), change["parties"])


def _hang(shard: Shard, plan: Plan, week: int, notices: dict[str, list[dict[str, Any]]]) -> None:
    for kind, rows in notices.items():
        names = shard.board.kinds[kind].columns
        for row in rows:
            unknown = set(row) - set(names)
            assert not unknown, f"{kind} has no {unknown}"
            if plan.calendar.week_of(day_number(row["day"])) == week:
                shard.board.post(kind, {n: np.array([_plain(row.get(n, 0), plan)]) for n in names})


def _plain(value: Any, plan: Plan | None = None) -> Any:
    """Dates become day numbers; the name of a deed becomes its code."""
    if isinstance(value, dt.date):
        return day_number(value)
    if isinstance(value, str) and plan is not None:
        city = plan.book.city("rongcheng").on(dt.date(2019, 1, 1))
        return getattr(city.deeds, value).code
    return value


# --- what came of it -------------------------------------------------------------------------------------------


def _rows(batch: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: column[k].item() for name, column in batch.items()} for k in range(len(batch["day"]))]


def _compare(shard: Shard, plan: Plan, then: dict[str, Any], heard: dict[str, list[dict[str, Any]]]) -> None:
    tallies = dict(zip(shard.store.tally_names, shard.store.tallies.tolist(), strict=True))
    for kind, wanted in then.get("notices", {}).items():
        _same_rows(kind, heard.get(kind, []), wanted)
    for name, value in then.get("tallies", {}).items():
        assert _agrees(tallies[name], value), f"{name}: {tallies[name]}, not {value}"
    for one, other in then.get("equal", []):
        assert tallies[one] == tallies[other], f"{one}: {tallies[one]}, {other}: {tallies[other]}"
    everybody = _table(shard.store.columns, np.arange(shard.store.parties), then.get("parties", []))
    _same_rows("parties", everybody, then.get("parties"))
    for name in set(then) & set(shard.store.tables):
        table = shard.store.tables[name]
        alive = np.flatnonzero(table.columns["alive"][: table.high])
        _same_rows(name, _table(table.columns, alive, then[name]), then[name])
    unknown = set(then) - {"notices", "tallies", "equal", "parties", *shard.store.tables}
    assert not unknown, f"unknown outcome {unknown}"


def _table(columns: Any, rows: Any, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {n for row in wanted for n in row if n != "barred_from"}
    told = [{n: columns[n][row].item() for n in names} for row in rows]
    if any("barred_from" in row for row in wanted):
        for row, mask in zip(told, columns["barred"], strict=True):
            row["barred_from"] = _activities(int(mask))
    return told


def _activities(mask: int) -> list[str]:
    rows = RuleBook.load().on(dt.date(2019, 1, 1)).wants.activities.rows()
    return sorted(row.key for row in rows if mask >> row.code & 1)


def _same_rows(what: str, found: list[dict[str, Any]], wanted: list[dict[str, Any]] | None) -> None:
    if wanted is None:
        return
    assert len(found) == len(wanted), f"{what}: {found}, not {wanted}"
    for one, other in zip(found, wanted, strict=True):
        for name, value in other.items():
            assert _agrees(one[name], value), f"{what}.{name}: {_told(one[name], value)}, not {value}"


def _agrees(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        low, high = _plain(wanted.get("from", -np.inf)), _plain(wanted.get("to", np.inf))
        return bool(low <= found <= high)
    return bool(found == (sorted(wanted) if isinstance(wanted, list) else _plain(wanted)))


def _told(found: Any, wanted: Any) -> Any:
    """A day number as a date, if a date was wanted."""
    dated = isinstance(wanted, dt.date) or (
        isinstance(wanted, dict) and isinstance(wanted.get("from"), dt.date)
    )
    return dt.date(2000, 1, 1) + dt.timedelta(days=found) if dated else found
