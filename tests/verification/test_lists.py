"""Red and black lists, the platform behind them, and what both do: switched on and off under the same draws."""

import datetime as dt
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.engine import tally_specs
from xinyong.memoranda import density, memoranda
from xinyong.rulebook import PACKAGE, RuleBook
from xinyong.rulefiles import coded_rows

MINE = ("offending", "black_lists", "red_lists", "shut_out")
LISTS = [row.key for row in coded_rows("black_lists", "lists")]
OF_ENTERPRISES = ("tax", "abnormal", "alibaba", "serious", "wage_arrears")
PEOPLE = checks.small_people(3, 800)
# everybody offends, lists err, and entries end soon
BUSY: dict[str, Any] = {
    **{f"black_lists.lists.{key}.enterprises_per_1000": 900 for key in OF_ENTERPRISES},
    **{f"black_lists.lists.{key}.persons_per_million": 90_000 for key in ("food_drug", "rail_special", "air_special")},
    **{f"black_lists.lists.{key}.entry_delay_days": 5 for key in LISTS},
    **{f"black_lists.lists.{key}.wrong_per_1000": 100 for key in LISTS},
    "black_lists.lists.tax.term_days": 90, "black_lists.lists.abnormal.term_days": 120,
    "black_lists.lists.alibaba.corrected_per_year": 2.0,
    "red_lists.lists.tax_a.organisations_share": 0.5, "red_lists.lists.volunteers.persons_share": 0.1,
    "black_lists.lists.food_drug.repair_allowed": {"2017-01-01": True},
    "redress.registers.other_lists.repair_after_days": {"2017-01-01": 20}, "redress.repair_within_days": 30,
    "redress.aware_share": 1.0, "redress.files_if_wrong_share": 1.0, "redress.repair_asked_share": 1.0,
}  # fmt: skip


def world(sets: dict[str, Any] | None = None, without: tuple[str, ...] = (), **more: Any) -> World:
    """A stressed world of two and a half years with busy lists."""
    plan = checks.stressed_plan({**BUSY, **(sets or {})}, leave_out=(*checks.ANSWERING, *without))
    return play(plan, PEOPLE, **more)


@pytest.fixture(scope="module")
def busy() -> World:
    """Such a world with all laws checked every week."""
    return world(check=laws.check, log=True)


def same(one: World, other: World, names: Callable[[str], bool]) -> int:
    """Compare the counts both worlds keep, week by week, to the bit; returns how many were compared."""
    shared = [n for n in tally_specs(one.plan) if n in tally_specs(other.plan) and names(n)]
    for name in shared:
        assert np.array_equal(one.total(name), other.total(name)), f"'{name}' differs"
    return len(shared)


def mine(name: str) -> bool:
    """Counts of these institutions, and of those that act on their entries."""
    words = (
        "black_",
        "red_",
        "offences",
        "account_",
        "spent_",
        "other_lists",
        "shut_out",
        "records_",
        "platform_",
    )
    return any(word in name for word in (*words, "redress", "green_", "inspections_", "barred_by_others"))


# --- entries, ends, laws ---------------------------------------------------------------------------------------


def test_every_way_onto_and_off_the_lists_is_walked(busy):
    """V-41: the laws held in every week of a world in which entries ended in every way there is."""
    for end in ("expired", "mended", "repaired", "erased", "moved"):
        assert busy.last(f"black_{end}_cum") > 0, end
    assert busy.last("black_wrongful_now") > 0
    for name in ("red_lapsed_cum", "red_struck_cum", "green_channel_cum", "inspections_spared_cum"):
        assert busy.last(name) > 0, name


def test_counts_are_sums_of_notices(busy):
    """V-48 for the black lists: entries and exits are as many as were announced."""
    register, ended = busy.notices("entry", "register"), busy.notices("black_exit", "list")
    assert busy.last("black_entries_cum") == int((register < 16).sum())
    exits = sum(busy.last(f"black_{n}_cum") for n in ("expired", "mended", "repaired", "erased", "moved"))
    assert exits == len(ended)
    for row in coded_rows("black_lists", "lists"):
        assert busy.last(f"{row.key}_black_entries_cum") == int((register == row.code).sum())


