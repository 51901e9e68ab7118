"""Coverage of the paper: for each requirement where it is carried, and whether every link still leads somewhere."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import shorten

from xinyong.errors import ReadingError, did_you_mean
from xinyong.lab.reading import LAST, Reading, Requirement, load_reading
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import EventFile, Group, Leaf, read_file

PACKAGE = Path(__file__).parent.parent
CALENDAR = "policy_calendar"
SAID = {
    "carried": "carried and tested",
    "shown": "shown in the reading",
    "later": "later issue",
    "out_of_model": "out of the model",
}


@dataclass(frozen=True)
class Row:
    """One requirement: status, place, links, what is dead and what this installation does not hold."""

    requirement: str
    section: str
    tag: str
    status: str
    what: str
    place: str
    check: str
    rules: tuple[str, ...]
    files: tuple[str, ...]
    tests: tuple[str, ...]
    checked: tuple[str, ...]
    conflicts: tuple[str, ...]
    issue: int | None
    why: str
    dead: tuple[str, ...]
    not_in_this_installation: tuple[str, ...]

    def short(self) -> dict[str, object]:
        """One line of the table."""
        carried = [*self.rules, *(Path(file).name for file in self.files)]
        more = f" + {len(carried) - 2}" if len(carried) > 2 else ""
        return {
            "requirement": self.requirement,
            "status": SAID[self.status] + (f" ({self.issue})" if self.issue else ""),
            "place": self.place,
            "carried_by": ", ".join(carried[:2]) + more,
            "tests": len(self.tests) or None,
            "conflicts": self.conflicts,
            "what": shorten(self.what, 76, placeholder=" …"),
        }

    def told(self) -> list[dict[str, object]]:
        """Everything, one line a fact."""
        lines = {
            "says": self.what, "in the paper": self.place, "kind": self.tag, "status": SAID[self.status],
            "issue": self.issue, "why": self.why, "check": self.check, "rules": self.rules, "files": self.files,
            "tests": self.tests, "checked": self.checked, "disagreement": self.conflicts, "dead links": self.dead,
            "not in this installation": self.not_in_this_installation,
        }  # fmt: skip
        return [
            {"name": name, "said": "\n".join(said) if isinstance(said, tuple) else said}
            for name, said in lines.items()
            if said
        ]


@dataclass(frozen=True)
class Coverage:
    """Every requirement, the numbers that have no entry, and how many there are of each status."""

    rows: list[Row]
    missing: list[str]

    @property
    def dead(self) -> list[Row]:
        """Requirements with a link that leads nowhere."""
        return [row for row in self.rows if row.dead]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and no link is dead."""
        return not self.missing and not self.dead

    @property
    def of(self) -> int:
        """How many requirements the paper was read into."""
        return LAST

    @property
    def complaints(self) -> list[str]:
        """What is missing or dead, and what this installation does not hold, a line each."""
        lines = [f"missing: {name} has no entry in the reading" for name in self.missing]
        lines += [f"dead: {row.requirement}: {wrong}" for row in self.dead for wrong in row.dead]
        unseen = {what for row in self.rows for what in row.not_in_this_installation}
        return lines + ([f"not in this installation: {len(unseen)} tests and files"] if unseen else [])

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements there are of each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in SAID}


class Links:
    """Looks links up in a checkout; what a wheel does not hold (tests, docs) is `None`, not dead."""

    def __init__(self, root: Path, book: RuleBook | None = None) -> None:
        self.root = root
        self._book = book or RuleBook.load()
        self._names: dict[Path, frozenset[str]] = {}

    @cached_property
    def _paths(self) -> frozenset[str]:
        leaves = {leaf.path for leaf in self._book.leaves()}
        events = read_file(PACKAGE / "rules" / f"{CALENDAR}.yaml", EventFile).events
        leaves |= {f"{CALENDAR}.{key}" for key in events} | set(_groups(self._book.sections))
        return frozenset(leaves | {p.rsplit(".", n)[0] for p in leaves for n in range(1, p.count(".") + 1)})

    def rule(self, path: str) -> str | None:
        """Say what is wrong with the path of a rule, of a group of rules or of a step of policy."""
        return "" if path in self._paths else f"rule {path}{did_you_mean(path, self._paths)}"

    def file(self, name: str) -> str | None:
        """Say what is wrong with a file."""
        if self._absent(name):
            return None
        return "" if (self.root / name).exists() else f"file {name}"

    def test(self, name: str) -> str | None:
        """Say what is wrong with a test `file::name`, or with a worked case `file.yaml::title`."""
        file, _, title = name.partition("::")
        if self._absent(file):
            return None
        path = self.root / file
        if not path.is_file():
            return f"test file {file}"
        if path not in self._names:
            self._names[path] = _names(path)
        names = self._names[path]
        return "" if title in names else f"test {name}{did_you_mean(title, names)}"

    def _absent(self, name: str) -> bool:
        top = name.partition("/")[0]
        return top != PACKAGE.name and not (self.root / top).is_dir()


def _groups(sections: Mapping[str, Leaf | Group], above: str = "") -> Iterator[str]:
    """Paths of all groups of rules, of those too that take their rules from another file."""
    for key, node in sections.items():
        if isinstance(node, Group):
            yield f"{above}{key}"
            yield from _groups(node.children, f"{above}{key}.")


def _names(path: Path) -> frozenset[str]:
    """List the tests of a Python file, or the titles of a file of worked cases."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        lines = (line.removeprefix("- case:") for line in text.splitlines() if line.startswith("- case:"))
        return frozenset(line.strip().strip("\"'") for line in lines)
    found = (node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in found if name.startswith("test"))


def coverage(
    reading: Reading | None = None, root: Path | None = None, book: RuleBook | None = None
) -> Coverage:
    """Check every entry of the reading against this installation."""
    read = reading or load_reading()
    links = Links(root or PACKAGE.parent, book)
    rows = [
        _row(links, section, name, found)
        for section, part in read.sections.items()
        for name, found in part.requirements.items()
    ]
    return Coverage(sorted(rows, key=lambda row: int(row.requirement[1:])), read.missing)


def _row(links: Links, section: str, name: str, found: Requirement) -> Row:
    carriers = found.carried_by
    tried = [(path, links.rule(path)) for path in carriers.rules]
    tried += [(file, links.file(file)) for file in carriers.files]
    tried += [(test, links.test(test)) for test in carriers.tests]
    return Row(
        name, section, found.tag, found.status, found.en, found.place.told(), found.check, carriers.rules,
        carriers.files, carriers.tests, found.checked, found.conflicts, found.issue, found.why.en if found.why else "",
        tuple(wrong for _, wrong in tried if wrong), tuple(what for what, wrong in tried if wrong is None),
    )  # fmt: skip


def chosen(found: Coverage, name: str) -> Row:
    """Give one requirement; ReadingError names the nearest number."""
    for row in found.rows:
        if row.requirement == name.upper():
            return row
    near = did_you_mean(name.upper(), [row.requirement for row in found.rows])
    raise ReadingError(f"the reading has no entry '{name}'{near}; they run from R1 to R{LAST}")
