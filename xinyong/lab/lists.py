"""Red lists, black lists, record classes and the matrix of joint measures of a run, as tables a person can read."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from xinyong.lab.results import Run
from xinyong.memoranda import memoranda
from xinyong.rulebook import RuleBook
from xinyong.timeline import NEVER, date_of

FOR_EVER = dt.date(2100, 1, 1)


@dataclass(frozen=True)
class ListRow:
    """One list at the end of a run, scaled up: entries so far, entries of persons and of organisations now."""

    name: str
    gloss: str
    entries: float | None
    persons: float
    organisations: float


@dataclass(frozen=True)
class Bar:
    """One cell of the matrix: which list bars, at which body, from what, since when; each in Chinese and in English."""

    issuer: tuple[str, str]
    member: tuple[str, str]
    activity: tuple[str, str]
    since: str


def described(book: RuleBook) -> dict[str, Any]:
    """What the manifest says of lists: names of all lists and record classes, and the matrix of joint measures."""
    rules = book.on(FOR_EVER)
    black, red = rules.black_lists.lists.rows(), rules.red_lists.lists.rows()
    groups = {
        "black": ("black_lists.lists", black), "red": ("red_lists.lists", red),
        "classes": ("sharing_platform.record_classes", rules.sharing_platform.record_classes.rows()),
    }  # fmt: skip
    named = {
        kind: [{"key": row.key, "words": _words(book, f"{path}.{row.key}")} for row in rows]
        for kind, (path, rows) in groups.items()
    }
    return {**named, "matrix": _matrix(book, rules)}


def _words(book: RuleBook, path: str) -> list[str]:
    """The Chinese name and the English gloss of a group of rules."""
    name, gloss = book.words(path)
    return [name or gloss, gloss]


def _matrix(book: RuleBook, rules: Any) -> list[dict[str, Any]]:
    issuers = {row.code: f"joint_measures.issuers.{row.key}" for row in rules.joint_measures.issuers.rows()}
    issuers |= {row.code: f"black_lists.lists.{row.key}" for row in rules.black_lists.lists.rows()}
    activities = {row.code: f"wants.activities.{row.key}" for row in rules.wants.activities.rows()}
    return [
        {
            "issuer": _words(book, issuers[row.issuer]),
            "member": _words(book, f"joint_measures.members.{row.member}"),
            "activity": _words(book, activities[row.activity]),
            "since": str(date_of(row.since)),
        }
        for row in memoranda(book)
        if row.until == NEVER
    ]


def lists(run: Run, kind: str) -> list[ListRow]:
    """The lists of a kind (`black`, `red`) that the run counted; mean over replicates."""
    found = []
    for row in run.manifest.get("lists", {}).get(kind, []):
        stocks = [f"{row['key']}_{kind}_{who}_now" for who in ("persons", "organisations")]
        if run.has(*stocks):
            entries = f"{row['key']}_{kind}_entries_cum"
            so_far = float(run.last(entries).mean()) if run.has(entries) else None
            persons, organisations = (float(run.last(stock).mean()) for stock in stocks)
            found.append(ListRow(row["words"][0], row["words"][1], so_far, persons, organisations))
    return found


def classes(run: Run) -> list[tuple[str, str, str]]:
    """Record classes that the run counted: the measure, its name in Chinese and in English."""
    rows = run.manifest.get("lists", {}).get("classes", [])
    return [(f"platform_{r['key']}_now", *r["words"]) for r in rows if run.has(f"platform_{r['key']}_now")]


def matrix(run: Run) -> list[Bar]:
    """Every cell of the matrix of joint measures that the run's rules fill, oldest first."""
    rows = run.manifest.get("lists", {}).get("matrix", [])
    return [Bar(_pair(r["issuer"]), _pair(r["member"]), _pair(r["activity"]), str(r["since"])) for r in rows]


def _pair(words: list[str]) -> tuple[str, str]:
    return words[0], words[1]
