"""Lives told in two worlds: drawn by lot among those that differ, the same lot in either order, in both languages."""

import datetime as dt
import re

import pytest

from xinyong.errors import RunError
from xinyong.i18n import Words
from xinyong.lab.paired_lives import changed_rules, drawn_by_lot, paired_lives, twin
from xinyong.lab.results import open_run
from xinyong.lab.run import make_job
from xinyong.lab.run import run as play
from xinyong.lab.scenario import load_scenario
from xinyong.lab.telling import OTHER_LINES, TELL
from xinyong.report.page import edition, played_beside
from xinyong.report.pages.lives import told

BUSY = {"suing.sued_share": 0.9, "courts.judgment_delay_mean_years": 0.3}
OFF = {"court_list.in_force": False}


def played(out, sets, seed=1):
    period = {"start": dt.date(2013, 10, 7), "burn_in_weeks": 104}
    scenario = load_scenario("toy").changed(sets, dt.date(2015, 6, 30)).model_copy(update=period)
    return play(make_job(scenario, seed, "3000", out))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    place = tmp_path_factory.mktemp("pairs")
    return played(place / "with", BUSY), played(place / "without", {**BUSY, **OFF})


@pytest.fixture(scope="module")
def paired(runs):
    return paired_lives(*runs)


def test_three_lives_that_differ_are_told(paired):
    assert len({life.id for life in paired.lives}) == 3 <= paired.many
    for life in paired.lives:
        assert life.first_difference or life.standing_with != life.standing_without
        assert any(line.where != "both" for line in life.lines) or not life.first_difference
        assert not any(line.what == "listed" and line.where == "without" for line in life.lines)


def test_the_lot_does_not_see_which_world_is_which(runs, paired):
    one, two = runs
    assert drawn_by_lot(two, one, 3) == drawn_by_lot(one, two, 3)
    assert [life.id for life in paired.lives] == drawn_by_lot(one, two, 3)[0]
    assert drawn_by_lot(one, two, 1)[0] == drawn_by_lot(one, two, 3)[0][:1]


def test_the_lot_is_among_all_who_differ_and_no_other(runs):
    drawn, many, _ = drawn_by_lot(*runs, 10_000)
    assert len(drawn) == len(set(drawn)) == many > 10
    firsts = [twin(*runs, "person", identity).first_difference for identity in drawn[:5]]
    assert any(firsts)
    order = [int(identity.rpartition("-")[2]) for identity in drawn]
    assert order != sorted(order)


def test_what_differs_between_the_plans_is_said(runs, paired):
    assert paired.changes == (("court_list.in_force", "as by default", "False"),) == changed_rules(*runs)


def test_the_same_world_has_no_lives_to_pair(runs, tmp_path):
    again = played(tmp_path / "again", BUSY)
    with pytest.raises(RunError, match="no person's life differs"):
        paired_lives(runs[0], again)


def test_another_society_is_refused(runs, tmp_path):
    with pytest.raises(RunError, match="different societies"):
        twin(runs[0], played(tmp_path / "other", BUSY, seed=2))
    with pytest.raises(RunError, match="by its id"):
        twin(*runs, "organisation")


def test_the_pages_tell_lives_and_rights_in_both_languages(runs):
    run, beside = open_run(runs[0]), played_beside(*runs)
    for language in ("en", "zh-Hant"):
        made = edition(run, [], None, language, beside)
        bodies = {key: body for key, _, body in made.sections}
        assert made.words.missing == set()
        assert all(life.id in bodies[f"lives-{language}"] for life in beside.paired.lives)
        assert (
            "EU AI Act" in bodies["audit-en"] if language == "en" else "人工智慧法" in bodies["audit-zh-Hant"]
        )
    assert not re.search(r"\bP-\d+-\d+", bodies["audit-zh-Hant"])


@pytest.mark.parametrize("form", [*TELL.values(), *OTHER_LINES.values()])
def test_every_line_of_a_life_can_be_said_in_chinese(form):
    filled = re.sub(r"\{\w+(:,)?\}", "7", form)
    chinese = told(Words("zh-Hant"), filled)
    assert re.search(r"[\u4e00-\u9fff]", chinese) and ("7" in chinese) == ("7" in filled)
    assert told(Words("en"), filled) == filled


def test_a_word_in_a_gap_is_translated_too():
    line = "is refused 2 time(s) this week: high speed rail"
    assert told(Words("zh-Hant"), line) == "本週被拒 2 次：高鐵"
