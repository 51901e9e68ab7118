"""The grammar of the rule files: what a YAML file of rules, sources or events may say. Checked on loading."""

import datetime as dt
import json
import keyword
import math
import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from xinyong.errors import RuleError, did_you_mean

M = TypeVar("M", bound=BaseModel)
Scalar = StrictBool | StrictInt | StrictFloat | StrictStr | list[StrictInt | StrictFloat] | None
Grade = Literal[
    "verified-paper", "verified-excerpt", "verified-low-quality", "verified-data-file",
    "derived", "project-note", "memory", "fitted", "assumed",
]  # fmt: skip
GRADES: tuple[str, ...] = get_args(Grade)
FIRST_YEAR, LAST_YEAR = 1990, 2100
_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
_RESERVED = frozenset({"rows", "signed", "key", "values"})


def to_date(value: object) -> dt.date:
    """Read a calendar day, 1990-01-01 to 2100-12-31; anything else is a ValueError."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        value = dt.date.fromisoformat(value)
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError(f"{value!r} is not a date; write it like 2013-10-01")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the date {value} lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return value


Day = Annotated[dt.date, BeforeValidator(to_date)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(_Strict):
    """How far a statement can be trusted, and where it was read."""

    grade: Grade = Field(description="assumed needs why; fitted needs by; every other grade needs source")
    source: str = Field("", description="key of sources.yaml")
    where: str = Field("", description="article, section or page")
    why: str = Field("", description="one short sentence")
    by: str = Field("", description="the script that fitted the value")

    @model_validator(mode="after")
    def _grounded(self) -> "Mark":
        needed = {"assumed": "why", "fitted": "by"}.get(self.grade, "source")
        if not getattr(self, needed).strip():
            raise ValueError(f"grade '{self.grade}' needs `{needed}`; add it, or write `assumed` with `why`")
        return self


class Value(Mark):
    """What a rule says from a day on; null ends it."""

    value: Scalar

    @field_validator("value", mode="after")
    @classmethod
    def _finite(cls, value: Scalar) -> Scalar:
        for number in value if isinstance(value, list) else [value]:
            if isinstance(number, float) and not math.isfinite(number):
                raise ValueError(f"{number} is not a finite number; end a rule with null")
        return value


class Row(_Strict):
    """One line of a memorandum: whose listing bars, at which body, from what."""

    issuer: str
    member: str
    activity: str


def kind_of(value: object) -> str:
    """Name the kind of a value: bool, number, text or list."""
    if isinstance(value, bool):
        return "bool"
    return {int: "number", float: "number", str: "text", list: "list of numbers"}[type(value)]


class Leaf(_Strict):
    """A rule: its legal name, unit and range, and its dated values."""

    name: str = Field("", description="the law's own words, in Chinese")
    gloss: str = Field("", description="what it is, in English")
    unit: str = ""
    range: tuple[StrictInt | StrictFloat, StrictInt | StrictFloat] | None = None
    between: Literal["step", "linear"] = "step"
    row: Row | None = None
    values: dict[Day, Value] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Leaf":
        told = [v.value for v in self.values.values() if v.value is not None]
        kinds = {kind_of(value) for value in told}
        if len(kinds) > 1:
            raise ValueError(f"its values are of different types: {', '.join(sorted(kinds))}; keep one")
        listed = [n for v in told for n in (v if isinstance(v, list) else [v])]
        numbers = [n for n in listed if not isinstance(n, bool | str)]
        if self.between == "linear" and kinds - {"number"}:
            raise ValueError("`between: linear` needs numbers; write `between: step`")
        if self.range is None:
            if kinds & {"number", "list of numbers"}:
                raise ValueError("a number needs a `range: [least, most]`")
            return self
        if kinds & {"bool", "text"}:
            raise ValueError(
                f"a value of type {min(kinds)} cannot have a `range`; write numbers (1.0e5, not 1e5)"
            )
        low, high = self.range
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise ValueError(f"the range [{low}, {high}] is not [least, most]")
        outside = [n for n in numbers if not low <= n <= high]
        if outside:
            raise ValueError(f"{outside[0]} lies outside the range [{low}, {high}]")
        return self


def _kind_of_node(node: object) -> str:
    if isinstance(node, Leaf) or (isinstance(node, Mapping) and "values" in node):
        return "leaf"
    if isinstance(node, Mapping) and {"unit", "range", "between", "row"} & set(node):
        return "leaf"
    return "group"


Node = Annotated[
    Annotated["Leaf", Tag("leaf")] | Annotated["Group", Tag("group")],
    Discriminator(_kind_of_node),
]


class Group(BaseModel):
    """Rules or rows that belong together; a row carries a fixed `code` that is never reused."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Node]
    code: StrictInt | None = Field(None, ge=0, le=255)
    name: str = ""
    gloss: str = ""

    @property
    def children(self) -> "dict[str, Leaf | Group]":
        """The rules and groups inside, by key."""
        return self.__pydantic_extra__ or {}

    @model_validator(mode="after")
    def _well_keyed(self) -> "Group":
        seen: dict[int, str] = {}
        for key, child in self.children.items():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", key) or keyword.iskeyword(key) or key in _RESERVED:
                raise ValueError(f"'{key}' cannot be a key; use lower-case letters, digits and _")
            code = child.code if isinstance(child, Group) else None
            if code is not None and code in seen:
                raise ValueError(f"'{seen[code]}' and '{key}' have one code, {code}; give one the next free")
            if code is not None:
                seen[code] = key
        return self


