"""Designs that move rules one at a time, or cut paths one after the other."""

from tests.experiments import small_layout


def test_variants_move_one_rule_each():
    """Each variant repeats the cells under other rules; effects are told by the rules as they are."""
    variants = {"long": {"court_list.term_years": 5}, "rare": {"perks.table_1.*.above_points": 900}}
    layout = small_layout(variants=variants, headlines=[])
    assert [c.name for c in layout.cells if c.name.startswith("V+S")] == [
        "V+S", "V+S variant=long", "V+S variant=rare",
    ]  # fmt: skip
    assert layout.cell("V+S variant=long").sets == {"court_list.term_years": 5}
    assert len(layout.cell("V+S variant=rare").sets) > 1
    assert set(layout.factorial) == {"S", "V+S"}


def test_nested_cuts_take_away_one_after_the_other():
    """Cells for none, the first, the first two ... in each order; random orders come from the design's seed."""
    layout = small_layout(factors={}, cells={"none": {"S": False}}, headlines=[],
                          nested={"order": ["F", "V1", "V4"], "orders": 2})  # fmt: skip
    off = [frozenset(k for k, level in cell.levels.items() if level is False) for cell in layout.cells]
    assert {frozenset(), frozenset("F"), frozenset({"F", "V1"}), frozenset({"F", "V1", "V4"})} <= set(off)
    assert len(off) == len(set(off)) >= 6
    orders = layout.design.nested.all_orders(1)
    assert orders == layout.design.nested.all_orders(1)
    assert sorted(orders[1]) == sorted(orders[0])
    assert layout.factorial == {}
