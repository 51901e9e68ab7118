"""Every metric of the rights audit against an example worked by hand, and its row against the form."""

from pathlib import Path

import pytest
import yaml

from xinyong.errors import RuleError
from xinyong.lab.rights import rows as declared
from xinyong.lab.rights.audit import light_of
from xinyong.lab.rights.formulas import evaluate
from xinyong.lab.rights.rows import FOLDER, rows

EXAMPLES = yaml.safe_load((Path(__file__).parent / "worked.yaml").read_text(encoding="utf-8"))
ROWS = rows()
PARTS = [(metric, part) for metric, row in ROWS.metrics.items() for part in row.parts]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['metric']}-{e['part']}-{e['example'][:30]}")
def test_worked_by_hand(example):
    part = ROWS.metrics[example["metric"]].parts[example["part"]]
    value = evaluate(part.of, example["given"])
    assert value == (None if example["value"] is None else pytest.approx(example["value"], abs=1e-6))
    assert (light_of(part, value) or "none") == example["light"]


def test_every_part_of_every_metric_has_an_example():
    assert {(e["metric"], e["part"]) for e in EXAMPLES} == set(PARTS)


WANTED = (
    "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "C1", "C2", "C3", "C4", "D1", "D2", "E1", "E2", "E3", "F1", "F2",
    "F3", "G1", "G2", "H1", "I1", "J1",
)  # fmt: skip


def test_the_metrics_are_those_of_the_design():
    assert tuple(ROWS.metrics) == WANTED


@pytest.mark.parametrize("key", ROWS.metrics)
def test_a_row_says_what_it_stands_on(key):
    row = ROWS.metrics[key]
    assert row.name and row.gloss and row.formula and row.anchor.text
    assert all(part.unit and part.gloss for part in row.parts.values())
    assert set(row.unmeasured) <= {*ROWS.subsystems, "every"} and all(row.unmeasured.values())
    for part in row.parts.values():
        assert set(part.facts) <= set(ROWS.facts)


def test_every_fact_is_used():
    used = {name for row in ROWS.metrics.values() for part in row.parts.values() for name in part.facts}
    assert used == set(ROWS.facts)


def test_contexts_are_twelve_and_every_treatment_lies_in_one():
    contexts = ROWS.contexts
    assert len(contexts.contexts) == 12 and set(contexts.related) == set(contexts.contexts)
    assert all(set(near) < set(contexts.contexts) for near in contexts.related.values())
    named = [t.context for t in contexts.treatments.values()] + [*contexts.origins_of_lists.values()]
    assert {*named, *(s.origin for s in ROWS.subsystems.values())} <= set(contexts.contexts)
    assert contexts.kappa("civil_justice", "travel") == "unrelated"
    assert contexts.kappa("civil_justice", "credit_finance") == "related"
    assert contexts.kappa("travel", "travel") == "same"


def test_the_sheet_answers_every_element_for_every_system():
    sheet = ROWS.ai_act
    asked = {key for key, element in sheet.elements.items() if element.metric is None}
    assert set(sheet.declared) == set(ROWS.subsystems)
    assert all(set(said) == asked for said in sheet.declared.values())
    for element in sheet.elements.values():
        assert element.metric is None or element.metric[1] in ROWS.metrics[element.metric[0]].parts


def test_what_takes_a_system_away_are_rules_that_exist():
    from xinyong.rulebook import RuleBook

    RuleBook.load(None, {path: v for s in ROWS.subsystems.values() for path, v in s.without.items()})


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("metrics.yaml", "of: {ratio: [wrong_entries", "of: {rate: [wrong_entries", "no formula 'rate'"),
        ("metrics.yaml", "green: [below, 0.01]", "green: [under, 0.01]", "green"),
        ("metrics.yaml", "grade: verified-excerpt", "grade: sure", "grade"),
        ("subsystems.yaml", "  conduct: deed\n", "", "conduct"),
        ("ai_act.yaml", "{answer: not met,", "{answer: maybe,", "answer"),
    ],
)
def test_a_bad_row_is_refused_by_name(tmp_path, file, old, new, said):
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(
            text.replace(old, new, 1) if path.name == file else text, encoding="utf-8"
        )
    with pytest.raises(RuleError, match=said):
        declared.rows(tmp_path)
