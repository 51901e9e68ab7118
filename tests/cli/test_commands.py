"""Every command does what it says, prints what can be read, and gives JSON where a table would be."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

import xinyong
from tests.cli.calling import call, tree
from xinyong.cli import app
from xinyong.cli.pages import FILE, page_for, pages_text, read_pages
from xinyong.cli.reading import one_flag_each, patches

ROOT = Path(__file__).parents[2]
COMMANDS = [name for name in app if not name.startswith("-")]


def given(*words: object) -> str:
    """What a command prints when it does its work."""
    code, out, err = call(*words)
    assert code == 0, err
    return out


def as_json(*words: object):
    return json.loads(given(*words, "--json"))


def test_a_run_leaves_everything_it_promises(finished):
    wanted = "manifest.json scenario.json weekly.parquet episodes.parquet records.parquet dictionary.json report.html"
    assert not [name for name in wanted.split() if not (finished / name).is_file()]
    facts = json.loads((finished / "manifest.json").read_text())
    fixed = (
        "scenario scenario_hash rulebook_hash seed persons weeks seconds person_weeks_per_second peak_memory_bytes "
        "bytes_per_person version state_hash"
    )
    assert not [name for name in fixed.split() if not facts[name]]
    assert facts["replicates"] == 2
    assert facts["finished"] is True


def test_a_finished_folder_is_left_alone(finished, tiny):
    before = tree(finished)
    told = given("run", tiny, "--out", finished, "--replicates", 2, "--quiet")
    assert str(finished) in told
    assert tree(finished) == before


def test_settings_reach_the_run(tiny, tmp_path):
    words = ["--set", "objection.aware_share=0.9", "court_list.term_years@2015-01-01=1"]
    words += ["--set=objection.late_share=0.2", "--until", "2014-03-30", "--quiet"]
    given("run", tiny, "--out", tmp_path / "run", "--scale", "1:5", *words)
    facts = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert facts["sets"]["objection.aware_share"] == 0.9
    assert facts["sets"]["objection.late_share"] == 0.2
    assert facts["sets"]["court_list.term_years"] == {"2015-01-01": 1}
    assert facts["sets"]["suing.sued_share"] == 0.9
    assert facts["end"] == "2014-03-30"


def test_several_settings_after_one_flag():
    assert one_flag_each(["run", "--set", "a=1", "b=2", "toy"]) == [
        "run",
        "--set",
        "a=1",
        "--set",
        "b=2",
        "toy",
    ]
    assert one_flag_each(["--set=a=1", "b=2", "--out", "x=y"]) == [
        "--set=a=1",
        "--set",
        "b=2",
        "--out",
        "x=y",
    ]
    assert patches(["a.b=1e5", "c.d=true", "e.f=null"]) == {"a.b": 1e5, "c.d": True, "e.f": None}
    assert patches(["a.b@2014-01-01=1", "a.b@2015-01-01=2"]) == {"a.b": {"2014-01-01": 1, "2015-01-01": 2}}


@pytest.mark.parametrize("what", ["all", "scenarios", "recipes", "processes", "measures", "rules"])
def test_list(what):
    rows = as_json("list", what)
    assert rows
    assert {"name", "rule"} & set(rows[0])
    text = given("list", what)
    assert all(str(row.get("name", row.get("rule", ""))).split(".")[0] in text for row in rows)


def test_list_rules_below_a_path_with_marks():
    rows = as_json("list", "rules", "objection")
    assert {row["rule"].split(".")[0] for row in rows} == {"objection"}
    assert all(row["mark"] and row["since"] for row in rows)
    assert "assumed" in given("list", "rules", "objection")


def test_compare(finished, tiny, tmp_path):
    other = tmp_path / "other"
    given(
        "run",
        tiny,
        "--out",
        other,
        "--replicates",
        2,
        "--quiet",
        "--set",
        "courts.listing_practice_share=0.1",
    )
    found = as_json("compare", finished, other)
    assert {change["fact"] for change in found["changes"]} >= {"sets", "rulebook_hash"}
    assert found["paired"] is True
    assert any(row["measure"] == "listings_cum" and row["difference"] < 0 for row in found["rows"])
    text = given("compare", finished, other, "--at", "2015-06-28")
    assert "equal until" in text
    assert "listings_cum" in text
    assert "no measure differs" in given("compare", finished, finished)


def test_validate(finished, tmp_path):
    rows = as_json("validate", finished)
    assert {"date", "counter", "published", "simulated", "relative_error"} <= set(rows[0])
    own = tmp_path / "own.csv"
    own.write_text("as_of_date,listed_cum,source\n2015-06-30,1000,nobody\n2015-09-30,1200,nobody\n")
    rows = as_json("validate", finished, "--targets", own)
    assert [row["published"] for row in rows] == [1000, 1200]
    assert all(row["simulated"] is not None for row in rows)
    assert "listed_cum" in given("validate", finished, "--targets", own)


def test_report(finished):
    told = given("report", finished).strip()
    page = Path(told).read_text(encoding="utf-8")
    assert told == str(finished / "report.html")
    assert "合成" in page


def test_show_picks_somebody_and_says_so(finished):
    text = given("show", finished)
    assert "no id was given" in text
    assert "SYNTHETIC" in text
    assert "合成" in text
    assert "is published on the list" in text


@pytest.mark.parametrize("replicate", [0, 1])
def test_show_agrees_with_the_table_of_episodes(finished, replicate):
    with duckdb.connect() as db:
        party, published = db.execute(
            f"SELECT party, list(published_date) FROM '{finished}/episodes.parquet' WHERE replicate = {replicate} "
            "AND kind = 'person' GROUP BY party ORDER BY count(*) DESC, party LIMIT 1"
        ).fetchone()
    told = as_json("show", finished, "person", party, "--replicate", replicate)
    dates = sorted(line["date"] for line in told["lines"] if line["what"] == "listed")
    assert dates == sorted(map(str, published))
    assert told["id"] == as_json("show", finished, "person", told["id"], "--replicate", replicate)["id"]
    assert [line["date"] for line in told["lines"]] == sorted(line["date"] for line in told["lines"])


def test_show_an_organisation(finished):
    told = as_json("show", finished, "organisation")
    assert told["id"].startswith("O-")
    assert "合成" in told["name"]


def test_show_leaves_the_run_as_it_was(finished):
    before = tree(finished)
    given("show", finished, "--replicate", 1)
    assert tree(finished) == before


def test_recipe(tmp_path):
    rows = as_json("recipe", ROOT / "tests/guard/totals/age_sex.csv")
    assert rows[0]["accepted"] is True
    rows = as_json("recipe", ROOT / "xinyong/populations/toy.yaml")
    assert rows[0]["persons"] == 10000


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_and_every_option(name):
    page = given(name, "--help")
    assert re.search(r"^Examples?:$", page, re.M)
    assert f"xinyong {name}" in page
    for argument in app[name].assemble_argument_collection():
        assert any(word in page for word in argument.names), argument.names
    assert max(map(len, page.splitlines())) <= 80


def test_help_pages_are_those_of_the_commands():
    assert FILE.read_text(encoding="utf-8") == pages_text(), "run `make reference`"
    assert set(read_pages()) == {"", *COMMANDS}
    assert given() == given("--help") == read_pages()[""]
    assert all(re.search(rf"│ {name} ", read_pages()[""]) for name in COMMANDS)
    assert "--install-completion" in read_pages()[""]
    assert page_for(["nothing", "--help"]) is None


def test_help_comes_at_once():
    took = []
    for words in (["--help"], ["run", "--help"], ["--version"]):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "xinyong.cli", *words], capture_output=True, check=True)
        took.append(time.perf_counter() - began)
        assert done.stdout
    code = "import sys; from xinyong.cli import main\ntry: main(['run', '--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('numpy', 'numba', 'cyclopts', 'rich', 'yaml') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"
    assert min(took) < 0.5


def test_version():
    assert given("--version").strip() == xinyong.__version__


def test_completion_is_written_for_a_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/bin/bash")
    assert call("--install-completion", "--shell", "bash")[0] == 0
    written = [p.read_text() for p in tmp_path.rglob("*") if p.is_file()]
    assert any("china" in text or "compare" in text for text in written)


def test_the_five_lines_of_the_readme(tiny, tmp_path, monkeypatch):
    """Shortened by a smaller world, otherwise as they stand there."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(.+?)```", text, re.S)[1]
    assert lines.count("xinyong.play(") == 2
    space: dict = {}
    exec(lines.replace('"toy", seed=1', f'"{tiny}", seed=1, scale="1:5"'), space)
    assert isinstance(space["run"], xinyong.Run)
    assert space["run"].last("listings_cum").shape == (1,)


def test_a_run_shows_itself_in_a_notebook(finished):
    run = xinyong.open_run(finished)
    html = run._repr_html_()
    assert "<svg" in html
    assert "tiny" in html
    assert "invented" in html or "合成" in html


def test_the_same_powers_from_python(finished, tiny):
    run = xinyong.play(str(tiny), replicates=2, out=finished)
    assert run.path == finished
    assert xinyong.validate(run)
    assert not [row for row in xinyong.compare(run, run) if row.difference]
