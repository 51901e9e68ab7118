"""Reading what was typed: dates, rule patches, run folders."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from cyclopts import Token

    from xinyong.lab.results import Run

SET = "--set"


def one_flag_each(words: list[str]) -> list[str]:
    """Let several settings follow one flag: `--set a=1 b=2` is `--set a=1 --set b=2`."""
    out: list[str] = []
    setting = False
    for word in words:
        follows = setting and "=" in word and not word.startswith("-")
        if follows and out[-1] != SET:
            out.append(SET)
        setting = word == SET or word.startswith(SET + "=") or follows
        out.append(word)
    return out


def patches(pairs: list[str]) -> dict[str, Any]:
    """Read `path=value` and `path@date=value` as patches of the rule book.

    Raises RuleError for what cannot be read, RefusedInput for what reaches a single person.
    """
    from xinyong import guard
    from xinyong.errors import RuleError

    found: dict[str, Any] = {}
    for pair in pairs:
        place, equals, text = pair.partition("=")
        if not equals or not place or not text:
            raise RuleError(f"--set {pair!r}: write it as path=value, say courts.listed_if_unable_share=0.3")
        guard.check_value(text, f"--set {place}")
        path, at, since = place.partition("@")
        old = found.get(path)
        if old is not None and not (at and isinstance(old, dict) and since not in old):
            raise RuleError(f"--set {place}: '{path}' is already set; give one value, or one for each date")
        found[path] = {**(old or {}), _since(place, since): value(text)} if at else value(text)
    return found


def _since(place: str, text: str) -> str:
    date(text, f"--set {place}")
    return text


def value(text: str) -> Any:
    """Read a value as YAML does (numbers, true, null, texts, {date: value}); 1e5 is a number too."""
    import yaml

    from xinyong.errors import RuleError

    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise RuleError(f"--set: {text!r} is not a value ({error})") from error


def whole(_: Any, tokens: Sequence["Token"]) -> int:
    """Read a whole number; 1.5 and 1e3 are none."""
    text = tokens[0].value
    if not re.fullmatch(r"[+-]?\d+", text):
        raise ValueError(f"{text!r} is not a whole number.")
    return int(text)


Whole = Annotated[int, Parameter(converter=whole)]
Json = Annotated[bool, Parameter(name="--json")]


def date(text: str | None, flag: str) -> dt.date | None:
    """Read a date as 2018-06-30. Raises ScenarioError naming the flag."""
    from xinyong.errors import ScenarioError

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(f"{flag}: {text!r} is not a date; write it as 2018-06-30") from error


def run_folder(folder: Path) -> Path:
    """A folder that exists; RunError with the nearest one, or with what to do where a scenario was named."""
    from xinyong.errors import RunError, did_you_mean

    if folder.is_dir():
        return folder
    if folder.exists():
        raise RunError(f"{folder} is a file; give the folder that `xinyong run` wrote")
    from xinyong.lab.scenario import scenario_names

    if str(folder) in scenario_names():
        raise RunError(
            f"'{folder}' is a scenario, and a run folder is needed; play it first: "
            f"xinyong run {folder} --out runs/{folder}"
        )
    beside = [p for p in (folder.parent, Path("runs")) if p.is_dir()]
    known = sorted({str(p) for place in beside for p in place.iterdir() if (p / "manifest.json").is_file()})
    raise RunError(f"there is no run folder {folder}{did_you_mean(str(folder), known)}")


def opened(folder: Path) -> "Run":
    """A finished run."""
    from xinyong.lab.results import open_run

    return open_run(run_folder(folder))
