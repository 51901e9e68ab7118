"""The national credit information sharing platform: records from their source to those who act on them."""

from typing import Any

import numpy as np

from xinyong import platform_rules
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import records as kernel
from xinyong.memoranda import MOST_ISSUERS
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows

MOST_CLASSES, SERIAL_OF_ISSUER = platform_rules.MOST_CLASSES, 24
FLOW_WEEKS = 4  # ordinary records are numbers that nobody acts on: they flow once in four weeks
NO_CHANGE = [0] * MOST_CLASSES
NO_DELETIONS = np.zeros((3, 0), np.int64)
CLASSES = coded_rows("sharing_platform", "record_classes")


class SharingPlatform(Process):
    """Carries each entry of a list as a record from its source to the members of the platform, and keeps the stock.

    Every record made is in the source, queued, live, expired, deleted or lost: never anything else, issuer by issuer
    and class by class. Four functions: disclosure to members, publication, objection to false records, joint
    discipline (through `record_step`). Ordinary department records, on which nobody acts, are kept as numbers by class.
    *Source:* model.md 2.7c; footnotes 63 and 70 of the paper.
    """

    name = "sharing_platform"
    owns = {
        "records": SideTable("records on their way or live"),
        "records.party": Column("i4", "row of the party the record names"),
        "records.target": Column("i4", "row of the person it bars; -1 none"),
        "records.case_number": Column("u4", "number of the case or entry, with a mark for copies"),
        "records.serial": Column(
            "u4", "keys the draws: how-manieth loan, or issuer and day, with a mark for copies"
        ),
        "records.issuer": Column("u1", "who issued it: 0 the court list, else the code of the list"),
        "records.state": Column("u1", "0 source, 1 queued, 2 live, 3 being deleted"),
        "records.false": Column("u1", "1 if it names the wrong party (truth)"),
        "records.next_day": Column("i4", "day of the next change", "day"),
        "records.entered_day": Column("i4", "day of creation", "day"),
        "records.live_day": Column("i4", "day it took effect", "day", initial=-1),
        "records.transit": Wheel("record changes"),
        "cases.record": Column("i4", "row of the case's record, plus 1"),
        "issuers": SideTable("lists that issue records; row = code"),
        "issuers.counts": Column(
            "i8", "records created, expired, deleted, lost, and live now", "records", width=5
        ),
        "record_classes": SideTable("classes of ordinary department records; row = code"),
        "record_classes.stocks": Column(
            "i8", "records created, in the source, queued, live, expired, deleted, lost; sent", "records", width=8
        ),
        "record_classes.persons": Column("i8", "persons whose records the shard keeps", "persons"),
        "records_created_cum": Tally("records of lists created", "records"),
        "records_in_source_now": Tally("records of lists at their source", "records", stock=True),
        "records_queued_now": Tally("records of lists on the platform, on their way", "records", stock=True),
        "records_live_now": Tally("records of lists in effect", "records", stock=True),
        "records_expired_cum": Tally("stale records of lists found and ended", "records"),
        "records_deleted_cum": Tally("records of lists deleted", "records"),
        "records_lost_cum": Tally("records of lists lost on the way", "records"),
        "records_false_now": Tally(
            "records of lists in existence that name the wrong party (truth)", "records", stock=True
        ),
        "platform_records_now": Tally("records on the platform, all classes and lists", "records", stock=True),
        "platform_disclosed_cum": Tally("records disclosed, counted once for each member", "records"),
        "platform_published_now": Tally("records of lists shown to the public", "records", stock=True),
        **{
            f"platform_{row.key}_now": Tally(f"ordinary records on the platform: {row.gloss}", "records", stock=True)
            for row in CLASSES
        },
    }  # fmt: skip
    reads = ("number", "kind", "cases.serial", "organisations.party", "organisations.representative")
    hears = ("listed", "delisted", "entry", "black_exit")
    posts = {
        "record_step": Notice("a record takes effect, or ends", {"party": "i4", "target": "i4"}),
        "record": Notice(
            "a record has ended",
            {"party": "i4", "number": "u4", "issuer": "u1", "created": "i4", "live": "i4", "end": "u1", "false": "u1"},
            keep=True,
        ),
    }  # fmt: skip

    def begin(self, day: Day) -> None:
        """Make the fixed rows of issuers and classes."""
        day.table("issuers").take(MOST_ISSUERS)
        day.table("record_classes").take(MOST_CLASSES)
        day.table("record_classes").fields.persons[:] = int((day.people.kind == 0).sum())

    def step(self, day: Day) -> None:
        """Take in entries and deletions, carry records on, and let ordinary records flow."""
        if day.own_rules.source_delay_mean_days is None:
            return
        representative = bool(day.rules.court_list.legal_representative_restricted)
        rules, shares, published = platform_rules.numbers(
            day.own_rules, day.rules.black_lists.lists, representative
        )
        listed, entered = day.hear("listed"), _of_lists(day.hear("entry"))
        if len(listed) or len(entered):
            self._enter(day, _told(day, listed, entered), listed, rules, shares)
        came, more = self._flow(day) if day.now.week % FLOW_WEEKS == 0 else (0, NO_CHANGE)
        totals = self._move(day, rules, published)
        left, arrived, others = totals.tolist()
        live = arrived[kernel.LIVE] - left[kernel.LIVE] - left[kernel.DELETING]
        _, members = platform_rules.members(day.rules.platform_nodes)
        day.count(
            records_in_source_now=-left[kernel.SOURCE],
            records_queued_now=arrived[kernel.QUEUED] - left[kernel.QUEUED], records_live_now=live,
            records_expired_cum=arrived[kernel.EXPIRED], records_deleted_cum=arrived[kernel.DELETED],
            records_lost_cum=arrived[kernel.LOST], records_false_now=-others[kernel.FALSE_ENDED],
            platform_disclosed_cum=(came + arrived[kernel.LIVE]) * members, platform_records_now=live + sum(more),
            platform_published_now=others[kernel.SHOWN] - day.tallied("platform_published_now"),
            **{f"platform_{row.key}_now": more[row.code] for row in CLASSES},
        )  # fmt: skip

    def _enter(self, day: Day, source: Array, listed: Batch, rules: Array, shares: Array) -> None:
        people, desk, organisations = day.people, day.table("records"), day.table("organisations").fields
        told = np.empty((2 * source.shape[1], kernel.TOLD), np.int64)
        n = kernel.name_parties(
            told, source, (people.number, people.kind), (organisations.party, organisations.representative), rules,
            day.base, day.key,
        )  # fmt: skip
        rows = desk.take(n)
        records = desk.fields
        wrong = kernel.enter_records(
            _arrays(records), records.transit, day.table("issuers").fields.counts, rows, told, people.number, rules,
            shares, day.now.calendar.first_day, day.now.week, day.base, day.fixed_key,
        )  # fmt: skip
        if len(listed):
            day.table("cases").fields.record[listed.case] = rows[: len(listed)] + 1
        day.count(records_created_cum=n, records_in_source_now=n, records_false_now=wrong)

    def _move(self, day: Day, rules: Array, published: Array) -> Array:
        """Recall, carry and book in one go; tell whom the steps concern, and free the ended records."""
        desk = day.table("records")
        records, totals = desk.fields, np.zeros((3, kernel.STATES), np.int64)
        gone, struck = day.hear("delisted"), day.hear("black_exit")
        most = 2 * desk.high + len(gone) + len(struck)
        steps, ended = (
            np.empty((kernel.STEP_ROWS, most), np.int32),
            np.empty((kernel.END_ROWS, most), np.int32),
        )
        n, e = kernel.move_records(
            _arrays(records), records.alive[: desk.high], records.transit, day.table("cases").fields.record,
            day.table("issuers").fields.counts, published, _deletions(gone, "case"), _deletions(struck, "list"),
            day.people.number, rules, day.now.calendar.first_day, day.now.week, day.base, day.fixed_key, steps, ended,
            np.empty(desk.high, np.int32), totals,
        )  # fmt: skip
        if n:
            when, party, target = (
                steps[kernel.S_DAY, :n],
                steps[kernel.S_PARTY, :n],
                steps[kernel.S_TARGET, :n],
            )
            day.post("record_step", day=when, party=party, target=target)
        if e:
            rows, when, party, number, issuer, created, live, end, false = ended[:, :e]
            day.post(
                "record", day=when, party=party, number=number.view(np.uint32), issuer=issuer, created=created,
                live=live, end=end, false=false,
            )  # fmt: skip
            desk.release(rows)
        return totals

    def _flow(self, day: Day) -> tuple[int, list[int]]:
        """Let ordinary records flow; returns how many arrived, and how many more are in effect by class."""
        rules, classes = day.own_rules, day.table("record_classes").fields
        joined, _ = platform_rules.members(day.rules.platform_nodes)
        flows, more = (
            platform_rules.flows(rules, FLOW_WEEKS * day.now.years),
            np.empty(MOST_CLASSES, np.int64),
        )
        share = platform_rules.share(rules, day.now.monday) * joined
        came = kernel.flow_classes(classes.stocks, flows, classes.persons[0], share, day.base, day.key, more)
        return came, more.tolist()


