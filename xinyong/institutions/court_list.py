"""The Supreme People's Court's list of dishonest judgment debtors (失信被執行人名單)."""

import numpy as np

from xinyong.columns import Array, Column, Tally, Wheel
from xinyong.draws import uniforms
from xinyong.kernels import register as kernel
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.timeline import working_days

HORIZON_DAYS = 3660
HELD = ("suit_day", "judged_day", "decided_day", "published_day", "ended_day", "exit", "term", "amount")


class CourtList(Process):
    """Publishes debtors a court ordered onto the list, keeps their terms, and deletes them when the ground is gone.

    States of a listing (model.md 2.7g): 3 notice, 4 open (until performance), 5 for a term, 6 fulfilled,
    7 terminated or corrected, 8 expired, 0 off the list.
    *Source:* 法释〔2013〕17 and 法释〔2017〕7, arts 1-4, 10-12.
    """

    name = "court_list"
    owns = {
        "cases.list_state": Column(
            "u1", "state on the list: 0 none, 3 notice, 4 open, 5 term, 6, 7, 8 being deleted"
        ),
        "cases.published_day": Column("i4", "day of publication", "day", initial=-1),
        "cases.ended_day": Column("i4", "day the ground for listing ended", "day", initial=-1),
        "cases.list_day": Column("i4", "day of the next change on the list", "day"),
        "cases.exit": Column("u1", "why it ended: 1 performed, 2 terminated, 3 expired, 4 corrected"),
        "cases.term": Column("u1", "1 if listed for a term"),
        "cases.paid": Column("u1", "1 once the listed debtor has performed"),
        "cases.register": Wheel("changes on the list"),
        "listed": Column("u1", "published listings of the party now", "listings"),
        "ever_listed": Column("u1", "1 once the party has been published", "flag"),
        "listings_cum": Tally("listings published (人次)", "listings"),
        "listed_parties_cum": Tally("distinct parties ever listed", "parties"),
        "listed_cases_now": Tally("listings on the list", "listings", stock=True),
        "listed_parties_now": Tally("distinct parties on the list", "parties", stock=True),
        "listed_persons_now": Tally("distinct natural persons on the list", "persons", stock=True),
        "listed_organisations_now": Tally("distinct organisations on the list", "organisations", stock=True),
        "performed_cum": Tally("listed debtors who then performed ('complied')", "listings"),
        "terminated_cum": Tally("listings removed on other grounds", "listings"),
        "expired_cum": Tally("listings whose term ended", "listings"),
        "corrected_cum": Tally("listings corrected as wrong", "listings"),
        "deleted_cum": Tally("listings deleted", "listings"),
        "late_deletions_cum": Tally("listings deleted later than the law allows", "listings"),
        "wrongful_listed_now": Tally(
            "listings of debtors who could not pay when listed (truth)", "listings", stock=True
        ),
    }
    reads = (
        "number", "kind", "cases.party", "cases.serial", "cases.number", "cases.amount", "cases.suit_day",
        "cases.judged_day", "cases.decided_day", "cases.unable_then",
    )  # fmt: skip
    hears = ("listing_order", "performed")
    heard = ("ruling",)
    posts = {
        "listed": Notice("a debtor is published", {"case": "i4", "party": "i4", "number": "u4", "wrong": "u1"}),
        "delisted": Notice("a debtor is deleted", {"case": "i4", "party": "i4", "number": "u4", "reason": "u1"}),
        "list_step": Notice("a listing changes state", {"case": "i4", "number": "u4", "old": "u1", "new": "u1"}),
        "episode": Notice(
            "a listing is over",
            {
                "party": "i4", "number": "u4", "amount": "i4", "suit_day": "i4", "judged_day": "i4",
                "decided_day": "i4", "published_day": "i4", "ended_day": "i4",
                "exit": "u1", "term": "u1", "wrongful": "u1",
            },
            keep=True,
        ),
    }  # fmt: skip

    def step(self, day: Day) -> None:
        """Enter new orders, end listings, then carry out what falls due this week."""
        if not day.own_rules.in_force:
            return
        self._enter(day)
        self._end(day)
        self._turn_pages(day)

    def _enter(self, day: Day) -> None:
        orders, cases = day.hear("listing_order"), day.table("cases").fields
        if not len(orders):
            return
        rows = orders.case
        cases.list_state[rows] = kernel.NOTICE
        cases.list_day[rows] = orders.day + int(day.own_rules.notice_days or 0)
        day.schedule("cases", "register", rows, cases.list_day[rows])
        self._log(day, rows, np.zeros(len(rows), np.uint8), orders.day)

    def _end(self, day: Day) -> None:
        performed, rulings, cases = day.hear("performed"), day.heard("ruling"), day.table("cases").fields
        if not len(performed) and not len(rulings):
            return
        corrected = rulings.case[(rulings.granted == 1) & (cases.number[rulings.case] == rulings.number)]
        cases.paid[performed.case] = 1
        early = self._may_leave(day, performed.case)
        rows = np.concatenate([performed.case[early], corrected])
        days = np.concatenate([performed.day[early], rulings.day[np.isin(rulings.case, corrected)]])
        reasons = np.full(len(rows), kernel.CORRECTED, np.uint8)
        reasons[: int(early.sum())] = kernel.PERFORMED
        steps = np.empty((len(rows), 4), np.int32)
        upto, nth = _working_days(day)
        n = kernel.end_listings(
            _arrays(cases), cases.register, rows, days, reasons, day.people.number, _rules(day), upto, nth,
            day.now.calendar.first_day, day.now.week, day.base, day.key, steps,
        )  # fmt: skip
        exits = cases.exit[steps[:n, 0]]
        self._log(day, steps[:n, 0], steps[:n, 1], steps[:n, 3])
        day.count(performed_cum=len(performed), corrected_cum=int((exits == kernel.CORRECTED).sum()))

    def _may_leave(self, day: Day, rows: Array) -> Array:
        """Performance ends an open listing; during a term the court decides."""
        cases = day.table("cases").fields
        share = day.own_rules.early_deletion_share
        who = day.base | day.people.number[cases.party[rows]].astype(np.uint64)
        case = who | (cases.serial[rows].astype(np.uint64) << np.uint64(48))
        return np.asarray(
            (cases.list_state[rows] == kernel.OPEN) | (uniforms(day.key, case, 6) < (share or 0.0))
        )

    def _turn_pages(self, day: Day) -> None:
        desk = day.table("cases")
        cases = desk.fields
        due = desk.due("register", day.now.week)
        if not len(due):
            return
        published, deleted = np.empty_like(due), np.empty_like(due)
        steps = np.empty((4 * len(due), 4), np.int32)
        totals = np.zeros(kernel.TOTALS, np.int64)
        upto, nth = _working_days(day)
        kernel.keep_register(
            _arrays(cases), cases.register, due, day.people.number, _rules(day), upto, nth,
            day.now.calendar.first_day, day.now.week, day.base, day.key, published, deleted, steps, totals,
        )  # fmt: skip
        steps = steps[: totals[kernel.STEPS]]
        self._log(day, steps[:, 0], steps[:, 1], steps[:, 3], steps[:, 2])
        new = steps[:, 2]
        day.count(
            terminated_cum=int((new == kernel.TERMINATED).sum()),
            expired_cum=int((new == kernel.EXPIRED).sum()),
        )
        self._publish(day, published[: totals[kernel.PUBLISHED]])
        gone = steps[new == kernel.NONE]
        self._delete(day, deleted[: totals[kernel.DELETED]], gone[:, 3])

    def _publish(self, day: Day, rows: Array) -> None:
        cases, people = day.table("cases").fields, day.people
        if not len(rows):
            return
        party = cases.party[rows]
        self._census(day, party, 1)
        fresh = np.unique(party[people.ever_listed[party] == 0])
        people.ever_listed[fresh] = 1
        wrong = cases.unable_then[rows]
        days, numbers = cases.published_day[rows], cases.number[rows]
        day.post("listed", day=days, case=rows, party=party, number=numbers, wrong=wrong)
        day.count(
            listings_cum=len(rows), listed_parties_cum=len(fresh), listed_cases_now=len(rows),
            wrongful_listed_now=int(wrong.sum()),
        )  # fmt: skip

    def _census(self, day: Day, party: Array, change: int) -> None:
        """Add to or take from the parties' listings, and count who came on or went off the list."""
        persons, organisations = kernel.census(day.people.listed, day.people.kind, party, change)
        day.count(
            listed_parties_now=change * (persons + organisations), listed_persons_now=change * persons,
            listed_organisations_now=change * organisations,
        )  # fmt: skip

    def _delete(self, day: Day, rows: Array, when: Array) -> None:
        if not len(rows):
            return
        cases = day.table("cases").fields
        party, number, exits = cases.party[rows], cases.number[rows], cases.exit[rows]
        self._census(day, party, -1)
        reason = np.where(cases.paid[rows] == 1, kernel.PERFORMED, exits)
        day.post("delisted", day=when, case=rows, party=party, number=number, reason=reason)
        held = {name: getattr(cases, name)[rows] for name in HELD}
        day.post("episode", day=when, party=party, number=number, wrongful=cases.unable_then[rows], **held)
        upto, _ = _working_days(day)
        origin = day.now.calendar.first_day
        waited = upto[when - origin] - upto[cases.ended_day[rows] - origin]
        late = waited > (day.own_rules.deletion_working_days or HORIZON_DAYS)
        day.count(
            deleted_cum=len(rows), listed_cases_now=-len(rows), late_deletions_cum=int(late.sum()),
            wrongful_listed_now=-int(cases.unable_then[rows].sum()),
        )  # fmt: skip
        for name, blank in (("published_day", -1), ("ended_day", -1), ("exit", 0), ("term", 0)):
            getattr(cases, name)[rows] = blank

    def _log(self, day: Day, rows: Array, old: Array, when: Array, new: Array | None = None) -> None:
        cases = day.table("cases").fields
        now = cases.list_state[rows] if new is None else new
        day.post("list_step", day=when, case=rows, number=cases.number[rows], old=old, new=now)


def _arrays(cases: object) -> tuple[Array, ...]:
    names = ("party", "serial", "list_state", "published_day", "ended_day", "list_day", "exit", "term")
    return tuple(getattr(cases, name) for name in names)


def _rules(day: Day) -> Array:
    rules = day.own_rules
    numbers = (
        rules.term_ground_share, rules.term_years, rules.extended_share, rules.extension_years_max,
        rules.other_exits_per_year, rules.deletion_delay_median_working_days, rules.deletion_delay_log_sd,
    )  # fmt: skip
    return np.array([n or 0.0 for n in numbers])


def _working_days(day: Day) -> tuple[Array, Array]:
    calendar = day.now.calendar
    return working_days(calendar.first_day, 7 * calendar.weeks + HORIZON_DAYS)
