"""The rights audit over whole worlds: it counts what the model counts, reads only, and sees discrimination planted."""

import dataclasses
import datetime as dt
import hashlib
import json
import re

import numpy as np
import pytest

from tests.verification import faults
from xinyong.cli.printing import plain
from xinyong.errors import RunError
from xinyong.institutions.courts import Courts
from xinyong.kernels import census
from xinyong.lab.rights import audit as auditing
from xinyong.lab.rights.entries import COURT, Entries
from xinyong.lab.rights.groups import at_equal_conduct, selection_rates
from xinyong.lab.rights.harm import Refusals
from xinyong.lab.rights.rows import rows
from xinyong.lab.rights.world import LABELS, swapped, watched
from xinyong.lab.run import make_job
from xinyong.lab.run import run as play
from xinyong.lab.scenario import load_scenario
from xinyong.population import make_shard

ROWS = rows()
BUSY = {
    "courts.listed_if_unable_share": 0.5, "courts.judgment_delay_mean_years": 0.3, "courts.listing_practice_share": 1.0,
    "objection.aware_share": 0.8, "suing.sued_share": 0.9,
}  # fmt: skip


def busy():
    """Two towns in which courts are quick, err often, and many object."""
    period = {"start": dt.date(2013, 9, 30), "burn_in_weeks": 104}
    return load_scenario("toy").changed(BUSY, dt.date(2016, 12, 31)).model_copy(update=period)