def _arrays(records: Any) -> tuple[Array, ...]:
    names = (
        "party",
        "target",
        "case_number",
        "serial",
        "issuer",
        "state",
        "false",
        "next_day",
        "entered_day",
        "live_day",
    )
    return tuple(getattr(records, name) for name in names)


def _deletions(batch: Batch, first: str) -> Array:
    """A batch of deletions as columns: case or list, number, day (3, n)."""
    if not len(batch):
        return NO_DELETIONS
    told = np.empty((3, len(batch)), np.int64)
    told[0], told[1], told[2] = getattr(batch, first), batch.number, batch.day
    return told


def _of_lists(entries: Batch) -> Batch:
    """Entries of black lists; other registers send the platform nothing."""
    if not len(entries) or entries.register.max() < MOST_ISSUERS:
        return entries
    mine = entries.register < MOST_ISSUERS
    return Batch(**{name: column[mine] for name, column in vars(entries).items()})


def _told(day: Day, listed: Batch, entered: Batch) -> Array:
    """New entries of all lists as columns: party, number, serial, day, issuer (5, n), the court's first."""
    n = len(listed)
    told = np.zeros((5, n + len(entered)), np.int64)
    if n:
        told[0, :n], told[1, :n], told[3, :n] = listed.party, listed.number, listed.day
        told[2, :n] = day.table("cases").fields.serial[listed.case]
    if len(entered):
        told[0, n:], told[1, n:], told[3, n:], told[4, n:] = (
            entered.party,
            entered.number,
            entered.day,
            entered.register,
        )
        told[2, n:] = (told[4, n:] << SERIAL_OF_ISSUER) | told[3, n:]
    return told
