"""The policy calendar against the paper: each row of the appendix, and each other date the text gives."""

import datetime as dt

import pytest

from xinyong.lab.reading import load_reading
from xinyong.rulebook import PACKAGE
from xinyong.rulefiles import EventFile, read_file

EVENTS = read_file(PACKAGE / "rules" / "policy_calendar.yaml", EventFile).events
# The appendix: number, date as it stands there, and a word of the body that acted.
APPENDIX = [
    ("R113", "2012", "國務院"), ("R114", "2013-07", "最高人民法院"), ("R115", "2014-06", "國務院"),
    ("R116", "2015-01", "中國人民銀行"), ("R117", "2015-07", "最高人民法院"), ("R118", "2015-01", "中國人民銀行"),
    ("R119", "2016", "發展改革委"), ("R120", "2016", "國務院"), ("R121", "2016-12", "發展改革委"),
    ("R122", "2018-01", "發展改革委"), ("R123", "2018-07", "最高人民法院"), ("R124", "2019-01", "河北"),
]  # fmt: skip
# Dates in the text and its notes.
TEXT = [
    ("R9", "2018-10-04"), ("R22", "199"), ("R22", "2014-06"), ("R30", "2018-09"), ("R39", "2017-10"),
    ("R44", "2017-01"),
    ("R44", "2018-08-03"), ("R45", "2015-05"), ("R46", "2012"), ("R47", "2013"), ("R47", "2016"), ("R48", "2013-07"),
    ("R48", "2013-10"), ("R49", "2018-01"), ("R53", "2014"), ("R53", "2016"), ("R63", "2013-03"), ("R66", "2015-01"),
    ("R76", "2017-01"), ("R97", "2019-06-17"), ("R105", "2019-01"), ("R127", "2018-07-10"),
]  # fmt: skip


def dated(name: str) -> list[str]:
    """Dates of the steps that the reading links to a statement, or that name it themselves."""
    paths = load_reading().requirements[name].carried_by.rules
    linked = {path.partition(".")[2] for path in paths if path.startswith("policy_calendar.")}
    return [e.date.isoformat() for key, e in EVENTS.items() if key in linked or name in e.requirements]


@pytest.mark.parametrize(("name", "date", "body"), APPENDIX)
def test_every_row_of_the_appendix_stands_on_the_calendar(name, date, body):
    rows = {key: event for key, event in EVENTS.items() if name in event.requirements}
    assert len(rows) == 1, f"{name} has the rows {list(rows)}"
    ((key, event),) = rows.items()
    assert event.date.isoformat().startswith(date)
    assert body in event.body
    assert event.grade.startswith("verified")
    if name != "R118":
        assert f"policy_calendar.{key}" in load_reading().requirements[name].carried_by.rules


@pytest.mark.parametrize(("name", "date"), TEXT)
def test_what_the_paper_dates_stands_on_the_calendar(name, date):
    assert any(found.startswith(date) for found in dated(name)), (name, dated(name))


def test_every_statement_the_calendar_names_links_back():
    for key, event in EVENTS.items():
        for name in event.requirements:
            assert f"policy_calendar.{key}" in load_reading().requirements[name].carried_by.rules, (key, name)


def test_nothing_on_the_calendar_lies_after_the_window():
    assert max(event.date for event in EVENTS.values()) <= dt.date(2019, 6, 30)
