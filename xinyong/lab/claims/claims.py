"""The paper's claims as data: what it says, what a rival says, what is asked of the worlds, what would overturn it.

*Source:* model.md 3.4 to 3.6; the paper, parts 肆 and 伍.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xinyong.errors import ScenarioError, did_you_mean
from xinyong.lab.claims.asking import Question
from xinyong.lab.experiment.switches import FOLDER, explained, read_yaml

FILE = FOLDER / "claims.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(_Strict):
    """A sentence in both languages."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        """The sentence in a language."""
        return self.zh if language.startswith("zh") else self.en


class Rival(_Strict):
    """An account that predicts otherwise, with how well its source is known."""

    says: Both
    source: str
    mark: str


class Test(_Strict):
    """A question and the side of a threshold on which its answer must lie."""

    ask: Question
    gloss: Both
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one(self) -> "Test":
        if (self.above is None) == (self.below is None):
            raise ValueError("a test needs `above` or `below`, and not both")
        return self


class Note(_Strict):
    """What a reader must know beside the verdict; `{0}`, `{1}` are filled with the answers to `ask`.

    Shown only with the verdicts named in `only`, if any, and only where all its questions are answered.
    """

    text: Both
    ask: tuple[Question, ...] = ()
    only: tuple[str, ...] = ()


class Cost(_Strict):
    """What the mechanism costs in rights: a change of a count, and how much of it for each unit of what is gained."""

    ask: Question
    gloss: Both


class Assumption(_Strict):
    """Something on which a claim hangs, in words, with the rules that hold it."""

    gloss: Both
    rules: tuple[str, ...] = Field(min_length=1)


class Claim(_Strict):
    """One claim of the paper."""

    title: Both
    says: Both
    place: str
    requirements: tuple[str, ...]
    prediction: Both
    rivals: tuple[Rival, ...] = Field(min_length=1)
    tests: tuple[Test, ...] = Field(min_length=1)
    costs: tuple[Cost, ...] = Field(min_length=1)
    also: tuple[Cost, ...] = ()
    hangs_on: tuple[Assumption, ...] = Field(min_length=1)
    overturn: Both
    figures: Both
    figures_tell: Literal["no", "in part"] = "no"
    limits: tuple[str, ...] = Field(min_length=1)
    notes: tuple[Note, ...] = ()


class Outcome(_Strict):
    """Something that worlds are compared by: a role, over another, times a number; a cost in rights or not."""

    gloss: Both
    unit: Both
    role: str
    per: str = ""
    times: float = 1.0
    panel: Literal["economy", "governance", "power", "cost"]

    @property
    def cost(self) -> bool:
        """Whether it is a cost in rights."""
        return self.panel == "cost"


class Claims(_Strict):
    """Every claim, the outcomes shared out among mechanisms, and the limits printed with every result."""

    outcomes: tuple[Outcome, ...]
    claims: dict[str, Claim]
    limits: dict[str, Both]

    @model_validator(mode="after")
    def _limits_exist(self) -> "Claims":
        for key, claim in self.claims.items():
            for name in claim.limits:
                if name not in self.limits:
                    raise ValueError(f"{key}: there is no limit '{name}'{did_you_mean(name, self.limits)}")
        return self


def read_claims(path: Path) -> Claims:
    """Read a file of claims. Raises ScenarioError naming the place of what is wrong."""
    content: Mapping[str, object] = read_yaml(path)
    try:
        return Claims.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(explained(path, error, Claim)) from error


@lru_cache(maxsize=1)
def load_claims() -> Claims:
    """The claims of the package."""
    return read_claims(FILE)
