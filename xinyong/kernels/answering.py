"""How a protest is answered: tolerated, bought off, or repressed."""

import numpy as np
from numba import njit

from xinyong.kernels.protesting import softly
from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential

# rules in order, kinds of answer, fields of an answer, places in the draws of a protester in a week
LEVEL, BY_VIOLENCE, BY_CLASS, VIOLENT_SHARE, UPPER_FROM, OFFERED_SHARE, SUCCESS, DETENTION = range(8)
TOLERATED, COMPENSATED, REPRESSED = range(3)
KIND, VIOLENT, UPPER, WEEKS, OFFERED, ANSWER_FIELDS = range(6)
TURNS, STRIKES, OFFERS, ACCEPTS, HELD = range(5)
LONGEST_WEEKS = 520


@njit(cache=True, inline="always")
def repression_chance(violent: int, upper: int, rules: np.ndarray) -> float:
    """Chance that a protest is repressed, by violence and by the class of who began it."""
    return softly(rules[LEVEL] + rules[BY_VIOLENCE] * violent + rules[BY_CLASS] * upper, 1.0)


@njit(cache=True, nogil=True)
def answer(out, party, number, income, rules, base, key):
    """Answer each protest (n): kind, violence, class, weeks of detention, whether money was offered, into `out`."""
    for k in range(party.shape[0]):
        who = base | np.uint64(number[party[k]])
        violent = np.int64(uniform(key, who, TURNS) < rules[VIOLENT_SHARE])
        upper = np.int64(income[party[k]] >= rules[UPPER_FROM])
        repressed = uniform(key, who, STRIKES) < repression_chance(violent, upper, rules)
        offered = not repressed and uniform(key, who, OFFERS) < rules[OFFERED_SHARE]
        bought = offered and uniform(key, who, ACCEPTS) < rules[SUCCESS]
        weeks = 0
        if repressed and rules[DETENTION] > 0:
            weeks = min(1 + int(rules[DETENTION] * exponential(uniform(key, who, HELD))), LONGEST_WEEKS)
        out[k, KIND] = REPRESSED if repressed else COMPENSATED if bought else TOLERATED
        out[k, VIOLENT], out[k, UPPER], out[k, WEEKS], out[k, OFFERED] = violent, upper, weeks, offered
