# ruff: noqa: E501
"""A small run folder with made-up but consistent numbers, for tests of what reads runs."""

import json
from pathlib import Path

import duckdb
import numpy as np

SYNTHETIC = "SYNTHETIC 合成"
ACTIVITIES = (
    "air", "high_speed_rail", "executive_post", "property", "hotel_golf", "group_tour", "private_school",
    "insurance", "exit",
)  # fmt: skip
# wishes a listed party-year, share avoided, share bought through an unchecked channel, attempts an occasion
HABITS = {
    "air": (1.6, 0.3, 0.25, 2.2), "high_speed_rail": (0.9, 0.45, 0.3, 1.1), "executive_post": (0.02, 0.2, 0.1, 1.0),
    "property": (0.03, 0.6, 0.1, 1.0), "hotel_golf": (0.3, 0.5, 0.4, 1.0), "group_tour": (0.05, 0.5, 0.4, 1.0),
    "private_school": (0.01, 0.4, 0.2, 1.0), "insurance": (0.02, 0.5, 0.2, 1.0), "exit": (0.03, 0.6, 0.0, 1.0),
}  # fmt: skip
LISTED = (
    ("2013-10-01", 0.0),
    ("2014-12-31", 0.9e6),
    ("2016-11-30", 6.2e6),
    ("2018-06-30", 11.0e6),
    ("2019-06-30", 14.6e6),
)
FIRST_MONDAY = np.datetime64("2012-01-02")


def fake_run(
    folder: Path,
    *,
    replicates: int = 3,
    seed: int = 1,
    weeks: int = 391,
    scale: float = 100.0,
    factor: float = 1.0,
    grades: bool = True,
) -> Path:
    """Write a run folder; `factor` multiplies the refusals, as another rule would, from 2015 on."""
    folder.mkdir(parents=True, exist_ok=True)
    dates = FIRST_MONDAY + 6 + 7 * np.arange(weeks)
    blocks = [_replicate(dates, seed + r, r, scale, factor, grades) for r in range(replicates)]
    weekly = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    _parquet(folder / "weekly.parquet", weekly)
    _parquet(folder / "episodes.parquet", _episodes(seed))
    _parquet(folder / "records.parquet", _records(seed))
    _signals(folder, replicates)
    manifest = _manifest(dates, replicates, seed, scale, factor)
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    dictionary = {
        "weekly": {name: {"type": str(v.dtype), "unit": "1", "meaning": name} for name, v in weekly.items()}
    }
    (folder / "dictionary.json").write_text(json.dumps(dictionary), encoding="utf-8")
    return folder


def _parquet(file: Path, columns: dict[str, np.ndarray]) -> None:
    with duckdb.connect() as connection:
        connection.register("arrays", columns)
        dated = ", ".join(f"CAST({name} AS DATE) AS {name}" for name in columns if name.endswith("date"))
        connection.execute(f"COPY (SELECT * REPLACE ({dated}) FROM arrays) TO '{file}' (FORMAT parquet)")


def _whole(values: np.ndarray) -> np.ndarray:
    return np.floor(values + 1e-9).astype(np.int64)


def _replicate(dates, seed, replicate, scale, factor, grades):
    rng = np.random.default_rng(seed)
    n = dates.size
    days = dates.astype(np.int64)
    known = np.array([np.datetime64(day).astype(np.int64) for day, _ in LISTED])
    wobble = 1 + 0.02 * rng.standard_normal()
    listings = np.interp(days, known, [v for _, v in LISTED]) / scale * wobble
    listings = np.maximum.accumulate(
        _whole(listings + np.where(listings > 0, rng.normal(0, 2, n), 0)).clip(0)
    )
    out = {
        "synthetic": np.array([SYNTHETIC] * n),
        "replicate": np.full(n, replicate, dtype=np.int64),
        "seed": np.full(n, seed, dtype=np.int64),
        "week": np.arange(n, dtype=np.int64),
        "date": dates.astype("datetime64[us]"),
        "shard": np.array(["all"] * n),
        "scale": np.full(n, scale),
    }
    full = lambda value: np.full(n, value, dtype=np.int64)  # noqa: E731
    ramp = np.linspace(0, 1, n)
    out |= {
        "persons_now": full(int(1.4e9 / scale)), "organisations_now": full(int(3e7 / scale)),
        "unable_now": full(int(2e8 / scale)), "loans_now": full(int(5e8 / scale)),
        "loans_taken_cum": _whole(ramp * 1.2e9 / scale), "outstanding_yuan_now": full(int(5e13 / scale)),
        "arrears_now": full(int(2e7 / scale)), "defaults_cum": _whole(ramp * 6e7 / scale),
        "suits_cum": _whole(ramp * 4e7 / scale), "judgments_cum": _whole(ramp * 3.2e7 / scale),
        "performed_after_judgment_cum": _whole(ramp * 0.8e7 / scale), "enforcements_cum": _whole(ramp * 2.2e7 / scale),
        "collected_cum": _whole(ramp * 0.5e7 / scale),
    }  # fmt: skip
    out |= _list(listings)
    out |= _public(out, ramp, scale)
    out |= _ledger(ramp, scale)
    out |= _refusals(out["listed_parties_now"], dates, factor, rng)
    shown = scale if grades else 0.0
    out |= _points(n, shown, ramp) | _firms(n, shown, ramp) | _desks(ramp, scale) | _bank(n, scale, ramp)
    return out | _opinions(n, scale)


