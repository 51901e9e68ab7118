"""Write docs/reference from the code: `make reference`, or scripts/make_reference.py [--check].

With --check nothing is written; exit code 1 and the names of the pages that are not current.
"""

import datetime as dt
import inspect
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from xinyong.assembly import POPULATION, known_processes, order
from xinyong.cli import app, pages
from xinyong.columns import Column, Owned, Pool, SideTable, Tally, Wheel
from xinyong.engine import tally_specs
from xinyong.lab.dictionary import data_dictionary
from xinyong.lab.scenario import load_scenario, scenario_names
from xinyong.notices import Notice
from xinyong.rulebook import RuleBook, RuleLeaf

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
KIND = {True: "stock on the Sunday", False: "count since 2012-01-02"}
HEAD = "<!-- Made by scripts/make_reference.py from the code; do not edit. -->\n\n"


def cell(value: object) -> str:
    """Make a value safe inside a table."""
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out as a Markdown table."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def code(words: Iterable[str]) -> str:
    """Set words in code type."""
    return ", ".join(f"`{word}`" for word in words) or "none"


def index() -> str:
    """List the pages."""
    rows = [
        ("[commands](cli.md)", "what `xinyong` can be told to do"),
        ("[processes](processes.md)", "institutions and behaviours: owns, reads, recalls, posts, hears"),
        ("[measures](measures.md)", "every number counted each week"),
        ("[rules](rules.md)", "every dated value with its mark and source"),
        ("[data dictionary](data_dictionary.md)", "every column of every table of a run folder"),
    ]
    return "# Reference\n\nMade from the code by `make reference`.\n\n" + table(
        ("page", "what it lists"), rows
    )


