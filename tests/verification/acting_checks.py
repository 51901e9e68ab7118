"""What is asked of choices and of beliefs; each check raises AssertionError, so that faults can be planted."""

import datetime as dt
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from tests.verification.checks import arrays_of, crowd
from tests.worlds import World, play
from xinyong.assembly import order
from xinyong.behaviours.acting import Acting, yearly_acts
from xinyong.behaviours.believing import Believing
from xinyong.columns import Array
from xinyong.engine import Plan
from xinyong.institutions.court_list import CourtList
from xinyong.kernels import beliefs
from xinyong.process import Day, Process
from xinyong.rulebook import RuleBook
from xinyong.timeline import WEEK_YEARS, Calendar

START = dt.date(2018, 1, 1)
PERSONS, WEEKS = 20_000, 52
MINOR, FRAUD = 2, 3
ACTS = "acting.behaviours."
RISK_AT_REST = {f"believing.classes.{c}.resting_risk": 0.0 for c in ("debt", "minor", "fraud", "expression")}
NO_SANCTION = {
    f"{ACTS}{act}.{what}": 0
    for act in ("minor", "fraud", "expression")
    for what in ("sanction_utility", "restricted_years", "face_share")
}
# nobody differs from anybody, and sanctions are felt as they are: the case that can be worked out by hand
ALIKE = {
    "acting.norm_spread": 0.0, "acting.norm_deterrence_slope": 0.0, "acting.risk_aversion": 0.0,
    ACTS + "minor.sanction_utility": 1.5, ACTS + "minor.occasions_per_year": 2.0,
}  # fmt: skip
# nobody learns from own acts or forgets: what is left are the examples of others
ONLY_EXAMPLES = {"believing.own_weight": 0.0, "believing.household_weight": 0.0}
ADULTS, NEWLY_LISTED = 1.10e9, 2.4e6


class Examples(Process):
    """A court list that publishes five strangers every week."""

    name = "examples"
    posts: ClassVar = {"listed": CourtList.posts["listed"]}
    reads = ("number",)

    def step(self, day: Day) -> None:
        rows = np.argsort(day.people.number)[5 * day.now.week + np.arange(5)]
        nought = np.zeros(5, np.int32)
        day.post("listed", day=nought + day.now.monday, case=nought, party=rows, number=nought, wrong=nought)


@lru_cache(maxsize=32)
def _played(
    told: tuple[tuple[str, Any], ...], kinds: tuple[type[Process], ...], persons: int, weeks: int
) -> World:
    plan = Plan(
        order([kind() for kind in kinds]), RuleBook.load(None, dict(told)), Calendar(START, weeks, 0), 1
    )
    return play(plan, [crowd(persons)], log=True)


def world(
    sets: dict[str, Any] | None = None,
    kinds: tuple[type[Process], ...] = (Acting,),
    persons: int = PERSONS,
    weeks: int = WEEKS,
) -> World:
    """A crowd of adults, of whom nothing is known but what these processes do."""
    return _played(tuple(sorted((sets or {}).items())), kinds, persons, weeks)


def taught(sets: dict[str, Any] | None = None, persons: int = PERSONS, weeks: int = WEEKS) -> World:
    """The same, where people learn, and strangers are listed."""
    return world(sets, (Acting, Believing, Examples), persons, weeks)


def acts_of(one: World, act: int = MINOR) -> set[tuple[int, int]]:
    """Who acted on which day."""
    mine = one.notices("act", "act") == act
    return set(
        zip(one.notices("act", "day")[mine].tolist(), one.notices("act", "party")[mine].tolist(), strict=True)
    )


# --- choices ---------------------------------------------------------------------------------------------------


