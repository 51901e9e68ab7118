"""Claims as data, questions put to made-up worlds, and verdicts."""

import math

import numpy as np
import pytest

from tests.made_up import MadeUp, counts, name_of
from xinyong.assembly import known_processes
from xinyong.columns import Tally
from xinyong.errors import ScenarioError, XinyongError
from xinyong.lab.claims import verdict as module
from xinyong.lab.claims.asking import Question, answer
from xinyong.lab.claims.claims import Both, Claim, load_claims, read_claims
from xinyong.lab.claims.estimands import ESTIMANDS
from xinyong.lab.claims.games import subsets
from xinyong.lab.claims.ground import Ground, OfPersons, Role, UnaskedError, load_roles
from xinyong.lab.claims.verdict import CANNOT_TELL, HANGS, OPEN, REFUTED, SUPPORTED, UNASKED, judge
from xinyong.lab.coverage import coverage
from xinyong.lab.experiment.switches import load_switches
from xinyong.rulebook import RuleBook

FULL, NONE = name_of(frozenset("FEBV")), "none"
CLAIMS = load_claims()


def without(key):
    return name_of(frozenset("FEBV") - {key})


def ground(given, roles=(), **more):
    names = tuple(dict.fromkeys(measure for _, measure in given))
    return Ground(MadeUp(given, **more), counts(*names, *roles))


def questions(claim):
    for test in claim.tests:
        yield test.ask
        if test.ask.less:
            yield test.ask.less
    yield from (cost.ask for cost in claim.costs)


# --- the claims as data ----------------------------------------------------------------------------------------------


def test_there_are_twelve_claims_and_seven_limits():
    assert list(CLAIMS.claims) == [f"C{n}" for n in range(1, 13)]
    assert list(CLAIMS.limits) == ["i", "ii", "iii", "iv", "v", "vi", "vii"]


@pytest.mark.parametrize("key", list(CLAIMS.claims))
def test_what_a_claim_names_exists(key):
    """Requirements, roles and switches; nothing is asked that no world could answer."""
    claim, roles = CLAIMS.claims[key], load_roles()
    assert set(claim.requirements) <= {row.requirement for row in coverage().rows}
    for asked in questions(claim):
        needed = {*(ESTIMANDS[asked.estimand].needs if asked.estimand else ())}
        needed |= {name for name in (asked.change, asked.of, asked.per, asked.per_change) if name}
        assert needed <= set(roles), f"{key}: {needed - set(roles)} is no role"


def test_no_claim_without_its_cost_in_rights():
    """Nobody reads a benefit without what it cost; and the costs are not the paper's own measure of success."""
    for key, claim in CLAIMS.claims.items():
        assert claim.costs, key
        assert claim.rivals, key
        asked = [test.ask for test in claim.tests]
        assert all(cost.ask not in asked for cost in claim.costs), key


def test_every_measure_and_rule_named_exists():
    """A role that counts something counts what some process counts; a claim hangs on rules that there are."""
    measures = {
        n for kind in known_processes().values() for n, s in kind.owns.items() if isinstance(s, Tally)
    }
    measures |= {"persons_now", "organisations_now"}
    book = RuleBook.load()
    for name, role in load_roles().items():
        assert {*role.counts, *role.years_of, *role.positive} <= measures, name
    for key, claim in CLAIMS.claims.items():
        for rule in (rule for one in claim.hangs_on for rule in one.rules):
            assert book.leaves(rule), f"{key} hangs on {rule}"


WEIGHTS = {"billionths": 1e-9, "fen": 0.01, "1/64 utility weeks": 1 / 64 / 52}


def test_weights_of_roles_turn_units_of_measures_into_their_own():
    """A count in billionths is weighed by a billionth, fen by a hundredth; other counts by one, or minus one."""
    units = {
        n: s.unit for kind in known_processes().values() for n, s in kind.owns.items() if isinstance(s, Tally)
    }
    for name, role in load_roles().items():
        for measure, weight in role.counts.items():
            wanted = WEIGHTS.get(units[measure], 1.0)
            assert abs(weight) == pytest.approx(wanted, rel=1e-3), f"{name}: {measure} in {units[measure]}"


