"""Refusing tables of persons: only totals and dated series pass."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from xinyong.errors import RecipeError, RefusedInput, did_you_mean
from xinyong.guard_values import COUNTS, DEMOGRAPHIC, WORDS, check_mapping, is_name, personal, plain

__all__ = ["check_table", "read_rows"]

ACCEPTED = (
    "Accepted are small UTF-8 CSV or YAML tables of totals: dimensions (area, age_band, sex, education ...) "
    "with a column of counts (population) of at least 10 persons a cell, or series by date (as_of_date, "
    "listed_cum ...)."
)
LARGEST_BYTES, MOST_ROWS, LEAST_CELL = 1 << 20, 5000, 10
_MANY, _UNIQUE_TEXTS = 50, 200

_DATES, _AREAS, _TEXTS, _SHARES = (WORDS[name] for name in ("dates", "areas", "texts", "shares"))
_DIMENSIONS = _AREAS | WORDS["dimensions"]
_OF_PERSONS = DEMOGRAPHIC | WORDS["bands"]
_BAD: dict[str, str] = {word: what for what, words in WORDS["bad_words"].items() for word in words}
_BAD_PARTS: dict[str, frozenset[str]] = WORDS["bad_parts"]
_PINYIN = re.compile(
    rf"(?:{'|'.join(sorted(WORDS['pinyin_surnames']))}),? [A-Z][a-z]+(?:[ -]?[A-Za-z][a-z]+)?"
)

Row = Mapping[str, Any]


def check_table(path_or_rows: str | Path | Sequence[Row], purpose: str) -> None:
    """Refuse a table that describes single persons; pass tables of totals and series by date.

    A file (CSV or YAML) or rows as mappings; `purpose` says in messages what it was wanted for (`marginals`,
    `series` ...). A RefusedInput names the column or row that gave it away and what is accepted instead.
    """
    where = f"{path_or_rows} ({purpose})" if isinstance(path_or_rows, str | Path) else purpose
    rows = read_rows(Path(path_or_rows), where) if isinstance(path_or_rows, str | Path) else path_or_rows
    if not rows:
        raise _refused(where, "there are no rows")
    if not all(isinstance(row, Mapping) for row in rows):
        raise _refused(where, "the rows are not mappings from headings to values")
    columns = {
        str(name): [row.get(name) for row in rows] for name in dict.fromkeys(k for r in rows for k in r)
    }
    _check_headings(where, columns)
    _check_cells(where, columns)
    _check_kind(where, columns)


def _refused(where: str, reason: str) -> RefusedInput:
    return RefusedInput(f"{where}: refused because {reason}. {ACCEPTED}")


# Reading


def read_rows(path: Path, where: str | None = None) -> list[dict[str, Any]]:
    """Read a small UTF-8 CSV or YAML table into rows; every other kind of file is refused."""
    where = where or str(path)
    if path.suffix.lower() not in (".csv", ".yaml", ".yml"):
        raise _refused(where, f"files of the kind {path.suffix or 'without ending'} are not read")
    if not path.is_file():
        raise RecipeError(f"{where}: there is no such file")
    text = _text(path, where)
    return _csv_rows(text, where) if path.suffix.lower() == ".csv" else _yaml_rows(text, where)


def _text(path: Path, where: str) -> str:
    if path.stat().st_size > LARGEST_BYTES:
        raise _refused(where, f"it is larger than {LARGEST_BYTES >> 20} MiB, as tables of totals never are")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(where, "it is binary or not in UTF-8") from None
    if "\0" in text or text.startswith(("PAR1", "PK")):
        raise _refused(where, "it is a binary file under another name")
    return text


def _csv_rows(text: str, where: str) -> list[dict[str, Any]]:
    if text.lstrip()[:1] in ("{", "[", "<"):
        raise _refused(where, "it holds JSON or markup, not comma-separated rows")
    lines = [line for line in csv.reader(text.splitlines()) if line]
    header = [plain(cell) for cell in lines[0]] if lines else []
    if len(header) < 2 or len(set(header)) < len(header) or "" in header:
        raise _refused(where, "it has no header of at least two distinct comma-separated columns")
    if any(_number(cell) is not None for cell in header) or any(personal(cell) for cell in header):
        raise _refused(where, "its first row holds data instead of headings")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise _refused(where, f"row {number} has {len(line)} cells, the header {len(header)}")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def _yaml_rows(text: str, where: str) -> list[dict[str, Any]]:
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise _refused(where, "it is not valid YAML") from None
    check_mapping(content, where)
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise _refused(where, "it is not a list of rows")
    return content


def _number(cell: object) -> float | None:
    try:
        return float(plain(cell).replace(",", "").rstrip("%"))
    except ValueError:
        return None


# Headings and cells


def _check_headings(where: str, columns: Iterable[str]) -> None:
    for heading in columns:
        what = _bad_heading(heading)
        if what:
            raise _refused(where, f"the column {heading!r} looks like a person's {what}")


def _bad_heading(heading: str) -> str | None:
    clean = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain(heading))
    words = re.findall(r"[a-z]+", clean.lower())
    if clean.lower() in _DIMENSIONS | _TEXTS | COUNTS or (
        len(words) > 1 and WORDS["safe_words"] & set(words)
    ):
        return None
    for word in words:
        if word in _BAD:
            return _BAD[word]
    for what, parts in _BAD_PARTS.items():
        if any(part in clean for part in parts):
            return what
    return None


def _check_cells(where: str, columns: Mapping[str, list[Any]]) -> None:
    for heading, cells in columns.items():
        for number, cell in enumerate(cells, start=1):
            if isinstance(cell, Mapping | list | tuple | bytes) or plain(cell)[:1] in ("{", "["):
                raise _refused(where, f"row {number} of column {heading!r} holds nested content")
            if _kind_of(heading) in ("count", "share") and _number(cell) is not None:
                continue
            what = personal(cell)
            if what:
                raise _refused(where, f"row {number} of column {heading!r} looks like {what}")
        if sum(personal(cell) is not None for cell in cells if _present(cell)) * 2 > max(len(cells), 4):
            raise _refused(where, f"the column {heading!r} holds numbers of persons' telephones or cards")
        _check_names(where, heading, [plain(cell) for cell in cells if _present(cell)])


def _check_names(where: str, heading: str, texts: list[str]) -> None:
    if _clean(heading) in _TEXTS and _clean(heading) != "population":
        return
    named = sum(is_name(text) or bool(_PINYIN.fullmatch(text)) for text in texts)
    if named and named * 2 >= len(texts):
        raise _refused(where, f"the column {heading!r} holds what look like personal names")


def _present(cell: object) -> bool:
    return cell is not None and plain(cell) not in ("", "-", "NA", "None")


def _clean(heading: str) -> str:
    return plain(heading).lower()


# Totals or persons


def _kind_of(heading: str) -> str:
    clean = _clean(heading)
    if clean in COUNTS or clean.endswith(("_cum", "_now", "_count", "_persons", "人数", "人數")):
        return "count"
    if clean in _SHARES or clean.endswith(("_share", "_percent", "_rate")):
        return "share"
    if clean in _DATES:
        return "date"
    if clean in _TEXTS:
        return "text"
    return "dimension" if clean in _DIMENSIONS else "other"


def _check_kind(where: str, columns: Mapping[str, list[Any]]) -> None:
    """Decide that a table is one of totals or a series; everything else is refused."""
    kinds = {heading: _kind_of(heading) for heading in columns}
    for heading, cells in columns.items():
        numeric = all(_number(cell) is not None for cell in cells if _present(cell))
        if kinds[heading] in ("count", "share") and not numeric:
            kinds[heading] = "text" if _clean(heading) in _TEXTS else "other"
        if kinds[heading] == "other" and not numeric:
            known = [*_DIMENSIONS, *COUNTS, *_TEXTS, *_DATES]
            raise _refused(
                where,
                f"the column {heading!r} holds texts and is no known dimension{did_you_mean(heading, known)}",
            )
    rows = len(next(iter(columns.values())))
    if rows > MOST_ROWS:
        raise _refused(where, f"it has {rows} rows, more than {MOST_ROWS}")
    _check_counts(where, {h: columns[h] for h, kind in kinds.items() if kind == "count"})
    attributes = [h for h in columns if _clean(h) in _OF_PERSONS]
    totals = [h for h, kind in kinds.items() if kind in ("count", "share")]
    if not totals and (attributes or "date" not in kinds.values()):
        raise _refused(where, f"it has no column of counts, so each of its {rows} rows may be a person")
    cells = [h for h, kind in kinds.items() if kind in ("dimension", "date")]
    if attributes or "date" not in kinds.values():
        _check_distinct(where, columns, cells)
    _check_unique_texts(where, columns, cells)


def _check_counts(where: str, counts: Mapping[str, list[Any]]) -> None:
    for heading, cells in counts.items():
        values = [value for cell in cells if _present(cell) and (value := _number(cell)) is not None]
        for number, value in enumerate(values, start=1):
            if not 0 <= value < float("inf"):
                raise _refused(where, f"row {number} of column {heading!r} is no count: {value:g}")
            if 0 < value < LEAST_CELL:
                raise _refused(
                    where, f"row {number} of {heading!r} counts {value:g}, under {LEAST_CELL} persons"
                )
        if len(values) >= _MANY and len(set(values)) == 1:
            raise _refused(where, f"every row of {heading!r} counts the same, as if each row were a person")


def _check_distinct(where: str, columns: Mapping[str, list[Any]], dimensions: list[str]) -> None:
    if not dimensions:
        raise _refused(where, "its rows have no dimension such as area, age_band or sex")
    cells = Counter(zip(*([plain(cell) for cell in columns[name]] for name in dimensions), strict=True))
    cell, times = cells.most_common(1)[0]
    if times > 1:
        raise _refused(where, f"{times} rows describe one cell {cell}: rows of persons, not totals")


def _check_unique_texts(where: str, columns: Mapping[str, list[Any]], dimensions: list[str]) -> None:
    for heading in dimensions:
        texts = [plain(cell) for cell in columns[heading] if _present(cell) and _number(cell) is None]
        if _clean(heading) in _AREAS | _DATES or len(texts) < _UNIQUE_TEXTS:
            continue
        if len(set(texts)) == len(texts):
            raise _refused(where, f"the column {heading!r} has another text in each of {len(texts)} rows")
