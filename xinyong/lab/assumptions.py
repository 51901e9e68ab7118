"""What hangs on an assumption: the range in which it may be varied, and the claims whose verdict turns on it."""

from functools import lru_cache

from xinyong.lab.claims.claims import load_claims
from xinyong.rulebook import RuleBook


@lru_cache(maxsize=1)
def ranges() -> dict[str, tuple[float, float]]:
    """The range of every rule that has one, by path."""
    return {leaf.path: leaf.range for leaf in RuleBook.load().leaves() if leaf.range is not None}


@lru_cache(maxsize=4096)
def claims_of(path: str) -> tuple[str, ...]:
    """Claims whose verdict hangs on a rule, or on a group of rules it belongs to."""
    return tuple(
        key
        for key, claim in load_claims().claims.items()
        if any(path == rule or path.startswith(rule + ".") for one in claim.hangs_on for rule in one.rules)
    )