def test_every_estimand_has_number_unit_and_sentence():
    assert {e.number for e in ESTIMANDS.values()} == {1, 2, 3, 5, 6, 7, 8, 9, 10}
    for one in ESTIMANDS.values():
        assert one.unit
        assert one.gloss.endswith((".", ")."))
        assert set(one.needs) <= set(load_roles())


def test_a_misspelt_claim_is_named(tmp_path):
    file = tmp_path / "claims.yaml"
    file.write_text("limits: {}\nclaims: {C1: {titel: {en: a, zh: b}}}")
    with pytest.raises(ScenarioError, match="did you mean 'title'"):
        read_claims(file)
    with pytest.raises(ValueError, match="did you mean 'leverage_flow'"):
        Question(estimand="leverage_flw", switch="E")
    with pytest.raises(ValueError, match="one of `counts`"):
        Role(gloss="a", zh="b", unit="", counts={"a": 1}, waits="never")


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_change_is_paired():
    given = {(FULL, "performed"): [5, 7, 9, 11], (without("V"), "performed"): [3, 5, 7, 9]}
    found = answer(ground(given), Question(change="performed", switch="V"))
    assert found.values == (2, 2, 2, 2)
    assert found.above(1.5) == 1.0


def test_a_hazard_ratio_by_hand():
    given = {
        (FULL, "performed"): [30, 30], (FULL, "listed_years"): [100, 100],
        (without("V"), "performed"): [10, 10], (without("V"), "listed_years"): [100, 100],
    }  # fmt: skip
    found = answer(ground(given, repeats=2), Question(estimand="hazard_ratio", switch="V"))
    assert found.value == pytest.approx(3.0)


def test_consent_is_what_benefits_bring():
    """Of ten visible records seven came by opting in, three of them without any benefit: four tenths."""
    given = {
        (FULL, "visible_by_consent"): 7, (FULL, "visible_records"): 10, (without("B"), "visible_by_consent"): 3,
        (without("B"), "visible_records"): 6,
    }  # fmt: skip
    found = answer(ground(given), Question(estimand="consent_share", switch="B"))
    assert found.value == pytest.approx(0.4)


def test_nothing_happened_is_no_number():
    given = {(FULL, "performed"): 0, (FULL, "listed_years"): 0}
    found = answer(ground(given), Question(estimand="hazard_ratio", switch="V"))
    assert math.isnan(found.value)
    assert math.isnan(found.above(1))


def test_person_years_are_a_stock_over_time():
    roles = {"years": Role(gloss="a", zh="b", unit="", years_of={"listed_now": 1})}
    played = MadeUp({(FULL, "listed_now"): 10.0})
    found = Ground(played, roles).values("years", FULL)
    assert found == pytest.approx(10 * (363 + 364) / 365.25)


def additive():
    """A made-up game without interaction but for benefits with face, plus luck that all cells share."""
    luck = np.array([1.0, -3.0, 2.0, 0.5])
    worth = {"F": 4.0, "E": 2.0, "B": 1.0, "V": 3.0}
    given = {}
    for on in subsets("FEBV"):
        given[name_of(on), "protests"] = luck - sum(worth[p] for p in on) - 6.0 * (set("BV") <= on)
        given[name_of(on), "person_years"] = np.full(4, 2.0)
    return given


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({"shapley": "F", "of": "protests"}, -4.0),
        ({"shapley": "V", "of": "protests"}, -6.0),
        ({"shapley": "M1", "of": "protests"}, -6.0),
        ({"shapley": "M3", "of": "protests", "mapping": "alternative"}, -8.0),
        ({"shapley": "F", "of": "protests", "per": "person_years"}, -2.0),
        ({"interaction": ("M2", "M3"), "of": "protests"}, -6.0),
        ({"interaction": ("M1", "M3"), "of": "protests"}, 0.0),
        ({"interaction": ("B", "V"), "of": "protests"}, -6.0),
    ],
)
def test_shares_of_a_made_up_game(asked, value):
    found = answer(ground(additive()), Question(**asked))
    assert found.value == pytest.approx(value, abs=1e-12)
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


