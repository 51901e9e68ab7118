"""Streets of the invented town, and how fast it is scanned."""

import datetime as dt
import statistics
import time

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


def test_a_hundred_thousand_points_are_scanned_at_once():
    """A scan of a town with 100,000 listed parties takes under 50 ms of this machine's time."""
    persons = 10_000_000
    town = places.town(persons, 10_000.0)
    numbers = np.random.default_rng(1).choice(persons, 100_000, replace=False).astype(np.uint32)
    homes = town.homes(numbers, 0)
    listed = np.bincount(homes, minlength=town.cells)
    chart = StreetMap(13, END, 1, town, listed, homes, persons, 0, 500.0)
    chart.scan()
    took = []
    for k in range(20):
        began = time.process_time()
        chart.scan((37.0 * k, -53.0 * k), 500.0)
        took.append(time.process_time() - began)
    assert statistics.median(took) < 0.05
