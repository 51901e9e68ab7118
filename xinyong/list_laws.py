"""What must hold every week for red lists, black lists and the platform that carries them."""

import numpy as np

from xinyong.counted import differs, rows_of, tally
from xinyong.engine import Shard
from xinyong.rulefiles import coded_rows


def records_by_issuer(shard: Shard) -> str:
    """The same list by list: created = living + expired + deleted + lost, and live ones are as many as kept (V-42)."""
    rows, table = rows_of(shard, "records"), shard.store.tables.get("issuers")
    if table is None:
        return ""
    counts = table.columns["counts"]
    issuers, live = rows["issuer"].astype(np.int64), rows["state"] >= 2
    told: dict[str, tuple[int, int]] = {}
    for code in np.union1d(issuers, np.flatnonzero(counts.any(axis=1))):
        created, *ended, now_live = counts[code].tolist()
        told[f"records of issuer {code}"] = (created, int((issuers == code).sum()) + sum(ended))
        told[f"live records of issuer {code}"] = (now_live, int((live & (issuers == code)).sum()))
    return differs(told)


def ordinary_records(shard: Shard) -> str:
    """Ordinary records, class by class: created = source + queued + live + expired + deleted + lost (V-42)."""
    table = shard.store.tables.get("record_classes")
    if table is None:
        return ""
    stocks = table.columns["stocks"][: table.high]
    told = {f"class {c}": (int(s[0]), int(s[1:7].sum())) for c, s in enumerate(stocks)}
    negative = "a stock is below nought" if (stocks < 0).any() else ""
    listed = int(shard.store.tables["issuers"].columns["counts"][:, 4].sum())
    told["platform_records_now"] = (tally(shard, "platform_records_now"), int(stocks[:, 3].sum()) + listed)
    return negative or differs(told)


def black_stock(shard: Shard) -> str:
    """Entries less exits are the stock of the black lists, list by list, persons and organisations apart (V-41)."""
    rows = rows_of(shard, "black_entries")
    if "published_day" not in rows:
        return ""
    on, kind = rows["state"] == 2, shard.store.columns["kind"]
    ends = sum(tally(shard, f"black_{n}_cum") for n in ("expired", "mended", "repaired", "erased", "moved"))
    listed = np.bincount(rows["party"][on], minlength=shard.store.parties)
    told = {
        "black_entries_now": (tally(shard, "black_entries_now"), int(on.sum())),
        "entries less exits": (tally(shard, "black_entries_cum") - ends, int(on.sum())),
        "black_parties_now": (tally(shard, "black_parties_now"), int((listed > 0).sum())),
        "entries by party": (int((shard.store.columns["black_listed"] != listed).sum()), 0),
        "black_wrongful_now": (tally(shard, "black_wrongful_now"), int(rows["wrong"][on].sum())),
    }
    for row in coded_rows("black_lists", "lists"):
        here = on & (rows["list"] == row.code)
        persons = int((here & (kind[rows["party"]] == 0)).sum())
        told[f"{row.key}: persons"] = (tally(shard, f"{row.key}_black_persons_now"), persons)
        organisations = tally(shard, f"{row.key}_black_organisations_now")
        told[f"{row.key}: organisations"] = (organisations, int(here.sum()) - persons)
    return differs(told)


def red_stock(shard: Shard) -> str:
    """Names entered less names lapsed and struck are the stock of the red lists; nobody listed is on one (V-41)."""
    rows = rows_of(shard, "red_entries")
    if "list" not in rows:
        return ""
    many = len(rows["party"])
    off = tally(shard, "red_lapsed_cum") + tally(shard, "red_struck_cum")
    listed = shard.store.columns.get("listed")
    praised = 0 if listed is None else int((listed[rows["party"]] > 0).sum())
    told = {
        "red_entries_now": (tally(shard, "red_entries_now"), many),
        "entries less exits": (tally(shard, "red_entries_cum") - off, many),
        "listed parties that are praised": (praised, 0),
    }
    for row in coded_rows("red_lists", "lists"):
        parts = sum(tally(shard, f"{row.key}_red_{who}_now") for who in ("persons", "organisations"))
        told[row.key] = (parts, int((rows["list"] == row.code).sum()))
    return differs(told)


def wants_of_the_shut_out(shard: Shard) -> str:
    """What those want whom only other lists bar is left alone, had or refused (V-43)."""
    ends = {f"_{n}_other_lists_cum": 0 for n in ("wanted", "refused")}
    for name in shard.store.tally_names:
        for end in ends:
            ends[end] += tally(shard, name) if name.endswith(end) else 0
    wanted, refused = ends.values()
    rest = tally(shard, "avoided_other_lists_cum") + tally(shard, "bought_other_lists_cum")
    return differs({"wanted by the shut out": (wanted, refused + rest)})