def cli() -> str:
    """Show the help of every command."""
    parts = ["# Commands\n\nExit codes: 0 done, 1 a check failed, 2 bad input.\n"]
    for name in app:
        if not name.startswith("-"):
            out = io.StringIO()
            app.help_print([name], console=Console(file=out, width=100, color_system=None))
            text = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())
            parts.append(f"## `xinyong {name}`\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def processes() -> str:
    """Describe every process in the order of a week."""
    kinds = known_processes()
    parts = [
        "# Processes\n\nInstitutions decide by rule; behaviours are what parties do. Both follow one "
        "protocol. `reads` is this week's value, `recalls` last week's; `hears` this week's notices, "
        "`heard` last week's.\n"
    ]
    ordered = [process.name for process in order([kind() for kind in kinds.values()])]
    parts.append("Order within a week when all take part: " + " → ".join(f"`{n}`" for n in ordered) + "\n")
    parts += [process(name, kinds[name]) for name in ordered]
    parts.append("## Made by the population, owned by nobody\n\n" + owned_table(POPULATION))
    return "\n".join(parts)


def process(name: str, kind: Any) -> str:
    """Describe one process from its declarations."""
    where = kind.__module__.split(".")[1]
    doc = inspect.cleandoc(kind.__doc__ or "")
    rows = [
        ("reads", code(kind.reads)),
        ("recalls", code(kind.recalls)),
        ("may read", code(kind.may_read)),
        ("may recall", code(kind.may_recall)),
        ("posts", code(kind.posts)),
        ("hears", code(kind.hears)),
        ("heard", code(kind.heard)),
        ("watches", code(kind.watches)),
        ("consults", code(kind.consults)),
        ("audits", code(kind.audits)),
        ("dense pass", f"{kind.dense_ns_per_party:g} ns a party" if kind.dense_ns_per_party else "none"),
    ]
    notices = "".join(notice(key, value) for key, value in kind.posts.items())
    text = f"## `{name}`\n\n{where[:-1]}; `xinyong/{where}/{name}.py`\n\n{doc}\n\n" + table(("", ""), rows)
    return text + "\nOwns:\n\n" + owned_table(kind.owns) + ("\nNotices:\n\n" + notices if notices else "")


def notice(name: str, kind: Notice) -> str:
    """Describe one kind of notice."""
    kept = "; kept in the run folder" if kind.keep else ""
    return f"- `{name}`: {kind.meaning}; columns {code(kind.columns)}{kept}\n"


def owned_table(owned: Mapping[str, Owned]) -> str:
    """List what a process owns."""
    rows = [(f"`{name}`", shape(spec), unit(spec), spec.meaning) for name, spec in owned.items()]
    return table(("name", "kind", "unit", "meaning"), rows)


def shape(spec: Owned) -> str:
    """Say what kind of thing is owned."""
    if isinstance(spec, Column):
        return spec.dtype + (f" × {spec.width}" if spec.width > 1 else "")
    if isinstance(spec, Tally):
        return "stock" if spec.stock else "count"
    return {SideTable: "side table", Wheel: "wheel", Pool: "pool"}[type(spec)]


def unit(spec: Owned) -> str:
    """Say in what unit it is."""
    return spec.unit if isinstance(spec, Column | Tally) else ""


def measures() -> str:
    """List every weekly number."""
    found: dict[str, Tally] = {}
    owner = {name: kind.name for kind in known_processes().values() for name in kind.owns}
    for scenario in scenario_names():
        found |= tally_specs(load_scenario(scenario).plan(1))
    rows = [
        (f"`{name}`", KIND[spec.stock], spec.unit, spec.meaning, f"`{owner.get(name, 'population')}`")
        for name, spec in sorted(found.items())
    ]
    return (
        "# Measures\n\nOne whole number a week and shard, in model units: multiply by `scale`. "
        "They are columns of `weekly.parquet`.\n\n"
        + table(("name", "kind", "unit", "meaning", "owner"), rows)
    )


def rules() -> str:
    """List every dated value, file by file."""
    book = RuleBook.load()
    parts = [
        "# Rules\n\nOne file a section. A path is what `--set` takes. Grades: `verified-*` the source says "
        "so, `derived` arithmetic on it, `memory` and `project-note` not re-read, `fitted` by a committed "
        "script, `assumed` by us with the reason.\n",
        "`policy_calendar`: the dated steps of policy, at the end of this page.\n",
    ]
    sections: dict[str, list[RuleLeaf]] = {}
    for leaf in book.leaves():
        head = leaf.path.split(".")
        sections.setdefault("/".join(head[:2]) if head[0] == "cities" else head[0], []).append(leaf)
    cities = {row.key: book.city(row.key) for row in book.on(dt.date(2019, 1, 1)).cities.rows()}
    sections |= {f"cities/{key}": sections.get(f"cities/{key}", []) for key in cities}
    for name, leaves in sorted(sections.items()):
        like = cities[name.removeprefix("cities/")].like if name.startswith("cities/") else ""
        rest = f"What is not said here is as in `cities/{like}`.\n\n" if like else ""
        parts.append(f"## `{name}`\n\n{rest}" + (rule_table(leaves) if leaves else ""))
    return "\n".join([*parts, "## `policy_calendar`\n\n" + calendar(book)])


def rule_table(leaves: Iterable[RuleLeaf]) -> str:
    """List the dated values of one file."""
    rows = []
    for leaf in leaves:
        for since in leaf.dates:
            value = leaf.values[since]
            grounds = " ".join(filter(None, (value.source, value.where, value.by, value.why)))
            rows.append(
                (f"`{leaf.path}`", since, shown(value.value), leaf.unit, value.grade, grounds, leaf.gloss)
            )
    return table(("path", "since", "value", "unit", "grade", "source or reason", "meaning"), rows)


def shown(value: object) -> str:
    """Show a value as YAML would."""
    return "ends" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def calendar(book: RuleBook) -> str:
    """List the dated steps of policy."""
    trim = {"year": 4, "month": 7, "day": 10}
    rows = [
        (
            dt.date.isoformat(e.date)[: trim[e.precision]],
            e.body,
            f"{e.name} ({e.gloss})",
            e.grade,
            e.source or e.why,
        )
        for e in book.calendar()
    ]
    return table(("date", "body", "step", "grade", "source or reason"), rows)


def data() -> str:
    """List the columns of every table."""
    whole: dict[str, dict[str, Any]] = {}
    for scenario in scenario_names():
        for name, columns in data_dictionary(load_scenario(scenario).plan(1)).items():
            whole.setdefault(name, {}).update(columns)
    parts = ["# Data dictionary\n\nThe same lies in every run folder as `dictionary.json`.\n"]
    for name, columns in whole.items():
        rows = [(f"`{c}`", d["type"], d["unit"], d["meaning"]) for c, d in columns.items()]
        parts.append(f"## `{name}.parquet`\n\n" + table(("column", "type", "unit", "meaning"), rows))
    return "\n".join(parts)


PAGES = {
    "README.md": index, "cli.md": cli, "processes.md": processes, "measures.md": measures, "rules.md": rules,
    "data_dictionary.md": data,
}  # fmt: skip


def main() -> int:
    """Write the pages, or with --check say which are not current."""
    made = {FOLDER / name: HEAD + page().rstrip() + "\n" for name, page in PAGES.items()}
    made[pages.FILE] = pages.pages_text()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        print("\n".join(f"not current: {path}; run make reference" for path in stale))
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
        print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
