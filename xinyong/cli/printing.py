"""Printing: tables for readers, JSON for programs, and a bar while a run goes on."""

import datetime as dt
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

WIDTH = 160
_STYLES = {"assumed": "yellow", "memory": "magenta", "fitted": "cyan", "project-note": "magenta"}
Progress = Callable[[int, int, int], None]


def plain(thing: Any) -> Any:
    """Turn a result into what JSON can hold; a number that is not finite becomes null."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return plain(asdict(thing))
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    if thing is None or isinstance(thing, str | bool | int):
        return thing
    return thing.item() if hasattr(thing, "item") else str(thing)


def print_json(thing: Any) -> None:
    """Print a result as JSON."""
    print(json.dumps(plain(thing), ensure_ascii=False, indent=2))


def print_table(
    rows: Iterable[Any], columns: Mapping[str, str] | None = None, nothing: str = "nothing to show"
) -> None:
    """Print rows as a table; `columns` chooses and names them."""
    from rich.console import Console
    from rich.table import Table

    found = [row if isinstance(row, Mapping) else asdict(row) for row in rows]
    if not found:
        print(nothing)
        return
    heads = dict(columns or {name: name.replace("_", " ") for name in found[0]})
    table = Table(show_edge=False, header_style="bold", box=_box())
    for name, head in heads.items():
        numeric = all(_is_number(row[name]) for row in found if row[name] is not None)
        table.add_column(head, overflow="fold", justify="right" if numeric else "left")
    for row in found:
        table.add_row(*(cell(row[name]) for name in heads), style=_STYLES.get(str(row.get("mark"))))
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(table)


def _box() -> Any:
    from rich import box

    return box.SIMPLE_HEAD


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def cell(value: Any) -> str:
    """Write one value for readers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(cell(part) for part in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:,}" if isinstance(value, int) else str(value)


@contextmanager
def progress(quiet: bool, total: int) -> Iterator[Progress | None]:
    """Show a bar with weeks, rate and remaining time where somebody watches; nothing otherwise."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("weeks"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("weeks", total=total, rate="")

        def tell(done: int, whole: int, persons: int) -> None:
            speed = (bar.tasks[0].speed or 0.0) * persons / 1e6
            bar.update(task, completed=done, total=whole, rate=f"{speed:,.1f} M person-weeks/s")

        yield tell
