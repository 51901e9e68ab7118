"""What is asked of knowledge, face and reports; each check raises AssertionError, so that faults can be planted."""

from functools import lru_cache
from typing import Any

import numpy as np

from tests.verification.checks import assert_same_where_shared, small_people, stressed_plan
from tests.worlds import World, play
from xinyong import laws
from xinyong.kernels.knowing import spread
from xinyong.timeline import WEEK_YEARS

PEOPLE = small_people(1, 1200)
TALK = {
    "knowing.told_per_year.work": 1.0, "knowing.told_per_year.neighbours": 1.0,
    "knowing.told_per_year.acquaintances": 1.0, "knowing.featured_share": 0.0,
    "public_portal.lookups_per_adult_year": 0.0, "debtor_map.users_share": 0.0,
}  # fmt: skip
FELT = {"complying.face_weight": 1.0, "facing.habituation_per_year": 0.0}
TOLD = {0: 6.0, 1: 1.0, 2: 1.0, 3: 1.0}


@lru_cache(maxsize=16)
def _played(told: tuple[tuple[str, Any], ...]) -> World:
    return play(stressed_plan({**TALK, **FELT, **dict(told)}), PEOPLE, log=True)


def world_with(**sets: Any) -> World:
    """A world in which listings are talked about and felt; `section__rule=value`."""
    return _played(tuple(sorted((name.replace("__", "."), value) for name, value in sets.items())))


def laws_hold() -> None:
    play(stressed_plan({**TALK, **FELT}), PEOPLE, check=laws.check)


def laws_hold_on_reports() -> None:
    play(stressed_plan({**MANY_REPORTS}), PEOPLE, check=laws.check)


def lines(world: World) -> Any:
    """Shard and living lines of notoriety."""
    for shard in world.shards:
        table = shard.store.tables["notoriety"]
        alive = np.flatnonzero(table.columns["alive"][: table.high])
        yield shard, {name: a[: table.high][alive] for name, a in table.columns.items()}


def shares_follow_the_closed_form() -> None:
    """V-10 in the running model."""
    world = world_with()
    last = world.plan.calendar.weeks - 1
    for _, line in lines(world):
        weeks = last - (line["since"] - world.plan.calendar.first_day) // 7 + 1
        for layer, told in TOLD.items():
            some = line["contacts"][:, layer] > 0
            wanted = [spread(0.0, told, 1.0, 0.3, w * WEEK_YEARS) for w in weeks[some]]
            off = np.abs(line["known"][some, layer] - wanted).max(initial=0)
            assert off < 1e-4, f"layer {layer} is off the closed form by {off}"


def learners_are_as_many_as_the_shares_say() -> None:
    """The mean number of learners is that of growth and forgetting made good, over all stays on the list: 4 SE."""
    world = world_with()
    # no stay is looked at before its end: every week of every line gave its own mean, which sums to this
    wanted = 0.0
    for shard_place, shard in enumerate(world.shards):
        for since, until, contacts in _stays(world, shard_place, shard):
            for layer, told in TOLD.items():
                wanted += contacts[layer] * _ever_learned(told, until - since)
    counted = world.last("learned_cum")
    assert abs(counted - wanted) < 4 * np.sqrt(wanted), f"{counted} learned, not about {wanted:.0f}"


def _ever_learned(told: float, weeks: int) -> float:
    known = learned = 0.0
    for _ in range(weeks):
        after = spread(known, told, 1.0, 0.3, WEEK_YEARS)
        learned += after - known + 0.3 * WEEK_YEARS * (known + after) / 2
        known = after
    return learned


