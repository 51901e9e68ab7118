"""The rule book: what it says, what it refuses and in which words, and what a scenario may patch."""

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rulebooks import BOOK, DATES, FEW_DATES, HOME, LAST, RULE, book_of
from xinyong.errors import RuleError, XinyongError, did_you_mean
from xinyong.recipes import load_recipe
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import GRADES, schema

# ---- what it says ----


def test_values_hold_from_their_date_on(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    assert book.on(dt.date(2013, 9, 30)).court.days is None
    assert book.on(dt.date(2013, 10, 1)).court.days == 3
    assert book.on(dt.date(2017, 4, 30)).court.days == 3
    assert book.on(dt.date(2099, 1, 1)).court.days == 5
    assert book.change_dates() == (dt.date(2013, 10, 1), dt.date(2017, 5, 1))


def test_null_ends_a_rule(tmp_path: Path) -> None:
    book = book_of(tmp_path, RULE + "    2020-01-01: {value: null, grade: assumed, why: an end}\n")
    assert book.on(dt.date(2019, 12, 31)).court.days == 5
    assert book.on(dt.date(2020, 1, 1)).court.days is None


def test_a_straight_line_between_anchors(tmp_path: Path) -> None:
    end = "    2020-01-01: {value: null, grade: assumed, why: an end}\n"
    book = book_of(tmp_path, RULE.replace("  values:", "  between: linear\n  values:") + end)
    first, last = dt.date(2013, 10, 1), dt.date(2017, 5, 1)
    assert book.on(first - dt.timedelta(1)).court.days is None
    for day in (0, 1, 400, (last - first).days):
        wanted = 3 + 2 * day / (last - first).days
        assert book.on(first + dt.timedelta(day)).court.days == pytest.approx(wanted)
    assert book.on(dt.date(2019, 12, 31)).court.days == 5
    assert book.on(dt.date(2020, 6, 1)).court.days is None


@settings(deadline=None)
@given(DATES)
def test_every_value_on_every_day_lies_within_its_range(date: dt.date) -> None:
    for leaf in BOOK.leaves():
        value = leaf.on(date)
        if leaf.range is not None and value is not None:
            for one in value if isinstance(value, list | tuple) else [value]:
                assert leaf.range[0] <= one <= leaf.range[1], leaf.path  # type: ignore[operator]


@settings(deadline=None)
@given(FEW_DATES, FEW_DATES)
def test_the_cache_never_mixes_days(one: dt.date, other: dt.date) -> None:
    for date in (one, other, one):
        rules = BOOK.on(date)
        for leaf in BOOK.leaves():
            node: Any = rules
            for key in leaf.path.split("."):
                node = getattr(node, key)
            assert node == leaf.on(date), (leaf.path, date)


def test_every_change_date_loads() -> None:
    for date in BOOK.change_dates():
        for day in (date - dt.timedelta(1), date):
            assert BOOK.on(day).court_list.in_force is (True if day >= dt.date(2013, 10, 1) else None)


def test_rows_come_in_code_order_and_carry_key_and_code() -> None:
    rules = BOOK.on(dt.date(2018, 1, 1))
    rows = rules.wants.activities.rows()
    assert [row.code for row in rows] == list(range(9))
    assert [row.key for row in rows][:3] == ["air", "high_speed_rail", "executive_post"]
    assert rows[0].demand_per_year == 0.397
    assert len(rules.joint_measures.members.rows()) == 44
    assert [row.key for row in rules.joint_measures.information_checks.rows()] == [
        "passport", "marital_status", "vehicles",
    ]  # fmt: skip
    assert rules.courts.rows() == ()


def test_memoranda_of_the_day() -> None:
    def signed(*day: int) -> tuple[Any, ...]:
        return BOOK.on(dt.date(*day)).joint_measures.memoranda.signed()

    assert signed(2014, 1, 15) == ()
    assert [row.activity for row in signed(2014, 7, 1)] == ["executive_post", "air"]
    assert signed(2014, 7, 1)[1].since == dt.date(2014, 7, 1)
    assert {row.activity for row in signed(2016, 1, 20)} == {
        row.key for row in BOOK.on(LAST).wants.activities.rows()
    }
    patched = BOOK.patch({"joint_measures.memoranda.mou_2014_air": False})
    rows = patched.on(dt.date(2014, 7, 1)).joint_measures.memoranda.signed()
    assert [row.activity for row in rows] == ["executive_post"]


def test_members_are_those_of_the_memorandum() -> None:
    group = BOOK.sections["joint_measures"].children["members"]
    found = [(child.code, child.name) for child in group.children.values()]  # type: ignore[union-attr]
    assert [code for code, _ in found] == list(range(1, 45))
    assert found[0][1] == "国家发展改革委" and found[43][1] == "中国铁路总公司"


def test_the_city_and_its_presets() -> None:
    city, day = BOOK.city("rongcheng"), dt.date(2018, 1, 1)
    assert (city.code, city.name) == (1, "榮成市")
    assert city.on(day).base_points == 1000
    assert {(d.key, d.points) for d in city.deeds(day, "paper")} == {
        ("fake_goods_paper", -100), ("merit_or_bravery", 20), ("demerit", -20),
    }  # fmt: skip
    standard = {d.key: d.points for d in city.deeds(day, "standard_2019")}
    assert standard["fake_goods_standard"] == -30 and "fake_goods_paper" not in standard
    cuts = [(g.key, g.least_points) for g in city.on(day).grades.rows()]
    assert cuts == [("d", 0), ("c", 600), ("b", 850), ("a", 960), ("aa", 1030), ("aaa", 1050)]
    chosen = BOOK.patch({"cities.rongcheng.preset": "standard_2019"})
    assert len(chosen.city("rongcheng").deeds(day)) == len(standard)
    assert city.on(dt.date(2012, 12, 31)).base_points is None and city.deeds(dt.date(2012, 12, 31)) == ()
    with pytest.raises(RuleError, match="did you mean 'rongcheng'"):
        BOOK.city("rongchen")
    with pytest.raises(RuleError, match="did you mean 'paper'"):
        BOOK.patch({"cities.rongcheng.preset": "papr"})


def test_the_calendar_is_sorted_and_opens_rules_that_start_that_day() -> None:
    events = BOOK.calendar()
    assert [e.date for e in events] == sorted(e.date for e in events)
    assert events[-1].date <= dt.date(2019, 6, 30)
    told = {r for e in events for r in e.requirements}
    assert {f"R{n}" for n in range(113, 125)} <= told
    for event in events:
        for path in event.opens:
            starts = {min(leaf.values) for leaf in BOOK.leaves(path)}
            starts |= {d for leaf in BOOK.leaves(path) for d in leaf.values}
            assert event.date in starts, (event.name, path)


# ---- its marks ----


def test_every_value_has_a_mark_and_a_gloss() -> None:
    for leaf in BOOK.leaves():
        assert leaf.gloss, leaf.path
        for date, value in leaf.values.items():
            where = f"{leaf.path}, {date}"
            assert value.grade in GRADES, where
            if value.grade == "assumed":
                assert len(value.why) > 15 and not value.source, where
            elif value.grade == "fitted":
                assert (Path(__file__).parents[1] / value.by).is_file(), where
            else:
                assert value.source in BOOK.sources and (value.where or value.why), where


FITTED = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", "objection",
)  # fmt: skip


