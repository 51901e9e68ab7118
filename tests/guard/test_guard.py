"""The gate: twenty files of invented persons stay out, five tables of totals come in (V-95)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinyong import guard, ids
from xinyong.errors import RecipeError, RefusedInput
from xinyong.recipes import load_recipe, read_census

HERE = Path(__file__).parent
PERSONS = sorted((HERE / "persons").iterdir())
TOTALS = sorted((HERE / "totals").iterdir())
EVIDENCE = Path("/work/shared/evidence/laolai_series.csv")

GIVEN_AWAY = {
    "identity_column.csv": "id_card",
    "chinese_name_column.csv": "姓名",
    "identity_in_a_harmless_column.csv": "identity number",
    "mobiles_in_a_harmless_column.csv": "telephone",
    "emails_in_notes.csv": "e-mail",
    "addresses.csv": "address",
    "birth_dates.csv": "birth",
    "plates.csv": "plate",
    "bank_cards.csv": "card",
    "microdata.csv": "no column of counts",
    "one_row_one_person.csv": "under 10",
    "small_cells.csv": "counts 3",
    "every_count_alike.csv": "counts the same",
    "pinyin_names.csv": "personal names",
    "nested.csv": "nested",
    "encoded.csv": "encoded",
    "people.yaml": "person",
    "people.json": ".json",
    "people.parquet": ".parquet",
    "people.xlsx": ".xlsx",
}


def test_there_are_twenty_and_five():
    assert [path.name for path in PERSONS] == sorted(GIVEN_AWAY)
    assert len(PERSONS) == 20 and len(TOTALS) == 5


@pytest.mark.parametrize("path", PERSONS, ids=lambda p: p.name)
def test_tables_of_persons_are_refused(path):
    for check in (guard.check_recipe_file, lambda p: guard.check_table(p, "marginals"), read_census):
        with pytest.raises(RefusedInput) as caught:
            check(path)
        assert GIVEN_AWAY[path.name] in str(caught.value), "it says what gave it away"
        assert "Accepted are" in str(caught.value) or "Only totals" in str(caught.value), (
            "and what is accepted"
        )


@pytest.mark.parametrize("path", TOTALS, ids=lambda p: p.name)
def test_tables_of_totals_are_accepted(path):
    guard.check_table(path, "marginals")
    guard.check_table(guard.read_rows(path), "rows")
    summary = guard.check_recipe_file(path)
    assert isinstance(summary, guard.TableSummary) and summary.rows >= 4


@pytest.mark.parametrize("path", PERSONS, ids=lambda p: p.name)
def test_a_recipe_cannot_bring_persons_in(path, tmp_path):
    (tmp_path / path.name).write_bytes(path.read_bytes())
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "name: mine\nlike: toy\ntitle: t\ngloss: g\n"
        f"census: {{value: {path.name}, grade: assumed, why: a test}}\n"
        "shards: [{code: 950, name: 丙縣, gloss: County C, area: total}]\n"
    )
    with pytest.raises(RefusedInput):
        guard.check_recipe_file(recipe)
    with pytest.raises(RefusedInput):
        load_recipe(recipe)


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence lies outside the package")
def test_the_published_series_are_accepted():
    guard.check_table(EVIDENCE, "series")


def test_disguised_files_are_refused(tmp_path):
    disguises = {
        "json.csv": b'[{"age": 3}]',
        "utf16.csv": "age_band,population\n0-4,100\n".encode("utf-16"),
        "headless.csv": b"30,1,100\n31,0,100\n",
        "numbers_as_headings.csv": b"000001199003070010,population\n1,100\n",
        "ragged.csv": b"age_band,population\n0-4,100,200\n",
        "tabs.csv": b"age_band\tpopulation\n0-4\t100\n",
        "empty.csv": b"",
        "only_heads.csv": b"age_band,population\n",
        "zip.csv": b"PK\x03\x04,b\n1,2\n",
        "no_ending": b"age_band,population\n0-4,100\n",
        "large.csv": b"age_band,population\n" + b"0-4,100\n" * 200_000,
        "negative.csv": b"age_band,population\n0-4,-100\n",
        "repeated.csv": b"age,sex,population\n30,male,12\n30,male,14\n",
        "log.csv": b"date,age,sex,amount\n2018-01-01,30,male,500\n2018-01-02,31,male,700\n",
        "texts.csv": "area,population,remarkable\n甲县,100,a\n乙县,100,b\n".encode(),
        "case.csv": "category,population\n(2018)京0000执123号,100\n".encode(),
        "wide.csv": "category,population\n0000011990030700１0,100\n".encode(),  # one full-width digit
    }
    for name, content in disguises.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RefusedInput):
            guard.check_table(tmp_path / name, "marginals")


def test_a_missing_file_is_not_a_refusal(tmp_path):
    for name in ("none.csv", "none.yaml"):
        with pytest.raises(RecipeError, match="no"):
            guard.check_recipe_file(tmp_path / name)


# Values and mappings


@pytest.mark.parametrize(
    "value",
    ["000001199003070010", "id 000001199003070010!", 15400001001, "154 0000 1001", "+86 154-0000-1001",
     "a@example.invalid", "京A·12345", "张三", "欧阳三四", "被执行人:李四", "E00000001", "0" * 40 + "A" * 60,
     "(2018)京0000执12号", b"bytes", '{"姓名": "x"}', "[154 0000 1001]", {"phone": "none"}],
)  # fmt: skip
def test_personal_values_are_refused(value):
    with pytest.raises(RefusedInput, match="--set"):
        guard.check_value(value, "--set court_list.grace_days")


@pytest.mark.parametrize(
    "value",
    ["30", "0.25", "true", "null", "2018-05-01", "1:1000", "step", "[1, 2, 3]", "{2019-01-14: 0}", 0, 3.5,
     None, True, 15_000_000_000, "白名单", "高中", "宁波", "失信被執行人名單", "a text, with 12,345"],
)  # fmt: skip
def test_settings_pass(value):
    guard.check_value(value, "--set")


def test_mappings_of_persons_are_refused():
    rows = [{"age": 30 + i, "sex": "male"} for i in range(40)]
    itself: list = []
    itself.append(itself)
    for bad in (
        {"people": [{"姓名": "某"}]},
        {"case": {"given": {"national_id": 7}}},
        {"a": [1, [2, {"b": "000001199003070010"}]]},
        {"张三": 1},
        {"people": rows},
        {"blob": b"\x00\x01"},
        {"a": itself, "b": "x@example.invalid"},
    ):
        with pytest.raises(RefusedInput, match="case"):
            guard.check_mapping(bad, "case.yaml")


def test_mappings_of_rules_pass():
    guard.check_mapping({"seed": 15412345678, "people": {"p1": {"age": 30, "debt": 500}}}, "case")
    guard.check_mapping({"passport": {"values": {"2015-12-01": {"value": True}}}}, "rules")
    guard.check_mapping({"rows": [{"age": 30, "sex": 1, "population": 20}] * 40}, "totals")


# Properties


dims = {
    "age_band": st.sampled_from(["0", "1-4", "5-9", "10-14", "15-59", "60+"]),
    "sex": st.sampled_from(["male", "female", "男", "女"]),
    "area": st.sampled_from(["甲县", "乙县", "江苏", "云南", "宁夏", "高地"]),
    "urban": st.sampled_from([0, 1, "urban", "rural"]),
}


@st.composite
def totals(draw):
    names = draw(st.lists(st.sampled_from(sorted(dims)), min_size=1, max_size=4, unique=True))
    cells = draw(st.lists(st.tuples(*(dims[n] for n in names)), min_size=1, max_size=20, unique_by=str))
    return [
        dict(zip(names, cell, strict=True)) | {"population": draw(st.integers(10, 10**8)), "source": "NBS"}
        for cell in cells
    ]


@st.composite
def giveaways(draw):
    number = draw(st.integers(0, 2**31 - 1))
    return draw(
        st.sampled_from(
            [
                ids.resident_number(ids.pack(1, draw(st.integers(0, 9999)), number), number % 90, number % 2),
                f"154{number % 10**5:05d}{number % 900 + 99:03d}",
                f"p{number}@example.invalid",
                f"京B{number % 10**5:05d}",
            ]
        )
    )


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(totals())
def test_any_table_of_totals_passes(rows):
    guard.check_table(rows, "marginals")


@quick
@given(totals(), giveaways(), st.data())
def test_one_personal_cell_is_enough_to_refuse(rows, giveaway, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([name for name in rows[0] if name != "population"]))
    rows[row][column] = f"{data.draw(st.sampled_from(['', 'no. ', '见 ']))}{giveaway}"
    with pytest.raises(RefusedInput):
        guard.check_table(rows, "marginals")


@quick
@given(
    totals(),
    st.sampled_from(["姓名", "name", "phone", "person_id", "住址", "birthDate", "E-Mail", "银行卡号"]),
)
def test_one_personal_heading_is_enough_to_refuse(rows, heading):
    with pytest.raises(RefusedInput, match="column"):
        guard.check_table([row | {heading: "x"} for row in rows], "marginals")


@quick
@given(totals(), st.integers(1, 9), st.data())
def test_one_small_cell_is_enough_to_refuse(rows, small, data):
    rows[data.draw(st.integers(0, len(rows) - 1))]["population"] = small
    with pytest.raises(RefusedInput, match="under 10"):
        guard.check_table(rows, "marginals")


@quick
@given(giveaways(), st.text("abc 的，。()", max_size=10), st.text("abc 的，。()", max_size=10))
def test_a_giveaway_is_found_inside_any_text(giveaway, before, after):
    with pytest.raises(RefusedInput):
        guard.check_value(f"{before} {giveaway} {after}", "--set x")


leaves = st.none() | st.booleans() | st.integers(0, 10**9) | st.floats() | st.sampled_from(["a", "文"])
plain_settings = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text("abcxyz", max_size=3), inner)
)


@quick
@given(plain_settings)
def test_plain_settings_always_pass(content):
    guard.check_mapping(content, "scenario")