def test_each_list_is_silent_before_its_first_date():
    """A list enters nobody before its row begins, however much is done."""
    plan = checks.stressed_plan(BUSY, start=dt.date(2011, 1, 3), end=dt.date(2018, 12, 30), burn_in_weeks=10)
    lived = play(plan, checks.small_people(3, 400), check=laws.check)
    for key in LISTS:
        first = min(plan.book.leaves(f"black_lists.lists.{key}.entry_delay_days")[0].values)
        entries = lived.total(f"{key}_black_entries_cum")
        week = plan.calendar.week_of((first - dt.date(2000, 1, 1)).days)
        assert entries[week - 1] == 0 < entries[-1], key


# --- effects, switched on and off ------------------------------------------------------------------------------


def test_black_lists_leave_the_published_counters_alone_and_add_their_own(busy):
    """With lists and without: the court's counts are equal to the bit; only the others' refusals come and go."""
    without = world(without=("offending", "black_lists", "shut_out"))
    compared = same(busy, without, lambda name: not mine(name))
    assert compared > 100
    assert busy.last("barred_by_others_now") > 0 == without.last("barred_by_others_now")
    assert sum(busy.last(n) for n in tally_specs(busy.plan) if n.endswith("_refused_other_lists_cum")) > 0


@pytest.mark.parametrize("name", MINE)
def test_without_one_of_them_everything_else_is_the_same(name, busy):
    """Any of them can be taken out: what does not depend on it is equal to the bit."""
    without = world(without=(name,))
    assert same(busy, without, lambda n: not mine(n)) > 100


def test_without_the_platform_and_measures_nobody_is_barred_but_lists_are_kept(busy):
    """The lists do not need the platform: without it they enter the same parties and nobody is shut out."""
    chain = ("sharing_platform", "joint_measures", "wants", "complying", "shut_out")
    readers = tuple(n for n, kind in known_processes().items() if {"barred", "named_by"} & set(kind.reads))
    without = world(without=(*chain, *readers))
    assert same(busy, without, lambda n: n.endswith("_black_entries_cum")) > len(LISTS)


@pytest.mark.parametrize(
    ("rule", "much", "little"),
    [("black_lists.inspection_ratio", 6.0, 1.0), ("red_lists.inspection_ratio", 1.0, 0.0)],
)
def test_more_inspections_find_more(rule, much, little):
    """Who is inspected more is found out more: listed parties upwards, praised ones downwards."""
    found = [world({rule: ratio}).last("offences_found_cum") for ratio in (much, little)]
    assert found[0] > found[1]


RESTRICTIONS = ("air", "high_speed_rail", "executive_post", "property", "hotel_golf", "group_tour", "private_school",
                "insurance", "exit")  # fmt: skip


@pytest.fixture(scope="module")
def restricted() -> World:
    return play(_restricting({}), PEOPLE)


def _restricting(sets: dict[str, Any]) -> Any:
    """A world in which restrictions weigh nothing on the debtor, so that one can be cut without moving the rest."""
    busy = {f"wants.activities.{key}.demand_per_year": 20 for key in RESTRICTIONS}
    busy |= {f"wants.activities.{key}.checked_share": 0.9 for key in RESTRICTIONS}
    return checks.stressed_plan({**busy, "complying.restriction_weight": 0.0, **sets})


@pytest.mark.parametrize("activity", RESTRICTIONS)
def test_each_restriction_of_footnote_68_can_be_switched_off_alone(activity, restricted):
    """R125: without the memorandum rows of one activity nobody is refused it, and every other count is the same."""
    rows = [
        leaf
        for leaf in restricted.plan.book.leaves("joint_measures.memoranda")
        if leaf.row.activity == activity
    ]
    off = play(_restricting({leaf.path: False for leaf in rows}), PEOPLE)
    assert off.last(f"{activity}_refused_cum") == 0 < restricted.last(f"{activity}_refused_cum")
    others = [a for a in RESTRICTIONS if a != activity]
    assert (
        same(
            restricted, off, lambda n: n.startswith(tuple(f"{a}_" for a in others)) and "other_lists" not in n
        )
        > 40
    )
    assert same(restricted, off, lambda n: n.startswith(("listings", "performed", "records"))) > 5


