"""One life in two worlds: what happened to an invented person, and what would have happened without a mechanism.

Both worlds share society, luck and calendar. The person's own province is played under the other rules; what the rest
of the nation signals to it (national counts) stays as it was in the run, and the result says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinyong import ids
from xinyong.errors import RuleError, did_you_mean
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.manifest import read_manifest
from xinyong.lab.show import Life, life
from xinyong.lab.telling import Line
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import Group

SCHEME = "scheme:"
NOTE = (
    "The person's own province is played under the other rules with the same luck; the national counts that reach it "
    "stay as they were in the run."
)


@dataclass(frozen=True)
class Happened:
    """One thing that happened: in both worlds, only with the mechanism, or only without it."""

    date: str
    what: str
    told: str
    where: str


@dataclass(frozen=True)
class TwoWorlds:
    """A life told twice."""

    synthetic: str
    id: str
    name: str
    latin_name: str
    facts: dict[str, str]
    switch: str
    gloss: str
    cuts: tuple[str, ...]
    lines: tuple[Happened, ...]
    first_difference: str
    standing_with: tuple[str, ...]
    standing_without: tuple[str, ...]
    note: str


def two_worlds(
    folder: Path, identity: str, switch: str, tell: Callable[[int], None] = lambda done: None
) -> TwoWorlds:
    """Tell one life with a mechanism and without it. Raises RunError, ScenarioError for an unknown switch."""
    gloss, sets = other_world(switch, RuleBook.load(None, read_manifest(folder).get("sets") or {}))
    kind = "person" if ids.unpack(ids.parse(identity))[0] == ids.PERSON else "organisation"
    one = life(folder, kind, identity)
    tell(1)
    other = life(folder, kind, identity, sets=sets)
    tell(2)
    lines = merged(one, other)
    first = next((line.date for line in lines if line.where != "both"), "")
    return TwoWorlds(
        one.synthetic, one.id, one.name, one.latin_name, one.facts, switch, gloss, tuple(sets), lines, first,
        one.standing, other.standing, NOTE,
    )  # fmt: skip


def other_world(switch: str, book: RuleBook) -> tuple[str, dict[str, Any]]:
    """What a switch is called and sets when it is off; `scheme:CITY:PRESET` puts a city under another table of deeds.

    Raises ScenarioError or RuleError with the nearest name.
    """
    if not switch.startswith(SCHEME):
        return load_switches().get(switch).gloss, load_switches().patches(switch, False, book)
    _, city, preset = (*switch.split(":"), "", "")[:3]
    scheme = book.city(city)
    if preset not in scheme.presets:
        raise RuleError(f"{city} has no scheme '{preset}'{did_you_mean(preset, scheme.presets)}")
    return f"points of {scheme.gloss or city} by the table {preset}", {f"cities.{city}.preset": preset}


def schemes(book: RuleBook) -> tuple[str, ...]:
    """Every table of deeds of every city, as `scheme:CITY:PRESET`."""
    group = book.sections["cities"]
    assert isinstance(group, Group)
    return tuple(f"{SCHEME}{city}:{preset}" for city in group.children for preset in book.city(city).presets)


def merged(one: Life, other: Life) -> tuple[Happened, ...]:
    """Both lives in one order of days; equal lines of one day meet."""
    left, right = _counted(one.lines), _counted(other.lines)
    keys = sorted({*left, *right}, key=lambda key: (key[0].date, key[0].what, key[0].told, key[1]))
    words = {(True, True): "both", (True, False): "with", (False, True): "without"}
    return tuple(
        Happened(line.date, line.what, line.told, words[(line, n) in left, (line, n) in right])
        for line, n in keys
    )


def _counted(lines: tuple[Line, ...]) -> set[tuple[Line, int]]:
    """Lines with their number among equal ones."""
    seen: dict[Line, int] = {}
    found = set()
    for line in lines:
        seen[line] = seen.get(line, 0) + 1
        found.add((line, seen[line]))
    return found
