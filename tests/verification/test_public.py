"""Public look-up and the map of debtors: who learns of a listing, how often, where, and what it leaves alone."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.verification.checks import ANSWERING, assert_same_where_shared, small_people, stressed_plan
from tests.worlds import World, play
from xinyong import places
from xinyong.engine import Plan
from xinyong.graph import Network
from xinyong.rulebook import PACKAGE, RuleBook
from xinyong.timeline import WEEK_YEARS

PEOPLE = small_people(1, 1200)
OFTEN = {"public_portal.lookups_per_adult_year": 200.0}
MAP = {
    "debtor_map.provinces.hebei.shard": 900, "debtor_map.users_share": 0.5, "debtor_map.scans_per_user_year": 12,
}  # fmt: skip
AROUND = {"start": dt.date(2018, 9, 3), "end": dt.date(2019, 6, 30), "burn_in_weeks": 60}


@pytest.fixture(scope="module")
def looked() -> World:
    return play(stressed_plan(OFTEN, leave_out=ANSWERING), PEOPLE, log=True)


@pytest.fixture(scope="module")
def mapped() -> World:
    return play(stressed_plan(MAP, leave_out=[*ANSWERING, "public_portal"], **AROUND), PEOPLE, log=True)


def test_look_ups_fall_on_listed_parties_at_the_mean_rate(looked):
    """The count is Poisson with the mean that the rates and the stock of listed parties give: within 4 SE."""
    persons = looked.total("lookups_of_listed_persons_cum")
    mean = 200.0 * WEEK_YEARS * looked.total("listed_persons_now").sum()
    assert abs(persons[-1] - mean) < 4 * np.sqrt(mean) and mean > 1000
    firms = looked.last("lookups_of_listed_cum") - persons[-1]
    mean_firms = 0.7 * 200.0 * WEEK_YEARS * looked.total("listed_organisations_now").sum()
    assert abs(firms - mean_firms) < 4 * np.sqrt(mean_firms)


def test_askers_are_as_the_rules_say(looked):
    """Kinds of asker come in their shares, sites alike, and nobody asks about himself."""
    reason, channel = (looked.notices("sighting", n) for n in ("reason", "channel"))
    asker, party = (looked.notices("sighting", n) for n in ("asker", "party"))
    assert (asker != party).all() and (asker >= 0).all()
    assert set(np.unique(reason)) == {1, 2, 3, 4} and set(np.unique(channel)) == {1, 3}
    persons = party < PEOPLE[0].persons
    landlords = (reason[persons] == 3).mean()
    assert abs(landlords - 0.2) < 4 * np.sqrt(0.16 / persons.sum())


def test_who_knows_the_person_is_one_of_the_ties():
    """With a known share of 1 every asker is an acquaintance, who is an adult."""
    shares = {
        f"public_portal.askers.{k}.known_share": 1.0 for k in ("business_partner", "in_law", "landlord")
    }
    world = play(
        stressed_plan({**OFTEN, **shares, "public_portal.askers.curiosity.share": 0.0}), PEOPLE, log=True
    )
    for place, people in enumerate(PEOPLE):
        ties = Network(1, people.code, people.persons)
        rows = [r for k, r in world.log["sighting"] if k == place]
        for asker, party in {(a, p) for r in rows for a, p in zip(r["asker"], r["party"], strict=True)}:
            if party < people.persons:
                assert int(asker) in ties.acquaintances(int(party))
                assert people.columns["age"][asker] >= 18


def test_more_look_ups_with_a_higher_rate_and_none_without(looked):
    """On and off: the sign is that of the rate, and nothing but the sightings differs."""
    less = play(stressed_plan({"public_portal.lookups_per_adult_year": 50.0}, leave_out=ANSWERING), PEOPLE)
    none = play(stressed_plan({"public_portal.lookups_per_adult_year": 0.0}, leave_out=ANSWERING), PEOPLE)
    counts = [w.last("lookups_of_listed_cum") for w in (none, less, looked)]
    assert counts[0] == 0 < counts[1] < counts[2]
    mine = ("look", "sighting")
    assert assert_same_where_shared(looked, none, lambda name: any(word in name for word in mine)) > 400


def test_without_the_sites_and_the_map_all_else_is_equal_to_the_bit(mapped):
    """Removing either institution moves no array that it does not own."""
    every = play(stressed_plan(MAP, leave_out=ANSWERING, **AROUND), PEOPLE)
    no_map = play(stressed_plan(MAP, leave_out=[*ANSWERING, "debtor_map"], **AROUND), PEOPLE)
    neither = play(
        stressed_plan(MAP, leave_out=[*ANSWERING, "debtor_map", "public_portal"], **AROUND), PEOPLE
    )
    sighting = lambda name: "sighting" in name  # noqa: E731
    for other in (mapped, no_map, neither):
        assert assert_same_where_shared(every, other, sighting) > 400


def test_the_map_is_silent_before_its_day_and_outside_the_province(mapped):
    """Nothing before 14 January 2019; nothing ever in the other shard."""
    calendar = mapped.plan.calendar
    opens = next(w for w in range(calendar.weeks) if calendar.date(w) >= dt.date(2019, 1, 14))
    scans = mapped.total("map_scans_cum")
    assert scans[opens - 1] == 0 < scans[opens + 2]
    assert {k for k, _ in mapped.log["sighting"]} == {0}
    elsewhere = play(stressed_plan({**MAP, "debtor_map.provinces.hebei.shard": 13}, **AROUND), PEOPLE)
    assert elsewhere.last("map_scans_cum") == 0


def test_users_scan_at_their_rate(mapped):
    """Half of the adults scan twelve times a year: within 4 SE."""
    adults = int((PEOPLE[0].columns["age"][: PEOPLE[0].persons] >= 18).sum())
    weeks = int((mapped.total("map_scans_cum") > 0).sum())
    mean = 0.5 * adults * -np.expm1(-12 * WEEK_YEARS) * weeks
    users = np.unique(mapped.notices("sighting", "asker"))
    assert abs(mapped.last("map_scans_cum") - mean) < 4 * np.sqrt(mean + (0.2 * mean / np.sqrt(adults)) ** 2)
    assert 0.3 * adults < len(users) < 0.7 * adults


def test_a_scan_shows_those_within_the_radius_and_no_others(mapped):
    """Every sighting lies within 500 metres, by brute force over the homes; a wider radius shows more."""
    people = PEOPLE[0]
    town = places.town(people.persons, 10_000.0)
    firms = people.parties - people.persons
    home = town.positions[town.homes(people.columns["number"], firms)]
    asker, party = mapped.notices("sighting", "asker"), mapped.notices("sighting", "party")
    assert (np.hypot(*(home[asker] - home[party]).T) <= 500.0).all()
    near = play(stressed_plan({**MAP, "debtor_map.radius_m": 100}, **AROUND), PEOPLE)
    assert near.last("map_scans_cum") == mapped.last("map_scans_cum")
    assert 0 < near.last("map_sightings_cum") < mapped.last("map_sightings_cum")


def test_a_neighbourhood_holds_its_two_hundred():
    """Every person has a home in the town, 200 to a neighbourhood; firms are spread evenly."""
    town = places.town(71_850, 10_000.0)
    cells = np.bincount(town.homes(np.arange(71_850, dtype=np.uint32), 0), minlength=town.cells)
    assert (cells[:-1] == 200).all() and 0 < cells[-1] <= 200
    firms = np.bincount(
        town.homes(np.uint32(1 << 31) + np.arange(1000, dtype=np.uint32), 1000), minlength=town.cells
    )
    assert firms.max() - firms.min() <= 1
    assert len({tuple(p) for p in town.positions.tolist()}) == town.cells
    assert town.radius < 1.2 * 1000 * np.sqrt(71_850 / 10_000 / np.pi)


def _with_rows(folder: Path, file: str, after: str, rows: str) -> RuleBook:
    """The rule book with further rows in one file."""
    shutil.copytree(PACKAGE / "rules", folder)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(text.replace(after, after + rows, 1), encoding="utf-8")
    return RuleBook.load(folder, {**OFTEN, **MAP, "debtor_map.provinces.hebei.shard": 13})


def test_another_province_or_site_is_one_row_of_data(tmp_path):
    """No code: a second province with a map, and a fourth site that shows the list."""
    dated = "values: {2019-03-04: {value: 902, grade: assumed, why: tried}}"
    row = f"\n  elsewhere: {{code: 2, shard: {{gloss: s, unit: code, range: [0, 999], {dated}}}}}"
    book = _with_rows(tmp_path / "a", "debtor_map.yaml", "provinces:", row)
    value = "{2018-01-01: {value: true, grade: assumed, why: tried}}"
    shows = ", ".join(
        f"{name}: {{gloss: g, values: {value}}}"
        for name in (
            "of_persons",
            "of_organisations",
            "court_list",
            "register",
            "lists",
            "permits",
            "penalties",
            "grades",
        )
    )
    shows += ", lists_shown: {gloss: g, values: {2018-01-01: {value: all, grade: assumed, why: tried}}}"
    other = _with_rows(tmp_path / "b", "public_portal.yaml", "\nsites:", f"\n  fourth: {{code: 9, {shows}}}")
    base = stressed_plan(OFTEN, **AROUND)
    world = play(Plan(base.processes, book, base.calendar, base.seed), PEOPLE, log=True)
    maps = {k for k, rows in world.log["sighting"] if (rows["channel"] == 100).any()}
    assert maps == {1}
    world = play(Plan(base.processes, other, base.calendar, base.seed), PEOPLE, log=True)
    assert 9 in world.notices("sighting", "channel")
