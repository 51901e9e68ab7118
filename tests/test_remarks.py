"""Totals of one society, the total cost of C12, claims partly asked, and remarks beside verdicts."""

import re

import numpy as np
import pytest

from tests.test_claims import CLAIMS, FULL, NONE, claim, effect_of, ground, without
from xinyong.lab.claims.asking import Question, answer
from xinyong.lab.claims.verdict import PARTLY, REFUTED, SUPPORTED, judge


def test_a_total_is_a_mean_over_replicates():
    """Hours of one society, not of all replicates together: (30 - 10) and (50 - 10) make 30."""
    given = {(FULL, "hours_saved"): [30, 50], (FULL, "hours_spent"): 10, (without("V"), "hours_saved"): 0}
    found = answer(ground(given, repeats=2), Question(estimand="inspection_hours_saved", switch="V"))
    assert found.value == pytest.approx(30)
    assert np.mean(found.values) == pytest.approx(30)


def test_lower_cost_counts_what_infrastructure_costs():
    """Coercion is cheaper by one yuan a person-year and infrastructure dearer by two: C12 does not hold."""
    given = {
        (FULL, "coercive_yuan"): [90, 91], (NONE, "coercive_yuan"): [100, 101], (FULL, "person_years"): 10,
        (FULL, "total_yuan"): [110, 112], (NONE, "total_yuan"): [100, 102], (NONE, "person_years"): 10,
        (FULL, "protests"): 1, (NONE, "protests"): [2, 2.01], (FULL, "infrastructural_yuan"): [20, 21],
        (NONE, "infrastructural_yuan"): [0, 1],
    }  # fmt: skip
    held = ground(given, ("breaches", "lawful_expressions"), repeats=2)
    found = judge("C12", CLAIMS.claims["C12"], [held])
    assert [one.word for one in found.plain.answers] == [SUPPORTED, REFUTED, SUPPORTED]
    assert found.word == REFUTED
    assert [n.value for n in found.notes[0].numbers] == pytest.approx([-1.0, 2.0, 1.0])


def test_a_claim_of_which_one_test_is_answered_is_partly_asked():
    two = [
        {"gloss": {"en": "a", "zh": "b"}, "ask": {"change": "protests", "switch": k}, "below": 0}
        for k in ("V", "V1")
    ]
    found = judge("C", claim(tests=two), [effect_of([-5, -6, -5, -4])])
    assert (found.word, found.grade, found.answered) == (PARTLY, "", 1)


def test_a_note_is_told_with_its_numbers_or_not_at_all():
    notes = [
        {"text": {"en": "by {0}", "zh": "b{0}"}, "ask": [{"change": "protests", "switch": "V"}]},
        {"text": {"en": "a", "zh": "b"}, "ask": [{"change": "protests", "switch": "V1"}]},
        {"text": {"en": "a", "zh": "b"}, "only": [REFUTED]},
    ]
    found = judge("C", claim(notes=notes), [effect_of([-5, -6, -5, -4])])
    assert [(one.text.en, one.numbers[0].value) for one in found.notes] == [("by {0}", -5.0)]


def test_notes_fill_their_gaps_in_both_languages():
    for key, one in CLAIMS.claims.items():
        for told in one.notes:
            for text in (told.text.en, told.text.zh):
                assert {f"{{{n}}}" for n in range(len(told.ask))} == set(re.findall(r"{\d}", text)), key
