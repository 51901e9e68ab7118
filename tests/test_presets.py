"""Scenarios that need no new institution: finance only (R25), another society (R110)."""

import datetime as dt
import json

import numpy as np
import pytest

import xinyong
from tests.cli.calling import call
from tests.verification.checks import ANSWERING
from tests.worlds import people_of, plan_of, play
from xinyong.engine import tally_specs
from xinyong.errors import ScenarioError
from xinyong.lab.scenario import load_scenario, scenario_names
from xinyong.recipes import load_recipe
from xinyong.rulebook import PACKAGE

# the desk hears of credit files as of everything else; finance-only has no desk,
# and nobody who answers back
EVERYTHING = tuple(
    {*load_scenario("toy").processes, *load_scenario("finance-only").processes} - {"redress", *ANSWERING}
)
PRESETS = {
    "finance-only": "2014-12-31",
    "other-society": "2016-12-31",
    "hypothetical-diffusion": "2012-06-30",
    "integration-0": "2012-06-30",
    "integration-1": "2012-06-30",
}


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_listed_and_runs_from_end_to_end(name, tmp_path):
    code, out, _ = call("list", "scenarios", "--json")
    assert code == 0
    assert name in [row["name"] for row in json.loads(out)]
    words = ("--scale", "2000", "--until", PRESETS[name], "--quiet")
    code, _, err = call("run", name, "--out", tmp_path / "run", *words)
    assert code == 0, err
    run = xinyong.open_run(tmp_path / "run")
    assert run.last("loans_taken_cum") > 0
    assert (run.last("listings_cum") > 0) == (PRESETS[name] > "2013-10-01")
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert 'id="reading-en"' in report and "SYNTHETIC" in report


# ---- finance only ----


def test_finance_only_bars_nobody_and_scores_no_conduct():
    """R25: debts and the court list alone: no points, no platform, no bars; and the list itself is the same list."""
    sets = {"complying.restriction_weight": 0.0, "suing.sued_share": 0.9}
    people = people_of(persons=3000)
    everything = play(plan_of(sets, processes=EVERYTHING), people)
    finance = play(plan_of(sets, scenario="finance-only"), people)
    columns = set(finance.shards[0].store.columns)
    assert not columns & {"barred", "named_by", "points", "grade"}
    assert not [
        n
        for n in tally_specs(finance.plan)
        if n.endswith("_refused_attempts_cum") or "points" in n or n.startswith(("grade_", "records_"))
    ]
    shared = [n for n in tally_specs(finance.plan) if n in tally_specs(everything.plan)]
    assert {
        "listings_cum",
        "performed_cum",
        "judgments_cum",
        "objections_cum",
        "deleted_cum",
        "bank_scored_now",
    } <= set(shared)
    assert finance.last("listings_cum") > 20
    for name in shared:
        assert np.array_equal(finance.total(name), everything.total(name)), name


def test_without_bars_fewer_debtors_perform():
    """The predicted sign: what the list bars from is what presses the listed; without it fewer perform."""
    people = people_of(persons=3000)
    sets = {"suing.sued_share": 0.9}
    everything, finance = play(plan_of(sets), people), play(plan_of(sets, scenario="finance-only"), people)
    assert 2 * finance.last("performed_cum") < everything.last("performed_cum")


# ---- another society ----


def test_another_society_is_data_alone():
    """R110: other totals and other rules, in two YAML files and a table; no line of code knows of it."""
    chosen = load_scenario("other-society")
    other, china = chosen.people(), load_recipe("china")
    assert {s.area for s in other.shards}.isdisjoint(china.areas)
    assert other.urban_share.value < china.urban_share.value
    assert all(
        f.grade == "assumed"
        for n, f in other.figures()
        if n.split(".")[0] in ("census", "urban_share", "education")
    )
    known = set(load_scenario("china-2012-2019").processes)
    assert set(chosen.processes) < known, "a smaller set of the same institutions"
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert "other-society" not in code and "滄海" not in code


