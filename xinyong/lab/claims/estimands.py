"""The quantities that the claims are about (model.md 3.3), each a small function of what was counted in two worlds.

`on` and `off` are means over replicates of what was counted with and without a mechanism, by role; `twins` are means of
what the same persons did in both. Every function gives a number in the unit it declares, NaN where nothing happened.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Totals = Mapping[str, float]
Function = Callable[[Totals, Totals, Totals], float]


@dataclass(frozen=True)
class Estimand:
    """A quantity: its number in model.md 3.3, unit, the roles it needs, and the vector by which it compares twins."""

    key: str
    number: int
    unit: str
    gloss: str
    needs: tuple[str, ...]
    twins: str
    value: Function


ESTIMANDS: dict[str, Estimand] = {}


def estimand(number: int, unit: str, *needs: str, twins: str = "") -> Callable[[Function], Function]:
    """Enter a function in the table of estimands."""

    def enter(function: Function) -> Function:
        key = function.__name__
        gloss = (function.__doc__ or "").strip().partition("\n")[0]
        ESTIMANDS[key] = Estimand(key, number, unit, gloss, needs, twins, function)
        return function

    return enter


def per(part: float, whole: float) -> float:
    """A ratio; NaN where there is nothing to divide by."""
    return part / whole if whole else math.nan


@estimand(1, "persons steered per person sanctioned", twins="breaches")
def leverage_counted(on: Totals, off: Totals, twins: Totals) -> float:
    """Twins never sanctioned who do less of it, for each person sanctioned. Depends on which luck is shared."""
    return per(twins["steered"], twins["newly_sanctioned"])


@estimand(1, "persons steered per person sanctioned", twins="breaches")
def leverage_at_least(on: Totals, off: Totals, twins: Totals) -> float:
    """The fewest steered for each sanctioned, whatever luck is shared (Makarov)."""
    return per(twins["makarov_low"], twins["newly_sanctioned"])


@estimand(1, "persons steered per person sanctioned", twins="breaches")
def leverage_at_most(on: Totals, off: Totals, twins: Totals) -> float:
    """The most steered for each sanctioned, whatever luck is shared (Makarov)."""
    return per(twins["makarov_high"], twins["newly_sanctioned"])


@estimand(2, "acts averted a year per person sanctioned in it", twins="expected_breaches")
def leverage_flow(on: Totals, off: Totals, twins: Totals) -> float:
    """Breaches a year that the never sanctioned do less, for each person sanctioned that year; needs no shared luck."""
    return per(twins["averted"], twins["newly_sanctioned"])


@estimand(2, "acts averted", "breaches")
def averted_total(on: Totals, off: Totals, twins: Totals) -> float:
    """Breaches that everybody does less, the sanctioned included; needs no twins."""
    return off["breaches"] - on["breaches"]


@estimand(3, "share of adults", "state_visible", "adults")
def coverage_added(on: Totals, off: Totals, twins: Totals) -> float:
    """How much larger the share of adults is whose data the state can ask for."""
    return per(on["state_visible"], on["adults"]) - per(off["state_visible"], off["adults"])


@estimand(3, "adults per firm", "state_visible", "firms_delivering")
def adults_per_firm(on: Totals, off: Totals, twins: Totals) -> float:
    """Adults whose data the state can ask for, for each firm that delivers."""
    return per(on["state_visible"], on["firms_delivering"])


@estimand(3, "yuan per adult", "state_visible", "infrastructural_yuan")
def cost_per_visible_adult(on: Totals, off: Totals, twins: Totals) -> float:
    """What the state spends more for each further adult whose data it can ask for."""
    return per(
        on["infrastructural_yuan"] - off["infrastructural_yuan"], on["state_visible"] - off["state_visible"]
    )


@estimand(5, "share of visible records", "visible_by_consent", "visible_records")
def consent_share(on: Totals, off: Totals, twins: Totals) -> float:
    """Of the records the state can see, those that came by an opt-in taken because of benefits."""
    return per(on["visible_by_consent"] - off["visible_by_consent"], on["visible_records"])


@estimand(6, "share of adults", "private_approval", "adults")
def approval_private(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more approve in private."""
    return per(on["private_approval"], on["adults"]) - per(off["private_approval"], off["adults"])


