"""From a watched world to the facts of each system; what is not kept has no number."""

from collections.abc import Mapping

import numpy as np

from xinyong.columns import Array
from xinyong.lab.rights.entries import BUREAU, COMMERCIAL, COURT, ENTERED, OTHERS, POINTS
from xinyong.lab.rights.formulas import Fact
from xinyong.lab.rights.groups import Disparity
from xinyong.lab.rights.rows import Rows
from xinyong.lab.rights.world import World

DESKS = {OTHERS: "other_lists", POINTS: "city_points", BUREAU: "central_bank", COMMERCIAL: "commercial_score"}
SHOWN_TO_THE_PUBLIC = ("sex", "age", "shard")
FEW = 5
PROCESS_OF = {
    COURT: "court_list", POINTS: "city_points", BUREAU: "central_bank", COMMERCIAL: "commercial_score",
    OTHERS: "black_lists",
}  # fmt: skip
JOURNEYS_OF_OTHERS = tuple(f"{a}_refused_other_lists_cum" for a in ("air", "high_speed_rail", "exit"))  # fmt: skip


def facts_of(world: World, rows: Rows, groups: Mapping[str, list[Disparity]]) -> dict[str, dict[str, Fact]]:
    """The facts of every system that is in the scenario."""
    present = {p.name for p in world.plan.processes}
    return {
        system: _facts(world, rows, system, groups.get(system, []))
        for system in rows.subsystems
        if PROCESS_OF.get(system, system) in present
    }


def _facts(world: World, rows: Rows, system: str, groups: list[Disparity]) -> dict[str, Fact]:
    ledger = world.ledger
    found: dict[str, Fact] = {"entries": 0.0, "wrong_entries": 0.0}
    found |= {fact: value for (of, fact), value in ledger.numbers.items() if of == system}
    found |= {fact: np.concatenate(some) for (of, fact), some in ledger.lists.items() if of == system}
    found |= _desk(world, system)
    decided_by_hand = rows.subsystems[system].human_decision.value
    ruled = min(float(found.get("rulings", 0.0)), float(found["entries"]))
    found["undecided"] = 0.0 if decided_by_hand else float(found["entries"]) - ruled
    found["thousand_person_years"] = world.person_years / 1000
    found |= _events(world, rows, system)
    found |= _compared(groups)
    found |= _court(world) if system == COURT else {}
    if system == OTHERS and any(name in world.tallies for name in JOURNEYS_OF_OTHERS):
        found["journeys_refused"] = float(sum(world.tallies.get(name, 0) for name in JOURNEYS_OF_OTHERS))
    if system == COMMERCIAL:
        found["members"] = float((ledger.people["firm_score"] > 0).sum())
        marks = float(world.tallies.get("court_marked_cum", 0))
        found |= {"flows": marks, "flows_outside": marks}
    return found


def _desk(world: World, system: str) -> dict[str, Fact]:
    """Objections and rulings, from the tallies of the desks."""
    tallies = world.tallies
    if system == COURT:
        found = {"objections": "objections_cum", "late_rulings": "late_rulings_cum"}
    else:
        start = f"redress_{DESKS.get(system, system)}"
        names = {"objections": "filed", "rulings": "rulings", "late_rulings": "late", "granted": "granted"}
        found = {fact: f"{start}_{tally}_cum" for fact, tally in names.items()}
    held: dict[str, Fact] = {f: float(tallies[t]) for f, t in found.items() if t in tallies}
    return held | ({"wrong_objected": world.ledger.numbers[system, "wrong_objected"]} if held else {})


def _events(world: World, rows: Rows, system: str) -> dict[str, Fact]:
    mine = {event: sums for event, sums in world.ledger.events.items() if event.system == system}
    harm = sum(float(sums[1]) for sums in mine.values())
    outside = sum(
        float(sums[1])
        for event, sums in mine.items()
        if rows.contexts.kappa(event.origin, event.treatment) == "unrelated"
    )
    found: dict[str, Fact] = {"events": float(sum(n for n, weeks in mine.values() if weeks))}
    return found | ({"harm": harm, "harm_unrelated": outside} if harm else {})


def _compared(groups: list[Disparity]) -> dict[str, Fact]:
    """Ratios of all groups, without saying whose they are."""
    named = {
        "spared_ratios": "spared_ratio",
        "struck_ratios": "struck_ratio",
        "conduct_ratios": "conduct_ratio",
        "conduct_lows": "low",
    }
    held = {
        fact: np.array([r for g in groups if (r := getattr(g, field)) is not None])
        for fact, field in named.items()
    }
    return {fact: values for fact, values in held.items() if values.size}


def _court(world: World) -> dict[str, Fact]:
    """Harm against the bench, exposure, and how many are alike among those listed."""
    persons, people = world.ledger.persons, world.ledger.people
    entered = persons.get((COURT, ENTERED), np.zeros(world.persons)) > 0
    nought = np.zeros(world.persons)
    harm, bench = persons.get((COURT, "harm"), nought), persons.get((COURT, "bench"), nought)
    found: dict[str, Fact] = {}
    if entered.any():
        found["disproportion"] = harm[entered] / bench[entered]
        steps = persons[COURT, "gravity"][entered].astype(np.int64)
        found["harm_same_gravity"] = harm[entered][steps == np.bincount(steps).argmax()]
        exposure = persons.get((COURT, "exposure"))
        if exposure is not None:
            found["exposure"] = exposure[entered]
    if world.scale == 1.0:
        found |= _alike(people)
    return found


def _alike(people: Mapping[str, Array]) -> dict[str, Fact]:
    """Listed persons of whose sex, age and place fewer than five live in the place."""
    kinds = np.stack([people[name].astype(np.int64) for name in SHOWN_TO_THE_PUBLIC])
    _, kind, many = np.unique(kinds, axis=1, return_inverse=True, return_counts=True)
    listed = people["listed"] > 0
    return {"listed_now": float(listed.sum()), "unique": float((many[kind.ravel()][listed] < FEW).sum())}