def test_an_elasticity_is_a_power():
    """Averted grows with the square of news: four times the news, sixteen times averted."""
    variants = {"low": {"x": 1}, "high": {"x": 2}}
    given = {}
    for variant, averted in (("low", 10.0), ("high", 160.0)):
        given[f"{FULL} variant={variant}", "breaches"] = 1000.0 - averted
        given[f"{without('E')} variant={variant}", "breaches"] = 1000.0
    held = ground(given, variants=variants)
    span = {"low": "low", "high": "high", "factor": 4}
    asked = Question(estimand="averted_total", switch="E", elasticity=span)
    assert answer(held, asked).value == pytest.approx(2.0)
    less = asked.model_copy(update={"less": Question(estimand="averted_total", switch="E", elasticity=span)})
    assert answer(held, less).value == pytest.approx(0.0)


def people(breaches, sanctioned, rural=(0, 0, 1, 1)):
    return {
        "breaches": np.array(breaches), "sanctioned": np.array(sanctioned), "household": np.zeros(4),
        "recent": np.array(sanctioned), "expected_breaches": 2_000_000 * np.array(breaches), "rural": np.array(rural),
    }  # fmt: skip


def test_leverage_is_asked_of_twins():
    persons = {}
    for k in range(4):
        persons[FULL, k] = people([9, 0, 1, 2], [1, 0, 0, 0])
        persons[without("E"), k] = people([9, 3, 1, 4], [0, 0, 0, 0])
    held = ground({(FULL, "x"): 0}, persons=persons, scale=10.0)
    assert answer(held, Question(estimand="leverage_flow", switch="E")).value == 10.0
    assert answer(held, Question(estimand="leverage_counted", switch="E")).value == 2.0
    low, high = (
        answer(held, Question(estimand=f"leverage_at_{w}", switch="E")).value for w in ("least", "most")
    )
    assert low <= 2.0 <= high
    with pytest.raises(UnaskedError, match="no vector 'frauds'"):
        answer(held, Question(estimand="leverage_flow", switch="E", of="frauds"))


def test_a_role_of_persons_sums_a_group():
    role = Role(gloss="a", zh="b", unit="", persons=OfPersons(vector="breaches", group={"rural": 1}))
    persons = {(FULL, k): people([9, 0, 1, 2], [0, 0, 0, 0]) for k in range(4)}
    assert (
        Ground(MadeUp({}, persons=persons, scale=10.0), {"r": role}).values("r", FULL).tolist() == [30.0] * 4
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"change": "protests", "switch": "V1"}, "no world with V1 off"),
        ({"change": "reports", "switch": "V"}, "needs reports, which no process"),
        ({"change": "waiting", "switch": "V"}, "not counted yet: not built"),
        ({"change": "protest", "switch": "V"}, "did you mean 'protests'"),
        ({"shapley": "M9", "of": "protests"}, "'M9' is no player"),
        ({"estimand": "leverage_flow", "switch": "V"}, "no vectors of persons"),
    ],
)
def test_what_cannot_be_answered_is_said(asked, said):
    held = ground(additive(), ("reports",))
    held.roles = {**held.roles, "waiting": Role(gloss="a", zh="b", unit="", waits="not built")}
    with pytest.raises(XinyongError, match=said):
        answer(held, Question(**asked))


# --- verdicts --------------------------------------------------------------------------------------------------------


def claim(**update) -> Claim:
    told = CLAIMS.claims["C11"].model_dump()
    told["tests"] = [{
        "gloss": {"en": "a", "zh": "b"}, "ask": {"change": "protests", "switch": "V"}, "below": 0,
    }]  # fmt: skip
    told["costs"] = [{"gloss": {"en": "a", "zh": "b"}, "ask": {"change": "harm", "switch": "V"}}]
    told["hangs_on"] = [{"gloss": {"en": "word", "zh": "b"}, "rules": ["a.b"]}]
    told["notes"] = []
    return Claim.model_validate(told | update)


def effect_of(face, harm=1.0, variants=None, repeats=4):
    """Worlds in which face changes protests by these numbers, one a replicate; by another under a variant."""
    given = {(FULL, "protests"): np.asarray(face, float), (FULL, "harm"): harm, (NONE, "x"): 0}
    for name, value in (variants or {}).items():
        given[f"{FULL} variant={name}", "protests"] = np.asarray(value, float)
    return ground(given, repeats=repeats, variants={name: {"a.b": 1} for name in variants or {}})


