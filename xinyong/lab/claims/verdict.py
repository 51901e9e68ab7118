"""What the worlds say of a claim: supported, refuted, hangs on named assumptions, or the figures cannot tell.

Every verdict is `prior-only` until parameters have been fitted to published figures: it says what follows from assumed
values, not what was the case. *Source:* model.md 3.4, 4.5; docs/decisions/0052.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from xinyong.errors import RunError
from xinyong.lab.claims.asking import Question, answer
from xinyong.lab.claims.claims import Assumption, Both, Claim, Test
from xinyong.lab.claims.ground import SHELL, Ground, UnaskedError
from xinyong.lab.claims.intervals import Estimate
from xinyong.lab.experiment.design import PLAIN

SUPPORTED, REFUTED, OPEN, UNASKED = "supported", "refuted", "open", "not asked"
HANGS, CANNOT_TELL, PARTLY = "hangs on", "the figures cannot tell", "partly asked"
BASIS = "prior-only"
NOTHING_HAPPENED = "nothing of the kind happened in these worlds"
ONE_REPLICATE = "one replicate says nothing of chance"
NOTHING_MOVED = "nothing moved in any replicate: no effect, or too few events for one"
SURE = 0.95
GRADE_A, GRADE_B = 0.95, 0.8


@dataclass(frozen=True)
class Answer:
    """One test of a claim: its question, the answer, and how probable it is that it lies on the paper's side."""

    test: Test
    estimate: Estimate | None
    probability: float
    why_not: str = ""

    @property
    def word(self) -> str:
        """What this test alone says."""
        if self.estimate is None:
            return UNASKED
        if math.isnan(self.probability):
            return OPEN
        if self.probability >= SURE:
            return SUPPORTED
        return REFUTED if self.probability <= 1 - SURE else OPEN


@dataclass(frozen=True)
class Trial:
    """All tests of a claim under one variant of the rules."""

    variant: str
    answers: tuple[Answer, ...]

    @property
    def word(self) -> str:
        """All tests must hold; one that fails refutes."""
        words = [found.word for found in self.answers]
        for word in (REFUTED, UNASKED, OPEN):
            if word in words:
                return word
        return SUPPORTED

    @property
    def unknown(self) -> bool:
        """Whether some answer has no probability, so that this variant tried nothing."""
        return any(math.isnan(found.probability) for found in self.answers)


@dataclass(frozen=True)
class CostFound:
    """A cost in rights beside the claim; `why_not` says why this experiment cannot tell it."""

    gloss_en: str
    gloss_zh: str
    estimate: Estimate | None
    why_not: str = ""
    whole_system: bool = False


@dataclass(frozen=True)
class NoteFound:
    """A remark beside the verdict with the numbers that fill it."""

    text: Both
    numbers: tuple[Estimate, ...]


@dataclass(frozen=True)
class Verdict:
    """What the worlds say of a claim, how firmly, and what it costs."""

    key: str
    claim: Claim
    plain: Trial
    variants: tuple[Trial, ...]
    tried: tuple[Assumption, ...]
    flips: tuple[Assumption, ...]
    costs: tuple[CostFound, ...]
    also: tuple[CostFound, ...]
    notes: tuple[NoteFound, ...] = ()

    @cached_property
    def word(self) -> str:
        """Supported, refuted, hangs on, the figures cannot tell, partly asked, or not asked."""
        said = self.plain.word
        if said == UNASKED:
            return PARTLY if self.answered else UNASKED
        if self.flips:
            return HANGS
        if said == OPEN:
            return CANNOT_TELL
        return said

    @property
    def answered(self) -> int:
        """How many of its tests these worlds answered."""
        return sum(found.estimate is not None for found in self.plain.answers)

    @property
    def basis(self) -> str:
        """On what the verdict rests."""
        return BASIS

    @cached_property
    def robust_share(self) -> float:
        """Of the variants tried, the plain one included, those with the same word."""
        trials = [self.plain, *(t for t in self.variants if t.word != UNASKED)]
        return sum(t.word == self.plain.word for t in trials) / len(trials)

    @property
    def untried(self) -> tuple[Assumption, ...]:
        """Assumptions on which it is known to hang and which no variant has moved."""
        return tuple(one for one in self.claim.hangs_on if one not in self.tried)

    @property
    def hinges(self) -> tuple[Assumption, ...]:
        """What must hold for the verdict: what flips it, or else what was not tried."""
        return self.flips or self.untried

    @cached_property
    def grade(self) -> str:
        """A firm, B fairly firm, C hinges on named assumptions; nothing where nothing was decided."""
        if self.word not in (SUPPORTED, REFUTED, HANGS):
            return ""
        if self.flips or self.untried or self.word == HANGS:
            return "C"
        return "A" if self.robust_share >= GRADE_A else "B" if self.robust_share >= GRADE_B else "C"


