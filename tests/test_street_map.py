"""Streets of the invented town, and what a scan of it finds."""

import datetime as dt

import numpy as np

from xinyong import places
from xinyong.lab.street_map import StreetMap
from xinyong.lab.streets import plan

END = dt.date(2019, 6, 30)


def test_streets_are_invented_and_seeded():
    one, same, other = plan(1, 13, 2000.0, 141.0), plan(1, 13, 2000.0, 141.0), plan(2, 13, 2000.0, 141.0)
    assert [s.name for s in one.streets] == [s.name for s in same.streets] != [s.name for s in other.streets]
    assert {s.kind for s in one.streets} == {"ring", "avenue", "street"}
    assert max(float(np.hypot(*s.points.T).max()) for s in one.streets) < 1.1 * 2000


def test_a_scan_finds_whoever_lives_within_the_radius():
    """Of 100,000 listed parties, just those whose cell lies within 500 m of the standpoint are counted."""
    persons = 10_000_000
    town = places.town(persons, 10_000.0)
    numbers = np.random.default_rng(1).choice(persons, 100_000, replace=False).astype(np.uint32)
    homes = town.homes(numbers, 0)
    listed = np.bincount(homes, minlength=town.cells)
    chart = StreetMap(13, END, 1, town, listed, homes, persons, 0, 500.0)
    for k in range(20):
        stand = (137.0 * k, -253.0 * k)
        away = np.hypot(*(town.positions[homes] - stand).T)
        found = chart.scan(stand, 500.0)
        assert found.count == int((away <= 500.0).sum()) > 0
        assert sum(cell.listed for cell in found.cells) == found.count
