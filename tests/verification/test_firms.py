"""Commercial scores, perks and firms: on and off under the same luck, and what each switch does."""

import datetime as dt
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, people_of, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.institutions.firms import compliance
from xinyong.kernels import census, scores
from xinyong.lab.scenario import load_scenario
from xinyong.rulebook import RuleBook

BASE = ("ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
        "joint_measures", "wants", "objection", "deeds", "city_points")  # fmt: skip
MINE = ("commercial_score", "perks", "firms", "marketplace", "guizhou_exchange")
PEOPLE = checks.small_people(1, 3000)
WINDOW = {"start": dt.date(2014, 10, 6), "end": dt.date(2018, 12, 30), "burn_in_weeks": 60}
RUSH = {"commercial_score.pace": 10.0, "integration.level": 1.0, "marketplace.removals_per_year": 0.1}


def world(
    sets=None, leave_out=(), log=False, processes=(*BASE, *MINE), people=PEOPLE, check=None, **more
) -> World:
    plan = plan_of(
        {**checks.STRESS, **RUSH, **(sets or {})},
        leave_out=leave_out,
        processes=processes,
        **{**WINDOW, **more},
    )
    return play(plan, people, log=log, check=check)  # fmt: skip


def alone(sets=None, leave_out=()) -> World:
    """Scores, perks and firms without courts or loans."""
    return world(sets, leave_out, processes=MINE)


def column(one: World, name: str) -> np.ndarray:
    """A column over all shards; facts of the census by their own name."""
    facts = {"education": census.education_of, "urban": census.urban_of, "local": census.local_of}
    if name in facts:
        return facts[name](column(one, "census"))
    return np.concatenate([s.store.columns[name] for s in one.shards])


@pytest.fixture(scope="module")
def on() -> World:
    return world(log=True, check=laws.check)


def test_the_laws_hold_and_something_happens(on):
    """Bounds, opt-in, bands, marks and perk holders are checked in every week of a world where much happens."""
    happened = ("members_now", "court_marked_cum", "court_refusals_cum", "court_refused_paid_cum", "perks_taken_cum",
                "baihe_favoured_cum", "didi_favoured_cum", "merchants_reported_cum", "state_visible_now")  # fmt: skip
    assert not [name for name in happened if not on.last(name)]
    score = column(on, "firm_score")
    assert score[score > 0].min() >= 350
    assert score.max() <= 950


def test_nobody_has_a_score_without_an_event(on):
    """R86, V-46: who has a score has announced joining, once, as an adult."""
    for k, shard in enumerate(on.shards):
        joined = np.concatenate([rows["party"] for s, rows in on.log["joined"] if s == k])
        assert len(np.unique(joined)) == len(joined)
        assert np.array_equal(np.sort(joined), np.flatnonzero(shard.store.columns["firm_score"]))
        assert shard.store.columns["age"][joined].min() >= 18


def test_without_them_every_other_series_is_the_same(on):
    """Taking all of them out of the scenario leaves the rest equal to the bit, the court list's counters among it."""
    without = world(processes=BASE)
    checks.assert_same_where_shared(on, without, lambda name: ":entry" in name)
    for name in ("listings_cum", "performed_cum", "air_refused_attempts_cum"):
        assert np.array_equal(on.total(name), without.total(name))


@pytest.mark.parametrize("left_out", ["perks", "firms", "marketplace", "guizhou_exchange"])
def test_each_can_be_left_out_alone(left_out, on):
    """What does not depend on the one left out is the same to the bit."""
    less = world(leave_out=[left_out])
    felt = {
        "perks": ("perks", "commercial_score", "firms"),
        "firms": ("firms", "commercial_score", "perks", "marketplace"),
    }
    changed = {n for p in (left_out, *felt.get(left_out, ())) for n in known_processes()[p].owns}  # fmt: skip
    for name, spec in known_processes().items():
        for tally in spec.owns:
            if name in (*BASE, *MINE) and tally.endswith(("_cum", "_now")) and tally not in changed:
                assert np.array_equal(on.total(tally), less.total(tally)), tally


# --- the court's feed ------------------------------------------------------------------------------------------


