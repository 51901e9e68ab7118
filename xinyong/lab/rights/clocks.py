"""Watchers of the court list's clocks: deletion, correction, objection, notice, and the way back after performance."""

import numpy as np

from xinyong.columns import Array
from xinyong.lab.rights.entries import COURT
from xinyong.lab.rights.ledger import Stage, Watcher
from xinyong.timeline import working_days

CORRECTED = 4
NO_CLOCK = 10**6


class Deletions(Watcher):
    """Whether names were removed in time, and how long wrong ones stood."""

    hears = ("episode", "ruling")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        calendar = stage.plan.calendar
        self.upto, _ = working_days(calendar.first_day, 7 * calendar.weeks + 3660)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """A listing is over, or a court ruled on an objection."""
        if not self.stage.counting:
            return
        if kind == "ruling":
            granted = int(rows["granted"].sum())
            self.ledger.add(COURT, rulings=len(rows["granted"]), granted=granted)
            return
        waited = self._working_days(rows["ended_day"], rows["day"])
        date = self.stage.plan.calendar.date(self.stage.shard.week)
        clock = self.stage.plan.book.on(date).court_list.deletion_working_days
        if clock is not None:
            self.ledger.note(COURT, stale_days=np.maximum(waited - clock, 0))
        corrected = rows["exit"] == CORRECTED
        late = int((waited[corrected] > (NO_CLOCK if clock is None else clock)).sum())
        self.ledger.add(COURT, corrected=int(corrected.sum()), corrected_late=late)
        wrong = rows["wrongful"] == 1
        self.ledger.note(
            COURT,
            wrong_days=(rows["day"] - rows["published_day"])[wrong],
            wrong_over=np.ones(int(wrong.sum())),
        )
        ended = int((wrong & corrected).sum())
        self.ledger.add(COURT, wrong_ended=int(wrong.sum()), wrong_corrected=ended)

    def _working_days(self, since: Array, until: Array) -> Array:
        origin = self.stage.plan.calendar.first_day
        return np.asarray(self.upto[until - origin] - self.upto[np.maximum(since - origin, 0)])

    def close(self) -> None:
        """Wrong listings that still stand."""
        cases = self.stage.table("cases")
        if cases is None or "published_day" not in cases:
            return
        open_ = (cases["alive"] == 1) & (cases["published_day"] >= 0) & (cases["unable_then"] == 1)
        stood = self.stage.sunday - cases["published_day"][open_]
        self.ledger.note(COURT, wrong_days=stood, wrong_over=np.zeros(len(stood)))


class Notices(Watcher):
    """Whether a listed debtor had days of notice, and whether a wrongly listed one objected."""

    hears = ("listed",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.wrong: list[Array] = []

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """A publication: the debtor had notice if the decision is some days older."""
        cases = self.stage.table("cases")
        if not self.stage.counting or cases is None:
            return
        decided = cases["decided_day"][rows["case"]]
        self.ledger.add(COURT, noticed=int((rows["day"] > decided).sum()))
        self.wrong.append(rows["case"][rows["wrong"] == 1])

    def week(self) -> None:
        """Objections against this week's wrong listings are filed by now."""
        cases = self.stage.table("cases")
        if self.wrong and cases is not None and "objection" in cases:
            rows = np.concatenate(self.wrong)
            self.ledger.add(COURT, wrong_objected=int((cases["objection"][rows] > 0).sum()))
        self.wrong = []


class Petitions(Watcher):
    """Whether anybody objected to the wrong entries of the other registers."""

    hears = ("entry",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.wrong: list[tuple[Array, Array]] = []
        self.first = {key: s.registers[0] for key, s in stage.rows.subsystems.items() if s.registers}

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Wrong entries of this week."""
        mine = rows["wrong"] == 1
        if self.stage.counting and mine.any():
            self.wrong.append((rows["register"][mine], rows["number"][mine]))

    def week(self) -> None:
        """Objections against them are filed by now."""
        held = self.stage.table("petitions")
        if held is not None:
            live = held["alive"] == 1
            asked = set(zip(held["register"][live].tolist(), held["number"][live].tolist(), strict=True))
            for registers, numbers in self.wrong:
                for register, number in zip(registers.tolist(), numbers.tolist(), strict=True):
                    if (register, number) in asked:
                        self.ledger.add(self._system(register), wrong_objected=1)
        self.wrong = []

    def _system(self, register: int) -> str:
        return max((key for key, f in self.first.items() if f <= register), key=self.first.__getitem__)


class WayBack(Watcher):
    """How long it takes from performance until nothing is left: in law, and with the shadows elsewhere."""

    hears = ("performed",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.waiting = {"restored": np.zeros((2, 0), np.int64), "clean": np.zeros((2, 0), np.int64)}

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Persons who perform; who performs twice counts from the last time."""
        person = self.stage.column("kind")[rows["party"]] == 0
        new = np.stack([rows["party"][person], rows["day"][person]]).astype(np.int64)
        if self.stage.counting and new.size:
            for name, held in self.waiting.items():
                kept = held[:, ~np.isin(held[0], new[0])]
                self.waiting[name] = np.concatenate([kept, new], axis=1)

    def week(self) -> None:
        """Who is free by now."""
        for name in self.waiting:
            held = self.waiting[name]
            if held.size:
                free = self._free(held[0], shadows=name == "clean")
                self._book(name, held[:, free], 1.0)
                self.waiting[name] = held[:, ~free]

    def close(self) -> None:
        """Who is not free at the end."""
        for name, held in self.waiting.items():
            self._book(name, held, 0.0)

    def _book(self, name: str, held: Array, over: float) -> None:
        if held.size:
            days = self.stage.sunday - held[1]
            self.ledger.note(COURT, **{f"{name}_days": days, name: np.full(len(days), over)})

    def _free(self, party: Array, shadows: bool) -> Array:
        stage = self.stage
        free = (stage.column("listed")[party] == 0) & (stage.column("named_by")[party] == 0)
        if shadows:
            free &= stage.column("firm_flags")[party] >> 6 == 0
            adverse = stage.table("adverse")
            if adverse is not None:
                free &= ~np.isin(party, adverse["party"][adverse["alive"] == 1])
        return np.asarray(free)
