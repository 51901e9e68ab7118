"""The rows of the rights audit: metrics, facts, systems, contexts, bench and test sheet, read from data and checked."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from xinyong.errors import RuleError
from xinyong.lab.rights.formulas import SHAPES
from xinyong.rulefiles import Grade, explain

FOLDER = Path(__file__).parents[2] / "rights"
Answer = Literal["met", "not met", "contested"]
Limit = tuple[Literal["above", "below"], float]
EVERY = "every"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Anchor(_Row):
    """The norm a metric is held against, and how well it is known."""

    text: str
    grade: Grade


class Part(_Row):
    """One number of a metric. The light is a normative choice, always assumed."""

    gloss: str
    of: dict[str, list[str | float]] = Field(min_length=1, max_length=1)
    unit: str
    green: Limit | None = None
    red: Limit | None = None

    @field_validator("of")
    @classmethod
    def _known(cls, of: dict[str, list[str | float]]) -> dict[str, list[str | float]]:
        (shape,) = of
        if shape not in SHAPES:
            raise ValueError(f"there is no formula '{shape}'; use one of {', '.join(SHAPES)}")
        return of

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts it needs."""
        return tuple(name for given in self.of.values() for name in given if isinstance(name, str))


class Metric(_Row):
    """One metric: its parts stand side by side and are never averaged."""

    name: str
    gloss: str
    formula: str
    anchor: Anchor
    parts: dict[str, Part] = Field(min_length=1)
    unmeasured: dict[str, str] = Field(default_factory=dict)

    def reason(self, system: str) -> str:
        """Why it is not measured for a system; empty if it may be."""
        return self.unmeasured.get(system, "")


class FactRow(_Row):
    """What a fact counts, and why a world may lack it."""

    gloss: str
    missing: str = "this world has no such system"


class Decision(_Row):
    """Whether a person decides before an entry is made."""

    value: bool
    grade: Grade
    source: str = ""
    where: str = ""
    why: str = ""


class Subsystem(_Row):
    """A system that is audited apart."""

    name: str
    gloss: str
    origin: str
    conduct: str
    without: dict[str, Any] = Field(min_length=1)
    human_decision: Decision
    registers: tuple[int, int] | None = None
    strata: tuple[str, ...] = ("all",)


class Named(_Row):
    """A name in Chinese and what it is in English."""

    name: str
    gloss: str


class Treatment(_Row):
    """A kind of refusal: the context in which it treats the person, and its weight in weeks of income."""

    context: str
    weeks: float = Field(ge=0)


class Contexts(_Row):
    """Twelve contexts, which are related, and how each kind of treatment weighs."""

    grade: Grade
    why: str
    contexts: dict[str, Named]
    related: dict[str, tuple[str, ...]]
    severity_grade: Grade
    severity_why: str
    treatments: dict[str, Treatment]
    origins_of_lists: dict[int, str]
    shown_items: dict[str, int]

    def kappa(self, origin: str, treatment: str) -> str:
        """`same`, `related` or `unrelated`: data of one context used in another."""
        if origin == treatment:
            return "same"
        return "related" if treatment in self.related[origin] else "unrelated"


class Step(_Row):
    """Gravity up to a sum, and the sanction of statute for it."""

    up_to: float | None
    weeks: float = Field(gt=0)


class BenchOf(_Row):
    """Statutory sanctions for one kind of conduct by gravity."""

    conduct: str
    by: str
    steps: tuple[Step, ...] = Field(min_length=1)


class Bench(BaseModel):
    """The sanction of statute for the same conduct, by system."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, BenchOf]
    grade: Grade
    why: str

    @property
    def systems(self) -> dict[str, BenchOf]:
        """Systems that have a bench."""
        return self.__pydantic_extra__ or {}


class Element(_Row):
    """One element of the test sheet: declared for each system, or read off a metric."""

    name: str
    gloss: str
    metric: tuple[str, str] | None = None
    above: float = 0.0


class Declared(_Row):
    """A declared answer with its reason."""

    answer: Answer
    why: str


class ActSource(_Row):
    """The text of the act and how well it is known."""

    title: str
    in_force: Any
    mark: Grade


class Sheet(_Row):
    """The test sheet of EU AI Act, article 5(1)(c)."""

    source: ActSource
    elements: dict[str, Element]
    declared: dict[str, dict[str, Declared]]


class Rows(_Row):
    """Everything the audit is declared by."""

    metrics: dict[str, Metric]
    facts: dict[str, FactRow]
    subsystems: dict[str, Subsystem]
    contexts: Contexts
    bench: Bench
    ai_act: Sheet


@lru_cache(maxsize=4)
def rows(folder: Path = FOLDER) -> Rows:
    """The declarations of the audit. Raises RuleError that names file and place of what is wrong."""
    names = ("metrics", "facts", "subsystems", "contexts", "bench", "ai_act")
    content = {name: _read(folder / f"{name}.yaml") for name in names}
    try:
        return Rows.model_validate(content)
    except ValidationError as error:
        raise RuleError(f"{folder}: {explain(error, 'rights')}") from error


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RuleError(f"{path}: not readable as YAML: {error}") from error
