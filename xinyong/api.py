"""The five-line way: play a scenario and look at it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinyong.lab.results import Run, open_run
from xinyong.lab.run import make_job, run
from xinyong.lab.scenario import Scenario, load_scenario
from xinyong.report import write_report


def play(
    scenario: str | Path | Scenario,
    seed: int = 1,
    scale: str | None = None,
    out: str | Path | None = None,
    threads: int | None = None,
    replicates: int = 1,
    sets: Mapping[str, Any] | None = None,
    resume: bool = False,
) -> Run:
    """Play a scenario into a run folder and open it; a finished run of the same kind is opened again.

    The same powers as `xinyong run`. Raises XinyongError for anything wrong with what was asked for.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    job = make_job(
        chosen.changed(sets), seed, scale, Path(out) if out else None, threads, replicates, "xinyong.play"
    )
    folder = run(job, resume)
    if not (folder / "report.html").is_file():
        write_report(folder)
    return open_run(folder)
