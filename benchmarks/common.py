"""Numbers and measures of the common model (model.md); imports nothing, so every environment can read it."""

DAYS_PER_YEAR = 365.25
WEEKS_PER_MONTH = DAYS_PER_YEAR / 12 / 7
WEEK_YEARS = 7 / DAYS_PER_YEAR
YEARS = 10
WEEKS = 522
NEVER = 2**30

UNABLE, ABLE_AGAIN = 0.1, 0.5  # per year
LOANS = 0.25  # per able person and year
AMOUNT_LOG10_MEAN, AMOUNT_LOG10_SD, AMOUNT_LEAST, AMOUNT_MOST = 4.5, 0.7, 100, 2_000_000_000
TERM_SHORT, TERM_LONG = 12, 36  # months
EVADE = 0.02  # per year, looked at once a month
CURE = 0.5  # per instalment day
MISSED_TO_DEFAULT, MISSED_TO_WRITE_OFF = 3, 24
SUED, SUED_UNABLE_RATIO = 0.6, 0.5
JUDGMENT_YEARS, JUDGMENT_SHAPE = 0.5, 3
PERFORMS, TERM_DAYS = 0.28, 30
SEARCH_DAYS = 60
FOUND_ABLE, FOUND_UNABLE = 0.4, 0.05
LISTED_ABLE, LISTED_UNABLE = 0.7, 0.15
OTHER_EXITS = 0.05  # per year
DELETION_WORKING_DAYS = 5
BASE, WEIGHT, SLOPE, REFERENCE, UNABLE_RATIO = 0.05, 0.5, 0.5, 30_000, 0.2

# demand per person and year, share of sales checked, share retrying, most avoided, refusals to learn, value of one
TRAVEL = {
    "air": (0.6555, 0.85, 0.6, 0.3, 2.0, 0.05),
    "high_speed_rail": (1.434, 0.8, 0.2, 0.9, 2.0, 0.05),
}
# xinyong values what is denied at plain demand, before the ratio of 1.5 that barred persons fly more (air)
PLAIN_DEMAND = {"air": 0.437, "high_speed_rail": 1.434}
BARRED_VALUE = sum(PLAIN_DEMAND[a] * TRAVEL[a][5] for a in TRAVEL)

MEASURES = (
    "unable_now", "loans_taken_cum", "loans_now", "outstanding_yuan_now", "paid_yuan_cum", "written_off_yuan_cum",
    "arrears_now", "defaults_cum", "suits_cum", "judgments_cum", "performed_after_judgment_cum", "collected_cum",
    "listings_cum", "listed_cases_now", "listed_parties_now", "performed_cum", "terminated_cum", "deleted_cum",
    *(f"{a}_{m}_cum" for a in TRAVEL for m in ("wanted", "avoided", "refused", "refused_attempts", "refused_persons")),
)  # fmt: skip


def two_state(there: float, back: float, years: float) -> tuple[float, float]:
    """Exact chances of having switched there, or back, after `years`."""
    import math

    moved = -math.expm1(-(there + back) * years)
    return there / (there + back) * moved, back / (there + back) * moved


def chance(rate: float, years: float) -> float:
    """Chance of at least one event within `years`."""
    import math

    return -math.expm1(-rate * years)


def next_visit(taken: int, visits: int) -> int:
    """Week of the next instalment day."""
    return taken + int((visits + 1) * WEEKS_PER_MONTH)
