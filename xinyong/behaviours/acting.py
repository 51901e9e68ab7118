"""What people do when an occasion comes, given what they expect it to cost."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong import draws, schemes
from xinyong.acts import ACT, DEBT, EXPRESSION, MINOR, NAMES, RISK_CLASSES, RISK_OF
from xinyong.columns import Array, Tally
from xinyong.kernels import acting as kernel
from xinyong.kernels.dense import hits, limit_of
from xinyong.kernels.variates import normal
from xinyong.process import Day, Process
from xinyong.traits import mixing

PERSON, AGES = 0, 256
BEHAVIOURS = EXPRESSION
KEYS = {2: "minor", 3: "fraud", 4: "prosocial", 5: "petition", 6: "expression"}
COUNTERS = {
    "occasions": "occasions: {}",
    "acts": "acts: {}",
    "found": "acts that an authority found out: {}",
    "deterred": "acts left undone only because of the sanction expected: {}",
    "for_score": "acts done only because points hang on them: {}",
    "spared_for_score": "acts left undone only because points hang on them: {}",
}
AWARE_EVERY_WEEKS = 13


def _tallies() -> dict[str, Tally]:
    return {
        f"{key}_{counter}_cum": Tally(
            text.format(NAMES[code]), "occasions" if counter == "occasions" else "acts"
        )
        for code, key in KEYS.items()
        for counter, text in COUNTERS.items()
    }


class Acting(Process):
    """At an occasion a person acts with a chance that grows with the gain and falls with the sanction expected.

    Occasions come at random. The sanction is the direct one, the bars of joint discipline at their present reach, and
    the loss of face; it counts as much as the person believes to be found out. Points of a scheme or a firm that hang
    on the act count for those who know of them. Paying back and what leads onto a national list have processes of
    their own (repaying, offending); evaders in default are announced here as acts that nobody has found out yet.
    `yearly_acts` gives each person's expected acts of a year, for comparing twin worlds without luck.
    *Source:* model.md 2.7a (Becker 1968; random utility); numbers assumed.
    """

    name = "acting"
    owns = {
        **_tallies(),
        "evasions_cum": Tally("defaults of persons who could have paid", "acts"),
        "aware_residents_now": Tally("residents who know of their city's scheme", "persons", stock=True),
    }
    reads = ("number", "kind", "age", "income", "city")
    may_recall = (
        "belief", "expectations.course", "expectations.reach", "firm_score", "perks.above_points", "perks.yearly_value",
        "activities.coverage", "activities.yearly_value", "climate.at_stake", "looked_up.party",
    )  # fmt: skip
    posts = {"act": ACT}
    hears = ("default",)
    dense_ns_per_party = 4.0

    def step(self, day: Day) -> None:
        """A week of occasions; who meets none is not looked at."""
        self._evasions(day)
        setting, totals = _setting(day), np.zeros((BEHAVIOURS, kernel.TOTALS), np.int64)
        met = self._meet(day, totals, setting)
        out = np.empty((4, len(met[2])), np.int32)
        n = kernel.choose(
            out, totals, met, setting.who, setting.table, setting.numbers, setting.beliefs, setting.known,
            setting.traits, day.now.monday, day.base, day.key,
        )  # fmt: skip
        when, party, act, seen = out[:, :n]
        day.post("act", day=when, party=party, act=act, detected=seen)
        self._count(day, totals)

    def _meet(self, day: Day, totals: Array, setting: "_Setting") -> tuple[Array, Array, Array]:
        """Occasions at which somebody may act: row and turn, behaviour, luck."""
        people, rules = day.people, day.own_rules
        mean, shares = _often(rules.behaviours, day.now.years)
        found, limits = np.empty(len(people.number), np.int32), _limits(mean, rules.minimum_age_years)
        found = found[: hits(found, people.number, people.kind, people.age, limits, day.base, day.key)]
        room = 64 + int((2 + 2 * mean) * len(found))
        who, what, luck = np.empty((2, room), np.int32), np.empty(room, np.int32), np.empty(room)
        n = kernel.meet_occasions(
            who, what, luck, totals, found, people.number, setting.table, (mean, shares, setting.ceilings),
            setting.numbers[kernel.CONNECTED], setting.traits[1], day.base, (day.key, day.fixed_key),
        )  # fmt: skip
        return who[:, :n], what[:n], luck[:n]

    def _evasions(self, day: Day) -> None:
        late, people = day.hear("default"), day.people
        if not len(late):
            return
        evaders = (late.evading == 1) & (people.kind[late.party] == PERSON)
        party, when = late.party[evaders], late.day[evaders]
        day.post("act", day=when, party=party, act=np.full(len(party), DEBT), detected=np.zeros(len(party)))
        day.count(evasions_cum=len(party))

    def _count(self, day: Day, totals: Array) -> None:
        for code, name in KEYS.items():
            counted = zip(COUNTERS, totals[code - 1].tolist(), strict=True)
            day.count(**{f"{name}_{counter}_cum": many for counter, many in counted if many})
        if day.now.week % AWARE_EVERY_WEEKS == 0:
            shares, key = _knowing(day)
            city = day.people.city
            residents = np.flatnonzero((city > 0) & (day.people.kind == PERSON))
            drawn = draws.uniforms(key, day.base | day.people.number[residents].astype(np.uint64))
            aware = int((drawn < shares[city[residents]]).sum())
            day.count(aware_residents_now=aware - day.tallied("aware_residents_now"))


def yearly_acts(shards: Iterable[Any], act: int = MINOR) -> Array:
    """Acts of one kind that each person (all shards, in order of rows) is expected to do in a year as things stand.

    Whole millionths of an act. No luck is in it: the difference between twin worlds is the flow of acts averted, person
    by person, that leverage (estimand 2 of model.md 3.3) sums over those who were never sanctioned.
    """
    found = []
    for shard in shards:
        day = next(day for process, day in shard.days if process.name == Acting.name)
        persons = np.flatnonzero(day.people.kind == PERSON)
        old = day.people.age[persons] >= day.own_rules.minimum_age_years
        a_year, _ = _behaviours(day.own_rules.behaviours)
        out, of = np.zeros(len(persons)), _setting(day)
        kernel.yearly_acts(
            out, act - 1, persons, of.who, of.table, a_year, of.numbers, of.beliefs, of.known, of.traits, day.base,
            day.fixed_key,
        )  # fmt: skip
        found.append(np.where(old, np.rint(1e6 * out), 0).astype(np.int64))
    return np.concatenate(found)


class _Setting(NamedTuple):
    """All that a choice depends on, as the kernels take it (see `kernels.acting.choose`)."""

    who: tuple[Array, Array, Array, Array]
    table: Array
    ceilings: Array
    numbers: Array
    beliefs: tuple[Array, Array, Array]
    known: tuple[Array, np.uint64]
    traits: tuple[Array, np.uint64]


def _setting(day: Day) -> _Setting:
    people, rules = day.people, day.own_rules
    points = rules.scheme_point_utility + _seen(day), rules.firm_point_ratio * _firm_point(day)
    base, ceilings = _table(
        rules.behaviours, _restrictions(day), rules.discount_per_year, points, rules.norm_spread
    )
    table = base.copy()
    table[:, kernel.FACED] *= _at_stake(day)
    numbers = np.array([
        rules.norm_spread, rules.norm_deterrence_slope, rules.risk_aversion, rules.risk_spread,
        rules.restriction_income_slope, day.rules.facing.face_spread or 0.0, rules.online_share,
    ])  # fmt: skip
    score = _nothing("u2") if people.firm_score is None else people.firm_score
    who = (people.number, people.income, people.city, score)
    traits = mixing(day.rules), day.trait_key
    return _Setting(who, table, ceilings, numbers, _beliefs(day), _knowing(day), traits)


def _beliefs(day: Day) -> tuple[Array, Array, Array]:
    """Column of beliefs, course and reach by class; no column and the resting risks where nobody learns."""
    resting, desk = _resting(day.rules.believing.classes), day.may_table("expectations")
    if desk is None or day.people.belief is None:
        return _nothing("i2", 2), resting, resting
    return day.people.belief, desk.fields.course, desk.fields.reach


def _restrictions(day: Day) -> float:
    """Yearly value to an average person of what a court listing now bars from; 0 where no measures exist."""
    activities = day.may_table("activities")
    if activities is None or activities.fields.yearly_value is None:
        return 0.0
    reach, value = activities.fields.coverage, activities.fields.yearly_value
    return float((reach * value).sum())


def _at_stake(day: Day) -> float:
    """Face that a person of mean face weight loses when listed; 0 where nobody asks after face."""
    climate = day.may_table("climate")
    return float(climate.fields.at_stake[0]) if climate is not None and climate.high else 0.0


def _firm_point(day: Day) -> float:
    """Yearly value of one point of a commercial score: all its perks over the way up to the last of them."""
    offers = day.may_table("perks")
    if offers is None or not offers.fields.above_points.any():
        return 0.0
    above = offers.fields.above_points
    way = float(above.max()) - float(day.rules.commercial_score.floor_points)
    if way <= 0:
        return 0.0  # every member has them all, so that no point is worth anything
    return float(offers.fields.yearly_value[above > 0].sum()) / way


def _seen(day: Day) -> float:
    """What a point of a scheme is worth because others can look it up: the more do, the more (R102)."""
    public = day.rules.public_portal
    if day.may_table("looked_up") is None or not any(
        site.grades and site.of_persons for site in public.sites.rows()
    ):
        return 0.0
    return float(day.own_rules.audience_point_utility * (public.lookups_per_adult_year or 0.0))


def _knowing(day: Day) -> tuple[Array, np.uint64]:
    """By city the share of residents who know of its scheme, and the key of who does: the same as for deeds."""
    known = schemes.in_force(day.now.book, day.now.date)
    key = draws.key(day.now.seed, "deeds:fixed", 0)
    return schemes.aware_shares(known, day.rules.deeds, day.now.monday), key


@lru_cache(maxsize=64)
def _behaviours(behaviours: Any) -> tuple[Array, Array]:
    """Occasions a year (behaviours,) and the table (behaviours, NUMBERS) by code less one; empty lines elsewhere."""
    a_year, table = np.zeros(BEHAVIOURS), np.zeros((BEHAVIOURS, kernel.NUMBERS))
    for row in behaviours.rows():
        a_year[row.code - 1] = row.occasions_per_year
        table[row.code - 1] = (
            row.gain_utility, row.norm_weight, row.sanction_utility, row.restricted_years, row.face_share,
            row.delay_years, row.detected_share, row.scheme_points, row.firm_points, row.online_only,
            RISK_OF.get(row.code, -1),
        )  # fmt: skip
    return a_year, table


@lru_cache(maxsize=64)
def _often(behaviours: Any, years: float) -> tuple[float, Array]:
    """Mean number of occasions of a person in a step, and the running share of each behaviour."""
    a_year, _ = _behaviours(behaviours)
    return float(a_year.sum()) * years, np.cumsum(a_year) / max(a_year.sum(), 1e-300)


@lru_cache(maxsize=256)
def _table(
    behaviours: Any, restricted: float, discount: float, points: tuple[float, float], spread: float
) -> tuple[Array, Array]:
    """The table at a yearly value of what is restricted, and worth of a scheme's and a firm's point; and ceilings.

    Ceilings (behaviours, slices) are chances that no act exceeds, by slice of persons in order of their norm. Most
    occasions end there, before anything else about the person is worked out.
    """
    table = _behaviours(behaviours)[1].copy()
    table[:, kernel.RESTRICTED] *= restricted
    table[:, kernel.DISCOUNT] = discount ** table[:, kernel.DISCOUNT]
    table[:, kernel.SCHEME] *= points[0]
    table[:, kernel.FIRM] *= points[1]
    lowest, highest = _slices()
    pull = table[:, kernel.NORM_WEIGHT, None] * spread
    best = np.maximum(-pull * lowest, -pull * highest)
    worth = np.maximum(table[:, kernel.SCHEME], 0) + np.maximum(table[:, kernel.FIRM], 0)
    return table, 1e-9 + 1 / (1 + np.exp(-(table[:, kernel.GAIN] + worth)[:, None] - best))


@lru_cache(maxsize=1)
def _slices() -> tuple[Array, Array]:
    """Lowest and highest norm of each slice of persons."""
    edges = np.array([normal(k / kernel.SLICES) for k in range(1, kernel.SLICES)])
    return np.array([-kernel.FURTHEST, *edges]), np.array([*edges, kernel.FURTHEST])


@lru_cache(maxsize=64)
def _limits(mean: float, least_age: float) -> Array:
    """Limits for `hits` by kind and age: persons of age meet some occasion, nobody else any."""
    chances = np.zeros((5, AGES))
    chances[PERSON, np.arange(AGES) >= least_age] = -np.expm1(-mean)
    return limit_of(chances.ravel())


@lru_cache(maxsize=64)
def _resting(classes: Any) -> Array:
    rests = {row.code: row.resting_risk for row in classes.rows()}
    out = np.array([rests[code] for code in range(len(RISK_CLASSES))], float)
    out.flags.writeable = False
    return out


@lru_cache(maxsize=8)
def _nothing(dtype: str, dimensions: int = 1) -> Array:
    """An empty column for what nobody keeps."""
    none = np.zeros((0, 4)[:dimensions], dtype)
    none.flags.writeable = False
    return none
