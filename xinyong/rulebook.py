"""The rule book: every legal rule and every assumed number, dated, marked, and patched by scenarios."""

import bisect
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from xinyong.errors import RuleError, did_you_mean
from xinyong.rulefiles import (
    CityFile,
    Event,
    EventFile,
    Group,
    Leaf,
    Mark,
    Row,
    Scalar,
    Source,
    Value,
    check_cities,
    explain,
    kind_of,
    read_file,
    read_sources,
    to_date,
)
from xinyong.rules_of_day import Rules, SignedRow, inherited

PACKAGE = Path(__file__).parent
SCENARIO_REASON = "set by the scenario"
_CALENDAR, _CITIES = "policy_calendar", "cities"
_VOCABULARY = {"issuer": ("issuers", "lists"), "member": ("members",), "activity": ("activities",)}


@dataclass(frozen=True)
class RuleLeaf:
    """One rule with all its dated values and their marks."""

    path: str
    name: str
    gloss: str
    unit: str
    range: tuple[float, float] | None
    between: str
    row: Row | None
    values: dict[dt.date, Value]

    def on(self, date: dt.date) -> Scalar:
        """Give the value on a day, or None if the rule is not in force."""
        return _value_on(self, date)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The days on which it changes."""
        return tuple(sorted(self.values))


@dataclass(frozen=True)
class City:
    """The scheme of points of one city."""

    key: str
    code: int
    name: str
    gloss: str
    presets: dict[str, list[str]]
    like: str
    book: "RuleBook"

    def on(self, date: dt.date) -> Rules:
        """Give the city's rules in force on a day."""
        return getattr(getattr(self.book.on(date), _CITIES), self.key)  # type: ignore[no-any-return]

    def deeds(self, date: dt.date, preset: str | None = None) -> tuple[Rules, ...]:
        """List the deeds that a preset counts, in code order; without a name, the preset the rules name."""
        rules = self.on(date)
        if not self.presets:
            return rules.deeds.rows()  # type: ignore[no-any-return]
        chosen = preset or rules.preset
        if chosen is None:
            return ()
        if chosen not in self.presets:
            raise RuleError(f"{_CITIES}.{self.key}: no preset '{chosen}'{did_you_mean(chosen, self.presets)}")
        wanted = frozenset(self.presets[chosen])
        return tuple(deed for deed in rules.deeds.rows() if deed.key in wanted)


