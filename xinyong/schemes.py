"""Cities' schemes of points as tables: one line a city code, so that one pass serves every city of a shard."""

import bisect
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.errors import RuleError, did_you_mean
from xinyong.kernels.dense import limit_of
from xinyong.rates import DAYS_PER_YEAR
from xinyong.timeline import day_number

LADDER = ("aaa", "aa", "a", "b", "c", "d")
OTHER_LADDER = len(LADDER) + 1
MOST_GRADES, MOST_PERKS, DEED_CODES = 9, 16, 256
NO_CEILING = 32767
RED, BLACK = 1, 2
LISTS = {"red": RED, "black": BLACK}
FEATURES = ("platform", "joint_rewards", "lists", "publicity")


@dataclass(frozen=True, eq=False)
class Schemes:
    """All schemes in force on a day. Arrays have one line a city code (c).

    `cuts` (c, 8): fewest points of each grade but the last, best first; `classes` (c, 10): place of grade 1, 2 ...
    among AAA to D, 7 on another ladder; `points`, `ceiling`, `sector`, `lists` (c, 256) by deed code.
    """

    since: dt.date
    cities: tuple[Any, ...]
    base: Array
    cap: Array
    keep_years: Array
    least_age: Array
    organisations: Array
    scored_share: Array
    used_share: Array
    direct: Array
    rewards_only: Array
    shown: Array
    cuts: Array
    classes: Array
    start: Array
    points: Array
    ceiling: Array
    sector: Array
    lists: Array
    rates: Array
    features: Array
    perks: Array
    publicity_years: Array
    publicity_since: Array

    @property
    def running(self) -> bool:
        """Whether any city keeps points."""
        return bool(self.cities)

    def running_in(self, codes: Array) -> bool:
        """Whether any city of these codes keeps points."""
        return bool(self.start[codes].any())


def in_force(book: Any, date: dt.date) -> Schemes:
    """The schemes in force on a day, as tables."""
    dates = book.city_dates
    return (
        _tables(book, dates[max(bisect.bisect_right(dates, date) - 1, 0)]) if dates else _tables(book, date)
    )


@lru_cache(maxsize=64)
def aware_shares(known: Schemes, rules: Any, monday: int) -> Array:
    """By city code (256,): share of residents who know on a day of the scheme they live under; 0 without a scheme.

    *Source:* rules/deeds.yaml (11 per cent at first, more with every year of published cases).
    """
    open_years = np.where(known.publicity_since >= 0, np.maximum(monday - known.publicity_since, 0), 0)
    years = known.publicity_years + open_years / DAYS_PER_YEAR
    shares = np.zeros(256)
    shares[: len(years)] = (known.start > 0) * (rules.aware_share + rules.aware_per_publicity_year * years)
    shares.flags.writeable = False
    return shares


def starts_this_week(schemes: Schemes, monday: dt.date) -> bool:
    """Whether some scheme changed within the week before a Monday, or on it."""
    return 0 <= (monday - schemes.since).days < 7


def limits_by_city(chances: Array) -> Array:
    """Limits for `hits` over the rows of residents: state 1 (alive), group the code of the city."""
    limits = np.zeros(512, np.uint32)
    limits[256 : 256 + len(chances)] = limit_of(chances)
    return limits


@lru_cache(maxsize=64)
def _tables(book: Any, since: dt.date) -> Schemes:
    rules = book.on(since)
    every = rules.cities.rows() if "cities" in vars(book)["sections"] else ()
    n = max((city.code for city in every), default=0) + 1
    blank = _blank(n)
    running = tuple(city for city in every if city.base_points is not None)
    sectors = {row.key: row.code for row in rules.city_departments.sectors.rows()}
    for city in running:
        _fill(blank, city, sectors, book.city(city.key).presets)
    for city in running:
        years, first = _publicity(book, city, since)
        blank["publicity_years"][city.code] = years
        blank["publicity_since"][city.code] = -1 if first is None else day_number(first)
    return Schemes(since, running, **blank)


