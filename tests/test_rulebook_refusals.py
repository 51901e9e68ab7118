"""What a rule file may not say, and what the published series may be used for."""

import csv
import datetime as dt
from pathlib import Path

import pytest
import yaml

from tests.rulebooks import HOME, LAST, RULE, book_of, refused
from xinyong.errors import RuleError
from xinyong.rulebook import RuleBook

# ---- what a file may not say ----


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("unit:", "unti:", "court.days.unti: unknown key (did you mean 'unit'?)"),
        ("  values:", "  valeus:", "court.days.valeus: unknown key (did you mean 'values'?)"),
        ("why:", "wy:", "court.days.values.2013-10-01.wy: unknown key (did you mean 'why'?)"),
        ("value: 3", "valu: 3", "unknown key (did you mean 'value'?)"),
        ("2013-10-01", "1989-10-01", "the date 1989-10-01 lies outside 1990 to 2100"),
        ("2013-10-01", "2101-10-01", "the date 2101-10-01 lies outside 1990 to 2100"),
        ("2013-10-01", "soon", "'soon' is not a date; write it like 2013-10-01"),
        ("2013-10-01", "2013", "2013 is not a date"),
        ("2013-10-01", "2013-10-01 10:00:00", "is not a date"),
        ("2013-10-01", "2013-13-01", "month must be in 1..12"),
        ("value: 3", "value: '3'", "its values are of different types: number, text"),
        ("value: 3", "value: {a: 1}", "must be a number, true, false, a text"),
        ("value: 3", "value: [3, x]", "must be a number, true, false, a text"),
        ("value: 3", "value: 300", "300 lies outside the range [0, 100]"),
        ("value: 3", "value: .nan", "nan is not a finite number"),
        ("value: 3", "value: .inf", "inf is not a finite number"),
        ("range: [0, 100]", "range: [100, 0]", "is not [least, most]"),
        ("  range: [0, 100]\n", "", "a number needs a `range: [least, most]`"),
        (", why: a guess", "", "grade 'assumed' needs `why`"),
        ("a guess", "' '", "grade 'assumed' needs `why`"),
        ("source: spc-2017-7, ", "", "grade 'memory' needs `source`"),
        ("grade: memory, source: spc-2017-7, where: art. 10", "grade: fitted", "grade 'fitted' needs `by`"),
        (
            "spc-2017-7",
            "spc-2017-8",
            "source 'spc-2017-8' is not in sources.yaml (did you mean 'spc-2017-7'?)",
        ),
        ("grade: memory", "grade: memry", "no such grade as 'memry' (did you mean 'memory'?)"),
        ("  unit: days", "  unit: days\n  unit: weeks", "line 5: the key 'unit' stands twice; keep one"),
        ("2017-05-01", "2013-10-01", "the key '2013-10-01' stands twice; keep one"),
        ("days:", "Days:", "'Days' cannot be a key"),
        ("days:", "rows:", "'rows' cannot be a key"),
        ("days:", "class:", "'class' cannot be a key"),
        ("  unit: days", "  unit: days\n  between: curve", "court.days.between"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in RULE
    message = refused(tmp_path, RULE.replace(old, new, 1))
    assert words in message and "court" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {code: 1}\nb: {code: 1}\n", "'a' and 'b' have one code, 1"),
        ("a: {code: 256}\n", "court.a.code"),
        ("a: 3\n", "court.a: is neither a rule nor a group"),
        ("- 3\n", "must be a mapping of rules, not list"),
        ("a: [\n", "court.yaml"),
        ("? [1]\n: 2\n", "court.yaml"),
        (
            "a: {values: {2013-10-01: {value: true, grade: assumed, why: x}}, between: linear}\n",
            "needs numbers",
        ),
        (
            "a: {values: {2013-10-01: {value: true, grade: assumed, why: x}}, range: [0, 1]}\n",
            "cannot have a `range`",
        ),
        ("a: {values: {}}\n", "court.a.values"),
        ("a: {row: {issuer: x}, values: {2013-10-01: {value: true, grade: assumed, why: x}}}\n", "missing"),
        (
            "activities: {air: {code: 0}}\na: {row: {issuer: x, member: y, activity: ar},"
            " values: {2013-10-01: {value: true, grade: assumed, why: x}}}\n",
            "activity 'ar' is not among the activities",
        ),
    ],
)
def test_bad_groups_are_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_bad_cities_and_events_are_refused(tmp_path: Path) -> None:
    city = "code: 1\nname: x\npresets: {paper: [a]}\ndeeds: {b: {code: 1}}\n"
    assert "preset 'paper' names no deed 'a'" in refused(tmp_path, RULE, **{"cities/x": city})
    assert "missing" in refused(tmp_path, RULE, **{"cities/x": "name: x\n"})
    fine = "code: 1\nname: x\n"
    assert "have one code, 1" in refused(tmp_path, RULE, **{"cities/x": fine, "cities/y": fine})
    (tmp_path / "cities" / "y.yaml").unlink()
    event = (
        "events:\n  e: {code: 1, name: a, gloss: b, date: 2013-10-01, precision: day, body: c,"
        " opens: [court.day], grade: assumed, why: d}\n"
    )
    assert "opens 'court.day', which is no rule (did you mean 'court.days'?)" in refused(
        tmp_path, RULE, policy_calendar=event
    )
    twice = event.replace("court.day]", "court]") + event.replace("events:\n  e:", "  f:").replace(
        "court.day]", "]"
    )
    assert "two events have the code 1" in refused(tmp_path, RULE, policy_calendar=twice)
    assert "missing" in refused(tmp_path, RULE, policy_calendar=event.replace("body: c,", ""))


