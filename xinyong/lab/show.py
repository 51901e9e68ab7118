"""Tell one invented life by playing its shard again: a shard is a pure function of seed and signal log."""

from pathlib import Path
from typing import Any

import numpy as np

from xinyong import ids
from xinyong.engine import Plan, Shard
from xinyong.errors import RunError
from xinyong.lab.run import read_manifest
from xinyong.lab.scenario import Scenario
from xinyong.population import make_shard
from xinyong.timeline import date_of

TELL = {
    "loan": "takes a loan of {amount:,} yuan over {months} months",
    "default": "is a quarter in arrears with {amount:,} yuan",
    "suit": "is sued for {amount:,} yuan",
    "settled": "the debt is paid in court or by enforcement",
    "listing_order": "a court orders the listing",
    "listed": "is published on the list (case {number})",
    "performed": "performs the judgment (case {number})",
    "delisted": "is deleted from the list (case {number})",
    "ruling": "a court rules on the objection: {granted}",
    "deed": "does deed {deed} of the city's table",
    "barred_notice": "is barred from something for the first time in this spell",
}
WATCHED = {"unable": "unable to pay", "points": "city points", "grade": "grade (1 AAA to 6 D)"}


def life(folder: Path, kind: str, identity: str, replicate: int = 0) -> list[dict[str, Any]]:
    """Everything that happened to one synthetic person or organisation, in order of days.

    Raises RunError for an id that is not in the run.
    """
    manifest = read_manifest(folder)
    scenario = _scenario(folder)
    plan = scenario.plan(manifest["seeds"][replicate])
    wanted = int(identity) if identity.isdigit() else ids.parse(identity)
    _, code, _ = ids.unpack(wanted)
    shard = Shard(plan, make_shard(scenario.people(), plan.seed, manifest["scale"], code))
    row = _row(shard, wanted, kind)
    return _replay(plan, shard, row, _signals(folder, replicate))


def _scenario(folder: Path) -> Scenario:
    import json

    try:
        return Scenario(**json.loads((folder / "scenario.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}/scenario.json is missing or damaged: {error}") from error


def _row(shard: Shard, identity: int, kind: str) -> int:
    _, number = ids.party(identity)
    rows = np.flatnonzero(shard.store.columns["number"] == np.uint32(number))
    if not len(rows):
        raise RunError(f"no {kind} {identity} in shard {shard.code}; ids are in episodes.parquet, column party")
    if (shard.store.columns["kind"][rows[0]] == 0) != (kind == "person"):
        raise RunError(f"{identity} is not a {kind}; try the other kind")
    return int(rows[0])


def _signals(folder: Path, replicate: int) -> list[list[int]]:
    path = folder / f"signals-r{replicate:03d}.npy"
    return np.load(path).tolist() if path.is_file() else []  # type: ignore[no-any-return]


def _replay(plan: Plan, shard: Shard, row: int, signals: list[list[int]]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    shard.board.listeners.append(lambda kind, rows: told.extend(_notices(shard, row, kind, rows)))
    columns = {name: shard.store.columns[name] for name in WATCHED if name in shard.store.columns}
    before = {name: int(a[row]) for name, a in columns.items()}
    refusals = 0
    for week in range(plan.calendar.weeks):
        nation = dict(zip(plan.watched, signals[week - 1], strict=True)) if plan.watched and week else {}
        shard.step(plan.frame(week, nation))
        sunday = str(plan.calendar.sunday(week))
        for name, array in columns.items():
            if array[row] != before[name]:
                told.append({"date": sunday, "what": name, "told": f"{WATCHED[name]}: {before[name]} -> {array[row]}"})
                before[name] = int(array[row])
        now = _refusals(shard, row)
        if now > refusals:
            told.append({"date": sunday, "what": "refused", "told": f"refused {now - refusals} time(s) this week"})
        refusals = now
    return sorted(told, key=lambda line: line["date"])


def _refusals(shard: Shard, row: int) -> int:
    table = shard.store.tables.get("wanters")
    if table is None:
        return 0
    mine = np.flatnonzero(table.columns["party"][: table.high] == row)
    return int(table.columns["learned"][mine].sum())


def _notices(shard: Shard, row: int, kind: str, rows: dict[str, Any]) -> list[dict[str, Any]]:
    if kind not in TELL:
        return []
    if "party" in rows:
        party = rows["party"]
    elif "case" in rows:
        party = shard.store.tables["cases"].columns["party"][rows["case"]]
    else:
        party = shard.store.tables["loans"].columns["party"][rows["loan"]]
    lines = []
    for k in np.flatnonzero(party == row):
        values = {name: int(array[k]) for name, array in rows.items()}
        values["granted"] = "granted" if values.get("granted") else "rejected"  # type: ignore[assignment]
        lines.append({"date": str(date_of(values["day"])), "what": kind, "told": TELL[kind].format(**values)})
    return lines
