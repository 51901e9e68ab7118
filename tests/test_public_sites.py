"""Look-up over a run and the map of debtors: what each site shows when, and what nobody may ask."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.verification.checks import STRESS
from xinyong import ids
from xinyong.cli import main
from xinyong.errors import RefusedInput, RunError, XinyongError
from xinyong.lab.lookup import Answer, Portal, code_of, look_up
from xinyong.lab.results import Run, open_run
from xinyong.lab.run import make_job, run
from xinyong.lab.scenario import load_scenario
from xinyong.lab.street_map import Cell, open_map, scan
from xinyong.lab.street_picture import draw
from xinyong.lab.tables import MARK, write_table
from xinyong.report.page import render

END = dt.date(2019, 6, 30)
SETS = {
    **STRESS, "suing.sued_share": 0.5, "debtor_map.provinces.hebei.shard": 900, "court_list.in_force": True,
    "public_portal.lookups_per_adult_year": 2.0, "debtor_map.users_share": 0.3,
}  # fmt: skip


def played(folder: Path, leave_out: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> Run:
    chosen = load_scenario("toy").changed({k: v for k, v in SETS.items() if k != "court_list.in_force"})
    processes = {*chosen.processes, "public_portal", "debtor_map", *more} - set(leave_out)
    update = {"processes": tuple(sorted(processes)), "burn_in_weeks": 40, "start": dt.date(2013, 1, 7)}
    return open_run(run(make_job(chosen.model_copy(update=update), scale="3000", out=folder)))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return played(tmp_path_factory.mktemp("runs") / "public")


@pytest.fixture(scope="module")
def portal(world: Run) -> Portal:
    return Portal(world)


@pytest.fixture(scope="module")
def listed(world: Run) -> dict[str, list]:
    found = world.table(
        "SELECT party, published_date, deleted_date FROM episodes WHERE kind = 'person' "
        "AND published_date BETWEEN DATE '2014-06-01' AND DATE '2015-04-01' AND deleted_date IS NOT NULL "
        "AND deleted_date > published_date + 30 ORDER BY party, published_date LIMIT 20"
    )
    assert len(found["party"]) > 3
    return {name: values.tolist() for name, values in found.items()}


def days(answer: Answer) -> set[dt.date]:
    return {entry.published for party in answer.found for entry in party.court_list}


# --- who shows what, since when -------------------------------------------------------------------------------


def test_a_listing_is_shown_from_its_publication_to_its_deletion(portal, listed):
    """Not the day before, not from the day of deletion on; on the courts' site, in 2014 and 2015."""
    for party, published, deleted in zip(*listed.values(), strict=True):
        written, one = ids.text(party), dt.timedelta(days=1)
        first, last = published.date(), deleted.date()
        assert first in days(portal.look_up(written, "shixin", first))
        assert first in days(portal.look_up(written, "shixin", last - one))
        assert first not in days(portal.look_up(written, "shixin", first - one))
        assert last > END or first not in days(portal.look_up(written, "shixin", last))


def test_before_a_site_opens_it_shows_nothing(portal, listed):
    """Each site by its date: the same listed person is found on one and not yet on the other."""
    written = ids.text(listed["party"][0])
    on = listed["published_date"][0].date()
    shixin, credit = (portal.look_up(written, site, on) for site in ("shixin", "credit_china"))
    assert shixin.open and shixin.found[0].court_list
    assert not credit.open and not credit.found and not credit.shows and "2015-06-01" in credit.notes[0]
    for site, opens in (("shixin", "2013-10-24"), ("gsxt", "2014-03-01"), ("credit_china", "2015-06-01")):
        day = dt.date.fromisoformat(opens)
        assert portal.opening(site) == day
        assert portal.look_up(written, site, day).open
        assert not portal.look_up(written, site, day - dt.timedelta(days=1)).open


def test_the_register_of_firms_finds_firms_and_no_persons(portal):
    """A name alone may be a person's and a firm's: one site shows one, the other both, in the order of codes."""
    name = ids.name(ids.pack(ids.PERSON, 900, 3))
    both, firm = portal.look_up(name), portal.look_up(name, "gsxt")
    assert [f.kind for f in both.found] == ["person", firm.found[0].kind] and len(firm.found) == 1
    assert [f.code for f in both.found] == sorted(f.code for f in both.found)
    register = firm.found[0].register
    assert register is not None and register["legal representative"].startswith("〔合成〕")
    assert "register" not in portal.look_up(name, "shixin").shows


