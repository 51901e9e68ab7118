"""The reference names everything there is, links lead somewhere, decisions are numbered without gaps."""

import re

import pytest
import source

from xinyong.assembly import known_processes
from xinyong.cli import app
from xinyong.engine import tally_specs
from xinyong.lab.scenario import load_scenario, scenario_names

DOCS = source.ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), source.ROOT / "README.md"])


def reference() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((DOCS / "reference").glob("*.md")))


def named(text: str, words: list[str]) -> list[str]:
    return [word for word in words if f"`{word}`" not in text]


def test_every_rule_file_is_named():
    rules = [
        str(p.relative_to(source.PACKAGE / "rules").with_suffix(""))
        for p in (source.PACKAGE / "rules").rglob("*.yaml")
    ]
    assert rules
    assert not named(reference(), rules)


def test_every_process_is_named():
    assert known_processes()
    assert not named(reference(), list(known_processes()))


def test_every_command_is_named():
    commands = [name for name in app if not name.startswith("-")]
    assert commands
    assert not named(reference(), [f"xinyong {name}" for name in commands])


def test_every_measure_is_named():
    measures = {
        name for scenario in scenario_names() for name in tally_specs(load_scenario(scenario).plan(1))
    }
    assert measures
    assert not named(reference(), sorted(measures))


def test_each_decision_has_a_number_of_its_own():
    numbers = [int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md")]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_has_context_choice_and_cost(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Choice", "Cost"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(source.ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"


def test_the_readme_names_the_two_commands():
    text = (source.ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
