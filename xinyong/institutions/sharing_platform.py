"""The national credit information sharing platform: records from their source to those who act on them."""

from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.draws import uniforms
from xinyong.kernels import records as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process, somebody
from xinyong.rates import DAYS_PER_YEAR

COURT_LIST = 0
PERSON = 0
NO_STEPS = np.zeros((0, 4), np.int32)


class SharingPlatform(Process):
    """Carries each listing as a record from its source to the members of the platform.

    Every record made is in the source, queued, live, expired, deleted or lost: never anything else. Errors: records
    of the wrong person, false records, records that outlive the listing.
    *Source:* model.md 2.7c; footnotes 63 and 70 of the paper.
    """

    name = "sharing_platform"
    owns = {
        "records": SideTable("records on their way or live"),
        "records.party": Column("i4", "row of the party the record names"),
        "records.target": Column("i4", "row of the person it bars; -1 none"),
        "records.case_number": Column("u4", "number of the case, with a mark for copies"),
        "records.serial": Column(
            "u4", "the debtor's how-manieth loan, with a mark for copies: keys the draws"
        ),
        "records.issuer": Column("u1", "who issued it"),
        "records.state": Column("u1", "0 source, 1 queued, 2 live, 3 being deleted"),
        "records.false": Column("u1", "1 if it names the wrong party (truth)"),
        "records.next_day": Column("i4", "day of the next change", "day"),
        "records.entered_day": Column("i4", "day of creation", "day"),
        "records.live_day": Column("i4", "day it took effect", "day", initial=-1),
        "records.transit": Wheel("record changes"),
        "cases.record": Column("i4", "row of the case's record, plus 1"),
        "records_created_cum": Tally("records created", "records"),
        "records_in_source_now": Tally("records at their source", "records", stock=True),
        "records_queued_now": Tally("records on the platform, on their way", "records", stock=True),
        "records_live_now": Tally("records in effect", "records", stock=True),
        "records_expired_cum": Tally("stale records found and ended", "records"),
        "records_deleted_cum": Tally("records deleted", "records"),
        "records_lost_cum": Tally("records lost on the way", "records"),
        "records_false_now": Tally(
            "records in existence that name the wrong party (truth)", "records", stock=True
        ),
    }
    reads = ("number", "kind", "cases.serial", "organisations.party", "organisations.representative")
    hears = ("listed", "delisted")
    posts = {
        "record_step": Notice("a record takes effect, or ends", {"party": "i4", "target": "i4"}),
        "record": Notice(
            "a record has ended",
            {"party": "i4", "number": "u4", "issuer": "u1", "created": "i4", "live": "i4", "end": "u1", "false": "u1"},
            keep=True,
        ),
    }  # fmt: skip

    def step(self, day: Day) -> None:
        """Take in listings and deletions, and carry records on."""
        if day.own_rules.source_delay_mean_days is None:
            return
        self._enter(day, day.hear("listed"))
        recalled = self._recall(day, day.hear("delisted"))
        self._end(day, np.concatenate([recalled, self._carry(day)]))

    def _enter(self, day: Day, listed: Batch) -> None:
        if not len(listed):
            return
        party, number, serial, when, wrong = self._with_errors(day, listed)
        desk = day.table("records")
        rows = desk.take(len(party))
        records = desk.fields
        records.party[rows], records.case_number[rows], records.false[rows] = party, number, wrong
        records.serial[rows], records.entered_day[rows] = serial, when
        records.target[rows] = _persons_barred(day, party)
        records.issuer[rows] = COURT_LIST
        kernel.enter_records(_arrays(records), rows, day.people.number, _rules(day), day.base, day.fixed_key)
        self._schedule(day, rows)
        day.table("cases").fields.record[listed.case] = rows[: len(listed)] + 1
        day.count(
            records_created_cum=len(rows), records_in_source_now=len(rows), records_false_now=int(wrong.sum())
        )

    def _with_errors(self, day: Day, listed: Batch) -> tuple[Array, Array, Array, Array, Array]:
        """Whom records will name, case numbers, serials, days, and which name somebody else.

        Some debtors are mistaken for another; some records are invented outright, as a second copy.
        """
        rules, numbers = day.own_rules, day.people.number
        serial = day.table("cases").fields.serial[listed.case].astype(np.uint32)
        who = day.base | numbers[listed.party].astype(np.uint64) | (serial.astype(np.uint64) << np.uint64(48))
        mistaken = uniforms(day.key, who, 0) < (rules.wrong_person_per_1000 or 0) / 1000
        invented = np.flatnonzero(uniforms(day.key, who, 1) < (rules.false_record_per_1000 or 0) / 1000)
        party = np.concatenate([listed.party, listed.party[invented]])
        wrong = np.concatenate([mistaken, np.ones(len(invented), bool)])
        elsewhere = np.concatenate([uniforms(day.key, who, 2), uniforms(day.key, who[invented], 3)])
        party[wrong] = somebody(day, elsewhere[wrong])
        every, copy = np.arange(len(listed)), np.uint32(1 << 31)
        number = np.concatenate([listed.number, listed.number[invented] | copy])
        serial = np.concatenate([serial, serial[invented] | copy])
        return party, number, serial, listed.day[np.concatenate([every, invented])], wrong

    def _schedule(self, day: Day, rows: Array) -> None:
        days = day.table("records").fields.next_day[rows]
        day.schedule("records", "transit", rows[days < kernel.NEVER], days[days < kernel.NEVER])

    def _recall(self, day: Day, delisted: Batch) -> Array:
        if not len(delisted):
            return NO_STEPS
        links, records = day.table("cases").fields.record, day.table("records").fields
        rows = links[delisted.case] - 1
        known = rows >= 0
        known[known] = (records.alive[rows[known]] == 1) & (
            records.case_number[rows[known]] == delisted.number[known]
        )
        rows = rows[known]
        links[delisted.case] = 0
        steps = np.empty((len(rows), 4), np.int32)
        n = kernel.recall_records(
            _arrays(records), records.transit, rows, delisted.day[known], day.people.number, _rules(day),
            day.now.calendar.first_day, day.now.week, day.base, day.fixed_key, steps,
        )  # fmt: skip
        return steps[:n]

    def _carry(self, day: Day) -> Array:
        desk = day.table("records")
        records = desk.fields
        due = desk.due("transit", day.now.week)
        if not len(due):
            return NO_STEPS
        steps = np.empty((4 * len(due), 4), np.int32)
        n = kernel.carry_records(
            _arrays(records), records.transit, due, day.people.number, _rules(day), day.now.calendar.first_day,
            day.now.week, day.base, day.fixed_key, steps,
        )  # fmt: skip
        return steps[:n]

    def _end(self, day: Day, steps: Array) -> None:
        """Book this week's steps, tell whom they concern, and free the ended records."""
        if not len(steps):
            return
        desk = day.table("records")
        records, rows = desk.fields, steps[:, 0]
        went_live = steps[steps[:, 2] == kernel.LIVE]
        records.live_day[went_live[:, 0]] = went_live[:, 3]
        day.post("record_step", day=steps[:, 3], party=records.party[rows], target=records.target[rows])
        self._book(day, np.bincount(steps[:, 1], minlength=7), np.bincount(steps[:, 2], minlength=7))
        ended = steps[steps[:, 2] >= kernel.EXPIRED]
        if len(ended):
            self._tell(day, ended)
            desk.release(ended[:, 0])

    def _book(self, day: Day, left: Array, came: Array) -> None:
        """Keep the stocks: created = source + queued + live + expired + deleted + lost."""
        left, came = left.tolist(), came.tolist()
        day.count(
            records_in_source_now=-left[kernel.SOURCE],
            records_queued_now=came[kernel.QUEUED] - left[kernel.QUEUED],
            records_live_now=came[kernel.LIVE] - left[kernel.LIVE] - left[kernel.DELETING],
            records_expired_cum=came[kernel.EXPIRED], records_deleted_cum=came[kernel.DELETED],
            records_lost_cum=came[kernel.LOST],
        )  # fmt: skip

    def _tell(self, day: Day, ended: Array) -> None:
        records, rows = day.table("records").fields, ended[:, 0]
        day.post(
            "record", day=ended[:, 3], party=records.party[rows], number=records.case_number[rows],
            issuer=records.issuer[rows], created=records.entered_day[rows], live=records.live_day[rows],
            end=ended[:, 2], false=records.false[rows],
        )  # fmt: skip
        day.count(records_false_now=-int(records.false[rows].sum()))


def _arrays(records: Any) -> tuple[Array, ...]:
    return (records.party, records.serial, records.state, records.next_day, records.entered_day)


def _rules(day: Day) -> Array:
    rules = day.own_rules
    numbers = (
        rules.source_delay_mean_days, rules.platform_delay_mean_days, rules.court_list_shared_share,
        (rules.lost_record_per_1000 or 0) / 1000, rules.stale_share,
        DAYS_PER_YEAR * (rules.reconciliation_years or 0),
    )  # fmt: skip
    return np.array([n or 0.0 for n in numbers])


def _persons_barred(day: Day, party: Array) -> Array:
    """Persons bear their own bar; for an organisation its legal representative does (if the rules say so)."""
    target = party.astype(np.int32)
    organisations = np.flatnonzero(day.people.kind[party] != PERSON)
    if not len(organisations):
        return target
    target[organisations] = -1
    if day.rules.court_list.legal_representative_restricted:
        fields = day.table("organisations").fields
        for k in organisations:
            target[k] = fields.representative[np.flatnonzero(fields.party == party[k])[0]]
    return target
