"""The assumptions on which verdicts hang: each rule with its value, range and how well it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinyong.errors import RuleError
from xinyong.lab.claims.claims import Both, Claims
from xinyong.rulebook import RuleBook


@dataclass(frozen=True)
class Hinge:
    """One rule that a verdict hangs on; without a value where the rule is not built yet."""

    gloss: Both
    rule: str
    value: str
    span: tuple[float, float] | None
    grade: str
    claims: tuple[str, ...]


def hinges(claims: Claims, sets: Mapping[str, Any]) -> tuple[Hinge, ...]:
    """Every rule named by some claim, once, under the patches of an experiment."""
    book = RuleBook.load(None, dict(sets))
    named: dict[str, tuple[Both, list[str]]] = {}
    for key, claim in claims.claims.items():
        for one in claim.hangs_on:
            for rule in one.rules:
                named.setdefault(rule, (one.gloss, []))[1].append(key)
    return tuple(_hinge(book, rule, gloss, tuple(keys)) for rule, (gloss, keys) in named.items())


def _hinge(book: RuleBook, rule: str, gloss: Both, keys: tuple[str, ...]) -> Hinge:
    try:
        leaf = book.leaves(rule)[0]
    except RuleError:
        return Hinge(gloss, rule, "", None, "", keys)
    date = leaf.dates[-1]
    return Hinge(gloss, leaf.path, str(leaf.on(date)), leaf.range, leaf.values[date].grade, keys)
