"""A small rule book for tests, and how to see it refused."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import strategies as st

import xinyong
from xinyong.errors import RuleError
from xinyong.rulebook import RuleBook

HOME = Path(xinyong.__file__).parent
BOOK = RuleBook.load()
LAST = dt.date(2018, 6, 30)
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
FEW_DATES = st.dates(dt.date(2012, 1, 1), dt.date(2019, 6, 30))
RULE = """
days:
  name: 期限
  unit: days
  range: [0, 100]
  values:
    2013-10-01: {value: 3, grade: assumed, why: a guess}
    2017-05-01: {value: 5, grade: memory, source: spc-2017-7, where: art. 10}
"""


def book_of(folder: Path, text: str = RULE, **files: str) -> RuleBook:
    """A rule book of one section, `court`, and further files by name (`cities/x` for a city)."""
    for name, content in {"court": text, **files}.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return RuleBook.load(folder)


def refused(folder: Path, text: str, **files: str) -> str:
    with pytest.raises(RuleError) as caught:
        book_of(folder, text, **files)
    return str(caught.value)
