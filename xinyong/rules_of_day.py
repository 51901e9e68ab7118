"""Rules as a process reads them: the values in force on one day, by name."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from xinyong.errors import RuleError, did_you_mean


class Rules:
    """The rules of one group in force on one day; read them as attributes, `None` is a rule not in force.

    An unknown name raises RuleError with the nearest valid one. A row of a coded group has `key` and `code`.
    """

    def __init__(
        self, path: str, content: Mapping[str, Any], rows: tuple["Rules", ...], signed: "Signed"
    ) -> None:
        self.__dict__.update(content)
        self.__dict__["_path"], self.__dict__["_rows"], self.__dict__["_signed"] = path, rows, signed

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        known = [key for key in self.__dict__ if not key.startswith("_")]
        where = f"{self._path}.{name}" if self._path else name
        raise RuleError(f"no rule '{where}'{did_you_mean(name, known)}; rules live in xinyong/rules")

    def __setattr__(self, name: str, value: object) -> None:
        raise RuleError(f"'{name}' cannot be set: rules are read-only; patch the rule book in a scenario")

    def __repr__(self) -> str:
        return f"<rules {self._path or 'in force'}>"

    def rows(self) -> tuple["Rules", ...]:
        """List the coded rows of this group, in order of their code."""
        return self._rows  # type: ignore[no-any-return]

    def signed(self) -> "Signed":
        """List the memorandum rows of this group in force on the day, in order of date and key."""
        return self._signed  # type: ignore[no-any-return]


class SignedRow(NamedTuple):
    """One line of a memorandum in force: whose listing bars, at which body, from what, since when."""

    key: str
    issuer: str
    member: str
    activity: str
    since: dt.date


Signed = tuple[SignedRow, ...]


def inherited(own: Rules, base: Rules) -> Rules:
    """A city's rules, and where it says nothing those of the file it is like; rows of groups are joined by key.

    A city with a ladder of grades of its own keeps that ladder alone.
    """
    said = {name: value for name, value in vars(own).items() if not name.startswith("_")}
    content = {name: value for name, value in vars(base).items() if not name.startswith("_")} | said
    for name, value in said.items():
        under = getattr(base, name, None)
        if isinstance(value, Rules) and isinstance(under, Rules) and name != "grades":
            rows = {row.key: row for row in (*under.rows(), *value.rows())}
            joined = {k: v for part in (under, value) for k, v in vars(part).items() if not k.startswith("_")}
            content[name] = Rules(
                value._path, joined, tuple(sorted(rows.values(), key=lambda row: row.code)), ()
            )
    return Rules(own._path, content, own.rows(), own.signed())
