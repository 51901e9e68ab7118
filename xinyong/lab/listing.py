"""What there is to choose from, as rows for the command line."""

from collections import Counter
from pathlib import Path
from typing import Any

from xinyong.assembly import known_processes
from xinyong.columns import Tally
from xinyong.errors import ScenarioError
from xinyong.lab.experiment.design import design_names, lay_out, load_design
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.scenario import load_scenario, scenario_names
from xinyong.recipes import load_recipe, recipe_names
from xinyong.rulebook import RuleBook


def listing(what: str = "all", path: str = "") -> list[dict[str, Any]]:
    """List what there is of a kind, or of all; with `rules`, those at and below a path."""
    makers = {
        "scenarios": _scenarios, "recipes": _recipes, "processes": _processes, "measures": _measures,
        "designs": _designs, "switches": _switches,
    }  # fmt: skip
    if path and what != "rules":
        raise ScenarioError(f"a path such as '{path}' goes with rules: xinyong list rules {path}")
    if what == "rules":
        return _rules(path)
    if what != "all":
        return makers[what]()
    rows = []
    for kind in ("scenario", "recipe", "design"):
        rows += [{"kind": kind, "name": r["name"], "what": r["what"]} for r in makers[kind + "s"]()]
    rows += [{"kind": r["kind"], "name": r["name"], "what": r["what"]} for r in _processes()]
    sections = Counter(leaf.path.partition(".")[0] for leaf in RuleBook.load().leaves())
    told = "{} rules; see `xinyong list rules {}`"
    return rows + [
        {"kind": "rules", "name": s, "what": told.format(n, s)} for s, n in sorted(sections.items())
    ]


def _scenarios() -> list[dict[str, Any]]:
    found = [load_scenario(name) for name in scenario_names()]
    return [
        {
            "name": s.name,
            "what": s.gloss,
            "recipe": s.recipe,
            "scale": s.scale,
            "start": s.start,
            "end": s.end,
        }
        for s in found
    ]


def _designs() -> list[dict[str, Any]]:
    found = [lay_out(load_design(name)) for name in design_names()]
    return [
        {
            "name": x.design.name, "what": x.design.gloss, "scenario": x.base.name, "cells": len(x.cells),
            "replicates": x.design.replicates,
        }
        for x in found
    ]  # fmt: skip


def _switches() -> list[dict[str, Any]]:
    return [
        {
            "name": key, "part_of": s.part_of, "what": s.gloss, "rules_cut": len(s.cuts),
            "placebos": ", ".join(s.placebos),
        }
        for key, s in load_switches().switches.items()
    ]  # fmt: skip


def _recipes() -> list[dict[str, Any]]:
    found = [load_recipe(name) for name in recipe_names()]
    return [
        {"name": r.name, "what": r.gloss, "persons_at_1_1": r.persons, "shards": len(r.shards)} for r in found
    ]


def _processes() -> list[dict[str, Any]]:
    found = [
        {
            "name": name, "kind": kind.__module__.split(".")[1].removesuffix("s"),
            "what": (kind.__doc__ or "").partition("\n")[0],
        }
        for name, kind in known_processes().items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row["kind"], row["name"]))


def _measures() -> list[dict[str, Any]]:
    rows = []
    for process, kind in known_processes().items():
        for name, spec in kind.owns.items():
            if isinstance(spec, Tally):
                counted = "stock" if spec.stock else "count"
                row = {
                    "name": name,
                    "what": spec.meaning,
                    "unit": spec.unit,
                    "kind": counted,
                    "process": process,
                }
                rows.append(row)
    return sorted(rows, key=lambda row: row["name"])


def _rules(prefix: str) -> list[dict[str, Any]]:
    rows = []
    for leaf in RuleBook.load().leaves(prefix):
        for since, value in leaf.values.items():
            source = value.source or value.why or value.by or ""
            rows.append({
                "rule": leaf.path, "since": since, "value": value.value, "unit": leaf.unit, "mark": value.grade,
                "source_or_why": source, "gloss": leaf.gloss,
            })  # fmt: skip
    return rows


def recipe_summary(path: Path, checked: Any) -> list[dict[str, Any]]:
    """What a checked recipe or table of marginals holds."""
    if hasattr(checked, "shards"):
        return [
            {"file": str(path), "kind": "recipe", "persons": checked.persons, "shards": len(checked.shards)}
        ]
    return [{"file": str(path), "kind": "table of totals", "accepted": True}]
