"""The page of lists, platform and matrix: drawn from a small run, in both languages."""

import pytest

from xinyong import play
from xinyong.assembly import known_processes
from xinyong.i18n import LANGUAGES, Words
from xinyong.lab.lists import classes, lists, matrix
from xinyong.lab.results import Run
from xinyong.lab.scenario import load_scenario
from xinyong.lab.validate import validate
from xinyong.report.page import Context, pages


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    changed = {
        "processes": tuple(known_processes()),
        "start": "2016-01-04",
        "end": "2017-06-30",
        "burn_in_weeks": 60,
    }
    scenario = load_scenario("toy").model_validate({**load_scenario("toy").model_dump(), **changed})
    sets = {"black_lists.lists.abnormal.enterprises_per_1000": 500}
    return play(scenario, scale="900", out=tmp_path_factory.mktemp("lists") / "run", sets=sets)


def test_every_list_of_the_rules_is_on_the_page(run):
    """The manifest names the lists, so that the page needs no rule book; each list counted is a row."""
    assert {row.name for row in lists(run, "black")} >= {"重大稅收違法案件", "經營異常名錄"}
    assert sum(row.organisations for row in lists(run, "black")) == float(
        run.last("black_entries_now").mean()
    )
    assert [name for _, name, _ in classes(run)] == ["基礎信息", "行政許可信息", "行政處罰信息"]
    cells = matrix(run)
    assert len({cell.member for cell in cells}) >= 14
    assert {cell.since for cell in cells} >= {"2014-07-01", "2016-01-20", "2018-05-01"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_there_in_every_language_without_a_gap(run, language):
    """The page is written in each language, and no text of it lacks a translation."""
    words = Words(language)
    page = next(page for page in pages() if page.key == "lists")
    assert run.has(*page.needs)
    assert "2016-01-20" in page.body(Context(run, validate(run), None, words))
    words(page.title)
    assert not words.missing
