"""The command line: `xinyong run`, `compare`, `list`, `validate`, `report`, `show`, `recipe`, `new`, `baseline`."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from xinyong import __version__

EXAMPLES = """Examples:
  xinyong run toy                                         ten thousand people, a few seconds
  xinyong run china-2012-2019 --seed 1 --out runs/demo     1.34 million people, 31 provinces
  xinyong run china-2012-2019 --scale 1:4000 --replicates 5 --set courts.listed_if_unable_share=0.3
  xinyong compare runs/demo runs/other
  xinyong validate runs/demo --json
"""

app = App(
    name="xinyong",
    help="A laboratory over a wholly synthetic society: no real person is in it, ever.\n\n" + EXAMPLES,
    version=__version__,
    help_format="plaintext",
)


def _progress(quiet: bool) -> Any:
    """A progress bar with weeks, rate and remaining time; a quiet stand-in when nobody watches."""
    from contextlib import contextmanager

    @contextmanager
    def shown(total: int) -> Any:
        if quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("weeks"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("weeks", total=total, rate="")

            def tell(done: int, whole: int, persons: int) -> None:
                speed = bar.tasks[0].speed or 0.0
                bar.update(task, completed=done, total=whole, rate=f"{speed * persons / 1e6:.0f} M person-weeks/s")

            yield tell

    return shown


def _value(text: str) -> Any:
    """Read a value as YAML does: numbers, dates, true, null, {date: value}."""
    import yaml

    from xinyong.errors import RuleError

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"--set: {text!r} is not a value ({error})") from error


def _patches(pairs: list[str]) -> dict[str, Any]:
    from xinyong import guard
    from xinyong.errors import RuleError

    patches: dict[str, Any] = {}
    for pair in pairs:
        path, equals, text = pair.partition("=")
        if not equals:
            raise RuleError(f"--set {pair!r}: write it as path=value, say courts.listed_if_unable_share=0.3")
        guard.check_value(text, f"--set {path}")
        path, at, since = path.partition("@")
        patches[path] = {**_dated(patches.get(path)), since: _value(text)} if at else _value(text)
    return patches


def _dated(old: Any) -> dict[str, Any]:
    return old if isinstance(old, dict) else {}


def _date(text: str | None) -> dt.date | None:
    from xinyong.errors import ScenarioError

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(f"--until {text!r} is not a date; write it as 2018-06-30") from error


@app.command
def run(
    scenario: str,
    *,
    seed: int = 1,
    scale: str | None = None,
    threads: int | None = None,
    out: Path | None = None,
    until: str | None = None,
    replicates: int = 1,
    set_: Annotated[list[str] | None, Parameter(name="--set", consume_multiple=False)] = None,
    resume: bool = False,
    quiet: bool = False,
) -> None:
    """Play a scenario into a run folder.

    Parameters
    ----------
    scenario
        Name (see `xinyong list`) or path of a YAML file.
    seed
        Seed of the first replicate; the next ones follow.
    scale
        1:1000 (real persons per synthetic one), 1:1, or a number of persons.
    threads
        Threads; the result is the same for any number.
    out
        Folder of the run; default runs/<scenario>-<seed>-<hash>.
    until
        End earlier, on this date.
    replicates
        Worlds with different seeds; more than one gives bands.
    set_
        Patch a rule: path=value, or path@2017-05-01=value from a date on. Repeat for more.
    resume
        Go on with an unfinished run in that folder.
    quiet
        No progress bar.
    """
    from xinyong.lab.run import make_job, read_manifest
    from xinyong.lab.run import run as play
    from xinyong.lab.scenario import load_scenario

    chosen = load_scenario(scenario).changed(_patches(set_ or []), _date(until))
    command = "xinyong " + " ".join(sys.argv[1:])
    job = make_job(chosen, seed, scale, out, threads, replicates, command)
    print(f"{chosen.name}: {job.cost}", file=sys.stderr)
    with _progress(quiet)(replicates * chosen.calendar().weeks) as tell:
        folder = play(job, resume, tell)
    m = read_manifest(folder)
    print(f"{m['persons']:,} synthetic persons, {m['weeks']} weeks, {m['seconds']:.1f} s "
          f"({m['person_weeks_per_second'] / 1e6:.1f} M person-weeks/s); state {m['state_hash']}")  # fmt: skip
    print(f"run folder: {folder}\nreport:     {folder / 'report.html'}")


@app.command
def compare(first: Path, second: Path, *, at: str | None = None, json_: Annotated[bool, Parameter("--json")] = False) -> None:
    """Set two runs side by side: measures, paired differences, and where they first differ.

    Parameters
    ----------
    first
        Run folder.
    second
        Run folder.
    at
        Date to compare at; default the last they share.
    json_
        Print JSON.
    """
    from xinyong.lab.compare import compare as contrast
    from xinyong.lab.results import open_run

    _show(contrast(open_run(first), open_run(second), *([_date(at)] if at else [])), json_)


@app.command(name="list")
def list_(what: Literal["all", "scenarios", "recipes", "rules", "processes"] = "all", *, json_: Annotated[bool, Parameter("--json")] = False) -> None:
    """List scenarios, recipes, processes, or every rule with its value, date and mark.

    Parameters
    ----------
    what
        What to list.
    json_
        Print JSON.
    """
    from xinyong.lab.listing import listing

    _show(listing(what), json_)


@app.command
def validate(folder: Path, *, targets: Path | None = None, json_: Annotated[bool, Parameter("--json")] = False) -> None:
    """Set published figures beside simulated ones: one row per date and counter.

    Parameters
    ----------
    folder
        Run folder.
    targets
        Your own series, with the columns of targets/laolai_series.csv.
    json_
        Print JSON.
    """
    from xinyong.lab.results import open_run
    from xinyong.lab.validate import validate as confront

    _show(confront(open_run(folder), targets), json_)


@app.command
def report(folder: Path) -> None:
    """Write the run's report again: one HTML file that needs no network.

    Parameters
    ----------
    folder
        Run folder.
    """
    from xinyong.report import write_report

    print(write_report(folder))


@app.command
def show(folder: Path, kind: Literal["person", "organisation"], identity: str, *, replicate: int = 0, json_: Annotated[bool, Parameter("--json")] = False) -> None:
    """Tell one invented life week by week, by playing its shard again.

    Parameters
    ----------
    folder
        Run folder.
    kind
        person or organisation.
    identity
        Id as in the tables, or as P-37-0001234.
    replicate
        Which replicate.
    json_
        Print JSON.
    """
    from xinyong.lab.show import life

    _show(life(folder, kind, identity, replicate), json_)


@app.command
def recipe(file: Path, *, json_: Annotated[bool, Parameter("--json")] = False) -> None:
    """Check a table of marginals, or a recipe, for use; person-level tables are refused.

    Parameters
    ----------
    file
        CSV of totals, or YAML recipe.
    json_
        Print JSON.
    """
    from xinyong.guard import check_recipe_file
    from xinyong.lab.listing import recipe_summary

    _show(recipe_summary(file, check_recipe_file(file)), json_)


@app.command
def new(kind: Literal["institution", "behaviour", "city", "statistic"], name: str, *, into: Path | None = None) -> None:
    """Write the files a new institution, behaviour, city or statistic needs, with a case that fails until filled in.

    Parameters
    ----------
    kind
        What to add.
    name
        Its name in snake_case.
    into
        Root of the checkout; default the one in use.
    """
    from xinyong.lab.new import make

    for path in make(kind, name, into):
        print(path)


@app.command
def baseline(*, update: bool = False, json_: Annotated[bool, Parameter("--json")] = False) -> int:
    """Compare frozen runs with what the code gives now; exit code 1 if any differs.

    Parameters
    ----------
    update
        Freeze the present results instead; review the diff.
    json_
        Print JSON.
    """
    from xinyong.lab.baseline import check

    rows = check(update)
    _show(rows, json_)
    return 0 if all(row["same"] for row in rows) else 1


def _plain(row: Any) -> dict[str, Any]:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(row) and not isinstance(row, type):
        return asdict(row)
    return dict(row)


def _show(rows: Any, as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    rows = [_plain(row) for row in rows]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    if not rows:
        print("nothing to show")
        return
    table = Table(show_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(v) for v in row.values()))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def main() -> None:
    """Run the command line; exit code 0 done, 1 a check failed, 2 bad input."""
    from xinyong.errors import XinyongError

    try:
        code = app(result_action="return_value", exit_on_error=False, print_error=True)
    except XinyongError as error:
        print(f"xinyong: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        print("xinyong: stopped; add --resume to go on", file=sys.stderr)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
