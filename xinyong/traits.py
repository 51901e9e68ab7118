"""Standing traits of persons (model.md 2.1: norm, face weight, risk aversion, privacy concern), drawn by key.

A trait is a function of seed and person, so it costs no memory and is the same in every world of a seed.
*Source:* docs/decisions/0038.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.errors import RuleError
from xinyong.kernels.traits import FACE, NORM, PRIVACY, RISK, TRAITS

__all__ = ["FACE", "NORM", "PRIVACY", "RISK", "TRAITS", "mixing"]
_PAIRS = {
    "norm_face": (NORM, FACE), "norm_risk": (NORM, RISK), "norm_privacy": (NORM, PRIVACY),
    "face_risk": (FACE, RISK), "face_privacy": (FACE, PRIVACY), "risk_privacy": (RISK, PRIVACY),
}  # fmt: skip


def mixing(rules: Any) -> Array:
    """The lower triangular matrix (4, 4) that gives independent normals the correlations of `rules.traits`.

    Raises RuleError if the six correlations fit no joint distribution.
    """
    return _mixing(tuple(float(getattr(rules.traits, pair)) for pair in _PAIRS))


@lru_cache(maxsize=32)
def _mixing(correlations: tuple[float, ...]) -> Array:
    matrix = np.eye(TRAITS)
    for (one, other), value in zip(_PAIRS.values(), correlations, strict=True):
        matrix[one, other] = matrix[other, one] = value
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise RuleError(
            f"the correlations of rules/traits.yaml {dict(zip(_PAIRS, correlations, strict=True))} fit no joint "
            "distribution; bring them nearer to 0"
        ) from error