class CityFile(Group):
    """The scheme of points of one city, or of another file it is like, where it says nothing else.

    `presets` name the deeds that each reading of the scheme counts; without any, every deed counts.
    """

    code: StrictInt = Field(ge=1, le=255)
    like: str = Field("", description="city file that gives whatever this one does not say")
    presets: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _preset_known(self) -> "CityFile":
        preset = self.children.get("preset")
        for value in preset.values.values() if isinstance(preset, Leaf) else ():
            if value.value is not None and value.value not in self.presets:
                near = did_you_mean(str(value.value), self.presets)
                raise ValueError(f"there is no preset '{value.value}'{near}")
        return self

    def row_keys(self, group: str, known: "Mapping[str, CityFile]") -> list[str]:
        """Keys of the rows of a group such as `deeds`, those of the files it is like included."""
        own = self.children.get(group)
        base = known[self.like].row_keys(group, known) if self.like else []
        return [*base, *(own.children if isinstance(own, Group) else ())]


def check_cities(cities: Mapping[str, CityFile]) -> None:
    """Refuse a city that is like an unknown file or like itself, and a preset that names no deed: ValueError."""
    for key, city in cities.items():
        seen, like = {key}, city.like
        while like:
            if like not in cities or like in seen:
                raise ValueError(
                    f"{key} is like '{city.like}', which leads to no city file{did_you_mean(like, cities)}"
                )
            seen.add(like)
            like = cities[like].like
    for key, city in cities.items():
        deeds = city.row_keys("deeds", cities)
        for name, counted in city.presets.items():
            for deed in set(counted) - set(deeds):
                near = did_you_mean(deed, deeds)
                raise ValueError(f"{key}: preset '{name}' names no deed '{deed}'{near}")


class Event(Mark):
    """One dated step of policy."""

    code: int = Field(ge=1, le=999)
    name: str
    gloss: str
    date: Day = Field(description="the first day it may have been, if only the month or year is known")
    precision: Literal["year", "month", "day"]
    body: str
    opens: list[str] = Field([], description="paths of the rules it starts")
    requirements: list[str] = Field([], description="numbers R... of model.md")


class EventFile(_Strict):
    """The policy calendar."""

    events: dict[str, Event]


