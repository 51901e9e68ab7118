"""The common model (model.md) in Mesa, lean: plain attributes, no collector, one object a person and a loan."""

import math
from collections import defaultdict
from collections.abc import Mapping

import mesa

from benchmarks import common as c

FILED, JUDGED, ENFORCED, OPEN, DELETING, OVER = range(6)
FALLS, RISES = c.two_state(c.UNABLE, c.ABLE_AGAIN, c.WEEK_YEARS)
BORROWS = c.chance(c.LOANS, c.WEEK_YEARS)
EVADES = c.chance(c.EVADE, 1 / 12)
PRESSURE = c.WEEK_YEARS * c.BASE * math.exp(c.WEIGHT * c.BARRED_VALUE)
SWITCH, BORROW = range(2)


class Loan:
    """A loan and, once sued over, its case."""

    __slots__ = (
        "borrower", "day", "evading", "left", "listed", "missed", "outstanding", "stage", "taken", "visits",
    )  # fmt: skip

    def __init__(self, borrower: "Person", amount: int, months: int, taken: int) -> None:
        self.borrower, self.outstanding, self.left, self.taken = borrower, amount, months, taken
        self.visits = self.missed = self.day = 0
        self.evading = self.listed = False
        self.stage = -1


class Person(mesa.Agent):
    """Somebody who may be unable to pay, borrows, and may be listed."""

    def __init__(self, model: "Society") -> None:
        super().__init__(model)
        self.unable = model.draw() < c.UNABLE / (c.UNABLE + c.ABLE_AGAIN)
        self.listings = 0
        self.taste: list[float] | None = None
        self.learned: list[int] | None = None

    def step(self) -> None:
        """Switch ability, borrow."""
        model = self.model
        if model.draw() < (RISES if self.unable else FALLS):
            self.switch()
        if not self.unable and model.draw() < BORROWS:
            model.lend(self)

    def switch(self) -> None:
        """Become unable, or able again."""
        self.unable = not self.unable
        self.model.n["unable_now"] += 1 if self.unable else -1

    def travel(self) -> None:
        """Want journeys while barred; be refused, try again, learn."""
        model, draw = self.model, self.model.draw
        if self.taste is None:
            self.taste = [-math.log(1 - draw()) for _ in c.TRAVEL]
            self.learned = [0] * len(c.TRAVEL)
        for a, (name, (demand, checked, retry, ceiling, learn, _)) in enumerate(c.TRAVEL.items()):
            u, mean = draw(), demand * c.WEEK_YEARS * self.taste[a]
            term = total = math.exp(-mean)
            occasions = 0
            while u > total and occasions < 15:
                occasions += 1
                term *= mean / occasions
                total += term
                model.n[name + "_wanted_cum"] += 1
                if draw() < ceiling * (1 - math.exp(-self.learned[a] / learn)):
                    model.n[name + "_avoided_cum"] += 1
                elif draw() < checked:
                    model.n[name + "_refused_cum"] += 1
                    model.n[name + "_refused_attempts_cum"] += 1 + int(math.log(1 - draw()) / math.log(retry))
                    model.n[name + "_refused_persons_cum"] += self.learned[a] == 0
                    self.learned[a] += 1


