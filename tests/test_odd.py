"""The protocol document: complete against the declarations, and changed by them."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from xinyong.columns import Pool, Tally
from xinyong.lab.odd import document, markdown
from xinyong.lab.odd.entities import owners
from xinyong.lab.odd.form import Sheet
from xinyong.lab.odd.submodels import per_step, rule_files
from xinyong.lab.scenario import load_scenario
from xinyong.report.odd import odd_page

ELEMENTS = (
    "1 Purpose and patterns", "2 Entities, state variables, and scales", "3 Process overview and scheduling",
    "4 Design concepts", "5 Initialization", "6 Input data", "7 Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("china-2012-2019")


@pytest.fixture(scope="module")
def made(scenario):
    return document(scenario)


def tables(made, *heads):
    """Rows of every table that begins with these headings."""
    blocks = [b for s in made.sections for b in s.blocks if isinstance(b, Sheet)]
    return [row for b in blocks if b.heads[: len(heads)] == heads for row in b.rows]


def test_the_seven_elements_and_eleven_concepts_stand_in_it(made):
    titles = [s.title for s in made.sections]
    assert [t for t in titles if t in ELEMENTS] == list(ELEMENTS) and set(CONCEPTS) <= set(titles)


def test_every_column_occurs_with_its_owner(scenario, made):
    owner, owned = owners(scenario.plan(1))
    told = {row[0]: row[1] for row in tables(made, "name", "owner")} | {
        row[0]: row[1] for row in tables(made, "table", "owner")
    }
    assert told == owner and len(owner) > 200
    assert {n for n, s in owned.items() if isinstance(s, Tally | Pool)} <= set(told)


def test_processes_stand_in_the_order_in_which_they_are_stepped(scenario, made):
    assert [row[1] for row in tables(made, "#", "process")] == [p.name for p in scenario.plan(1).processes]
    submodels = [s.title for s in made.sections if s.level == 3]
    assert all(submodels.count(p.name) == 1 for p in scenario.plan(1).processes)


def test_every_rule_occurs_with_every_date_and_its_mark(scenario, made):
    plan = scenario.plan(1)
    told = {(row[0], row[4]): row[7] for row in tables(made, "rule", "name", "unit")}
    files = {f for used in rule_files(plan).values() for f in used}
    assert {p.name for p in plan.processes} & set(plan.book.sections) <= files
    wanted = {
        (leaf.path, str(date)): value.grade
        for f in files
        for leaf in plan.book.leaves(f)
        for date, value in leaf.values.items()
    }
    assert told == wanted and len(wanted) > 1000
    others = set(plan.book.sections) - files
    assert all(f not in scenario.processes for f in others)


def test_what_a_step_reads_of_the_rules_is_in_the_document(scenario, made):
    """Rules asked for while a world is stepped, against the rule files that the document names."""
    import functools

    from tests.contracts.test_rules_used import Seen, watched
    from tests.worlds import people_of, play
    from xinyong.rulebook import RuleBook

    seen, original, kept = Seen(), RuleBook.on, []

    @functools.cache
    def on(book, date):
        kept.append(original(book, date))
        return watched(kept[-1], seen)

    plan = load_scenario("toy").model_copy(update={"burn_in_weeks": 0}).plan(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RuleBook, "on", on)
        play(plan, people_of(persons=1000), weeks=8)
    files = {f for used in rule_files(plan).values() for f in used}
    asked = {path.partition(".")[0] for path in seen if "." in path}
    assert asked and asked <= files, asked - files


def test_the_document_changes_when_a_process_is_taken_out(scenario, made):
    fewer = scenario.model_copy(
        update={"processes": tuple(p for p in scenario.processes if p not in ("debtor_map", "accounts"))}
    )
    less = document(fewer)
    told = markdown(less)
    assert "map_scans_cum" in markdown(made) and "map_scans_cum" not in told and "### debtor_map" not in told
    assert len(tables(less, "#", "process")) == len(fewer.processes)


def test_the_document_changes_with_a_rule(scenario, made):
    other = document(scenario.changed({"court_list.notice_days": 17}))
    rows = [r for r in tables(other, "rule", "name", "unit") if r[0] == "court_list.notice_days"]
    assert {r[5] for r in rows} == {"17"} and {r[7] for r in rows} == {"assumed"}
    assert ("court_list.notice_days", "17") in [r[:2] for r in tables(other, "rule", "value")]


def test_a_yearly_rate_is_given_by_the_week():
    assert per_step("a.b_per_year", 52.17857) == "1; 0.632"
    assert per_step("a.b_per_year", 0) == "0; 0" and per_step("a.b_share", 0.5) == ""


def test_the_same_scenario_gives_the_same_text(scenario, made):
    assert markdown(document(scenario)) == markdown(made)
    assert dataclasses.replace(made) == made


def test_the_page_needs_no_network(made):
    page = odd_page(document(load_scenario("finance-only")))
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend(v for k, v in attrs if k in ("src", "href"))

    Reader().feed(page)
    assert found and all(address.startswith("#") for address in found)
    assert not re.search(r"url\((?!#)|@import|<link|<script", page)
