"""The commands of the public sites and the map of debtors: `xinyong lookup` and `xinyong map`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xinyong.cli.printing import print_json, print_table
from xinyong.cli.reading import Json, Whole, date, opened
from xinyong.errors import RunError

if TYPE_CHECKING:
    from xinyong.lab.lookup import Answer
    from xinyong.lab.street_map import Scan

_WORDS = {"court_list": "court list", "lists": "red and black lists", "grades": "scores and grades"}


def lookup(
    folder: Path,
    query: str,
    /,
    *,
    site: str = "credit_china",
    on: str | None = None,
    replicate: Whole = 0,
    json_: Json = False,
) -> None:
    """Look one invented party up on a public site of a run, as anybody could on that day.

    Parameters
    ----------
    folder
        Run folder.
    query
        Unified code, invented name, or id.
    site
        credit_china, gsxt, shixin, or a site of your own rules.
    on
        Day of the look-up; default the last of the run.
    replicate
        Which replicate, from 0.
    json_
        Print JSON.

    """
    from xinyong.lab.lookup import look_up

    answer = look_up(opened(folder), query, site, date(on, "--on"), replicate)
    if json_:
        print_json(answer)
        return
    _print_answer(answer)


def scan_map(
    folder: Path,
    /,
    *,
    at: str | None = None,
    near: str | None = None,
    radius: float | None = None,
    on: str | None = None,
    province: str | None = None,
    replicate: Whole = 0,
    svg: Path | None = None,
    json_: Json = False,
) -> None:
    """Scan the map of debtors of a run: how many are listed nearby, and where, in an invented town.

    Parameters
    ----------
    folder
        Run folder.
    at
        Where to stand: X,Y in metres east and north of the middle; default the middle.
    near
        Stand where this party lives (id, as P-13-0001234).
    radius
        Metres; default what the rules say (500).
    on
        Day of the scan; default the last of the run.
    province
        Which province's map, by the key in the rules; default the first.
    replicate
        Which replicate, from 0.
    svg
        Draw the map into this file.
    json_
        Print JSON.

    """
    from xinyong.lab.street_map import open_map
    from xinyong.lab.street_picture import draw

    chart = open_map(opened(folder), date(on, "--on"), province, replicate)
    scan = chart.scan(chart.place(_position(at), near), radius)
    if svg is not None:
        write_text(svg, draw(chart, scan))
        print(f"map: {svg}", file=sys.stderr)
    if json_:
        print_json(scan)
        return
    _print_scan(scan)


def _position(text: str | None) -> tuple[float, float] | None:
    """Read a place as X,Y in metres. Raises RunError."""
    if text is None:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise RunError(
            f"--at {text!r}: write two numbers, X,Y, in metres from the middle, say 300,-450"
        ) from error
    return x, y


def write_text(path: Path, text: str) -> None:
    """Write a file; RunError if it cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def _print_answer(answer: "Answer") -> None:
    """Print what a site answers."""
    print(f"{answer.synthetic}  {answer.name} ({answer.gloss}), {answer.on}")
    if answer.shows:
        print("shows: " + ", ".join(f"{_WORDS.get(k, k)} since {v}" for k, v in answer.shows.items()))
    print()
    heads = {n: n.replace("_", " ") for n in ("code", "name", "id", "kind", "region", "grade")}
    print_table(answer.found, heads, nothing="nobody is shown")
    for listing in [e for f in answer.found for e in f.court_list]:
        print(
            f"  court list: {listing.name}, case {listing.case}, {listing.court}, {listing.amount_yuan:,} yuan, "
            f"published {listing.published}; {listing.ground}"
        )
    for found in answer.found:
        if found.more_listings:
            print(f"  and {found.more_listings} more entries of {found.name}")
        for other in found.lists:
            print(f"  list {other.list}: {other.name}" + (f", since {other.since}" if other.since else ""))
        if found.register:
            print("  register: " + ", ".join(f"{k} {v}" for k, v in found.register.items() if v))
    for note in answer.notes:
        print(f"note: {note}")


def _print_scan(scan: "Scan") -> None:
    """Print what a scan finds."""
    where = f"{scan.radius_m:g} metres around ({scan.x:.0f}, {scan.y:.0f})"
    print(f"{scan.synthetic}  {scan.town}, {scan.on}, {where}")
    for line in (scan.alert, scan.alert_en):
        if line:
            print(line)
    heads = {"x": "metres east", "y": "metres north", "listed": "listed parties", "street": "street"}
    print_table(scan.cells, heads, nothing="nobody is shown")
    for note in scan.notes:
        print(f"note: {note}")


def serve(*folders: Path, host: str = "127.0.0.1", port: Whole = 8000) -> None:
    """Open the portal over runs: look-ups, map, timeline, reading and rules in a browser, and as JSON.

    Parameters
    ----------
    folders
        Run folders; without any, those in runs/.
    host
        Address to listen on; 0.0.0.0 lets other machines in.
    port
        Port to listen on.

    """
    from xinyong.portal.serve import serve as answer

    answer(folders, host, port)