def rate_without_sanctions() -> None:
    """V-1: without sanctions the rate is omega times the mean of sigma(g - m) over norms, within 4 SE."""
    free, person_years = world(RISK_AT_REST), PERSONS * WEEKS * WEEK_YEARS
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    rules = free.plan.book.on(START).acting
    for row in rules.behaviours.rows():
        chance = 1 / (1 + np.exp(-row.gain_utility + row.norm_weight * rules.norm_spread * nodes)) @ weights
        rate = (
            row.occasions_per_year * chance / weights.sum() * (rules.online_share if row.online_only else 1)
        )
        found, wanted = free.last(f"{row.key}_acts_cum"), rate * person_years
        assert abs(found - wanted) < 4 * np.sqrt(wanted), f"V-1: {row.key}: {found} acts, not {wanted:.0f}"


def no_risk_is_no_sanction() -> None:
    """V-2: with a perceived risk of 0, or a sanction of 0, every act is as without sanctions, to the bit."""
    free = arrays_of(world(RISK_AT_REST | NO_SANCTION).shards[0])
    for sets in (RISK_AT_REST, NO_SANCTION):
        other = arrays_of(world(sets).shards[0])
        for name in free:
            assert np.array_equal(free[name], other[name]), f"V-2: '{name}' differs"


def harder_means_fewer() -> None:
    """V-60: whoever acts under more sanction, risk or face would have acted under less; and some no longer do."""
    mild = world()
    for path, value in (
        (ACTS + "minor.sanction_utility", 1.5),
        ("believing.classes.minor.resting_risk", 0.3),
        ("acting.risk_aversion", 1.0),
    ):
        hard = world({path: value})
        assert acts_of(hard) < acts_of(mild), f"V-60: more of {path} does not mean fewer acts"
        assert acts_of(hard, FRAUD) <= acts_of(mild, FRAUD), f"V-60: {path} makes frauds"


def leverage_as_in_the_mean_field() -> None:
    """V-13: alike agents, omega 2, q 0.15, S 1.5: averted a year, for each person newly listed, are 175 dp."""
    for dp, counted in ((0.0057, False), (0.4, True)):
        risks = [0.3 - dp / 2, 0.3 + dp / 2]
        gain = float(np.log(0.15 / 0.85)) + 0.3 * 1.5
        sets = [
            ALIKE
            | {ACTS + "minor.gain_utility": gain, "believing.classes.minor.resting_risk": p}
            | ONLY_EXAMPLES
            for p in risks
        ]
        worlds = [world(s, (Acting, Believing), 60_000, 150 if counted else 1) for s in sets]
        flow = np.subtract(*(yearly_acts(w.shards).sum() / 1e6 for w in worlds)) / 60_000
        _leverage(flow, dp)
        if counted:
            averted = np.subtract(*(w.last("minor_acts_cum") for w in worlds))
            _leverage(averted / (60_000 * 150 * WEEK_YEARS), dp)


def _leverage(averted_a_year: float, dp: float) -> None:
    leverage = averted_a_year * ADULTS / NEWLY_LISTED
    assert abs(leverage / (175 * dp) - 1) < 0.02, f"V-13: leverage {leverage:.3f}, not {175 * dp:.3f}"


def yearly_acts_are_the_rate() -> None:
    """The acts expected of a person are the acts counted in the crowd, within 4 SE."""
    told = world({"acting.norm_spread": 1.0})
    for act, key in ((MINOR, "minor"), (FRAUD, "fraud"), (6, "expression")):
        wanted = yearly_acts(told.shards, act).sum() / 1e6 * WEEKS * WEEK_YEARS
        found = told.last(f"{key}_acts_cum")
        assert abs(found - wanted) < 4 * np.sqrt(wanted), f"{key}: {found} acts, {wanted:.0f} expected"


# --- beliefs ---------------------------------------------------------------------------------------------------


