"""The common model (model.md) in xinyong: its own processes, patched to the same numbers, on identical adults."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from benchmarks import common as c
from benchmarks.stepping import Stepper
from xinyong.engine import LocalEngine, tally_specs
from xinyong.lab.scenario import Scenario
from xinyong.population import ShardPopulation

OTHERS = ("executive_post", "property", "hotel_golf", "group_tour", "private_school", "insurance", "exit")
SHARD = 131_072
PROCESSES = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants",
)  # fmt: skip


def rules() -> dict[str, object]:
    """Patches that set the spec's numbers and make what the spec lacks inert."""
    air, rail = (f"wants.activities.{name}" for name in c.TRAVEL)
    sets: dict[str, object] = {
        "ability.unable_per_year": c.UNABLE, "ability.able_again_per_year": c.ABLE_AGAIN,
        "ability.income_gradient": 0.0, "borrowing.income_gradient": 0.0,
        "borrowing.loans_per_adult_year": c.LOANS, "borrowing.amount_log10_mean": c.AMOUNT_LOG10_MEAN,
        "borrowing.amount_log10_sd": c.AMOUNT_LOG10_SD, "borrowing.term_months_short": c.TERM_SHORT,
        "borrowing.term_months_long": c.TERM_LONG, "repaying.strategic_default_per_year": c.EVADE,
        "repaying.cure_share_per_month": c.CURE, "repaying.arrears_before_default_days": 91,
        "suing.sued_share": c.SUED, "suing.unable_ratio": c.SUED_UNABLE_RATIO,
        "courts.judgment_delay_mean_years": c.JUDGMENT_YEARS, "courts.judgment_delay_shape": c.JUDGMENT_SHAPE,
        "courts.performs_after_judgment_share": c.PERFORMS, "courts.performance_term_days": c.TERM_DAYS,
        "courts.search_days_mean": c.SEARCH_DAYS, "courts.assets_found_if_able_share": c.FOUND_ABLE,
        "courts.assets_found_if_unable_share": c.FOUND_UNABLE, "courts.listing_practice_share": 1.0,
        "courts.not_listed_if_able_share": 1 - c.LISTED_ABLE, "courts.listed_if_unable_share": c.LISTED_UNABLE,
        "courts.new_conduct_per_year": 0.0, "court_list.notice_days": 0, "court_list.term_ground_share": 0.0,
        "court_list.deletion_delay_median_working_days": c.DELETION_WORKING_DAYS,
        "court_list.deletion_delay_log_sd": 0.0, "court_list.other_exits_per_year": c.OTHER_EXITS,
        "complying.base_per_year": c.BASE, "complying.restriction_weight": c.WEIGHT,
        "complying.amount_slope": c.SLOPE, "complying.reference_amount_yuan": c.REFERENCE,
        "complying.unable_ratio": c.UNABLE_RATIO, "sharing_platform.source_delay_mean_days": 0,
        "sharing_platform.platform_delay_mean_days": 0, "sharing_platform.false_record_per_1000": 0.0,
        "sharing_platform.wrong_person_per_1000": 0.0, "sharing_platform.lost_record_per_1000": 0.0,
        "sharing_platform.stale_share": 0.0, "joint_measures.ramp_years": 0.01,
        "joint_measures.coverage_ceiling_share": 1.0,
        f"{air}.demand_ratio": 1.5, f"{rail}.demand_ratio": 1.0,
    }  # fmt: skip
    for path, name in ((air, "air"), (rail, "high_speed_rail")):
        _, checked, retry, avoided, learn, value = c.TRAVEL[name]
        sets |= {
            f"{path}.demand_per_year": c.PLAIN_DEMAND[name], f"{path}.checked_share": checked,
            f"{path}.retry_share": retry, f"{path}.avoidance_ceiling": avoided,
            f"{path}.refusals_to_learn": learn, f"{path}.value_utility": value, f"{path}.dispersion": 1.0,
        }  # fmt: skip
    return sets | {f"wants.activities.{name}.demand_per_year": 0.0 for name in OTHERS}


def adults(persons: int) -> list[ShardPopulation]:
    """Identical adults in shards of about 131,072, two at least."""
    shards = max(2, round(persons / SHARD))
    return [_shard(k + 1, len(part)) for k, part in enumerate(np.array_split(np.arange(persons), shards))]


def _shard(code: int, persons: int) -> ShardPopulation:
    names = ("kind", "sex", "education", "urban", "income", "household", "city", "local")
    columns = {name: np.zeros(persons, np.uint8) for name in names}
    columns |= {"number": np.arange(persons, dtype=np.uint32), "age": np.full(persons, 40, np.uint8)}
    side = {"party": np.zeros(0, "i4"), "representative": np.zeros(0, "i4"), "size": np.zeros(0, "u1")}
    return ShardPopulation(code, str(code), str(code), 1.0, persons, columns, side)


class Model(Stepper):
    """A society and its weeks."""

    def __init__(self, persons: int, seed: int) -> None:
        scenario = Scenario(
            name="common", recipe="toy", start=date(2018, 7, 2), end=date(2048, 7, 1), burn_in_weeks=0,
            processes=PROCESSES, sets=rules(),
        )  # fmt: skip
        self.persons = persons
        plan, engine = scenario.plan(seed), LocalEngine()
        engine.start(plan, adults(persons))
        super().__init__(plan, engine)

    def measures(self) -> Mapping[str, float]:
        """Where stocks and counts stand."""
        self.home()
        total = sum(shard.store.tallies for shard in self.engine.shards)
        held = dict(zip(tally_specs(self.plan), total.tolist(), strict=True))
        return {name: float(held[name]) for name in c.MEASURES}
