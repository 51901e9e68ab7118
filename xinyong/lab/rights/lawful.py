"""A watcher of lawful and unlawful acts: what people stop doing without having been entered anywhere."""

import numpy as np

from xinyong.acts import DEBT, EXPRESSION, FRAUD, MINOR, PETITION
from xinyong.columns import Array
from xinyong.lab.rights.entries import ENTERED
from xinyong.lab.rights.formulas import Fact
from xinyong.lab.rights.ledger import Ledger, Watcher

SOCIETY = "society"
LAWFUL, VIOLATIONS = (PETITION, EXPRESSION), (DEBT, MINOR, FRAUD)


class Lawful(Watcher):
    """Counts loans taken and acts of each kind by person."""

    hears = ("loan", "act")

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """A loan, or an act."""
        if not self.stage.counting:
            return
        if kind == "loan":
            self.stage.tally(SOCIETY, "loans", rows["party"])
            return
        for act in np.unique(rows["act"]).tolist():
            self.stage.tally(SOCIETY, f"act:{act}", rows["party"][rows["act"] == act])


def chilling(on: Ledger, without: Ledger) -> dict[str, Fact]:
    """What those never entered in the world did less of, against the world without the system: facts of G1 and G2."""
    nobody = np.zeros(len(on.people["age"]))

    def of(world: Ledger, *names: str) -> Array:
        return np.asarray(np.sum([world.persons.get((SOCIETY, name), nobody) for name in names], axis=0))

    entered = np.sum([v for (_, name), v in on.persons.items() if name == ENTERED] or [nobody], axis=0)
    violations = [f"act:{a}" for a in VIOLATIONS]
    clean = (entered == 0) & (of(on, *violations) == 0) & (of(without, *violations) == 0)
    found: dict[str, Fact] = {}
    loans = of(without, "loans")[clean].sum()
    if loans:
        found |= {"loans_lost": loans - of(on, "loans")[clean].sum(), "loans_without": loans}
    lawful = [f"act:{a}" for a in LAWFUL]
    said = of(without, lawful[1])[clean].sum()
    if said:
        found |= {"expression_lost": said - of(on, lawful[1])[clean].sum(), "expression_without": said}
    averted = (of(without, *violations) - of(on, *violations)).sum()
    if any(name.startswith("act:") for _, name in without.persons):
        found["violations_averted"] = averted
        found["lawful_averted"] = (of(without, *lawful) - of(on, *lawful)).sum()
    return found
