"""What a world leaves behind as tables: weekly numbers, list episodes, records."""

from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.engine import Plan, Shard, tally_specs
from xinyong.ids import CASE, ORGANISATION, PERSON, RECORD
from xinyong.kernels import census
from xinyong.timeline import EPOCH

ALL = "all"
TOP_BIT = np.uint32(1 << 31)
KINDS = np.array(["person", "enterprise", "self-employed", "social organisation", "department"])
EXITS = np.array(["open", "performed", "terminated", "expired", "corrected"])
ENDS = {2: "live", 4: "expired", 5: "deleted", 6: "lost", 0: "in source", 1: "queued", 3: "being deleted"}


def weekly_rows(
    plan: Plan,
    shards: list[Shard],
    tallies: list[Array],
    base: Array,
    first: int,
    head: dict[str, Any],
    scale: float,
) -> dict[str, Array]:
    """Weekly table of some weeks: a row a week for the whole world, then for each shard.

    `tallies` holds (weeks, tallies) a shard; `base` (shards, tallies) is what stood when counting began.
    """
    calendar, names = plan.calendar, list(tally_specs(plan))
    weeks = np.arange(first, first + len(tallies[0]))
    counted = np.array([not spec.stock for spec in tally_specs(plan).values()])
    by_shard = [t - np.where(counted, b, 0) for t, b in zip(tallies, base, strict=True)]
    blocks = [np.sum(by_shard, axis=0), *by_shard]
    labels = [ALL, *(s.name for s in shards)]
    sizes = [(s.persons, s.organisations) for s in shards]
    sizes = [(sum(p for p, _ in sizes), sum(o for _, o in sizes)), *sizes]
    dates = np.array([calendar.sunday(int(w)) for w in weeks], "datetime64[D]")
    n = len(weeks)
    columns: dict[str, Array] = {
        "replicate": np.full(n * len(blocks), head["replicate"], np.int32),
        "seed": np.full(n * len(blocks), head["seed"], np.int64),
        "week": np.tile(weeks - calendar.burn_in, len(blocks)).astype(np.int32),
        "date": np.tile(dates, len(blocks)),
        "shard": np.repeat(np.array(labels, object), n),
        "scale": np.full(n * len(blocks), scale),
        "persons_now": np.repeat(np.array([p for p, _ in sizes], np.int64), n),
        "organisations_now": np.repeat(np.array([o for _, o in sizes], np.int64), n),
    }
    stacked = np.concatenate(blocks)
    return columns | {name: stacked[:, k] for k, name in enumerate(names)}


def dates_of(days: Array) -> Array:
    """Day numbers as dates; negative ones as missing."""
    dates = np.datetime64(EPOCH) + days.astype("timedelta64[D]")
    return np.where(days < 0, np.datetime64("NaT"), dates)


def pack_many(kind: Array, shard: int, number: Array) -> Array:
    """64-bit ids of many things of one shard (see `xinyong.ids.pack`)."""
    return (kind.astype(np.int64) << 56) | (np.int64(shard) << 32) | number.astype(np.int64)


def party_ids(shard: Shard, rows: Array) -> Array:
    """64-bit ids of parties given by row."""
    number = shard.store.columns["number"][rows]
    kind = np.where(number & TOP_BIT, ORGANISATION, PERSON)
    return pack_many(kind, shard.code, number & ~TOP_BIT)


def episode_rows(shard: Shard, ended: dict[str, Array], replicate: int) -> dict[str, Array]:
    """Finished list episodes of one shard, from the notices kept."""
    rows = ended["party"]
    return {
        "replicate": np.full(len(rows), replicate, np.int32),
        "case": pack_many(np.full(len(rows), CASE), shard.code, ended["number"]),
        "party": party_ids(shard, rows),
        "kind": KINDS[shard.store.columns["kind"][rows]].astype(object),
        "shard": np.full(len(rows), shard.name, object),
        "amount_yuan": ended["amount"].astype(np.int64),
        "suit_date": dates_of(ended["suit_day"]),
        "judged_date": dates_of(ended["judged_day"]),
        "decided_date": dates_of(ended["decided_day"]),
        "published_date": dates_of(ended["published_day"]),
        "ended_date": dates_of(ended["ended_day"]),
        "deleted_date": dates_of(ended["day"]),
        "exit": EXITS[ended["exit"]].astype(object),
        "term": ended["term"].astype(bool),
        "wrongful": ended["wrongful"].astype(bool),
    }


def open_episodes(shard: Shard) -> dict[str, Array]:
    """List episodes that have not ended, in the shape of the notices kept."""
    table = shard.store.tables["cases"]
    if "published_day" not in table.columns:
        return {}
    rows = np.flatnonzero(
        (table.columns["alive"][: table.high] == 1) & (table.columns["published_day"][: table.high] >= 0)
    )
    names = (
        "party",
        "number",
        "amount",
        "suit_day",
        "judged_day",
        "decided_day",
        "published_day",
        "ended_day",
        "exit",
        "term",
    )
    held = {name: table.columns[name][rows] for name in names}
    return held | {"wrongful": table.columns["unable_then"][rows], "day": np.full(len(rows), -1, np.int32)}


