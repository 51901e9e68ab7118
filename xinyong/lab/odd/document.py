"""Put the seven elements of the protocol together for one scenario."""

from collections import Counter

from xinyong import __version__
from xinyong.engine import Plan, tally_specs
from xinyong.lab.odd.entities import entities
from xinyong.lab.odd.form import Document, Section, names, sheet
from xinyong.lab.odd.sources import KEYS, draws_of
from xinyong.lab.odd.submodels import interactions, rule_files, schedule, submodels
from xinyong.lab.published import published
from xinyong.lab.scenario import Scenario
from xinyong.process import Process

PATTERNS = (
    ("P1", "the four cumulative series of the court list and their changing ratios"),
    ("P2", "stock against flow of listed persons"),
    ("P3", "refused attempts by air rise while those by rail fall"),
    ("P4", "80/19/1 in the survey, with gradients"),
    ("P5", "high commercial and low municipal awareness"),
    ("P6", "shaming works on small debts, and by threat more than by publication"),
    ("P7", "beliefs hardly respond to sanctions of strangers"),
)


def document(scenario: Scenario, seed: int = 1) -> Document:
    """The protocol document of a scenario: the same declarations give the same text."""
    plan = scenario.plan(seed)
    sections = (
        purpose(scenario, plan), *entities(plan, scenario), schedule(plan), *concepts(plan),
        initialization(scenario, plan), *inputs(scenario, plan), *submodels(plan),
    )  # fmt: skip
    return Document(f"ODD protocol: {scenario.name}", scenario.name, sections)


def purpose(scenario: Scenario, plan: Plan) -> Section:
    """Element 1: what the model is for, and by which patterns it is judged."""
    return Section("1 Purpose and patterns", (
        f"Scenario `{scenario.name}`: {scenario.gloss}. Written by xinyong {__version__} from the "
        f"declarations of its "
        f"processes and rules (rule book {plan.book.hash[:16]}, scenario {scenario.hash}) after Grimm and others, "
        "The ODD Protocol, JASSS 23(2) 7, 2020.",
        "The purpose is to show every institution that one paper (Nguyen 2019) describes as working software, "
        "to estimate "
        "in paired invented worlds what each of its mechanisms would do under stated assumptions, and to "
        "audit the rights "
        "costs of the same runs. It is not for predicting real persons or places, nor for finding effective "
        "repression.",
        "Patterns by which the model is judged:",
        sheet(("pattern", "what is compared"), PATTERNS),
    ))  # fmt: skip


def concepts(plan: Plan) -> list[Section]:
    """Element 4: the eleven design concepts, as far as declarations tell."""
    processes = plan.processes
    drawing = [(p.name, "; ".join(draws_of(p)) or "draws nothing") for p in processes]
    seen = [
        (
            p.name,
            len(p.reads) + len(p.recalls) + len(p.may_read) + len(p.may_recall),
            len(p.hears) + len(p.heard),
        )
        for p in processes
    ]
    return [
        Section("4 Design concepts", ()),
        *(Section(title, (text,), 3) for title, text in _texts(plan)),
        Section("Sensing", (
            "A process sees the columns and notices it declares, and nothing else; reading another raises an error.",
            sheet(("process", "columns of others", "kinds of notice"), seen),
        ), 3),
        Section("Interaction", (
            "Processes interact through notices, which are added and never changed, and through columns.",
            interactions(plan),
        ), 3),
        Section("Stochasticity", (
            "Every draw is a pure function of seed, party, process, time and index; there is no stream. "
            "Worlds with one "
            f"seed share all luck that their rules leave the same. Keys: {'; '.join(KEYS.values())}.",
            sheet(("process", "keys it draws with"), drawing),
        ), 3),
    ]  # fmt: skip


def _texts(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Concepts that a sentence or two tell."""
    processes, tallies = plan.processes, tally_specs(plan)
    kept = [k for p in processes for k, n in p.posts.items() if n.keep]
    watching = [p.name for p in processes if p.watches or p.consults]
    return (
        ("Basic principles", "Institutions follow dated legal rules; parties choose with perceived costs and "
         "gains and "
         "differ in traits that are drawn once. Where the paper and other evidence disagree, both are rules."),
        ("Emergence", "Counts of the collective (element 2) are sums of what happens to parties; none is imposed."),
        ("Adaptation", "Behaviours: " + names(p.name for p in processes if "behaviours" in type(p).__module__) + "."),
        ("Objectives", "No party optimises over time. Nothing in the model or around it chooses sanctions to "
         "reach an aim."),
        ("Learning", "What parties learn is in the columns they own a history in: " + names(_learning(plan)) + "."),
        ("Prediction", "Parties act on what they perceive, never on the true chances."),
        ("Collectives", "Households, organisations, cities with a scheme, credit firms, courts and registers; "
         f"national figures reach shards a week later ({names(watching) or 'none here'})."),
        ("Observation", f"{len(tallies)} tallies a week by shard, and the notices kept in the run folder: "
         f"{names(dict.fromkeys(kept)) or 'none'}. Truth flags (whether an entry is wrong) are for the audit alone."),
    )  # fmt: skip


def _learning(plan: Plan) -> list[str]:
    words = ("belief", "learned", "loans_taken", "support", "notoriety")
    return [n for n in plan.owned if n.rpartition(".")[2] in words] or ["none here"]


def initialization(scenario: Scenario, plan: Plan) -> Section:
    """Element 5: how the society is made, and what processes set before week 0."""
    begins = [p.name for p in plan.processes if type(p).begin is not Process.begin]
    rows = [
        (name, figure.value, figure.unit, figure.grade, figure.source or figure.why)
        for name, figure in scenario.people().figures()
    ]
    return Section("5 Initialization", (
        f"Persons are made from totals by proportional fitting and housed household by household (recipe "
        f"`{scenario.recipe}`); {plan.calendar.burn_in} weeks are lived before counting begins. Processes that set a "
        f"first state: {names(begins) or 'none'}. Everything else begins at its declared initial value.",
        sheet(("figure", "value", "unit", "mark", "source or reason"), rows),
    ))  # fmt: skip


def inputs(scenario: Scenario, plan: Plan) -> list[Section]:
    """Element 6: rules that change with the calendar, events, published figures, patches and sources."""
    calendar = plan.calendar
    events = [
        (e.date, e.precision, e.name, e.gloss, e.body, e.grade, e.source)
        for e in plan.book.calendar()
        if e.date <= calendar.sunday(calendar.weeks - 1)
    ]
    files = {f for used in rule_files(plan).values() for f in used}
    leaves = [leaf for f in sorted(files) for leaf in plan.book.leaves(f)]
    marks = Counter(v.grade for leaf in leaves for v in leaf.values.values())
    cited = {v.source for leaf in leaves for v in leaf.values.values()} | {e[-1] for e in events}
    sources = [(k, s.title, s.author, s.date) for k, s in sorted(plan.book.sources.items()) if k in cited]
    series = Counter(p.counter for p in published())
    return [
        Section("6 Input data", (
            "Inputs are published totals, dated rules and this scenario's patches. Nothing about a real "
            "person is read.",
            sheet(("mark", "dated values"), marks.most_common()),
        )),
        Section("Patches of the scenario", (sheet(("rule", "value"), scenario.sets.items()),), 3),
        Section("Policy calendar", (
            sheet(("date", "known to the", "name", "gloss", "body", "mark", "source"), events),
        ), 3),
        Section("Published series for comparison", (sheet(("counter", "figures"), sorted(series.items())),), 3),
        Section("Sources of the rules in use", (sheet(("key", "title", "author", "date"), sources),), 3),
    ]  # fmt: skip
