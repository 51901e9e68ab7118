"""V-90, V-93, V-94 in small: the estimator names what was planted, and nothing else. Faults are planted."""

import re
from pathlib import Path

import numpy as np
import pytest

from xinyong.errors import ScenarioError
from xinyong.lab.claims import planted
from xinyong.lab.claims.planted import (
    Count,
    Trials,
    load_ground,
    named,
    run_trials,
    scenario_of,
    signal,
    specs,
)
from xinyong.lab.experiment.world import Outcome

GROUND = load_ground()
FEW = 3


@pytest.fixture(scope="module")
def trials() -> Trials:
    return run_trials(GROUND, FEW)


def test_the_estimator_names_what_was_planted(trials):
    """Each mechanism in some worlds, none in others; with twins every world is told rightly."""
    for count in trials.right(trials.twins):
        assert count.hits == count.n == FEW, f"{count.kind}: {trials.confusion(trials.twins)}"


def test_nothing_planted_is_nothing_supported(trials):
    """V-94: with twins it cannot be, as cutting what is nought changes no bit."""
    assert [count.hits for count in trials.false_alarms(trials.twins)] == [0, 0, 0, 0]


def test_shared_luck_saves_variance(trials):
    """V-93: of acts averted and of judgments performed, twins tell at least ten times as precisely as strangers.

    Points move acts that hold no luck in the first place, so that twins save less there.
    """
    assert set(trials.variance_ratio) == set(GROUND.mechanisms)
    assert trials.variance_ratio["E"] >= 10
    assert trials.variance_ratio["V"] >= 10


@pytest.mark.parametrize("kind", GROUND.kinds)
def test_what_is_not_planted_is_cut(kind):
    """V-31: a world in which a mechanism is cut that was not planted is the same world, and is played once."""
    whole = specs(GROUND, kind, "", [1])[0].hash
    for mechanism in GROUND.mechanisms:
        assert (specs(GROUND, kind, mechanism, [1])[0].hash == whole) == (mechanism != kind)


def test_a_planted_mechanism_is_at_its_strength():
    for mechanism, strength in GROUND.strengths.items():
        assert strength.items() <= scenario_of(GROUND, mechanism).sets.items()


def test_the_full_run_on_the_page_meets_what_was_asked():
    """V-90, V-94: of 4 x 200 worlds 95 percent and more are named rightly, "supported" comes up in 5 at most."""
    text = (Path(__file__).parents[1] / "docs" / "reference" / "planted_worlds.md").read_text(
        encoding="utf-8"
    )
    twins, strangers = text.split("With strangers")
    rows = re.findall(r"^\| (\w+) \| 200 \|.*\| ([\d.]+)% \| ([\d.]+)% to [\d.]+% \|$", twins, re.M)
    assert [kind for kind, *_ in rows] == list(GROUND.kinds)
    assert all(float(share) >= 95 and float(low) >= 95 for _, share, low in rows)
    for part in (twins, strangers):
        _, n, high = re.search(r"False alarms: (\d+) of (\d+) verdicts, .* to ([\d.]+)%", part).groups()
        assert int(n) == 600
        assert float(high) <= 5


# --- the estimator on made-up twins ----------------------------------------------------------------------------------


def outcome(n=400, **vectors) -> Outcome:
    people = {"who": np.arange(n), "sanctioned": np.zeros(n, int), "household": np.zeros(n, int)}
    return Outcome("", "", np.zeros(0), (), np.zeros((0, 0)), n, 0, 0.0, {**people, **vectors})


def twins(shift: int, touched: int = 0):
    """Two worlds in which the spared do less by `shift` with the example, and the sanctioned by a hundred."""
    rng = np.random.default_rng(1)
    acts = rng.poisson(1000, 400)
    sanctioned = (np.arange(400) < touched).astype(int)
    on = outcome(expected_breaches=acts - shift - 100 * sanctioned, sanctioned=sanctioned)
    return on, outcome(expected_breaches=acts)


def only_the_spared_are_looked_at():
    told = signal(GROUND, "E", *twins(0, touched=200))
    assert np.array_equal(told.on, told.off), "the sanctioned speak for the example"


def the_side_matters():
    told = signal(GROUND, "E", *twins(-50))
    assert not named(GROUND, "E", told.on, told.off), "more breaches are taken for a working example"
    told = signal(GROUND, "E", *twins(50))
    assert named(GROUND, "E", told.on, told.off), "fewer breaches are not noticed"


def strangers_deceive_one_time_in_twenty():
    """Two draws of one and the same society: the verdict is "supported" in one of twenty, and no more."""
    rng = np.random.default_rng(3)
    hits = sum(named(GROUND, "V", *rng.normal(0, 1, (2, GROUND.blocks))) for _ in range(1000))
    assert Count("none", hits, 1000).interval[0] <= 0.05, "too many false alarms"
    assert hits > 20


def test_only_those_never_sanctioned_speak_for_the_example():
    only_the_spared_are_looked_at()


def test_which_side_matters():
    the_side_matters()


def test_the_rule_deceives_one_time_in_twenty():
    strangers_deceive_one_time_in_twenty()


@pytest.mark.parametrize(
    ("name", "other", "check", "word"),
    [
        ("SURE", 0.5, strangers_deceive_one_time_in_twenty, "false alarms"),
        ("signal", lambda g, m, on, off: planted.Signal(*(
            planted._blocks(g, w.people[g.signatures[m].vector], np.ones(400, bool)) for w in (on, off)
        )), only_the_spared_are_looked_at, "speak for the example"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_caught(monkeypatch, name, other, check, word):
    monkeypatch.setattr(planted, name, other)
    monkeypatch.setitem(globals(), name, getattr(planted, name)) if name == "signal" else None
    with pytest.raises(AssertionError, match=word):
        check()


def test_a_misspelt_ground_is_named(tmp_path):
    file = tmp_path / "planted.yaml"
    file.write_text("scenari: toy\n")
    with pytest.raises(ScenarioError, match="did you mean 'scenario'"):
        load_ground(file)
