"""Whether the implementations of the common model agree: python -m benchmarks.agree [--quick]"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

from benchmarks.common import MEASURES
from benchmarks.drive import ROOT, Tool

TOOLS = ("xinyong", "mesa", "mesa lists", "starsim")
PERSONS, SEEDS, YEARS, YEAR = 20_000, 8, 10, 52
RAW = ROOT / "runs" / "benchmarks" / "agreement.json"
LEVEL = 0.01


def one(tool: str, seed: int, years: int) -> list[dict[str, float]]:
    """Measures at the end of each year."""
    model = Tool(tool, persons=PERSONS, seed=seed)
    found = []
    for _ in range(years):
        model.ask("step", weeks=YEAR)
        found.append(model.ask("measures"))
    model.close()
    return found


def runs(seeds: int, years: int) -> dict[str, list[list[dict[str, float]]]]:
    """Every tool and seed, two at a time (how long they take does not matter here)."""
    tasks = [(tool, seed) for seed in range(1, seeds + 1) for tool in TOOLS]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda task: one(*task, years), tasks))
    return {tool: [run for (name, _), run in zip(tasks, done, strict=True) if name == tool] for tool in TOOLS}


def values(runs_of_tool: list[list[dict[str, float]]], name: str, year: int) -> np.ndarray:
    """One measure at the end of one year over seeds."""
    return np.array([run[year][name] for run in runs_of_tool])


def compare(found: dict[str, Any], tool: str, year: int) -> list[tuple[str, float, float, float, float]]:
    """Measure, xinyong's mean, relative difference, z (Welch), p."""
    rows = []
    for name in MEASURES:
        ours, theirs = values(found["xinyong"], name, year), values(found[tool], name, year)
        error = np.sqrt(ours.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs))
        gap = theirs.mean() - ours.mean()
        p = float(ttest_ind(ours, theirs, equal_var=False).pvalue) if error > 0 else float(gap == 0)
        rows.append(
            (name, ours.mean(), gap / max(abs(ours.mean()), 1e-9), gap / error if error > 0 else 0.0, p)
        )
    return rows


def agrees(rows: list[tuple[str, float, float, float, float]]) -> bool:
    """No measure differs, at 1 % over all measures together (Holm's first step)."""
    return min(row[4] for row in rows) * len(rows) > LEVEL


def table(found: dict[str, Any]) -> tuple[list[str], bool]:
    """Markdown lines and the verdict."""
    others = [tool for tool in TOOLS if tool != "xinyong"]
    years = len(found["xinyong"][0])
    last = {tool: compare(found, tool, years - 1) for tool in others}
    lines = [
        "| at the end of year "
        + f"{years}"
        + " | xinyong | "
        + " | ".join(f"{t}: difference, z" for t in others)
        + " |"
    ]
    lines.append("|---|---:|" + "---:|" * len(others))
    for k, name in enumerate(MEASURES):
        cells = [f"{100 * last[t][k][2]:+.2f} %, {last[t][k][3]:+.1f}" for t in others]
        lines.append(f"| {name} | {last[others[0]][k][1]:,.1f} | " + " | ".join(cells) + " |")
    verdicts = {t: agrees(last[t]) for t in others}
    path = {t: [abs(r[3]) for y in range(years) for r in compare(found, t, y)] for t in others}
    cells = [f"{max(path[t]):.1f} of {len(path[t])}" for t in others]
    lines.append("| largest z over all year-ends | | " + " | ".join(cells) + " |")
    lines.append(
        "| verdict | | " + " | ".join("agree" if verdicts[t] else "DO NOT AGREE" for t in others) + " |"
    )
    return lines, all(verdicts.values())


def main(quick: bool = False) -> tuple[list[str], bool]:
    """Run everything, keep the raw numbers, say the verdict."""
    seeds, years = (3, 4) if quick else (SEEDS, YEARS)
    found = runs(seeds, years)
    RAW.parent.mkdir(parents=True, exist_ok=True)
    Path(RAW).write_text(json.dumps(found), encoding="utf-8")
    lines, good = table(found)
    head = f"{seeds} seeds each, {PERSONS:,} persons, {years} years of 52 weeks; z by Welch."
    verdict = "**The implementations agree.**" if good else "**The implementations DO NOT AGREE.**"
    return [f"{verdict} {head}", "", *lines], good


if __name__ == "__main__":
    text, fine = main("--quick" in sys.argv)
    print("\n".join(text))
    sys.exit(not fine)
