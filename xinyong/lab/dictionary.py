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
_SIGHTINGS = {
    "date": ("date", "", "day on which somebody learned of a listing"),
    "asker": ("int64", "", "id of who learned of it; 0 if nobody of the shard"),
    "party": ("int64", "", "id of the listed party"),
    "channel": ("uint8", "", "code of the site (rules public_portal.sites); 100 the map of debtors"),
    "reason": ("uint8", "", "code of the kind of asker (rules public_portal.askers); 0 a scan of the map"),
    "shard": ("text", "", "where both live"),
}
_PARTIES = {
    "party": ("int64", "", "id; name and unified code are functions of it, age and sex (xinyong.ids)"),
    "kind": ("uint8", "", "0 person, 1 enterprise, 2 self-employed, 3 social organisation, 4 department"),
    "age": ("uint8", "years", "age at the census; 0 for organisations"),
    "sex": ("uint8", "", "0 female, 1 male; 0 for organisations"),
    "city": ("uint8", "", "city whose points scheme applies, 0 none"),
    "grade": (
        "uint8",
        "",
        "the city's grade at the end of the run, 1 the best; 0 no file, or none that may be used",
    ),
    "red_lists": ("uint16", "", "red lists the party stands on at the end of the run, one bit for each code"),
    "representative": ("int64", "", "id of an organisation's legal representative; 0 for persons"),
    "size": ("uint8", "", "size class of an organisation: 0 micro, 1 small, 2 medium, 3 large"),
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
        "sightings": {**_HEAD, **_SIGHTINGS},
        "parties": {**_HEAD, **_PARTIES},
    }
    return {
        table: {name: {"type": t, "unit": u, "meaning": m} for name, (t, u, m) in columns.items()}
        for table, columns in tables.items()
    }
