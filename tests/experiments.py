"""Worlds in which every switch has something to cut, and small designs, for the tests of experiments."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from tests.verification.checks import STRESS, assert_same_where_shared, small_people
from tests.worlds import World, play
from xinyong.assembly import known_processes
from xinyong.lab.experiment.conduct import conduct, make_study
from xinyong.lab.experiment.design import Design, Layout, lay_out
from xinyong.lab.experiment.results import open_experiment
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.experiment.world import WorldSpec
from xinyong.lab.scenario import Scenario, load_scenario
from xinyong.recipes import parse_scale
from xinyong.rulebook import RuleBook

SWITCHES = load_switches()
BUILT = [key for key, switch in SWITCHES.switches.items() if switch.cuts]
# whatever a switch cuts is made to happen often to few people
LIVELY: dict[str, Any] = {
    **STRESS, "debtor_map.provinces.hebei.shard": 900, "debtor_map.users_share": 0.5,
    "debtor_map.scans_per_user_year": 20, "debtor_map.radius_m": 20000, "public_portal.lookups_per_adult_year": 5,
    "applying.outcomes.loan.applications_per_year": 20,
    "applying.outcomes.loan.grade_step_weight": 3, "flows.sesame_to_guizhou.only_in": 0,
    "firms.authority_weight": 20, "marketplace.removals_per_year": 10, "marketplace.merchant_share": 1,
    "black_lists.lists.tax.self_employed_per_1000": 900, "black_lists.lists.tax.entry_delay_days": 1,
    "red_lists.lists.tax_a.month": 10,
    "red_lists.lists.tax_a.organisations_share": 0.5, "red_lists.inspections_per_year": 50,
    "red_lists.green_channel_per_year": 50, "commercial_score.pace": 20,
    "reporting.reports_per_known_offence": 0.5, "knowing.told_per_year.acquaintances": 1,
}  # fmt: skip
PERSONS = "600"


def lively(**update: Any) -> Scenario:
    """The toy society from July 2018 to March 2019 with every process there is."""
    update = {
        "processes": tuple(known_processes()), "start": dt.date(2018, 7, 2), "end": dt.date(2019, 3, 31),
        "burn_in_weeks": 20, **update,
    }  # fmt: skip
    return load_scenario("toy").changed(LIVELY).model_copy(update=update)


def spec_of(scenario: Scenario, seed: int = 1, **more: Any) -> WorldSpec:
    """A world of that scenario with six hundred persons."""
    scale = parse_scale(PERSONS, scenario.people())
    return WorldSpec(scenario, seed, scale, RuleBook.load(None, scenario.sets).hash, **more)


def small_design(**update: Any) -> Design:
    """Three cells of the lively society, two replicates."""
    told: dict[str, Any] = {
        "name": "small", "scenario": "toy", "scale": PERSONS, "replicates": 2, "factors": ["V"],
        "cells": {"none": {"S": False, "V": False}},
        "headlines": [{"measure": "listings_cum", "between": ["none", "V+S"]}],
    }  # fmt: skip
    return Design(**{**told, **update})


def small_layout(**update: Any) -> Layout:
    """The same, laid out."""
    return lay_out(small_design(**update), lively())


def played(key: str | None = None, leave_out: tuple[str, ...] = (), persons: int = 600) -> World:
    """The lively world with a switch off, or without some processes."""
    scenario = lively(processes=tuple(p for p in known_processes() if p not in leave_out))
    cuts = SWITCHES.patches(key, False, RuleBook.load()) if key else {}
    return play(scenario.changed(cuts).plan(1), small_people(1, persons))


def silent_when_off(key: str) -> None:
    """What a switch lets happen never happens when it is off."""
    off = played(key)
    for witness in SWITCHES.get(key).witnesses:
        assert off.total(witness).max() == 0, f"{witness} counts though {key} is off"


def off_is_as_if_absent(key: str) -> None:
    """With the edges cut the rest is to the bit as without the processes that carry them."""
    assert assert_same_where_shared(played(key), played(leave_out=SWITCHES.get(key).carriers)) > 100


def twins_share_society_and_luck(out: Path) -> None:
    """Worlds of one replicate hold the same persons, and a cell that cuts nothing of the courts lists the same ones."""
    study = make_study(
        small_design(replicates=1), out=out, base=lively(), workers=1, outcomes=facts_and_listed
    )
    found = open_experiment(conduct(study))
    for name in ("who", "facts", "listed_ever"):
        assert np.array_equal(found.people("S")[name], found.people("V+S")[name]), f"twins differ in {name}"


def facts_and_listed(plan: Any, shards: list[Any]) -> dict[str, Any]:
    """A hook: two columns of the final shards, one entry a person."""
    return {
        name: np.concatenate([s.store.columns[column][: s.persons] for s in shards])
        for name, column in (("facts", "census"), ("listed_ever", "ever_listed"))
    }
