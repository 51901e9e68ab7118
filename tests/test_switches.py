"""Switches cut edges of the running model, and nothing else."""

import numpy as np
import pytest

from tests.experiments import BUILT, SWITCHES, lively, off_is_as_if_absent, played, silent_when_off, spec_of
from xinyong.assembly import assemble, known_processes
from xinyong.columns import Tally
from xinyong.errors import ScenarioError
from xinyong.lab.coverage import coverage
from xinyong.lab.experiment import switches as module
from xinyong.lab.experiment.mechanism import connections, graph_of
from xinyong.lab.experiment.picture import draw
from xinyong.lab.experiment.world import play_world
from xinyong.rulebook import RuleBook

BOOK = RuleBook.load()
EVERY = pytest.mark.parametrize("key", list(SWITCHES.switches))
BUILT_ONES = pytest.mark.parametrize("key", BUILT)


@EVERY
def test_what_a_switch_names_exists(key):
    """Rules, processes, counts and requirements; a switch that cuts nothing yet claims nothing."""
    switch = SWITCHES.get(key)
    processes = known_processes()
    counts = {n for p in processes.values() for n, s in p.owns.items() if isinstance(s, Tally)}
    assert set(SWITCHES.patches(key, False, BOOK)) <= {leaf.path for leaf in BOOK.leaves()}
    assert set(switch.carriers) <= set(processes)
    assert set(switch.witnesses) <= counts
    assert bool(switch.cuts) == bool(switch.witnesses), f"{key}: name a count that falls to zero"
    assert set(switch.requirements) <= {row.requirement for row in coverage().rows}
    for placebo in switch.placebos:
        assert SWITCHES.patches(key, placebo, BOOK)


@BUILT_ONES
def test_off_values_cut(key):
    """On every day a rule that is cut says nothing, no, or nought; or a ratio of one, which is no difference."""
    cuts = SWITCHES.patches(key, False, BOOK)
    patched = BOOK.patch(cuts)
    for path in cuts:
        (leaf,) = patched.leaves(path)
        said = {leaf.on(date) for date in leaf.dates}
        nothing = {0, None} | ({1} if leaf.unit == "ratio" else set())
        assert said <= nothing, f"{key}: {path} still says {said}"


@pytest.fixture(scope="module")
def on():
    return played(persons=4000)


@BUILT_ONES
def test_what_a_switch_lets_happen_happens(key, on):
    for witness in SWITCHES.get(key).witnesses:
        assert on.total(witness).max() > 0, f"{witness} stays at zero though {key} is on"


@BUILT_ONES
def test_what_is_off_never_happens(key):
    silent_when_off(key)


@pytest.mark.parametrize("key", [key for key in BUILT if SWITCHES.get(key).carriers])
def test_cutting_is_the_same_as_leaving_out(key):
    """V-31: with the edges cut, everything else is to the bit as if the processes that carry them did not exist."""
    off_is_as_if_absent(key)


@BUILT_ONES
def test_a_switch_of_nothing_changes_nobody(key):
    """V-31: where all its parameters are zero already, on and off are the same world to the bit, person by person."""
    cuts = SWITCHES.patches(key, False, BOOK)
    zero = lively().changed(cuts)
    off = zero.changed(SWITCHES.cell_patches({key: False}, BOOK))
    one, other = (play_world(spec_of(s, outcomes="tests.experiments:facts_and_listed")) for s in (zero, off))
    assert one.state_hash == other.state_hash
    assert np.array_equal(one.values, other.values)
    for name, vector in one.people.items():
        assert np.array_equal(vector, other.people[name])


def test_two_switches_may_not_fight_over_a_rule(tmp_path):
    file = tmp_path / "switches.yaml"
    file.write_text(
        "A: {gloss: a, cuts: {court_list.term_years: 0}}\nB: {gloss: b, cuts: {court_list.term_years: 1}}\n"
    )
    found = module.read_switches(file)
    with pytest.raises(ScenarioError, match=r"A and B give 'court_list.term_years' two values"):
        found.cell_patches({"A": False, "B": False}, BOOK)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A: {gloss: a, cuts: {court_list.term_year: 0}}", "no rule 'court_list.term_year'.*term_years"),
        ("A: {gloss: a, cuts: {joint_measures.memorandum.*: 0}}", "no rule"),
        ("A: {gloss: a, off: {court_list.term_years: 0}}", "A: YAML reads the names on and off.*`cuts:`"),
        ("A: {glos: a}", "did you mean 'gloss'"),
        ("A: {gloss: a, part_of: C}", "part of 'C', which is no switch"),
        ("A: {gloss: a}\nB: {gloss: b, part_of: A, cuts: {court_list.term_years: 0}}", "which A does not"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path, text, said):
    file = tmp_path / "switches.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=said):
        module.read_switches(file).patches("A", False, BOOK)


# --- the mechanism graph ----------------------------------------------------------------------------------------


def test_arrows_are_what_processes_declare():
    """R112: an arrow for each column read and notice heard, from its owner or sender, and no other."""
    plan = lively().plan(1)
    found = connections(plan.processes)
    by_name = {p.name: p for p in plan.processes}
    for (source, target), via in found.items():
        one, other = by_name[source], by_name[target]
        wanted = {
            *other.reads,
            *other.recalls,
            *other.may_read,
            *other.may_recall,
            *other.hears,
            *other.heard,
        }
        wanted |= {*other.watches, *other.consults}
        assert set(via) == wanted & {*one.owns, *one.posts}
    assert ("court_list", "public_portal") in found
    assert ("public_portal", "court_list") not in found


def test_cut_arrows_turn_grey():
    plan = lively().plan(1)
    whole, cut = graph_of(plan.processes, SWITCHES), graph_of(plan.processes, SWITCHES, {"V": False})
    assert not [a for a in whole.arrows if a.cut_by]
    grey = {(a.source, a.target) for a in cut.arrows if a.cut_by}
    assert grey == {(e.source, e.target) for e in SWITCHES.get("V").edges}
    assert draw(whole, SWITCHES, "all on").count('class="cut"') == 0
    assert draw(cut, SWITCHES, "V off").count('class="cut"') == len(grey)
    assert draw(cut, SWITCHES, "V off").count("<path class=") == len(cut.arrows)


def test_an_arrow_that_is_not_there_is_refused(tmp_path):
    file = tmp_path / "switches.yaml"
    file.write_text("A: {gloss: a, edges: [{source: court_list, target: public_portal, via: lsted}]}")
    with pytest.raises(ScenarioError, match=r"has no .lsted. from court_list.*did you mean .listed."):
        graph_of(assemble(lively().processes), module.read_switches(file))
