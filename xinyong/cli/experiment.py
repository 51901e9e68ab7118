"""The command `xinyong experiment`: many worlds of one society that differ in rules only."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.cli.printing import cell, print_json, print_table, progress
from xinyong.cli.reading import Json, Whole, date

if TYPE_CHECKING:
    from xinyong.lab.experiment.conduct import Study

CONTRASTS = {
    "measure": "measure", "name": "contrast", "difference": "difference", "standard_error": "standard error",
    "variance_ratio": "variance saved by shared luck (times)", "replicates": "replicates",
}  # fmt: skip
PLANNED = {
    "world": "world",
    "cell": "cell",
    "replicate": "replicate",
    "seed": "seed",
    "patches": "rules patched",
}


def experiment(
    design: str,
    /,
    *,
    scale: str | None = None,
    replicates: Whole | None = None,
    most_replicates: Whole | None = None,
    until: str | None = None,
    seed: Whole | None = None,
    out: Path | None = None,
    workers: Whole | None = None,
    cluster: str = "",
    resume: bool = False,
    dry_run: bool = False,
    graph: Path | None = None,
    cut: str = "",
    quiet: bool = False,
    json_: Json = False,
) -> None:
    """Play paired worlds of one society that differ in rules only, and compare them.

    Parameters
    ----------
    design
        Name (see `xinyong list designs`) or path of a YAML file.
    scale
        1:1000 (real persons per synthetic one), or a number of persons.
    replicates
        Worlds in each cell, each replicate with another society and other luck.
    most_replicates
        Add replicates up to this number until the headline contrasts are precise.
    until
        End earlier, on this date.
    seed
        Seed of the first replicate; the next ones follow.
    out
        Folder of the experiment; default runs/<design>-<seed>.
    workers
        Processes that play worlds; default all cores. The result is the same for any number.
    cluster
        Address of a Dask scheduler whose workers play instead, say tcp://host:8786.
    resume
        Go on with an unfinished experiment in that folder, or add replicates to a finished one.
    dry_run
        List the worlds with their patches and hashes, and play none.
    graph
        Draw the mechanism graph of the design into this SVG file, and play nothing.
    cut
        With --graph: switches that are off, with commas; their arrows turn grey.
    quiet
        No progress bar.
    json_
        Print JSON.

    """
    from xinyong.lab.experiment.conduct import conduct, make_study
    from xinyong.lab.experiment.design import load_design

    chosen = load_design(design).until_(date(until, "--until"))
    command = "xinyong " + " ".join(sys.argv[1:])
    study = make_study(
        chosen, seed, scale, replicates, most_replicates, out, workers, cluster, command=command
    )
    for key in study.layout.silent:
        print(f"switch {key} cuts nothing yet: its behaviour is not built", file=sys.stderr)
    if graph is not None:
        _draw(study, graph, [key for key in cut.split(",") if key])
        return
    if dry_run:
        _list(study, json_)
        return
    worlds = len(study.layout.cells) * study.replicates
    print(f"{chosen.name}: {worlds} worlds, {study.cost}", file=sys.stderr)
    with progress(quiet, worlds * study.weeks) as tell:
        folder = conduct(study, resume, tell)
    _say(folder, json_)


def _draw(study: "Study", path: Path, cut: list[str]) -> None:
    from xinyong.lab.experiment.mechanism import graph_of
    from xinyong.lab.experiment.picture import draw, write_picture

    switches = study.layout.switches
    for key in cut:
        switches.get(key)
    plan = study.layout.base.plan(study.seed)
    drawn = graph_of(plan.processes, switches, dict.fromkeys(cut, False))
    write_picture(path, draw(drawn, switches, f"Mechanism graph: {study.layout.base.name}"))
    print(path)


def _list(study: "Study", as_json: bool) -> None:
    """Show what would be played."""
    rows: list[dict[str, Any]] = [world.told() for world in study.worlds()]
    if as_json:
        print_json({
            "design": study.layout.design.name, "design_hash": study.hash, "cost": study.cost,
            "silent_switches": study.layout.silent, "worlds": rows,
        })  # fmt: skip
        return
    print_table([{**row, "patches": len(row["sets"])} for row in rows], PLANNED)
    print(f"\n{len(rows)} worlds, {len({row['world'] for row in rows})} different; {study.cost}")


def _say(folder: Path, as_json: bool) -> None:
    from xinyong.lab.experiment.results import open_experiment

    found = open_experiment(folder)
    rows = [
        {**vars(c), "variance_ratio": c.variance_ratio, "replicates": c.replicates} for c in found.headlines()
    ]
    if as_json:
        print_json(
            {"folder": folder, "cells": found.cells, "replicates": found.replicates, "headlines": rows}
        )
        return
    print_table(rows, CONTRASTS, nothing="the design names no headline contrasts")
    print(f"\n{len(found.cells)} cells x {found.replicates} replicates; values are scaled up to real persons "
          f"(one stands for {cell(found.scale)})")  # fmt: skip
    if {"F", "E", "B", "V"} <= set(found.switches):
        from xinyong.cli.claims import say
        from xinyong.lab.claims.findings import find
        from xinyong.lab.claims.ground import Ground

        say(find([Ground(found)]))
    print(f"experiment: {folder}\ntable:      {folder / 'results.parquet'}")
