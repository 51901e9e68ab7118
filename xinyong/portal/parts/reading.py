"""The reading: the paper statement by statement, from a sentence to the rule, file and test that carry it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Path, Query

from xinyong.lab.coverage import Coverage, coverage
from xinyong.lab.reading import Requirement, load_reading
from xinyong.portal.library import NotHere
from xinyong.portal.site import Site
from xinyong.report.pages.conflicts import statements

Status = Literal["", "carried", "shown", "later", "out_of_model"]


@dataclass(frozen=True)
class Statement:
    """One statement of the paper in our own words, and what carries it here."""

    number: str
    section: str
    tag: str
    en: str
    zh: str
    place: str
    place_zh: str
    status: str
    check: str
    rules: tuple[str, ...]
    files: tuple[str, ...]
    tests: tuple[str, ...]
    disagreements: tuple[str, ...]
    issue: int | None
    why_en: str
    why_zh: str
    dead: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A part of the paper."""

    key: str
    en: str
    zh: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Disagreement:
    """Where the paper and other evidence differ, and what is done here."""

    id: str
    paper: dict[str, str]
    evidence: dict[str, str]
    here: dict[str, str]


@dataclass(frozen=True)
class Quiz:
    """A common misreading."""

    asked: dict[str, str]
    answer: dict[str, str]


@dataclass(frozen=True)
class TheReading:
    """The whole reading, or those statements that were searched for."""

    query: str
    status: str
    counts: dict[str, int]
    parts: tuple[Part, ...]
    disagreements: tuple[Disagreement, ...]
    quiz: tuple[Quiz, ...]


@dataclass(frozen=True)
class OneStatement:
    """One statement, its neighbours, and the disagreements it takes part in."""

    statement: Statement
    before: str
    after: str
    disagreements: tuple[Disagreement, ...]


def add(site: Site) -> None:
    """Add the reading and its single statements."""

    def reading(
        q: Annotated[str, Query(max_length=80, description="words to look for")] = "", status: Status = ""
    ) -> TheReading:
        return _read(q.strip(), status)

    def one(number: Annotated[str, Path(pattern=r"^[Rr][1-9][0-9]{0,2}$")]) -> OneStatement:
        return _one(number.upper())

    site.part("/reading", "reading.html", reading, "The paper, statement by statement")
    site.part("/reading/{number}", "statement.html", one, "One statement of the paper and what carries it")


@lru_cache(maxsize=1)
def _covered() -> Coverage:
    return coverage()


@lru_cache(maxsize=1)
def _parts() -> tuple[Part, ...]:
    dead = {row.requirement: row.dead for row in _covered().rows}
    return tuple(
        Part(
            key, section.title.en, section.title.zh,
            tuple(_statement(key, number, r, dead[number]) for number, r in section.requirements.items()),
        )
        for key, section in load_reading().sections.items()
    )  # fmt: skip


def _statement(section: str, number: str, r: Requirement, dead: tuple[str, ...]) -> Statement:
    carried = r.carried_by
    why = (r.why.en, r.why.zh) if r.why else ("", "")
    return Statement(
        number, section, r.tag, r.en, r.zh, r.place.told(), r.place.told(chinese=True), r.status, r.check,
        carried.rules, carried.files, carried.tests, r.conflicts, r.issue, *why, dead,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _disagreements() -> dict[str, Disagreement]:
    rows = statements()["conflicts"]
    return {row["id"]: Disagreement(row["id"], row["paper"], row["evidence"], row["here"]) for row in rows}


def _read(query: str, status: str) -> TheReading:
    wanted = query.casefold()
    found = tuple(
        Part(part.key, part.en, part.zh, kept)
        for part in _parts()
        if (kept := tuple(s for s in part.statements if _fits(s, wanted, status)))
    )
    reading = load_reading()
    quiz = () if query or status else tuple(
        Quiz(q.asked.model_dump(), q.answer.model_dump()) for s in reading.sections.values() for q in s.quiz
    )  # fmt: skip
    disagreements = () if query or status else tuple(_disagreements().values())
    return TheReading(query, status, _covered().counts, found, disagreements, quiz)


def _fits(statement: Statement, wanted: str, status: str) -> bool:
    if status and statement.status != status:
        return False
    told = f"{statement.number} {statement.en} {statement.zh} {' '.join(statement.rules)}".casefold()
    return all(word in told for word in wanted.split())


def _one(number: str) -> OneStatement:
    order = {s.number: s for part in _parts() for s in part.statements}
    if number not in order:
        raise NotHere(f"the reading has no statement {number}; they run from R1 to R{len(order)}")
    names = sorted(order, key=lambda name: int(name[1:]))
    place = names.index(number)
    return OneStatement(
        order[number], names[place - 1] if place else "", names[place + 1] if place + 1 < len(names) else "",
        tuple(_disagreements()[key] for key in order[number].disagreements if key in _disagreements()),
    )  # fmt: skip
