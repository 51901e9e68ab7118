"""The data dictionary that lies in every run folder."""

from typing import Any

from xinyong.engine import Plan, tally_specs

_HEAD = {
    "synthetic": ("text", "", "mark: no real person is in this table"),
    "replicate": ("int32", "", "replicate, from 0"),
}
_WEEKLY = {
    "seed": ("int64", "", "seed of the replicate"),
    "week": ("int32", "weeks", "week since the count began, from 0"),
    "date": ("date", "", "Sunday of the week"),
    "shard": ("text", "", "province or city; 'all' for the whole world"),
    "scale": ("double", "persons", "real persons one synthetic person stands for: multiply counts by it"),
    "persons_now": ("int64", "persons", "natural persons"),
    "organisations_now": ("int64", "organisations", "organisations"),
}
_EPISODES = {
    "case": ("int64", "", "id of the case"),
    "party": ("int64", "", "id of the debtor"),
    "kind": ("text", "", "person, enterprise, self-employed, social organisation, department"),
    "shard": ("text", "", "where the debtor lives"),
    "amount_yuan": ("int64", "yuan", "sum owed"),
    "suit_date": ("date", "", "day of the suit"),
    "judged_date": ("date", "", "day of judgment"),
    "decided_date": ("date", "", "day the court ordered the listing"),
    "published_date": ("date", "", "day of publication"),
    "ended_date": ("date", "", "day the ground for listing ended; missing while it lasts"),
    "deleted_date": ("date", "", "day of deletion; missing while on the list"),
    "exit": ("text", "", "performed, terminated, expired, corrected, or open"),
    "term": ("bool", "", "true if listed for a term"),
    "wrongful": ("bool", "", "truth: the debtor could not pay when listed"),
}
_RECORDS = {
    "record": ("int64", "", "id of the record"),
    "party": ("int64", "", "id of the party it names"),
    "issuer": ("text", "", "list that issued it"),
    "created_date": ("date", "", "day of creation"),
    "live_date": ("date", "", "day it took effect"),
    "ended_date": ("date", "", "day it ended; missing while it exists"),
    "end": ("text", "", "deleted, expired, lost, or the state it is in"),
    "false_record": ("bool", "", "truth: it names the wrong party"),
    "copy": ("bool", "", "true for an invented copy of a true record"),
    "shard": ("text", "", "where it was made"),
}


def data_dictionary(plan: Plan) -> dict[str, Any]:
    """Every column of every table: type, unit, meaning."""
    tallies = {
        name: ("int64", spec.unit, spec.meaning + ("" if spec.stock else ", since the count began"))
        for name, spec in tally_specs(plan).items()
    }
    tables = {
        "weekly": {**_HEAD, **_WEEKLY, **tallies},
        "episodes": {**_HEAD, **_EPISODES},
        "records": {**_HEAD, **_RECORDS},
    }
    return {
        table: {name: {"type": t, "unit": u, "meaning": m} for name, (t, u, m) in columns.items()}
        for table, columns in tables.items()
    }
