"""Look one invented party up on a public site of a run, as anybody could on that day. Tables only, no replay.

*Source:* the paper, section 肆 at footnote 63 (three sites); what each shows since when: `rules/public_portal.yaml`.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xinyong import ids
from xinyong.errors import RunError, did_you_mean
from xinyong.ids import Hint
from xinyong.lab.asking import Asked, read_query
from xinyong.lab.results import Run, Table
from xinyong.lab.tables import MARK
from xinyong.rulebook import RuleBook, RuleLeaf
from xinyong.rulefiles import Group

MOST, KEPT = 20, 1024
KINDS = ("person", "enterprise", "self-employed", "social organisation", "department")
SIZES = ("micro", "small", "medium", "large")
SHOWN = ("court_list", "register", "lists", "permits", "penalties", "grades")
_COLUMNS = "party, kind, age, sex, city, grade, red_lists, representative, size"
GROUNDS = ("refuses to perform although able (until performed)", "evades or obstructs (for a term)")


@dataclass(frozen=True)
class Listing:
    """One entry of the court list, as the public sees it."""

    name: str
    case: str
    court: str
    amount_yuan: int
    published: dt.date
    ground: str


@dataclass(frozen=True)
class Other:
    """One entry of another list: black, since when it is in effect; red, for which no day is kept."""

    name: str
    list: str
    since: dt.date | None


@dataclass(frozen=True)
class Found:
    """One party and what the site shows of it; what it does not show is empty."""

    code: str
    name: str
    latin_name: str
    id: str
    kind: str
    region: str
    court_list: tuple[Listing, ...] = ()
    more_listings: int = 0
    lists: tuple[Other, ...] = ()
    register: dict[str, str] | None = None
    grade: str = ""


@dataclass(frozen=True)
class Answer:
    """What a site answers on a day: whether it is open, what it shows since when, and who was found, by code."""

    synthetic: str
    site: str
    name: str
    gloss: str
    on: dt.date
    query: str
    open: bool
    shows: dict[str, dt.date]
    found: tuple[Found, ...]
    notes: tuple[str, ...]


class Portal:
    """The public sites of one run; keep it to look many up."""

    def __init__(self, run: Run, replicate: int = 0) -> None:
        if not 0 <= replicate < run.replicates:
            raise RunError(f"--replicate {replicate}: {run.path} has replicates 0 to {run.replicates - 1}")
        if not (run.path / "parties.parquet").is_file():
            raise RunError(
                f"{run.path}: parties.parquet is missing, so nobody can be looked up; run the scenario again"
            )
        self.run, self.replicate = run, replicate
        self._kept: dict[str, list[dict[str, int]]] = {}

    @cached_property
    def book(self) -> RuleBook:
        """The rules of the run."""
        return RuleBook.load(None, self._scenario["sets"])

    @cached_property
    def _scenario(self) -> dict[str, Any]:
        file = self.run.path / "scenario.json"
        try:
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise RunError(f"{file}: cannot be read ({problem})") from problem
        return found

    @cached_property
    def dates(self) -> tuple[dt.date, dt.date]:
        """First and last day of the run."""
        found = self.run.table("SELECT min(date) AS first, max(date) AS last FROM weekly")
        first, last = (found[name].astype("datetime64[D]")[0].astype(dt.date) for name in ("first", "last"))
        return first - dt.timedelta(days=6), last

    @property
    def processes(self) -> tuple[str, ...]:
        """Names of the institutions and behaviours of this society."""
        return tuple(self._scenario["processes"])

    @property
    def exists(self) -> bool:
        """Whether the society of this run has public sites at all."""
        return "public_portal" in self.processes

    def regions(self) -> list[int]:
        """Codes of the shards of the run."""
        found = self.run.table(
            f"SELECT DISTINCT (party >> 32) & {0xFFFFFF} AS shard FROM parties ORDER BY shard"
        )
        return [int(code) for code in found["shard"]]

    def look_up(
        self, query: str, site: str = "credit_china", on: dt.date | None = None, most: int = MOST
    ) -> Answer:
        """What a site shows of whom a query names.

        Raises RunError for an unknown site, a day outside the run, a query that names nobody; RefusedInput for what
        looks like a real number.
        """
        row = self._site(site)
        day = self.day(on)
        asked = read_query(query)
        shows, opened = self._shows(site, day)
        notes = self._closed(site, day, opened)
        found: tuple[Found, ...] = ()
        if not notes:
            self._code_in_use(asked, day)
            parties = self.parties(asked, most)
            found = tuple(self._tell(p, site, shows, day, most) for p in parties if self._finds(site, day, p))
            notes = tuple(self._remarks(site, day, shows, found, len(parties)))
        return Answer(MARK, site, row.name, row.gloss, day, asked.text, opened, shows, found, notes)

    def sites(self) -> dict[str, Group]:
        """Every site there is, by key: its name and gloss."""
        group = self.book.sections["public_portal"].children["sites"]
        assert isinstance(group, Group)
        return {key: site for key, site in group.children.items() if isinstance(site, Group)}

    def maps(self) -> dict[str, tuple[Group, dt.date]]:
        """Every province with a map of debtors, by key, and since when."""
        group = self.book.sections["debtor_map"].children["provinces"]
        assert isinstance(group, Group)
        since = {
            leaf.path.split(".")[2]: min(leaf.dates) for leaf in self.book.leaves("debtor_map.provinces")
        }
        return {key: (row, since[key]) for key, row in group.children.items() if isinstance(row, Group)}

    def _site(self, site: str) -> Group:
        rows = self.sites()
        if site not in rows:
            raise RunError(f"there is no site '{site}'{did_you_mean(site, rows)}")
        return rows[site]

    def day(self, on: dt.date | None) -> dt.date:
        """A day of the run, the last unless said. Raises RunError."""
        first, last = self.dates
        if on is not None and not first <= on <= last:
            raise RunError(f"--on {on} lies outside the run, which goes from {first} to {last}")
        return on or last

    def since(self, site: str, what: str, day: dt.date) -> dt.date | None:
        """Since when a site has shown something, if it does on that day."""
        return since_when(self.book.leaves(f"public_portal.sites.{site}.{what}")[0], day)

    def opening(self, site: str) -> dt.date:
        """The day a site opens."""
        return min(min(leaf.values) for leaf in self.book.leaves(f"public_portal.sites.{site}"))

    def _shows(self, site: str, day: dt.date) -> tuple[dict[str, dt.date], bool]:
        opened = self.exists and day >= self.opening(site)
        told = {what: self.since(site, what, day) for what in SHOWN} if opened else {}
        return {what: since for what, since in told.items() if since}, opened

    def _closed(self, site: str, day: dt.date, opened: bool) -> tuple[str, ...]:
        if not self.exists:
            return ("the society of this run has no public sites: its scenario leaves public_portal out",)
        return () if opened else (f"the site opens on {self.opening(site)}; on {day} nobody could ask it",)

    def _code_in_use(self, asked: Asked, day: dt.date) -> None:
        if asked.code and not self._has_code(asked.code, day):
            first = min(self.book.leaves(f"public_portal.codes.{asked.code}.in_force")[0].values)
            raise RunError(f"on {day} no {asked.code} has such a code yet (from {first}); look by name")

    def _has_code(self, kind: str, day: dt.date) -> bool:
        return since_when(self.book.leaves(f"public_portal.codes.{kind}.in_force")[0], day) is not None

    def _finds(self, site: str, day: dt.date, party: dict[str, int]) -> bool:
        return self.since(site, "of_organisations" if party["kind"] else "of_persons", day) is not None

    def parties(self, asked: Asked, most: int) -> list[dict[str, int]]:
        """Parties that fit, in the order of their codes."""
        hint = asked.hint
        where = [f"replicate = {self.replicate}", _which(hint)]
        if hint.age is not None:
            where += [f"kind = 0 AND age = {hint.age} AND sex = {hint.sex}"]
        elif hint.kind is not None:
            where += [f"kind = {hint.kind}"]
        rows = self._known(" AND ".join(where))
        if not rows:
            raise RunError(f"{self.run.path}: nobody is called {asked.text}{self._near(hint)}")
        return sorted(rows, key=code_of)[:most]

    def _known(self, where: str) -> list[dict[str, int]]:
        """Rows of the table of parties; the last answers are kept, for the table never changes."""
        if where not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[where] = _rows(self.run.table(f"SELECT {_COLUMNS} FROM parties WHERE {where}"))
        return self._kept[where]

    def _near(self, hint: Hint) -> str:
        """The nearest party there is."""
        kind = "kind > 0" if hint.organisation else "kind = 0"
        found = self.run.table(
            f"SELECT (party >> 32) & {0xFFFFFF} AS shard, max(party) AS last FROM parties "
            f"WHERE replicate = {self.replicate} AND {kind} GROUP BY shard"
        )
        last = {str(s): int(p) for s, p in zip(found["shard"].tolist(), found["last"].tolist(), strict=True)}
        if str(hint.shard) not in last:
            return f"; there is no region {hint.shard} in this run{did_you_mean(str(hint.shard), last)}"
        end = last[str(hint.shard)]
        if hint.number > ids.unpack(end)[2]:
            return f"; the last of the region is '{ids.name(end)}' ({ids.text(end)})"
        return f"; its kind, age or sex do not fit (did you mean '{ids.name(end - ids.unpack(end)[2] + hint.number)}'?)"

    def _tell(
        self, party: dict[str, int], site: str, shows: dict[str, dt.date], day: dt.date, most: int
    ) -> Found:
        identity = party["party"]
        kind, shard = party["kind"], ids.unpack(identity)[1]
        entries = self._listings(party, day) if "court_list" in shows else []
        others = self._others(site, party, day)[:most] if "lists" in shows else []
        register = _register(party) if kind and "register" in shows else None
        grade = self._grade(party) if "grades" in shows and day == self.dates[1] else ""
        code = code_of(party) if self._has_code("organisation" if kind else "person", day) else ""
        return Found(
            code, name_of(party), ids.latin_name(identity), ids.text(identity), KINDS[kind], f"00{shard:04d}",
            tuple(entries[:most]), max(0, len(entries) - most), tuple(others), register, grade,
        )  # fmt: skip

    def _grade(self, party: dict[str, int]) -> str:
        """The grade as the city calls it, on the last day of the run."""
        for city in self.book.on(self.dates[1]).cities.rows() if party["grade"] else ():
            if city.code == party["city"]:
                return str(city.grades.rows()[-party["grade"]].key).upper()
        return ""

    def _listings(self, party: dict[str, int], day: dt.date) -> list[Listing]:
        """Entries on the list that day: published by then, and not yet deleted."""
        if not (self.run.path / "episodes.parquet").is_file():
            return []
        rows = self.run.table(
            'SELECT "case", amount_yuan, published_date, term FROM episodes '
            f"WHERE replicate = {self.replicate} AND party = {party['party']} AND published_date <= DATE '{day}' "
            f"AND (deleted_date IS NULL OR deleted_date > DATE '{day}') ORDER BY published_date, \"case\""
        )
        court = f"〔{ids.MARK}〕第{ids.unpack(party['party'])[1]}區法院"
        return [
            Listing(name_of(party), ids.text(int(case)), court, int(yuan), when.date(), GROUNDS[bool(term)])
            for case, yuan, when, term in zip(
                rows["case"], rows["amount_yuan"], rows["published_date"].tolist(), rows["term"], strict=True
            )
        ]

    def _others(self, site: str, party: dict[str, int], day: dt.date) -> list[Other]:
        """Entries of other lists that the site shows: black ones in effect that day; red ones on the last day."""
        found: list[Other] = []
        if (self.run.path / "records.parquet").is_file():
            rows = self.run.table(
                "SELECT DISTINCT issuer, live_date FROM records "
                f"WHERE replicate = {self.replicate} AND party = {party['party']} AND issuer <> 'court_list' "
                f"AND live_date <= DATE '{day}' AND (ended_date IS NULL OR ended_date > DATE '{day}') "
                "ORDER BY live_date, issuer"
            )
            told = zip(rows["issuer"].tolist(), rows["live_date"].tolist(), strict=True)
            found = [Other(name_of(party), str(key), when.date()) for key, when in told]
        if day == self.dates[1]:
            red = self.book.on(day).red_lists.lists.rows()
            found += [
                Other(name_of(party), row.key, None) for row in red if party["red_lists"] >> row.code & 1
            ]
        return [other for other in found if self._is_shown(site, other.list, day)]

    def _is_shown(self, site: str, key: str, day: dt.date) -> bool:
        """Whether a list is published, and on this site."""
        shown = str(self.book.leaves(f"public_portal.sites.{site}.lists_shown")[0].on(day)).split()
        kept = self.book.leaves(f"{self._kept_in(key)}.lists.{key}.published")
        return ("all" in shown or key in shown) and bool(kept[0].on(day))

    def _kept_in(self, key: str) -> str:
        group = self.book.sections["black_lists"].children["lists"]
        return "black_lists" if isinstance(group, Group) and key in group.children else "red_lists"

    def _remarks(
        self, site: str, day: dt.date, shows: dict[str, dt.date], found: tuple[Found, ...], matches: int
    ) -> Iterator[str]:
        if len(found) < matches:
            yield "the site does not find persons" if matches else "nobody was found"
        kept = [what for what in ("permits", "penalties") if what in shows]
        if kept and found:
            yield f"the site shows {' and '.join(kept)}, but a run keeps them as totals, not party by party"
        if "grades" in shows and found and day != self.dates[1]:
            yield f"grades are kept for the last day of the run only ({self.dates[1]})"
        if found and not any(f.court_list or f.lists for f in found) and {"court_list", "lists"} & set(shows):
            yield f"on {day} no entry of a list is shown"


def look_up(
    run: Run,
    query: str,
    site: str = "credit_china",
    on: dt.date | None = None,
    replicate: int = 0,
    most: int = MOST,
) -> Answer:
    """Look one party up once; see `Portal`."""
    return Portal(run, replicate).look_up(query, site, on, most)


def code_of(party: dict[str, int]) -> str:
    """The unified code of a party: a function of its id and of its kind, or of its age and sex; never of conduct."""
    if party["kind"]:
        return ids.organisation_code(party["party"], party["kind"])
    return ids.resident_number(party["party"], party["age"], party["sex"])


def name_of(party: dict[str, int]) -> str:
    """The invented name of a party."""
    kind = party["kind"]
    return ids.organisation_name(party["party"], kind) if kind else ids.name(party["party"])


def _which(hint: Hint) -> str:
    """A condition on the ids that a name or code can mean."""
    kinds = [ids.PERSON, ids.ORGANISATION] if hint.organisation is None else [ids.PERSON + hint.organisation]
    if hint.age is None:
        return f"party IN ({', '.join(str(ids.pack(kind, hint.shard, hint.number)) for kind in kinds)})"
    first = ids.pack(ids.PERSON, hint.shard, 0)
    return (
        f"party BETWEEN {first} AND {first + 0x7FFFFFFF} AND (party - {first}) % {ids.CYCLE} = {hint.number}"
    )


def _register(party: dict[str, int]) -> dict[str, str]:
    speaker = party["representative"]
    return {
        "kind": KINDS[party["kind"]],
        "size": SIZES[party["size"]],
        "legal representative": ids.name(speaker) if speaker else "",
    }


def _rows(table: Table) -> list[dict[str, int]]:
    columns = {name: values.tolist() for name, values in table.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def since_when(leaf: RuleLeaf, day: dt.date) -> dt.date | None:
    """The day since which a yes-or-no rule has been yes without a break, if it is on that day."""
    since = None
    for date in leaf.dates:
        if date > day:
            break
        since = (since or date) if leaf.values[date].value else None
    return since