def test_a_firm_has_a_code_from_october_2015_and_a_person_before(portal):
    """X6: two classes of code, two dates; before, one looks by name."""
    firm = portal.look_up("O-900-0000003", "gsxt").found[0]
    person = portal.look_up("P-900-0000003").found[0]
    assert firm.code.startswith("X") and person.code.startswith("00")
    early = dt.date(2014, 12, 1)
    assert portal.look_up(person.code, "shixin", early).found[0].code == person.code
    assert portal.look_up(firm.name, "shixin", early).found[0].code == ""
    with pytest.raises(RunError, match="from 2015-10-01"):
        portal.look_up(firm.code, "shixin", early)


def test_a_grade_is_shown_where_a_city_keeps_one_and_only_then(portal):
    """R100: even grades, on Credit China, from the paper's year, for the day of which the run keeps them."""
    resident, countryman = "P-900-0000003", "P-902-0000003"
    grades = [portal.look_up(f"P-900-{n:07d}").found[0].grade for n in range(60)]
    assert "A" in grades and set(grades) <= {"", "AAA", "AA", "A", "B", "C", "D"}
    assert portal.look_up(countryman).found[0].grade == ""
    assert portal.look_up(resident, "shixin").found[0].grade == ""
    earlier = portal.look_up(resident, on=dt.date(2018, 6, 30))
    assert earlier.found[0].grade == "" and any("last day" in note for note in earlier.notes)


def test_every_way_of_asking_finds_the_same_party(portal):
    """By code, by Chinese and Latin name, with or without mark, full-width, and by id."""
    for written in ("P-900-0000007", "O-900-0000007"):
        found = portal.look_up(written).found[0]
        identity = ids.parse(written)
        wide = found.latin_name.translate({c: c + 0xFEE0 for c in range(ord("0"), ord("z") + 1)})
        for query in (
            found.code,
            f" {found.code.lower()} ",
            found.name,
            found.name[4:],
            found.latin_name,
            wide,
            str(identity),
        ):
            assert written in [f.id for f in portal.look_up(query).found], query


def test_codes_are_found_in_the_whole_register(world):
    """Every party of the run is found by its code, and by no other; kind, age, sex and id make the code (R63)."""
    portal = Portal(world)
    rows = world.table("SELECT party, kind, age, sex FROM parties")
    rng = np.random.default_rng(1)
    for k in rng.choice(len(rows["party"]), 60, replace=False):
        party = {name: int(values[k]) for name, values in rows.items()}
        found = portal.look_up(code_of(party)).found
        assert [f.id for f in found] == [ids.text(party["party"])]
    assert (np.diff(rows["party"].astype(np.int64)) > 0).all(), "sorted by id, each once"


def test_every_answer_is_marked_and_short(portal, world):
    """The mark stands on every answer; a debtor with many entries shows a few and says how many more."""
    most = world.table(
        "SELECT party, count(*) n FROM episodes WHERE deleted_date IS NULL GROUP BY party ORDER BY n DESC"
    )
    answer = portal.look_up(ids.text(int(most["party"][0])), "shixin", most=1)
    assert answer.synthetic == MARK == "SYNTHETIC 合成"
    assert len(answer.found[0].court_list) == 1
    assert answer.found[0].more_listings == int(most["n"][0]) - 1
    assert all(ids.MARK in text for f in answer.found for e in f.court_list for text in (e.name, e.court))


def test_another_list_is_shown_where_the_site_shows_lists(tmp_path, world):
    """Records of other lists while in effect: all on Credit China, some on the register of firms, else none."""
    folder = Path(shutil.copytree(world.path, tmp_path / "run"))
    when = np.array(["2016-05-01"] * 3, "datetime64[D]")
    write_table(folder / "records.parquet", {
        "replicate": np.zeros(3, np.int32), "party": np.full(3, ids.pack(2, 900, 5)),
        "issuer": np.array(["court_list", "tax", "abnormal"], object), "live_date": when,
        "ended_date": np.array(["NaT", "2018-05-01", "NaT"], "datetime64[D]"),
    })  # fmt: skip
    portal = Portal(open_run(folder))
    told = {
        (site, year): [o.list for o in portal.look_up("O-900-5", site, dt.date(year, 6, 1)).found[0].lists]
        for site in ("shixin", "gsxt", "credit_china") for year in (2017, 2018)
    }  # fmt: skip
    assert told == {
        ("shixin", 2017): [], ("shixin", 2018): [], ("gsxt", 2017): ["abnormal"], ("gsxt", 2018): ["abnormal"],
        ("credit_china", 2017): ["abnormal", "tax"], ("credit_china", 2018): ["abnormal"],
    }  # fmt: skip


