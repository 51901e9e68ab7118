"""The tables of desks and accounts that a person can read."""

import json

import pytest

from tests.cli.calling import call
from tests.fake_run import fake_run
from xinyong.lab.desks import costs, desks
from xinyong.lab.results import open_run
from xinyong.report import write_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fake_run(tmp_path_factory.mktemp("runs") / "a", replicates=1)


def test_each_register_has_a_row(folder):
    """The courts' desk first, then every other register, with what each counts and no more."""
    rows = {row.register: row for row in desks(open_run(folder))}
    assert list(rows) == ["court list", "city points", "other lists"]
    assert rows["court list"].filed > 0 and rows["court list"].rulings is None
    assert rows["court list"].mean_days is None
    city = rows["city points"]
    assert rows["other lists"].filed == 2 * city.filed == 2 * city.rulings
    assert city.mean_days == 12 and city.late == city.rulings // 5


def test_costs_are_listed_under_their_account(folder):
    """An account's sum stands before its items, in yuan."""
    told = [(c.account, c.item) for c in costs(open_run(folder))]
    power = [("coercive", "enforcement rounds"), ("infrastructural", "records")]
    assert told == [(account, name) for account, item in power for name in ("", item)]
    sums = {(c.account, c.item): c.yuan for c in costs(open_run(folder))}
    assert (
        sums["infrastructural", ""] == sums["infrastructural", "records"] == desks(open_run(folder))[1].filed
    )


def test_the_tables_are_shown_and_printed(folder):
    """`xinyong show RUN desks` and the rights page of the report say the same."""
    code, told, _ = call("show", folder, "desks", "--json")
    shown = json.loads(told)
    assert code == 0
    assert [row["register"] for row in shown] == ["court list", "city points", "other lists"]
    assert "city points" in call("show", folder, "desks")[1]
    assert "enforcement rounds" in call("show", folder, "accounts")[1]
    html = write_report(folder).read_text(encoding="utf-8")
    assert "Objection and repair" in html and "異議與修復" in html and "What it cost" in html
