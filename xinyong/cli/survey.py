"""The command that asks what people think: `xinyong survey`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xinyong.cli.printing import print_json, print_table
from xinyong.cli.reading import Json, Whole, date, opened

if TYPE_CHECKING:
    from xinyong.lab.survey import Contrast, Survey

_WHAT = {
    "income": "highest less lowest third of income", "schooling": "senior secondary schooling less none",
    "town": "town less country", "age": "50 and over less under 35", "women": "women less men",
}  # fmt: skip


def survey(
    folder: Path,
    /,
    *,
    date_: str | None = None,
    n: int | None = None,
    list_experiment: bool = False,
    treatment: Literal["repression", "pros-cons"] | None = None,
    replicate: Whole = 0,
    json_: Json = False,
) -> None:
    """Ask a sample of a run's internet users what they think of the system: shares and gradients, never persons.

    Parameters
    ----------
    folder
        Run folder.
    date_
        Day of the survey; the end of the nearest quarter is asked. Default the published survey's, April 2018.
    n
        Respondents; default 2,209.
    list_experiment
        Ask half of them in a list, which lets them hide what they think.
    treatment
        Tell some of them something first.
    replicate
        Which replicate, from 0.
    json_
        Print JSON.

    """
    from xinyong.lab.survey import survey as ask

    found = ask(opened(folder), date(date_, "--date"), n, replicate, list_experiment, treatment)
    if json_:
        print_json(found)
        return
    _print(found)


def _print(found: "Survey") -> None:
    """Print what a survey found."""
    print(f"{found.synthetic}  {found.n:,} internet users, quarter ending {found.date}")
    print()
    rows = [
        {
            "answer": aloud.answer, "said": _percent(aloud.share, aloud.se),
            "thought": _percent(inside.share, inside.se),
        }
        for aloud, inside in zip(reversed(found.voiced), reversed(found.private), strict=True)
    ]  # fmt: skip
    print_table(rows)
    print(f"say they approve and do not: {_percent(found.falsified.share, found.falsified.se)}")
    print()
    print_table([_row(c) for c in found.contrasts])
    if found.list_experiment is not None:
        told = found.list_experiment
        print(
            f"list experiment: {_percent(told.estimate, told.se)} approve, "
            f"{_percent(told.gap, told.gap_se)} fewer than say so"
        )
    for trial in found.trials:
        print(
            f"{trial.frame} told of {trial.told} (n {trial.n}): mean support {trial.score_before:.2f} to "
            f"{trial.score_after:.2f} ({trial.change:+.1%}), approve {trial.approve_before:.1%} to "
            f"{trial.approve_after:.1%}"
        )


def _percent(share: float, se: float) -> str:
    return f"{share:.1%} (s.e. {100 * se:.1f})"


def _row(c: "Contrast") -> dict[str, str]:
    """One line of the table of contrasts, in points."""
    return {
        "approve, points": _WHAT[c.what], "said": _limits(c.voiced, c.voiced_limits),
        "thought": _limits(c.private, c.private_limits), "said, everybody online": f"{100 * c.voiced_everybody:+.1f}",
        "thought, everybody online": f"{100 * c.private_everybody:+.1f}",
    }  # fmt: skip


def _limits(gap: float | None, limits: tuple[float, float] | None) -> str:
    if gap is None or limits is None:
        return "too few"
    return f"{100 * gap:+.1f} ({100 * limits[0]:+.1f} to {100 * limits[1]:+.1f})"
