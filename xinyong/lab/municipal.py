"""The municipal file of one invented resident: points, grade, what stands in it and who delivered it (R59)."""

from typing import Any

import numpy as np

from xinyong import ids, schemes
from xinyong.engine import Plan, Shard

TOP_BIT = 1 << 31


class MunicipalFile:
    """What a city keeps of a synthetic person or organisation; empty outside cities with a scheme."""

    def __init__(self, plan: Plan, shard: Shard, row: int) -> None:
        self.plan, self.shard = plan, shard
        self.row, self.organisation = row, int(shard.store.columns["kind"][row]) > 0
        self.resident = _resident(shard, row)
        self.card = ids.text(_identity(shard, row))

    @property
    def grade(self) -> int:
        """Place of the grade on the city's ladder, 1 the best; 0 without a file."""
        return self._value("grade")

    def graded(self) -> str:
        """Grade and points in words."""
        if not self.grade:
            return "has no municipal file any more"
        return f"is graded {self._grade_name()} with {self._points()} points"

    def told(self) -> list[str]:
        """The file as lines: heading, lists, then every live entry with its points, source and end."""
        if not self.grade:
            return []
        use = "" if self._value("used") else "; nobody may use it without consent"
        city = self.plan.book.city(self._city().key)
        told = [
            f"  municipal file of {city.name} ({city.key}), card {self.card}{use}",
            f"    city points: {self._points()} ({self._grade_name()})",
        ]
        for name in ("red", "black"):
            entries = self._value(name)
            told += [f"    on the city's {name} list: {entries} time(s)"] if entries else []
        told += [f"    {line}" for line in self.entries()]
        return told + [f"    a member: {line}" for line in self._members()]

    def _members(self) -> list[str]:
        """Who represents an organisation, with the card of the member's own file."""
        table = self.shard.store.tables["organisations"].columns
        rows = table["representative"][table["party"] == self.row] if self.organisation else ()
        cards = [_identity(self.shard, int(row)) for row in rows]
        return [f"{ids.name(card)}, card {ids.text(card)}" for card in cards]

    def entries(self) -> list[str]:
        """Live entries of the ledger, oldest end first."""
        table = self.shard.store.tables["ledger"]
        columns = {name: array[: table.high] for name, array in table.columns.items()}
        mine = np.flatnonzero((columns["alive"] == 1) & (columns["resident"] == self.resident))
        lines = []
        for line in sorted(mine, key=lambda k: (columns["lapse:due"][k], k)):
            deed, office = int(columns["deed"][line]), int(columns["office"][line])
            until = self.plan.calendar.sunday(int(columns["lapse:due"][line]))
            source = self.office(office, self._sector(deed))
            lines.append(f"{int(columns['delta'][line]):+d}  {self.deed(deed)}, from {source}, until {until}")
        return lines

    def deed(self, code: int) -> str:
        """A deed by its code in the city's table."""
        for deed in self._city().deeds.rows() if self.resident >= 0 else ():
            if deed.code == code:
                return str(deed.key).replace("_", " ")
        return f"deed {code}"

    def office(self, row: int, sector: int) -> str:
        """The organisation that delivered a record, by name; its sector alone where it has no row at this scale."""
        rows = self._rules().city_departments.sectors.rows()
        name = next((str(s.key).replace("_", " ") for s in rows if s.code == sector), "a department")
        if row < 0:
            return name
        wanted = _identity(self.shard, row)
        kind = int(self.shard.store.columns["kind"][row])
        return f"{ids.organisation_name(wanted, kind)} ({name})"

    def _sector(self, deed: int) -> int:
        known = schemes.in_force(self.plan.book, self.plan.frame(self.shard.week).date)
        return int(known.sector[self._city().code, deed])

    def _value(self, name: str) -> int:
        table = self.shard.store.tables.get("residents")
        if self.resident < 0 or table is None or name not in table.columns:
            return 0
        return int(table.columns[name][self.resident])

    def _points(self) -> int:
        """Points as the city shows them, within its bounds."""
        known = schemes.in_force(self.plan.book, self.plan.frame(self.shard.week).date)
        least, most = known.shown[self._city().code]
        return int(np.clip(self._value("points"), least, most))

    def _grade_name(self) -> str:
        return str(self._city().grades.rows()[-self.grade].key).replace("_", " ").upper()

    def _city(self) -> Any:
        code = self._value("city")
        return next(city for city in self._rules().cities.rows() if city.code == code)

    def _rules(self) -> Any:
        return self.plan.frame(max(self.shard.week, 0)).rules


def _resident(shard: Shard, row: int) -> int:
    table = shard.store.tables.get("residents")
    if table is None:
        return -1
    found = np.flatnonzero(table.columns["party"][: table.high] == row)
    return int(found[0]) if len(found) else -1


def _identity(shard: Shard, row: int) -> int:
    number = int(shard.store.columns["number"][row])
    kind = ids.ORGANISATION if number & TOP_BIT else ids.PERSON
    return ids.pack(kind, shard.code, number & ~TOP_BIT)
