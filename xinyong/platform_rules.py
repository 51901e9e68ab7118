"""The rules of the sharing platform as tables that its kernels read."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.memoranda import MOST_ISSUERS
from xinyong.rates import DAYS_PER_YEAR
from xinyong.timeline import EPOCH

COURT_LIST, MOST_CLASSES = 0, 8


@lru_cache(maxsize=64)
def numbers(rules: Any, lists: Any, representative: bool) -> tuple[Array, Array, Array]:
    """What the kernels are told, the share of each issuer's records sent on, and whether it may be published."""
    told = (
        rules.source_delay_mean_days, rules.platform_delay_mean_days, (rules.lost_record_per_1000 or 0) / 1000,
        rules.stale_share, DAYS_PER_YEAR * (rules.reconciliation_years or 0), (rules.wrong_person_per_1000 or 0) / 1000,
        (rules.false_record_per_1000 or 0) / 1000, rules.objections_to_false_records_per_year, representative,
    )  # fmt: skip
    shares, published = np.zeros(MOST_ISSUERS), np.zeros(MOST_ISSUERS, np.int64)
    open_site = bool(rules.publication_in_force)
    shares[COURT_LIST], published[COURT_LIST] = rules.court_list_shared_share or 0.0, open_site
    for row in lists.rows():
        shares[row.code], published[row.code] = row.shared_share or 0.0, open_site and bool(row.published)
    return np.array([float(n or 0.0) for n in told]), shares, published


@lru_cache(maxsize=64)
def members(nodes: Any) -> tuple[float, int]:
    """Share of all departments that have joined, and members of every kind."""
    groups = (nodes.departments, nodes.provinces, nodes.market_bodies)
    joined = [sum(bool(row.joined) for row in group.rows()) for group in groups]
    return joined[0] / max(len(nodes.departments.rows()), 1), sum(joined)


@lru_cache(maxsize=64)
def flows(rules: Any, years: float) -> Array:
    """Numbers of each class of ordinary records for a step (classes, 5)."""
    arrives = -math.expm1(-years * DAYS_PER_YEAR / max(rules.platform_delay_mean_days, 1e-9))
    lost = (rules.lost_record_per_1000 or 0) / 1000
    flows = np.zeros((MOST_CLASSES, 5))
    for row in rules.record_classes.rows():
        ends = [-math.expm1(-years / row.kept_years) if row.kept_years else 0.0]
        ends.append(-math.expm1(-years * (row.corrected_per_year or 0.0)))
        flows[row.code] = (row.per_head_year * years, arrives, *ends, lost)
    return flows


def share(rules: Any, day: int) -> float:
    """Share of department records that is shared by a day: logistic in time (model.md 2.8 rec.share)."""
    if rules.shared_logit_per_year is None:
        return 0.0
    year = EPOCH.year + day / DAYS_PER_YEAR
    return 1.0 / (1.0 + math.exp(-rules.shared_logit_per_year * (year - rules.shared_half_year)))
