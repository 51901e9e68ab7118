"""Experiments: the same table whoever plays the worlds, whatever is killed on the way; clear words for mistakes."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import facts_and_listed, lively, small_design, small_layout, spec_of
from xinyong.cli import main
from xinyong.errors import CheckpointError, RunError, ScenarioError, XinyongError
from xinyong.lab.experiment import folder as files
from xinyong.lab.experiment.conduct import Study, conduct, make_study
from xinyong.lab.experiment.contrasts import enough, paired, sides
from xinyong.lab.experiment.design import Design, design_names, lay_out, load_design
from xinyong.lab.experiment.farm import ProcessFarm
from xinyong.lab.experiment.results import open_experiment
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.experiment.world import finish_world, play_world, step_world, stops
from xinyong.rulebook import RuleBook

HOOK = "tests.experiments:facts_and_listed"


def study(out: Path, workers: int = 1, design: Design | None = None, **more) -> Study:
    return make_study(
        design or small_design(), out=out, workers=workers, base=lively(), outcomes=HOOK, **more
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The small experiment, played by one process."""
    return conduct(study(tmp_path_factory.mktemp("experiment") / "alone"))


def same_table(one: Path, other: Path) -> bool:
    """Whether the tables are equal to the byte, and the worlds to the state hash."""
    hashes = [
        {p.name: json.loads(p.read_text())["state_hash"] for p in (folder / "worlds").glob("*.json")}
        for folder in (one, other)
    ]
    return (one / files.TABLE).read_bytes() == (other / files.TABLE).read_bytes() and hashes[0] == hashes[1]


# --- the same whoever plays ---------------------------------------------------------------------------------------


def test_steps_are_the_same_as_one_go():
    """V-23: from checkpoint to checkpoint, each taken twice, as a retry would; the world is the same to the bit."""
    spec = spec_of(lively(), outcomes=HOOK)
    before = None
    for stop in stops(spec, 40):
        step_world(spec, before, stop)
        before = step_world(spec, before, stop)
    whole, stepped = play_world(spec), finish_world(spec, before)
    assert whole.state_hash == stepped.state_hash
    assert np.array_equal(whole.values, stepped.values)
    assert np.array_equal(whole.dates, stepped.dates)


def test_a_run_and_a_world_are_the_same(tmp_path):
    """An experiment's world is the run one gets by patching the same rules by hand."""
    from xinyong.lab.results import open_run
    from xinyong.lab.run import make_job, run

    scenario = lively().changed({"public_portal.lookups_per_adult_year": 0})
    ran = open_run(run(make_job(scenario, 1, "600", tmp_path / "run", threads=1)))
    world = play_world(spec_of(scenario))
    assert ran.manifest["state_hash"] == world.state_hash
    for k, name in enumerate(world.measures):
        assert ran.last(name, scaled=False)[0] == world.values[-1, k], name


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_write_the_same_table(alone, tmp_path, workers):
    assert same_table(alone, conduct(study(tmp_path / "many", workers)))


def test_a_killed_worker_is_replaced(alone, tmp_path, monkeypatch):
    """One of two workers is killed while it plays; another takes its world from the beginning."""
    killed = []
    original = ProcessFarm._hand_out

    def hand_out(self, worker):
        original(self, worker)
        if not killed:
            killed.append(worker.process.pid)
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(ProcessFarm, "_hand_out", hand_out)
    assert same_table(alone, conduct(study(tmp_path / "killed", 2)))
    assert killed


def test_a_world_that_kills_its_workers_is_given_up(tmp_path, monkeypatch):
    original = ProcessFarm._hand_out

    def hand_out(self, worker):
        original(self, worker)
        os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(ProcessFarm, "_hand_out", hand_out)
    with pytest.raises(RunError, match="lost its worker 3 times"):
        conduct(study(tmp_path / "lost", 2))
    with pytest.raises(RunError, match="--resume"):
        open_experiment(tmp_path / "lost")


