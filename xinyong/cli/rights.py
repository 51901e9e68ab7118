"""The commands of the rights audit and of the protocol document: `xinyong audit` and `xinyong odd`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.cli.printing import cell, print_json, print_table
from xinyong.cli.public import write_text
from xinyong.cli.reading import Json, Whole, run_folder
from xinyong.errors import RunError

if TYPE_CHECKING:
    from xinyong.lab.rights.found import Audit

SIGNS = {"green": "", "amber": " ~", "red": " !"}


def audit(
    folder: Path,
    /,
    *,
    against: Path | None = None,
    persons: Whole | None = None,
    quick: bool = False,
    replicate: Whole = 0,
    html: Path | None = None,
    json_: Json = False,
) -> None:
    """Say what a run costs in rights: metrics by system beside the world without it, lights, groups, test sheet.

    Parameters
    ----------
    folder
        Run folder; it is only read.
    against
        Run of the same society under other rules, instead of the worlds without each system.
    persons
        Play over so many persons; default the run's own number, at most 30,000.
    quick
        Play the run's own world alone: no pairs, no swap test.
    replicate
        Which replicate, from 0.
    html
        Write the audit into this HTML file, in English and Chinese.
    json_
        Print JSON.

    """
    from xinyong.lab.rights.audit import audit as examine

    def tell(world: str) -> None:
        if sys.stderr.isatty():
            print(f"playing: {world}", file=sys.stderr)

    other = run_folder(against) if against else None
    found = examine(run_folder(folder), other, persons, quick, replicate, tell)
    if html is not None:
        from xinyong.report.audit import page

        write_text(html, page(found))
        print(f"audit: {html}", file=sys.stderr)
    if json_:
        print_json(found)
    elif html is None:
        _print(found)


def _print(found: "Audit") -> None:
    """Print the audit as tables, costs and uses side by side."""
    systems = list(dict.fromkeys(line.system for line in found.lines))
    print(f"{found.scenario}: {found.persons:,} invented persons, seed {found.seed}\n{found.validity}")
    print("\n".join(found.notes), end="\n" if found.notes else "")
    rows: dict[str, dict[str, Any]] = {}
    for line in found.lines:
        row = rows.setdefault(f"{line.metric} {line.part}", {"metric": line.metric, "part": line.part})
        value = "" if line.value is None else cell(line.value) + SIGNS.get(line.light, "")
        row |= {line.system: value, "unit": line.unit}
    heads = {"metric": "", "part": "", **{s: s.replace("_", " ") for s in systems}, "unit": "unit"}
    print_table(rows.values(), heads)
    print("! red, ~ amber: thresholds are normative and assumed (xinyong/rights/metrics.yaml)\n")
    print_table(_reasons(found), {"metric": "not measured", "systems": "for", "reason": "why"})
    heads = {"system": "without", "measure": "of the whole world", "world": "with", "without": "without"}
    print_table(found.pairs, heads, "no world without a system was played (--quick)")
    print("\nEU AI Act, art. 5(1)(c): teaching material, not legal advice")
    print_table(_sheet(found))


def _reasons(found: "Audit") -> list[dict[str, str]]:
    """Reasons why there is no number, the same ones together."""
    held: dict[tuple[str, str], list[str]] = {}
    for line in found.lines:
        if line.value is None:
            held.setdefault((f"{line.metric} {line.part}", line.reason), []).append(line.system)
    return [
        {"metric": name, "systems": ", ".join(systems), "reason": reason}
        for (name, reason), systems in held.items()
    ]


def _sheet(found: "Audit") -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for one in found.sheet:
        rows.setdefault(one.element, {"element": one.element, "": one.gloss})[one.system] = one.answer
    return list(rows.values())


def odd(scenario: str, /, *, out: Path | None = None) -> None:
    """Write the ODD protocol of a scenario from its declarations: entities, schedule, rules, rates, draws.

    Parameters
    ----------
    scenario
        Name (see `xinyong list`) or path of a YAML file.
    out
        File to write, .md or .html; without it Markdown is printed.

    """
    from xinyong.lab.odd import document, markdown
    from xinyong.lab.scenario import load_scenario

    made = document(load_scenario(scenario))
    if out is None:
        print(markdown(made))
    elif out.suffix == ".html":
        from xinyong.report.odd import odd_page

        write_text(out, odd_page(made))
    elif out.suffix == ".md":
        write_text(out, markdown(made))
    else:
        raise RunError(f"--out {out}: the name must end with .md or .html")