def test_the_courts_feed_takes_points_and_perks(on):
    """Without the feed nobody is marked or refused; with it the marked stand lower than their twins without."""
    off = world({"flows.court_to_sesame.open": False})
    assert off.last("court_marked_cum") == off.last("court_refusals_cum") == 0
    marked = (column(on, "firm_flags") >> 6) == scores.LISTED
    member = (column(on, "firm_score") > 0) & (column(off, "firm_score") > 0)
    lower = column(on, "firm_score").astype(int) - column(off, "firm_score")
    assert (marked & member).sum() >= 10
    assert lower[marked & member].mean() < -60
    assert np.array_equal(column(on, "firm_score") > 0, column(off, "firm_score") > 0)
    assert abs(lower[member & (column(on, "firm_flags") < 64)].mean()) < 1
    for name in ("umbrella_holders_now", "hotel_holders_now"):
        assert on.last(name) < off.last(name)
    assert np.array_equal(on.total("performed_cum"), off.total("performed_cum"))


def test_the_firm_channel_speeds_payment_only_if_switched_on(on):
    """2.7b, bC: with a weight of 0, the default, payment is what it was; with a weight, the marked pay sooner."""
    heavy = world({"complying.firm_weight": 5.0})
    assert heavy.last("performed_cum") > on.last("performed_cum")
    assert plan_of().book.on(dt.date(2018, 1, 1)).complying.firm_weight == 0


# --- perks and opting in ----------------------------------------------------------------------------------------


def values(factor: float) -> dict[str, float]:
    rows = plan_of().book.on(dt.date(2018, 1, 1)).perks.table_1.rows()
    return {f"perks.table_1.{r.key}.yearly_value": min(10.0, r.yearly_value * factor) for r in rows}


def test_perks_draw_people_in_and_data_out():
    """V-63, R85: perks, and perks worth more, raise opting in, data given, and the behaviour dimension."""
    sets = {"commercial_score.pace": 1.0}
    none, some, more = alone(sets, ["perks"]), alone(sets), alone({**sets, **values(20.0)})
    for name in ("members_now", "classes_supplied_now"):
        assert none.last(name) < some.last(name) < more.last(name), name
    both = (column(none, "firm_score") > 0) & (column(more, "firm_score") > 0)
    behaviour = [
        scores.level.py_func(column(w, "dimensions")[both].astype(int), 0, scores.BEHAVIOUR)
        for w in (none, more)
    ]
    assert behaviour[0].mean() < behaviour[1].mean()  # fmt: skip
    given = [(column(w, "firm_flags")[both] >> 4) & 3 for w in (none, more)]
    assert (given[0] <= given[1]).all()


def test_concern_for_privacy_holds_people_back_and_resignation_lets_go():
    """R88: with full resignation more join than with none."""
    sets = {"commercial_score.pace": 1.0, "commercial_score.privacy_weight": 3.0}
    few, many = (alone({**sets, "commercial_score.resignation": r}).last("members_now") for r in (0.0, 1.0))
    assert few < many


def test_others_joining_draws_people_in():
    """Bass: without imitation fewer join."""
    lonely, together = (
        alone({"commercial_score.pace": 3.0, "commercial_score.imitation_per_year": q}).last("members_now")
        for q in (0.0, 0.38)
    )
    assert lonely < together


@pytest.mark.parametrize("weights", ["variant_a", "variant_b"])
def test_the_weights_sum_to_one(weights):
    """R84: five dimensions, and either preset gives all of a score."""
    book = plan_of({"commercial_score.preset": weights}).book.on(dt.date(2016, 1, 4)).commercial_score
    given = getattr(book.weights, weights)
    assert len(given) == 5
    assert sum(given) == pytest.approx(1.0, abs=1e-12)


def test_the_two_presets_give_two_sets_of_scores():
    """Sources disagree about the weights: both are there, nobody's membership hangs on it."""
    one, two = (
        column(alone({"commercial_score.preset": p}), "firm_score") for p in ("variant_a", "variant_b")
    )
    assert (one != two).any()
    assert np.array_equal(one > 0, two > 0)


# --- acquaintances -----------------------------------------------------------------------------------------------


def test_the_standing_of_acquaintances_counts(on):
    """Guilt and credit by association: the level of relations follows the circle; unasked it stays put."""
    unasked = world({"commercial_score.contacts_asked": 0})
    member = column(unasked, "firm_score") > 0
    assert set(column(unasked, "firm_flags")[member] & 15) == {scores.NEUTRAL}
    levels, circle = [], []
    for day in (next(d for p, d in s.days if p.name == "commercial_score") for s in on.shards):
        score = day.people.firm_score
        for row in np.flatnonzero(score[: day.graph.persons])[::5]:
            friends = [score[other] for other in day.graph.acquaintances(int(row)) if score[other]]
            levels.append(day.people.firm_flags[row] & 15)
            circle.append(np.mean(friends) if friends else np.nan)
    known = ~np.isnan(circle)
    assert np.corrcoef(np.array(levels)[known], np.array(circle)[known])[0, 1] > 0.1


