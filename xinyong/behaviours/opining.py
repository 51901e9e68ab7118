"""What people think of the system, and what they say they think."""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.acts import EXPRESSION, PETITION, RISK_OF
from xinyong.columns import Array, Column, Pool, SideTable, Tally, nobody
from xinyong.kernels import census, poll
from xinyong.kernels import opinion as kernel
from xinyong.process import Day, Process
from xinyong.rates import chance
from xinyong.scoring import turn_of
from xinyong.traits import mixing

PERIOD_WEEKS, MOST_POINTS, YEAR_WEEKS = 16, 1000, 52
# so many frauds a year are too few to notice a change by
FEW = 5.0
LAWFUL = (PETITION, EXPRESSION)
ANSWERS = ("oppose", "neutral", "approve")
GROUPS = (
    "all", "poor", "rich", "less_schooled", "schooled", "rural", "urban", "women", "men", "young", "old",
)  # fmt: skip
MEANT = {
    "poor": "the lowest third of income", "rich": "the highest third of income",
    "less_schooled": "those without senior secondary schooling", "schooled": "those with senior secondary schooling",
    "rural": "country dwellers", "urban": "town dwellers", "women": "women", "men": "men",
    "young": "those under 35", "old": "those of 50 and over",
}  # fmt: skip
WEIGHED = {"benefit": kernel.BY_BENEFIT, "media": kernel.BY_MEDIA, "privacy": kernel.BY_PRIVACY}
# what is kept of the table (groups, counts): tally, group, count
KEPT = (
    ("opinion_holders_now", 0, kernel.HOLDERS),
    *((f"private_{a}_now", 0, kernel.PRIVATE + i) for i, a in enumerate(ANSWERS)),
    *((f"voiced_{a}_now", 0, kernel.VOICED + i) for i, a in enumerate(ANSWERS)),
    ("opinion_falsified_now", 0, kernel.FALSIFIED),
    *((f"opinions_by_{what}_cum", place, kernel.FALSIFIED) for what, place in WEIGHED.items()),
    *((f"opinion_holders_{g}_now", GROUPS.index(g), kernel.HOLDERS) for g in MEANT),
    *((f"private_approve_{g}_now", GROUPS.index(g), kernel.PRIVATE + kernel.APPROVE) for g in MEANT),
    *((f"voiced_approve_{g}_now", GROUPS.index(g), kernel.VOICED + kernel.APPROVE) for g in MEANT),
)
_WHAT = {
    "opinion_holders": "adults with an opinion", "private_approve": "adults who approve",
    "voiced_approve": "adults who say they approve",
}  # fmt: skip
_NAMES, _PLACES = [k[0] for k in KEPT], tuple(np.array([k[1:] for k in KEPT]).T)


def _tallies() -> dict[str, Tally]:
    found = {
        "opinion_holders_now": "adults with an opinion of the system",
        **{f"private_{a}_now": f"adults whose own answer is {a}" for a in ANSWERS},
        **{f"voiced_{a}_now": f"adults whose answer aloud is {a}" for a in ANSWERS},
        "opinion_falsified_now": "adults who say they approve and do not",
        **{f"{what}_{g}_now": f"{text}: {MEANT[g]}" for what, text in _WHAT.items() for g in MEANT},
    }
    turns = {
        f"opinions_by_{w}_cum": Tally(f"turns at which {w} weighed in an opinion", "turns") for w in WEIGHED
    }
    return {**{name: Tally(meaning, "persons", stock=True) for name, meaning in found.items()}, **turns}


class Tables(NamedTuple):
    """What the kernels are handed: rules (n), tables by what somebody is (6, 256), chances by level (2, 256)."""

    rules: Array
    persons: Array
    limits: Array
    middle: float


