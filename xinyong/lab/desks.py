"""What the desks for objection and repair did, and what a run cost, as tables a person can read."""

from dataclasses import dataclass

from xinyong.lab.results import Run

COURT = {
    "filed": "objections_cum", "reconsidered": "reconsiderations_cum", "granted": "objections_granted_cum",
    "late": "late_rulings_cum",
}  # fmt: skip
FEN_PER_YUAN = 100


@dataclass(frozen=True)
class DeskRow:
    """One register's desk at the end of a run, in model units; None where it is not counted."""

    register: str
    filed: float | None
    rulings: float | None
    late: float | None
    granted: float | None
    reconsidered: float | None
    kept_wrong: float | None
    erased_right: float | None
    repairs: float | None
    repaired: float | None
    open: float | None
    queued: float | None
    waited_days: float | None

    @property
    def mean_days(self) -> float | None:
        """Mean days from asking to ruling; None without any ruling."""
        given = (self.rulings or 0.0) + (self.repairs or 0.0)
        return self.waited_days / given if given and self.waited_days is not None else None


@dataclass(frozen=True)
class Cost:
    """What was booked to one item, or to a whole account (item empty), in yuan of the model."""

    account: str
    item: str
    yuan: float


def desks(run: Run) -> list[DeskRow]:
    """The courts' desk and every other register's, by name; mean over replicates."""
    registers = [
        n.removeprefix("redress_").removesuffix("_filed_cum")
        for n in sorted(run.measures)
        if n.startswith("redress_") and n.endswith("_filed_cum") and n != "redress_filed_cum"
    ]
    found = [("court list", COURT)] if run.has(COURT["filed"]) else []
    for key in registers:
        names = {
            name: f"redress_{key}_{name}_{'now' if name in ('open', 'queued') else 'cum'}" for name in _COUNTS
        }
        found.append((key.replace("_", " "), names))
    return [DeskRow(key, **{name: _last(run, names.get(name)) for name in _COUNTS}) for key, names in found]


def costs(run: Run) -> list[Cost]:
    """Every account with its items, the sum of an account first; mean over replicates."""
    rows = []
    for total in [n for n in sorted(run.measures) if n.startswith("account_") and n.endswith("_fen_cum")]:
        account = total.removeprefix("account_").removesuffix("_fen_cum")
        rows.append(Cost(account, "", _yuan(run, total)))
        start = f"spent_{account}_"
        for name in [n for n in sorted(run.measures) if n.startswith(start)]:
            item = name.removeprefix(start).removesuffix("_fen_cum").replace("_", " ")
            rows.append(Cost(account, item, _yuan(run, name)))
    return rows


_COUNTS = tuple(name for name in DeskRow.__dataclass_fields__ if name != "register")


def _last(run: Run, measure: str | None) -> float | None:
    return float(run.last(measure, scaled=False).mean()) if measure and run.has(measure) else None


def _yuan(run: Run, measure: str) -> float:
    return float(run.last(measure, scaled=False).mean()) / FEN_PER_YUAN