def test_listed_acquaintances_lower_the_level_of_relations():
    """With a penalty so large that the listed stand at the bottom, everybody's circle stands lower."""
    sets = {"commercial_score.court_penalty_points": 600.0}
    off, hard = world({**sets, "flows.court_to_sesame.open": False}), world(sets)
    free = (column(hard, "firm_score") > 0) & (column(hard, "firm_flags") < 64)
    assert (column(hard, "firm_flags")[free] & 15).mean() < (column(off, "firm_flags")[free] & 15).mean()


def loans_and_defaults(seed: int, since: dt.date, low: int, high: int) -> np.ndarray:
    """Loans taken and defaults since a day, of members whose score lay in a range on that day."""
    held: dict[int, np.ndarray] = {}

    def look(shard) -> None:
        if shard.plan.calendar.date(shard.week) == since:
            held[shard.code] = shard.store.columns["firm_score"].copy()

    lived = play(
        plan_of(RUSH, seed, processes=(*BASE, *MINE), **WINDOW), people_of(seed, 10000), log=True, check=look
    )
    day, counted = (since - dt.date(2000, 1, 1)).days, np.zeros((2, 2), np.int64)
    for k, shard in enumerate(lived.shards):
        for column_of, kind in enumerate(("loan", "default")):
            party = np.concatenate([r["party"][r["day"] >= day] for s, r in lived.log[kind] if s == k])
            score = held[shard.code][party]
            counted[:, column_of] += ((score > 0) & (score < low)).sum(), (score >= high).sum()
    return counted


def test_a_better_score_defaults_less():
    """R83: of those scored at the end of 2016, members under 600 default on more of their loans than those over 650."""
    low, high = sum(loans_and_defaults(seed, dt.date(2016, 12, 26), 600, 650) for seed in (1, 2))
    assert low[1] / low[0] > 1.1 * high[1] / high[0]


# --- Guizhou, Alibaba, the firms -----------------------------------------------------------------------------------


def test_the_exchange_happens_in_one_province_only(on):
    """R76: opened for the second town, only there the firm tells of defaults; the first town's life is the same."""
    there = world({"flows.sesame_to_guizhou.only_in": 902, "flows.guizhou_to_sesame.only_in": 902})
    assert on.last("exchange_reports_cum") == 0
    names = sorted(
        n for p in (*BASE, *MINE) for n in known_processes()[p].owns if n.endswith(("_cum", "_now"))
    )
    column_of = names.index("exchange_reports_cum")
    first, second = (t[-1, column_of] for t in there.tallies)
    assert (first == 0) & (second > 0)
    for name, array in there.shards[0].store.columns.items():
        assert np.array_equal(array, on.shards[0].store.columns[name]), name


def test_removed_merchants_flow_out_from_december_2016(on):
    """R121: removals are the same with and without the memorandum; only with it, and after it, are they told."""
    off = world({"flows.marketplace_to_platform.open": False}, log=True)
    assert off.last("merchants_reported_cum") == 0
    assert np.array_equal(on.total("merchants_removed_cum"), off.total("merchants_removed_cum"))
    signed = on.plan.calendar.week_of((dt.date(2016, 12, 2) - dt.date(2000, 1, 1)).days)
    told = on.total("merchants_reported_cum")
    assert told[signed - 1] == 0 < told[-1]
    party = np.concatenate([r["party"] for k, r in on.log["merchant_removal"] if k == 0])
    assert (on.shards[0].store.columns["kind"][party] > 0).all()


def test_the_union_of_independent_firms_is_five_sixths():
    """R73: the coverage sets of the eight overlap by chance, .83 together; correlation makes the union smaller."""
    adults = sum(int((p.columns["age"][: p.persons] >= 18).sum()) for p in PEOPLE)
    share = [f.coverage_share for f in plan_of().book.on(dt.date(2016, 1, 4)).firms.register.rows()]
    union = 1.0 - float(np.prod(1.0 - np.array(share)))
    assert union == pytest.approx(0.83, abs=0.005)
    short = {"processes": ("firms",), "end": dt.date(2016, 12, 25)}
    free, bound = (
        world({"firms.overlap": o}, **short).last("union_covered_now") / adults for o in (0.0, 0.6)
    )
    assert free == pytest.approx(union, abs=4 * np.sqrt(union * (1 - union) / adults))
    assert bound < free - 0.05