def _opinions(n, scale):
    """Eight in ten say they approve, six in ten do; the rich, schooled, urban, old and women a little more."""
    whole = lambda real: _whole(np.full(n, real / scale))  # noqa: E731
    out = {"opinion_holders_now": whole(1e9)}
    for side, approve in (("private", 0.6), ("voiced", 0.8)):
        parts = {"approve": approve, "neutral": 0.98 - approve, "oppose": 0.02}
        out |= {f"{side}_{answer}_now": whole(1e9 * share) for answer, share in parts.items()}
        for lead, group in enumerate(
            ("rich", "schooled", "urban", "old", "women", "poor", "less_schooled", "rural", "young", "men")
        ):
            out[f"opinion_holders_{group}_now"] = whole(4e8)
            out[f"{side}_approve_{group}_now"] = whole(4e8 * (approve + 0.05 * (lead < 5)))
    return out


def _public(out, ramp, scale):
    """Look-ups, the map, and the other lists."""
    late = np.maximum(0, ramp - 0.94)
    return {
        "lookups_of_listed_cum": _whole(out["listings_cum"] * 0.03), "looked_up_now": _whole(out["listed_parties_now"] * 0.02),
        "map_scans_cum": _whole(late * 1e5 / scale), "map_sightings_cum": _whole(late * 4e6 / scale),
        "black_entries_cum": _whole(ramp * 6e6 / scale), "black_entries_now": _whole(ramp * 4e6 / scale),
    }  # fmt: skip


def _desks(ramp, scale):
    """A desk with four rulings in five in time and none in the queue, and two accounts of one item each."""
    filed = _whole(ramp * 4e6 / scale)
    out: dict[str, np.ndarray] = {}
    for key, part in (("city_points", 1), ("other_lists", 2)):
        mine = filed * part
        counts = {"filed": mine, "rulings": mine, "late": mine // 5, "granted": mine // 2, "kept_wrong": mine // 10,
                  "erased_right": mine // 20, "reconsidered": 0 * mine, "repairs": 0 * mine, "repaired": 0 * mine,
                  "waited_days": 12 * mine}  # fmt: skip
        out |= {f"redress_{key}_{name}_cum": values for name, values in counts.items()}
        out |= {f"redress_{key}_{name}_now": 0 * mine for name in ("open", "queued")}
    for account, item in (("infrastructural", "records"), ("coercive", "enforcement_rounds")):
        out |= dict.fromkeys((f"account_{account}_fen_cum", f"spent_{account}_{item}_fen_cum"), filed * 100)
    return out


def _bank(n, scale, ramp):
    records = _whole((1.2e8 + ramp * 2.6e8) / scale)
    bands = {f"bank_score_{100 * b}_{100 * b + 99}_now": _whole(records * b / 60) for b in range(9)}
    scored = records - sum(bands.values())
    entered = _whole(ramp * 4e7 / scale)
    return {
        "credit_files_now": _whole((7e8 + ramp * 1.8e8) / scale), "credit_records_now": records,
        "bank_scored_now": records, **bands, "bank_score_900_1000_now": scored,
        "adverse_entered_cum": entered, "adverse_now": entered - _whole(entered * 0.3),
        "adverse_deleted_cum": _whole(entered * 0.3), "adverse_corrected_cum": np.zeros(n, np.int64),
        "adverse_false_now": _whole(entered * 0.004), "bank_inquiries_cum": _whole(ramp * 3e8 / scale),
    }  # fmt: skip


def _signals(folder: Path, replicates: int) -> None:
    """A scenario with the bank, and files by cell and outcome at the end of three years."""
    processes = ["ability", "borrowing", "repaying", "suing", "courts", "central_bank"]
    scenario = {
        "name": "fake",
        "recipe": "china",
        "start": "2012-01-02",
        "end": "2019-06-30",
        "processes": processes,
    }
    (folder / "scenario.json").write_text(json.dumps(scenario), encoding="utf-8")
    cells = np.arange(256)
    for replicate in range(replicates):
        rng = np.random.default_rng(replicate)
        pools = {}
        for week in (312, 364, 416):
            files = rng.integers(50, 200, 256)
            bad = rng.binomial(files, 0.02 + 0.1 * (cells % 4) / 4)
            pools[f"pool:{week}:bank_cells"] = np.stack([files - bad, bad], 1).ravel()
        np.savez(folder / f"signals-r{replicate:03d}.npz", watched=np.zeros((0, 0), np.int64), **pools)