class RuleBook:
    """All rules, of all dates.

    `on(date)` gives those in force; `leaves()` all of them with their marks; `patch()` another book.
    """

    def __init__(
        self, sections: Mapping[str, Group], events: Mapping[str, Event], sources: Mapping[str, Source]
    ) -> None:
        self.sections, self._events, self.sources = dict(sections), dict(events), dict(sources)
        self._leaves: dict[str, RuleLeaf] = {}
        self._groups: dict[str, Group] = {"": Group.model_construct()}
        for name, group in self.sections.items():
            self._flatten(name, group)
        self._check()
        self._cache: dict[tuple[str, object], Rules] = {}

    @classmethod
    def load(cls, folder: Path | None = None, patches: Mapping[str, object] | None = None) -> "RuleBook":
        """Read the rules of a folder (the package's own without one) and apply a scenario's patches.

        `sources.yaml` is looked for in the folder and beside the package; the folder's entries come first.
        Raises RuleError: file, path, what is wrong, nearest valid name, what to do.
        """
        book = _read_book(Path(folder)) if folder else _own_book()
        return book.patch(patches) if patches else book

    def on(self, date: dt.date) -> Rules:
        """Give all rules in force on a day: `book.on(day).court_list.in_force`."""
        sections = {name: self._rules(name, name, date) for name in self.sections}
        return Rules("", sections, (), ())

    def change_dates(self) -> tuple[dt.date, ...]:
        """List every day on which some rule changes, sorted; the anchors of straight lines included."""
        return self._changes

    def leaves(self, prefix: str = "") -> tuple[RuleLeaf, ...]:
        """List the rules at and below a path, sorted by path."""
        if prefix in self._leaves:
            return (self._leaves[prefix],)
        if prefix and prefix not in self._groups:
            raise self._unknown(prefix)
        return tuple(
            leaf
            for path, leaf in sorted(self._leaves.items())
            if not prefix or path == prefix or path.startswith(prefix + ".")
        )

    def has(self, path: str) -> bool:
        """Tell whether there is a rule at this path."""
        return path in self._leaves

    def words(self, path: str) -> tuple[str, str]:
        """Give the name in Chinese and the gloss in English of a group of rules; RuleError if there is none."""
        if path not in self._groups:
            raise self._unknown(path)
        return self._groups[path].name, self._groups[path].gloss

    def city(self, key: str) -> City:
        """Give a city's scheme of points."""
        group = self._groups.get(f"{_CITIES}.{key}")
        if not isinstance(group, CityFile):
            known = self._groups[_CITIES].children if _CITIES in self._groups else {}
            raise RuleError(f"no city '{key}'{did_you_mean(key, known)}; add xinyong/rules/cities/{key}.yaml")
        return City(key, group.code or 0, group.name, group.gloss, group.presets, group.like, self)

    def calendar(self) -> tuple[Event, ...]:
        """List the steps of policy in order of date and code."""
        return tuple(sorted(self._events.values(), key=lambda event: (event.date, event.code)))

    def patch(self, patches: Mapping[str, object]) -> "RuleBook":
        """Make another book with some values changed.

        `{path: value}` replaces every dated value that is not null and keeps the dates, so that a rule which
        does not exist yet stays silent; `{path: {date: value}}` adds or replaces dated values. Patched values
        are `assumed`, because the scenario says so.
        """
        changed = {path: _patched(self._leaf(path), change) for path, change in patches.items()}
        sections = {name: _replaced(group, name, changed) for name, group in self.sections.items()}
        return RuleBook(sections, self._events, self.sources)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything the book says, patches included; the same content has the same hash."""
        content: dict[str, Any] = {
            name: group.model_dump(mode="json") for name, group in self.sections.items()
        }
        content[_CALENDAR] = {key: event.model_dump(mode="json") for key, event in self._events.items()}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _changes(self) -> tuple[dt.date, ...]:
        return tuple(sorted({date for leaf in self._leaves.values() for date in leaf.values}))

    @cached_property
    def _moving(self) -> dict[str, tuple[dt.date, dt.date]]:
        """For each group with a straight line inside: the days between which it may change daily."""
        spans: dict[str, tuple[dt.date, dt.date]] = {}
        for path, leaf in self._leaves.items():
            group = path
            while leaf.between == "linear" and "." in group:
                group = group.rpartition(".")[0]
                first, last = spans.get(group, (leaf.dates[0], leaf.dates[-1]))
                spans[group] = min(first, leaf.dates[0]), max(last, leaf.dates[-1])
        return spans

    def _flatten(self, path: str, group: Group) -> None:
        self._groups[path] = group
        for key, child in group.children.items():
            below = f"{path}.{key}"
            if isinstance(child, Group):
                self._flatten(below, child)
            else:
                self._leaves[below] = RuleLeaf(
                    below, **{name: getattr(child, name) for name in Leaf.model_fields}
                )

    @cached_property
    def city_dates(self) -> tuple[dt.date, ...]:
        """The days on which some city's scheme changes, sorted."""
        return tuple(sorted({date for leaf in self.leaves(_CITIES) for date in leaf.values}))

    def _rules(self, path: str, key: str, date: dt.date) -> Rules:
        """Build a group's rules or take them from the cache: they change on change dates, on a line daily."""
        span = self._moving.get(path)
        moves = span is not None and span[0] <= date < span[1]
        moment = date if moves else bisect.bisect_right(self._changes, date)
        found = self._cache.get((path, moment))
        if found is None:
            found = self._build(path, key, date)
            like = getattr(self._groups[path], "like", "")
            if like:
                found = inherited(found, self._rules(f"{_CITIES}.{like}", like, date))
            self._cache[(path, moment)] = found
        return found

    def _build(self, path: str, key: str, date: dt.date) -> Rules:
        group = self._groups[path]
        content: dict[str, Any] = {} if group.code is None else {"key": key, "code": group.code}
        signed: list[SignedRow] = []
        for name in group.children:
            leaf = self._leaves.get(f"{path}.{name}")
            content[name] = self._rules(f"{path}.{name}", name, date) if leaf is None else leaf.on(date)
            if leaf is not None and leaf.row is not None and content[name]:
                since = leaf.dates[bisect.bisect_right(leaf.dates, date) - 1]
                signed.append(SignedRow(name, leaf.row.issuer, leaf.row.member, leaf.row.activity, since))
        coded = [
            n for n, child in group.children.items() if isinstance(child, Group) and child.code is not None
        ]
        rows = sorted((content[name] for name in coded), key=lambda row: row.code)
        return Rules(path, content, tuple(rows), tuple(sorted(signed, key=lambda row: (row.since, row.key))))

    def _unknown(self, path: str) -> RuleError:
        if path in self._groups:
            return RuleError(
                f"'{path}' is a group; name one of its rules: {', '.join(self._groups[path].children)}"
            )
        near = did_you_mean(path, self._leaves) or did_you_mean(path, self._groups)
        return RuleError(f"no rule '{path}'{near}; `xinyong list rules` shows all of them")

    def _leaf(self, path: str) -> RuleLeaf:
        if path not in self._leaves:
            raise self._unknown(path)
        return self._leaves[path]

    def _check(self) -> None:
        """Refuse unknown sources, vocabulary, deeds and rules that an event opens."""
        for path, leaf in self._leaves.items():
            for date, value in leaf.values.items():
                self._check_source(f"{path}, {date}", value)
            for field, word in leaf.row or ():
                self._check_word(path, field, word)
        for key, event in self._events.items():
            self._check_source(f"{_CALENDAR}.{key}", event)
            for opened in event.opens:
                if opened not in self._leaves and opened not in self._groups:
                    near = did_you_mean(opened, [*self._leaves, *self._groups])
                    raise RuleError(f"{_CALENDAR}.{key} opens '{opened}', which is no rule{near}")

    def _check_source(self, where: str, mark: Mark) -> None:
        if mark.source and mark.source not in self.sources:
            near = did_you_mean(mark.source, self.sources)
            raise RuleError(
                f"{where}: source '{mark.source}' is not in sources.yaml{near}; add it there once"
            )

    def _check_word(self, path: str, field: str, word: str) -> None:
        names = _VOCABULARY[field]
        groups = [g for p, g in self._groups.items() if p.rpartition(".")[2] in names and "." in p]
        known = [key for group in groups for key in group.children]
        if groups and word not in known:
            near = did_you_mean(word, known)
            raise RuleError(f"{path}: {field} '{word}' is not among the {names[0]}{near}")


