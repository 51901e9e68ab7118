"""What each command does: it reads what was typed, asks the lab or the report, and prints."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from xinyong import __version__
from xinyong.cli import examples, public, rights
from xinyong.cli.claims import claims
from xinyong.cli.experiment import experiment
from xinyong.cli.lives import show_table, show_twin
from xinyong.cli.printing import print_json, print_table, progress
from xinyong.cli.reading import Json, Whole, date, opened, patches, run_folder
from xinyong.cli.survey import survey

app = App(
    name="xinyong",
    help=examples.ABOUT,
    help_epilogue=examples.EPILOGUE,
    version=__version__,
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
)
app.register_install_completion_command(
    help="Install completion by the Tab key for your shell (bash, zsh, fish)."
)


@app.command(sort_key=1, help_epilogue=examples.RUN)
def run(
    scenario: str,
    /,
    *,
    seed: Whole = 1,
    scale: str | None = None,
    threads: Whole | None = None,
    out: Path | None = None,
    until: str | None = None,
    replicates: Whole = 1,
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
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
        Worker processes; unless asked all cores, or one for small runs. The result is the same for any number.
    out
        Folder of the run; default runs/<scenario>-<seed>-<hash>.
    until
        End earlier, on this date.
    replicates
        Worlds with different seeds; more than one gives bands.
    set_
        Patch a rule: path=value, or path@2017-05-01=value from a date on. Several may follow.
    resume
        Go on with an unfinished run in that folder.
    quiet
        No progress bar.

    """
    from xinyong.lab.run import make_job
    from xinyong.lab.run import run as play
    from xinyong.lab.scenario import load_scenario
    from xinyong.report import write_report

    chosen = load_scenario(scenario).changed(patches(set_ or []), date(until, "--until"))
    command = "xinyong " + " ".join(sys.argv[1:])
    job = make_job(chosen, seed, scale, out, threads, replicates, command)
    print(f"{chosen.name}: {job.cost}", file=sys.stderr)
    with progress(quiet, replicates * chosen.calendar().weeks) as tell:
        folder = play(job, resume, tell)
    if not (folder / "report.html").is_file():
        write_report(folder)
    _say_done(folder)


def _say_done(folder: Path) -> None:
    from xinyong.lab.manifest import read_manifest

    m = read_manifest(folder)
    rate = m["person_weeks_per_second"] / 1e6
    print(f"{m['persons']:,} synthetic persons, {m['weeks']} weeks, {m['seconds']:.1f} s "
          f"({rate:.2f} M person-weeks/s); state {m['state_hash']}")  # fmt: skip
    print(f"run folder: {folder}\nreport:     {folder / 'report.html'}")


@app.command(sort_key=3, help_epilogue=examples.COMPARE)
def compare(
    first: Path, second: Path, /, *, at: str | None = None, unpaired: bool = False, json_: Json = False
) -> None:
    """Set two runs side by side: what differs in their plans, since when, and by how much.

    Parameters
    ----------
    first
        Run folder.
    second
        Run folder.
    at
        Date to compare at; default the last they share.
    unpaired
        Compare runs of different societies or seeds too.
    json_
        Print JSON.

    """
    from xinyong.lab.compare import compare as contrast

    found = contrast(opened(first), opened(second), date(at, "--at"), unpaired=unpaired)
    if json_:
        print_json(found)
        return
    print_table(found.changes, nothing="both runs have the same plan")
    differing = [row for row in found.rows if row.difference]
    if found.first_date:
        print(
            f"\nequal until the week of {found.first_date}; first to differ: {', '.join(found.first_measures)}\n"
        )
    same = f"{len(found.rows) - len(differing)} measures are equal"
    print_table(differing, nothing=f"no measure differs ({same})")
    if differing:
        print(f"\n{same}; values are scaled up to real persons")


@app.command(name="list", sort_key=2, help_epilogue=examples.LIST)
def list_(
    what: Literal[
        "all", "scenarios", "recipes", "processes", "measures", "rules", "designs", "switches"
    ] = "all",
    path: str = "",
    /,
    *,
    json_: Json = False,
) -> None:
    """List scenarios, recipes, processes, measures, designs, switches, or every rule with date and mark.

    Parameters
    ----------
    what
        What to list.
    path
        With `rules`: only those at and below this path.
    json_
        Print JSON.

    """
    from xinyong.lab.listing import listing

    rows = listing(what, path)
    if json_:
        print_json(rows)
        return
    print_table(rows)
    if what == "rules":
        print(examples.MARKS)


@app.command(sort_key=4, help_epilogue=examples.VALIDATE)
def validate(folder: Path, /, *, targets: Path | None = None, json_: Json = False) -> None:
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
    from xinyong.lab.validate import tally
    from xinyong.lab.validate import validate as confront

    run = opened(folder)
    rows = confront(run, targets)
    if json_:
        print_json(rows)
        return
    print_table(rows, examples.VALIDATE_COLUMNS)
    agree, judged = tally(rows)
    print(f"\n{agree} of {judged} usable figures lie within the tolerance; simulated values are scaled up")
    print(f"one invented person stands for {run.scale:,.0f}; simulated values move in steps of that size")