@estimand(6, "share of adults", "expressed_approval", "adults")
def approval_expressed(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more say that they approve."""
    return per(on["expressed_approval"], on["adults"]) - per(off["expressed_approval"], off["adults"])


@estimand(6, "share of adults", "private_approval", "expressed_approval", "adults")
def falsification_gap(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more say it than think it, where the mechanism works."""
    return per(on["expressed_approval"] - on["private_approval"], on["adults"])


@estimand(
    6, "share of adults", "private_approval_rich", "adults_rich", "private_approval_poor", "adults_poor"
)
def income_gradient(on: Totals, off: Totals, twins: Totals) -> float:
    """How much more the richest third approves in private than the poorest, beyond the gap without the mechanism."""
    return _gradient(on) - _gradient(off)


def _gradient(world: Totals) -> float:
    rich = per(world["private_approval_rich"], world["adults_rich"])
    return rich - per(world["private_approval_poor"], world["adults_poor"])


@estimand(7, "times", "performed", "listed_years")
def hazard_ratio(on: Totals, off: Totals, twins: Totals) -> float:
    """How many times as fast the listed perform with the channel as without it."""
    return per(per(on["performed"], on["listed_years"]), per(off["performed"], off["listed_years"]))


@estimand(7, "times", "performed_rural", "listed_years_rural")
def hazard_ratio_rural(on: Totals, off: Totals, twins: Totals) -> float:
    """The same in the country."""
    return per(
        per(on["performed_rural"], on["listed_years_rural"]),
        per(off["performed_rural"], off["listed_years_rural"]),
    )


@estimand(7, "times", "performed_urban", "listed_years_urban")
def hazard_ratio_urban(on: Totals, off: Totals, twins: Totals) -> float:
    """The same in towns."""
    return per(
        per(on["performed_urban"], on["listed_years_urban"]),
        per(off["performed_urban"], off["listed_years_urban"]),
    )


@estimand(8, "reports per 1,000 person-years", "reports", "person_years")
def reports_rate(on: Totals, off: Totals, twins: Totals) -> float:
    """How often people report one another."""
    return 1000 * per(on["reports"], on["person_years"])


@estimand(8, "share of reports", "reports", "reports_true")
def reports_true_share(on: Totals, off: Totals, twins: Totals) -> float:
    """Of the reports, those that are true."""
    return per(on["reports_true"], on["reports"])


@estimand(8, "hours", "hours_saved", "hours_spent")
def inspection_hours_saved(on: Totals, off: Totals, twins: Totals) -> float:
    """Hours an inspectorate would need to find what reports found, less hours spent on checking reports."""
    return (on["hours_saved"] - on["hours_spent"]) - (off["hours_saved"] - off["hours_spent"])


@estimand(9, "events per million person-years", "protests", "person_years")
def protest_change(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more protests there are."""
    return 1e6 * (per(on["protests"], on["person_years"]) - per(off["protests"], off["person_years"]))


@estimand(9, "events per million person-years", "protests_creditors", "person_years")
def protest_change_creditors(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more protests of creditors there are."""
    return 1e6 * per(on["protests_creditors"] - off["protests_creditors"], on["person_years"])


@estimand(9, "events per million person-years", "protests_debtors", "person_years")
def protest_change_debtors(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more protests of the sanctioned and their households there are."""
    return 1e6 * per(on["protests_debtors"] - off["protests_debtors"], on["person_years"])


@estimand(9, "petitions per million person-years", "petitions", "person_years")
def petitions_change(on: Totals, off: Totals, twins: Totals) -> float:
    """How many more lawful petitions there are; fewer means grievances that fall silent."""
    return 1e6 * per(on["petitions"] - off["petitions"], on["person_years"])


@estimand(10, "yuan per act averted", "infrastructural_yuan", "breaches")
def infrastructural_yuan_per_averted(on: Totals, off: Totals, twins: Totals) -> float:
    """What infrastructural power spends more for each breach averted."""
    return per(on["infrastructural_yuan"] - off["infrastructural_yuan"], off["breaches"] - on["breaches"])


@estimand(10, "yuan", "coercive_yuan", "person_years")
def coercive_change(on: Totals, off: Totals, twins: Totals) -> float:
    """What coercion costs more for each person-year."""
    return per(on["coercive_yuan"] - off["coercive_yuan"], on["person_years"])


@estimand(10, "person-years per judgment performed", "wrongful_years", "performed")
def wrongful_years_per_performed(on: Totals, off: Totals, twins: Totals) -> float:
    """Years spent on the list by people who could not pay, for each further judgment performed."""
    return per(on["wrongful_years"] - off["wrongful_years"], on["performed"] - off["performed"])


@estimand(10, "lawful expressions per breach averted", "lawful_expressions", "breaches")
def chilled_per_averted(on: Totals, off: Totals, twins: Totals) -> float:
    """Lawful criticism and petitions that fall silent, for each breach averted."""
    return per(off["lawful_expressions"] - on["lawful_expressions"], off["breaches"] - on["breaches"])