SCRIPT = """
import sys
from pathlib import Path
from tests.test_experiments import study
from xinyong.lab.experiment.conduct import conduct
conduct(study(Path(sys.argv[1]), 2))
"""


def test_killed_and_resumed_is_the_same(alone, tmp_path):
    """kill -9 of the whole run after the first world; it says so, goes on, and ends in the same table."""
    out = tmp_path / "stopped"
    run = subprocess.Popen([sys.executable, "-c", SCRIPT, str(out)])
    deadline = time.monotonic() + 120
    while not list(out.glob("worlds/*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.kill()
    run.wait()
    ended = len(list(out.glob("worlds/*.json")))
    assert 0 < ended < 6
    with pytest.raises(RunError, match=f"not finished \\({ended} of 6 worlds"):
        open_experiment(out)
    with pytest.raises(RunError, match="add --resume"):
        conduct(study(out, 2))
    (out / "worlds" / "half.npz.tmp").write_bytes(b"half")
    assert same_table(alone, conduct(study(out, 2), resume=True))
    assert not list(out.rglob("*.tmp"))


def test_more_replicates_keep_the_old_ones(alone, tmp_path):
    """A finished experiment is left alone; asked for more, it plays only the new worlds."""
    out = conduct(study(tmp_path / "grown", replicates=1))
    before = {p.name: p.stat().st_mtime_ns for p in (out / "worlds").iterdir()}
    assert conduct(study(out, replicates=1)) == out
    with pytest.raises(RunError, match="there with 1 replicate"):
        conduct(study(out))
    conduct(study(out), resume=True)
    assert {p.name: p.stat().st_mtime_ns for p in (out / "worlds").iterdir()}.items() >= before.items()
    assert same_table(alone, out)


# --- what comes out -------------------------------------------------------------------------------------------------


def test_the_table_is_tidy(alone):
    found = open_experiment(alone)
    rows = found.table("select * from results where cell = 'none' and measure = 'listings_cum' order by all")
    assert set(rows) == {
        "synthetic", "world", "cell", "V", "S", "replicate", "seed", "scale", "measure", "date", "value"
    }  # fmt: skip
    assert set(rows["value"]) == {0}
    assert {str(day) for day in rows["date"].astype("datetime64[D]")} == {"2018-12-30", "2019-03-31"}
    many = found.table("select count(*) as n, count(distinct world) as w from results")
    assert many["n"][0] == 6 * len(found.measures) * 2
    assert many["w"][0] == 6
    said = json.loads((alone / "dictionary.json").read_text())
    assert set(said["results"]) == set(rows)
    assert set(said["measures"]) == set(found.measures)


def test_worlds_of_a_replicate_differ_in_patches_only(alone):
    manifest = files.read_experiment(alone)
    cells = {w["cell"]: w["sets"] for w in manifest["worlds"]}
    assert cells["V+S"] == {}
    assert cells["S"] == load_switches().patches("V", False, RuleBook.load())
    assert {w["seed"] for w in manifest["worlds"] if w["replicate"] == 1} == {2}
    found = open_experiment(alone)
    for cell in found.cells:
        assert np.array_equal(found.people(cell, 1)["facts"], found.people("none", 1)["facts"])
        assert np.array_equal(found.people(cell, 1)["who"], found.people("none", 1)["who"])


def test_twins_can_be_compared_person_by_person(alone):
    """The hook's vectors: whom the courts list does not depend on who may look it up."""
    found = open_experiment(alone)
    secret, public, none = (found.people(cell)["listed_ever"] for cell in ("S", "V+S", "none"))
    assert np.array_equal(secret, public)
    assert not none.any()
    assert public.any()
    assert public.size == found.values("persons_now", "S", scaled=False)[0]


def test_contrasts_are_paired(alone):
    found = open_experiment(alone)
    contrast = found.contrast("none", "V+S", "listings_cum", scaled=False)
    by_hand = found.values("listings_cum", "V+S", scaled=False)
    assert contrast.differences == tuple(by_hand)
    assert contrast.standard_error == pytest.approx(by_hand.std(ddof=1) / np.sqrt(2))
    assert found.effect("V", "listings_cum").difference == 0
    assert found.effect("V", "lookups_of_listed_cum").difference > 0
    assert found.headlines()[0].difference == pytest.approx(contrast.difference * found.scale)
    assert "every person is invented" in found._repr_html_()


def test_a_cube_for_xarray(alone):
    found = open_experiment(alone)
    cube = found.to_xarray()
    assert cube["listings_cum"].dims == ("cell", "replicate", "date")
    assert cube["listings_cum"].sel(cell="V+S")[:, -1].to_numpy().tolist() == list(
        found.values("listings_cum", "V+S", scaled=False)
    )
    assert cube["V"].to_numpy().tolist() == ["off", "on", "off"]


def test_without_xarray_it_says_what_to_do(alone, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(RunError, match="pip install"):
        open_experiment(alone).to_xarray()


def test_shared_luck_saves_variance():
    """V-93 on numbers: two rows that move together differ precisely, and the ratio says by how much."""
    rng = np.random.default_rng(1)
    luck = rng.normal(0, 10, 400)
    contrast = paired("x", "m", "d", luck, luck + 1 + rng.normal(0, 1, 400))
    assert contrast.variance_ratio > 100
    assert contrast.precise(0.1)
    assert enough([], 0.05)
    assert not enough([paired("x", "m", "d", luck[:1], luck[:1])], 0.05)
    assert enough([paired("x", "m", "d", luck, luck)], 0.05)


def test_it_stops_when_the_headline_is_precise(tmp_path):
    """A contrast that is the same in each replicate needs no more; a noisy one goes on to the most allowed."""
    settled = small_design(headlines=[{"measure": "listings_cum", "effect": "V"}])
    noisy = small_design()
    assert headline_replicates(tmp_path / "settled", settled) == 2
    assert headline_replicates(tmp_path / "noisy", noisy) == 4


def headline_replicates(out: Path, design: Design) -> int:
    design = design.model_copy(update={"most_replicates": 4})
    return open_experiment(conduct(study(out, design=design))).replicates


# --- designs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", design_names())
def test_designs_of_the_package_are_sound(name):
    layout = lay_out(load_design(name))
    assert layout.cells
    assert len({cell.name for cell in layout.cells}) == len(layout.cells)


def test_mechanisms_has_seventeen_cells():
    layout = lay_out(load_design("mechanisms"))
    assert len(layout.cells) == 17
    assert len(layout.factorial) == 16
    assert layout.cell("F+E+B+V+S").sets == {}
    assert "court_list.in_force" in layout.cell("none").sets


def test_a_fraction_mixes_no_main_effect_with_a_pair():
    """Resolution IV: every column is balanced, orthogonal to the others and to every product of two."""
    layout = small_layout(
        factors=["F", "E", "B", "V", "V1"], fraction="resolution-iv", cells={}, headlines=[]
    )
    signs = np.array([[1 if level else -1 for level in cell.levels.values()] for cell in layout.cells])
    assert len(signs) == 16
    assert not (signs.sum(axis=0)).any()
    for a in range(5):
        for b in range(a):
            assert signs[:, a] @ signs[:, b] == 0
            pair = signs[:, a] * signs[:, b]
            assert not (signs.T @ pair).any()


def test_a_sweep_gives_each_value_its_worlds():
    sweep = {"years": {"rule": "court_list.term_years", "values": [1, 2]}}
    layout = small_layout(sweep=sweep, headlines=[])
    assert [cell.name for cell in layout.cells][:3] == ["S years=1", "V+S years=1", "none years=1"]
    assert layout.cell("V+S years=2").sets == {"court_list.term_years": 2}
    off, on = sides(layout.factorial, "V")
    assert (off, on) == (["S years=1", "S years=2"], ["V+S years=1", "V+S years=2"])


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"variants": {"x": {"court_list.term_year": 2}}}, "variant x: no rule.*did you mean"),
        ({"factors": ["Vv"]}, "no switch 'Vv'.*did you mean 'V'"),
        ({"cells": {"x": {"Q": False}}}, "no switch 'Q'"),
        ({"factors": {"V": [True, "shuffeled"]}}, "switch V has no level 'shuffeled'"),
        ({"sets": {"court_list.term_year": 2}}, "did you mean 'court_list.term_years'"),
        ({"sweep": {"t": {"rule": "court_list.trm_years", "values": [1]}}}, "did you mean 'court_list.term_years'"),
        ({"sweep": {"t": {"rule": "court_list.term_years", "values": [99]}}}, r"\[0, 20\]|range|outside"),
        ({"headlines": [{"measure": "listings_cum", "between": ["none", "V"]}]}, "no cell 'V'"),
        ({"headlines": [{"measure": "listings_cum", "effect": "E"}]}, "'E' is no factor"),
        ({"headlines": [{"measure": "listing_cum", "effect": "V"}]}, "did you mean 'listings_cum'"),
    ],
)  # fmt: skip
def test_mistakes_in_a_design_are_named(tmp_path, update, said):
    with pytest.raises(XinyongError, match=said):
        study(tmp_path / "x", design=small_design(**update))
    assert not (tmp_path / "x").exists()


