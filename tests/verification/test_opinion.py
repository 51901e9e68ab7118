"""Opinion: exact steps, one edge a rule, and two readings of a published figure that it cannot tell apart."""

import dataclasses
import datetime as dt
import json
from functools import cache

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, people_of, plan_of, play
from xinyong import laws
from xinyong.errors import RunError
from xinyong.kernels import opinion as kernel
from xinyong.kernels import poll
from xinyong.lab.polls import Wave, axis, sample
from xinyong.lab.scenario import load_scenario
from xinyong.lab.survey import READINGS, Survey, published, readings, survey_of

# a small society with what opinion hangs on
PROCESSES = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "commercial_score", "perks", "acting",
    "knowing", "opining",
)  # fmt: skip
BUSY = {
    "suing.sued_share": 0.9, "courts.listing_practice_share": 1.0, "courts.listed_if_unable_share": 0.9,
    "court_list.term_ground_share": 0.5,
}  # fmt: skip
OWN = ("support", "voiced", "opinion", "private_", "mood", "tally:voiced", "tally:private", "tally:opinion")


def holds(shard):
    told = laws.opinion(shard)
    assert not told, told


@cache
def world(sets: tuple[tuple[str, float], ...] = (), persons: int = 3000) -> World:
    plan = plan_of(
        BUSY | dict(sets), processes=PROCESSES, start=dt.date(2014, 1, 6), end=dt.date(2018, 4, 1), burn_in_weeks=52
    )  # fmt: skip
    return play(plan, people_of(persons=persons), check=holds)


def approving(played: World, side: str = "private") -> int:
    return played.last(f"{side}_approve_now")


# --- formulas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("met", [0, 3])
def test_one_turn_is_as_good_as_many_short_ones(met):
    """The step is exact (V-7): sixteen weeks at once and sixteen times a week agree to rounding."""

    def rules(weeks):
        told = np.zeros(kernel.RULES)
        told[[kernel.ETA, kernel.EPSILON]] = 0.05, 0.03
        told[kernel.KEPT_ALONE], told[kernel.KEPT_AMONG] = np.exp(-0.05 * weeks), np.exp(-0.08 * weeks)
        return told

    at_once = kernel.moved(1.5, -0.5, 2.0, met, rules(16))
    step = 1.5
    for _ in range(16):
        step = kernel.moved(step, -0.5, 2.0, met, rules(1))
    assert at_once == pytest.approx(step, abs=1e-12)


def test_answers_are_an_ordered_logit():
    u = (np.arange(100_000) + 0.5) / 100_000
    told = np.array([kernel.answer(x, 0.95, 0.7) for x in u])
    assert np.bincount(told) / len(u) == pytest.approx([0.05, 0.25, 0.7], abs=1e-4)


def test_rounding_leaves_no_drift():
    """V-14 for a byte: what is lost in 32nds comes back, by a draw."""
    luck = (np.arange(1000) + 0.5) / 1000
    kept = np.floor(0.4711 * kernel.STEPS + luck) / kernel.STEPS
    assert kept.mean() == pytest.approx(0.4711, abs=1e-4)


# --- one edge a rule --------------------------------------------------------------------------------------------

EDGES = [
    ("benefit_weight", 8.0, 1), ("media_weight", 2.0, 1), ("privacy_weight", 3.0, -1), ("sanction_weight", 4.0, -1),
    ("repression_weight", 4.0, -1), ("wrongful_weight", 4.0, -1), ("falsification_share", 0.9, 0),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "strong", "sign"), EDGES, ids=[e[0] for e in EDGES])
def test_each_weight_acts_with_its_sign_and_on_nobody_elses_affairs(rule, strong, sign):
    """Twin worlds: a weight moves private approval as the equation says, and what is not opinion by no bit (V-31)."""
    off, on = world(((f"opining.{rule}", 0.0),)), world(((f"opining.{rule}", strong),))
    assert np.sign(approving(on) - approving(off)) == sign or (sign == 0 and rule == "falsification_share")
    if rule == "falsification_share":
        assert off.last("opinion_falsified_now") == 0 < on.last("opinion_falsified_now")
    compared = checks.assert_same_where_shared(
        off, on, lambda name: any(part in name for part in OWN) or name.endswith("opinion_cells")
    )
    assert compared > 40


