"""The annotated reading: every statement once, in two languages, in our own words, each link alive."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from xinyong.errors import ReadingError
from xinyong.lab.coverage import Coverage, coverage
from xinyong.lab.reading import FOLDER, LAST, Place, Reading, load_reading, schema

ROOT = Path(__file__).parents[1]
READING = load_reading()
FOUND = coverage()
NUMBERS = [f"R{n}" for n in range(1, LAST + 1)]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LONGEST_ALIKE = 11
# model.md writes these where the check is only that the item is read or stands on a timeline.
ONLY_READ = re.compile(r"^(KB|KB, marked out of model)?$")


def shared(name: str) -> list[Path]:
    """Files the project was given, which lie beside the checkout and not in it."""
    places = (above / "shared" / name for above in (ROOT.parent, ROOT.parent.parent))
    return [file for place in places if place.is_dir() for file in sorted(place.iterdir())]


def texts() -> list[tuple[str, str, str]]:
    told = [(name, r.en, r.zh) for name, r in READING.requirements.items()]
    told += [(name, r.why.en, r.why.zh) for name, r in READING.requirements.items() if r.why]
    for key, section in READING.sections.items():
        told.append((key, section.title.en, section.title.zh))
        told += [(key, x.en, x.zh) for q in section.quiz for x in (q.asked, q.answer)]
    return told


# ---- what it holds ----


def test_every_statement_stands_once():
    assert list(READING.requirements) == NUMBERS
    assert READING.missing == []
    assert FOUND.of == len(FOUND.rows) == LAST


def test_the_groups_are_those_of_the_digest():
    groups = [list(section.requirements) for section in READING.sections.values()]
    assert [(group[0], group[-1]) for group in groups] == [
        ("R1", "R34"), ("R35", "R45"), ("R46", "R70"), ("R71", "R77"), ("R78", "R95"), ("R96", "R107"),
        ("R108", "R128"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "en", "zh"), texts(), ids=[name for name, *_ in texts()])
def test_both_languages_say_something_of_their_own(name, en, zh):
    assert en != zh
    assert len(CHINESE.findall(en)) == 0
    assert len("".join(CHINESE.findall(zh))) >= 4
    assert not re.search(r"[a-z]{12,} [a-z]{4,} [a-z]{4,}", zh), "an English sentence among the Chinese"


def test_no_sentence_of_the_paper_is_copied():
    papers = shared("seed")
    if not papers:
        pytest.skip("the paper does not lie beside this checkout (../shared/seed)")
    paper = "\n".join(file.read_text(encoding="utf-8") for file in papers)
    size = LONGEST_ALIKE + 1
    theirs = {run[k : k + size] for run in CHINESE.findall(paper) for k in range(len(run) - size + 1)}
    assert len(theirs) > 4000
    for path in sorted(FOLDER.glob("*.yaml")):
        for run in CHINESE.findall(path.read_text(encoding="utf-8")):
            copied = [run[k : k + size] for k in range(len(run) - size + 1) if run[k : k + size] in theirs]
            assert not copied, f"{path.name}: {copied[0]} stands in the paper; say it in our own words"


def test_the_quiz_asks_about_the_usual_misreadings():
    """R16, R62: no national score; occurrences are not persons; a code is no score; who came first."""
    quiz = [q for section in READING.sections.values() for q in section.quiz]
    about = {name for q in quiz for name in q.about}
    assert {"R12", "R62", "R97", "R63", "R49"} <= about <= set(NUMBERS)
    assert all(len(q.answer.en) > 60 and len(q.answer.zh) > 20 for q in quiz)


def test_a_place_is_written_as_a_reader_looks_it_up():
    place = Place(part="肆", section="二", notes=(60,), table=1)
    assert place.told() == "section 4.2, table 1, note 60"
    assert place.told(chinese=True) == "肆、二，表 1，註 60"
    assert Place(part="附錄", notes=(68,)).told() == "appendix, note 68"


def test_notes_are_those_of_the_paper():
    notes = {note for r in READING.requirements.values() for note in r.place.notes}
    assert notes <= set(range(1, 72))
    assert len(notes) >= 60, "the paper has 71 notes; the reading should use most of them"


# ---- what carries it ----


def test_every_link_leads_somewhere():
    assert FOUND.complete, FOUND.complaints
    assert not [row for row in FOUND.rows if row.not_in_this_installation]


def test_a_check_has_its_test_or_its_issue():
    """Each statement whose check is more than being read is carried and tested, or says which issue brings it."""
    for name, r in READING.requirements.items():
        if r.check and r.status != "out_of_model":
            assert r.carried_by.tests or r.issue, name
        if r.status == "later":
            assert r.issue in (4, 5) and len(r.why.en) > 20, name


def test_what_is_out_of_the_model_is_what_the_digest_marks_so():
    """Elites and foreign countries in the digest; remote kin in model.md 0, point 3."""
    assert [name for name, r in READING.requirements.items() if r.status == "out_of_model"] == [
        "R2",
        "R21",
        "R24",
    ]


def test_disagreements_are_those_of_the_report():
    content = yaml.safe_load((ROOT / "xinyong/report/conflicts.yaml").read_text(encoding="utf-8"))
    known = [row["id"] for row in content["conflicts"]]
    used = {conflict for r in READING.requirements.values() for conflict in r.conflicts}
    assert used == set(known), "each disagreement stands beside at least one statement"


def test_the_digest_and_the_reading_have_the_same_checks():
    """Where model.md names a check of its own, the reading has one; where it names none, it has none."""
    digest = [file for file in shared("design") if file.name == "model.md"]
    if not digest:
        pytest.skip("the digest does not lie beside this checkout (../shared/design/model.md)")
    rows = re.findall(
        r"^\| (R\d+) \| (\w+) \| (.*) \| (.*?) \|$", digest[0].read_text(encoding="utf-8"), re.M
    )
    assert [name for name, *_ in rows] == NUMBERS
    for name, tag, _, check in rows:
        found = READING.requirements[name]
        assert found.tag == tag, name
        assert bool(found.check) != bool(ONLY_READ.match(check)), (name, check)


def test_counts_add_up():
    assert sum(FOUND.counts.values()) == LAST
    assert {k: n for k, n in FOUND.counts.items() if n} == dict(Counter(row.status for row in FOUND.rows))


# ---- what it refuses, and what it finds dead ----

ENTRY = """title: {{en: Question, zh: 問題意識所在}}
requirements:
  {name}:
    tag: context
    en: A statement.
    zh: 一項陳述。
    place: {{part: 壹}}
    status: {status}
    {more}
