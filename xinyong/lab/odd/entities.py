"""Element 2 of the protocol: entities, state variables and scales, from the columns that processes own."""

from collections.abc import Mapping

import numpy as np

from xinyong.assembly import POPULATION
from xinyong.columns import Column, Owned, Pool, SideTable, Tally, Wheel
from xinyong.engine import Plan
from xinyong.lab.odd.form import Section, Sheet, sheet
from xinyong.lab.scenario import Scenario
from xinyong.timeline import WEEK_YEARS

COLUMN_HEADS = ("name", "owner", "kind", "bytes", "unit", "meaning")


def entities(plan: Plan, scenario: Scenario) -> list[Section]:
    """Entities with every variable and its owner, and the scales."""
    owner, owned = owners(plan)
    parties = {n: s for n, s in owned.items() if "." not in n and isinstance(s, Column)}
    held = sum(_bytes(s) for s in parties.values() if isinstance(s, Column))
    tables = {n: s for n, s in owned.items() if isinstance(s, SideTable)}
    return [
        Section("2 Entities, state variables, and scales", (
            "Entities are invented persons and organisations (together: parties), and the rows of the side "
            "tables below. "
            "Every variable has one owner, the only process that may write it; this is enforced. Nobody in the model "
            "stands for a real person.",
        )),
        Section("Parties", (f"Each party holds {held} bytes.", _columns(parties, owner)), 3),
        Section("Side tables", (
            "Rows are made and freed by the owner of the table alone; other processes may add fields of their own.",
            sheet(("table", "owner", "a row is"), ((n, owner[n], s.meaning) for n, s in tables.items())),
            _columns({n: s for n, s in owned.items() if "." in n}, owner),
        ), 3),
        Section("Numbers of the collective", (
            "Tallies are whole numbers kept by shard and summed; pools are vectors summed over the nation each year.",
            sheet(("name", "owner", "kind", "unit", "meaning"), (
                (n, owner[n], *_collective(s), s.meaning) for n, s in owned.items() if isinstance(s, Tally | Pool)
            )),
        ), 3),
        Section("Scales", (_scales(plan, scenario),), 3),
    ]  # fmt: skip


def owners(plan: Plan) -> tuple[dict[str, str], dict[str, Owned]]:
    """Who owns each name, and its declaration; the population first, then processes in their order."""
    owned: dict[str, Owned] = {**POPULATION, "organisations": SideTable("an organisation")}
    owner = dict.fromkeys(owned, "the population")
    for process in plan.processes:
        owned |= process.owns
        owner |= dict.fromkeys(process.owns, process.name)
    return owner, owned


def _columns(columns: Mapping[str, Owned], owner: Mapping[str, str]) -> Sheet:
    rows = []
    for name, spec in columns.items():
        if isinstance(spec, Column):
            width = f" × {spec.width}" if spec.width > 1 else ""
            rows.append((name, owner[name], spec.dtype + width, _bytes(spec), spec.unit, spec.meaning))
        elif isinstance(spec, Wheel):
            rows.append((name, owner[name], "wheel", 2, "week due", spec.meaning))
    return sheet(COLUMN_HEADS, rows)


def _bytes(spec: Owned) -> int:
    return np.dtype(spec.dtype).itemsize * spec.width if isinstance(spec, Column) else 0


def _collective(spec: Tally | Pool) -> tuple[str, str]:
    if isinstance(spec, Pool):
        return f"pool of {spec.width}", ""
    return ("level" if spec.stock else "count"), spec.unit


def _scales(plan: Plan, scenario: Scenario) -> Sheet:
    calendar, people = plan.calendar, scenario.people()
    return sheet(("scale", "value"), (
        ("step", f"one week, {WEEK_YEARS:.6f} years; legal clocks run in days inside it"),
        ("period", f"{calendar.start} to {calendar.sunday(calendar.weeks - 1)}, {calendar.weeks} weeks, of which "
                   f"{calendar.burn_in} before counting begins"),
        ("population", f"{people.persons:,} persons (recipe {scenario.recipe}); default scale {scenario.scale}"),
        ("space", f"{len(people.shards)} shards ({', '.join(s.name for s in people.shards)}); households "
         f"inside them; "
                  "a map of places is drawn only where the rules open one"),
    ))  # fmt: skip
