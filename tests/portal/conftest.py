"""One small invented society, played once, and the portal over it; beside it a damaged folder and an empty one."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.verification.checks import STRESS
from xinyong.lab.lookup import Portal
from xinyong.lab.results import Run, open_run
from xinyong.lab.run import make_job, run
from xinyong.lab.scenario import load_scenario
from xinyong.portal.app import make_app

SETS = {
    **STRESS, "suing.sued_share": 0.5, "debtor_map.provinces.hebei.shard": 900,
    "public_portal.lookups_per_adult_year": 2.0, "debtor_map.users_share": 0.3,
}  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = load_scenario("toy").changed(SETS)
    names = {*chosen.processes, "public_portal", "debtor_map"}
    update = {"processes": tuple(sorted(names)), "burn_in_weeks": 40, "start": dt.date(2013, 1, 7)}
    where = tmp_path_factory.mktemp("runs") / "small"
    return run(make_job(chosen.model_copy(update=update), scale="3000", out=where))


@pytest.fixture(scope="session")
def folders(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("others")
    damaged, empty, torn = place / "damaged", place / "empty", place / "torn"
    for path in (damaged, empty, torn):
        path.mkdir()
    (damaged / "manifest.json").write_text('{"format": 1, "finished": tr', encoding="utf-8")
    (torn / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    (torn / "weekly.parquet").write_bytes(b"PAR1 no table at all")
    return [folder, damaged, empty, torn]


@pytest.fixture(scope="session")
def client(folders: list[Path]) -> Iterator[TestClient]:
    app = make_app(folders, per_second=10_000, burst=100_000, a_minute=10_000)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def world(folder: Path) -> Run:
    return open_run(folder)


@pytest.fixture(scope="session")
def sites(world: Run) -> Portal:
    return Portal(world)


@pytest.fixture(scope="session")
def listed(world: Run) -> str:
    """Id of a listed person who was found by somebody."""
    from xinyong import ids

    found = world.table(
        "SELECT e.party FROM episodes e JOIN sightings s ON e.party = s.party WHERE e.kind = 'person' "
        "AND e.deleted_date IS NULL ORDER BY e.party LIMIT 1"
    )
    return ids.text(int(found["party"][0]))
