"""The common model (model.md) in Starsim: vectorised, one module, common random numbers on, its distributions."""

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import starsim as ss
from scipy.special import gammaincinv, ndtri

from benchmarks import common as c

NONE, FILED, JUDGED, ENFORCED, OPEN, DELETING, OVER = range(7)
FALLS, RISES = c.two_state(c.UNABLE, c.ABLE_AGAIN, c.WEEK_YEARS)
BORROWS = c.chance(c.LOANS, c.WEEK_YEARS)
EVADES = c.chance(c.EVADE, 1 / 12)
PRESSURE = c.WEEK_YEARS * c.BASE * math.exp(c.WEIGHT * c.BARRED_VALUE)
OCCASIONS = 3
FIELDS = {
    "borrower": np.int64, "outstanding": np.int64, "left": np.int16, "taken": np.int32, "visits": np.int16,
    "missed": np.int16, "evading": bool, "stage": np.int8, "day": np.int32,
}  # fmt: skip


class Loans:
    """A side table of loans (Starsim has none): columns that grow, rows used again, a calendar of due weeks."""

    def __init__(self) -> None:
        self.columns = {name: np.zeros(1024, kind) for name, kind in FIELDS.items()}
        self.free = np.arange(1024)[::-1]
        self.visit_weeks: defaultdict[int, list[np.ndarray]] = defaultdict(list)
        self.date_weeks: defaultdict[int, list[np.ndarray]] = defaultdict(list)

    def __getattr__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def take(self, rows: int) -> np.ndarray:
        """Blank rows."""
        if rows > len(self.free):
            size = len(self.stage)
            more = max(size, rows)
            self.columns = {n: np.concatenate([a, np.zeros(more, a.dtype)]) for n, a in self.columns.items()}
            self.free = np.concatenate([np.arange(size, size + more)[::-1], self.free])
        taken, self.free = self.free[len(self.free) - rows :], self.free[: len(self.free) - rows]
        for array in self.columns.values():
            array[taken] = 0
        return taken

    def release(self, rows: np.ndarray) -> None:
        """Rows to use again."""
        self.free = np.concatenate([self.free, rows])

    @staticmethod
    def hang(calendar: Mapping[int, list[np.ndarray]], rows: np.ndarray, weeks: np.ndarray) -> None:
        """Let rows fall due in their weeks."""
        if not len(rows):
            return
        order = np.argsort(weeks, kind="stable")
        weeks, rows = weeks[order], rows[order]
        cuts = np.flatnonzero(np.diff(weeks)) + 1
        for week, part in zip(weeks[np.r_[0, cuts]], np.split(rows, cuts), strict=True):
            calendar[int(week)].append(part)

    @staticmethod
    def due(calendar: dict[int, list[np.ndarray]], week: int) -> np.ndarray:
        """Rows due in a week."""
        parts = calendar.pop(week, [])
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)