def test_a_misspelt_key_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nscenario: toy\nfactor: [V]\n")
    with pytest.raises(ScenarioError, match="did you mean 'factors'"):
        load_design(file)
    with pytest.raises(ScenarioError, match="did you mean 'mechanisms'"):
        load_design("mechanism")


def test_another_experiment_is_not_overwritten(alone, tmp_path):
    with pytest.raises(CheckpointError, match="another experiment"):
        conduct(replace(study(alone), seed=5))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="choose another --out"):
        conduct(study(tmp_path))


def test_what_cannot_fit_is_refused(tmp_path):
    with pytest.raises(RunError, match="memory"):
        make_study(load_design("mechanisms"), scale="1:1", out=tmp_path / "x", workers=64)


@pytest.mark.parametrize("hook", ["tests.experiments:nothing", "no.such.module:f"])
def test_an_unknown_hook_is_refused(tmp_path, hook):
    with pytest.raises(RunError, match="module:function"):
        make_study(small_design(), out=tmp_path / "x", base=lively(), outcomes=hook)


def test_rules_that_differ_on_a_worker_are_noticed():
    with pytest.raises(RunError, match="not those of the plan"):
        play_world(replace(spec_of(lively()), rulebook="0" * 64))


# --- the command ----------------------------------------------------------------------------------------------------