def _firms(n, scale, ramp):
    whole = lambda real: _whole(np.full(n, real / scale if scale else 0.0))  # noqa: E731
    members = _whole(whole(4.5e8) * np.maximum(ramp - 0.4, 0))
    out = {"members_now": members, "internet_users_now": whole(7e8), "coverage_base_now": whole(1.1e9)}
    parts = {"poor": 0.08, "medium": 0.18, "good": 0.27, "very_good": 0.23}
    bands = {f"score_{band}_now": _whole(members * share) for band, share in parts.items()}
    out |= bands | {"score_excellent_now": members - sum(bands.values()), "firm_score_sum_now": members * 645}
    out |= {
        "union_covered_now": whole(9.1e8),
        "state_visible_now": whole(4e8),
        "visible_classes_now": whole(2e9),
        "visible_by_consent_now": whole(1e9),
        "hotel_holders_now": _whole(members * 0.7),
    }
    out |= {"hotel_taken_cum": _whole(members * 2.0), "court_marked_cum": _whole(members * 0.02)}
    return out | {
        "court_refusals_cum": _whole(members * 0.01),
        "court_refused_paid_cum": _whole(members * 0.001),
    }


def _list(listings):
    lagged = np.concatenate([np.zeros(min(60, listings.size), dtype=np.int64), listings[:-60]])
    performed, terminated = _whole(lagged * 0.31), _whole(lagged * 0.18)
    expired, corrected = _whole(lagged * 0.2), _whole(lagged * 0.004)
    live = listings - performed - terminated - expired - corrected
    parties = _whole(live / 1.25)
    persons = _whole(parties * 0.85)
    return {
        "listings_cum": listings, "listed_parties_cum": _whole(listings / 1.54), "listed_cases_now": live,
        "listed_parties_now": parties, "listed_persons_now": persons, "listed_organisations_now": parties - persons,
        "performed_cum": performed, "terminated_cum": terminated, "expired_cum": expired, "corrected_cum": corrected,
        "deleted_cum": performed + terminated + expired + corrected, "relisted_cum": _whole(listings * 0.06),
        "objections_cum": _whole(listings * 0.02), "reconsiderations_cum": _whole(listings * 0.004),
        "barred_persons_now": _whole(persons * 1.05), "wrongful_listed_now": _whole(live * 0.008),
    }  # fmt: skip


def _ledger(ramp, scale):
    created = _whole(ramp * 5e8 / scale)
    live = _whole(created * 0.6)
    parts = {"records_queued_now": _whole(created * 0.01), "records_live_now": live}
    parts |= {"records_expired_cum": _whole(created * 0.2), "records_deleted_cum": _whole(created * 0.05)}
    parts |= {"records_lost_cum": _whole(created * 0.01)}
    source = created - sum(parts.values())
    return {"records_created_cum": created, "records_in_source_now": source} | parts | {
        "records_false_now": _whole(live * 0.01)
    }  # fmt: skip


def _refusals(listed, dates, factor, rng):
    out = {}
    later = np.where(dates >= np.datetime64("2015-01-01"), factor, 1.0)
    for name in ACTIVITIES:
        wish, avoided, bought, retry = HABITS[name]
        wanted = _whole(np.cumsum(listed * wish / 52 * (1 + 0.02 * rng.standard_normal())))
        shy, through = _whole(wanted * avoided), _whole(wanted * bought)
        refused = wanted - shy - through
        out[f"{name}_wanted_cum"] = wanted
        out[f"{name}_avoided_cum"] = shy
        out[f"{name}_bought_cum"] = through
        out[f"{name}_refused_cum"] = refused
        out[f"{name}_refused_attempts_cum"] = _whole(refused * retry * later)
        if name in ("air", "high_speed_rail"):
            out[f"{name}_refused_persons_cum"] = _whole(refused * 0.4)
    return out


def _points(n, scale, ramp):
    scored = np.zeros(n, dtype=np.int64) if not scale else np.full(n, int(79e4 / scale), dtype=np.int64)
    shares = {"aaa": 0.02, "aa": 0.08, "b": 0.04, "c": 0.015, "d": 0.005}
    out = {f"grade_{g}_now": _whole(scored * share * (0.5 + 0.5 * ramp)) for g, share in shares.items()}
    out["grade_a_now"] = scored - sum(out.values())
    out |= {"points_sum_now": _whole(scored * (1000 + 8 * ramp)), "scored_persons_now": scored}
    return out