class Source(_Strict):
    """Something that was read."""

    title: str
    author: str = ""
    date: str = ""
    note: str = ""
    url: str = ""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The YAML reader of this package: it refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping; a second key of one name is an error, not an overwriting."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise ValueError(f"line {line}: the key '{key}' stands twice; keep one")
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def read_yaml(path: Path) -> dict[Any, Any]:
    """Read one YAML file as a mapping; RuleError names the file and what to do."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise RuleError(f"{path}: cannot be read ({error.strerror}); check the folder of rules") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise RuleError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise RuleError(f"{path}: must be a mapping of rules, not {type(found).__name__}")
    return found


def read_file(path: Path, model: type[M]) -> M:
    """Read one YAML file as a model; RuleError names file, path and what to do."""
    content = read_yaml(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise RuleError(f"{path}: {explain(error, path.stem)}") from None


class CodedRow(NamedTuple):
    """A row of a coded group: its key, code and meaning, whatever the date."""

    key: str
    code: int
    gloss: str


@lru_cache
def coded_rows(section: str, group: str) -> tuple[CodedRow, ...]:
    """List the coded rows of a group of the package's own rules, in order of code: for counts that are kept by row."""
    found = read_file(Path(__file__).parent / "rules" / f"{section}.yaml", Group).children[group]
    rows = [
        CodedRow(key, row.code, row.gloss)
        for key, row in (found.children.items() if isinstance(found, Group) else ())
        if isinstance(row, Group) and row.code is not None
    ]
    return tuple(sorted(rows, key=lambda row: row.code))


def read_sources(*folders: Path) -> dict[str, Source]:
    """Read `sources.yaml` of each folder that has one; the first folder that names a source describes it."""
    found: dict[str, Source] = {}
    for path in (folder / "sources.yaml" for folder in reversed(folders)):
        if path.exists():
            for key, entry in read_yaml(path).items():
                try:
                    found[str(key)] = Source.model_validate(entry)
                except ValidationError as error:
                    raise RuleError(f"{path}: {explain(error, str(key))}") from None
    return found


def explain(error: ValidationError, path: str) -> str:
    """Say in one sentence what is wrong with the first bad entry below `path`."""
    errors = error.errors()
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    steps = [str(part) for part in first["loc"] if part not in ("leaf", "group", "[key]")]
    key, found = steps[-1] if steps else "", first["input"]
    if "value" in steps and first["type"] != "value_error":
        steps = steps[: steps.index("value") + 1]
        return f"{_at(path, steps)}: must be a number, true, false, a text, a list of numbers or null"
    if first["type"] == "extra_forbidden":
        known = Value.model_fields if "values" in steps else {**Leaf.model_fields, **Event.model_fields}
        return f"{_at(path, steps)}: unknown key{did_you_mean(key, known)}; correct or remove it"
    if first["type"] == "literal_error" and key == "grade":
        return f"{_at(path, steps)}: no such grade as {found!r}{did_you_mean(str(found), GRADES)}"
    if first["type"] == "missing":
        given = found if isinstance(found, Mapping) else {}
        near = [k for k in given if did_you_mean(str(k), [key]).startswith(" (did")]
        return f"{_at(path, steps)}: missing" + (
            f"; is '{near[0]}' meant to be '{key}'?" if near else "; add it"
        )
    if first["type"] == "model_type":
        near_key = did_you_mean(key, ("code", "name", "gloss", "values"))
        return f"{_at(path, steps)}: is neither a rule nor a group{near_key}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{_at(path, steps)}: {message}"


def _at(path: str, steps: list[str]) -> str:
    return ".".join([path, *(_DATE.sub(_iso, step) for step in steps)])


def _iso(match: re.Match[str]) -> str:
    return dt.date(*(int(part) for part in match.groups())).isoformat()


def schema() -> str:
    """Write the JSON Schema of rule files, city files included, as text (`schemas/rules.schema.json`)."""
    made = CityFile.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(made, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