def told(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(["experiment", *words])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_dry_run_lists_the_worlds(capsys, tmp_path):
    said = json.loads(
        told(capsys, "mechanisms", "--dry-run", "--json", "--replicates", "2", "--out", str(tmp_path / "x"))
    )
    assert len(said["worlds"]) == 34
    full, none = (next(w for w in said["worlds"] if w["cell"] == c) for c in ("F+E+B+V+S", "none"))
    assert full["sets"] == {}
    assert none["sets"]["court_list.in_force"] is False
    assert len({w["world"] for w in (full, none)}) == 2
    assert len(full["rulebook_hash"]) == 64
    assert not (tmp_path / "x").exists()


def test_the_demo_runs_and_the_api_opens_it(capsys, tmp_path):
    import xinyong

    out = str(tmp_path / "demo")
    words = ("--scale", "600", "--replicates", "1", "--until", "2012-06-30", "--out", out, "--workers", "1")
    assert "listings_cum" in told(capsys, "demo", *words, "--quiet")
    again = load_design("demo").until_(dt.date(2012, 6, 30))
    found = xinyong.experiment(again, scale="600", replicates=1, out=out, workers=1)
    assert found.cells == ("S", "V+S", "none")


def test_graph_is_drawn(capsys, tmp_path):
    file = tmp_path / "graph.svg"
    told(capsys, "mechanisms", "--graph", str(file), "--cut", "V")
    assert 'class="cut"' in file.read_text()
    assert facts_and_listed
