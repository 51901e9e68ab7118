"""Watchers of entries: who was entered where, rightly or not, and by what true conduct."""

from typing import Any

import numpy as np

from xinyong import schemes
from xinyong.columns import Array
from xinyong.lab.rights.ledger import Event, Stage, Watcher
from xinyong.memoranda import in_force

COURT, POINTS, BUREAU, COMMERCIAL, OTHERS = "court_list", "points", "bureau", "commercial", "other_lists"
ENTERED, RIGHTLY, ACTS = "entered", "rightly", "acts"


class Entries(Watcher):
    """Counts entries and wrong ones by system, and what the other lists bar from."""

    hears = ("listed", "entry")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.systems = np.array(_registers(stage), object)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """A listing of the court, or an entry of another register."""
        if not self.stage.counting:
            return
        if kind == "listed":
            self._enter(COURT, rows["party"], rows["wrong"])
            return
        of = self.systems[rows["register"]]
        for system in {str(s) for s in of} - {""}:
            mine = of == system
            self._enter(system, rows["party"][mine], rows["wrong"][mine])
            if system == OTHERS:
                self._bars(rows["register"][mine])

    def _enter(self, system: str, party: Array, wrong: Array) -> None:
        self.stage.tally(system, ENTERED, party)
        self.stage.tally(system, RIGHTLY, party[wrong == 0])
        self.ledger.add(system, entries=len(party), wrong_entries=int(wrong.sum()))
        origin = self.stage.rows.subsystems[system].origin
        if system != OTHERS:
            self.ledger.event(Event(system, "entry", origin, origin), len(party), 0.0)

    def _bars(self, lists: Array) -> None:
        """What each entry of another list bars from on its day, by origin of the list."""
        stage, measures = self.stage, self.stage.plan.book.on(self._date).joint_measures
        if measures.ramp_years is None:
            return
        monday = self.stage.plan.calendar.monday(stage.shard.week)
        ceiling = measures.coverage_ceiling_share
        now = in_force(stage.plan.book, monday, measures.ramp_years, ceiling)
        contexts = stage.rows.contexts
        names = {row.code: row.key for row in stage.plan.book.on(self._date).wants.activities.rows()}
        for code, many in zip(*np.unique(lists, return_counts=True), strict=True):
            origin = contexts.origins_of_lists.get(int(code), stage.rows.subsystems[OTHERS].origin)
            self.ledger.event(Event(OTHERS, "entry", origin, origin), int(many), 0.0)
            for activity in [a for a in names if int(now.masks[code]) >> a & 1]:
                treatment = contexts.treatments[names[activity]]
                event = Event(OTHERS, f"barred: {names[activity]}", origin, treatment.context)
                self.ledger.event(event, int(many), int(many) * treatment.weeks)

    @property
    def _date(self) -> Any:
        return self.stage.plan.calendar.date(self.stage.shard.week)


def _registers(stage: Stage) -> list[str]:
    """System by code of the register that makes an entry; empty where none is audited."""
    found = [""] * 256
    for key, system in stage.rows.subsystems.items():
        if system.registers:
            first, last = system.registers
            found[first : last + 1] = [key] * (last + 1 - first)
    return found


class Conduct(Watcher):
    """Follows true conduct, so that entries can be compared at equal conduct; debts by whether they could be paid."""

    hears = ("default", "listed", "offence", "deed")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.stratum = np.zeros(0, np.int8)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """An act, or the sanction of one."""
        if kind == "default":
            self._default(rows)
        if not self.stage.counting:
            return
        if kind == "default":
            self.stage.tally(BUREAU, f"{ACTS}:all", rows["party"])
        elif kind == "listed":
            self._listed(rows)
            self.stage.tally(COMMERCIAL, f"{ACTS}:all", rows["party"])
        elif kind == "offence":
            self.stage.tally(OTHERS, f"{ACTS}:all", rows["party"])
        else:
            self.stage.tally(POINTS, f"{ACTS}:all", rows["party"][self._bad(rows)])

    def _default(self, rows: dict[str, Array]) -> None:
        strata = self.stage.rows.subsystems[COURT].strata
        loans = rows["loan"]
        if loans.size and loans.max() >= self.stratum.size:
            self.stratum = np.concatenate([self.stratum, np.full(int(loans.max()) + 1, -1, np.int8)])
        which = np.where(rows["able"] == 0, 2, np.where(rows["evading"] == 1, 0, 1))
        self.stratum[loans] = which
        for k, name in enumerate(strata if self.stage.counting else ()):
            self.stage.tally(COURT, f"{ACTS}:{name}", rows["party"][which == k])

    def _listed(self, rows: dict[str, Array]) -> None:
        cases = self.stage.table("cases")
        loans = cases["loan"][rows["case"]] if cases is not None else np.zeros(0, np.int32)
        held = loans < self.stratum.size
        which = np.where(held, self.stratum[np.minimum(loans, max(self.stratum.size - 1, 0))], -1)
        for k, name in enumerate(self.stage.rows.subsystems[COURT].strata):
            self.stage.tally(COURT, f"{ENTERED}:{name}", rows["party"][which == k])

    def _bad(self, rows: dict[str, Array]) -> Array:
        """Which deeds cost points in their city."""
        date = self.stage.plan.calendar.date(self.stage.shard.week)
        points = schemes.in_force(self.stage.plan.book, date).points
        return np.asarray(points[rows["city"], rows["deed"]] < 0)


class Decisions(Watcher):
    """Decisions of courts against those who could not pay: how many ended on the list."""

    hears = ("listing_order", "settled")

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """An order onto the list; or a debt collected by a decision."""
        cases = self.stage.table("cases")
        if cases is None or not self.stage.counting:
            return
        if kind == "listing_order":
            unable = int(cases["unable_then"][rows["case"]].sum())
            self.ledger.add(COURT, unable_listed=unable, unable_decided=unable)
        else:
            mine = (cases["alive"] == 1) & np.isin(cases["number"], rows["number"])
            decided = mine & (cases["decided_day"] >= self.stage.sunday - 6) & (cases["stage"] == 2)
            self.ledger.add(COURT, unable_decided=int(cases["unable_then"][decided].sum()))

    def week(self) -> None:
        """Rounds that ended with nothing."""
        cases = self.stage.table("cases")
        if cases is None or not self.stage.counting:
            return
        ended = (cases["alive"] == 1) & (cases["stage"] == 4)
        ended &= cases["decided_day"] >= self.stage.sunday - 6
        self.ledger.add(COURT, unable_decided=int(cases["unable_then"][ended].sum()))
