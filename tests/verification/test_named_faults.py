"""V-15, V-16, V-63, V-67, V-68 and V-70 notice what they are there for: a fault is planted, and each of them fails."""

from typing import Any

import numpy as np
import pytest

from tests import test_ids
from tests.verification import faults, test_bank, test_firms, test_lists, test_redress
from tests.verification.noticing import Fault
from xinyong import ids, scorecard, scoring
from xinyong.errors import RunError
from xinyong.institutions import firms, joint_measures
from xinyong.memoranda import in_force
from xinyong.rulebook import RuleBook

SCORES_OF, EXPECTED = scorecard.scores_of, scoring._expected


def twofold_scale(log_odds: Any, reference_odds: float) -> Any:
    """A scale on which fifty points double the odds."""
    return SCORES_OF(log_odds / 2 + np.log(reference_odds) / 2, reference_odds)


def worthless_perks(curve: Any, weights: Any, offered: Any) -> Any:
    """Nobody expects anything of a perk, however much the rules say that it is worth."""
    return 0 * EXPECTED(curve, weights, offered)


def everybody_has_signed(book: Any, monday: int, ramp_years: float, ceiling: float) -> Any:
    """Restrictions as if all members had signed, whatever the rules say."""
    return in_force(RuleBook.load(), monday, ramp_years, ceiling)


def refuse_all(*given: Any) -> None:
    """The desk says no, however good its decisions are meant to be."""
    granted = given[-2]
    granted[:] = False


def unmoved(rules: Any, authority: float) -> Any:
    """Firms deliver half of what is asked, whoever asks."""
    return np.full(len(rules.register.rows()), 0.5)


FAULTS = [
    Fault(
        "V-15: fifty points double the odds",
        faults.instead(scorecard, "scores_of", twofold_scale),
        test_bank.test_a_hundred_points_double_the_odds,
        "",
    ),
    Fault(
        "V-16: all weights of the check character are one",
        faults.instead(ids, "CODE_WEIGHTS", (1,) * 17),
        test_ids.test_organisation_codes_have_right_checks_and_an_authority_that_is_not_assigned,
        "",
    ),
    Fault(
        "V-63: perks are worth nothing to anybody",
        faults.instead(scoring, "_expected", worthless_perks),
        test_firms.test_perks_draw_people_in_and_data_out,
        "members_now",
    ),
    Fault(
        "V-67: who has not signed restricts all the same",
        faults.instead(joint_measures, "in_force", everybody_has_signed),
        test_lists.test_more_signatories_bar_from_more_and_multiply_errors,
        "",
    ),
    Fault(
        "V-68: no objection is ever granted",
        faults.after("xinyong.institutions.redress.kernel.rule_on", refuse_all),
        test_redress.test_more_right_decisions_fewer_wrongful_days,
        "",
    ),
    Fault(
        "V-70: authority does not move a firm",
        faults.instead(firms, "compliance", unmoved),
        test_firms.test_firms_that_obey_more_show_the_state_more,
        "",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.what)
def test_the_named_test_notices(fault, monkeypatch):
    fault.plant(monkeypatch)
    with pytest.raises((AssertionError, RunError), match=fault.word or None):
        fault.check()
