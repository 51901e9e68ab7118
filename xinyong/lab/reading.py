"""The annotated reading: what the paper says, item by item, in our own words, and what carries it here."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from xinyong.errors import ReadingError, RuleError, did_you_mean
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import Event, read_yaml

FOLDER = Path(__file__).parent.parent / "reading"
LAST = 128
Status = Literal["carried", "shown", "later", "out_of_model"]
Part = Literal["摘要", "壹", "貳", "參", "肆", "伍", "附錄", "刊末"]
_ENGLISH_PARTS = {
    "摘要": "abstract", "壹": "1", "貳": "2", "參": "3", "肆": "4", "伍": "5", "附錄": "appendix", "刊末": "colophon",
}  # fmt: skip
_SUBPARTS = {"一": "1", "二": "2", "三": "3"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _several(value: object) -> object:
    """Let one item stand without brackets."""
    return [value] if isinstance(value, str | int) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
Notes = Annotated[tuple[int, ...], BeforeValidator(_several)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """One thought in English and in Traditional Chinese; neither is a quotation."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    @model_validator(mode="after")
    def _two_languages(self) -> "Text":
        if _CHINESE.search(self.en) and not _CHINESE.sub("", self.en).strip():
            raise ValueError("`en` holds only Chinese; write it in English")
        if not _CHINESE.search(self.zh):
            raise ValueError("`zh` holds no Chinese; write it in Traditional Chinese")
        return self


class Place(_Strict):
    """Where in the paper it stands."""

    part: Part
    section: Literal["一", "二", "三"] | None = None
    notes: Notes = ()
    table: int | None = None
    figure: int | None = None

    def told(self, chinese: bool = False) -> str:
        """Write the place as a reader would look it up."""
        if chinese:
            words = [self.part + (f"、{self.section}" if self.section else "")]
            words += [f"表 {self.table}"] if self.table else []
            words += [f"圖 {self.figure}"] if self.figure else []
            return "，".join(words + ([f"註 {'、'.join(map(str, self.notes))}"] if self.notes else []))
        part = _ENGLISH_PARTS[self.part] + (f".{_SUBPARTS[self.section]}" if self.section else "")
        words = [f"section {part}" if part[0].isdigit() else part]
        words += [f"table {self.table}"] if self.table else []
        words += [f"figure {self.figure}"] if self.figure else []
        return ", ".join(words + ([f"note {', '.join(map(str, self.notes))}"] if self.notes else []))


class Carriers(_Strict):
    """What carries an item: paths of rules, files of the checkout, and tests as `file::name`."""

    rules: Names = ()
    files: Names = ()
    tests: Names = ()


class Requirement(_Strict):
    """One statement of the paper that a program can carry.

    `check` is the observable check beyond standing in the reading; with it go tests, or the issue that will bring
    them. `carried`: links and tests here. `shown`: the check is that it stands in the reading. `later`: issue and why.
    """

    tag: Literal["context", "mechanism", "institution", "data"]
    en: str
    zh: str
    place: Place
    status: Status
    check: str = ""
    carried_by: Carriers = Carriers()
    checked: Annotated[tuple[Literal["test", "run", "shown"], ...], BeforeValidator(_several)] = ()
    conflicts: Names = ()
    issue: int | None = None
    why: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Requirement":
        Text(en=self.en, zh=self.zh)
        if self.status == "carried" and not (self.carried_by.rules or self.carried_by.files):
            raise ValueError("carried, but no rule and no file is named; name what carries it")
        if self.status == "carried" and not self.carried_by.tests:
            raise ValueError(
                "carried, but no test is named; name one, or write `status: later` with the issue"
            )
        if self.status == "later" and not (self.issue and self.why):
            raise ValueError("`status: later` needs `issue` and `why`")
        if self.status == "out_of_model" and not self.why:
            raise ValueError("`status: out_of_model` needs `why`")
        if self.status == "shown" and self.check:
            raise ValueError("it has a `check` of its own: it is carried or later, not only shown")
        if ("test" in self.checked) != bool(self.carried_by.tests):
            raise ValueError("`checked` says test exactly where a test is named")
        return self


class Question(_Strict):
    """A question on a common misreading, and what is so."""

    asked: Text
    answer: Text
    about: Names


class Section(_Strict):
    """A part of the reading."""

    title: Text
    requirements: dict[str, Requirement]
    quiz: tuple[Question, ...] = ()

    @model_validator(mode="after")
    def _numbered(self) -> "Section":
        for name in self.requirements:
            if not re.fullmatch(r"R[1-9]\d{0,2}", name) or int(name[1:]) > LAST:
                raise ValueError(f"{name} is no number of a requirement; they run from R1 to R{LAST}")
        return self


class Reading(_Strict):
    """The whole reading."""

    sections: dict[str, Section]

    @property
    def requirements(self) -> dict[str, Requirement]:
        """Every entry by its number, in order."""
        found = {name: r for s in self.sections.values() for name, r in s.requirements.items()}
        return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))

    @property
    def missing(self) -> list[str]:
        """Numbers without an entry."""
        return [f"R{n}" for n in range(1, LAST + 1) if f"R{n}" not in self.requirements]


@lru_cache(maxsize=4)
def load_reading(folder: Path = FOLDER) -> Reading:
    """Read every file of the reading, in order of file names; ReadingError names file and entry."""
    sections: dict[str, Section] = {}
    seen: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml")):
        sections[path.stem] = _read(path)
        for name in sections[path.stem].requirements:
            if name in seen:
                raise ReadingError(f"{path}: {name} stands in {seen[name].name} already; keep one")
            seen[name] = path
    if not sections:
        raise ReadingError(f"there is no reading in {folder}; it holds one YAML file a section")
    return Reading(sections=sections)


@lru_cache(maxsize=1)
def timeline() -> tuple[Event, ...]:
    """List the dated steps of policy, and what else the paper dates, in order."""
    return RuleBook.load().calendar()


def _read(path: Path) -> Section:
    try:
        return Section.model_validate(read_yaml(path))
    except ValidationError as error:
        raise ReadingError(f"{path}: {_explain(error)}") from None
    except RuleError as error:
        raise ReadingError(str(error)) from None


def _explain(error: ValidationError) -> str:
    """Say in one sentence what is wrong with the first bad entry."""
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        known = [
            *Requirement.model_fields,
            *Place.model_fields,
            *Carriers.model_fields,
            *Section.model_fields,
        ]
        return f"{place}: unknown key{did_you_mean(str(first['loc'][-1]), known)}; correct or remove it"
    if first["type"] == "missing":
        return f"{place}: missing; add it"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}"


def schema() -> str:
    """Write the JSON Schema of a file of the reading (`schemas/reading.schema.json`)."""
    made = Section.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(made, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
