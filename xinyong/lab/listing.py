"""What there is to choose from, as rows for the command line."""

from pathlib import Path
from typing import Any

from xinyong.assembly import known_processes
from xinyong.lab.scenario import load_scenario, scenario_names
from xinyong.recipes import load_recipe, recipe_names
from xinyong.rulebook import RuleBook


def listing(what: str = "all") -> list[dict[str, Any]]:
    """Rows of scenarios, recipes, processes or rules."""
    makers = {"scenarios": _scenarios, "recipes": _recipes, "processes": _processes, "rules": _rules}
    if what != "all":
        return makers[what]()
    rows = []
    for kind in ("scenarios", "recipes", "processes"):
        rows += [{"kind": kind[:-1], "name": r["name"], "what": r["what"]} for r in makers[kind]()]
    sections = sorted({leaf.path.partition(".")[0] for leaf in RuleBook.load().leaves()})
    return rows + [{"kind": "rules", "name": s, "what": "see `xinyong list rules`"} for s in sections]


def _scenarios() -> list[dict[str, Any]]:
    found = [load_scenario(name) for name in scenario_names()]
    return [
        {"name": s.name, "what": s.gloss, "recipe": s.recipe, "scale": s.scale, "start": s.start, "end": s.end}
        for s in found
    ]


def _recipes() -> list[dict[str, Any]]:
    found = [load_recipe(name) for name in recipe_names()]
    return [{"name": r.name, "what": r.gloss, "persons_at_1_1": r.persons, "shards": len(r.shards)} for r in found]


def _processes() -> list[dict[str, Any]]:
    return [
        {"name": name, "what": (kind.__doc__ or "").partition("\n")[0], "module": kind.__module__}
        for name, kind in known_processes().items()
    ]


def _rules() -> list[dict[str, Any]]:
    rows = []
    for leaf in RuleBook.load().leaves():
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
        return [{"file": str(path), "kind": "recipe", "persons": checked.persons, "shards": len(checked.shards)}]
    return [{"file": str(path), "kind": "table of totals", "accepted": True}]
