"""The texts `xinyong new` starts from. NAME, CLASS, TITLE and CODE are filled in; the rest is for the author."""

PROCESS = '''"""TITLE: say in one line what this institution decides, as a jurist would."""

from xinyong.columns import Tally
from xinyong.process import Day, Process


class CLASS(Process):
    """Say what it does, to whom, and by which rule.

    *Source:* nothing was read yet (assumed).
    """

    name = "NAME"
    owns = {"NAME_decisions_cum": Tally("decisions of NAME", "decisions")}

    def step(self, day: Day) -> None:
        """Do nothing while the rule is not in force."""
        if not day.own_rules.in_force:
            return
        day.count(NAME_decisions_cum=0)
'''

BEHAVIOUR = '''"""TITLE: say in one line what people do here."""

from xinyong.columns import Tally
from xinyong.process import Day, Process


class CLASS(Process):
    """Say who does it, how often, and what changes it.

    *Source:* nothing was read yet (assumed).
    """

    name = "NAME"
    owns = {"NAME_acts_cum": Tally("acts of NAME", "acts")}

    def step(self, day: Day) -> None:
        """Do nothing while the rule is not in force."""
        if not day.own_rules.in_force:
            return
        day.count(NAME_acts_cum=0)
'''

RULES = """# TITLE: the rules, each with its date and its source
in_force:
  name: ""
  gloss: whether NAME exists
  values:
    2012-01-01: {value: false, grade: assumed, why: Nothing was read yet; give the day it began and the source.}
"""

CASE = """# TITLE: worked cases, as a lawyer would set them out; tests/test_cases.py says what a case may hold.

- case: the first decision, to be written from a source; it fails until then
  from: to be filled in
  process: NAME
  on: 2019-01-07
  given:
    rules: {NAME.in_force: true}
    parties: [{}]
  then:
    tallies: {NAME_COUNT_cum: 1}
"""

_SINCE = "2019-01-01"
_MARK = "grade: assumed, why: A value stands in; replace it by what was read."


def _rule(
    name: str, gloss: str, unit: str, most: int, value: object, indent: str = "", least: int = 0
) -> str:
    lines = (
        f"{name}:", f"  gloss: {gloss}", f"  unit: {unit}", f"  range: [{least}, {most}]", "  values:",
        f"    {_SINCE}: {{value: {value}, {_MARK}}}",
    )  # fmt: skip
    return "".join(f"{indent}{line}\n" for line in lines)


def _deed(name: str, code: int, gloss: str, points: int) -> str:
    head = f"  {name}:\n    code: {code}\n    gloss: {gloss}\n"
    counted = _rule("points", "points added or taken", "points", 1000, points, "    ", -1000)
    often = _rule("rate_per_year", "how often a resident does it", "per_year", 50, 0.005, "    ")
    sender = "the department type that delivers it, a row of city_departments.sectors"
    sector = (
        f"    sector:\n      gloss: {sender}\n      values:\n        {_SINCE}: {{value: township, {_MARK}}}\n"
    )
    return head + counted + often + sector


CITY = (
    """# The scheme of points of TITLE. What is not said here is taken from pilot.yaml. A code is never reused.
code: CODE
like: pilot
name: ""
gloss: "TITLE: say what the scheme is"
"""
    + _rule("base_points", "points everybody starts with", "points", 10000, 1000)
    + "deeds:\n  gloss: what adds or takes points, besides the rows of pilot.yaml\n"
    + _deed("good_deed", 1, "what the scheme rewards", 5)
    + _deed("bad_deed", 2, "what the scheme punishes", -5)
)

STATISTICS = (
    "# Single published figures beside any measure of a run (`xinyong list measures`); silent while value is null.\n"
    "statistics:\n"
)

STATISTIC = """  NAME:
    measure: listings_cum
    date: 2018-06-30
    value: null
    unit: what was counted, 人次 or persons
    usable: false
    fit: false
    observation_error: 0.02
    source: to be filled in
    reason: to be read and filled in
"""

ADVICE = {
    "institution": (
        "Fill in the three files, add NAME to `processes:` of a scenario, then run `make reference` and `make test`.\n"
        "Until its rule `in_force` is true it does nothing."
    ),
    "behaviour": (
        "Fill in the three files, add NAME to `processes:` of a scenario, then run `make reference` and `make test`.\n"
        "Until its rule `in_force` is true it does nothing."
    ),
    "city": (
        "Replace what stands in by what was read, with its source; then `make reference`.\n"
        "If people are to live there, give NAME a share in a recipe (`cities`)."
    ),
    "statistic": (
        "Fill in the row NAME at the end of targets.yaml; it counts for nothing while its value is null.\n"
        "Nothing dated after 2018-06-30 may be used for a fit or a test."
    ),
}
