"""Writing tables: Parquet parts by way of DuckDB, whole or not at all."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xinyong.errors import RunError

Columns = Mapping[str, npt.NDArray[Any]]
MARK = "SYNTHETIC 合成"


@contextlib.contextmanager
def whole_or_nothing(path: Path) -> Iterator[Path]:
    """Write to a neighbour file that takes the name only when complete; a full disk is a clear error."""
    draft = path.with_name(path.name + ".tmp")
    try:
        yield draft
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RunError(
            f"cannot write {path}: {error.strerror or error}; nothing was changed there"
        ) from error


def read_mapping(path: Path, missing: str) -> dict[str, Any]:
    """The mapping in a JSON file. Raises RunError, which says `missing` where there is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(missing) from error
    except (OSError, ValueError) as error:
        raise RunError(f"{path} is damaged: {error}") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} is damaged: it should be a mapping")
    return content


def write_json(path: Path, content: Any) -> None:
    """Write JSON whole or not at all."""
    with whole_or_nothing(path) as draft:
        draft.write_text(
            json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8"
        )


def write_table(path: Path, columns: Columns) -> None:
    """Write columns of equal length as one Parquet file, with the synthetic mark as first column."""
    import duckdb

    with whole_or_nothing(path) as draft, duckdb.connect() as db:
        days = [name for name, array in columns.items() if array.dtype.kind == "M"]
        db.register("part", {n: a.astype("datetime64[us]") if n in days else a for n, a in columns.items()})
        dated = ", ".join(f'CAST("{name}" AS DATE) AS "{name}"' for name in days)
        every = f"* REPLACE ({dated})" if days else "*"
        select = f"SELECT '{MARK}' AS synthetic, {every} FROM part"
        try:
            db.execute(f"COPY ({select}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            raise OSError(str(error)) from error


def merge_parts(parts: list[Path], path: Path, order: str) -> int:
    """Join parts into one Parquet file in a fixed order of rows; returns rows."""
    import duckdb

    with whole_or_nothing(path) as draft, duckdb.connect() as db:
        names = [str(p) for p in parts]
        try:
            db.execute("SET threads TO 1")
            db.execute(
                f"COPY (SELECT * FROM read_parquet(?) ORDER BY {order}) TO '{draft}' "
                "(FORMAT parquet, COMPRESSION zstd)",
                [names],
            )
            found = db.execute("SELECT count(*) FROM read_parquet(?)", [str(draft)]).fetchone()
        except duckdb.Error as error:
            raise OSError(str(error)) from error
    return int(found[0]) if found else 0


def save_arrays(path: Path, arrays: Columns) -> None:
    """Save named arrays whole or not at all."""
    named: dict[str, Any] = {name.replace("/", "|"): array for name, array in arrays.items()}
    with whole_or_nothing(path) as draft, draft.open("wb") as handle:
        np.savez(handle, **named)
