"""Published figures beside a run: what is compared, what is set aside, and May 2019 as a prediction."""

import csv
import datetime as dt
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from tests.fake_run import fake_run
from xinyong.errors import RefusedInput, RunError, TargetError
from xinyong.lab.forecast import crps
from xinyong.lab.published import published
from xinyong.lab.results import Run, open_run
from xinyong.lab.validate import LAST_FOR_TESTS, flows, held_out, tally, validate

HEAD = [
    "as_of_date",
    "date_precision",
    "listed_cum",
    "air_refused_cum",
    "unit",
    "population",
    "source",
    "confidence",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(fake_run(tmp_path_factory.mktemp("runs") / "a"))


def series(file: Path, *rows: list[str]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([HEAD, *rows])
    return file


def test_every_filled_cell_of_the_series_has_a_row(run: Run) -> None:
    text = resources.files("xinyong.targets").joinpath("laolai_series.csv").read_text(encoding="utf-8")
    lines = list(csv.DictReader(text.splitlines()))
    counters = [name for name in lines[0] if name.endswith("_cum") or name == "currently_listed"]
    filled = sum(bool(line[name]) for line in lines for name in counters)
    assert len(validate(run)) == filled > 40


def test_a_row_holds_what_it_says(run: Run) -> None:
    row = next(r for r in validate(run) if (r.counter, r.date) == ("listed_cum", LAST_FOR_TESTS))
    values = run.at("listings_cum", "2018-06-30")
    assert row.published == 11_230_000 and row.measure == "listings_cum"
    assert row.simulated == pytest.approx(values.mean())
    assert row.two_se == pytest.approx(2 * values.std(ddof=1) / np.sqrt(3))
    assert row.relative_error == pytest.approx(values.mean() / 11_230_000 - 1)
    assert row.tolerance >= 0.1 and row.within is True and row.source


def test_nothing_after_june_2018_is_ever_judged(run: Run) -> None:
    rows = [row for row in validate(run) if row.date > LAST_FOR_TESTS]
    assert len(rows) == 4
    assert all(row.held_out and not row.usable and row.within is None for row in rows)


def test_every_row_set_aside_has_a_reason(run: Run) -> None:
    assert all(row.reason for row in validate(run) if not row.usable)
    good, judged = tally(validate(run))
    assert 0 <= good <= judged == sum(row.usable for row in validate(run))


def test_a_figure_known_to_an_interval_is_met_on_its_nearest_day(run: Run) -> None:
    row = next(r for r in validate(run) if r.earliest is not None and r.usable and r.counter == "listed_cum")
    assert row.earliest is not None and row.latest is not None and row.simulated is not None
    low, high = (run.at(row.measure, str(day)).mean() for day in (row.earliest, row.latest))
    assert low <= row.simulated <= high
    assert row.simulated == pytest.approx(np.clip(row.published, low, high), rel=0.01)


def test_one_replicate_gives_no_standard_error(tmp_path: Path) -> None:
    single = open_run(fake_run(tmp_path / "one", replicates=1))
    assert all(row.two_se is None for row in validate(single))


def test_national_figures_are_not_held_against_a_town(tmp_path: Path) -> None:
    folder = fake_run(tmp_path / "town", replicates=1)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    (folder / "manifest.json").write_text(
        text.replace('"persons": 14000000', '"persons": 10000'), encoding="utf-8"
    )
    town = open_run(folder)
    assert all(row.simulated is None and "China" in row.reason for row in validate(town))
    with pytest.raises(RunError, match="China"):
        held_out(town)
    assert not flows(town)[0].comparable


def test_a_scholars_own_series_works_the_same(run: Run, tmp_path: Path) -> None:
    file = series(tmp_path / "own.csv", ["2017-06-30", "day", "7500000", "8000000", "", "", "a paper", ""],
                  ["2019-05-31", "day", "14000000", "", "", "", "", ""])  # fmt: skip
    rows = validate(run, file)
    assert [(row.counter, row.usable) for row in rows] == [
        ("listed_cum", True), ("air_refused_cum", True), ("listed_cum", False)]  # fmt: skip
    assert rows[0].within is not None and rows[2].held_out and "2018-06-30" in rows[2].reason


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["2024-01-31", "day", "5000", "", "", "", "", ""], "outside the run, which goes from 2012-01-08"),
        (["31.12.2017", "day", "5000", "", "", "", "", ""], "as_of_date|line 2"),
        (["2017-12-31", "day", "many", "", "", "", "", ""], "listed_cum"),
        (["2017-12-31", "day", "-5", "", "", "", "", ""], "listed_cum"),
    ],
)
def test_bad_series_are_refused_with_the_place(run: Run, tmp_path: Path, row: list[str], told: str) -> None:
    with pytest.raises((TargetError, RefusedInput), match=told):
        validate(run, series(tmp_path / "bad.csv", row))


