"""Elements 3 and 7 of the protocol: the schedule as assembled, and every process with its rules, rates and draws."""

import inspect
import math
from collections.abc import Iterable, Mapping

from xinyong.engine import Plan
from xinyong.lab.odd.form import Block, Section, Sheet, names, sheet
from xinyong.lab.odd.sources import draws_of, sections_of
from xinyong.process import Process
from xinyong.rulebook import RuleLeaf
from xinyong.rulefiles import Value
from xinyong.timeline import WEEK_YEARS

RULE_HEADS = ("rule", "name", "unit", "range", "since", "value", "a week", "mark", "source or reason")
RATE_ENDS = ("_per_year", "_per_adult_year", "_per_publicity_year")


def schedule(plan: Plan) -> Section:
    """The order of a week, and what each process needs of which others."""
    rows = [
        (k, p.name, _kind(p), names((*p.reads, *p.may_read)), names((*p.recalls, *p.may_recall)), names(p.posts),
         names(p.hears), names(p.heard), names((*p.watches, *p.consults, *p.audits)))
        for k, p in enumerate(plan.processes, 1)
    ]  # fmt: skip
    heads = (
        "#", "process", "kind", "reads this week's", "recalls last week's", "posts", "hears this week's",
        "hears last week's", "national or counted figures",
    )  # fmt: skip
    return Section("3 Process overview and scheduling", (
        "Each week every process steps once, in this order, in every shard; the order follows from the "
        "declarations and "
        "not from how processes are listed. Shards do not see each other within a week.",
        sheet(heads, rows),
    ))  # fmt: skip


def interactions(plan: Plan) -> Sheet:
    """Who tells whom what."""
    rows = []
    for process in plan.processes:
        for kind, notice in process.posts.items():
            heard = [q.name for q in plan.processes if kind in q.hears or kind in q.heard]
            rows.append((kind, process.name, names(heard) or "nobody", names(notice.columns), notice.meaning))
    return sheet(("notice", "posted by", "heard by", "columns", "meaning"), rows)


def submodels(plan: Plan) -> list[Section]:
    """Every process with its documentation, its rules with dates and marks, its draws, and shared rule files."""
    used = rule_files(plan)
    own = {p.name for p in plan.processes}
    found = [Section("7 Submodels", (
        "One submodel a process. A rule is a dated value with its mark: `verified-...` was read in a source, "
        "`memory` is "
        "not checked, `fitted` was fitted to figures up to 30 June 2018, `assumed` says why. A value of null "
        "means that "
        "the rule does not exist then and its process does nothing. `a week` is the rate per step: the "
        "expected number "
        "λ·dt, and the chance 1 − exp(−λ·dt) of at least one.",
    ))]  # fmt: skip
    for process in plan.processes:
        others = [s for s in used[process.name] if s != process.name]
        doc = inspect.cleandoc(type(process).__doc__ or "")
        blocks: list[Block] = [
            doc,
            f"Module `{type(process).__module__}`. Declared cost: {process.dense_ns_per_party:g} ns a party "
            f"and week. "
            f"Draws: {'; '.join(draws_of(process)) or 'none'}. "
            f"Rules of other files it names: {names(others) or 'none'}.",
        ]
        leaves = plan.book.leaves(process.name) if process.name in plan.book.sections else ()
        if leaves:
            blocks.append(rules_table(leaves))
        found.append(Section(process.name, tuple(blocks), 3))
    for section in sorted({s for files in used.values() for s in files} - own):
        readers = [p for p, files in used.items() if section in files]
        text = f"Read by {names(readers)}."
        found.append(Section(f"shared rules: {section}", (text, rules_table(plan.book.leaves(section))), 3))
    return found


def rule_files(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """The rule files that each process of a plan reads."""
    sections = list(plan.book.sections)
    return {p.name: sections_of(p, sections) for p in plan.processes}


def rules_table(leaves: Iterable[RuleLeaf]) -> Sheet:
    """Every dated value of some rules."""
    return sheet(
        RULE_HEADS, (_rule(leaf, str(date), leaf.values[date]) for leaf in leaves for date in leaf.dates)
    )


def _rule(leaf: RuleLeaf, since: str, value: Value) -> tuple[object, ...]:
    low_high = "" if leaf.range is None else f"{leaf.range[0]:g} to {leaf.range[1]:g}"
    why = value.why or value.by or ", ".join(w for w in (value.source, value.where) if w)
    said = "null" if value.value is None else value.value
    words = leaf.name or leaf.gloss
    return (
        leaf.path, words, leaf.unit, low_high, since, said, per_step(leaf.path, value.value), value.grade, why,
    )  # fmt: skip


def per_step(path: str, value: object) -> str:
    """A yearly rate as the expected number and the chance of a week; empty for what is not a rate."""
    if not path.endswith(RATE_ENDS) or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    mean = value * WEEK_YEARS
    return f"{mean:.3g}; {-math.expm1(-mean):.3g}"


def _kind(process: Process) -> str:
    return type(process).__module__.split(".")[1].removesuffix("s")