@pytest.fixture(scope="module")
def world():
    return watched(busy(), 1, 1.0, ROWS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "a"
    return play(make_job(busy(), 1, "3000", out))


@pytest.fixture(scope="module")
def found(folder):
    return auditing.audit(folder)


def counts_agree(world):
    """What the watchers saw is what the institutions counted themselves."""
    numbers, tallies = world.ledger.numbers, world.tallies
    refused = sum(n for name, n in tallies.items() if re.fullmatch(r"(?!.*other_lists)\w+_refused_cum", name))
    seen = sum(sums[0] for e, sums in world.ledger.events.items() if e.system == COURT and e.kind != "entry")
    assert numbers[COURT, "entries"] == tallies["listings_cum"] > 100
    assert seen == refused > 20
    assert numbers[COURT, "granted"] == tallies["objections_granted_cum"] > 0
    assert numbers["bureau", "entries"] == tallies["adverse_entered_cum"] > 100
    assert numbers["points", "entries"] == tallies["deductions_cum"] > 100
    assert numbers["other_lists", "entries"] == tallies["black_entries_cum"] > 10
    assert numbers["commercial", "entries"] == tallies["court_marked_cum"]
    wrong = numbers[COURT, "wrong_entries"] - numbers[COURT, "wrong_ended"]
    assert wrong == tallies["wrongful_listed_now"] > 0


def test_the_watchers_count_what_the_institutions_count(world):
    counts_agree(world)


PLANTED = [
    ("the audit takes a wrong listing for a right one",
     faults.method_after(Entries, "_enter", lambda self, system, party, wrong: self.ledger.add(
         system, wrong_entries=-int(wrong.sum())))),
    ("the audit forgets refusals of persons not listed themselves",
     faults.instead(Refusals, "_book", lambda self, party, fresh: None)),
    ("the audit counts a listing of the burn-in of others twice",
     faults.method_after(Entries, "_enter", lambda self, system, party, wrong: self.ledger.add(system, entries=1))),
]  # fmt: skip


@pytest.mark.parametrize(("what", "plant"), PLANTED, ids=[what.replace(" ", "-") for what, _ in PLANTED])
def test_a_fault_of_the_audit_is_caught(what, plant, monkeypatch):
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        counts_agree(watched(busy(), 1, 1.0, ROWS))


def test_watching_changes_nothing(folder, found):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    again = play(make_job(busy(), 1, "3000", folder.parent / "b"))
    other = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["state_hash"] == other["state_hash"]
    assert found.worlds[0].rules == manifest["rulebook_hash"][:16]


def test_the_audit_only_reads(folder):
    def prints():
        return {
            p.name: hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        }

    before = prints()
    auditing.audit(folder, quick=True)
    assert prints() == before


def test_nothing_about_a_single_person_leaves_the_audit(found):
    text = json.dumps(plain(found), ensure_ascii=False)
    assert not re.search(r"\bP-\d+|合成〕|\"party\"|\"person\"|\"number\"", text)
    longest = max(len(v) for v in vars(found).values() if isinstance(v, tuple))
    assert longest == len(found.lines) == 6 * sum(len(m.parts) for m in ROWS.metrics.values())
    assert all(len(one.group) and one.persons > 10 for one in found.disparities)


def test_a_number_or_a_reason_never_both_never_neither(found):
    for line in found.lines:
        without = line.value is None or line.value == float("inf")
        assert without == bool(line.reason), line


def test_without_a_system_nobody_is_entered_in_it(found):
    for line in found.lines:
        if line.metric == "A1":
            assert line.without is None, line
    courts = {p.measure: p for p in found.pairs if p.system == COURT}
    assert courts["listed debtors who performed"].without == 0 < courts["listed debtors who performed"].world
    assert courts["refusals and bars"].without < courts["refusals and bars"].world


def test_quick_says_what_it_did_not_play(folder):
    quick = auditing.audit(folder, quick=True)
    missing = {line.metric for line in quick.lines if "(--quick)" in line.reason}
    assert {"C3", "E3"} <= missing and [w.world for w in quick.worlds] == ["the run"]


def test_two_societies_are_not_paired(folder, tmp_path):
    other = play(make_job(busy(), 2, "3000", tmp_path / "c"))
    with pytest.raises(RunError, match="another society"):
        auditing.audit(folder, other)


def test_a_run_of_other_rules_is_not_audited(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("xinyong.lab.replay.__version__", "9.9.9")
    with pytest.raises(RunError, match="run the scenario anew"):
        auditing.audit(folder, quick=True)


@pytest.mark.parametrize("label", LABELS)
def test_a_swap_touches_the_label_alone(label):
    people = make_shard(load_scenario("toy").people(), 1, 10.0, load_scenario("toy").people().shards[0].code)
    other = swapped(people, label)
    persons = people.columns["kind"] == 0
    for name, column in people.columns.items():
        same = column == other.columns[name]
        assert (~same[persons]).all() if name == label else same.all()
        assert same[~persons].all()
    assert dataclasses.replace(other, columns=people.columns) == people


def test_the_swap_test_sees_discrimination_and_nothing_where_there_is_none(world, monkeypatch):
    other = watched(busy(), 1, 1.0, ROWS, "sex")
    assert auditing.changed(world, other, COURT) == 0.0
    original = Courts._tell
    monkeypatch.setattr(Courts, "reads", (*Courts.reads, "census"))

    def only_men(self, day, settled, ordered):
        party = day.table("cases").fields.party[ordered]
        woman = (census.sex_of(day.people.census[party]) == 0) & (day.people.kind[party] == 0)
        original(self, day, settled, ordered[~woman])

    monkeypatch.setattr(Courts, "_tell", only_men)
    biased, swap = watched(busy(), 1, 1.0, ROWS), watched(busy(), 1, 1.0, ROWS, "sex")
    assert auditing.changed(biased, swap, COURT) > 0.05


def test_group_shares_are_those_of_the_totals():
    rates = selection_rates(np.array([10, 0, 40]), np.array([9, 0, 10]))
    assert rates == [pytest.approx(0.9), None, pytest.approx(0.25)]


def test_equal_conduct_is_compared_within_strata():
    acts = np.array([[100.0, 10.0], [20.0, 200.0]])
    assert at_equal_conduct(acts, acts * np.array([[0.5], [0.1]]), 0)[0] == pytest.approx(1.0)
    ratio, low, high = at_equal_conduct(acts, acts * np.array([[0.5, 0.25], [0.1, 0.05]]), 0)
    assert ratio == pytest.approx(2.0) and low < 2.0 < high
    assert at_equal_conduct(acts / 10, acts / 20, 0) == (None, None, None)