def test_nothing_after_the_last_day_for_fits_but_law() -> None:
    """Sections that take part in the fit say nothing later, but what the law says; others may, by their own dates."""
    assert not load_recipe("nation").cities, "fits are made where no city's scheme is in force"
    leaves = [leaf for leaf in BOOK.leaves() if leaf.path.partition(".")[0] in FITTED]
    assert {leaf.path.partition(".")[0] for leaf in leaves} == set(FITTED)
    later = [(leaf.path, date, v) for leaf in leaves for date, v in leaf.values.items() if date > LAST]
    for path, date, value in later:
        assert value.grade.startswith("verified") and value.source == "rongcheng-2021-3", (path, date)
    fitted = [max(leaf.values) for leaf in BOOK.leaves() if leaf.between == "linear"]
    assert max(fitted) <= LAST


def test_no_mark_of_the_evidence_was_raised() -> None:
    memory = [
        "court_list.term_years", "court_list.extension_years_max", "court_list.deletion_working_days",
        "courts.relisting_bar_days", "courts.minimum_age_years", "objection.review_days",
        *(f"cities.rongcheng.grades.{g}.least_points" for g in ("c", "b", "a")),
        "cities.rongcheng.grades.aa.least_points", "cities.rongcheng.grades.aaa.least_points",
        "cities.rongcheng.deeds.department_award.points",
    ]  # fmt: skip
    for path in memory:
        (leaf,) = BOOK.leaves(path)
        assert leaf.values[max(leaf.values)].grade == "memory", path


def test_every_source_is_used_once_described() -> None:
    used = {v.source for leaf in BOOK.leaves() for v in leaf.values.values()}
    used |= {event.source for event in BOOK.calendar()}
    assert used - {""} <= set(BOOK.sources)
    assert all(source.title for source in BOOK.sources.values())


def test_the_schema_is_current() -> None:
    assert (HOME / "schemas" / "rules.schema.json").read_text(encoding="utf-8") == schema(), (
        "write xinyong.rulefiles.schema() to xinyong/schemas/rules.schema.json"
    )