def test_firms_that_obey_more_show_the_state_more():
    """V-70: as authority weighs more, the data of more people reach the state; apart, none do."""
    sets = {"flows.firms_to_state.open": True, "integration.level": 1.0}
    short = {"processes": ("firms",), "end": dt.date(2016, 12, 25)}
    seen = [
        world({**sets, "firms.authority_weight": w}, **short).last("state_visible_now")
        for w in (0, 1, 2, 4, 20)
    ]
    assert seen == sorted(seen)
    assert (
        seen[0] < seen[-1] == world({**sets, "firms.authority_weight": 20}, **short).last("union_covered_now")
    )
    apart = {**sets, "integration.level": 0.0, "firms.authority_weight": 20}
    assert world(apart, **short).last("state_visible_now") == 0


def test_a_firm_obeys_a_state_organ_rather_than_a_body_at_arms_length():
    """2.7l: authority and a permission still to be won raise compliance, for every firm (X2, X3)."""
    book = plan_of().book
    before, after = (book.on(dt.date(2018, m, 26)).firms for m in (1, 3))
    assert (compliance(before, 1.0) > compliance(before, 0.3)).all()
    assert (compliance(before, 0.3) > compliance(after, 0.3)).all()


def test_the_flow_to_the_firm_is_easier_than_the_flow_from_it():
    """2.7l: halfway between apart and one, what the court gives arrives whole and what firms give does not."""
    from xinyong.flows import strength

    rules = plan_of().book.on(dt.date(2018, 6, 4))
    assert strength(rules, "court_to_sesame", 11) == 1.0
    assert strength(rules, "firms_to_baihang", 11) == strength(rules, "marketplace_to_platform", 11) == 0.5
    assert strength(rules, "guizhou_to_sesame", 52) == 1.0
    assert strength(rules, "guizhou_to_sesame", 11) == 0.0


# --- one row more ---------------------------------------------------------------------------------------------------


def copied_rules(folder: Path, name: str, like: str, code: int, new: str) -> RuleBook:
    """The package's rules with one row more: an existing one again under another key and with the code 9."""
    shutil.copytree(Path(__file__).parents[2] / "xinyong" / "rules", folder / "rules")
    file = folder / "rules" / name
    text = file.read_text(encoding="utf-8")
    row = re.search(rf"^  {like}:\n(?:    .*\n)+", text, re.MULTILINE)
    assert row is not None
    more = row.group().replace(f"  {like}:", f"  {new}:", 1).replace(f"code: {code}\n", "code: 9\n", 1)
    file.write_text(text[: row.end()] + more + text[row.end() :], encoding="utf-8")
    return RuleBook.load(folder / "rules")


def test_a_ninth_firm_is_one_row(tmp_path):
    """R118: a row more in one file, and the union of coverage grows."""
    book = copied_rules(tmp_path, "firms.yaml", "huadao", 8, "ninth")
    chosen = load_scenario("toy").model_copy(update={"processes": ("firms",), **WINDOW})
    eight = chosen.plan(1)
    nine = type(eight)(eight.processes, book, eight.calendar, eight.seed)
    assert len(book.on(dt.date(2016, 1, 4)).firms.register.rows()) == 9
    more, some = (play(plan, PEOPLE, weeks=150).last("union_covered_now") for plan in (nine, eight))
    assert more > some


def test_an_eighth_perk_is_one_row(tmp_path):
    """A row more in Table 1 is offered, taken up, and counted in the sum."""
    book = copied_rules(tmp_path, "perks.yaml", "umbrella", 1, "library")
    chosen = load_scenario("toy").model_copy(update={"processes": MINE, **WINDOW}).changed(RUSH)
    seven = chosen.plan(1)
    eight = type(seven)(seven.processes, book.patch(RUSH), seven.calendar, seven.seed)
    some, more = play(seven, PEOPLE), play(eight, PEOPLE)
    assert more.last("perks_taken_cum") - more.last("umbrella_taken_cum") > some.last(
        "perks_taken_cum"
    ) - some.last("umbrella_taken_cum")
