"""What `xinyong new` writes loads, runs, keeps the rules of the house and is silent until it is filled in."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli import newcomer
from tests.cli.calling import call, tree
from tests.test_cases import Reader
from tests.test_cases import test_case as worked
from tests.worlds import people_of, plan_of, play
from xinyong.assembly import known_processes
from xinyong.lab.new import make
from xinyong.lab.published import published
from xinyong.rulebook import RuleBook

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def checkout(tmp_path) -> Path:
    return newcomer.checkout(tmp_path / "checkout")


@pytest.fixture
def settled(checkout):
    """A checkout with a new institution and a new behaviour, taken into this process."""
    for kind, name in (("institution", "tax_list"), ("behaviour", "moving_house")):
        make(kind, name, checkout)
        newcomer.join(checkout, name)
    newcomer.move_in(checkout)
    yield checkout
    newcomer.move_out()


@pytest.mark.parametrize("kind", ["institution", "behaviour"])
def test_three_files_and_no_other(kind, checkout):
    before = tree(checkout)
    code, out, err = call("new", kind, "tax_list", "--into", checkout)
    assert code == 0, err
    wanted = [f"xinyong/{kind}s/tax_list.py", "xinyong/rules/tax_list.yaml", "tests/cases/tax_list.yaml"]
    assert out.split() == [str(checkout / path) for path in wanted]
    assert sorted(set(tree(checkout)) - set(before)) == sorted(wanted)
    assert "processes:" in err
    assert "tax_list" in err


@pytest.mark.parametrize(("kind", "file"), [("city", "xinyong/rules/cities/jinan.yaml"), ("statistic", None)])
def test_a_city_and_a_statistic_are_one_file(kind, file, checkout):
    before = tree(checkout)
    assert call("new", kind, "jinan", "--into", checkout)[0] == 0
    after = tree(checkout)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {file or "xinyong/targets/targets.yaml"}


def test_a_second_time_is_refused_and_nothing_is_touched(checkout):
    for kind in ("institution", "city", "statistic"):
        assert call("new", kind, "tax_list", "--into", checkout)[0] == 0
        before = tree(checkout)
        code, _, err = call("new", kind, "tax_list", "--into", checkout)
        assert code == 2
        assert "already" in err
        assert tree(checkout) == before


def test_newcomers_assemble_run_and_are_silent(settled):
    assert {"tax_list", "moving_house"} <= set(known_processes())
    short = {"end": dt.date(2013, 12, 31), "burn_in_weeks": 40}
    people = people_of(persons=1500)
    with_them = play(plan_of(**short), people)
    without = play(plan_of(leave_out=("tax_list", "moving_house"), **short), people)
    assert with_them.last("tax_list_decisions_cum") == with_them.last("moving_house_acts_cum") == 0
    for name in without.shards[0].store.tally_names:
        assert (with_them.total(name) == without.total(name)).all(), name


def test_newcomers_keep_the_rules_of_the_house(settled):
    words = [str(ROOT / "tests/conformance/test_processes.py"), "-k", "tax_list or moving_house"]
    program = [sys.executable, "-m", "tests.cli.newcomer", str(settled), *words]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_newcomers_are_clean_and_typed(settled):
    files = [settled / "xinyong/institutions/tax_list.py", settled / "xinyong/behaviours/moving_house.py"]
    for words in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        for file in files:
            command = [str(BIN / words[0]), *words[1:], "--config", "pyproject.toml", str(file)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if words[0] == "mypy" and "Source file found twice" in done.stdout:
                pytest.skip("mypy takes the file for another module of that name")
            assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["tax_list", "moving_house"])
def test_the_case_fails_until_it_is_written(name, settled):
    (case,) = yaml.load((settled / "tests/cases" / f"{name}.yaml").read_text(encoding="utf-8"), Reader)
    with pytest.raises(AssertionError, match="_cum: 0, not 1"):
        worked(name, case)
    worked(name, {**case, "then": {"tallies": {next(iter(case["then"]["tallies"])): 0}}})


def test_a_new_city_has_the_next_free_code_and_a_full_scheme(checkout):
    make("city", "jinan", checkout)
    make("city", "suining", checkout)
    book = RuleBook.load(checkout / "xinyong" / "rules")
    last = max(city.code for city in RuleBook.load().on(dt.date(2019, 1, 7)).cities.rows())
    codes = {key: book.city(key).code for key in ("rongcheng", "jinan", "suining")}
    assert codes == {"rongcheng": 1, "jinan": last + 1, "suining": last + 2}
    rules, pilot = book.city("jinan").on(dt.date(2019, 1, 7)), book.city("pilot").on(dt.date(2019, 1, 7))
    assert rules.base_points == 1000
    assert [grade.key for grade in rules.grades.rows()] == ["d", "c", "b", "a", "aa", "aaa"]
    own = {deed.key for deed in rules.deeds.rows()} - {deed.key for deed in pilot.deeds.rows()}
    assert own == {"good_deed", "bad_deed"}
    values = [v for leaf in book.leaves("cities.jinan") for v in leaf.values.values()]
    assert all(value.grade == "assumed" and value.why for value in values)


def test_people_can_live_in_a_new_city(checkout):
    make("city", "jinan", checkout)
    newcomer.move_in(checkout)
    try:
        people = people_of(persons=1500)
        code = RuleBook.load().city("jinan").code
        for shard in people:
            shard.columns["city"][shard.columns["city"] > 0] = code
        dates = {"start": dt.date(2019, 1, 7), "end": dt.date(2019, 6, 30), "burn_in_weeks": 10}
        world = play(plan_of(processes=tuple(known_processes()), **dates), people)
    finally:
        newcomer.move_out()
    assert world.last("scored_persons_now") > 0
    assert world.last("deeds_booked_cum") > 0


def test_a_new_statistic_is_silent_until_it_has_a_value(checkout, monkeypatch):
    path = checkout / "xinyong/targets/targets.yaml"
    make("statistic", "tax_listings", checkout)
    make("statistic", "rail_posts", checkout)
    monkeypatch.setattr("xinyong.lab.published.resources.files", lambda package: path.parent)
    as_before = published()
    assert {row.counter for row in as_before}.isdisjoint({"tax_listings", "rail_posts"})
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value: null", "value: 1200", 1), encoding="utf-8")
    assert len(published()) == len(as_before) + 1
    row = published()[-1]
    assert (row.counter, row.measure, row.value) == ("tax_listings", "listings_cum", 1200)
    assert not row.usable
