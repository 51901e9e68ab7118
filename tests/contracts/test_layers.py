"""Imports go down, never across: the table of docs/explanation/architecture.md."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import source

LAYERS = {
    0: "process over errors columns notices draws timeline ids names graph traits acts rulebook rulefiles rates "
    "memoranda kernels i18n registers places sightings ties rules_of_day schemes scorecard "
    "flows scoring platform_rules",
    1: "institutions behaviours observers",
    2: "assembly engine workers signals measures population households recipes recipe_model ipf "
    "guard guard_tables guard_values laws list_laws firm_laws face_laws protest_laws counted",
    3: "lab",
    4: "report portal",
    5: "cli api __main__",
}
LAYER = {name: layer for layer, these in LAYERS.items() for name in these.split()}
# Narrower than "down": where the page names what may be imported. `errors` is open to everybody.
ONLY = {
    "cli": ("report", "portal", "lab", "guard", "errors"),
    "portal": ("portal", "report", "lab", "errors", "i18n", "ids", "rulebook", "rulefiles"),
    "report": (
        "report",
        "lab.assumptions",
        "lab.claims",
        "lab.desks",
        "lab.experiment",
        "lab.lists",
        "lab.odd",
        "lab.rights",
        "lab.paired_lives",
        "lab.two_worlds",
        "lab.telling",
        "lab.reading",
        "lab.results",
        "lab.scorecards",
        "lab.survey",
        "lab.validate",
        "lab.lookup",
        "lab.street_map",
        "lab.street_picture",
        "i18n",
        "errors",
    ),
}


def files() -> list[Path]:
    return [path for path in source.modules() if source.name_of(path)]


def top(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("path", files(), ids=source.name_of)
def test_imports_go_down_only(path):
    name = source.name_of(path)
    assert top(name) in LAYER, f"{name} has no layer: add it here and to architecture.md, or put it elsewhere"
    for other in sorted(source.own_imports(path)):
        assert LAYER[top(other)] <= LAYER[top(name)], f"{name} imports {other}, which lies above it"
        allowed = ONLY.get(top(name))
        if allowed:
            assert any(other == a or other.startswith(a + ".") for a in (top(name), *allowed)), (
                f"{name} may not import {other}"
            )


@pytest.mark.parametrize("path", files(), ids=source.name_of)
def test_institutions_and_behaviours_know_nobody(path):
    name = source.name_of(path)
    if LAYER.get(top(name)) == 1:
        across = {other for other in source.own_imports(path) if LAYER[top(other)] == 1}
        assert not across, f"{name} imports {sorted(across)}: read its column or hear its notice instead"


def test_kernels_import_numpy_numba_and_each_other_only():
    for path in sorted((source.PACKAGE / "kernels").glob("*.py")):
        outside = {top(full) for full in source.imported(path)} - {"numpy", "numba", "xinyong"}
        assert outside <= {"math"}, f"{path.name} imports {sorted(outside)}"
        assert all(top(other) == "kernels" for other in source.own_imports(path)), path.name


def test_pandas_is_a_door_for_the_user_and_never_used():
    for path in source.modules():
        lazily = {
            full
            for node in source.functions(path)
            if node.name == "to_pandas"
            for inner in source.ast.walk(node)
            if isinstance(inner, source.ast.Import)
            for full in (alias.name for alias in inner.names)
        }
        assert "pandas" not in {top(full) for full in source.imported(path) - lazily}, path


def test_there_is_no_circle():
    edges = {
        source.name_of(path): source.own_imports(path) for path in source.modules() if source.name_of(path)
    }
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for other in sorted(edges.get(name, ())):
                follow(other, (*way, name))
            done.add(name)

    for name in edges:
        follow(name, ())


def test_only_declared_packages_are_imported():
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [need for needs in project["optional-dependencies"].values() for need in needs]
    declared = {re.split(r"[<>=~!\[; ]", need)[0].lower() for need in (*project["dependencies"], *extras)}
    declared |= {"yaml", "sklearn", "chinese_calendar", "xinyong", "pandas"}
    for path in source.modules():
        heads = {top(full) for full in source.imported(path)}
        strangers = heads - set(sys.stdlib_module_names) - declared
        assert not strangers, f"{path} imports {sorted(strangers)}, which pyproject.toml does not declare"