def test_red_and_black_lists_of_a_society_that_keeps_them(tmp_path):
    """Names of a run's own lists: on Credit China, by the day; a red list only where its names are published."""
    lists = ("black_lists", "red_lists", "offending", "redress")
    other = played(tmp_path / "lists", more=lists)
    portal = Portal(other)
    red = other.table("SELECT party, red_lists FROM parties WHERE red_lists > 0 ORDER BY party LIMIT 40")
    black = other.table(
        "SELECT party, issuer, live_date FROM records WHERE issuer <> 'court_list' AND ended_date IS NULL "
        "AND live_date IS NOT NULL ORDER BY party LIMIT 40"
    )
    assert len(red["party"]) and len(black["party"])
    rows = {row.code: row for row in portal.book.on(END).red_lists.lists.rows()}
    for party, bits in zip(red["party"].tolist(), red["red_lists"].tolist(), strict=True):
        wanted = {row.key for code, row in rows.items() if bits >> code & 1 and row.published}
        assert wanted <= {o.list for o in portal.look_up(str(party)).found[0].lists}
    for party, issuer in zip(black["party"].tolist(), black["issuer"].tolist(), strict=True):
        assert issuer in {o.list for o in portal.look_up(str(party)).found[0].lists}


def test_without_the_institution_there_are_no_sites_and_no_map(tmp_path):
    """A society whose scenario leaves them out has neither; what is asked is answered with the reason."""
    other = played(tmp_path / "without", ("public_portal", "debtor_map"))
    assert "leaves public_portal out" in look_up(other, "P-900-3").notes[0]
    found = scan(other, (0.0, 0.0))
    assert found.count == 0 and "leaves debtor_map out" in found.notes[0]


HOSTILE = {
    "": "empty", "   ": "empty", "%": "no wildcards", "*": "no wildcards", "P-900-?": "no wildcards",
    "' OR 1=1 --": "no wildcards", '"; DROP TABLE parties': "no wildcards", "x" * 10_000: "at most 80",
    "甲" * 81: "at most 80", "\u202e甲子": "U\\+202E", "a\x00b": "U\\+0000", "\ud801": "U\\+D801",
    "王小明": "nobody's name", "😀": "nobody's name", "甲丑·九〇〇·〇〇〇三": "did you mean '〔合成〕丁卯",
    "P-900-99999": "the last of the region", "P-13-5": "no region 13", "C-900-0000003": "names no party",
    "P-900": "nobody's name", "Q-900-1": "begins with Q", "000900199912310011": "check character",
    "X1000900000000001A": "check character|inner code",
}  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=lambda q: ascii(q[:12]))
def test_a_hostile_query_is_refused_with_a_reason(portal, query):
    with pytest.raises(XinyongError, match=HOSTILE[query]):
        portal.look_up(query)


@pytest.mark.parametrize("query", ["11010519491231002X", "91110000600037341L", "999999999999999999"])
def test_what_looks_real_is_refused(portal, query):
    with pytest.raises(RefusedInput, match="look none up that exist"):
        portal.look_up(query)


def test_wrong_sites_and_days_are_explained(portal):
    with pytest.raises(RunError, match="did you mean 'shixin'"):
        portal.look_up("P-900-3", "shixing")
    with pytest.raises(RunError, match="lies outside the run"):
        portal.look_up("P-900-3", on=dt.date(2031, 1, 1))
    with pytest.raises(RunError, match="has replicates 0 to 0"):
        Portal(portal.run, 3)


# --- the map ---------------------------------------------------------------------------------------------------


def test_the_map_counts_the_listed_within_the_radius(world):
    """Equal to a count by hand over homes; the alert has the form of the paper's."""
    chart = open_map(world, END)
    on_list = world.table(
        f"SELECT DISTINCT party FROM episodes WHERE published_date <= DATE '{END}' AND deleted_date IS NULL "
    )["party"].astype(np.int64)
    mine = on_list[(on_list >> 32 & 0xFFFFFF) == 900]
    numbers = (mine & 0x7FFFFFFF) | (((mine >> 56) == 2).astype(np.int64) << 31)
    home = chart.town.positions[chart.town.homes(numbers.astype(np.uint32), chart.organisations)]
    for position, radius in (
        ((0.0, 0.0), 500.0),
        ((200.0, -90.0), 250.0),
        ((-300.0, 300.0), 1.0),
        ((0.0, 0.0), 9000.0),
    ):
        found = chart.scan(position, radius)
        assert found.count == int((np.hypot(*(home - position).T) <= radius).sum())
        assert found.count == sum(cell.listed for cell in found.cells)
    found = chart.scan()
    assert found.radius_m == 500 and found.count > 0 and found.synthetic == MARK
    assert found.alert == f"我在〔合成〕第900號市{found.street}附近發現 {found.count} 名老賴"
    assert found.street in [street.name for street in chart.plan.streets]
    assert {f.name for f in Cell.__dataclass_fields__.values()} == {"x", "y", "listed", "street"}