def means_are_smoothed() -> None:
    """V-14: after n signals the mean is that of exponential smoothing, over a million updates, without bias."""
    n, memory = 100_000, 14.9
    column, number = np.zeros((n, 4), np.int16), np.arange(n, dtype=np.uint32)
    rows, classes = number.astype(np.int32), np.ones(n, np.int8)
    course, reach = np.full(4, 0.1), np.full(4, 0.83)
    weights, wanted = np.array([1.0, 1.5]), 0.1
    for k, found in enumerate((0, 0, 1, 0, 0, 0, 1, 0, 0, 0)):
        signal = np.full(n, found, np.uint8)
        beliefs.hear(
            column,
            rows,
            classes,
            signal,
            weights,
            memory,
            (course, reach),
            number,
            np.uint64(0),
            np.uint64(k),
            1,
        )
        wanted += weights[found] / (memory + weights[found]) * (found - wanted)
    mean = np.mean([beliefs.perceived(code, 0.1, 0.83) for code in column[:, 1]])
    assert abs(mean - wanted) < 2e-6, f"V-14: bias {mean - wanted:.1e} after a million updates"
    beliefs.rebase(column, 1, 0.83, number, np.uint64(0), np.uint64(99))
    again = np.mean([beliefs.perceived(code, 0.1, 1.0) for code in column[:, 1]])
    assert abs(again - wanted) < 2e-6, f"V-14: bias {again - wanted:.1e} after the reach was taken in"


def the_untouched_stand_on_the_course() -> None:
    """Whoever nothing has happened to has learnt from the media alone, as the closed form says, to 1e-12."""
    weeks = 150
    one = taught(ONLY_EXAMPLES | {"believing.stranger_weight": 0.0}, 2000, weeks)
    rules = one.plan.book.on(START).believing
    forgotten = -np.expm1(-rules.forgetting_per_year * WEEK_YEARS)
    media, stories = rules.media, 0.0
    wanted = rest = rules.classes.minor.resting_risk
    for week in range(weeks):
        stories += ((1e6 * 5 / 2000 if week else 0.0) - stories) / media.story_weeks
        items = (
            media.items_per_adult_week * media.sanction_share * stories / (stories + media.stories_for_half)
        )
        learnt = 1 - (rules.memory_signals / (rules.memory_signals + rules.media_weight)) ** (
            items * rules.classes.minor.media_share
        )
        wanted += forgotten * (rest - wanted)
        wanted += learnt * (1 - wanted)
    store = one.shards[0].store
    assert not store.columns["belief"].any(), "somebody learnt from what did not happen to him"
    course = store.tables["expectations"].columns["course"][1]
    assert abs(course - wanted) < 1e-12, f"course {course}, not {wanted}: the closed form"
    assert course > rest, "examples taught nothing"


def more_media_more_leverage() -> None:
    """V-62: the more items on sanctions, the more acts of the never sanctioned are averted."""
    flows = [_averted(items) for items in (1.0, 5.0, 25.0)]
    assert 0 < flows[0] < flows[1] < flows[2], f"V-62: averted a year: {flows}"


def _averted(items: float) -> float:
    """Expected acts of a year averted by the media, among those never sanctioned."""
    sets = {"believing.media.items_per_adult_week": items}
    on, off = taught(sets), taught(sets | {"believing.media_weight": 0.0})
    never = np.ones(PERSONS, bool)
    never[on.notices("listed", "party")] = False
    return float((yearly_acts(off.shards) - yearly_acts(on.shards))[never].sum()) / 1e6


def random_names_teach_nothing() -> None:
    """A placebo: as many items as ever, and everybody believes and acts as without any, to the bit."""
    names, none = taught({"believing.media.informative_share": 0.0}), taught({"believing.media_weight": 0.0})
    assert names.last("media_items_cum") == none.last("media_items_cum") > 0
    _same("placebo", arrays_of(names.shards[0]), arrays_of(none.shards[0]))


def no_weight_is_no_change() -> None:
    """V-31: with all weights 0 everybody acts as in a world where nobody learns, to the bit."""
    weights = ("own", "household", "tie", "stranger", "media")
    still = world({f"believing.{w}_weight": 0.0 for w in weights}, (Acting, Believing, Examples))
    fixed = world(None, (Acting, Examples))
    _same("V-31", arrays_of(still.shards[0]), arrays_of(fixed.shards[0]))


def _same(what: str, one: dict[str, Array], other: dict[str, Array]) -> None:
    shared = set(one) & set(other)
    assert len(shared) > 30
    for name in shared:
        assert np.array_equal(one[name], other[name]), f"{what}: '{name}' differs"
