"""The five-line way: play a scenario and look at it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinyong.lab.claims.findings import Findings, find
from xinyong.lab.claims.ground import Ground
from xinyong.lab.experiment.conduct import conduct, make_study
from xinyong.lab.experiment.design import Design, load_design
from xinyong.lab.experiment.results import Experiment, open_experiment
from xinyong.lab.experiment.world import Outcomes
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


def experiment(
    design: str | Path | Design,
    seed: int | None = None,
    scale: str | None = None,
    replicates: int | None = None,
    most_replicates: int | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    cluster: str = "",
    outcomes: str | Outcomes = "",
    resume: bool = False,
) -> Experiment:
    """Play the worlds of a design and open what came of them; a finished experiment is opened again.

    The same powers as `xinyong experiment`. `outcomes`, a function (plan, final shards) -> {name: whole numbers, one
    a person}, keeps vectors by which twins can be compared. Raises XinyongError for anything wrong that was asked.
    """
    chosen = design if isinstance(design, Design) else load_design(design)
    folder = Path(out) if out else None
    study = make_study(
        chosen,
        seed,
        scale,
        replicates,
        most_replicates,
        folder,
        workers,
        cluster,
        outcomes,
        "xinyong.experiment",
    )
    return open_experiment(conduct(study, resume))


def claims(*folders: str | Path | Experiment) -> Findings:
    """What finished experiments say of the paper's claims; a question goes to the first that has worlds for it.

    The same as `xinyong claims`: `.verdicts`, `.decompositions`, `.leverage`, `.paths`. Raises RunError.
    """
    opened = [one if isinstance(one, Experiment) else open_experiment(one) for one in folders]
    return find([Ground(one) for one in opened])
