"""The report of an experiment: two complete languages, a cost beside every headline, limits printed."""

import datetime as dt
import json
import re

import numpy as np
import pytest

from tests.made_up import SWITCHES, MadeUp, name_of
from tests.test_report import Reader
from xinyong.assembly import known_processes
from xinyong.cli import main
from xinyong.i18n import LANGUAGES, Words
from xinyong.lab.claims import effects
from xinyong.lab.claims import verdict as module
from xinyong.lab.claims.effects import FLOOR
from xinyong.lab.claims.findings import as_rows, find
from xinyong.lab.claims.games import subsets
from xinyong.lab.claims.ground import Ground, load_roles
from xinyong.report.experiment import VERDICTS, FindingsContext, edition, findings_pages, render_findings

WORTH = {"F": 0.4, "E": 0.3, "B": 0.2, "V": 0.5}


def made_up_ground() -> Ground:
    """Numbers for every measure that some role counts: more of it the more mechanisms are on."""
    measures = {m for role in load_roles().values() for m in (*role.counts, *role.years_of)}
    rng = np.random.default_rng(1)
    given = {}
    for measure in sorted(measures):
        base = 1000 + 50 * rng.random(4)
        for on in subsets(SWITCHES):
            worth = 10 * sum(WORTH[p] for p in on) + 2 * ({"E", "V"} <= on)
            given[name_of(on), measure] = base + worth * (1 + 0.1 * rng.random(4))
        given["none", measure] = base - 5
    persons = {
        (cell, k): people(k, cell) for cell in [name_of(on) for on in subsets(SWITCHES)] for k in range(4)
    }
    return Ground(Made(given, persons=persons))


