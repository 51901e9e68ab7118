"""The command `xinyong claims`: what finished experiments say of the paper's claims."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.cli.printing import print_json, print_table
from xinyong.cli.reading import Json

if TYPE_CHECKING:
    from xinyong.lab.claims.findings import Findings

COLUMNS = {
    "claim": "", "title": "claim", "verdict": "verdict", "basis": "rests on", "grade": "grade", "value": "value",
    "low": "from", "high": "to", "probability": "on the paper's side", "cost": "cost in rights", "cost_of": "of what",
}  # fmt: skip
SHARES = {
    "outcome": "outcome",
    "unit": "unit",
    "F": "F",
    "E": "E",
    "B": "B",
    "V": "V",
    "all": "all",
    "none": "no system",
}


def claims(folder: Path, /, *more: Path, claim: str = "", report: bool = False, json_: Json = False) -> None:
    """Say of each of the paper's claims what the worlds of finished experiments say: verdict, how sure, at what cost.

    Parameters
    ----------
    folder
        Folder of a finished experiment, say of `xinyong experiment mechanisms`.
    more
        Further ones, asked where the first has no worlds for a question.
    claim
        Tell one claim in full, say C6.
    report
        Write the pages as report.html into the first folder too.
    json_
        Print JSON.

    """
    from xinyong.lab.claims.findings import as_rows, find, open_grounds

    found = find(open_grounds([folder, *more]))
    written = _report(folder, found) if report else None
    if json_:
        print_json({"verdicts": as_rows(found), "shares": _shares(found), "leverage": found.leverage,
                    "paths": found.paths, "silent": found.silent, "report": written})  # fmt: skip
        return
    if claim:
        _one(found, claim)
        return
    say(found)
    if written:
        print(f"report: {written}")


def say(found: "Findings") -> None:
    """Print verdicts with their costs, then shares, then what could not be told."""
    from xinyong.lab.claims.findings import as_rows

    rows = [{**row, "probability": _chance(row["probability"])} for row in as_rows(found)]
    print_table(rows, COLUMNS)
    print_table(_shares(found), SHARES, "no outcome of the full factorial was counted")
    for one in found.silent:
        print(f"not told: {one.what} ({one.why})")
    print(
        "\nprior-only: nothing has been fitted to published figures together, so a verdict says what follows from "
        "assumed values"
    )


def _chance(probability: float | None) -> str | None:
    """A probability in words that claim no more than four or so replicates can tell."""
    if probability is None:
        return None
    if probability > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if probability < 0.001 else f"{100 * probability:.1f} %"


def _shares(found: "Findings") -> list[dict[str, Any]]:
    """Shapley values, one line an outcome."""
    rows = []
    for told in found.decompositions:
        shares = {part.name: part.estimate.value for part in told.shares}
        rows.append({
            "outcome": told.outcome.gloss.en, "unit": told.outcome.unit.en, **shares,
            "all": told.cells[-1].estimate.value, "none": told.none.estimate.value if told.none else None,
        })  # fmt: skip
    return rows


def _one(found: "Findings", key: str) -> None:
    """Tell one claim in full."""
    from xinyong.errors import RunError, did_you_mean

    verdicts = {verdict.key: verdict for verdict in found.verdicts}
    if key not in verdicts:
        raise RunError(f"there is no claim '{key}'{did_you_mean(key, verdicts)}")
    verdict = verdicts[key]
    claim = verdict.claim
    lines = [("says", claim.says.en), ("in the paper", claim.place), ("prediction", claim.prediction.en)]
    lines += [("rival", f"{rival.says.en} ({rival.source}; {rival.mark})") for rival in claim.rivals]
    lines += [("asked", _told(answer.test.gloss.en, answer)) for answer in verdict.plain.answers]
    lines += [
        ("verdict", f"{verdict.word} ({verdict.basis}{', grade ' + verdict.grade if verdict.grade else ''})")
    ]
    lines += [("hangs on", f"{one.gloss.en} ({', '.join(one.rules)})") for one in claim.hangs_on]
    lines += [("cost", _told(cost.gloss_en, cost)) for cost in verdict.costs]
    lines += [("would overturn", claim.overturn.en), ("published figures", claim.figures.en)]
    lines += [("limit", found.claims.limits[name].en) for name in claim.limits]
    print_table([{"what": what, "said": said} for what, said in lines], {"what": "", "said": key})


def _told(gloss: str, answered: Any) -> str:
    """A number with its interval, or why there is none."""
    if answered.estimate is None:
        return f"{gloss}: not told ({answered.why_not})"
    low, high = answered.estimate.interval
    return f"{gloss}: {answered.estimate.value:,.4g} ({low:,.4g} to {high:,.4g})"


def _report(folder: Path, found: "Findings") -> Path:
    from xinyong.report.experiment import write_findings

    return write_findings(folder, found)
