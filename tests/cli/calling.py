"""Calling the command line inside this process, and looking at what it left behind."""

import contextlib
import io
import json
import shutil
from pathlib import Path

from xinyong.cli import main
from xinyong.lab.scenario import load_scenario

TINY = f"""name: tiny
gloss: a few years of the toy towns
recipe: toy
scale: "1:2"
start: 2014-01-06
end: 2015-12-31
burn_in_weeks: 104
processes: [{", ".join(load_scenario("toy").processes)}]
sets: {{suing.sued_share: 0.9, courts.listing_practice_share: 0.9}}
"""


def call(*words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `xinyong WORDS`."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and the moment of its last change."""
    found = sorted(folder.rglob("*"))
    return {
        str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()
    }


def copied(run: Path, to: Path, **changes: object) -> Path:
    """A copy of a run folder with changed facts in its manifest."""
    shutil.copytree(run, to)
    path = to / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return to
