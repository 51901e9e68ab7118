"""Due-week wheels: every row comes once, in its week, in order of rows; what is beyond the last week never comes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.kernels.wheel import LAST_WEEK, cancel_many, collect, schedule_many

WEEKS = st.lists(st.integers(0, 90) | st.integers(LAST_WEEK, 2**30), min_size=1, max_size=200)


@settings(deadline=None)
@given(WEEKS, st.sets(st.integers(0, 199)))
def test_each_row_comes_in_its_week(weeks, cancelled):
    """Rows are collected exactly in the week they were scheduled for, unless they were taken off."""
    wheel = np.full(len(weeks), -1, np.int16)
    schedule_many(wheel, np.arange(len(weeks), dtype=np.int32), np.array(weeks, np.int32))
    off = np.array(sorted(c for c in cancelled if c < len(weeks)), np.int32)
    cancel_many(wheel, off)
    out = np.empty(len(weeks), np.int32)
    for week in range(91):
        found = out[: collect(wheel, week, out)].tolist()
        assert found == [k for k, w in enumerate(weeks) if w == week and k not in set(off.tolist())]
    assert set(wheel.tolist()) <= {-1, LAST_WEEK}