def _value_on(leaf: RuleLeaf, date: dt.date) -> Scalar:
    place = bisect.bisect_right(leaf.dates, date)
    if place == 0:
        return None
    start = leaf.dates[place - 1]
    low = leaf.values[start].value
    if leaf.between == "step" or place == len(leaf.dates) or low is None:
        return low
    end = leaf.dates[place]
    high = leaf.values[end].value
    if high is None:
        return low
    part = (date - start).days / (end - start).days
    return float(low) * (1.0 - part) + float(high) * part  # type: ignore[arg-type]


def _patched(leaf: RuleLeaf, change: object) -> Leaf:
    """Give a rule the values of a scenario."""
    values = dict(leaf.values)
    kinds = {kind_of(old.value) for old in values.values() if old.value is not None}
    try:
        if isinstance(change, Mapping):
            new = {to_date(date): value for date, value in change.items()}
        else:
            said = [date for date, old in values.items() if old.value is not None]
            new = dict.fromkeys(said or values, change)
        for date, value in new.items():
            _check_kind(value, kinds)
            values[date] = Value.model_validate({"value": value, "grade": "assumed", "why": SCENARIO_REASON})
        fields = {name: getattr(leaf, name) for name in Leaf.model_fields}
        changed = Leaf(**{**fields, "values": values})
    except ValidationError as error:
        raise RuleError(f"{explain(error, leaf.path)}; the scenario set it to {change!r}") from error
    except ValueError as error:
        raise RuleError(f"{leaf.path}: {error}") from error
    return changed


def _check_kind(value: object, kinds: set[str]) -> None:
    if (
        value is not None
        and kinds
        and (not isinstance(value, int | float | str | list) or kind_of(value) not in kinds)
    ):
        raise ValueError(f"{value!r} must be of type {min(kinds)}; correct the scenario")


def _replaced(group: Group, path: str, changed: Mapping[str, Leaf]) -> Group:
    """Copy a group with changed rules; a group without any is kept as it is."""
    if not any(name.startswith(path + ".") for name in changed):
        return group
    children: dict[str, Leaf | Group] = {}
    for key, child in group.children.items():
        below = f"{path}.{key}"
        children[key] = (
            _replaced(child, below, changed) if isinstance(child, Group) else changed.get(below, child)
        )
    fields = {name: getattr(group, name) for name in type(group).model_fields}
    try:
        return type(group)(**{**fields, **children})
    except ValidationError as error:
        raise RuleError(f"{explain(error, path)}; correct the scenario") from None


@lru_cache(maxsize=1)
def _own_book() -> RuleBook:
    return _read_book(PACKAGE / "rules")


def _read_book(folder: Path) -> RuleBook:
    if not folder.is_dir():
        raise RuleError(f"there is no folder of rules {folder}; name one that holds .yaml files")
    paths = sorted(path for path in folder.glob("*.yaml") if path.stem not in (_CALENDAR, "sources"))
    sections: dict[str, Group] = {path.stem: read_file(path, Group) for path in paths}
    cities = {path.stem: read_file(path, CityFile) for path in sorted((folder / _CITIES).glob("*.yaml"))}
    if cities:
        try:
            check_cities(cities)
            sections[_CITIES] = Group(**cities)  # type: ignore[arg-type]
        except ValidationError as error:
            raise RuleError(f"{folder / _CITIES}: {explain(error, _CITIES)}") from error
        except ValueError as error:
            raise RuleError(f"{folder / _CITIES}: {error}; correct it") from error
    calendar = folder / f"{_CALENDAR}.yaml"
    events = read_file(calendar, EventFile).events if calendar.exists() else {}
    codes = [event.code for event in events.values()]
    if len(set(codes)) < len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise RuleError(f"{calendar}: two events have the code {twice}; give one the next free")
    return RuleBook(sections, events, read_sources(folder, PACKAGE))