def judge(key: str, claim: Claim, grounds: Sequence[Ground]) -> Verdict:
    """Ask the experiments a claim's questions, under the rules as they are and under every variant tried."""
    plain = Trial(PLAIN, tuple(_asked(test, grounds, PLAIN) for test in claim.tests))
    trials: list[Trial] = []
    tried: list[Assumption] = []
    flips: list[Assumption] = []
    for ground in grounds:
        for name, sets in ground.variants.items():
            trial = Trial(name, tuple(_asked(test, (ground,), name) for test in claim.tests))
            moved = [one for one in claim.hangs_on if set(one.rules) & set(sets)]
            if not moved or trial.word == UNASKED or trial.unknown:
                continue
            trials.append(trial)
            tried += [one for one in moved if one not in tried]
            if plain.word != UNASKED and not plain.unknown and trial.word != plain.word:
                flips += [one for one in moved if one not in flips]
    costs, also = (
        tuple(_cost(one.ask, one.gloss.en, one.gloss.zh, grounds) for one in listed)
        for listed in (claim.costs, claim.also)
    )
    said = Verdict(key, claim, plain, tuple(trials), tuple(tried), tuple(flips), costs, also)
    return replace(said, notes=tuple(_notes(said, grounds)))


def _notes(said: Verdict, grounds: Sequence[Ground]) -> Iterator[NoteFound]:
    """The remarks that fit this verdict and whose numbers these worlds can give."""
    for one in said.claim.notes:
        if not one.only or said.word in one.only:
            numbers = [_first(question, grounds, PLAIN)[0] for question in one.ask]
            told = tuple(n for n in numbers if n is not None and not math.isnan(n.value))
            if len(told) == len(numbers):
                yield NoteFound(one.text, told)


def _asked(test: Test, grounds: Sequence[Ground], variant: str) -> Answer:
    found, why = _first(test.ask, grounds, variant)
    if found is None:
        return Answer(test, None, math.nan, why)
    if test.above is not None:
        chance = found.above(test.above)
    else:
        turned = Estimate(-found.value, tuple(-v for v in found.values))
        chance = turned.above(-(test.below or 0.0))
    return Answer(test, found, chance, _why_open(found) if math.isnan(chance) else "")


def _why_open(found: Estimate) -> str:
    """Why an answer has no probability."""
    if math.isnan(found.value):
        return NOTHING_HAPPENED
    return ONE_REPLICATE if found.replicates < 2 else NOTHING_MOVED


def _cost(question: Question, en: str, zh: str, grounds: Sequence[Ground]) -> CostFound:
    found, why = _first(question, grounds, PLAIN)
    why = NOTHING_HAPPENED if found is not None and math.isnan(found.value) else why
    return CostFound(en, zh, found, why, question.switch == SHELL)


def _first(question: Question, grounds: Sequence[Ground], variant: str) -> tuple[Estimate | None, str]:
    """The answer of the first experiment that can give one, else why none can."""
    if not grounds:
        raise RunError("no experiment was given to ask")
    reasons = []
    for ground in grounds:
        try:
            return answer(ground, question, variant), ""
        except UnaskedError as error:
            reasons.append(str(error))
    return None, "; ".join(dict.fromkeys(reasons))
