"""What the audit found, as rows that can be printed, written or compared; none is about a single person."""

from dataclasses import dataclass

from xinyong.lab.rights.groups import Disparity


@dataclass(frozen=True)
class Line:
    """One number of one metric for one system, and the same in the world without it; or why there is none."""

    metric: str
    part: str
    system: str
    value: float | None
    unit: str
    light: str
    without: float | None
    reason: str


@dataclass(frozen=True)
class Adverse:
    """Adverse events of one kind: origin of the data, context of the treatment, and whether the two are related."""

    system: str
    kind: str
    origin: str
    treatment: str
    relation: str
    events: float
    weeks_of_income: float


@dataclass(frozen=True)
class Pair:
    """A count of the whole world beside the same count without one system (scaled up)."""

    system: str
    measure: str
    world: float
    without: float


@dataclass(frozen=True)
class Swap:
    """Share of persons with the same acts whose entries change once everybody bears the other value of a label."""

    system: str
    label: str
    share: float | None


@dataclass(frozen=True)
class Played:
    """A world that was played for the audit: which, and the fingerprint of its rules."""

    world: str
    scenario: str
    rules: str


@dataclass(frozen=True)
class Finding:
    """One element for one system: the answer, why, and the measured value behind it if there is one."""

    system: str
    element: str
    gloss: str
    answer: str
    why: str
    value: float | None


@dataclass(frozen=True)
class Audit:
    """The whole audit of a run. It holds sums and shares of groups, never a line about one person."""

    run: str
    scenario: str
    seed: int
    persons: int
    scale: float
    validity: str
    lines: tuple[Line, ...]
    sheet: tuple[Finding, ...]
    disparities: tuple[Disparity, ...]
    swaps: tuple[Swap, ...]
    adverse: tuple[Adverse, ...]
    pairs: tuple[Pair, ...]
    worlds: tuple[Played, ...]
    notes: tuple[str, ...]
