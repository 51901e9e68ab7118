"""Open a finished experiment: its tidy table, contrasts between cells, a cube for xarray, vectors of persons."""

from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xinyong.columns import Array
from xinyong.errors import RunError, did_you_mean
from xinyong.lab.experiment import folder as files
from xinyong.lab.experiment.contrasts import Contrast, Values, effect, headlines, paired
from xinyong.lab.tables import MARK

if TYPE_CHECKING:
    import duckdb

Table = dict[str, Array]


def open_experiment(path: str | Path) -> "Experiment":
    """Open a finished experiment, or say what is wrong with it."""
    folder = Path(path)
    manifest = files.read_experiment(folder)
    if manifest.get("format") != files.FORMAT:
        raise RunError(
            f"{folder}: written in format {manifest.get('format')}, this version reads {files.FORMAT}"
        )
    if not manifest.get("finished"):
        ended = len(list((folder / "worlds").glob("*.json")))
        raise RunError(
            f"{folder}: this experiment is not finished ({ended} of {len(manifest['worlds'])} worlds have ended); "
            "go on with --resume"
        )
    if not (folder / files.TABLE).is_file():
        raise RunError(f"{folder}: {files.TABLE} is missing; go on with --resume to write it again")
    return Experiment(folder, manifest)


class Experiment:
    """A finished experiment: many worlds of one society under different rules."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.path, self.manifest = folder, manifest
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._held: dict[str, Table] = {}

    def __repr__(self) -> str:
        m = self.manifest
        return f"<Experiment {self.path}: {m['design']}, {len(self.cells)} cells, {self.replicates} replicate(s)>"

    @property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells, in the order of the design."""
        return tuple(self.manifest["cells"])

    @property
    def switches(self) -> tuple[str, ...]:
        """Switches that the design moves."""
        return tuple(self.manifest["switches"])

    @property
    def replicates(self) -> int:
        """Worlds in each cell."""
        return int(self.manifest["replicates"])

    @property
    def scale(self) -> float:
        """How many real persons one synthetic person stands for."""
        return float(self.manifest["scale"])

    @cached_property
    def worlds(self) -> dict[tuple[str, int], str]:
        """Fingerprint of the world of each cell and replicate."""
        return {(w["cell"], w["replicate"]): w["world"] for w in self.manifest["worlds"]}

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Every measure of the table."""
        return tuple(self._world(self.cells[0], 0)["measures"].tolist())

    @cached_property
    def dates(self) -> Array:
        """The Sundays of the table."""
        return self._world(self.cells[0], 0)["dates"]

    def table(self, sql: str) -> Table:
        """Answer a question in SQL over the view `results`."""
        import duckdb

        try:
            return dict(self._duckdb().execute(sql).fetchnumpy())
        except duckdb.Error as problem:
            raise RunError(f"{self.path}: {problem}") from problem

    def values(self, measure: str, cell: str, date: str | None = None, *, scaled: bool = True) -> Values:
        """One value a replicate of a measure in a cell, on a date of the table (without one: the last)."""
        place, day = self._measure(measure), self._day(date)
        rows = [self._world(self._cell(cell), k)["values"][day, place] for k in range(self.replicates)]
        return np.array(rows, np.float64) * (self.scale if scaled else 1.0)

    def contrast(
        self, a: str, b: str, measure: str, date: str | None = None, *, scaled: bool = True
    ) -> Contrast:
        """Cell `b` less cell `a`, replicate by replicate, with the standard error of the mean difference."""
        one, other = (
            self.values(measure, a, date, scaled=scaled),
            self.values(measure, b, date, scaled=scaled),
        )
        return paired(f"{b} less {a}", measure, str(self.dates[self._day(date)]), one, other)

    def effect(self, switch: str, measure: str, date: str | None = None, *, scaled: bool = True) -> Contrast:
        """The main effect of a switch: mean of the factorial's cells with it on, less those with it off."""
        levels = self.manifest["factorial"]
        rows = {cell: self.values(measure, cell, date, scaled=scaled) for cell in levels}
        return effect(rows, levels, switch, measure, str(self.dates[self._day(date)]))

    def headlines(self) -> list[Contrast]:
        """The contrasts the design named, on the last day, scaled up to real persons."""
        asked = self.manifest["headlines"]
        wanted = {str(one["measure"]) for one in asked}
        cells = {cell: {name: self.values(name, cell) for name in wanted} for cell in self.cells}
        return headlines(asked, cells, self.manifest["factorial"], str(self.dates[-1]))

    def people(self, cell: str, replicate: int = 0) -> Table:
        """What the hook read off a world's persons: `who` (their ids, ascending) and vectors of whole numbers.

        Two cells of one replicate hold the same persons in the same order: twins can be compared row by row.
        """
        held = self._world(self._cell(cell), replicate)
        found = {n.partition(":")[2]: a for n, a in held.items() if n.startswith("person:")}
        if not found:
            raise RunError(f"{self.path}: no vectors of persons were kept; name a function with `outcomes`")
        return found

    def to_xarray(self) -> Any:
        """A cube for xarray: a variable a measure, over cell, replicate and date; levels are coordinates of cell."""
        try:
            import xarray
        except ImportError as problem:
            raise RunError(
                "xarray is not installed: pip install 'xinyong[cubes]'; or use .table(sql), which gives numpy arrays"
            ) from problem
        blocks = np.array(
            [[self._world(cell, k)["values"] for k in range(self.replicates)] for cell in self.cells]
        )
        axes = ("cell", "replicate", "date")
        variables = {name: (axes, blocks[..., k]) for k, name in enumerate(self.measures)}
        first = {w["cell"]: w for w in self.manifest["worlds"]}
        levels = {key: ("cell", [first[c]["switches"][key] for c in self.cells]) for key in self.switches}
        swept = {
            key: ("cell", [first[c]["swept"][key] for c in self.cells]) for key in self.manifest["sweep"]
        }
        dates = self.dates.astype("datetime64[ns]")
        coordinates = {
            "cell": list(self.cells),
            "replicate": range(self.replicates),
            "date": dates,
            **levels,
            **swept,
        }
        marks = {"synthetic": MARK, "scale": self.scale, "design": self.manifest["design"]}
        return xarray.Dataset(variables, coordinates, marks)

    def _world(self, cell: str, replicate: int) -> Table:
        """The arrays of one world, read once."""
        if not 0 <= replicate < self.replicates:
            raise RunError(
                f"{self.path}: there is no replicate {replicate}; they are 0 to {self.replicates - 1}"
            )
        world = self.worlds[cell, replicate]
        if world not in self._held:
            self._held[world] = files.load(self.path, world)
        return self._held[world]

    def _cell(self, name: str) -> str:
        return _known(name, self.cells, f"{self.path}: there is no cell")

    def _measure(self, name: str) -> int:
        return self.measures.index(_known(name, self.measures, f"{self.path}: there is no measure"))

    def _day(self, date: str | None) -> int:
        days = [str(day) for day in self.dates]
        return (
            days.index(_known(date, days, f"{self.path}: nothing was recorded on")) if date else len(days) - 1
        )

    def _duckdb(self) -> "duckdb.DuckDBPyConnection":
        """Connect once, with the table as a view and nothing else readable."""
        if self._connection is None:
            import duckdb

            file = str((self.path / files.TABLE).resolve()).replace("'", "''")
            connection = duckdb.connect()
            connection.execute(f"CREATE VIEW results AS SELECT * FROM read_parquet('{file}')")
            connection.execute(f"SET allowed_paths = ['{file}']")
            connection.execute("SET enable_external_access = false")
            self._connection = connection
        return self._connection

    def _repr_html_(self) -> str:
        """Show a summary and the headline contrasts in a notebook."""
        m = self.manifest
        facts = {
            "design": m["design"], "scenario": m["scenario"], "cells": len(self.cells), "replicates": self.replicates,
            "seed": m["seed"], "scale": self.scale, "version": m["version"],
        }  # fmt: skip
        rows = "".join(f"<tr><th>{k}</th><td>{escape(str(v))}</td></tr>" for k, v in facts.items())
        lines = "".join(
            f"<tr><td>{escape(c.measure)}</td><td>{escape(c.name)}</td><td>{c.difference:,.0f}</td>"
            f"<td>{c.standard_error:,.0f}</td></tr>"
            for c in self.headlines()
        )
        head = "<tr><th>measure</th><th>contrast</th><th>difference</th><th>standard error</th></tr>"
        return (
            f"<div><b>{escape(str(self.path))}</b> · every person is invented<table>{rows}</table>"
            f"<table>{head}{lines}</table></div>"
        )


def _known(name: str, known: Sequence[str], complaint: str) -> str:
    if name not in known:
        raise RunError(f"{complaint} '{name}'{did_you_mean(name, known)}")
    return name
