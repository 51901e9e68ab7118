"""Worlds in which every switch has something to cut, and small designs, for the tests of experiments."""

import datetime as dt
from typing import Any

from tests.verification.checks import STRESS
from xinyong.assembly import known_processes
from xinyong.lab.experiment.design import Design, Layout, lay_out
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
    "applying.outcomes.loan.applications_per_year": 5,
}  # fmt: skip
PERSONS = "600"


def lively(**update: Any) -> Scenario:
    """The toy society in 2018 and 2019 with every process there is."""
    update = {
        "processes": tuple(known_processes()), "start": dt.date(2018, 1, 1), "end": dt.date(2019, 6, 30),
        "burn_in_weeks": 30, **update,
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


def sex_and_listed(plan: Any, shards: list[Any]) -> dict[str, Any]:
    """A hook: two columns of the final shards, one entry a person."""
    import numpy as np

    return {
        name: np.concatenate([s.store.columns[column][: s.persons] for s in shards])
        for name, column in (("facts", "census"), ("listed_ever", "ever_listed"))
    }
