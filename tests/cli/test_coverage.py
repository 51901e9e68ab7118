"""`xinyong coverage`: 128 of 128, each told, dead links and missing entries fail, and it comes at once."""

import json
import subprocess
import sys

import pytest

from tests.cli.calling import call
from xinyong.lab import coverage as module
from xinyong.lab import reading


def test_it_says_how_many_of_how_many():
    code, out, err = call("coverage")
    assert code == 0, err
    assert "128 of 128: " in out
    assert "3 out of the model" in out
    for number in (1, 48, 100, 128):
        assert f" R{number} " in out


def test_one_requirement_in_full():
    code, out, _ = call("coverage", "--requirement", "r48")
    assert code == 0
    for said in ("R48", "court_list.in_force", "xinyong/institutions/court_list.py", "section 3.2", "test"):
        assert said in out


def test_json_for_programs():
    code, out, _ = call("coverage", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["complete"] is True and found["missing"] == []
    assert [row["requirement"] for row in found["rows"]] == [f"R{n}" for n in range(1, 129)]
    assert sum(found["counts"].values()) == 128
    _, out, _ = call("coverage", "--requirement", "R97", "--json")
    (row,) = json.loads(out)["rows"]
    assert row["conflicts"] == ["X8"] and row["status"] == "carried"


@pytest.mark.parametrize("name", ["R149", "X1", "R0", "court"])
def test_a_wrong_number_is_refused_in_one_line(name):
    code, out, err = call("coverage", "--requirement", name)
    assert code == 2 and not out
    assert len(err.splitlines()) == 1
    assert "run from R1 to R128" in err


@pytest.fixture
def half(tmp_path, monkeypatch):
    """A reading of which one file is left, with one link that leads nowhere."""
    text = (reading.FOLDER / "2_background.yaml").read_text(encoding="utf-8")
    wrong = text.replace(
        "rules: policy_calendar.party_congress_2017", "rules: policy_calendar.party_congress"
    )
    assert wrong != text
    (tmp_path / "2_background.yaml").write_text(wrong, encoding="utf-8")
    found = reading.load_reading(tmp_path)
    monkeypatch.setattr(module, "load_reading", lambda: found)


@pytest.mark.usefixtures("half")
def test_a_missing_entry_and_a_dead_link_fail():
    code, out, _ = call("coverage")
    assert code == 1
    assert "missing: R1 has no entry" in out
    assert "dead: R39: rule policy_calendar.party_congress (did you mean" in out
    code, out, _ = call("coverage", "--json")
    assert code == 1 and json.loads(out)["complete"] is False


def test_it_comes_at_once():
    """It loads nothing heavy: no arrays, no compiler, no database."""
    code = "import sys; from xinyong.lab.coverage import coverage; coverage()\n"
    code += "print([m for m in ('numpy', 'numba', 'duckdb') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
