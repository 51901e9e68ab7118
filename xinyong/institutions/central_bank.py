"""The central bank's credit reference centre (征信中心): files, adverse records, disputes, and a score 0-1000."""

import datetime as dt
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, Pool, SideTable, Tally, Wheel
from xinyong.draws import uniforms
from xinyong.kernels import bureau as kernel
from xinyong.notices import Notice
from xinyong.process import Day, Process, somebody
from xinyong.rates import DAYS_PER_YEAR
from xinyong.scorecard import fit

BANDS = (*(f"bank_score_{100 * b}_{100 * b + 99}_now" for b in range(9)), "bank_score_900_1000_now")
MIX_UPS = 16
REPORT_WEEKS = 4
REPORTED = ("alive", "party", "missed", "visits", "taken_week")
FOLLOWED = ("alive", "party", "missed", "taken_week", "due")
SCORED = ("alive", "party", "outstanding", "left", "visits", "missed", "taken_week")


class CentralBank(Process):
    """Keeps credit files of persons, deletes adverse records five years after their end, and scores 0 to 1000.

    The paper says that the bank scores; its own reports say that the Centre neither scores nor keeps a black list
    (conflict X1). So this is the score as the paper describes it, it can be switched off, and by default it decides
    nothing. It is a column worked out over the whole society every four weeks, when lenders report, from a scorecard
    that is fitted anew every year.
    *Source:* the paper, section III.2 and footnote 48; 征信業管理條例 (2013), arts 16 and 25; model.md 2.7e.
    """

    name = "central_bank"
    owns = {
        "bank_score": Column(
            "i2", "score of the central bank 0-1000; -1 no credit record, -2 a record without a score",
            "points", initial=kernel.NO_RECORD,
        ),
        "credit_file": Column(
            "u1", "0 no credit record; low six bits: one more than its age in years; 64: in default this year"
        ),
        "adverse": SideTable("adverse records kept in credit files"),
        "adverse.party": Column("i4", "row of the person in whose file it stands"),
        "adverse.loan": Column("i4", "row of the loan in arrears"),
        "adverse.taken": Column("u2", "week of that loan", "week"),
        "adverse.ended_day": Column("i4", "day the arrears ended, -1 while they last", "day", initial=-1),
        "adverse.number": Column("u4", "number of the record in this shard, never reused"),
        "adverse.defaulted": Column("u1", "1 once the loan was a quarter in arrears or in court"),
        "adverse.deletion": Wheel("deletion of adverse records"),
        "adverse.false": Column("u1", "1 if it stands in the wrong person's file (truth)"),
        "sampled": SideTable("files whose year is watched for the next scorecard"),
        "sampled.party": Column("i4", "row of the person"),
        "sampled.cell": Column("u1", "cell of the file at the beginning of the year"),
        "bank_cells": Pool("files by cell and outcome of the year: good and bad, cell by cell", 2 * kernel.CELLS),
        "credit_files_now": Tally("persons with a file at the credit reference centre", "persons", stock=True),
        "credit_records_now": Tally("persons with a credit record, so that they can be scored", "persons", stock=True),
        "bank_scored_now": Tally("persons with a score of the central bank", "persons", stock=True),
        **{name: Tally("persons with a score in this band", "persons", stock=True) for name in BANDS},
        "bank_inquiries_cum": Tally("lenders' inquiries about persons with a credit record", "inquiries"),
        "adverse_entered_cum": Tally("adverse records entered", "records"),
        "adverse_now": Tally("adverse records kept", "records", stock=True),
        "adverse_false_now": Tally("adverse records in the wrong person's file (truth)", "records", stock=True),
        "adverse_deleted_cum": Tally("adverse records deleted because their time was over", "records"),
        "adverse_corrected_cum": Tally("adverse records deleted after a dispute", "records"),
    }  # fmt: skip
    reads = (
        "number", "kind", "age", "loans_taken", "loans.party", "loans.outstanding", "loans.left", "loans.visits",
        "loans.missed", "loans.taken_week", "loans.due",
    )  # fmt: skip
    heard = ("decision",)
    posts = {
        "entry": Notice(
            "an adverse record is entered in a credit file",
            {"register": "u1", "party": "i4", "number": "u4", "wrong": "u1"},
        )
    }
    consults = ("bank_cells",)

    def step(self, day: Day) -> None:
        """Delete and correct by the week, hear lenders and score every fourth, open by quarter, learn by year."""
        if not day.own_rules.in_force:
            return
        date = day.now.date
        if (date.day <= 7 and date.month % 3 == 1) or not day.tallied("credit_files_now"):
            self._open(day)
        self._strike(day)
        since = _weeks_since_report(date)
        if since and day.tallied("credit_records_now"):
            self._report(day, since, new_year=date.timetuple().tm_yday <= 7)
        if day.now.closes_year:
            self._close_year(day)

    def _open(self, day: Day) -> None:
        """Files for the share of adults covered, and credit records for so many borrowers as are published."""
        people, rules = day.people, day.own_rules
        files, records = kernel.open_files(
            np.empty(len(people.number), np.int32), (people.number, people.age, people.kind, people.loans_taken),
            people.credit_file, people.bank_score, (rules.files_share, rules.records_share),
            rules.minimum_age_years, day.base, day.fixed_key, day.key,
        )  # fmt: skip
        day.count(credit_files_now=files - day.tallied("credit_files_now"), credit_records_now=records)

    def _strike(self, day: Day) -> None:
        """Delete the records whose five years are over, and those that the desk found to be wrong."""
        desk, told = day.table("adverse"), day.heard("decision")
        over = desk.due("deletion", day.now.week)
        wrong = over[:0]
        if len(told):
            numbers = told.number[(told.register == _code(day)) & (told.granted == 1)]
            here = (desk.fields.alive[: desk.high] == 1) & np.isin(desk.fields.number[: desk.high], numbers)
            wrong = np.setdiff1d(np.flatnonzero(here), over).astype(np.int32)
        gone = np.concatenate([over, wrong])
        if not len(gone):
            return
        false = int(desk.fields.false[gone].sum())
        desk.release(gone)
        day.count(
            adverse_deleted_cum=len(over), adverse_corrected_cum=len(wrong), adverse_now=-len(gone),
            adverse_false_now=-false,
        )  # fmt: skip

    def _report(self, day: Day, since: int, new_year: bool) -> None:
        """Lenders report; every credit record is worked out anew and looks its score up."""
        people, files = day.people, day.people.credit_file
        self._turn(day)
        if new_year:
            files[:] = np.where(files > 0, np.minimum((files & kernel.YEARS) + 1, kernel.YEARS), 0)
        self._enter(day, since)
        loans, adverse = day.table("loans"), day.table("adverse")
        rows, bands = np.empty(len(files) + 1, np.int32), np.zeros(kernel.BANDS + 1, np.int64)
        cells, defaulted = np.zeros(len(files), np.uint8), np.zeros(len(files), np.uint8)
        n = kernel.score_files(
            rows, cells, defaulted, bands, people.bank_score, files, _fields(loans, SCORED),
            (loans.high, adverse.high), _fields(adverse, ("alive", "party", "ended_day", "defaulted")),
            _card(day), day.now.week,
        )  # fmt: skip
        day.count(bank_scored_now=-int(bands[-1]), **dict(zip(BANDS, bands.tolist(), strict=False)))
        if new_year:
            self._watch(day, rows[:n], cells[:n], defaulted[:n])

    def _turn(self, day: Day) -> None:
        """Note which arrears became a default, which ended, and when their records are to be deleted."""
        desk = day.table("adverse")
        kernel.turn_records(
            _fields(desk, ("alive", "loan", "taken", "ended_day", "defaulted")), desk.fields.deletion, desk.high,
            day.people.credit_file, _fields(day.table("loans"), FOLLOWED), _rules(day), day.now.monday,
            day.now.calendar.first_day, day.now.week,
        )  # fmt: skip

    def _enter(self, day: Day, since: int) -> None:
        """Loans newly in arrears become adverse records, a few of them in the wrong person's file."""
        people, loans, desk = day.people, day.table("loans"), day.table("adverse")
        fresh, strays = np.empty(loans.high, np.int32), np.empty(loans.high, np.int32)
        totals = np.zeros(kernel.TOTALS, np.int64)
        kernel.hear_lenders(
            fresh, strays, totals, people.credit_file, people.number, _fields(loans, REPORTED), loans.high,
            _rules(day), (day.now.week, since), day.base, day.key,
        )  # fmt: skip
        n, stray, inquiries = totals.tolist()
        fresh, right = fresh[:n], loans.fields.party[fresh[:n]]
        parties = self._mixed_up(day, right, strays[:stray])
        rows, false = desk.take(n), (parties != right).astype(np.uint8)
        kernel.enter_records(
            _fields(desk, ("party", "loan", "taken", "ended_day", "number", "false")), rows, parties, fresh, false,
            loans.fields.taken_week, day.tallied("adverse_entered_cum"),
        )  # fmt: skip
        day.post(
            "entry", day=np.full(n, day.now.monday), register=np.full(n, _code(day)), party=parties,
            number=desk.fields.number[rows], wrong=false,
        )  # fmt: skip
        wrong = int(false.sum())
        day.count(bank_inquiries_cum=inquiries, adverse_entered_cum=n, adverse_now=n, adverse_false_now=wrong)

    def _mixed_up(self, day: Day, right: Array, wrong: Array) -> Array:
        """In whose file each record is entered: the borrower's, or by mistake that of somebody with a record."""
        people, parties = day.people, right.copy()
        for k in range(MIX_UPS if len(wrong) else 0):
            who = day.base | people.number[right[wrong]].astype(np.uint64)
            other = somebody(day, uniforms(day.key, who | np.uint64(1 << 63), k))
            found = people.credit_file[other] > 0
            parties[wrong[found]] = other[found]
            wrong = wrong[~found]
        return parties

    def _watch(self, day: Day, rows: Array, cells: Array, defaulted: Array) -> None:
        """Take a sample of the files that are not in default already."""
        who = day.base | day.people.number[rows].astype(np.uint64)
        chosen = (defaulted == 0) & (uniforms(day.key, who, 0) < day.own_rules.sample_share)
        desk = day.table("sampled")
        taken = desk.take(int(chosen.sum()))
        desk.fields.party[taken], desk.fields.cell[taken] = rows[chosen], cells[chosen]

    def _close_year(self, day: Day) -> None:
        """Count good and bad files of the sample by cell; the nation's sum makes the next scorecard."""
        self._turn(day)
        desk, pool = day.table("sampled"), day.pool("bank_cells")
        alive = np.flatnonzero(desk.fields.alive[: desk.high]).astype(np.int32)
        bad = (day.people.credit_file[desk.fields.party[alive]] & kernel.BAD) > 0
        where = 2 * desk.fields.cell[alive].astype(np.int64) + bad
        pool += np.bincount(where, minlength=len(pool))
        desk.release(alive)


def _card(day: Day) -> Array:
    """The scorecard in force, points by cell: none before there is a score or a year to learn from."""
    rules = day.own_rules
    card = fit(day.pooled("bank_cells"), rules.ridge, rules.reference_odds) if rules.scores else None
    return np.full(kernel.CELLS, kernel.NOT_SCORED, np.int16) if card is None else card


def _fields(desk: Any, names: tuple[str, ...]) -> tuple[Array, ...]:
    return tuple(getattr(desk.fields, name) for name in names)


def _code(day: Day) -> int:
    """Code of this register at the desk for objections."""
    return int(day.rules.redress.registers.central_bank.code)


def _weeks_since_report(date: dt.date) -> int:
    """Weeks since lenders last reported, which they do every fourth week from New Year on; 0 in the weeks between."""
    week, before = ((d.timetuple().tm_yday - 1) // 7 for d in (date, date - dt.timedelta(7)))
    return 0 if week % REPORT_WEEKS else before % REPORT_WEEKS + 1


def _rules(day: Day) -> Array:
    rules = day.own_rules
    kept_days = (rules.retention_years or 0.0) * DAYS_PER_YEAR // 1
    return np.array([rules.adverse_after_months, kept_days, rules.wrong_file_per_1000 / 1000])