class Society(mesa.Model):
    """Weeks; loans in calendars of the week they are due, listings and barred persons in lists of their own."""

    def __init__(self, persons: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.draw = self.random.random
        self.week = 0
        self.n: dict[str, float] = dict.fromkeys(c.MEASURES, 0)
        self.visits: defaultdict[int, list[Loan]] = defaultdict(list)
        self.dates: defaultdict[int, list[Loan]] = defaultdict(list)
        self.listed: dict[Loan, None] = {}
        self.barred: dict[Person, None] = {}
        Person.create_agents(self, persons)
        self.n["unable_now"] = sum(p.unable for p in self.agents)

    def step(self) -> None:
        """One week, in the order of model.md."""
        self.people()
        for loan in list(self.listed):
            self.press(loan)
        for loan in self.visits.pop(self.week, ()):
            self.visit(loan)
        for loan in self.dates.pop(self.week, ()):
            self.sit(loan)
        for person in self.barred:
            person.travel()
        self.week += 1

    def people(self) -> None:
        """Everybody lives through the week."""
        self.agents.do("step")

    def lend(self, person: Person) -> None:
        """Book a loan."""
        yuan = int(10 ** self.random.gauss(c.AMOUNT_LOG10_MEAN, c.AMOUNT_LOG10_SD))
        amount = min(max(yuan, c.AMOUNT_LEAST), c.AMOUNT_MOST)
        months = c.TERM_SHORT + int((c.TERM_LONG - c.TERM_SHORT + 1) * self.draw())
        loan = Loan(person, amount, months, self.week)
        self.visits[c.next_visit(self.week, 0)].append(loan)
        n = self.n
        n["loans_taken_cum"] += 1
        n["loans_now"] += 1
        n["outstanding_yuan_now"] += amount

    def close(self, loan: Loan) -> None:
        """A loan is settled or written off."""
        self.n["loans_now"] -= 1
        self.n["outstanding_yuan_now"] -= loan.outstanding

    def visit(self, loan: Loan) -> None:
        """One instalment day."""
        n = self.n
        if not loan.evading and self.draw() < EVADES:
            loan.evading = True
        pays = not loan.evading and not loan.borrower.unable
        if pays and loan.missed:
            pays = self.draw() < c.CURE
        loan.visits += 1
        if pays:
            parts = loan.missed + 1
            yuan = loan.outstanding if parts >= loan.left else loan.outstanding // loan.left * parts
            loan.left = max(0, loan.left - parts)
            loan.outstanding -= yuan
            n["paid_yuan_cum"] += yuan
            n["outstanding_yuan_now"] -= yuan
            n["arrears_now"] -= loan.missed > 0
            loan.missed = 0
        else:
            n["arrears_now"] += loan.missed == 0
            loan.missed += 1
            if loan.missed == c.MISSED_TO_DEFAULT and self.sue(loan):
                return
        if loan.outstanding == 0 or loan.missed >= c.MISSED_TO_WRITE_OFF:
            n["written_off_yuan_cum"] += loan.outstanding
            n["arrears_now"] -= loan.missed > 0
            self.close(loan)
        else:
            self.visits[c.next_visit(loan.taken, loan.visits)].append(loan)

    def sue(self, loan: Loan) -> bool:
        """A default: the creditor may go to court; the loan is then no longer visited."""
        self.n["defaults_cum"] += 1
        if self.draw() >= c.SUED * (c.SUED_UNABLE_RATIO if loan.borrower.unable else 1):
            return False
        self.n["suits_cum"] += 1
        self.n["arrears_now"] -= 1
        wait = self.random.gammavariate(
            c.JUDGMENT_SHAPE, c.JUDGMENT_YEARS * c.DAYS_PER_YEAR / c.JUDGMENT_SHAPE
        )
        self.date(loan, FILED, 7 * self.week + 1 + int(wait))
        return True

    def date(self, loan: Loan, stage: int, day: int) -> None:
        """Note the next day in court or on the list; a date in this week is kept at once."""
        loan.stage, loan.day = stage, day
        if day // 7 <= self.week and stage != FILED:
            self.sit(loan)
        else:
            self.dates[day // 7].append(loan)

    def sit(self, loan: Loan) -> None:
        """What falls due in court or on the list."""
        if loan.day // 7 > self.week:
            return
        if loan.stage == FILED:
            self.n["judgments_cum"] += 1
            self.date(loan, JUDGED, loan.day + c.TERM_DAYS)
        elif loan.stage == JUDGED:
            if not loan.borrower.unable and self.draw() < c.PERFORMS:
                self.n["performed_after_judgment_cum"] += 1
                self.close(loan)
            else:
                self.date(loan, ENFORCED, loan.day + 1 - int(c.SEARCH_DAYS * math.log(1 - self.draw())))
        elif loan.stage == ENFORCED:
            self.decide(loan)
        elif loan.stage == OPEN:
            self.n["terminated_cum"] += 1
            self.leave(loan, loan.day)
        elif loan.stage == DELETING:
            self.delete(loan)

    def decide(self, loan: Loan) -> None:
        """Assets found, or the list, or nothing more."""
        unable = loan.borrower.unable
        if self.draw() < (c.FOUND_UNABLE if unable else c.FOUND_ABLE):
            self.n["collected_cum"] += 1
            self.close(loan)
            loan.stage = OVER
        elif self.draw() < (c.LISTED_UNABLE if unable else c.LISTED_ABLE):
            self.publish(loan)
        else:
            loan.stage = OVER

    def publish(self, loan: Loan) -> None:
        """Put a debtor on the list; from now on barred."""
        n = self.n
        n["listings_cum"] += 1
        n["listed_cases_now"] += 1
        n["listed_parties_now"] += loan.borrower.listings == 0
        loan.borrower.listings += 1
        self.barred[loan.borrower] = None
        self.listed[loan] = None
        wait = -math.log(1 - self.draw()) * c.DAYS_PER_YEAR / c.OTHER_EXITS
        self.date(loan, OPEN, loan.day + int(wait))

    def press(self, loan: Loan) -> None:
        """A listed debtor may perform."""
        growth = PRESSURE * (loan.outstanding / c.REFERENCE) ** -c.SLOPE
        if loan.borrower.unable:
            growth *= c.UNABLE_RATIO
        waited = -math.log(1 - self.draw())
        if waited <= growth:
            self.n["performed_cum"] += 1
            self.close(loan)
            self.leave(loan, 7 * self.week + min(6, int(7 * waited / growth)))

    def leave(self, loan: Loan, day: int) -> None:
        """The ground of a listing ended; the court deletes it after some working days."""
        del self.listed[loan]
        self.date(loan, DELETING, day + (7 if day % 7 < 5 else 11 - day % 7))

    def delete(self, loan: Loan) -> None:
        """Off the list."""
        loan.stage, person = OVER, loan.borrower
        person.listings -= 1
        self.n["deleted_cum"] += 1
        self.n["listed_cases_now"] -= 1
        if person.listings == 0:
            self.n["listed_parties_now"] -= 1
            del self.barred[person]


class Lists(Society):
    """The same society told by waiting times: nobody is touched in a week in which nothing happens to him."""

    def __init__(self, persons: int, seed: int) -> None:
        super().__init__(persons, seed)
        self.waits: defaultdict[int, list[tuple[Person, int]]] = defaultdict(list)
        for person in self.agents:
            self.wait(person, SWITCH, RISES if person.unable else FALLS, -1)
            self.wait(person, BORROW, BORROWS, -1)

    def wait(self, person: Person, what: int, chance: float, week: int) -> None:
        """Draw the week of the next success of a weekly chance."""
        after = 1 + int(math.log(1 - self.draw()) / math.log(1 - chance))
        self.waits[week + after].append((person, what))

    def people(self) -> None:
        """Those whose waiting time is over: switches first, then loans (lost if unable)."""
        due = self.waits.pop(self.week, ())
        for person, what in due:
            if what == SWITCH:
                person.switch()
                self.wait(person, SWITCH, RISES if person.unable else FALLS, self.week)
        for person, what in due:
            if what == BORROW:
                if not person.unable:
                    self.lend(person)
                self.wait(person, BORROW, BORROWS, self.week)


class Model:
    """A society and its weeks."""

    kind = Society

    def __init__(self, persons: int, seed: int) -> None:
        self.persons, self.society = persons, self.kind(persons, seed)

    def step(self, weeks: int) -> None:
        """Live through some weeks."""
        for _ in range(weeks):
            self.society.step()

    def measures(self) -> Mapping[str, float]:
        """Where stocks and counts stand."""
        return {name: float(value) for name, value in self.society.n.items()}


class ListsModel(Model):
    """By waiting times."""

    kind = Lists