"""


def one(folder: Path, status: str = "shown", more: str = "checked: shown", name: str = "R1") -> Reading:
    (folder / "1_part.yaml").write_text(ENTRY.format(status=status, more=more, name=name), encoding="utf-8")
    load_reading.cache_clear()
    return load_reading(folder)


@pytest.mark.parametrize(
    ("status", "more", "name", "says"),
    [
        ("carried", "carried_by: {rules: court_list}", "R1", "no test is named"),
        ("carried", "checked: shown", "R1", "no rule and no file is named"),
        ("carried", "carried_by: {rules: a, tests: b}", "R1", "`checked` says test"),
        ("later", "issue: 4", "R1", "needs `issue` and `why`"),
        ("out_of_model", "checked: shown", "R1", "needs `why`"),
        ("shown", "check: a number", "R1", "has a `check` of its own"),
        ("shown", "carried: {}", "R1", r"did you mean 'carried_by'"),
        ("shown", "checked: shown", "R129", "run from R1 to R128"),
        ("shown", "checked: shown", "r1", "run from R1 to R128"),
        ("perhaps", "checked: shown", "R1", "carried"),
        ("shown", "conflicts: [", "R1", "1_part.yaml"),
    ],
)
def test_bad_entries_are_refused_in_words(tmp_path, status, more, name, says):
    with pytest.raises(ReadingError, match=re.escape(says).replace(r"\(", "(")) as caught:
        one(tmp_path, status, more, name)
    assert "1_part.yaml" in str(caught.value)


def test_a_number_that_stands_twice_is_refused(tmp_path):
    one(tmp_path)
    text = (tmp_path / "1_part.yaml").read_text(encoding="utf-8")
    (tmp_path / "2_part.yaml").write_text(text, encoding="utf-8")
    load_reading.cache_clear()
    with pytest.raises(ReadingError, match=r"R1 stands in 1_part.yaml already"):
        load_reading(tmp_path)


def test_no_reading_at_all_is_said(tmp_path):
    with pytest.raises(ReadingError, match="one YAML file a section"):
        load_reading(tmp_path)


@pytest.mark.parametrize(
    ("links", "wrong"),
    [
        ("{rules: court_list.term_year, tests: 'tests/test_reading.py::test_counts_add_up'}",
         "rule court_list.term_year (did you mean 'court_list.term_years'?)"),
        ("{rules: court_list, tests: 'tests/test_reading.py::test_counts_ad_up'}",
         "test tests/test_reading.py::test_counts_ad_up (did you mean 'test_counts_add_up'?)"),
        ("{rules: court_list, tests: 'tests/test_readings.py::test_x'}", "test file tests/test_readings.py"),
        ("{rules: court_list, tests: 'tests/cases/courts.yaml::no such case'}", "test tests/cases/courts.yaml"),
        ("{files: xinyong/lab/readings.py, tests: 'tests/test_reading.py::test_counts_add_up'}",
         "file xinyong/lab/readings.py"),
        ("{rules: policy_calendar.court_lists, tests: 'tests/test_reading.py::test_counts_add_up'}",
         "rule policy_calendar.court_lists (did you mean 'policy_calendar.court_list'?)"),
    ],
)  # fmt: skip
def test_planted_dead_links_are_found(tmp_path, links, wrong):
    found = coverage(one(tmp_path, "carried", f"carried_by: {links}\n    checked: test"))
    assert len(found.dead) == 1
    assert found.dead[0].dead[0].startswith(wrong)
    assert not found.complete
    assert f"dead: R1: {found.dead[0].dead[0]}" in found.complaints


def test_missing_entries_are_named(tmp_path):
    found = coverage(one(tmp_path))
    assert found.missing == NUMBERS[1:]
    assert not found.complete
    assert found.complaints[0] == "missing: R2 has no entry in the reading"


def test_a_wheel_has_no_tests_and_that_is_no_fault(tmp_path):
    """From an installed wheel the package is there, its tests and docs are not."""
    (tmp_path / "xinyong").symlink_to(ROOT / "xinyong")
    found: Coverage = coverage(root=tmp_path)
    unseen = {what for row in found.rows for what in row.not_in_this_installation}
    assert found.complete
    assert unseen and all(what.partition("/")[0] in ("tests", "docs", "scripts") for what in unseen)
    assert found.complaints == [f"not in this installation: {len(unseen)} tests and files"]


def test_the_schema_is_current():
    path = ROOT / "xinyong/schemas/reading.schema.json"
    assert path.read_text(encoding="utf-8") == schema(), "write xinyong.lab.reading.schema() to it"


def test_the_page_of_the_docs_is_current():
    """The page is made from the data by scripts/make_reading.py."""
    import runpy

    made = runpy.run_path(str(ROOT / "scripts/make_reading.py"))["page"]()
    assert (ROOT / "docs/reference/reading.md").read_text(encoding="utf-8") == made, (
        "run scripts/make_reading.py"
    )
    assert dt.date.today().isoformat() not in made