def people(k: int, cell: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(k)
    n = 500
    expected = rng.integers(100_000, 400_000, n) - (20_000 if "E" in cell else 0)
    return {
        "breaches": rng.poisson(2, n), "expected_breaches": expected, "sanctioned": rng.random(n) < 0.02,
        "household": rng.random(n) < 0.02, "recent": rng.random(n) < 0.005, "urban": rng.integers(0, 2, n),
        "performed": rng.random(n) < 0.1, "listed_weeks": rng.integers(0, 9, n), "income_third": rng.integers(0, 3, n),
    }  # fmt: skip


class Made(MadeUp):
    """The made-up experiment with the rest of a manifest."""

    @property
    def manifest(self):
        told = super().manifest
        return {
            **told, "cells": [w["cell"] for w in told["worlds"]], "design": "made-up", "scenario": "toy",
            "end": str(dt.date(2013, 12, 31)), "replicates": 4, "scale": 1.0, "version": "0",
            "processes": list(known_processes()),
            "switches": {}, "silent": [],
        }  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return find([made_up_ground()])


@pytest.fixture(scope="module")
def html(found):
    return render_findings(found)


def test_tags_close_and_ids_are_used_once(html):
    reader = Reader()
    reader.feed(html)
    assert (reader.faults, reader.open) == ([], [])
    assert len(reader.ids) == len(set(reader.ids))
    assert all(address.startswith("#") for address in reader.addresses)
    assert not re.search(r"url\((?!#)|@import|<link|<img|<iframe|fetch\(|XMLHttp", html)


def test_both_languages_are_complete(found):
    for language in LANGUAGES:
        made = edition(found, language)
        assert made.words.missing == set()
        assert len(made.sections) == len([p for p in findings_pages() if p.wanted(found)])


def test_the_same_findings_give_the_same_bytes(found, html):
    assert render_findings(found) == html


def every_headline_has_its_cost(text: str):
    """Each claim is followed by its cost in rights before the next one begins; all limits are on the page."""
    body = text[text.index('id="claims-en"') : text.index('id="zh-Hant"')]
    parts = re.split(r"<h3>C\d+ ", body)[1:]
    assert len(parts) == 12
    for part in parts:
        assert "Cost in rights" in part, "a claim stands without its cost"
        assert "prior-only" in part, "a claim does not say that it is prior-only"
        assert "Rival account" in part and "Would overturn it" in part, "a claim stands without its rival"
    for name in ("i", "ii", "iii", "iv", "v", "vi", "vii"):
        assert f"<dt>({name})</dt>" in body, "a limit is missing"


def test_every_headline_has_its_cost(html):
    every_headline_has_its_cost(html)


def test_a_page_without_costs_is_noticed(html):
    with pytest.raises(AssertionError, match="without its cost"):
        every_headline_has_its_cost(html.replace("Cost in rights", ""))
    with pytest.raises(AssertionError, match="prior-only"):
        every_headline_has_its_cost(html.replace("prior-only", "certain"))


def test_every_share_is_told_with_all_cells(found, html):
    assert len(found.decompositions) > 8
    for told in found.decompositions:
        assert len(told.cells) == 16
        whole = told.cells[-1].estimate.value - told.cells[0].estimate.value
        assert sum(p.estimate.value for p in told.shares) == pytest.approx(whole)
        for parts in told.groups.values():
            assert sum(p.estimate.value for p in parts) == pytest.approx(whole)
    assert html.count("<figure") >= 2 * len(found.decompositions)


@pytest.mark.parametrize(
    ("value", "written"),
    [(5.55e-17, "0"), (-1.667e-6, "−0.00000167"), (0.25, "0.25"), (304.96, "305"), (120.0, "120")],
)
def test_no_number_is_written_as_machines_do(found, value, written):
    assert FindingsContext(found, Words("en")).number(value) == written


@pytest.mark.parametrize(
    ("chance", "written"),
    [(1.0, "over 99.9"), (0.9985, "99.9"), (0.96, "96.0"), (0.5, "50"), (1e-7, "under 0.1")],
)
def test_nothing_is_certain(found, chance, written):
    assert FindingsContext(found, Words("en")).chance(chance).startswith(written)


def test_the_page_says_what_its_words_are_not(html):
    assert "It is not evidence that it is true of China" in html
    assert html.index("How to read this page") < html.index('href="#claim-C1-en"')
    assert "over 100" not in html
    assert "made-up: no world" not in html


def test_every_word_of_a_verdict_has_a_name():
    words = {module.SUPPORTED, module.REFUTED, module.HANGS, module.CANNOT_TELL, module.UNASKED, module.OPEN}
    words |= {module.PARTLY}
    assert words == set(VERDICTS)


def test_rows_for_the_terminal(found):
    rows = as_rows(found)
    assert [row["claim"] for row in rows] == [f"C{n}" for n in range(1, 13)]
    assert {row["basis"] for row in rows} == {"prior-only"}
    leverage = rows[0]
    assert leverage["verdict"] in set(VERDICTS)
    assert leverage["low"] <= leverage["value"] <= leverage["high"]
    assert [part.name for part in found.leverage] == [
        "leverage_flow", "leverage_counted", "leverage_at_least", "leverage_at_most",
    ]  # fmt: skip


# --- the command ---------------------------------------------------------------------------------------------------


def told(capsys, monkeypatch, *words: str, code: int = 0) -> str:
    monkeypatch.setattr("xinyong.lab.claims.findings.open_grounds", lambda folders: [made_up_ground()])
    with pytest.raises(SystemExit) as end:
        main(["claims", *words])
    assert end.value.code == code
    said = capsys.readouterr()
    return said.out + said.err


def test_the_command_tells_every_claim_with_its_cost(capsys, monkeypatch, tmp_path):
    said = json.loads(told(capsys, monkeypatch, str(tmp_path), "--json", "--report"))
    assert [row["claim"] for row in said["verdicts"]] == [f"C{n}" for n in range(1, 13)]
    assert all(row["basis"] == "prior-only" for row in said["verdicts"])
    assert all(row["cost_of"] for row in said["verdicts"])
    assert (tmp_path / "report.html").is_file()
    assert "prior-only: nothing has been fitted" in told(capsys, monkeypatch, str(tmp_path))


def test_one_claim_is_told_in_full(capsys, monkeypatch, tmp_path):
    said = told(capsys, monkeypatch, str(tmp_path), "--claim", "C6")
    for word in ("rival", "would overturn", "published figures", "limit", "hangs on", "cost", "prior-only"):
        assert word in said
    assert "did you mean" in told(capsys, monkeypatch, str(tmp_path), "--claim", "C66", code=2)


def test_a_folder_that_is_no_experiment_is_named(capsys, tmp_path):
    with pytest.raises(SystemExit) as end:
        main(["claims", str(tmp_path)])
    assert end.value.code == 2
    assert "not the folder of an experiment" in capsys.readouterr().err


# --- twins in totals -----------------------------------------------------------------------------------------------


def small_groups_are_left_out():
    few = effects.compared("urban", "1", np.zeros(FLOOR - 1), np.ones(FLOOR - 1))
    assert few.mean is None, "a group that is too small is told"
    assert few.less is None
    assert effects.compared("urban", "1", np.zeros(FLOOR), np.ones(FLOOR)).mean == -1.0


def test_small_groups_are_left_out(monkeypatch):
    small_groups_are_left_out()
    monkeypatch.setattr(effects, "FLOOR", 0)
    with pytest.raises(AssertionError, match="too small"):
        small_groups_are_left_out()


def test_strata_and_groups_hold_everybody_once():
    ground = made_up_ground()
    rows = effects.effect_map(ground, ground.pair("E"))
    persons = ground.replicates * 500
    for split in ("stratum", "urban", "income_third"):
        assert sum(row.persons for row in rows if row.split == split) == persons
    assert {row.split for row in effects.by_path(ground, ("E", "V"))} == {"E", "V"}
    shifts = [(with_, without) for _, with_, without in effects.quantile_effects(ground, ground.pair("E"))]
    assert all(with_ < without for with_, without in shifts)


def test_gains_of_two_panels_go_together(found):
    assert {(g.economy.panel, g.governance.panel) for g in found.gains} == {("economy", "governance")}
    assert all(-1 <= g.correlation <= 1 for g in found.gains)


def test_means_show_what_small_effects_do(found, html):
    """Beside each mean stands the paired change; with nothing on beyond the base it is nought."""
    assert html.count("Change from every mechanism cut") == len(found.decompositions)
    for told in found.decompositions:
        gaps = [
            a - b for a, b in zip(told.cells[-1].estimate.values, told.cells[0].estimate.values, strict=True)
        ]
        assert FindingsContext(found, Words("en")).number(sum(gaps) / len(gaps)) in html


def test_values_are_written_for_readers(html):
    table = html[html.index('id="hinges-en"') : html.index('id="zh-Hant"')]
    assert "e+0" not in table and "True" not in table and "--set" not in table
    assert "2,000 yuan" in table