def test_its_list_opens_in_2016_and_bars_from_less():
    chosen = load_scenario("other-society")
    plan = chosen.changed({"suing.sued_share": 0.9}).plan(1)
    world = play(plan, people_of(persons=6000, recipe="other"))
    opens = plan.calendar.week_of((dt.date(2016, 1, 1) - dt.date(2000, 1, 1)).days)
    listings = world.total("listings_cum")
    assert listings[opens - 1] == 0 < listings[-1]
    assert world.last("air_refused_attempts_cum") > 0
    for closed in ("high_speed_rail", "property", "hotel_golf", "group_tour", "private_school", "insurance"):
        assert world.last(f"{closed}_refused_attempts_cum") == 0


# ---- three systems, apart or one ----


def test_the_three_systems_run_apart_and_as_one():
    """R51, R52: three modules and one level; apart nothing passes, as one more passes than halfway (the default)."""
    apart, one = (load_scenario(f"integration-{level}") for level in (0, 1))
    assert apart.processes == one.processes
    assert {"sharing_platform", "central_bank", "commercial_score"} <= set(one.processes)
    half = one.model_copy(update={"sets": {}})
    assert half.plan(1).book.on(dt.date(2016, 1, 4)).integration.level == 0.5
    more = {"flows.firms_to_state.open": True, "suing.sued_share": 0.9, "commercial_score.pace": 1.0}
    people = people_of(persons=3000)
    worlds = [play(chosen.changed(more).plan(1), people) for chosen in (apart, half, one)]
    for name in ("state_visible_now", "court_marked_cum", "merchants_reported_cum"):
        told = [world.last(name) for world in worlds]
        assert told[0] == 0 <= told[1] <= told[2], (name, told)
    assert worlds[2].last("state_visible_now") > worlds[1].last("state_visible_now")
    assert worlds[2].last("court_marked_cum") > 0
    for name in ("listings_cum", "performed_cum", "points_sum_now", "union_covered_now"):
        assert np.array_equal(worlds[0].total(name), worlds[2].total(name)), name


# ---- diffusion of points ----


def test_points_spread_from_shard_to_shard():
    """R17: five waves of copies; the number of provinces with a scheme only rises, slowly, fast, slowly."""
    chosen = load_scenario("hypothetical-diffusion")
    plan = chosen.model_copy(update={"processes": ("deeds", "city_departments", "city_points")}).plan(1)
    world = play(plan, people_of(persons=3100, recipe="diffusion"))
    place = list(tally_specs(plan)).index("scored_persons_now")
    adopted = np.sum([shard[:, place] > 0 for shard in world.tallies], axis=0)
    known, weeks = np.unique(adopted, return_index=True)
    assert known.tolist() == [0, 3, 9, 21, 28, 31]
    assert (np.diff(adopted) >= 0).all()
    first = [(plan.calendar.date(int(week)) + dt.timedelta(days=6)).isoformat()[:7] for week in weeks[1:]]
    assert first == ["2016-01", "2016-07", "2017-01", "2017-07", "2018-01"]


def test_a_scheme_in_every_province_is_called_hypothetical():
    """R12, R17: whatever comes near to a national score says in its name and gloss that it never was."""
    for name in scenario_names():
        chosen = load_scenario(name)
        recipe = chosen.people()
        shares = [sum(share for _, share in recipe.parts_of(shard.code)) for shard in recipe.shards]
        if len(shares) > 2 and min(shares) >= 0.25:
            assert name.startswith("hypothetical-") and chosen.gloss.startswith("HYPOTHETICAL"), name
    assert load_scenario("hypothetical-diffusion").gloss.startswith("HYPOTHETICAL")


def test_scenarios_say_what_they_are():
    for name in scenario_names():
        assert len(load_scenario(name).gloss) > 40, name


def test_a_scenario_may_be_like_another(tmp_path):
    """What a file leaves out is taken from the scenario it is like; patches add up; a circle is named."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("name: mine\nlike: integration-0\nsets: {court_list.term_years: 3}\n", encoding="utf-8")
    found, whole = load_scenario(mine), load_scenario("china-2012-2019")
    assert found.name == "mine" and found.processes == whole.processes and found.recipe == whole.recipe
    assert found.sets == {"integration.level": 0, "court_list.term_years": 3}
    mine.write_text(f"name: mine\nlike: {mine}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="circle"):
        load_scenario(mine)
