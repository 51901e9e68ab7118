"""Listed debtors who perform: a hazard that grows with what the list costs them."""

import numpy as np

from xinyong.columns import Array, Column
from xinyong.kernels.complying import pressed
from xinyong.notices import Notice
from xinyong.process import Day, Process


class Complying(Process):
    """Each listing builds up pressure to pay; the debtor performs when it passes an exponential threshold.

    The yearly hazard is base * exp(restrictions + face + firms - amount), less for those unable to pay. The
    threshold belongs to the case, so that twin worlds are coupled case by case. The base was fitted without saying what
    part of it is loss of face: face counts as far as it differs from what it was then (decision 0047).
    *Source:* model.md 2.7b, compliance hazard (fitted to dates up to 2018-06-30).
    """

    name = "complying"
    owns = {"cases.pressure": Column("f4", "hazard built up since listing", "hazard")}
    reads = ("number", "unable")
    recalls = (
        "cases.party", "cases.loan", "cases.serial", "cases.number", "cases.amount", "cases.list_state", "cases.paid",
    )  # fmt: skip
    may_recall = (
        "firm_flags",
        "perks.above_points",
        "perks.yearly_value",
        "barred",
        "activities.coverage",
        "activities.yearly_value",
        "shame",
    )
    posts = {
        "performed": Notice(
            "a listed debtor performs", {"case": "i4", "loan": "i4", "party": "i4", "number": "u4"}
        )
    }

    def step(self, day: Day) -> None:
        """Build up this week's pressure; those past their threshold perform on a day of the week."""
        desk, people, rules = day.table("cases"), day.people, day.own_rules
        cases = desk.fields
        barred, values = _restrictions(day)
        numbers = np.array([
            rules.base_per_year, rules.restriction_weight, rules.amount_slope, rules.reference_amount_yuan,
            rules.unable_ratio, day.now.years, rules.firm_weight * _withheld(day), rules.face_weight,
            rules.face_when_fitted,
        ])  # fmt: skip
        rows, when = np.empty(desk.high, np.int32), np.empty(desk.high, np.int32)
        n = pressed(
            cases.pressure, cases.alive, cases.party, cases.serial, cases.amount, cases.list_state, cases.paid,
            people.number, people.unable, barred, _marks(day), _shame(day),
            values, numbers, day.base, day.fixed_key, rows, when,
        )  # fmt: skip
        self._tell(day, rows[:n], when[:n])

    def _tell(self, day: Day, rows: Array, when: Array) -> None:
        cases = day.table("cases").fields
        day.post(
            "performed", day=day.now.monday + when, case=rows, loan=cases.loan[rows], party=cases.party[rows],
            number=cases.number[rows],
        )  # fmt: skip


def _restrictions(day: Day) -> tuple[Array, Array]:
    """Bits of what each party is barred from, and the yearly value of each; nothing where no measures exist."""
    activities, barred = day.may_table("activities"), day.people.barred
    if activities is None or barred is None or activities.fields.yearly_value is None:
        return np.zeros(len(day.people.number), np.uint16), np.zeros(0)
    values = activities.fields.coverage * activities.fields.yearly_value
    return barred, values[: activities.high].astype(np.float64)


def _withheld(day: Day) -> float:
    """Yearly value of the perks that a listing at the scoring firm withholds; 0 where there are none."""
    offers = day.may_table("perks")
    if offers is None:
        return 0.0
    return float(offers.fields.yearly_value[offers.fields.above_points > 0].sum())


def _marks(day: Day) -> Array:
    """Flags of the commercial score, if the firm's channel counts at all."""
    flags = day.people.firm_flags
    return flags if flags is not None and day.own_rules.firm_weight else np.zeros(0, np.uint8)


def _shame(day: Day) -> Array:
    """Face lost by each party, if face counts at all."""
    shame = day.people.shame
    return shame if shame is not None and day.own_rules.face_weight else np.zeros(0, np.uint8)