def _days(rng, start, spread, n):
    return start + rng.integers(1, spread, n)


def _episodes(seed, n=400):
    rng = np.random.default_rng(seed)
    published = np.datetime64("2014-01-01") + rng.integers(0, 1900, n)
    exits = rng.choice(
        ["performed", "terminated", "expired", "corrected", "open"], n, p=[0.3, 0.18, 0.2, 0.02, 0.3]
    )
    ended, closed = _days(rng, published, 700, n), exits == "open"
    deleted = _days(rng, ended, 12, n)
    ended[closed], deleted[closed] = np.datetime64("NaT"), np.datetime64("NaT")
    columns = {
        "synthetic": np.array([SYNTHETIC] * n), "replicate": np.zeros(n, dtype=np.int64),
        "case": np.arange(n, dtype=np.int64), "party": rng.integers(0, 300, n),
        "kind": rng.choice(["person", "enterprise"], n, p=[0.85, 0.15]), "shard": np.array(["all"] * n),
        "amount_yuan": rng.integers(2000, 900000, n), "suit_date": published - 300, "judged_date": published - 200,
        "decided_date": published - 5, "published_date": published, "ended_date": ended, "deleted_date": deleted,
        "exit": exits, "term": rng.random(n) < 0.2, "wrongful": rng.random(n) < 0.01,
        "objections": rng.integers(0, 2, n),
    }  # fmt: skip
    return {k: v.astype("datetime64[us]") if k.endswith("date") else v for k, v in columns.items()}


def _records(seed, n=200):
    rng = np.random.default_rng(seed)
    created = np.datetime64("2013-01-01") + rng.integers(0, 2000, n)
    columns = {
        "synthetic": np.array([SYNTHETIC] * n), "replicate": np.zeros(n, dtype=np.int64),
        "record": np.arange(n, dtype=np.int64), "party": rng.integers(0, 300, n),
        "issuer": rng.choice(["court", "tax", "market"], n), "created_date": created, "live_date": created + 9,
        "ended_date": created + 400, "end": rng.choice(["expired", "deleted", "lost"], n),
        "false_record": rng.random(n) < 0.02, "shard": np.array(["all"] * n),
    }  # fmt: skip
    return {k: v.astype("datetime64[us]") if k.endswith("date") else v for k, v in columns.items()}


LISTS = {
    "black": [{"key": "tax", "words": ["重大稅收違法案件", "major tax violations"]}],
    "red": [{"key": "tax_a", "words": ["納稅信用A級納稅人", "taxpayers of grade A"]}],
    "classes": [{"key": "basic", "words": ["基礎信息", "basic records"]}],
    "matrix": [
        {"issuer": ["失信被執行人名單", "court list"], "member": ["交通运输部", "Transport"],
         "activity": ["乘坐飛機", "travel by air"], "since": "2014-07-01"},
    ],
}  # fmt: skip


def _manifest(dates, replicates, seed, scale, factor):
    return {
        "lists": LISTS,
        "scenario": "fake-2012-2019", "scenario_hash": "5e3f0c11aa", "rulebook_hash": f"77aa{factor}", "seed": seed,
        "seeds": [seed + r for r in range(replicates)], "replicates": replicates, "persons": int(1.4e9 / scale),
        "organisations": int(3e7 / scale), "scale": scale, "weeks": int(dates.size), "burn_in_weeks": 260,
        "start": str(dates[0] - 6), "end": str(dates[-1]), "seconds": 61.2, "person_weeks_per_second": 8.9e7,
        "peak_memory_bytes": 912_000_000, "bytes_per_person": 44, "version": "0.1.0", "format": 1,
        "state_hash": "ab12cd34ef56", "state_hashes": ["ab12cd34ef56"] * replicates, "recipe": "china",
        "processes": ["ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "platform",
                      "travelling", "city_points"],
        "sets": {} if factor == 1.0 else {"platform.coverage": factor}, "status": "finished", "finished": True,
        "commit": "0000000", "platform": "Linux x86_64", "threads": 2, "command": "xinyong run fake-2012-2019 --seed 1",
        "assumed": [
            {"path": "court_list.share_listed", "value": 0.3, "unit": "share",
             "why": "no share of judgments that lead to a listing was found"},
            {"path": "court_list.delay_days", "value": 12, "unit": "days", "why": "the rules give no typical delay"},
            {"path": "travelling.air.retries", "value": [0.4, 0.55], "unit": "share", "why": "only the product is known"},
        ],
        "fitted": [{"path": "courts.suits_per_year", "value": 0.011, "unit": "per_year", "by": "listings to 2018-06"}],
        "synthetic": SYNTHETIC,
    }  # fmt: skip
