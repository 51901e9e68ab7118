"""A question to an experiment, as data: an estimand, a change of a count, a share."""

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.errors import RunError, did_you_mean
from xinyong.lab.claims.estimands import ESTIMANDS, per
from xinyong.lab.claims.games import MAPPINGS, Values, dividends, grouped, shapley
from xinyong.lab.claims.ground import TWINS, Ground, Pair
from xinyong.lab.claims.intervals import Estimate, jackknife
from xinyong.lab.experiment.design import PLAIN

Weighed = Callable[[Values], float]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Elasticity(_Strict):
    """Two variants of the rules between which something is `factor` times as large."""

    low: str
    high: str
    factor: float = Field(gt=1)


class Question(_Strict):
    """What is asked. One of `estimand`, `change`, `shapley`, `interaction`.

    `switch` is what is cut in the second world, `also_off` what is off in both. `change` is a role's difference,
    divided by the difference of `per_change` or by the level of `per`. `shapley` is a player or a group of `mapping`;
    `less` is taken off; `elasticity` asks by which power of a factor the answer grows.
    """

    estimand: str = ""
    change: str = ""
    shapley: str = ""
    interaction: tuple[str, str] | None = None
    switch: str = ""
    also_off: tuple[str, ...] = ()
    variant: str = ""
    of: str = ""
    per: str = ""
    per_change: str = ""
    mapping: str = "default"
    elasticity: Elasticity | None = None
    less: "Question | None" = None

    @model_validator(mode="after")
    def _one(self) -> "Question":
        asked = [bool(x) for x in (self.estimand, self.change, self.shapley, self.interaction)]
        if sum(asked) != 1:
            raise ValueError("a question needs one of `estimand`, `change`, `shapley`, `interaction`")
        if self.estimand and self.estimand not in ESTIMANDS:
            near = did_you_mean(self.estimand, ESTIMANDS)
            raise ValueError(f"there is no estimand '{self.estimand}'{near}")
        if (self.estimand or self.change) and not self.switch:
            raise ValueError("say with `switch` what is cut")
        if (self.shapley or self.interaction) and not self.of:
            raise ValueError("say with `of` what is shared out")
        if self.mapping not in MAPPINGS:
            raise ValueError(f"mapping is one of {', '.join(MAPPINGS)}")
        return self

    @property
    def unit(self) -> str:
        """Unit of the answer, as far as it is an estimand's own."""
        if self.elasticity:
            return "power"
        return ESTIMANDS[self.estimand].unit if self.estimand else ""


def answer(ground: Ground, question: Question, variant: str = PLAIN) -> Estimate:
    """The answer with its interval over replicates. Raises UnaskedError if the experiment cannot answer."""
    weighed = compiled(ground, question, variant)
    return jackknife(weighed, ground.replicates)


def compiled(ground: Ground, question: Question, variant: str = PLAIN) -> Weighed:
    """The answer as a function of which replicates are summed."""
    where = question.variant or variant
    if question.elasticity is not None:
        found = _power(ground, question, question.elasticity)
    elif question.estimand:
        found = _estimand(ground, question, where)
    elif question.change:
        found = _change(ground, question, where)
    else:
        found = _share(ground, question, where)
    if question.less is None:
        return found
    other = compiled(ground, question.less, variant)
    return lambda weights: found(weights) - other(weights)


class _Sums(Mapping[str, float]):
    """Roles of a cell, averaged over replicates as weighed."""

    def __init__(self, look: Callable[[str], Values], weights: Values) -> None:
        self._look, self._weights = look, weights

    def __getitem__(self, role: str) -> float:
        return per(float(self._look(role) @ self._weights), float(self._weights.sum()))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _sums(ground: Ground, cell: str, weights: Values) -> _Sums:
    return _Sums(lambda role: ground.values(role, cell), weights)


def _estimand(ground: Ground, question: Question, variant: str) -> Weighed:
    told, pair = ESTIMANDS[question.estimand], ground.pair(question.switch, question.also_off, variant)
    for role in told.needs:
        ground.values(role, pair.on)
    if told.twins:
        ground.twin_values(TWINS[0], pair, question.of or told.twins)

    def weighed(weights: Values) -> float:
        twins = _Sums(lambda role: ground.twin_values(role, pair, question.of or told.twins), weights)
        on, off = (_sums(ground, cell, weights) for cell in (pair.on, pair.off))
        return told.value(on, off, twins)

    return weighed


def _change(ground: Ground, question: Question, variant: str) -> Weighed:
    pair = ground.pair(question.switch, question.also_off, variant)
    gap = _gap(ground, question.change, pair)
    if question.per_change:
        below = _gap(ground, question.per_change, pair)
        return lambda weights: per(float(gap @ weights), float(below @ weights))
    if question.per:
        level = ground.values(question.per, pair.on)
        return lambda weights: per(float(gap @ weights), float(level @ weights))
    return lambda weights: per(float(gap @ weights), float(weights.sum()))


def _gap(ground: Ground, role: str, pair: Pair) -> Values:
    return ground.values(role, pair.on) - ground.values(role, pair.off)


def _share(ground: Ground, question: Question, variant: str) -> Weighed:
    """A player's or group's Shapley value, or what a pair of groups brings beyond its parts."""
    groups = MAPPINGS[question.mapping]
    wanted = (question.shapley,) if question.shapley else question.interaction or ()
    single = all(name not in groups for name in wanted)
    players = tuple(p for group in groups.values() for p in group)
    unknown = [name for name in wanted if name not in (players if single else groups)]
    if unknown:
        raise RunError(f"'{unknown[0]}' is no player{did_you_mean(unknown[0], (*players, *groups))}")
    top = ground.game(question.of, players, variant=variant)
    bottom = ground.game(question.per, players, variant=variant) if question.per else None

    def weighed(weights: Values) -> float:
        below = {c: weights.sum() if bottom is None else bottom[c] @ weights for c in top}
        game = {c: np.asarray(top[c] @ weights / below[c]) for c in top}
        held = game if single else grouped(game, groups)
        names = players if single else tuple(groups)
        if question.shapley:
            return float(shapley(held, names)[question.shapley])
        return float(dividends(held, names)[frozenset(wanted)])

    return weighed


def _power(ground: Ground, question: Question, span: Elasticity) -> Weighed:
    plain = question.model_copy(update={"elasticity": None, "less": None})
    low, high = (compiled(ground, plain, variant) for variant in (span.low, span.high))

    def weighed(weights: Values) -> float:
        ratio = per(high(weights), low(weights))
        return math.log(ratio) / math.log(span.factor) if ratio > 0 else math.nan

    return weighed