@app.command(sort_key=5, help_epilogue=examples.REPORT)
def report(folder: Path, /, *, against: Path | None = None) -> None:
    """Write the run's report again: one HTML file that needs no network.

    Parameters
    ----------
    folder
        Run folder.
    against
        Another run of the same society: three lives told in both, and the rights audit against it.

    """
    from xinyong.report import write_report

    print(write_report(run_folder(folder), run_folder(against) if against else None))


@app.command(sort_key=6, help_epilogue=examples.SHOW)
def show(
    folder: Path,
    kind: Literal["person", "organisation", "desks", "accounts"] = "person",
    identity: str | None = None,
    /,
    *,
    twin: Path | None = None,
    replicate: Whole = 0,
    json_: Json = False,
) -> None:
    """Tell one invented life in order of days, by playing its shard again; or show what the run did as a table.

    Parameters
    ----------
    folder
        Run folder.
    kind
        Whose life; or `desks`, objection and repair by register; or `accounts`, what the run cost.
    identity
        Id as in the tables, or as P-37-0001234; without one, the party listed most often is taken.
    twin
        Another run of the same society: tell the life in both; without an id, one is drawn by lot that differs.
    replicate
        Which replicate, from 0.
    json_
        Print JSON.

    """
    from xinyong.lab.show import life

    if kind in ("desks", "accounts"):
        show_table(run_folder(folder), kind, json_)
        return
    if twin is not None:
        show_twin(run_folder(folder), run_folder(twin), kind, identity, replicate, json_)
        return
    told = life(run_folder(folder), kind, identity, replicate)
    if json_:
        print_json(told)
        return
    for line in told.heading:
        print(line)
    print()
    print_table(
        told.lines, {"date": "date", "told": "what happened"}, nothing="nothing happened that is recorded"
    )
    for line in told.standing:
        print(line)


app.command(experiment, sort_key=3, help_epilogue=examples.EXPERIMENT)
app.command(claims, sort_key=3, help_epilogue=examples.CLAIMS)
app.command(rights.audit, sort_key=5, help_epilogue=examples.AUDIT)
app.command(rights.odd, sort_key=7, help_epilogue=examples.ODD)
app.command(public.lookup, sort_key=6, help_epilogue=examples.LOOKUP)
app.command(public.scan_map, name="map", sort_key=6, help_epilogue=examples.MAP)
app.command(survey, sort_key=6, help_epilogue=examples.SURVEY)
app.command(public.serve, sort_key=6, help_epilogue=examples.SERVE)


@app.command(sort_key=7, help_epilogue=examples.RECIPE)
def recipe(file: Path, /, *, json_: Json = False) -> None:
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

    _print(recipe_summary(file, check_recipe_file(file)), json_)


@app.command(sort_key=8, help_epilogue=examples.NEW)
def new(
    kind: Literal["institution", "behaviour", "city", "statistic"], name: str, /, *, into: Path | None = None
) -> None:
    """Write the files a new institution, behaviour, city or statistic needs, to be filled in.

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

    made = make(kind, name, into)
    for path in made.files:
        print(path)
    print(made.advice, file=sys.stderr)


@app.command(sort_key=9, help_epilogue=examples.BASELINE)
def baseline(*, update: bool = False, json_: Json = False) -> int:
    """Compare frozen runs with what the code gives now; exit code 1 if any count differs.

    Parameters
    ----------
    update
        Freeze the present results instead; review the difference.
    json_
        Print JSON.

    """
    from xinyong.lab.baseline import check

    found = check(update)
    if json_:
        print_json({"same": found.same, "differences": found.differences, "notes": found.notes})
    else:
        print_table(found.differences, nothing="every count is as frozen")
        print("\n".join(found.notes), file=sys.stderr)
    return 0 if found.same or update else 1


@app.command(sort_key=10, help_epilogue=examples.COVERAGE)
def coverage(*, requirement: str | None = None, json_: Json = False) -> int:
    """Say for each statement of the paper where it is carried; exit code 1 if one is missing or a link is dead.

    Parameters
    ----------
    requirement
        Tell one of them in full, say R49.
    json_
        Print JSON.

    """
    from xinyong.lab.coverage import SAID, chosen
    from xinyong.lab.coverage import coverage as cover

    found = cover()
    rows = [chosen(found, requirement)] if requirement else found.rows
    if json_:
        print_json(
            {"complete": found.complete, "missing": found.missing, "counts": found.counts, "rows": rows}
        )
    elif requirement:
        print_table(rows[0].told(), {"name": "", "said": rows[0].requirement})
    else:
        print_table([row.short() for row in rows], examples.COVERAGE_COLUMNS)
        counts = ", ".join(f"{n} {SAID[status]}" for status, n in found.counts.items())
        print(f"\n{len(found.rows)} of {found.of}: {counts}")
        print("\n".join(found.complaints), end="\n" if found.complaints else "")
    return 0 if found.complete else 1


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    else:
        print_table(rows)