@pytest.mark.parametrize("check", ["passport", "marital_status", "vehicles"])
def test_each_information_check_of_footnote_68_can_be_switched_off_alone(check, busy):
    """R125: a check that is not in force looks nobody up, and nothing else changes."""
    off = world({f"joint_measures.information_checks.{check}.in_force": False})
    assert off.last(f"{check}_checks_cum") == 0 < busy.last(f"{check}_checks_cum")
    assert same(busy, off, lambda name: name != f"{check}_checks_cum") == len(tally_specs(busy.plan)) - 1


def test_more_signatories_bar_from_more_and_multiply_errors():
    """V-67: with the rows of all members, restrictions are worth more and each false record does more harm."""
    rows = RuleBook.load().leaves("joint_measures.memoranda")
    few = {leaf.path: False for leaf in rows if leaf.row.activity not in ("air", "high_speed_rail")}
    many, less = play(_restricting({}), PEOPLE), play(_restricting(few), PEOPLE)
    worth = [_worth_of_bars(w) for w in (many, less)]
    assert worth[0] > worth[1] > 0
    harm = [_harm_of_false_records(w) for w in (many, less)]
    assert harm[0] > harm[1] > 0
    assert same(many, less, lambda name: name.startswith("records_")) > 5, "as many records, as many errors"


def _worth_of_bars(lived: World) -> float:
    """Yearly value of all that persons are barred from at the end."""
    total = 0.0
    for shard in lived.shards:
        activities = shard.store.tables["activities"].columns
        value = activities["coverage"] * activities["yearly_value"]
        barred = shard.store.columns["barred"].astype(np.int64)
        total += sum(float(value[a]) * int((barred >> a & 1).sum()) for a in range(len(value)))
    return total


def _harm_of_false_records(lived: World) -> float:
    """Activities from which false records bar at the end, for each false record: the amplification of an error."""
    bars, false = 0, 0
    for shard in lived.shards:
        rows = laws.rows_of(shard, "records")
        wrong = rows["target"][(rows["false"] == 1) & (rows["state"] >= 2) & (rows["target"] >= 0)]
        mask = shard.store.columns["barred"][wrong].astype(np.int64)
        bars += sum(int((mask >> a & 1).sum()) for a in range(16))
        false += len(wrong)
    return bars / max(false, 1)


# --- the platform ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decade() -> World:
    """Seven years of a small world under the rules as they are."""
    plan = plan_of(
        processes=tuple(known_processes()),
        start=dt.date(2012, 1, 2),
        end=dt.date(2019, 6, 30),
        burn_in_weeks=0,
    )
    return play(plan, checks.small_people(1, 3000), check=laws.check)


def test_the_platform_holds_nearly_500_million_records_in_september_2016(decade):
    """R126: the stock on 2016-09-01, scaled to 1.38 billion heads, is within a tenth of 500 million."""
    week = decade.plan.calendar.week_of((dt.date(2016, 9, 1) - dt.date(2000, 1, 1)).days)
    heads = sum(shard.persons for shard in decade.shards)
    scaled = decade.total("platform_records_now")[week] / heads * 1.38e9
    assert 450e6 < scaled < 550e6, f"{scaled / 1e6:.0f} million"


def test_classes_of_records_are_all_there_and_nothing_is_sent_before_the_site_opens(decade):
    """R126: basic records, permits, penalties and lists; none on the platform before June 2015."""
    week = decade.plan.calendar.week_of((dt.date(2015, 5, 31) - dt.date(2000, 1, 1)).days)
    for name in ("platform_basic_now", "platform_permits_now", "platform_penalties_now"):
        assert decade.total(name)[week] == 0 < decade.last(name), name
    parts = sum(decade.last(f"platform_{c}_now") for c in ("basic", "permits", "penalties"))
    assert decade.last("platform_records_now") == parts + decade.last("records_live_now")