def test_without_influence_nobody_minds_what_others_say():
    """Cut to zero, others' falsifying reaches nobody's private support."""
    alone = (("opining.influence_per_week", 0.0),)
    honest = world((*alone, ("opining.falsification_share", 0.0)))
    others = world((*alone, ("opining.falsification_share", 0.9)))
    for one, other in zip(honest.shards, others.shards, strict=True):
        assert np.array_equal(one.store.columns["support"], other.store.columns["support"])
    swayed = world((("opining.falsification_share", 0.9),))
    assert approving(swayed) > approving(world((("opining.falsification_share", 0.0),)))


def test_ideology_pulls_the_other_way():
    """R78: apart from benefits the young, rich, schooled and urban are drawn to the system less."""
    from xinyong.behaviours.opining import tables_of

    rules = plan_of().book.on(dt.date(2018, 1, 1))
    tables = tables_of(rules, 7 / 365.25).persons
    pull = lambda age, census, income: kernel.character(age, census, income, tables)  # noqa: E731
    plain, town, college = 4, 6, 28
    assert pull(25, plain, 128) < pull(60, plain, 128)
    assert pull(40, plain, 255) < pull(40, plain, 0)
    assert pull(40, town, 128) < pull(40, plain, 128)
    assert pull(40, college, 128) < pull(40, plain, 128)


def test_frauds_that_become_rarer_win_support():
    """R79: the term of fraud rises as counted frauds fall, and is nothing where nobody counts."""
    from xinyong.behaviours.opining import Opining, _fraud_fall

    shard = world().shards[0]
    day = next(d for p, d in shard.days if isinstance(p, Opining))
    row = day.table("mood").fields
    assert row.fraud_seen[0] > 0, "somebody counted frauds"
    kept = [float(field[0]) for field in (row.fraud_before, row.fraud_lately)]
    row.fraud_before[0], row.fraud_lately[0], row.fraud_seen[0] = 10.0, 2.0, int(day.audited()[0])
    assert 0.9 < _fraud_fall(day) <= 1.0
    row.fraud_before[0], row.fraud_lately[0] = 2.0, 10.0
    assert -1.0 <= _fraud_fall(day) < -0.9
    row.fraud_before[0], row.fraud_lately[0] = kept


# --- the survey -------------------------------------------------------------------------------------------------


def wave_of(played: World) -> Wave:
    """The first quarter of 2018, as it stands in the shards' pools."""
    pools = [shard.store.pools for shard in played.shards]
    cells, trials = (
        np.sum([p[name].reshape(poll.QUARTERS, -1)[0] for p in pools], axis=0)
        for name in ("opinion_cells", "opinion_trials")
    )
    return Wave(
        dt.date(2018, 3, 31),
        0,
        played.plan.seed,
        cells.reshape(poll.STRATA, -1),
        trials.reshape(poll.FRAMES, -1),
    )


def asked(played: World, n: int = 2209) -> Survey:
    return survey_of(wave_of(played), n, items=True, told="repression")


def test_the_cells_hold_everybody_once():
    """Each adult with an opinion stands in one cell, and the cells give the same shares as the counts (V-50)."""
    played, wave = world(), wave_of(world())
    assert wave.cells.sum() == played.last("opinion_holders_now")
    told = np.array(poll.KINDS)
    for side, place in (("private", 0), ("voiced", 1)):
        assert wave.cells[:, told[:, place] == 2].sum() == approving(played, side)
    assert wave.cells[axis("man") == 0].sum() == played.last("opinion_holders_women_now")


def test_a_sample_has_its_quotas_and_sums_to_one():
    wave, n = wave_of(world()), 1000
    cells = sample(wave, n)
    assert cells.sum() == n
    quota = axis("man") * 3 + axis("age")
    wanted = n * np.bincount(quota, wave.online.sum(1)) / wave.online.sum()
    assert np.abs(np.bincount(quota, cells.sum(1)) - wanted).max() < 1
    assert not cells[axis("online") == 0].any()
    found = survey_of(wave, n)
    for shares in (found.voiced, found.private):
        assert sum(s.share for s in shares) == pytest.approx(1.0, abs=1e-12)