def issuer_names(plan: Plan) -> Array:
    """Names of those who issue records, by code (256)."""
    names = np.full(256, "", object)
    rules = plan.book.on(plan.calendar.start)
    for row in (*rules.joint_measures.issuers.rows(), *rules.black_lists.lists.rows()):
        names[row.code] = row.key
    return names


def record_rows(shard: Shard, ended: dict[str, Array], replicate: int) -> dict[str, Array]:
    """Finished (or, with end < 4, living) records of one shard."""
    rows = ended["party"]
    marked = (ended["number"] & TOP_BIT) > 0
    return {
        "replicate": np.full(len(rows), replicate, np.int32),
        "record": pack_many(np.full(len(rows), RECORD), shard.code, ended["number"] & ~TOP_BIT),
        "party": party_ids(shard, rows),
        "issuer": issuer_names(shard.plan)[ended["issuer"]],
        "created_date": dates_of(ended["created"]),
        "live_date": dates_of(ended["live"]),
        "ended_date": dates_of(ended["day"]),
        "end": np.array([ENDS[int(e)] for e in ended["end"]], object),
        "false_record": ended["false"].astype(bool),
        "copy": marked,
        "shard": np.full(len(rows), shard.name, object),
    }


def living_records(shard: Shard) -> dict[str, Array]:
    """Records still in existence, in the shape of the notices kept."""
    table = shard.store.tables.get("records")
    if table is None:
        return {}
    rows = np.flatnonzero(table.columns["alive"][: table.high] == 1)
    c = table.columns
    return {
        "party": c["party"][rows], "number": c["case_number"][rows], "created": c["entered_day"][rows],
        "live": c["live_day"][rows], "end": c["state"][rows], "false": c["false"][rows],
        "issuer": c["issuer"][rows],
        "day": np.full(len(rows), -1, np.int32),
    }  # fmt: skip


def sighting_rows(shard: Shard, told: dict[str, Array], replicate: int) -> dict[str, Array]:
    """Who learned of whose listing in one shard; names of channels and grounds are in the rule book, by code."""
    asker = party_ids(shard, np.maximum(told["asker"], 0))
    return {
        "replicate": np.full(len(asker), replicate, np.int32),
        "date": dates_of(told["day"]),
        "asker": np.where(told["asker"] < 0, 0, asker),
        "party": party_ids(shard, told["party"]),
        "channel": told["channel"],
        "reason": told["reason"],
        "shard": np.full(len(asker), shard.name, object),
    }


def everybody(shard: Shard) -> dict[str, Array]:
    """Rows of all parties of a shard."""
    return {"party": np.arange(shard.store.parties, dtype=np.int32)}


def party_rows(shard: Shard, held: dict[str, Array], replicate: int) -> dict[str, Array]:
    """What the public sites need to know of every party of one shard at the end of a run; numbers only."""
    rows, c = held["party"], shard.store.columns
    firms = shard.store.tables["organisations"].columns
    firms = {name: firms[name][: shard.organisations] for name in ("party", "representative", "size")}
    speaker, size = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.uint8)
    speaker[firms["party"]], size[firms["party"]] = party_ids(shard, firms["representative"]), firms["size"]
    return {
        "replicate": np.full(len(rows), replicate, np.int32),
        "party": party_ids(shard, rows),
        "kind": c["kind"], "age": c["age"], "sex": census.sex_of(c["census"]), "city": c["city"],
        "grade": _grades(shard),
        "red_lists": _red_lists(shard),
        "representative": speaker,
        "size": size,
    }  # fmt: skip


def _red_lists(shard: Shard) -> Array:
    """Red lists each party stands on, one bit for each code (uint16)."""
    bits = np.zeros(shard.store.parties, np.uint16)
    table = shard.store.tables.get("red_entries")
    if table is not None:
        rows = np.flatnonzero(table.columns["alive"][: table.high] == 1)
        marks = np.uint16(1) << table.columns["list"][rows].astype(np.uint16)
        np.bitwise_or.at(bits, table.columns["party"][rows], marks)
    return bits


def _grades(shard: Shard) -> Array:
    """Grade of each party in its city's ladder, 1 the best; 0 where there is no file, or none that may be used."""
    grades = np.zeros(shard.store.parties, np.uint8)
    residents = shard.store.tables.get("residents")
    if residents is not None and "grade" in residents.columns:
        held = {
            name: residents.columns[name][: residents.high] for name in ("party", "alive", "grade", "used")
        }
        shown = (held["alive"] == 1) & (held["used"] == 1)
        grades[held["party"][shown]] = held["grade"][shown]
    return grades


def in_order(rows: dict[str, Array], by: str) -> dict[str, Array]:
    """Rows sorted by one column; equal ones stay as they are."""
    order = np.argsort(rows[by], kind="stable")
    return {name: column[order] for name, column in rows.items()}


def joined(batches: list[dict[str, Array]]) -> dict[str, Array]:
    """Batches of the same shape end to end."""
    if not batches:
        return {}
    return {name: np.concatenate([b[name] for b in batches]) for name in batches[0]}
