"""Switches: named sets of rule patches that cut the edges of one mechanism and leave the institutions standing."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinyong.errors import ScenarioError, did_you_mean
from xinyong.rulebook import RuleBook

FOLDER = Path(__file__).parents[2] / "experiments"
FILE = FOLDER / "switches.yaml"
Level = bool | str
Patches = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edge(_Strict):
    """An arrow of the mechanism graph: what one process has from another."""

    source: str
    target: str
    via: str


class Placebo(_Strict):
    """A treatment that should do nothing, or nothing but what its gloss says."""

    gloss: str
    sets: Patches = Field(min_length=1)


class Switch(_Strict):
    """One mechanism that can be cut: rule path (or pattern with `*`) to the value that cuts it."""

    gloss: str
    name: str = ""
    part_of: str = ""
    requirements: tuple[str, ...] = ()
    cuts: Patches = Field(default_factory=dict)
    placebos: dict[str, Placebo] = Field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    witnesses: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    notes: str = ""


class Switches(_Strict):
    """Every switch there is, by key."""

    switches: dict[str, Switch]

    def get(self, key: str) -> Switch:
        """The switch of that key. Raises ScenarioError with the nearest one."""
        if key not in self.switches:
            near = did_you_mean(key, self.switches)
            raise ScenarioError(
                f"there is no switch '{key}'{near}; xinyong/experiments/switches.yaml has all of them"
            )
        return self.switches[key]

    def patches(self, key: str, level: Level, book: RuleBook) -> Patches:
        """The rule patches of a switch at a level: on (true) none, off (false) its cuts, or one of its placebos."""
        switch = self.get(key)
        if level is True:
            return {}
        if level is False:
            return expanded(switch.cuts, book, f"switch {key}")
        if level not in switch.placebos:
            near = did_you_mean(level, ("on", "off", *switch.placebos))
            raise ScenarioError(
                f"switch {key} has no level '{level}'{near}; levels are on, off and its placebos"
            )
        return expanded(switch.placebos[level].sets, book, f"placebo {key}.{level}")

    def cell_patches(self, levels: Mapping[str, Level], book: RuleBook) -> Patches:
        """The patches of several switches together. Raises ScenarioError where two give one rule two values."""
        found: Patches = {}
        said: dict[str, str] = {}
        for key, level in levels.items():
            for path, value in self.patches(key, level, book).items():
                if path in found and found[path] != value:
                    raise ScenarioError(
                        f"switches {said[path]} and {key} give '{path}' two values: {found[path]!r} and {value!r}; "
                        "let one rule belong to one switch"
                    )
                found[path], said[path] = value, key
        return dict(sorted(found.items()))


def expanded(patches: Mapping[str, Any], book: RuleBook, where: str) -> Patches:
    """Replace patterns (in `memoranda.*` the `*` stands for one name) by the rules they match; refuse unknown paths."""
    known = [leaf.path for leaf in book.leaves()]
    found: Patches = {}
    for pattern, value in patches.items():
        paths = [path for path in known if _matches(path, pattern)]
        if not paths:
            near = did_you_mean(pattern, known)
            raise ScenarioError(f"{where}: no rule '{pattern}'{near}; `xinyong list rules` shows all of them")
        found |= dict.fromkeys(paths, value)
    return found


def _matches(path: str, pattern: str) -> bool:
    if "*" not in pattern:
        return path == pattern
    parts, wanted = path.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def read_switches(path: Path) -> Switches:
    """Read a file of switches. Raises ScenarioError naming the place of what is wrong."""
    content = read_yaml(path)
    try:
        found = Switches(switches=content)
    except ValidationError as error:
        raise ScenarioError(explained(path, error, Switch)) from error
    for key, switch in found.switches.items():
        whole = found.switches.get(switch.part_of) if switch.part_of else None
        if switch.part_of and whole is None:
            near = did_you_mean(switch.part_of, found.switches)
            raise ScenarioError(f"{path}: {key} is part of '{switch.part_of}', which is no switch{near}")
        cut = whole.cuts if whole else switch.cuts
        beyond = [path for path in switch.cuts if not any(_matches(path, pattern) for pattern in cut)]
        if beyond:
            raise ScenarioError(
                f"{path}: {key} cuts {beyond}, which {switch.part_of} does not; add it there too"
            )
    return found


@lru_cache(maxsize=1)
def load_switches() -> Switches:
    """The switches of the package."""
    return read_switches(FILE)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping. Raises ScenarioError; `off:` as a key is named, because YAML reads it as false."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise ScenarioError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(content, dict):
        raise ScenarioError(f"{path}: should be a mapping of names")
    _check_names(content, str(path))
    return content


def _check_names(content: dict[Any, Any], where: str) -> None:
    """Refuse `on:` and `off:` as names, which YAML reads as true and false."""
    for key, below in content.items():
        if isinstance(key, bool):
            raise ScenarioError(
                f"{where}: YAML reads the names on and off as true and false; what a switch cuts stands under `cuts:`"
            )
        if isinstance(below, dict):
            _check_names(below, f"{where}: {key}")


def explained(path: Path, error: ValidationError, model: type[BaseModel]) -> str:
    """Say in one line what pydantic found, with the nearest valid key."""
    lines = []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"])
        last = str(one["loc"][-1]) if one["loc"] else ""
        near = did_you_mean(last, model.model_fields) if one["type"] == "extra_forbidden" else ""
        lines.append(f"{where}: {one['msg']}{near}")
    return f"{path}: " + "; ".join(lines)
