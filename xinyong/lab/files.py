"""All that a run kept of one invented party on a day: what public sites show of it, and what it does not see.

*Source:* the paper, section 肆 at footnote 63 (files with origin, sites); model.md 1.5 (errors are known in an invented
society only). Tables only, no replay.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xinyong import ids
from xinyong.columns import Array
from xinyong.lab.asking import read_query
from xinyong.lab.lookup import KINDS, Answer, Portal, code_of, name_of
from xinyong.lab.results import Table
from xinyong.lab.tables import MARK
from xinyong.memoranda import memoranda
from xinyong.sightings import MAP_CHANNEL
from xinyong.timeline import date_of, day_number

MOST = 50


@dataclass(frozen=True)
class Entry:
    """One listing by a court, with what the list itself does not say: whether it was wrong in truth."""

    case: str
    amount_yuan: int
    published: dt.date
    ended: dt.date | None
    deleted: dt.date | None
    exit: str
    for_a_term: bool
    wrong_in_truth: bool


@dataclass(frozen=True)
class Record:
    """One record on the sharing platform: who issued it, where it stands, whether it is a copy, whether it is true."""

    id: str
    issuer: str
    created: dt.date
    in_effect: dt.date | None
    ended: dt.date | None
    state: str
    copy: bool
    wrong_in_truth: bool


@dataclass(frozen=True)
class Bar:
    """One measure that follows from a list by the rules of the day: barred from what, by whom, since when."""

    activity: str
    issuer: str
    member: str
    since: dt.date


@dataclass(frozen=True)
class Query:
    """Somebody found this party: when, who (empty for nobody of this society), through which site, for which reason."""

    date: dt.date
    asker: str
    channel: str
    reason: str


@dataclass(frozen=True)
class PartyFile:
    """The file of one party on a day; `shown` is what each public site shows, the rest no site shows the party."""

    synthetic: str
    id: str
    code: str
    name: str
    latin_name: str
    kind: str
    region: str
    on: dt.date
    last: dt.date
    grade: str
    shown: tuple[Answer, ...]
    listings: tuple[Entry, ...]
    records: tuple[Record, ...]
    bars: tuple[Bar, ...]
    asked: tuple[Query, ...]
    asked_in_all: int


def open_file(portal: Portal, identity: str, on: dt.date | None = None) -> PartyFile:
    """The file of a party by its id. Raises RunError for nobody and for a day outside the run."""
    day = portal.day(on)
    party = portal.parties(read_query(identity), 1)[0]
    who = party["party"]
    shown = tuple(portal.look_up(ids.text(who), site, day) for site in portal.sites())
    listings, records = _listings(portal, who, day), _records(portal, who, day)
    asked, in_all = _asked(portal, who, day)
    return PartyFile(
        MARK, ids.text(who), code_of(party), name_of(party), ids.latin_name(who), KINDS[party["kind"]],
        f"00{ids.unpack(who)[1]:04d}", day, portal.dates[1],
        next((f.grade for answer in shown for f in answer.found if f.grade), ""), shown, listings, records,
        _bars(portal, day, _issuers(listings, records, day)), asked, in_all,
    )  # fmt: skip


def some_listed(portal: Portal, on: dt.date | None = None, most: int = 6) -> list[tuple[str, str]]:
    """Id and name of a few parties of the published list on a day, drawn by lot: the same ones for the same day."""
    day = portal.day(on)
    if not (portal.run.path / "episodes.parquet").is_file():
        return []
    found = portal.run.table(
        "SELECT DISTINCT party, kind FROM episodes WHERE replicate = "
        f"{portal.replicate} AND published_date <= DATE '{day}' AND (deleted_date IS NULL OR deleted_date > DATE "
        f"'{day}') ORDER BY hash(party // 7), party LIMIT {int(most)}"
    )
    kinds = {word: code for code, word in enumerate(KINDS)}
    return [
        (ids.text(int(p)), name_of({"party": int(p), "kind": kinds[str(k)]}))
        for p, k in zip(found["party"], found["kind"], strict=True)
    ]


def _listings(portal: Portal, who: int, day: dt.date) -> tuple[Entry, ...]:
    rows = _table(
        portal, "episodes", who,
        '"case", amount_yuan, published_date, ended_date, deleted_date, "exit", term, wrongful',
        f"published_date <= DATE '{day}' ORDER BY published_date, \"case\"",
    )  # fmt: skip
    ended = [_until(d, day) for d in _days(rows, "ended_date")]
    return tuple(
        Entry(
            ids.text(int(case)), int(yuan), since, end, gone, str(way) if end else "open", bool(term), bool(wrong)
        )
        for case, yuan, since, end, gone, way, term, wrong in zip(
            rows["case"], rows["amount_yuan"], _known(rows, "published_date"), ended,
            [_until(d, day) for d in _days(rows, "deleted_date")], rows["exit"], rows["term"], rows["wrongful"],
            strict=True,
        )
    )  # fmt: skip


def _records(portal: Portal, who: int, day: dt.date) -> tuple[Record, ...]:
    rows = _table(
        portal, "records", who, 'record, issuer, created_date, live_date, ended_date, "end", false_record, "copy"',
        f"created_date <= DATE '{day}' ORDER BY created_date, record",
    )  # fmt: skip
    live, ended = ([_until(d, day) for d in _days(rows, name)] for name in ("live_date", "ended_date"))
    return tuple(
        Record(
            ids.text(int(number)), str(issuer), made, seen, end,
            str(state) if end or not seen else "live", bool(copy), bool(wrong),
        )
        for number, issuer, made, seen, end, state, wrong, copy in zip(
            rows["record"], rows["issuer"], _known(rows, "created_date"), live, ended, rows["end"],
            rows["false_record"], rows["copy"], strict=True,
        )
    )  # fmt: skip


def _asked(portal: Portal, who: int, day: dt.date) -> tuple[tuple[Query, ...], int]:
    where = f"date <= DATE '{day}' ORDER BY date DESC, asker"
    rows = _table(portal, "sightings", who, "date, asker, channel, reason", where)
    rules = portal.book.on(day).public_portal
    sites = {row.code: row.key for row in rules.sites.rows()} | {MAP_CHANNEL: "debtor_map"}
    kinds = {row.code: row.key for row in rules.askers.rows()}
    found = [
        Query(when, ids.text(int(asker)) if asker else "", sites.get(int(c), str(c)), kinds.get(int(r), ""))
        for when, asker, c, r in zip(
            _known(rows, "date"), rows["asker"], rows["channel"], rows["reason"], strict=True
        )
    ]
    return tuple(found[:MOST]), len(found)


def _issuers(listings: tuple[Entry, ...], records: tuple[Record, ...], day: dt.date) -> set[str]:
    """Lists on which the party stands that day."""
    held = {"court_list"} if any(not e.deleted or e.deleted > day for e in listings) else set()
    return held | {r.issuer for r in records if r.state == "live"} - ({"court_list"} - held)


def _bars(portal: Portal, day: dt.date, issuers: set[str]) -> tuple[Bar, ...]:
    rules = portal.book.on(dt.date(2100, 1, 1))
    lists = {r.code: r.key for r in (*rules.joint_measures.issuers.rows(), *rules.black_lists.lists.rows())}
    activities = {row.code: row.key for row in rules.wants.activities.rows()}
    today = day_number(day)
    return tuple(
        Bar(activities[m.activity], lists[m.issuer], m.member, date_of(m.since))
        for m in memoranda(portal.book)
        if m.since <= today < m.until and lists[m.issuer] in issuers
    )


def _table(portal: Portal, name: str, who: int, columns: str, where: str) -> Table:
    if not (portal.run.path / f"{name}.parquet").is_file():
        words = [word.strip().strip('"') for word in columns.split(",")]
        return {word: np.zeros(0, "datetime64[D]" if "date" in word else np.int64) for word in words}
    return portal.run.table(
        f"SELECT {columns} FROM {name} WHERE replicate = {portal.replicate} AND party = {who} AND {where}"
    )


def _days(rows: Table, name: str) -> list[dt.date | None]:
    column: Array = np.ma.filled(rows[name].astype("datetime64[D]"), np.datetime64("NaT"))
    return [None if np.isnat(day) else day.item() for day in column]


def _known(rows: Table, name: str) -> list[dt.date]:
    return [day for day in _days(rows, name) if day is not None]


def _until(date: dt.date | None, day: dt.date) -> dt.date | None:
    """A date, if it has come by that day."""
    return date if date is not None and date <= day else None
