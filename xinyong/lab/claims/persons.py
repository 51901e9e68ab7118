"""The vectors of persons that twins are compared by: a hook for experiments (`outcomes:` of a design).

Whole numbers, one a person, in order of shards and rows. They serve sums over many persons; nothing orders persons by
them, and no page or command lists persons with them.
"""

from collections.abc import Sequence

import numpy as np

from xinyong.acts import EXPRESSION, FRAUD, MINOR, PETITION, PROSOCIAL
from xinyong.behaviours.acting import yearly_acts
from xinyong.columns import Array
from xinyong.engine import Plan, Shard
from xinyong.errors import RunError
from xinyong.kernels import census

HOOK = "xinyong.lab.claims.persons:vectors"
WEEKS_PER_YEAR = 52
AGES = (18, 35, 50)
EXPECTED = {
    "expected_breaches": (MINOR, FRAUD), "expected_prosocial": (PROSOCIAL,), "expected_lawful": (PETITION, EXPRESSION),
}  # fmt: skip


def vectors(plan: Plan, shards: list[Shard]) -> dict[str, Array]:
    """Facts, sanctions and conduct of each person. Raises RunError if the design leaves `diary` out.

    `breaches` were done in the whole run; `expected_*` are acts a year as things stand at the end, in millionths, from
    which luck is absent; `sanctioned` and `household` are flags; `recent` flags a first sanction in the last year.
    """
    names = {p.name for p in plan.processes}
    if "diary" not in names:
        raise RunError("vectors of persons need the process `diary`; add it to `processes` of the design")
    last = plan.calendar.weeks - 1
    parts = [_of_shard(shard, last) for shard in shards]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if "acting" in names:
        for name, acts in EXPECTED.items():
            found[name] = np.sum([yearly_acts(shards, act) for act in acts], axis=0).astype(np.int32)
    return found


def _of_shard(shard: Shard, last: int) -> dict[str, Array]:
    columns = {n: a[: shard.persons] for n, a in shard.store.columns.items()}
    since, facts = columns["diary_since"], columns["census"]
    sanctioned = since >= 0
    return {
        "breaches": columns["diary_breaches"].astype(np.int32),
        "sanctioned": sanctioned.astype(np.uint8),
        "household": at_home(columns["number"], columns["household"], sanctioned),
        "recent": (since > last - WEEKS_PER_YEAR).astype(np.uint8),
        "kinds": columns["diary_kinds"].copy(),
        "performed": columns["diary_performed"].copy(),
        "listed_weeks": columns["diary_listed"].astype(np.int32),
        "debt": columns["diary_debt"].copy(),
        "urban": census.urban_of(facts).astype(np.uint8),
        "woman": (1 - census.sex_of(facts)).astype(np.uint8),
        "schooling": census.education_of(facts).astype(np.uint8),
        "income_third": (columns["income"].astype(np.int32) * 3 // 256).astype(np.uint8),
        "age_class": np.searchsorted(AGES, columns["age"], side="right").astype(np.uint8),
    }


def at_home(number: Array, place: Array, sanctioned: Array) -> Array:
    """Flags (persons,): somebody else at home was sanctioned. Place 0 begins a household, in order of number."""
    order = np.argsort(number, kind="stable")
    home = np.cumsum(place[order] == 0) - 1
    mine = sanctioned[order].astype(np.int64)
    of_home = np.bincount(home, mine, minlength=int(home[-1]) + 1 if len(home) else 0)
    out = np.empty(len(number), np.uint8)
    out[order] = of_home[home] > mine
    return out


def names_of(found: Sequence[str]) -> tuple[str, ...]:
    """Those vectors that are facts of the census, by which totals may be split."""
    facts = ("urban", "woman", "schooling", "income_third", "age_class")
    return tuple(name for name in facts if name in found)
