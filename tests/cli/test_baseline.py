"""Frozen runs: a moved count is found, shown by measure, and frozen anew only on request."""

import json

import pytest

from tests.cli.calling import call
from xinyong.errors import RunError
from xinyong.lab import baseline

FROZEN = {
    "seed": 1,
    "measures": {"listings_cum": {"2012-12-30": 1, "2013-12-29": 2}, "gone_cum": {"2012-12-30": 5}},
}


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Baselines of a world that is played in no time."""
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(baseline, "FOLDER", tmp_path / "tests" / "baselines")
    world = json.loads(json.dumps(FROZEN))
    monkeypatch.setattr(baseline, "measure", lambda seed: {**world, "seed": seed, "state_hash": "a" * 32})
    return world


def test_without_a_baseline_it_says_what_to_do(quick):
    code, _, err = call("baseline")
    assert code == 2
    assert "xinyong baseline --update" in err


def test_the_same_counts_are_no_difference(quick):
    assert call("baseline", "--update")[0] == 0
    code, out, _ = call("baseline")
    assert code == 0
    assert "as frozen" in out


def test_a_moved_count_is_shown_by_measure_and_fails(quick):
    call("baseline", "--update")
    quick["measures"]["listings_cum"]["2013-12-29"] = 3
    quick["measures"]["new_cum"] = {"2012-12-30": 9}
    del quick["measures"]["gone_cum"]
    code, out, _ = call("baseline", "--json")
    assert code == 1
    found = json.loads(out)
    assert not found["same"]
    rows = {(r["measure"], r["date"], r["frozen"], r["now"]) for r in found["differences"] if r["seed"] == 1}
    assert rows == {
        ("listings_cum", "2013-12-29", 2, 3), ("new_cum", "2012-12-30", None, 9), ("gone_cum", "2012-12-30", 5, None),
    }  # fmt: skip
    assert "listings_cum" in call("baseline")[1]
    assert call("baseline", "--update")[0] == 0
    assert call("baseline")[0] == 0


def test_another_state_hash_is_said_but_decides_nothing(quick):
    call("baseline", "--update")
    path = baseline.FOLDER / "toy-3000-seed1.json"
    path.write_text(path.read_text().replace("a" * 32, "b" * 32))
    code, _, err = call("baseline")
    assert code == 0
    assert "hash of the state" in err


def test_a_damaged_baseline_is_named(quick):
    call("baseline", "--update")
    (baseline.FOLDER / "toy-3000-seed2.json").write_text("{")
    with pytest.raises(RunError, match=r"seed2\.json is damaged"):
        baseline.check()


def test_the_code_still_counts_what_was_frozen():
    """If a change of rules or code was meant to move these numbers: `xinyong baseline --update`, and review."""
    found = baseline.check()
    moved = sorted({row.measure for row in found.differences})
    assert found.same, f"{len(found.differences)} counts moved, in {', '.join(moved[:12])}"
