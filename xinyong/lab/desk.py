"""Small experiments ordered from a page: a mechanism on and off, a few parameters, effect beside cost in rights.

Bounded: few persons, few replicates, one mechanism at a time. Nothing is optimised: what is ordered is played and told.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinyong.errors import ScenarioError, did_you_mean
from xinyong.lab.experiment.conduct import conduct, make_study
from xinyong.lab.experiment.contrasts import Contrast
from xinyong.lab.experiment.design import Design
from xinyong.lab.experiment.results import Experiment, open_experiment
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.tables import MARK
from xinyong.rulebook import RuleBook, RuleLeaf

SCENARIOS = ("toy", "china-2012-2019")
PERSONS, REPLICATES, LAST = (1_000, 20_000), (2, 6), dt.date(2019, 6, 30)
FIRST_END = dt.date(2014, 12, 28)
PARAMETERS = (
    "court_list.term_years", "courts.listing_practice_share", "objection.aware_share", "suing.unable_ratio",
    "sharing_platform.false_record_per_1000", "sharing_platform.stale_share", "redress.repair_granted_share",
    "wants.activities.air.checked_share", "wants.activities.high_speed_rail.checked_share",
    "public_portal.lookups_per_adult_year", "debtor_map.users_share", "believing.media_weight",
)  # fmt: skip
EFFECTS = (
    "listings_cum", "performed_cum", "defaults_cum", "suits_cum", "air_refused_attempts_cum",
    "high_speed_rail_refused_attempts_cum", "perks_taken_cum", "state_visible_now", "lookups_of_listed_cum",
    "voiced_approve_now", "private_approve_now", "protests_cum",
)  # fmt: skip
COSTS = (
    "wrongful_listed_now", "records_false_now", "barred_persons_now", "ever_shut_out_cum", "late_deletions_cum",
    "redress_kept_wrong_cum", "wrongly_marked_now", "black_wrongful_now", "shamed_persons_now", "shamed_family_now",
    "learned_of_wrong_cum", "opinion_falsified_now", "silenced_protests_cum", "detained_cum",
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """A rule that an order may set: where it stands, its range, and how well it is known."""

    path: str
    gloss: str
    name: str
    unit: str
    least: float
    most: float
    value: float
    grade: str


def parameters(more: Iterable[str] = ()) -> tuple[Parameter, ...]:
    """The rules that the page offers, and others that are asked for; each has a number and a range."""
    book = RuleBook.load()
    leaves = [book.leaves(path)[0] for path in dict.fromkeys((*PARAMETERS, *more)) if book.has(path)]
    return tuple(_parameter(leaf) for leaf in leaves if leaf.range and _number(leaf) is not None)


def _number(leaf: RuleLeaf) -> float | None:
    value = leaf.on(LAST)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _parameter(leaf: RuleLeaf) -> Parameter:
    least, most = leaf.range or (0.0, 0.0)
    grade = leaf.values[max(d for d in leaf.dates if d <= LAST)].grade
    return Parameter(leaf.path, leaf.gloss, leaf.name, leaf.unit, least, most, _number(leaf) or 0.0, grade)


def checked(order: dict[str, Any]) -> dict[str, Any]:
    """An order that may be played, in one form. Raises ScenarioError that says what is out of bounds."""
    if order["scenario"] not in SCENARIOS:
        raise ScenarioError(
            f"no scenario '{order['scenario']}' at the desk{did_you_mean(order['scenario'], SCENARIOS)}"
        )
    load_switches().get(order["switch"])
    for name, (least, most) in (("persons", PERSONS), ("replicates", REPLICATES)):
        if not least <= int(order[name]) <= most:
            raise ScenarioError(f"{name} {order[name]}: the desk plays {least:,} to {most:,}")
    if not FIRST_END <= order["until"] <= LAST:
        raise ScenarioError(f"until {order['until']}: give a day from {FIRST_END} to {LAST}")
    known = {p.path: p for p in parameters(order["sets"])}
    for path, value in order["sets"].items():
        if path not in known:
            near = did_you_mean(path, [leaf.path for leaf in RuleBook.load().leaves()])
            raise ScenarioError(f"'{path}' is no rule with a number and a range{near}")
        if not known[path].least <= value <= known[path].most:
            raise ScenarioError(
                f"{path} {value:g}: the range is {known[path].least:g} to {known[path].most:g}"
            )
    return {**order, "until": str(order["until"]), "sets": dict(sorted(order["sets"].items()))}


def play(order: dict[str, Any], folder: Path, tell: Callable[[int, int, int], None]) -> dict[str, Any]:
    """Play an order in a folder and give effect, cost and grade; `results.csv` beside it holds every number."""
    whole = dict(order["sets"])
    design = Design(
        name="desk", scenario=order["scenario"], processes="every" if order["scenario"] == "toy" else "scenario",
        scale=str(order["persons"]), until=dt.date.fromisoformat(order["until"]), seed=int(order["seed"]),
        replicates=int(order["replicates"]), sets=_typed(whole), factors={order["switch"]: (True, False)},
    )  # fmt: skip
    study = make_study(design, out=folder / "experiment", workers=1)
    found = open_experiment(conduct(study, progress=tell))
    _write_csv(found, folder / "results.csv")
    cuts = study.layout.cells[-1].sets.keys() - whole.keys()
    return {
        "synthetic": MARK, "scale": found.scale, "date": str(found.dates[-1]), "replicates": found.replicates,
        "effects": _contrasts(found, order["switch"], EFFECTS), "costs": _contrasts(found, order["switch"], COSTS),
        "cuts": sorted(cuts), "marks": _marks(sorted({*cuts, *whole})), "measures": len(found.measures),
        "dictionary": _meanings(folder / "experiment"),
    }  # fmt: skip


def _typed(sets: dict[str, float]) -> dict[str, Any]:
    """Whole numbers where the rule book has whole numbers."""
    book = RuleBook.load()
    return {
        p: int(v) if isinstance(book.leaves(p)[0].on(LAST), int) and v == int(v) else v
        for p, v in sets.items()
    }


def _contrasts(found: Experiment, switch: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        _told(found.effect(switch, name), [_year(found, switch, name, str(d)) for d in found.dates])
        for name in wanted if name in found.measures
    ]  # fmt: skip


def _year(found: Experiment, switch: str, name: str, date: str) -> dict[str, Any]:
    one = found.effect(switch, name, date)
    return {"date": date, "without": one.a, "with": one.b}


def _told(c: Contrast, years: list[dict[str, Any]]) -> dict[str, Any]:
    """A paired difference: with the mechanism less without it."""
    error = None if c.standard_error != c.standard_error else c.standard_error
    sure = error is not None and abs(c.difference) > 2 * error
    return {
        "measure": c.measure, "without": c.a, "with": c.b, "difference": c.difference, "error": error,
        "sure": bool(sure and c.difference), "years": years,
    }  # fmt: skip


def _marks(paths: list[str]) -> dict[str, int]:
    """How the rules that were moved are marked: so many assumed, so many read."""
    book = RuleBook.load()
    grades = [v.grade for path in paths for v in list(book.leaves(path)[0].values.values())[-1:]]
    return {grade: grades.count(grade) for grade in sorted(set(grades))}


def _meanings(folder: Path) -> dict[str, Any]:
    import json

    told = json.loads((folder / "dictionary.json").read_text(encoding="utf-8"))["measures"]
    return {name: told[name] for name in (*EFFECTS, *COSTS) if name in told}


def _write_csv(found: Experiment, path: Path) -> None:
    """Every world, measure and date, with the mark in the first column."""
    rows = found.table("SELECT cell, replicate, seed, measure, date, value, scale FROM results")
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        out.writerow(["synthetic", *rows])
        dates = [str(d)[:10] for d in rows["date"].astype("datetime64[D]")]
        columns = [c.tolist() if name != "date" else dates for name, c in rows.items()]
        out.writerows((MARK, *row) for row in zip(*columns, strict=True))