class Opining(Process):
    """Each adult's private support drifts to what benefits, privacy, sanctions, media and contacts suggest.

    A person who does not approve may say so all the same. Everybody's turn comes every sixteen weeks; a listing at home
    is felt at once. Counts of answers by cell are kept each quarter, for surveys.
    *Source:* model.md 2.7j; the paper, sections II.1 and IV.2; weights assumed, cuts fitted to 80/19/1.
    """

    name = "opining"
    owns = {
        "support": Column("i1", "private support of the system, in 32nds of a logit", "1/32 logit"),
        "voiced": Column(
            "u1",
            "bits: 0-1 answer aloud (0 oppose, 1 neutral, 2 approve), 2-3 own answer, 4 has an opinion, 5 knows of "
            "repressive use, 6 knows a wrongful case, 7 sanction at home (see `kernels.opinion`)",
            "bits",
        ),
        "mood": SideTable("what is commonly felt in this place, one row"),
        "mood.fraud_before": Column("f4", "frauds a week before the system", "acts per week"),
        "mood.fraud_lately": Column("f4", "frauds a week of late", "acts per week"),
        "mood.fraud_seen": Column("i8", "frauds counted so far", "acts"),
        **_tallies(),
        "opinion_cells": Pool("opinions by quarter, stratum and answers", poll.QUARTERS * poll.CELLS),
        "opinion_trials": Pool("answers if told something, by quarter, frame and arm", poll.QUARTERS * poll.TRIALS),
    }  # fmt: skip
    reads = ("number", "age", "census", "income", "household")
    may_read = (
        "listed", "black_listed", "firm_score", "firm_flags", "perks.above_points", "perks.yearly_value",
        "residents.party", "residents.grade", "residents.red",
    )  # fmt: skip
    hears = ("listed", "entry", "learned", "act")
    audits = ("fraud_acts_cum",)

    def begin(self, day: Day) -> None:
        """Open the one row of the mood."""
        day.table("mood").take(1)

    def step(self, day: Day) -> None:
        """What was learned this week, then those whose turn it is; at the end of a quarter everybody is counted."""
        if not day.own_rules.in_force or not day.graph.persons:
            return
        tables = tables_of(day.rules, day.now.years)
        rules = np.array(tables.rules)
        rules[kernel.FRAUD] = day.own_rules.fraud_weight * _fraud_fall(day)
        tables = tables._replace(rules=rules)
        totals = np.zeros((kernel.GROUPS, kernel.COUNTS), np.int64)
        self._strike(day, totals, tables)
        self._tell(day, totals, tables)
        self._turn(day, totals, tables)
        changes = totals[_PLACES].tolist()
        day.count(**{name: n for name, n in zip(_NAMES, changes, strict=True) if n})
        if _quarter(day, 0) != _quarter(day, 1):
            self._poll(day, tables)

    def _strike(self, day: Day, totals: Array, tables: Tables) -> None:
        listed, entered = day.hear("listed"), day.hear("entry")
        if not len(listed) and not len(entered):
            return
        people = day.people
        kernel.struck(
            totals, np.concatenate([listed.party, entered.party]), people.number, people.support, people.voiced,
            _facts(day), people.household, _names(day), tables[:3], day.row_of, day.graph.persons, day.base,
            (day.key, day.fixed_key),
        )  # fmt: skip

    def _tell(self, day: Day, totals: Array, tables: Tables) -> None:
        """Contacts learn of a wrong listing; who is found out in a lawful complaint learns of repressive use."""
        learned, acts, people = day.hear("learned"), day.hear("act"), day.people
        found = acts.party[(acts.detected == 1) & np.isin(acts.act, LAWFUL)]
        what = (learned.wrong > 0) * kernel.WRONGFUL | (
            learned.act_class == RISK_OF[EXPRESSION]
        ) * kernel.REPRESSION
        telling = what > 0
        rows = np.concatenate([learned.learner[telling], found])
        if len(rows):
            kernel.told(
                totals, rows, np.concatenate([what[telling], np.full(len(found), kernel.REPRESSION)]), people.number,
                people.support, people.voiced, _facts(day), tables[:3], day.base, (day.key, day.fixed_key),
            )  # fmt: skip

    def _turn(self, day: Day, totals: Array, tables: Tables) -> None:
        people, ties, when = day.people, day.graph, turn_of(day, PERIOD_WEEKS)
        kernel.turn(
            totals, people.support, people.voiced, _facts(day), people.household, _scores(day), _names(day),
            _stakes(day, when), _worth(day), tables[:3], day.row_of,
            (ties.rounds, ties.key, ties.weights, ties.persons), (*when, day.now.week // PERIOD_WEEKS), day.base,
            (day.key, day.fixed_key), (mixing(day.rules), day.trait_key),
        )  # fmt: skip

    def _poll(self, day: Day, tables: Tables) -> None:
        people, quarter = day.people, _quarter(day, 0)
        commercial = day.rules.commercial_score
        online = np.array([commercial.online_rural_share or 0.0, commercial.online_urban_share or 0.0])
        cells = day.pool("opinion_cells").reshape(poll.QUARTERS, -1)[quarter]
        trials = day.pool("opinion_trials").reshape(poll.QUARTERS, -1)[quarter]
        poll.count_opinions(
            cells, trials, people.support, people.voiced, _facts(day), people.number, _scores(day)[0], tables.rules,
            tables.limits, tables.middle, online, day.graph.persons, day.base,
            (day.fixed_key, day.now.keys.get("commercial_score:fixed", day.fixed_key)),
            (mixing(day.rules), day.trait_key),
        )  # fmt: skip


def _fraud_fall(day: Day) -> float:
    """How much rarer frauds are of late than before the system: a logarithm from -1 to 1, 0 where nobody counts."""
    mood, count = day.table("mood").fields, int(day.audited()[0])
    if mood.fraud_seen[0] == 0:
        mood.fraud_before[0] = mood.fraud_lately[0] = count / (day.now.week + 1)
    else:
        mood.fraud_lately[0] += (count - mood.fraud_seen[0] - mood.fraud_lately[0]) / YEAR_WEEKS
    mood.fraud_seen[0] = count
    before, lately = (YEAR_WEEKS * float(rate[0]) + FEW for rate in (mood.fraud_before, mood.fraud_lately))
    return min(1.0, max(-1.0, math.log(before / lately)))


def _quarter(day: Day, weeks_on: int) -> int:
    """The quarter, 0 to 3, of this Monday or of one some weeks on."""
    return (day.now.calendar.date(day.now.week + weeks_on).month - 1) // 3


def _facts(day: Day) -> tuple[Array, Array, Array]:
    return day.people.age, day.people.census, day.people.income


@lru_cache(maxsize=1)
def _nothing() -> tuple[Array, ...]:
    """Empty arrays that stand for what nobody keeps."""
    arrays = tuple(np.zeros(0, kind) for kind in ("u1", "u2", "f4", "i4"))
    for array in arrays:
        array.flags.writeable = False
    return arrays


def _scores(day: Day) -> tuple[Array, Array]:
    """Points and flags at the firm that scores; empty without one."""
    points, flags = day.people.firm_score, day.people.firm_flags
    return (_nothing()[1], _nothing()[0]) if points is None else (points, flags)


def _names(day: Day) -> tuple[Array, Array]:
    """How often each party is on the court's list, and on other black lists."""
    court, others = day.people.listed, day.people.black_listed
    none = nobody(len(day.people.number))
    return none if court is None else court, none if others is None else others


def _worth(day: Day) -> Array:
    """Yearly value of what a score earns, by points, to a person of average demand."""
    offers = day.may_table("perks")
    if offers is None:
        return _nothing()[2]
    return _worth_of(
        offers.fields.above_points[: offers.high].tobytes(),
        offers.fields.yearly_value[: offers.high].tobytes(),
    )


@lru_cache(maxsize=64)
def _worth_of(above: bytes, values: bytes) -> Array:
    points, least = np.arange(MOST_POINTS + 1)[:, None], np.frombuffer(above, "u2")
    worth = ((points > least) & (least > 0)) @ np.frombuffer(values, "f4").astype(float)
    worth.flags.writeable = False
    return np.asarray(worth)


def _stakes(day: Day, when: tuple[int, int]) -> Array:
    """What a city's grade is worth a year to each person whose turn it is; empty where no city keeps points."""
    desk = day.may_table("residents")
    if desk is None or not desk.high or desk.fields.grade is None:
        return _nothing()[2]
    rules, fields, n = day.own_rules, desk.fields, desk.high
    out = np.empty(when[1] - when[0], np.float32)
    red = _nothing()[0] if fields.red is None else fields.red[:n]
    kernel.city_stakes(
        out, fields.party[:n], fields.alive[:n], fields.grade[:n], red, day.people.number, when[0],
        rules.grade_step_value, rules.red_list_value,
    )  # fmt: skip
    return out


@lru_cache(maxsize=256)
def tables_of(book: Any, years: float) -> Tables:
    """The rules in force as numbers and tables."""
    r = book.opining
    eta, epsilon = r.adjustment_per_week, r.influence_per_week
    told = {
        kernel.BENEFIT: r.benefit_weight, kernel.RURAL: r.rural_perk_ratio,
        kernel.MEDIA: r.media_weight, kernel.EXPOSED: r.media_exposed_share,
        kernel.PRIVACY: r.privacy_weight * (1.0 - r.resignation), kernel.AWARE_SHARE: r.aware_share,
        kernel.SANCTION: r.sanction_weight, kernel.REPRESSION_COST: r.repression_weight,
        kernel.WRONGFUL_COST: r.wrongful_weight, kernel.ETA: eta, kernel.EPSILON: epsilon,
        kernel.KEPT_ALONE: math.exp(-eta * PERIOD_WEEKS), kernel.KEPT_AMONG: math.exp(-(eta + epsilon) * PERIOD_WEEKS),
        kernel.ALOUD: r.voice_logits, kernel.LEAST_AGE: r.least_age_years, kernel.ASKED: float(r.acquaintances_heard),
        kernel.HEARS: chance(r.repression_news_per_year, PERIOD_WEEKS * years),
    }  # fmt: skip
    rules = np.zeros(kernel.RULES)
    rules[list(told)] = list(told.values())
    pull = _by_person(r.constant, r.income_weight, r.schooling_weight, r.urban_weight, 0.0, r.age_weight)
    share = r.falsification_share
    odds = _by_person(
        math.log(share / (1.0 - share)) if share else -math.inf, r.falsification_income, r.falsification_schooling,
        r.falsification_urban, r.falsification_female, -r.falsification_young,
    )  # fmt: skip
    cuts = np.array([[r.neutral_cut], [r.approve_cut]])
    level = np.arange(-128, 128) / kernel.STEPS
    return Tables(
        rules, np.concatenate([pull, np.exp(odds)]), 1.0 / (1.0 + np.exp(cuts - level)), float(cuts.mean())
    )


def _by_person(
    constant: float, income: float, schooling: float, urban: float, female: float, decade: float
) -> Array:
    """What the census, income and age add to a logit (3, 256); in the middle of every one they add `constant`."""
    code = np.arange(256)
    facts = (
        constant + schooling * (census.education_of(code) / 3 - 0.5) + urban * (census.urban_of(code) - 0.5)
        + female * (0.5 - census.sex_of(code))
    )  # fmt: skip
    return np.array([facts, income * (code / 255 - 0.5), decade * (code - 45) / 10])
