"""Opening runs: what comes out, and what is said when something is wrong."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.fake_run import fake_run
from xinyong.errors import RunError
from xinyong.lab.compare import compare
from xinyong.lab.results import Run, open_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_run(tmp_path_factory.mktemp("runs") / "a")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return open_run(folder)


def change(folder: Path, **facts: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | facts))


def test_series_has_a_row_a_replicate_and_is_scaled_up(run: Run) -> None:
    days, values = run.series("listings_cum")
    plain = run.series("listings_cum", scaled=False)[1]
    assert values.shape == (3, 391) and days.size == 391
    assert np.array_equal(values, plain * 100)
    assert (np.diff(values, axis=1) >= 0).all()
    assert days[0] == np.datetime64("2012-01-08")


def test_what_a_caller_does_to_a_series_does_not_reach_the_run(run: Run) -> None:
    run.series("listings_cum", scaled=False)[1][:] = -1
    assert run.series("listings_cum", scaled=False)[1].min() >= 0


def test_bands_lie_around_the_middle(run: Run) -> None:
    bands = run.bands("air_refused_attempts_cum")
    assert bands.replicates == 3
    assert (bands.lower <= bands.middle).all() and (bands.middle <= bands.upper).all()


def test_between_week_ends_values_lie_on_the_straight_line(run: Run) -> None:
    days, values = run.series("listings_cum")
    wednesday = days[300] + 3
    expected = values[:, 300] + 3 / 7 * (values[:, 301] - values[:, 300])
    assert np.allclose(run.at("listings_cum", wednesday), expected)


def test_sql_sees_the_three_tables_and_no_other_file(run: Run, folder: Path) -> None:
    found = run.table("SELECT count(*) AS n FROM episodes WHERE \"exit\" = 'performed'")
    assert 0 < int(found["n"][0]) < 400
    with pytest.raises(RunError, match="disabled"):
        run.table("SELECT * FROM read_csv('/etc/hostname')")
    with pytest.raises(RunError, match="no_such_table"):
        run.table("SELECT * FROM no_such_table")


def test_every_row_of_every_table_is_marked_synthetic(run: Run) -> None:
    for name in ("weekly", "episodes", "records"):
        assert list(run.table(f"SELECT DISTINCT synthetic FROM {name}")["synthetic"]) == ["SYNTHETIC 合成"]


def test_notebooks_get_a_summary_without_anything_from_the_manifest_as_code(
    folder: Path, tmp_path: Path
) -> None:
    other = fake_run(tmp_path / "b", replicates=1, weeks=150)
    change(other, scenario="<script>alert(1)</script>")
    page = open_run(other)._repr_html_()
    assert "<svg" in page and "<script>" not in page and "invented" in page


def test_a_misspelt_measure_or_place_is_named(run: Run) -> None:
    with pytest.raises(RunError, match="did you mean 'listings_cum'"):
        run.series("listing_cum")
    with pytest.raises(RunError, match="no shard 'Hebei'"):
        run.series("listings_cum", "Hebei")


def test_days_outside_the_run_are_refused(run: Run) -> None:
    with pytest.raises(RunError, match="outside the run, which goes from 2012-01-08 to 2019-06-30"):
        run.at("listings_cum", "2020-01-01")


def test_what_is_not_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a run folder"):
        open_run(tmp_path)
    with pytest.raises(RunError, match="not a run folder"):
        open_run(tmp_path / "nothing")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match="damaged"):
        open_run(tmp_path)


def test_unfinished_and_foreign_runs_are_refused(tmp_path: Path) -> None:
    folder = fake_run(tmp_path / "c", replicates=1, weeks=60)
    change(folder, finished=False, status="unfinished")
    with pytest.raises(RunError, match="not finished"):
        open_run(folder)
    change(folder, format=99)
    with pytest.raises(RunError, match="format 99"):
        open_run(folder)


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    folder = fake_run(tmp_path / "d", replicates=1, weeks=60)
    table = folder / "weekly.parquet"
    table.write_bytes(table.read_bytes()[:-2000])
    with pytest.raises(RunError, match=r"weekly|damaged"):
        open_run(folder).series("listings_cum")
    table.unlink()
    with pytest.raises(RunError, match=r"weekly\.parquet is missing"):
        open_run(folder)


def test_opening_results_does_not_load_the_engine() -> None:
    code = (
        "import sys, xinyong.lab.results; print(sorted({'numba', 'duckdb', 'matplotlib'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_two_worlds_differ_from_the_week_the_rule_matters(run: Run, tmp_path: Path) -> None:
    other = open_run(fake_run(tmp_path / "other", factor=1.5))
    found = compare(run, other, dates=[dt.date(2014, 12, 28), "2018-06-30"], measures=run.measures)
    assert found.paired
    assert found.first_date is not None and found.first_date >= "2015-01-04"
    assert all(name.endswith("_attempts_cum") for name in found.first_measures)
    rows = {(row.date, row.measure): row for row in found}
    assert rows["2014-12-28", "air_refused_attempts_cum"].difference == 0
    late = rows["2018-06-30", "air_refused_attempts_cum"]
    assert late.pairs == 3 and late.lower is not None and 0 < late.lower <= late.difference
    assert {"sets", "rulebook_hash"} <= {change.fact for change in found.changes}


def test_equal_worlds_are_equal_to_the_last_week(run: Run, folder: Path) -> None:
    found = compare(run, open_run(folder))
    assert found.first_date is None and found.changes == ()
    assert all(row.difference == 0 for row in found) and found.rows[0].date == "2019-06-30"


def test_worlds_that_differ_in_more_than_rules_are_refused(run: Run, tmp_path: Path) -> None:
    other = open_run(fake_run(tmp_path / "seed", seed=5, replicates=2))
    with pytest.raises(RunError, match="more than rules"):
        compare(run, other)
    found = compare(run, other, unpaired=True)
    assert not found.paired and found.rows[0].lower is None