# ---- reading it ----


def test_unknown_names_are_refused_with_the_nearest() -> None:
    rules = BOOK.on(LAST)
    with pytest.raises(RuleError, match=r"no rule 'court_list.in_forse' \(did you mean 'in_force'\?\)"):
        rules.court_list.in_forse
    with pytest.raises(RuleError, match="did you mean 'court_list'"):
        rules.court_lst
    assert not hasattr(rules, "court_lst")
    with pytest.raises(RuleError, match=r"did you mean 'courts\.search_days_mean'"):
        BOOK.leaves("courts.search_day_mean")
    with pytest.raises(RuleError, match="read-only"):
        rules.courts.search_days_mean = 3
    assert issubclass(RuleError, XinyongError)


def test_it_can_be_sent_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(BOOK))
    assert copy.hash == BOOK.hash
    rules = pickle.loads(pickle.dumps(BOOK.on(LAST)))
    assert rules.courts.search_days_mean == BOOK.on(LAST).courts.search_days_mean


def test_leaves_of_a_prefix() -> None:
    assert {leaf.path.split(".")[0] for leaf in BOOK.leaves("courts")} == {"courts"}
    (leaf,) = BOOK.leaves("court_list.in_force")
    assert leaf.name == "失信被執行人名單"
    assert len(BOOK.leaves()) > 250


def test_did_you_mean_lists_few_names_and_keeps_silent_over_many() -> None:
    assert did_you_mean("x", ["alpha", "beta"]) == " (known: alpha, beta)"
    assert did_you_mean("x", [str(i) * 5 for i in range(20)]) == ""
    assert did_you_mean("alpa", ["alpha", "beta"]) == " (did you mean 'alpha'?)"


# ---- patches ----


@settings(deadline=None)
@given(st.integers(0, 365), FEW_DATES)
def test_a_plain_patch_keeps_the_dates(days: int, date: dt.date) -> None:
    path = "court_list.deletion_working_days"
    patched = BOOK.patch({path: days})
    before = BOOK.on(date).court_list.deletion_working_days
    assert patched.on(date).court_list.deletion_working_days == (None if before is None else days)
    assert patched.change_dates() == BOOK.change_dates()
    for other in BOOK.leaves():
        if other.path != path:
            assert patched._leaves[other.path].on(date) == other.on(date)


def test_a_dated_patch_adds_and_replaces() -> None:
    patched = RuleBook.load(None, {"courts.search_days_mean": {"2019-01-14": 10, dt.date(1990, 1, 1): 20}})
    assert patched.on(dt.date(2019, 1, 13)).courts.search_days_mean == 20
    assert patched.on(dt.date(2019, 1, 14)).courts.search_days_mean == 10
    (leaf,) = patched.leaves("courts.search_days_mean")
    assert {(v.grade, v.why) for v in leaf.values.values()} == {("assumed", "set by the scenario")}


def test_a_patch_may_end_a_rule() -> None:
    assert BOOK.patch({"court_list.in_force": None}).on(LAST).court_list.in_force is None


def test_patches_leave_the_book_alone_and_change_the_hash() -> None:
    before = BOOK.hash
    assert BOOK.patch({"courts.search_days_mean": 61}).hash != before
    assert BOOK.patch({}).hash == BOOK.hash == before == RuleBook.load().hash
    assert BOOK.on(LAST).courts.search_days_mean == 60


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"courts.serch_days_mean": 3},
            "no rule 'courts.serch_days_mean' (did you mean 'courts.search_days_mean'?)",
        ),
        ({"courts": 3}, "'courts' is a group; name one of its rules"),
        ({"courts.search_days_mean": -3}, "-3 lies outside the range [1, 1000]"),
        ({"courts.search_days_mean": "soon"}, "'soon' must be of type number"),
        ({"courts.search_days_mean": True}, "True must be of type number"),
        ({"courts.search_days_mean": object()}, "must be of type number"),
        ({"courts.search_days_mean": [3]}, "must be of type number"),
        ({"courts.search_days_mean": float("nan")}, "nan is not a finite number"),
        ({"courts.search_days_mean": float("inf")}, "inf is not a finite number"),
        ({"courts.search_days_mean": {"soon": 3}}, "'soon' is not a date; write it like 2013-10-01"),
        ({"courts.search_days_mean": {"1989-12-31": 3}}, "the date 1989-12-31 lies outside 1990 to 2100"),
        ({"courts.search_days_mean": {2018: 3}}, "2018 is not a date"),
        ({"court_list.in_force": 3}, "3 must be of type bool"),
    ],
)
def test_bad_patches_are_refused(patch: dict[str, object], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        BOOK.patch(patch)
    assert words in str(caught.value)