def _blank(n: int) -> dict[str, Array]:
    shapes: dict[str, tuple[Any, str]] = {
        "base": (n, "i4"), "cap": (n, "i4"), "keep_years": (n, "f8"), "least_age": (n, "u1"),
        "organisations": (n, "u1"),
        "scored_share": (n, "f8"), "used_share": (n, "f8"), "direct": (n, "u1"), "rewards_only": (n, "u1"),
        "shown": ((n, 2), "i4"), "cuts": ((n, MOST_GRADES - 1), "i4"), "classes": ((n, MOST_GRADES + 1), "u1"),
        "start": (n, "u1"), "points": ((n, DEED_CODES), "i4"), "ceiling": ((n, DEED_CODES), "i4"),
        "sector": ((n, DEED_CODES), "u1"), "lists": ((n, DEED_CODES), "u1"), "rates": ((n, DEED_CODES), "f8"),
        "features": ((n, len(FEATURES)), "u1"), "perks": ((n, MOST_PERKS, 3), "f8"),
        "publicity_years": (n, "f8"), "publicity_since": (n, "i4"),
    }  # fmt: skip
    blank = {name: np.zeros(shape, dtype) for name, (shape, dtype) in shapes.items()}
    blank["cuts"][:] = np.iinfo(np.int32).min
    blank["ceiling"][:] = NO_CEILING
    return blank


def _fill(to: Mapping[str, Array], city: Any, sectors: Mapping[str, int], presets: Any) -> None:
    c = city.code
    to["base"][c], to["cap"][c] = city.base_points, min(int(city.cap_points_year), 255)
    to["keep_years"][c], to["least_age"][c] = city.keep_years, city.minimum_age_years
    to["organisations"][c], to["rewards_only"][c] = city.organisations_scored, city.rewards_only
    to["scored_share"][c], to["used_share"][c] = (
        _or_all(city.scored_by_consent_share),
        _or_all(city.used_by_consent_share),
    )
    to["direct"][c] = bool(city.grade_has_direct_effect)
    to["shown"][c] = city.least_shown_points, city.most_shown_points
    to["features"][c] = [bool(getattr(city.features, name)) for name in FEATURES]
    grades = city.grades.rows()[::-1]
    cuts = [grade.least_points for grade in grades][:-1]
    to["cuts"][c, : len(cuts)] = cuts
    same = tuple(grade.key for grade in grades) == LADDER
    to["classes"][c, 1 : len(grades) + 1] = range(1, len(grades) + 1) if same else OTHER_LADDER
    to["start"][c] = 1 + sum(int(city.base_points) < cut for cut in cuts)
    _fill_deeds(to, city, sectors, presets)
    names = [grade.key for grade in grades]
    for k, perk in enumerate(p for p in city.perks.rows() if p.least_grade is not None):
        to["perks"][c, k] = _place(perk.least_grade, names, city.key), perk.claims_per_year, perk.value_yuan


def _fill_deeds(to: Mapping[str, Array], city: Any, sectors: Mapping[str, int], presets: Any) -> None:
    counted = presets.get(city.preset, ()) if presets else None
    for deed in city.deeds.rows():
        points = deed.points
        if (counted is not None and deed.key not in counted) or points is None:
            continue
        if city.rewards_only and points <= 0:
            continue
        line = city.code, deed.code
        to["points"][line], to["rates"][line] = points, deed.rate_per_year or 0.0
        to["sector"][line] = _sector(deed.sector, sectors, f"{city.key}.deeds.{deed.key}")
        falls = getattr(deed, "falls_to", None)
        to["ceiling"][line] = NO_CEILING if falls is None else falls
        to["lists"][line] = LISTS.get(getattr(deed, "lists", None) or "", 0)


def _or_all(share: float | None) -> float:
    return 1.0 if share is None else float(share)


def _sector(name: str, sectors: Mapping[str, int], where: str) -> int:
    if name not in sectors:
        near = did_you_mean(name, sectors)
        raise RuleError(f"cities.{where}: no sector '{name}'{near}; add it to rules/city_departments.yaml")
    return sectors[name]


def _place(grade: str, names: list[str], city: str) -> int:
    if grade not in names:
        raise RuleError(f"cities.{city}: a perk asks for no grade '{grade}'{did_you_mean(grade, names)}")
    return names.index(grade) + 1


def _publicity(book: Any, city: Any, until: dt.date) -> tuple[float, dt.date | None]:
    """Years of publicity that ended by a day, and since when it runs; never before the city kept points."""
    leaf = _leaf(book, city.key, "features.publicity")
    opened = min(d for d, v in _leaf(book, city.key, "base_points").values.items() if v.value is not None)
    years, since = 0.0, None
    for date in leaf.dates:
        on = bool(leaf.values[date].value)
        if date > until:
            break
        if since is not None and not on:
            years, since = years + max((date - max(since, opened)).days, 0) / DAYS_PER_YEAR, None
        elif since is None and on:
            since = date
    return years, None if since is None else max(since, opened)


def _leaf(book: Any, key: str, name: str) -> Any:
    """A city's rule, or that of the file it is like."""
    while True:
        path = f"cities.{key}.{name}"
        if book.has(path):
            return book.leaves(path)[0]
        key = book.city(key).like