def _stays(world: World, place: int, shard: Any) -> Any:
    """Week of the first and after the last look at each stay on the list, and contacts by layer."""
    from xinyong.kernels.ties import LAYERS, contacts

    first_day, persons = world.plan.calendar.first_day, shard.persons
    net, many = _net(shard), np.zeros(LAYERS, np.int64)
    since: dict[int, int] = {}
    on: dict[int, int] = {}
    events = [
        ((int(d) - first_day) // 7, step, int(p))
        for kind, step in (("listed", 1), ("delisted", -1))
        for k, rows in world.log.get(kind, [])
        if k == place
        for d, p in zip(rows["day"], rows["party"], strict=True)
        if p < persons
    ]
    for week, step, party in sorted(events, key=lambda e: (e[0], -e[1])):
        on[party] = on.get(party, 0) + step
        if on[party] == 1 and step == 1:
            since[party] = week
        elif on[party] == 0:
            contacts(many, party, party, net)
            yield since.pop(party), week, many.tolist()
    for party, week in since.items():
        contacts(many, party, party, net)
        yield week, world.plan.calendar.weeks, many.tolist()


def _net(shard: Any) -> Any:
    from xinyong.ties import net_of

    return net_of(next(day for process, day in shard.days if process.name == "knowing"))


# --- signs -----------------------------------------------------------------------------------------------------


def face_makes_the_able_pay() -> None:
    """V-64: only the able can perform here; more of them do as face weighs more."""
    performed = [
        world_with(complying__unable_ratio=0.0, facing__face_scale=scale).last("performed_cum")
        for scale in (0.0, 1.0, 8.0)
    ]
    assert performed[0] < performed[1] < performed[2], f"phi_F up, performed {performed}"


def wrong_listings_weaken_face() -> None:
    """V-61: e1 up, then false discovery up, share of true listings down, inferred stigma and face lost a head down."""
    few, many = (
        world_with(courts__listed_if_unable_share=share, complying__face_weight=0.0) for share in (0.05, 0.9)
    )
    wrong = [w.total("wrongful_listed_now").sum() / w.total("listed_cases_now").sum() for w in (few, many)]
    assert wrong[0] < wrong[1], f"false discovery {wrong}"
    told = [
        [s.store.tables["climate"].columns[n][0] for s in w.shards]
        for n in ("ppv", "stigma")
        for w in (few, many)
    ]
    means = [float(np.mean(t)) for t in told]
    assert means[0] > means[1] and means[2] > means[3], f"true listings and stigma {means}"
    lost = [w.last("face_lost_cum") / w.last("face_lost_person_weeks_cum") for w in (few, many)]
    assert lost[0] > lost[1], f"wrong listings up, face lost a head {lost}"


def family_harm_rises_with_its_share() -> None:
    """V-65: chi up, harm to the family up; the listed themselves lose as before but for what relatives bring."""
    harm = [
        world_with(facing__household_share=chi, complying__face_weight=0.0).last("face_lost_by_family_cum")
        for chi in (0.0, 0.3, 1.0)
    ]
    assert harm[0] == 0 < harm[1] < harm[2], f"chi up, family harm {harm}"


# --- what it leaves alone --------------------------------------------------------------------------------------


def face_without_weight_changes_nobody() -> None:
    """V-31: where face weighs nothing with debtors, no occasion and no protest, nothing but face itself differs."""
    sets = {**TALK, "complying.face_weight": 0.0, "acting.behaviours.fraud.face_share": 0.0}
    out = ["protesting", "state_response"]
    without = play(stressed_plan(sets, leave_out=[*out, "facing"]), PEOPLE)
    assert_same_where_shared(without, play(stressed_plan(sets, leave_out=out), PEOPLE))


# --- reports ---------------------------------------------------------------------------------------------------

MANY_REPORTS = {"reporting.reports_per_known_offence": 0.3, "city_points.wrong_per_1000": 0}


def _reporting(**sets: Any) -> World:
    return world_with(**{**{k.replace(".", "__"): v for k, v in MANY_REPORTS.items()}, **sets})


def inspectors_spare_the_innocent() -> None:
    """V-66: the more reports are looked into, the fewer false ones are upheld and the fewer points are lost by them."""
    worlds = [_reporting(reporting__verified_per_person_year=v) for v in (0.0, 0.1, 100.0)]
    upheld = [w.last("upheld_false_cum") for w in worlds]
    points = [int(w.notices("entry", "wrong")[w.notices("entry", "register") == 16].sum()) for w in worlds]
    assert upheld[0] > upheld[1] > upheld[2], f"capacity up, false reports upheld {upheld}"
    assert points[0] > points[2], f"capacity up, false deductions {points}"


def false_reports_are_wrong_deductions() -> None:
    """A false report upheld against a resident with a file stands as a wrong deduction, which may be objected to."""
    world = _reporting(reporting__verified_per_person_year=0.0, reporting__unverified_upheld_share=1.0)
    told = {
        (k, int(p))
        for k, rows in world.log["upheld"]
        for p, wrong in zip(rows["party"], rows["wrong"], strict=True)
        if wrong
    }
    booked = {
        (k, int(p))
        for k, rows in world.log["entry"]
        for p, wrong, of in zip(rows["party"], rows["wrong"], rows["register"], strict=True)
        if wrong and of == 16
    }
    assert booked and booked <= told, "wrong deductions without a false report"
    assert len(booked) > 0.8 * len(told), f"of {len(told)} falsely reported {len(booked)} lost points"


def false_share_is_as_the_rule_says() -> None:
    """Reports of what did not happen are their share of all, within 4 SE."""
    world = _reporting(reporting__false_share=0.4)
    n, false = world.last("peer_reports_cum"), world.last("peer_reports_false_cum")
    assert abs(false / n - 0.4) < 4 * np.sqrt(0.24 / n), f"false reports {false} of {n}"


def closeness_keeps_people_silent() -> None:
    """b_c up: a smaller share of reports comes from one's own household."""
    shares = []
    for weight in (-0.5, 2.0):
        world = _reporting(reporting__closeness_weight=weight)
        shares.append(world.last("reports_within_household_cum") / world.last("peer_reports_cum"))
    assert shares[0] > shares[1], f"closeness up, share of reports from the household {shares}"


def reports_that_nobody_makes_change_nobody() -> None:
    """V-31: with a rate of 0 the world is to the bit that without the process."""
    sets = {**TALK, "reporting.reports_per_known_offence": 0.0}
    without, with_it = (
        play(stressed_plan(sets, leave_out=["reporting"]), PEOPLE),
        play(stressed_plan(sets), PEOPLE),
    )
    assert_same_where_shared(without, with_it)