def test_twin_worlds_ask_the_same_respondents():
    """Paired surveys: who is asked depends on seed and quarter, not on what a rule does to opinions."""
    one, other = world((("opining.media_weight", 0.0),)), world((("opining.media_weight", 2.0),))
    first, second = sample(wave_of(one), 1500), sample(wave_of(other), 1500)
    assert np.array_equal(first.sum(1), second.sum(1))
    assert (first != second).any()


def test_a_list_experiment_finds_what_is_thought_and_not_what_is_said():
    found = asked(world((("opining.falsification_share", 0.9),)), 100_000)
    told, thought = found.list_experiment, found.private[2].share
    assert abs(told.estimate - thought) < 4 * told.se
    assert told.gap > 4 * told.gap_se
    assert told.direct == pytest.approx(found.voiced[2].share)


def test_news_of_repression_lowers_support_of_those_who_hear_it():
    (trial, *_) = asked(world()).trials
    assert trial.score_after < trial.score_before and trial.approve_after <= trial.approve_before
    untold = asked(world((("opining.repression_weight", 0.0),))).trials[0]
    assert untold.change == 0.0


def test_a_survey_gives_totals_only_and_refuses_few():
    wave = wave_of(world())
    text = json.dumps(dataclasses.asdict(survey_of(wave, 2209)), default=str)
    assert "P-" not in text and "person" not in text
    found = survey_of(wave, 40)
    assert any(c.voiced is None for c in found.contrasts), "a group below the floor is not told"
    with pytest.raises(RunError, match="nobody online"):
        survey_of(dataclasses.replace(wave, cells=0 * wave.cells), 100)


# --- two readings of one figure ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READINGS)
def test_either_reading_gives_the_published_figure(name):
    """80/19/1 within sampling error, and the published signs, in the worlds of `scripts/fit_opinion.py`."""
    found, rows = readings()[name]["survey"], published()["rows"]
    for share in found["voiced"]:
        wanted = rows[f"voiced_{share['answer']}"]["value"]
        assert abs(share["share"] - wanted) < 3 * np.sqrt(wanted * (1 - wanted) / found["n"]), share
    gaps = {c["what"]: c["voiced_everybody"] for c in found["contrasts"]}
    assert all(gaps[what] > 0 for what in ("income", "schooling", "town", "age")), gaps
    for key, value in readings()[name]["cuts"].items():
        assert load_scenario(name).sets[f"opining.{key}"] == value, "fit again: the scenario has other cuts"


def test_only_what_is_thought_tells_the_readings_apart():
    """The same words aloud, other thoughts: a gap in the list experiment, and another gradient in private."""
    benefit, falsification = (readings()[name]["survey"] for name in READINGS)
    gap = [s["list_experiment"]["gap"] / s["list_experiment"]["gap_se"] for s in (benefit, falsification)]
    assert abs(gap[0]) < 3 < gap[1]
    private = [
        {c["what"]: c["private_everybody"] for c in s["contrasts"]}["income"]
        for s in (benefit, falsification)
    ]
    assert private[1] < 0 < private[0]


def test_both_readings_live_in_a_small_society_too():
    """Played here and now: in both the rich and the schooled say more, in one only do they think more."""
    rich, hidden = {}, {}
    for name in READINGS:
        sets = tuple(sorted(load_scenario(name).sets.items()))
        wave = wave_of(world(sets, 10_000))
        gaps = {c.what: c for c in survey_of(wave, 2209).contrasts}
        rich[name] = gaps["income"].voiced_everybody, gaps["income"].private_everybody
        hidden[name] = survey_of(wave, 2209).falsified.share
    assert min(said for said, _ in rich.values()) > 0.02
    assert rich["opinion-benefit"][1] > 0.02 > rich["opinion-falsification"][1]
    assert hidden["opinion-benefit"] == 0 and hidden["opinion-falsification"] > 0.15