@pytest.mark.parametrize(
    ("day", "departments", "provinces", "bodies"),
    [("2015-01-01", 0, 0, 0), ("2016-09-15", 37, 31, 0), ("2018-02-01", 44, 31, 60)],
)
def test_nodes_join_by_date(day, departments, provinces, bodies):
    """R99, X7: 37 departments and all provinces by autumn 2016; 44 departments and 60 market bodies by 2018."""
    nodes = RuleBook.load().on(dt.date.fromisoformat(day)).platform_nodes
    joined = [
        sum(bool(row.joined) for row in group.rows())
        for group in (nodes.departments, nodes.provinces, nodes.market_bodies)
    ]
    assert joined == [departments, provinces, bodies]


def test_more_members_more_disclosures(decade):
    """R99, disclosure: each record reaches every member, so disclosures grow with the members."""
    monthly = np.diff(decade.total("platform_disclosed_cum")[::4])
    calendar = decade.plan.calendar
    weeks = [
        calendar.week_of((dt.date.fromisoformat(d) - dt.date(2000, 1, 1)).days) // 4
        for d in ("2016-08-01", "2017-06-01", "2018-06-01")
    ]
    few, more, most = (monthly[w : w + 6].mean() for w in weeks)
    assert few < more < most


def test_platform_functions_switch_off_alone(busy):
    """R99: without publication nothing is shown, without objection errors stay; joint discipline needs sharing."""
    hidden = world({"sharing_platform.publication_in_force": False})
    assert hidden.last("platform_published_now") == 0 < busy.last("platform_published_now")
    assert same(busy, hidden, lambda n: n != "platform_published_now") == len(tally_specs(busy.plan)) - 1
    errors = {"sharing_platform.wrong_person_per_1000": 400}
    heard = world({**errors, "sharing_platform.objections_to_false_records_per_year": 12})
    deaf = world({**errors, "sharing_platform.objections_to_false_records_per_year": 0})
    assert heard.last("records_false_now") < deaf.last("records_false_now")
    kept = world({f"black_lists.lists.{key}.shared_share": 0.0 for key in LISTS})
    assert kept.last("barred_by_others_now") == 0 < busy.last("barred_by_others_now")


def test_the_matrix_fills_in_2016():
    """R47, R119: the share of cells member x activity that are barred jumps with the memorandum of January 2016."""
    book = RuleBook.load()
    before, after = (density(book, dt.date.fromisoformat(d)) for d in ("2015-12-31", "2016-02-01"))
    assert density(book, dt.date(2013, 12, 31)) == 0 < before < after / 2
    assert len(book.on(dt.date(2016, 2, 1)).joint_measures.members.rows()) == 44


def test_thirty_six_slots_from_2012():
    """R46: the joint conference has 36 members from 2012, none before."""
    book = RuleBook.load()
    assert book.on(dt.date(2011, 12, 31)).joint_measures.conference_slots is None
    assert book.on(dt.date(2012, 1, 1)).joint_measures.conference_slots == 36


def test_a_black_list_is_one_row(tmp_path):
    """A row added to one file makes a list with entries, records and bars of its own; no code is touched."""
    folder = tmp_path / "rules"
    shutil.copytree(PACKAGE / "rules", folder)
    file = folder / "black_lists.yaml"
    text = file.read_text(encoding="utf-8")
    row = text[text.index("  air_special:\n") : text.index("  abnormal:\n")]
    row = (
        row.replace("air_special", "trial")
        .replace("code: 4", "code: 9")
        .replace("value: 0.9", "value: 90000")
    )
    file.write_text(text + row, encoding="utf-8")
    book = RuleBook.load(folder)
    assert any(r.issuer == 9 for r in memoranda(book))
    plan = checks.stressed_plan(start=dt.date(2018, 6, 4), end=dt.date(2019, 6, 30), burn_in_weeks=0)
    plan = type(plan)(plan.processes, book, plan.calendar, plan.seed)
    lived = play(plan, PEOPLE, check=laws.check, log=True)
    assert (lived.notices("entry", "register") == 9).sum() > 20
    assert (lived.notices("record", "issuer") == 9).any() or lived.last("barred_by_others_now") > 0
