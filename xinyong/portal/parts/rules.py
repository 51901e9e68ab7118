"""The rule book: any rule on any date, its history and its sources."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Path, Query

from xinyong.errors import RuleError, did_you_mean
from xinyong.lab.reading import load_reading
from xinyong.portal.library import NotHere
from xinyong.portal.site import Site
from xinyong.rulebook import RuleBook, RuleLeaf
from xinyong.rulefiles import GRADES, Value

MOST = 300
LAST = dt.date(2019, 6, 30)
RulePath = Annotated[str, Path(pattern=r"^[a-z0-9_]+(\.[a-zA-Z0-9_]+){0,8}$", max_length=160)]
Day = Annotated[dt.date | None, Query(description="the day on which the rules are read")]


@dataclass(frozen=True)
class Said:
    """What a rule says from a day on, and how well that is known."""

    since: dt.date
    value: str
    grade: str
    source: str
    source_title: str
    where: str
    why: str
    in_force: bool


@dataclass(frozen=True)
class Rule:
    """One rule on a day."""

    path: str
    name: str
    gloss: str
    unit: str
    value: str
    in_force: bool
    grade: str
    changes: int


@dataclass(frozen=True)
class Section:
    """A file of the rule book."""

    key: str
    name: str
    gloss: str
    rules: int
    in_force: int


@dataclass(frozen=True)
class Book:
    """The rule book on a day: its sections, and the rules of one section or of a search."""

    on: dt.date
    section: str
    query: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    more: int
    grades: dict[str, int]
    hash: str


@dataclass(frozen=True)
class OneRule:
    """A rule with all its dates, and the statements of the paper that it carries."""

    on: dt.date
    path: str
    section: str
    name: str
    gloss: str
    unit: str
    number: float | None
    range: tuple[float, float] | None
    between: str
    history: tuple[Said, ...]
    carries: tuple[str, ...]
    switches: tuple[str, ...]


def add(site: Site) -> None:
    """Add the book and its single rules."""

    def book(
        on: Day = None,
        section: Annotated[str, Query(max_length=80, description="a section or group of rules")] = "",
        q: Annotated[str, Query(max_length=80, description="words of a path, name or gloss")] = "",
    ) -> Book:
        return _book(on or LAST, section, q.strip())

    def one(path: RulePath, on: Day = None) -> OneRule:
        return _one(path, on or LAST)

    site.part("/rules", "rules.html", book, "The rule book on a day")
    site.part("/rules/{path}", "rule.html", one, "One rule: every date, value and source")


def checked(on: dt.date) -> dt.date:
    """A day that the rule book covers. Raises RuleError."""
    if not dt.date(1990, 1, 1) <= on <= dt.date(2100, 12, 31):
        raise RuleError(f"the date {on} lies outside 1990 to 2100")
    return on


@lru_cache(maxsize=1)
def _own() -> RuleBook:
    return RuleBook.load()


def shown(value: object) -> str:
    """A value as a reader reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def _rule(leaf: RuleLeaf, on: dt.date) -> Rule:
    value = leaf.on(on)
    before = [date for date in leaf.dates if date <= on]
    grade = leaf.values[before[-1]].grade if before else ""
    return Rule(
        leaf.path, leaf.name, leaf.gloss, leaf.unit, shown(value), value is not None, grade, len(leaf.dates)
    )


@lru_cache(maxsize=64)
def _sections(on: dt.date) -> tuple[Section, ...]:
    book = _own()
    found = []
    for key in book.sections:
        leaves = book.leaves(key)
        active = sum(leaf.on(on) is not None for leaf in leaves)
        found.append(Section(key, *book.words(key), len(leaves), active))
    return tuple(found)


@lru_cache(maxsize=1)
def _grades() -> dict[str, int]:
    values = [v.grade for leaf in _own().leaves() for v in leaf.values.values()]
    return {grade: values.count(grade) for grade in GRADES if grade in values}


def _book(on: dt.date, section: str, query: str) -> Book:
    book, words = _own(), query.casefold().split()
    checked(on)
    try:
        leaves = book.leaves(section) if section or words else ()
    except RuleError as error:
        raise NotHere(str(error)) from error
    found = [
        leaf for leaf in leaves if all(w in f"{leaf.path} {leaf.name} {leaf.gloss}".casefold() for w in words)
    ]
    rules = tuple(_rule(leaf, on) for leaf in found[:MOST])
    return Book(
        on, section, query, _sections(on), rules, max(0, len(found) - MOST), _grades(), book.hash
    )  # fmt: skip


def _one(path: str, on: dt.date) -> OneRule:
    book = _own()
    checked(on)
    if not book.has(path):
        known = [leaf.path for leaf in book.leaves()]
        raise NotHere(f"there is no rule '{path}'{did_you_mean(path, known)}")
    leaf = book.leaves(path)[0]
    current = max((date for date in leaf.dates if date <= on), default=None)
    history = tuple(_said(book, date, leaf.values[date], date == current) for date in leaf.dates)
    return OneRule(
        on, path, path.partition(".")[0], leaf.name, leaf.gloss, leaf.unit, _number(leaf.on(on)), leaf.range,
        leaf.between, history,
        tuple(n for n, r in load_reading().requirements.items() if _carries(r.carried_by.rules, path)),
        _switches(path),
    )  # fmt: skip


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _said(book: RuleBook, date: dt.date, value: Value, current: bool) -> Said:
    source = book.sources.get(value.source)
    return Said(
        date, shown(value.value), value.grade, value.source, source.title if source else "", value.where,
        value.why or value.by, current,
    )  # fmt: skip


def _carries(rules: tuple[str, ...], path: str) -> bool:
    return any(path == rule or path.startswith(f"{rule}.") for rule in rules)


def _switches(path: str) -> tuple[str, ...]:
    """Switches of the experiment desk that move this rule."""
    from fnmatch import fnmatchcase

    from xinyong.lab.experiment.switches import load_switches

    return tuple(
        key for key, switch in load_switches().switches.items()
        if any(fnmatchcase(path, pattern) for pattern in switch.cuts)
    )  # fmt: skip