class Debt(ss.Module):
    """All of the common model."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(name="debt", **kwargs)
        self.define_states(
            ss.BoolArr("unable", default=ss.bernoulli(p=c.UNABLE / (c.UNABLE + c.ABLE_AGAIN))),
            ss.IntArr("listings", default=0),
            *(ss.FloatArr(f"taste_{a}", default=0.0) for a in c.TRAVEL),
            *(ss.IntArr(f"learned_{a}", default=0) for a in c.TRAVEL),
        )
        self.falls, self.rises = ss.bernoulli(p=FALLS), ss.bernoulli(p=RISES)
        self.borrows = ss.bernoulli(p=BORROWS)
        names = ["amount", "months", "evade", "cure", "sued", "judged"]
        names += ["performs", "search", "found", "list", "exit", "press"]
        names += [f"taste_{a}_u" for a in c.TRAVEL] + [f"count_{a}" for a in c.TRAVEL]
        names += [
            f"{what}_{a}_{k}"
            for what in ("avoid", "check", "retry")
            for a in c.TRAVEL
            for k in range(OCCASIONS)
        ]
        self.u = {name: ss.random(name=name) for name in names}
        for name, dist in self.u.items():
            setattr(self, f"u_{name}", dist)
        self.loans = Loans()
        self.listed = np.zeros(0, np.int64)
        self.n: dict[str, float] = dict.fromkeys(c.MEASURES, 0)
        self.week = 0

    def init_post(self) -> None:
        super().init_post()
        self.n["unable_now"] = int(self.unable.sum())

    def draw(self, name: str, uids: np.ndarray) -> np.ndarray:
        """One uniform a person for one decision of this week; skipping is safe, each week has its own numbers."""
        if not len(uids):
            return np.zeros(0)
        return np.asarray(self.u[name].rvs(ss.uids(uids)), float)

    def draw_loan(self, name: str, rows: np.ndarray) -> np.ndarray:
        """One uniform a loan: two loans of a person must not share their luck, so the key is the loan's row."""
        return self.draw(name, rows % len(self.unable.raw))

    def count(self, **amounts: float) -> None:
        for name, amount in amounts.items():
            self.n[name] += amount

    def step(self) -> None:
        """One week, in the order of model.md."""
        self.switch()
        self.lend()
        self.press()
        self.visit()
        self.sit()
        for activity, numbers in c.TRAVEL.items():
            self.travel(activity, *numbers[:5])
        self.week += 1

    def switch(self) -> None:
        fallen = self.falls.filter((~self.unable).uids)
        risen = self.rises.filter(self.unable.uids)
        self.unable[fallen] = True
        self.unable[risen] = False
        self.count(unable_now=len(fallen) - len(risen))

    def lend(self) -> None:
        who = np.asarray(self.borrows.filter((~self.unable).uids))
        yuan = 10 ** (c.AMOUNT_LOG10_MEAN + c.AMOUNT_LOG10_SD * ndtri(self.draw("amount", who)))
        amount = np.clip(yuan, c.AMOUNT_LEAST, c.AMOUNT_MOST).astype(np.int64)
        months = c.TERM_SHORT + ((c.TERM_LONG - c.TERM_SHORT + 1) * self.draw("months", who)).astype(np.int16)
        rows, loans = self.loans.take(len(who)), self.loans
        loans.borrower[rows], loans.outstanding[rows], loans.left[rows] = who, amount, months
        loans.taken[rows] = self.week
        loans.hang(loans.visit_weeks, rows, np.full(len(rows), c.next_visit(self.week, 0)))
        self.count(loans_taken_cum=len(who), loans_now=len(who), outstanding_yuan_now=int(amount.sum()))

    def close(self, rows: np.ndarray) -> None:
        """Loans are settled or written off."""
        self.count(loans_now=-len(rows), outstanding_yuan_now=-int(self.loans.outstanding[rows].sum()))

    def visit(self) -> None:
        """Instalment days of the week."""
        loans = self.loans
        rows = loans.due(loans.visit_weeks, self.week)
        who = loans.borrower[rows]
        loans.evading[rows] |= self.draw_loan("evade", rows) < EVADES
        missed = loans.missed[rows]
        pays = ~loans.evading[rows] & ~self.unable.raw[who]
        behind = np.flatnonzero(pays & (missed > 0))
        pays[behind] = self.draw_loan("cure", rows[behind]) < c.CURE
        loans.visits[rows] += 1
        self.pay(rows[pays], missed[pays])
        late = rows[~pays]
        loans.missed[late] += 1
        self.count(arrears_now=int((missed[~pays] == 0).sum()) - int((missed[pays] > 0).sum()))
        sued = self.sue(late[loans.missed[late] == c.MISSED_TO_DEFAULT])
        over = (loans.outstanding[rows] == 0) | (loans.missed[rows] >= c.MISSED_TO_WRITE_OFF)
        closed = rows[over]
        self.count(
            written_off_yuan_cum=int(loans.outstanding[closed].sum()),
            arrears_now=-int((loans.missed[closed] > 0).sum()),
        )
        self.close(closed)
        loans.release(closed)
        again = rows[~over]
        again = again[loans.stage[again] == NONE] if len(sued) else again
        weeks = loans.taken[again] + ((loans.visits[again] + 1) * c.WEEKS_PER_MONTH).astype(np.int32)
        loans.hang(loans.visit_weeks, again, weeks)

    def pay(self, rows: np.ndarray, missed: np.ndarray) -> None:
        loans = self.loans
        parts, left, owed = missed + 1, loans.left[rows], loans.outstanding[rows]
        yuan = np.where(parts >= left, owed, owed // np.maximum(left, 1) * parts)
        loans.left[rows] = np.maximum(0, left - parts)
        loans.outstanding[rows] = owed - yuan
        loans.missed[rows] = 0
        self.count(paid_yuan_cum=int(yuan.sum()), outstanding_yuan_now=-int(yuan.sum()))

    def sue(self, rows: np.ndarray) -> np.ndarray:
        """Defaults: creditors may go to court; those loans are no longer visited."""
        loans, who = self.loans, self.loans.borrower[rows]
        share = np.where(self.unable.raw[who], c.SUED * c.SUED_UNABLE_RATIO, c.SUED)
        sues = self.draw_loan("sued", rows) < share
        sued = rows[sues]
        mean = c.JUDGMENT_YEARS * c.DAYS_PER_YEAR / c.JUDGMENT_SHAPE
        wait = mean * gammaincinv(c.JUDGMENT_SHAPE, self.draw_loan("judged", sued))
        loans.stage[sued], loans.day[sued] = FILED, 7 * self.week + 1 + wait.astype(np.int32)
        loans.hang(loans.date_weeks, sued, np.maximum(loans.day[sued] // 7, self.week))
        self.count(defaults_cum=len(rows), suits_cum=len(sued), arrears_now=-len(sued))
        return sued

    def sit(self) -> None:
        """What falls due in court and on the list, stage by stage."""
        loans = self.loans
        rows = self.this_week(np.unique(loans.due(loans.date_weeks, self.week)))
        stage = loans.stage[rows]
        filed = rows[stage == FILED]
        loans.stage[filed] = JUDGED
        loans.day[filed] += c.TERM_DAYS
        self.count(judgments_cum=len(filed))
        soon = self.enforce(rows[stage == JUDGED])
        orders = self.decide(np.concatenate([rows[stage == ENFORCED], soon]))
        at_once = self.publish(orders)
        self.leave(np.concatenate([rows[stage == OPEN], at_once]))
        self.delete(rows[stage == DELETING])
        pending = np.concatenate([filed, rows[stage == JUDGED], orders])
        pending = pending[(loans.stage[pending] < DELETING) & (loans.day[pending] // 7 > self.week)]
        loans.hang(loans.date_weeks, pending, loans.day[pending] // 7)

    def this_week(self, rows: np.ndarray) -> np.ndarray:
        return rows[self.loans.day[rows] // 7 <= self.week]

    def enforce(self, rows: np.ndarray) -> np.ndarray:
        loans, who = self.loans, self.loans.borrower[rows]
        performs = ~self.unable.raw[who] & (self.draw_loan("performs", rows) < c.PERFORMS)
        self.close(rows[performs])
        loans.stage[rows[performs]] = OVER
        loans.release(rows[performs])
        rest = rows[~performs]
        loans.stage[rest] = ENFORCED
        loans.day[rest] += 1 + (-c.SEARCH_DAYS * np.log1p(-self.draw_loan("search", rest))).astype(np.int32)
        self.count(performed_after_judgment_cum=int(performs.sum()))
        return self.this_week(rest)

    def decide(self, rows: np.ndarray) -> np.ndarray:
        loans, who = self.loans, self.loans.borrower[rows]
        unable = self.unable.raw[who]
        found = self.draw_loan("found", rows) < np.where(unable, c.FOUND_UNABLE, c.FOUND_ABLE)
        self.close(rows[found])
        loans.stage[rows] = OVER
        loans.release(rows[found])
        self.count(collected_cum=int(found.sum()))
        listed = self.draw_loan("list", rows) < np.where(unable, c.LISTED_UNABLE, c.LISTED_ABLE)
        return rows[~found & listed]

    def publish(self, rows: np.ndarray) -> np.ndarray:
        loans, who = self.loans, self.loans.borrower[rows]
        loans.stage[rows] = OPEN
        wait = -np.log1p(-self.draw_loan("exit", rows)) * c.DAYS_PER_YEAR / c.OTHER_EXITS
        loans.day[rows] += wait.astype(np.int32)
        new = np.unique(who[self.listings.raw[who] == 0])
        np.add.at(self.listings.raw, who, 1)
        self.listed = np.concatenate([self.listed, rows])
        self.count(listings_cum=len(rows), listed_cases_now=len(rows), listed_parties_now=len(new))
        return self.this_week(rows)

    def press(self) -> None:
        """Listed debtors may perform."""
        loans = self.loans
        rows = self.listed[loans.stage[self.listed] == OPEN]
        who = loans.borrower[rows]
        growth = PRESSURE * (loans.outstanding[rows] / c.REFERENCE) ** -c.SLOPE
        growth[self.unable.raw[who]] *= c.UNABLE_RATIO
        waited = -np.log1p(-self.draw_loan("press", rows))
        performs = waited <= growth
        rows = rows[performs]
        loans.day[rows] = 7 * self.week + np.minimum(6, 7 * waited[performs] / growth[performs]).astype(
            np.int32
        )
        self.close(rows)
        self.count(performed_cum=len(rows), terminated_cum=-len(rows))
        self.leave(rows)

    def leave(self, rows: np.ndarray) -> None:
        """The ground of these listings ended; deleted five working days later."""
        if not len(rows):
            return
        loans = self.loans
        weekday = loans.day[rows] % 7
        loans.stage[rows] = DELETING
        loans.day[rows] += np.where(weekday < 5, 7, 11 - weekday).astype(np.int32)
        self.count(terminated_cum=len(rows))
        loans.hang(loans.date_weeks, rows, loans.day[rows] // 7)

    def delete(self, rows: np.ndarray) -> None:
        loans, who = self.loans, self.loans.borrower[rows]
        np.add.at(self.listings.raw, who, -1)
        gone = np.unique(who[self.listings.raw[who] == 0])
        loans.stage[rows] = OVER
        self.listed = self.listed[loans.stage[self.listed] != OVER]
        self.count(deleted_cum=len(rows), listed_cases_now=-len(rows), listed_parties_now=-len(gone))

    def travel(
        self, name: str, demand: float, checked: float, retry: float, ceiling: float, learn: float
    ) -> None:
        """Barred persons want journeys, are refused, try again, learn."""
        taste, learned = self[f"taste_{name}"].raw, self[f"learned_{name}"].raw
        who = np.unique(self.loans.borrower[self.listed])
        new = who[taste[who] == 0]
        taste[new] = -np.log1p(-self.draw(f"taste_{name}_u", new))
        mean = demand * c.WEEK_YEARS * taste[who]
        u, term = self.draw(f"count_{name}", who), np.exp(-mean)
        total = term.copy()
        for k in range(OCCASIONS):
            going = u > total
            who, u, mean, term, total = who[going], u[going], mean[going], term[going], total[going]
            term = term * mean / (k + 1)
            total = total + term
            self.go(name, k, who, learned, checked, retry, ceiling, learn)

    def go(self, name: str, k: int, who: np.ndarray, learned: np.ndarray, checked: float, retry: float,
           ceiling: float, learn: float) -> None:  # fmt: skip
        """One occasion of each of these persons."""
        avoids = self.draw(f"avoid_{name}_{k}", who) < ceiling * (1 - np.exp(-learned[who] / learn))
        refused = ~avoids & (self.draw(f"check_{name}_{k}", who) < checked)
        out = who[refused]
        tries = 1 + (np.log1p(-self.draw(f"retry_{name}_{k}", out)) / math.log(retry)).astype(int)
        self.n[name + "_wanted_cum"] += len(who)
        self.n[name + "_avoided_cum"] += int(avoids.sum())
        self.n[name + "_refused_cum"] += len(out)
        self.n[name + "_refused_attempts_cum"] += int(tries.sum())
        self.n[name + "_refused_persons_cum"] += int((learned[out] == 0).sum())
        learned[out] += 1


class Model:
    """A society and its weeks."""

    def __init__(self, persons: int, seed: int) -> None:
        self.persons, self.debt = persons, Debt()
        self.sim = ss.Sim(
            n_agents=persons, modules=self.debt, start=ss.date("2018-07-02"), dt=ss.days(7), dur=ss.days(7 * 1500),
            rand_seed=seed, verbose=0, copy_inputs=False,
        )  # fmt: skip
        self.sim.init()

    def step(self, weeks: int) -> None:
        """Live through some weeks."""
        for _ in range(weeks):
            self.sim.run_one_step()

    def measures(self) -> Mapping[str, float]:
        """Where stocks and counts stand."""
        return {name: float(value) for name, value in self.debt.n.items()}