@pytest.mark.parametrize(
    ("face", "word"),
    [
        ([-5, -6, -5, -4], SUPPORTED),
        ([5, 6, 5, 4], REFUTED),
        ([0, 0, 0, 0], CANNOT_TELL),
        ([5, -6, -5, 4], CANNOT_TELL),
        ([-5], CANNOT_TELL),
    ],
)
def test_a_verdict_follows_the_probability(face, word):
    found = judge("C", claim(), [effect_of(face, repeats=len(face))])
    assert found.word == word
    assert found.basis == "prior-only"


def a_verdict_hangs_on_what_turns_it():
    found = judge("C", claim(), [effect_of([-5, -6, -5, -4], variants={"weak": [5, 6, 5, 4]})])
    assert found.word == HANGS, "a variant turns it and nobody says so"
    assert [one.gloss.en for one in found.flips] == ["word"]
    assert found.grade == "C"


def test_a_verdict_that_hangs_says_on_what():
    a_verdict_hangs_on_what_turns_it()


def test_a_firm_verdict_has_been_tried():
    """Grade A needs every assumption moved and no change of word; without trials it is C and says what is missing."""
    tried = judge("C", claim(), [effect_of([-5, -6, -5, -4], variants={"weak": [-2, -2, -3, -2]})])
    assert (tried.word, tried.grade, tried.untried) == (SUPPORTED, "A", ())
    bare = judge("C", claim(), [effect_of([-5, -6, -5, -4])])
    assert (bare.word, bare.grade) == (SUPPORTED, "C")
    assert [one.gloss.en for one in bare.hinges] == ["word"]


def every_test_must_hold():
    both = [
        {"gloss": {"en": "a", "zh": "b"}, "ask": {"change": "protests", "switch": "V"}, "below": 0},
        {"gloss": {"en": "a", "zh": "b"}, "ask": {"change": "harm", "switch": "V"}, "below": 0},
    ]
    found = judge("C", claim(tests=both), [effect_of([-5, -6, -5, -4])])
    assert found.word == REFUTED, "one test that fails must refute"


def test_a_variant_in_which_nothing_happens_turns_nothing():
    """It has tried nothing, so the verdict stands and the assumption counts as untried."""
    found = judge("C", claim(), [effect_of([-5, -6, -5, -4], variants={"still": [0, 0, 0, 0]})])
    assert (found.word, found.flips, found.grade) == (SUPPORTED, (), "C")
    assert len(found.untried) == 1


def test_one_test_that_fails_refutes():
    every_test_must_hold()


def test_the_cost_is_told_beside_the_verdict():
    found = judge("C", claim(), [effect_of([-5, -6, -5, -4], harm=3.0)])
    assert found.costs[0].estimate.value == 3.0
    silent = judge("C", claim(), [ground({(FULL, "protests"): -1.0}, ("harm",), only=("protests",))])
    assert silent.costs[0].estimate is None
    assert "needs harm" in silent.costs[0].why_not


def test_an_experiment_that_cannot_answer_is_not_asked():
    found = judge("C", claim(), [ground({(FULL, "harm"): 1.0}, ("protests",), only=("harm",))])
    assert (found.word, found.grade) == (UNASKED, "")
    second = judge(
        "C",
        claim(),
        [ground({(FULL, "x"): 0}, ("protests", "harm"), only=("x",)), effect_of([-5, -6, -5, -4])],
    )
    assert second.word == SUPPORTED


def test_every_switch_a_claim_cuts_can_be_cut():
    known = set(load_switches().switches) | {"V1", "V4"}
    assert {asked.switch for c in CLAIMS.claims.values() for asked in questions(c) if asked.switch} <= known


# --- planted faults --------------------------------------------------------------------------------------------------


def best_test_decides(patch):
    words = (SUPPORTED, REFUTED, UNASKED, OPEN)
    told = property(lambda self: next(w for w in words if w in [a.word for a in self.answers]))
    patch.setattr(module.Trial, "word", told)


def deaf_to_variants(patch):
    patch.setattr(Ground, "variants", property(lambda self: {}))


@pytest.mark.parametrize(
    ("plant", "check", "word"),
    [
        (best_test_decides, every_test_must_hold, "must refute"),
        (deaf_to_variants, a_verdict_hangs_on_what_turns_it, "nobody says so"),
    ],
)
def test_a_planted_fault_is_caught(monkeypatch, plant, check, word):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=word):
        check()


def test_both_languages():
    assert Both(en="a", zh="b").of("zh_Hant") == "b"
    assert Both(en="a", zh="b").of("en") == "a"
