"""Whatever is wrong with what was asked for: exit code 2, one line that names the place, and no file changed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import TINY, call, copied, tree

PERSONS = Path(__file__).parents[1] / "guard" / "persons"
PEOPLE = "".join(
    f"  - {{age: {20 + k % 50}, sex: male, education: senior, income: {k}}}\n" for k in range(40)
)


def scenario(old: str = "", new: str = "") -> str:
    assert old in TINY
    return TINY.replace(old, new) if old else TINY + new


FILES = {
    "key.yaml": scenario("processes:", "proceses:"),
    "extra.yaml": scenario(new="recipy: toy\n"),
    "recipe.yaml": scenario("recipe: toy", "recipe: tooy"),
    "process.yaml": scenario("[ability,", "[ablity,"),
    "twice.yaml": scenario("[ability,", "[ability, ability,"),
    "none.yaml": scenario("processes: [", "processes: []\nother: ["),
    "needs.yaml": scenario("court_list, ", ""),
    "reversed.yaml": scenario("end: 2015-12-31", "end: 2013-12-31"),
    "ancient.yaml": scenario("start: 2014-01-06", "start: 1914-01-06"),
    "day.yaml": scenario("end: 2015-12-31", "end: 2015-02-30"),
    "burn.yaml": scenario("burn_in_weeks: 104", "burn_in_weeks: -3"),
    "sets.yaml": scenario("suing.sued_share: 0.9", "suing.sued_shar: 0.9"),
    "torn.yaml": TINY[:150] + "\n  - [",
    "list.yaml": "- a\n- b\n",
    "binary.yaml": "\0\1\2",
    "persons.yaml": scenario(new="sets_of_people:\n" + PEOPLE),
    "named.yaml": scenario("gloss: a few years of the toy towns", "gloss: 張偉"),
    "columns.csv": "as_of_day,listed\n2015-06-30,1000\n",
    "late.csv": "as_of_date,listed_cum,source\n2018-06-30,11230000,spc\n",
    "value.csv": "as_of_date,listed_cum,source\n2015-06-30,-5,spc\n",
    "a_file": "nothing",
}

# what is typed after `xinyong`, and what the one line must say; {here} is a folder with FILES, {run} a finished run
WRONG: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown command": ("rnu toy", ("rnu", "run")),
    "unknown option": ("run toy --sed 3", ("--sed", "--seed")),
    "missing argument": ("run", ("SCENARIO", "xinyong run --help")),
    "missing value": ("run toy --seed", ("--seed",)),
    "too many arguments": ("run toy toy", ("toy",)),
    "unknown choice": ("list rulez", ("rulez", "rules")),
    "unknown kind": ("new instituton tax_list", ("instituton", "institution")),
    "unknown scenario": ("run china-2012-2018", ("china-2012-2018", "china-2012-2019")),
    "scenario file away": ("run {here}/away.yaml", ("away.yaml",)),
    "scenario is a folder": ("run {here}", ("{here}",)),
    "misspelt key": ("run {here}/key.yaml", ("key.yaml", "proceses", "did you mean 'processes'")),
    "unknown key": ("run {here}/extra.yaml", ("extra.yaml", "recipy", "did you mean 'recipe'")),
    "unknown recipe": ("run {here}/recipe.yaml", ("tooy", "did you mean 'toy'")),
    "unknown process": ("run {here}/process.yaml", ("ablity", "did you mean 'ability'")),
    "process named twice": ("run {here}/twice.yaml", ("twice.yaml", "ability")),
    "no process": ("run {here}/none.yaml", ("none.yaml", "processes")),
    "needs are missing": ("run {here}/needs.yaml", ("add court_list to the scenario",)),
    "reversed calendar": ("run {here}/reversed.yaml", ("2014-01-06", "2013-12-31")),
    "before all calendars": ("run {here}/ancient.yaml", ("1914", "1995 to 2100")),
    "no such day": ("run {here}/day.yaml", ("day.yaml", "day is out of range")),
    "negative burn-in": ("run {here}/burn.yaml", ("burn.yaml", "burn_in_weeks")),
    "scenario sets unknown rule": ("run {here}/sets.yaml", ("suing.sued_shar", "did you mean 'suing.sued_share'")),
    "scenario torn": ("run {here}/torn.yaml", ("torn.yaml", "YAML")),
    "scenario is a list": ("run {here}/list.yaml", ("list.yaml", "mapping")),
    "scenario is binary": ("run {here}/binary.yaml", ("binary.yaml",)),
    "persons in a scenario": ("run {here}/persons.yaml", ("persons.yaml", "totals")),
    "a name in a scenario": ("run {here}/named.yaml", ("named.yaml", "name")),
    "until is no date": ("run toy --until 2018-02-30", ("--until", "2018-02-30")),
    "until is no day": ("run toy --until yesterday", ("--until", "yesterday", "2018-06-30")),
    "until before start": ("run toy --until 2011-01-01", ("--until", "2011-01-01", "2012-01-02")),
    "until after all calendars": ("run toy --until 2200-01-01", ("2200-01-01", "1995 to 2100")),
    "scale zero": ("run toy --scale 0", ("'0'", "positive")),
    "scale negative": ("run toy --scale=-5", ("'-5'", "positive")),
    "scale nan": ("run toy --scale nan", ("nan",)),
    "scale infinite": ("run toy --scale inf", ("inf",)),
    "scale word": ("run toy --scale many", ("many", "1:1000")),
    "scale one to nothing": ("run toy --scale 1:0", ("1:0",)),
    "scale two to three": ("run toy --scale 2:3", ("2:3",)),
    "scale above 1:1": ("run toy --scale 99999999", ("99999999", "10,000")),
    "seed negative": ("run toy --seed=-1", ("--seed", "-1")),
    "seed word": ("run toy --seed one", ("--seed", "one")),
    "seed fraction": ("run toy --seed 1.5", ("--seed", "1.5")),
    "seed nan": ("run toy --seed nan", ("--seed", "nan")),
    "seed too large": ("run toy --seed 9999999999999999999999", ("--seed",)),
    "threads none": ("run toy --threads 0", ("--threads", "0")),
    "threads negative": ("run toy --threads=-2", ("--threads", "-2")),
    "threads word": ("run toy --threads two", ("--threads", "two")),
    "replicates none": ("run toy --replicates 0", ("--replicates", "0")),
    "replicates negative": ("run toy --replicates=-2", ("--replicates", "-2")),
    "replicates nan": ("run toy --replicates nan", ("--replicates", "nan")),
    "too large for this machine": ("run toy --replicates 999999999", ("disk", "--scale")),
    "set unknown rule": ("run toy --set objection.awareshare=1", ("objection.awareshare", "objection.aware_share")),
    "set misspelt file": ("run toy --set objecton.aware_share=1", ("objecton", "objection.aware_share")),
    "set group": ("run toy --set objection=1", ("'objection' is a group",)),
    "set without equals": ("run toy --set objection.aware_share", ("objection.aware_share", "path=value")),
    "set without value": ("run toy --set objection.aware_share=", ("objection.aware_share", "path=value")),
    "set out of range": ("run toy --set objection.aware_share=1.5", ("objection.aware_share", "1.5", "[0")),
    "set negative": ("run toy --set objection.aware_share=-1", ("objection.aware_share", "-1")),
    "set word": ("run toy --set objection.aware_share=much", ("objection.aware_share", "much", "number")),
    "set nan": ("run toy --set objection.aware_share=nan", ("objection.aware_share", "nan")),
    "set yaml nan": ("run toy --set objection.aware_share=.nan", ("objection.aware_share", "nan")),
    "set infinite": ("run toy --set objection.aware_share=inf", ("objection.aware_share", "inf")),
    "set list": ("run toy --set objection.aware_share=[1,2]", ("objection.aware_share", "number")),
    "set torn": ("run toy --set objection.aware_share=[1", ("--set", "[1")),
    "set on no day": ("run toy --set objection.aware_share@2017-13-01=1", ("2017-13-01",)),
    "set on a far day": ("run toy --set objection.aware_share@2500-01-01=1", ("objection.aware_share", "2500")),
    "set twice": ("run toy --set objection.aware_share=1 objection.aware_share=0", ("already set",)),
    "set second is wrong": ("run toy --set objection.aware_share=1 court_list.x=2", ("court_list.x",)),
    "set an identity number": ("run toy --set objection.aware_share=11010519491231002X", ("identity number", "totals")),
    "set a name": ("run toy --set objection.aware_share=張偉", ("name", "totals")),
    "set persons": ("run toy --set objection.aware_share={{passport: E12345678}}", ("totals",)),
    "out is a file": ("run toy --out {here}/a_file", ("a_file", "folder")),
    "out below a file": ("run toy --out {here}/a_file/below", ("a_file", "--out")),
    "out where nothing can be made": ("run toy --out /proc/xinyong", ("/proc", "--out")),
    "out is another folder": ("run toy --out {here}", ("not a run folder", "--out")),
    "out of another scenario": ("run toy --out {run}", ("another run", "scenario")),
    "out of another seed": ("run {tiny} --replicates 2 --seed 2 --out {run}", ("seed: 1 there, 2 asked for",)),
    "out of another scale": ("run {tiny} --replicates 2 --scale 1:3 --out {run}", ("scale: 2.0 there",)),
    "out of other rules": ("run {tiny} --replicates 2 --set objection.aware_share=1 --out {run}", ("rulebook",)),
    "out of another version": ("run {tiny} --replicates 2 --out {other}", ("version: 0.0.1 there",)),
    "unfinished without resume": ("run {tiny} --replicates 2 --out {stopped}", ("--resume",)),
    "torn checkpoint": ("run {tiny} --replicates 2 --out {torn} --resume", ("torn", "delete it")),
    "damaged manifest": ("run {tiny} --replicates 2 --out {bent} --resume", ("manifest.json is damaged",)),
    "empty manifest": ("run {tiny} --replicates 2 --out {empty} --resume", ("manifest.json",)),
    "compare scenarios": ("compare toy {run}", ("'toy' is a scenario", "xinyong run toy --out")),
    "compare nothing": ("compare {run} {run}x", ("no run folder", "did you mean")),
    "compare a file": ("compare {run} {here}/a_file", ("a_file", "folder")),
    "compare at no date": ("compare {run} {run} --at soon", ("--at", "soon")),
    "compare at a far date": ("compare {run} {run} --at 2030-01-01", ("2030-01-01", "outside the run")),
    "compare unfinished": ("compare {run} {stopped}", ("not finished",)),
    "validate nothing": ("validate {here}/away", ("no run folder", "away")),
    "validate another folder": ("validate {here}", ("manifest.json",)),
    "validate another format": ("validate {format}", ("format 99",)),
    "validate damaged table": ("validate {parquet}", ("weekly", "damaged")),
    "validate damaged manifest": ("validate {bent}", ("manifest.json",)),
    "targets away": ("validate {run} --targets {here}/away.csv", ("away.csv", "no such file")),
    "targets of persons": ("validate {run} --targets {persons}/microdata.csv", ("microdata.csv", "totals")),
    "targets with other columns": ("validate {run} --targets {here}/columns.csv", ("as_of_date",)),
    "targets outside the run": ("validate {run} --targets {here}/late.csv", ("2018-06-30", "outside the run")),
    "targets below nothing": ("validate {run} --targets {here}/value.csv", ("-5",)),
    "report of nothing": ("report {here}/away", ("away",)),
    "report unfinished": ("report {stopped}", ("not finished",)),
    "report damaged table": ("report {parquet}", ("weekly",)),
    "show no id": ("show {run} person nobody", ("nobody", "P-37-0001234")),
    "show another kind": ("show {run} person O-900-0000001", ("O-900-0000001", "organisation")),
    "show a case": ("show {run} person C-900-0000001", ("C-900-0000001", "case")),
    "show nobody": ("show {run} person P-900-9999999", ("P-900-9999999", "episodes.parquet")),
    "show another shard": ("show {run} person P-44-0000001", ("44",)),
    "show a huge number": ("show {run} person 99999999999999999999999", ("999",)),
    "show a small number": ("show {run} person 7", ("7",)),
    "show replicate": ("show {run} --replicate 2", ("--replicate 2", "0 to 1")),
    "show replicate below": ("show {run} --replicate=-1", ("--replicate -1",)),
    "show under other rules": ("show {rules}", ("rulebook changed",)),
    "show without scenario": ("show {unplanned}", ("scenario.json",)),
    "recipe of persons": ("recipe {persons}/one_row_one_person.csv", ("one_row_one_person.csv", "totals")),
    "recipe away": ("recipe {here}/away.yaml", ("away.yaml",)),
    "recipe of a kind": ("recipe {here}/a_file", ("a_file",)),
    "rules at no path": ("list rules objecton", ("objecton", "objection")),
    "path without rules": ("list recipes objection", ("xinyong list rules objection",)),
    "new in capitals": ("new institution TaxList", ("TaxList", "tax_list")),
    "new with hyphen": ("new city wei-hai", ("wei-hai", "wei_hai")),
    "new with digit first": ("new city 3town", ("3town", "snake_case")),
    "new path": ("new institution ../evil", ("snake_case",)),
    "new keyword": ("new behaviour lambda", ("lambda", "reserved")),
    "new reserved": ("new institution values", ("values", "reserved")),
    "new institution again": ("new institution court_list", ("already", "court_list")),
    "new behaviour again": ("new behaviour court_list", ("already", "court_list")),
    "new city again": ("new city rongcheng", ("already", "rongcheng")),
    "new statistic again": ("new statistic listed_cum", ("already", "listed_cum")),
    "new elsewhere": ("new city weihai --into {here}", ("no checkout", "--into")),
}  # fmt: skip


@pytest.fixture(scope="module")
def places(finished, tiny, tmp_path_factory) -> dict[str, Path]:
    """Folders with something wrong in each."""
    here, runs = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("bad_runs")
    for name, text in FILES.items():
        (here / name).write_text(text, encoding="utf-8")
    stopped = {"finished": False, "status": "unfinished", "state_hashes": {}}
    found = {
        "here": here, "run": finished, "tiny": tiny, "persons": PERSONS,
        "other": copied(finished, runs / "other", version="0.0.1"),
        "stopped": copied(finished, runs / "stopped", **stopped),
        "torn": copied(finished, runs / "torn", **stopped),
        "bent": copied(finished, runs / "bent"),
        "empty": copied(finished, runs / "empty"),
        "format": copied(finished, runs / "format", format=99),
        "parquet": copied(finished, runs / "parquet"),
        "rules": copied(finished, runs / "rules", rulebook_hash="0" * 64),
        "unplanned": copied(finished, runs / "unplanned"),
    }  # fmt: skip
    (found["bent"] / "manifest.json").write_text('{"scenario": "ti')
    (found["empty"] / "manifest.json").write_text("")
    (found["unplanned"] / "scenario.json").unlink()
    for checkpoint in (found["torn"] / "checkpoints").glob("*.npz"):
        first = checkpoint.with_name(checkpoint.name.replace("r001", "r000"))
        first.write_bytes(checkpoint.read_bytes()[: checkpoint.stat().st_size // 2])
    table = found["parquet"] / "weekly.parquet"
    table.write_bytes(table.read_bytes()[:-200] + b"\0" * 200)
    return found


@pytest.mark.parametrize("case", WRONG)
def test_is_refused_in_one_line_and_changes_nothing(case, places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed, says = WRONG[case]
    words = [word.format(**places) for word in re.split(r" (?![^{]*\}\})", typed)]
    below = sorted({p for p in places.values() if p != PERSONS and p.is_dir()})
    before = [tree(p) for p in below]
    code, out, err = call(*words)
    told = [line for line in err.splitlines() if not line.startswith(("toy: about", "tiny: about"))]
    assert code == 2, out + err
    assert "Traceback" not in err
    assert len(told) == 1, err
    assert told[0].startswith("xinyong: ")
    for text in says:
        assert text.format(**places) in told[0], told[0]
    assert [tree(p) for p in below] == before
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_and_leaves_only_whole_files(tiny, tmp_path):
    """Files larger than 300 kB cannot be written: the manifest fits, no checkpoint does."""
    program = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)); "
    program += "from xinyong.cli import main; main(sys.argv[1:])"
    out = tmp_path / "run"
    words = ["run", str(tiny), "--out", str(out), "--quiet", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot write" in done.stderr
    assert str(out) in done.stderr
    assert not list(out.rglob("*.tmp"))
    assert json.loads((out / "manifest.json").read_text())["finished"] is False
    code, _, err = call(*words, "--resume")
    assert code == 0, err


@pytest.mark.parametrize("after", [0, 1, 8])
def test_no_space_left_at_any_file(after, tiny, tmp_path, monkeypatch):
    import errno
    import os

    real, left = os.fsync, [after]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    words = ["run", tiny, "--scale", "1:4", "--until", "2014-06-30", "--out", tmp_path / "run", "--quiet"]
    monkeypatch.setattr("xinyong.lab.tables.os.fsync", full)
    code, _, err = call(*words)
    assert code == 2, err
    assert "No space left on device" in err
    assert not list(tmp_path.rglob("*.tmp"))
    monkeypatch.undo()
    if after:
        assert call(*words, "--resume")[0] == 0
    else:
        shutil.rmtree(tmp_path / "run")
        assert call(*words)[0] == 0


def test_a_new_file_that_does_not_fit_leaves_none(tmp_path, monkeypatch):
    for folder in ("xinyong/institutions", "xinyong/rules", "tests/cases"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests/cases/tax_list.yaml.tmp").mkdir()
    before = tree(tmp_path)
    code, _, err = call("new", "institution", "tax_list", "--into", tmp_path)
    assert code == 2
    assert "nothing was written" in err
    assert tree(tmp_path) == before