def test_a_missing_file_and_missing_columns_are_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="no such file"):
        validate(run, tmp_path / "none.csv")
    file = tmp_path / "other.csv"
    file.write_text("year,rate\n2017,0.1\n")
    with pytest.raises(TargetError, match="as_of_date"):
        validate(run, file)


def test_a_table_of_persons_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "name,id_number,listed\n張三,110101199003070010,1\n李四,110101199003070011,0\n", encoding="utf-8"
    )
    with pytest.raises(RefusedInput):
        validate(run, file)


def test_naive_lines_are_those_of_finding_one(run: Run) -> None:
    found = held_out(run)
    told = {row.counter: {(n.method, n.with_break): n.value / 1e6 for n in row.naive} for row in found.rows}
    line = {counter: round(values["line", True], 2) for counter, values in told.items()}
    expected = {
        "listed_cum": 14.24,
        "air_refused_cum": 17.46,
        "train_refused_cum": 6.25,
        "complied_cum": 4.12,
    }
    assert line == expected
    assert told["air_refused_cum"]["last month", True] == pytest.approx(23.22)
    assert told["listed_cum"]["last month", True] / 14.09 == pytest.approx(1.30, abs=0.005)
    assert told["train_refused_cum"]["last month", True] / 5.87 == pytest.approx(1.36, abs=0.005)
    assert told["air_refused_cum"]["last month", False] < told["air_refused_cum"]["last month", True]


def test_lines_use_nothing_published_after_june_2018(run: Run) -> None:
    lines = [line for row in held_out(run).rows for line in row.naive]
    assert len(lines) == 24
    assert all(line.used.split(" .. ")[1] <= "2018-06-30" for line in lines)


def test_a_prediction_is_not_a_fit(run: Run) -> None:
    found = held_out(run)
    assert found.date == dt.date(2019, 5, 31) and found.replicates == 3
    assert {row.published for row in found.rows} == {14_090_000, 25_040_000, 5_870_000, 4_220_000}
    assert all(row.lower <= row.simulated <= row.upper for row in found.rows)
    assert found.skill is False


def test_a_run_that_ends_earlier_predicts_nothing(tmp_path: Path) -> None:
    short = open_run(fake_run(tmp_path / "short", replicates=1, weeks=300))
    with pytest.raises(RunError, match="does not reach"):
        held_out(short)
    late = [row for row in validate(short) if row.date > dt.date(2018, 1, 1)]
    assert late and all(row.within is None and row.reason for row in late)


def test_crps_of_one_value_is_its_absolute_error() -> None:
    assert crps(np.array([3.0]), 5.0) == 2.0
    assert crps(np.array([4.0, 6.0]), 5.0) == pytest.approx(0.5)


def test_flows_of_may_2018_stand_beside_the_run(run: Run) -> None:
    told = {flow.what: flow for flow in flows(run)}
    assert told["entities newly listed"].published == 218_013
    assert told["exits from the lists"].published == 126_790 and not told["exits from the lists"].comparable
    ratio = told["air attempts per person refused"]
    assert ratio.published == pytest.approx(8.72, abs=0.01) and ratio.simulated is not None
    assert all(flow.source for flow in told.values())


def test_packaged_figures_are_not_above_what_they_were_marked() -> None:
    assert all(row.date <= LAST_FOR_TESTS for row in published() if row.usable)
    assert not any(row.usable for row in published() if row.confidence in ("memory", "verified-low-quality"))