def test_the_map_is_silent_before_its_date_and_elsewhere(world):
    early = open_map(world, dt.date(2019, 1, 13)).scan()
    assert early.count == 0 and not early.cells and not early.alert and "2019-01-14" in early.notes[0]
    assert open_map(world, dt.date(2019, 1, 14)).scan().count > 0
    chart = open_map(world)
    with pytest.raises(RunError, match="covers region 900 only"):
        chart.place(near="P-902-3")
    with pytest.raises(RunError, match="did you mean 'hebei'"):
        open_map(world, province="hebbei")
    assert chart.scan((50_000.0, 0.0)).notes == ("this place lies outside the town",)


def test_homes_of_the_map_are_those_of_the_society(world):
    """The society's own scans lie within the radius on the map of the run's tables."""
    chart = open_map(world)
    seen = world.table("SELECT asker, party FROM sightings WHERE channel = 100")
    assert len(seen["asker"]) > 20
    for asker, party in list(zip(seen["asker"].tolist(), seen["party"].tolist(), strict=True))[:50]:
        here, there = (chart.place(near=ids.text(p)) for p in (asker, party))
        assert np.hypot(here[0] - there[0], here[1] - there[1]) <= 500


@pytest.mark.parametrize("radius", [0.0, -5.0, float("nan"), float("inf"), 1e9])
def test_a_wrong_radius_is_refused(world, radius):
    with pytest.raises(RunError, match="--radius"):
        open_map(world).scan((0.0, 0.0), radius)


def test_the_drawing_is_marked_and_the_same_every_time(world):
    chart = open_map(world)
    picture = draw(chart, chart.scan())
    assert picture == draw(open_map(world), chart.scan()) and MARK in picture
    assert picture.count("<circle") > 5 and chart.scan().street in picture


# --- the command line ------------------------------------------------------------------------------------------


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    out = capsys.readouterr()
    return int(left.value.code or 0), out.out, out.err


def test_the_commands_print_for_people_and_for_programs(world, tmp_path, capsys):
    folder = str(world.path)
    code, out, _ = called(capsys, "lookup", folder, "P-900-3")
    assert code == 0 and MARK in out and "〔合成〕" in out
    code, out, _ = called(
        capsys, "lookup", folder, "O-900-3", "--site", "gsxt", "--on", "2016-01-04", "--json"
    )
    told = json.loads(out)
    assert code == 0 and told["synthetic"] == MARK and told["found"][0]["id"] == "O-900-0000003"
    picture = tmp_path / "map.svg"
    code, out, _ = called(capsys, "map", folder, "--at", "10,-20", "--radius", "400", "--svg", str(picture))
    assert code == 0 and "名老賴" in out and picture.read_text(encoding="utf-8").startswith("<svg")
    code, out, _ = called(capsys, "map", folder, "--near", "P-900-0000012", "--json")
    assert code == 0 and json.loads(out)["radius_m"] == 500.0


@pytest.mark.parametrize(
    "words",
    [
        ("lookup", "{}", "王小明"), ("lookup", "{}", "%"), ("lookup", "{}", "P-900-3", "--site", "x"),
        ("lookup", "{}", "P-900-3", "--on", "tomorrow"), ("lookup", "nowhere", "P-900-3"), ("lookup", "{}"),
        ("map", "{}", "--at", "1"), ("map", "{}", "--at", "nan,1"), ("map", "{}", "--radius", "-1"),
        ("map", "{}", "--near", "P-902-3"), ("map", "{}", "--at", "1,1", "--near", "P-900-3"),
        ("map", "{}", "--on", "2031-01-01"), ("map", "{}", "--svg", "/nowhere/at/all.svg"), ("map", "nowhere"),
    ],
)  # fmt: skip
def test_bad_input_leaves_with_two_and_one_line(world, capsys, words):
    code, out, err = called(capsys, *(word.format(world.path) for word in words))
    assert code == 2 and out == "" and err.startswith("xinyong: ") and err.count("\n") == 1, err


def test_bytes_that_are_no_text_are_refused(world):
    done = subprocess.run(
        [sys.executable, "-m", "xinyong.cli", "lookup", str(world.path), b"\xff\xfe\x80"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2 and b"U+DCFF" in done.stderr


def test_the_report_has_the_page_with_the_map_in_both_languages(world):
    """Sites with dates, who asked, and the drawing; the same mark everywhere."""
    html = render(world)
    for language, title in (
        ("en", "Public look-up and the map of debtors"),
        ("zh-Hant", "公開查詢與老賴地圖"),
    ):
        start = html.index(f'<section id="public-{language}"')
        section = html[start : html.index("</section>", start)]
        assert title in section and "2013" in section and "<svg" in section
        assert (
            f'id="map-{language}-window"' in section
            and open_map(world).scan().alert.split("附近")[1][:6] in html
        )
