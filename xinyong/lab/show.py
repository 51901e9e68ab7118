"""Tell one invented life by playing its shard again: a shard is a pure function of seed and signal log."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xinyong import ids
from xinyong.engine import Shard
from xinyong.errors import RunError, did_you_mean
from xinyong.kernels import census
from xinyong.lab.manifest import read_manifest
from xinyong.lab.replay import same_world, scenario_of, signals_of
from xinyong.lab.scenario import Scenario
from xinyong.lab.telling import Line, Teller
from xinyong.population import make_shard
from xinyong.recipe_model import LEVELS


@dataclass(frozen=True)
class Life:
    """One invented life: who, what happened, and how things stand at the end."""

    synthetic: str
    id: str
    name: str
    latin_name: str
    chosen: str
    facts: dict[str, str]
    lines: tuple[Line, ...]
    standing: tuple[str, ...]

    @property
    def heading(self) -> list[str]:
        """Who this is, in a few lines."""
        told = ", ".join(f"{name} {value}" if value else name for name, value in self.facts.items())
        return [f"{self.name}  {self.latin_name}  ({self.id})", told, *([self.chosen] if self.chosen else [])]


def life(
    folder: Path,
    kind: str = "person",
    identity: str | None = None,
    replicate: int = 0,
    sets: Mapping[str, object] | None = None,
) -> Life:
    """Everything that happened to one synthetic person or organisation, in order of days.

    Without an id the party listed most often is taken. With `sets` (rule: value) the shard is played under other rules
    with the same luck, while what the rest of the nation signals to it stays as it was in the run. Raises RunError for
    an id that is not in the run, and for a run that other rules or another version made.
    """
    manifest = read_manifest(folder)
    if not 0 <= replicate < len(manifest["seeds"]):
        raise RunError(f"--replicate {replicate}: {folder} has replicates 0 to {len(manifest['seeds']) - 1}")
    scenario = scenario_of(folder)
    plan = scenario.plan(manifest["seeds"][replicate])
    same_world(folder, manifest, scenario, plan)
    if sets:
        plan = scenario.changed(dict(sets)).plan(plan.seed)
    wanted, chosen = _identity(folder, kind, identity, replicate, scenario)
    _, code, _ = ids.unpack(wanted)
    people = make_shard(scenario.people(), plan.seed, manifest["scale"], code)
    shard = Shard(plan, people)
    row = _row(shard, wanted, kind, folder)
    facts = _facts(shard, row, people.gloss or people.name)
    teller = Teller(plan, shard, row)
    lines = teller.play(signals_of(folder, plan, replicate))
    return Life(
        f"{ids.MARK_LATIN} {ids.MARK}", ids.text(wanted), _name(wanted, shard, row), ids.latin_name(wanted), chosen,
        facts, lines, teller.standing(),
    )  # fmt: skip


def _name(wanted: int, shard: Shard, row: int) -> str:
    kind = int(shard.store.columns["kind"][row])
    return ids.organisation_name(wanted, kind) if kind else ids.name(wanted)


def _identity(
    folder: Path, kind: str, text: str | None, replicate: int, scenario: Scenario
) -> tuple[int, str]:
    """The id asked for, or one worth looking at with the reason why it was taken."""
    if text is None:
        return _interesting(folder, kind, replicate, scenario)
    wanted = int(text) if text.isascii() and text.isdigit() else ids.parse(text)
    what, code, _ = ids.unpack(wanted)
    if (what, kind) not in ((ids.PERSON, "person"), (ids.ORGANISATION, "organisation")):
        words = {ids.PERSON: "a person", ids.ORGANISATION: "an organisation", ids.CASE: "a case"}
        raise RunError(
            f"{ids.text(wanted)} is {words.get(what, 'a record')}, and a life of a {kind} was asked for"
        )
    known = [shard.code for shard in scenario.people().shards]
    if code not in known:
        raise RunError(f"{text}: no shard {code} in this run{did_you_mean(str(code), map(str, known))}")
    return wanted, ""


def _interesting(folder: Path, kind: str, replicate: int, scenario: Scenario) -> tuple[int, str]:
    """Whoever was listed most often, rather with an end than without; else the first party of the first shard."""
    from xinyong.lab.results import open_run

    if (folder / "episodes.parquet").is_file():
        mine = "kind = 'person'" if kind == "person" else "kind <> 'person'"
        found = open_run(folder).table(
            f"SELECT party, count(*) AS n FROM episodes WHERE replicate = {int(replicate)} AND {mine} "
            "GROUP BY party ORDER BY n DESC, count(*) FILTER (WHERE exit <> 'open') DESC, party LIMIT 1"
        )
        if len(found["party"]):
            times = f"{found['n'][0]} time(s)"
            return int(
                found["party"][0]
            ), f"no id was given; this {kind} was listed {times}, most often of all"
    what = ids.PERSON if kind == "person" else ids.ORGANISATION
    first = ids.pack(what, scenario.people().shards[0].code, 0)
    return first, f"no id was given and no {kind} was ever listed; this is the first of the first shard"


def _row(shard: Shard, identity: int, kind: str, folder: Path) -> int:
    _, number = ids.party(identity)
    rows = np.flatnonzero(shard.store.columns["number"] == np.uint32(number))
    if not len(rows):
        many = shard.persons if kind == "person" else shard.organisations
        raise RunError(
            f"{folder}: no {kind} {ids.text(identity)}; shard {shard.code} has {many:,} of them. "
            "Ids stand in episodes.parquet, column party"
        )
    return int(rows[0])


def _facts(shard: Shard, row: int, place: str) -> dict[str, str]:
    """What the census says of the party."""
    value = {name: int(a[row]) for name, a in shard.store.columns.items() if a.ndim == 1}
    facts = value["census"]
    where = {place: "", "town" if census.urban_of(facts) else "countryside": ""}
    if value["kind"]:
        kinds = ("", "enterprise", "self-employed", "social organisation", "department")
        return {kinds[value["kind"]]: "", **where}
    return {
        "man" if census.sex_of(facts) else "woman": "",
        "aged": f"{value['age']} at the census",
        **where,
        "registered here" if census.local_of(facts) else "registered elsewhere": "",
        "schooling:": str(LEVELS[census.education_of(facts)]).replace("_", " "),
        "income class": f"{value['income']} of 255",
    }
