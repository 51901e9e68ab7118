"""The commercial score of one firm (芝麻信用分): voluntary, 350 to 950, with a shadow of the court list."""

import numpy as np

from xinyong import flows, scoring
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.draws import uniforms
from xinyong.kernels import scores as kernel
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.rates import DAYS_PER_YEAR, chance
from xinyong.traits import mixing

PERSON, FIRM, REGISTER = 0, 1, 18
BANDS = ("poor", "medium", "good", "very_good", "excellent")
NOBODY = np.zeros(0, np.int32)


class CommercialScore(Process):
    """Scores those who opted in, and nobody else: five dimensions, points, and what a court listing takes off.

    Joining follows Bass times a choice between what a score earns and concern for privacy. Members give up to three
    more classes of data. They are scored anew in turn; the standing of their acquaintances counts a little.
    *Source:* the paper, sections III.2, IV.1 and IV.2; model.md 2.7f. The firm published no weights.
    """

    name = "commercial_score"
    owns = {
        "firm_score": Column("u2", "commercial score; 0 for everybody who has not opted in", "points"),
        "dimensions": Column(
            "u2", "levels 0-15 of history (bits 0-3), behaviour, capacity and identity (bits 12-15)", "levels"
        ),
        "firm_flags": Column(
            "u1", "bits 0-3 level of relations, 4-5 extra classes of data given, 6-7 shadow of the court list"
        ),
        "marks": SideTable("persons the court list has marked at the firm"),
        "marks.party": Column("i4", "row of the person"),
        "marks.refused": Column("u1", "1 once a partner has refused the person for the listing", "flag"),
        "marks.number": Column("u4", "number of the mark, never reused"),
        "marks.wrong": Column("u1", "1 if the feed meant somebody else (truth)"),
        "marks.fade": Wheel("fading of the shadow"),
        "members_now": Tally("persons with a commercial score", "persons", stock=True),
        "internet_users_now": Tally(
            "persons of an age to join who use the internet, counted each January", "persons", stock=True
        ),
        "firm_score_sum_now": Tally("sum of all commercial scores", "points", stock=True),
        **{f"score_{b}_now": Tally(f"members in the band {b.replace('_', ' ')}", "persons", stock=True) for b in BANDS},
        "classes_supplied_now": Tally("extra classes of data given by members", "classes", stock=True),
        "rescored_cum": Tally("members scored anew", "scorings"),
        "court_marked_now": Tally("persons under the shadow of the court list at the firm", "persons", stock=True),
        "court_marked_cum": Tally("persons marked by the court's feed", "persons"),
        "wrongly_marked_now": Tally("persons marked though another was meant (truth)", "persons", stock=True),
        "court_marks_withdrawn_cum": Tally("marks withdrawn as the firm's desk decided", "persons"),
        "court_refusals_cum": Tally("refusals by the firm's partners for a court listing", "refusals"),
        "court_refused_persons_cum": Tally("distinct persons so refused since their last mark", "persons"),
        "court_refused_paid_cum": Tally("listed debtors who performed after such a refusal", "persons"),
    }  # fmt: skip
    reads = ("number", "kind", "age", "income", "census")
    may_read = ("listed",)
    may_recall = (
        "named_by", "perks.yearly_value", "credit_firms.coverage",
    )  # fmt: skip
    hears = ("listed", "delisted", "performed", "default")
    heard = ("decision",)
    posts = {
        "entry": Notice(
            "an adverse entry in some register", {"register": "u1", "party": "i4", "number": "u4", "wrong": "u1"}
        ),
        "joined": Notice("a person opts in to the commercial score", {"party": "i4", "number": "u4", "score": "u2"}),
    }  # fmt: skip

    def step(self, day: Day) -> None:
        """The court's feed, defaults, members whose turn it is, and new members."""
        if not day.own_rules.in_force:
            return
        tables = scoring.tables_of(day)
        totals = np.zeros(kernel.TOTALS, np.int64)
        for moved in (self._withdraw(day), self._feed(day), *self._fade(day)):
            self._rescore(day, totals, moved, 0, tables)
        lost = int(day.own_rules.history_default_levels)
        self._rescore(day, totals, day.hear("default").party, lost, tables)
        self._pace(day, tables)
        self._turn(day, totals, tables)
        self._count(day, totals)

    # --- the court list -------------------------------------------------------------------------------------------

    def _feed(self, day: Day) -> Array:
        """Mark newly published persons whose record reaches the firm; at first, all who are on the list."""
        share = flows.strength(day.rules, "court_to_sesame", day.shard)
        if not share or day.own_rules.court_penalty_points is None:
            return NOBODY
        people, desk = day.people, day.table("marks")
        rows = day.hear("listed").party
        if not desk.high and people.listed is not None:
            rows = np.concatenate([np.flatnonzero(people.listed).astype(np.int32), rows])
        if not len(rows):
            return NOBODY
        rows = np.unique(rows[people.kind[rows] == PERSON])
        rows, wrong = scoring.mistaken(day, rows[self._known(day, rows, share)])
        self._mark(day, rows, wrong)
        return rows

    def _known(self, day: Day, rows: Array, share: float) -> Array:
        """Whether the feed names a person to the firm: users of it (a member or not), by a draw that is kept."""
        table = day.may_table("credit_firms")
        users = 1.0 if table is None else float(table.fields.coverage[FIRM - 1])
        return uniforms(day.fixed_key, scoring.who(day, rows), kernel.FEED) < np.where(
            day.people.firm_score[rows] > 0, share, share * users
        )

    def _mark(self, day: Day, rows: Array, wrong: Array) -> None:
        """Mark persons; who is meant by mistake sees the shadow fade from now on, for no deletion ends it."""
        people, desk = day.people, day.table("marks")
        marked = people.firm_flags[rows] >= 1 << 6
        people.firm_flags[rows] |= kernel.LISTED << 6
        meant = scoring.marks_of(desk, rows[marked & ~wrong])
        day.count(wrongly_marked_now=-int(desk.fields.wrong[meant].sum()))
        desk.fields.fade[meant], desk.fields.wrong[meant] = -1, 0
        fresh, wrong = rows[~marked], wrong[~marked]
        new = desk.take(len(fresh))
        number = day.tallied("court_marked_cum") + 1 + np.arange(len(new))
        desk.fields.party[new], desk.fields.number[new], desk.fields.wrong[new] = fresh, number, wrong
        day.schedule("marks", "fade", new[wrong], np.full(int(wrong.sum()), self._third(day)))
        when, register = np.full(len(new), day.now.monday + 6), np.full(len(new), REGISTER)
        day.post("entry", day=when, register=register, party=fresh, number=number, wrong=wrong)
        day.count(court_marked_now=len(new), court_marked_cum=len(new), wrongly_marked_now=int(wrong.sum()))

    def _third(self, day: Day) -> int:
        """The day on which a shadow that fades from now on loses its first third."""
        return int(day.now.monday + round(day.own_rules.court_fade_years * DAYS_PER_YEAR / kernel.LISTED))

    def _withdraw(self, day: Day) -> Array:
        """Take back the marks that the firm's desk found wrong."""
        decided, desk = day.heard("decision"), day.table("marks")
        if not len(decided):
            return NOBODY
        marks = scoring.marks_ruled_wrong(desk, decided, REGISTER)
        rows: Array = desk.fields.party[marks]
        day.people.firm_flags[rows] &= (1 << 6) - 1
        self._forget(day, marks)
        day.count(court_marks_withdrawn_cum=len(marks))
        return rows

    def _forget(self, day: Day, marks: Array) -> None:
        desk = day.table("marks")
        day.count(court_marked_now=-len(marks), wrongly_marked_now=-int(desk.fields.wrong[marks].sum()))
        desk.release(marks)

    def _fade(self, day: Day) -> list[Array]:
        """Refusals to the marked, payments, deletions, and shadows that fade a step."""
        desk = day.table("marks")
        if not desk.high:
            return []
        self._refuse(day)
        people, gone = day.people, day.hear("delisted").party
        third = self._third(day)
        if len(gone) and people.listed is not None:
            off = scoring.marks_of(desk, gone[people.listed[gone] == 0])
            day.schedule("marks", "fade", off, np.full(len(off), third))
        due = desk.due("fade", day.now.week)
        if not len(due):
            return []
        rows = desk.fields.party[due]
        people.firm_flags[rows] -= 1 << 6
        over = people.firm_flags[rows] < 1 << 6
        day.schedule("marks", "fade", due[~over], np.full(int((~over).sum()), third))
        self._forget(day, due[over])
        return [rows]

    def _refuse(self, day: Day) -> None:
        """Partners refuse the listed; some of those refused perform this week."""
        desk, people, totals = day.table("marks"), day.people, np.zeros(2, np.int64)
        marks, high = desk.fields, desk.high
        kernel.refuse(
            totals, marks.party[:high], marks.alive, marks.fade, marks.refused, people.number,
            chance(day.own_rules.court_refusals_per_year, day.now.years), day.base, day.key,
        )  # fmt: skip
        day.count(court_refusals_cum=int(totals[0]), court_refused_persons_cum=int(totals[1]))
        paid = day.hear("performed").party
        if len(paid):
            paid = scoring.marks_of(desk, paid[people.firm_flags[paid] >= 1 << 6])
            day.count(court_refused_paid_cum=int(marks.refused[paid].sum()))

    # --- members ----------------------------------------------------------------------------------------------------

    def _rescore(self, day: Day, totals: Array, rows: Array, lost: int, tables: scoring.Tables) -> None:
        if len(rows):
            people = day.people
            flags = people.firm_flags
            kernel.rescore(totals, rows, people.firm_score, people.dimensions, flags, lost, tables)

    def _turn(self, day: Day, totals: Array, tables: scoring.Tables) -> None:
        """Once a quarter each member is scored anew, and each other adult may opt in."""
        rules, people, ties = day.own_rules, day.people, day.graph
        period = int(rules.rescored_every_weeks)
        first, last = scoring.turn_of(day, period)
        joined = np.empty(last - first, np.int32)
        n = kernel.turn(
            joined, totals, people.firm_score, people.dimensions, people.firm_flags,
            (people.age, people.census, people.income), scoring.named_elsewhere(day),
            day.row_of, (ties.rounds, ties.key, ties.weights), tables,
            (ties.persons, first, last, day.now.week // period), day.base,
            (day.fixed_key, mixing(day.rules), day.trait_key), day.key,
        )  # fmt: skip
        if n:
            new = joined[:n]
            when, scores = np.full(n, day.now.monday), people.firm_score[new]
            day.post("joined", day=when, party=new, number=people.number[new], score=scores)
            day.count(members_now=n)

    def _pace(self, day: Day, tables: scoring.Tables) -> None:
        """The rate of joining since the last turn, by how many of those online have joined."""
        rules, people = day.own_rules, day.people
        if not day.tallied("internet_users_now") or day.now.date.timetuple().tm_yday <= 7:
            users = kernel.count_online(
                people.number, people.age, people.census, tables[4], rules.least_age_years, day.graph.persons, day.base,
                day.fixed_key,
            )  # fmt: skip
            day.count(internet_users_now=users - day.tallied("internet_users_now"))
        joined = min(1.0, day.tallied("members_now") / max(1, day.tallied("internet_users_now")))
        rate = rules.pace * (rules.innovation_per_year + rules.imitation_per_year * joined)
        tables[2][kernel.RATE] = rate * rules.rescored_every_weeks * day.now.years
        tables[2][kernel.HIGHEST] = chance(2.0 * rate, rules.rescored_every_weeks * day.now.years)

    def _count(self, day: Day, totals: Array) -> None:
        told = totals.tolist()
        day.count(
            firm_score_sum_now=told[kernel.SUM], classes_supplied_now=told[kernel.SUPPLIED],
            rescored_cum=told[kernel.VISITS], **{f"score_{b}_now": n for b, n in zip(BANDS, told, strict=False)},
        )  # fmt: skip
