"""What `xinyong show` prints besides one life: the same life in two runs, the desks, the accounts."""

from pathlib import Path
from typing import Any

from xinyong.cli import examples
from xinyong.cli.printing import plain, print_json, print_table


def show_twin(
    folder: Path, other: Path, kind: str, identity: str | None, replicate: int, json_: bool
) -> None:
    """Print one life in two runs, day by day."""
    from xinyong.lab.paired_lives import twin

    told = twin(folder, other, kind, identity, replicate)
    if json_:
        print_json(told)
        return
    print(
        f"{told.name}  {told.latin_name}  ({told.id})\nfirst difference: {told.first_difference or 'none'}\n"
    )
    where = {"both": "in both", "with": folder.name, "without": other.name}
    rows = [{"date": line.date, "told": line.told, "where": where[line.where]} for line in told.lines]
    heads = {"date": "date", "where": "in the run", "told": "what happened"}
    print_table(rows, heads, nothing="nothing happened that is recorded")
    print_table(
        [{"what": name, "standing": line.strip()} for name, lines in
         ((folder.name, told.standing_with), (other.name, told.standing_without)) for line in lines[1:]],
        {"what": "at the end of", "standing": "standing"},
    )  # fmt: skip
    print(told.note)


def show_table(folder: Path, kind: str, json_: bool) -> None:
    """Print the desks or the accounts of a run, in model units."""
    from xinyong.lab.desks import costs, desks
    from xinyong.lab.results import open_run

    run = open_run(folder)
    if kind == "accounts":
        rows: list[Any] = costs(run)
    else:
        rows = [{**plain(row), "mean_days": row.mean_days} for row in desks(run)]
    if json_:
        print_json(rows)
    else:
        by = {"accounts": "accounts", "desks": "objection and redress"}[kind]
        nothing = f"this run counted no {kind}: its scenario leaves {by} out"
        print_table(rows, examples.SHOWN_COLUMNS.get(kind), nothing)