def test_a_folder_may_bring_its_own_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("mine: {title: a book}\n", encoding="utf-8")
    book = book_of(tmp_path, RULE.replace("spc-2017-7", "mine"))
    assert book.sources["mine"].title == "a book" and "paper" in book.sources
    (tmp_path / "sources.yaml").write_text("mine: {titel: a book}\n", encoding="utf-8")
    with pytest.raises(RuleError, match="titel: unknown key"):
        RuleBook.load(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="there is no folder of rules"):
        RuleBook.load(tmp_path / "nowhere")


# ---- targets ----


def test_targets_name_every_figure_of_the_series_and_use_none_after_the_last_day() -> None:
    folder = HOME / "targets"
    told = yaml.safe_load((folder / "targets.yaml").read_text(encoding="utf-8"))
    counters = [
        c
        for c in next(csv.reader((folder / "laolai_series.csv").open(encoding="utf-8")))
        if "listed" in c or "_cum" in c
    ]
    figures = []
    with (folder / "laolai_series.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            figures += [(row["as_of_date"], c, float(row[c])) for c in counters if row[c]]
    assert [(str(r["date"]), r["counter"], float(r["value"])) for r in told["rows"]] == figures
    for row in told["rows"]:
        assert 0 < row["observation_error"] <= 0.1
        assert not (row["usable"] and not row["fit"])
        assert row["usable"] or row["reason"]
        if row["usable"] or row["fit"]:
            assert row["date"] <= LAST
        if row["usable"]:
            assert row["date"] >= told["first_usable"] and row.get("latest", LAST) <= dt.date(2018, 6, 30)
    assert told["held_out"] == dt.date(2019, 5, 31)
    assert {r["counter"] for r in told["rows"] if r.get("held_out")} == {
        "listed_cum", "air_refused_cum", "train_refused_cum", "complied_cum",
    }  # fmt: skip
    metrics = {r["metric"] for r in csv.DictReader((folder / "laolai_flows.csv").open(encoding="utf-8"))}
    assert {flow["metric"] for flow in told["flows"]} <= metrics
