"""What must hold in every week of every world; a breach stops the run."""

from collections.abc import Callable

import numpy as np

from xinyong import face_laws, firm_laws, list_laws, protest_laws
from xinyong.counted import differs as _differs
from xinyong.counted import rows_of, tally
from xinyong.engine import Shard
from xinyong.errors import RunError
from xinyong.institutions.accounts import booked_to, items, spent_on
from xinyong.institutions.redress import COUNTERS
from xinyong.kernels.opinion import APPROVE, HELD, expressed, private
from xinyong.kernels.petitions import REPAIR

Law = Callable[[Shard], str]
# permitted changes of a listing (model.md 2.7g): notice, open, term, fulfilled, terminated, expired, off
EDGES = frozenset({
    (0, 3), (3, 4), (3, 5), (4, 6), (4, 7), (5, 6), (5, 7), (5, 8), (6, 0), (7, 0), (8, 0),
})  # fmt: skip
ACTIVITY_PARTS = ("avoided_cum", "bought_cum", "refused_cum")


def check(shard: Shard) -> None:
    """Raise RunError naming every law the shard breaks."""
    broken = [f"{law.__name__}: {told}" for law in LAWS if (told := law(shard))]
    if broken:
        raise RunError(f"shard {shard.code}, week {shard.week}: " + "; ".join(broken))


def list_stock(shard: Shard) -> str:
    """Entries less exits are the stock, by listing, party, person and organisation (V-41)."""
    cases = rows_of(shard, "cases")
    if "list_state" not in cases:
        return ""
    listed = shard.store.columns["listed"]
    on = int((cases["published_day"] >= 0).sum())
    flow = tally(shard, "listings_cum") - tally(shard, "deleted_cum")
    person = shard.store.columns["kind"] == 0
    return _differs({
        "listed_cases_now": (tally(shard, "listed_cases_now"), on),
        "entries less exits": (flow, on),
        "listings by party": (int(listed.sum(dtype=np.int64)), on),
        "listed_parties_now": (tally(shard, "listed_parties_now"), int((listed > 0).sum())),
        "listed_persons_now": (tally(shard, "listed_persons_now"), int((person & (listed > 0)).sum())),
        "wrongful_listed_now": (
            tally(shard, "wrongful_listed_now"), int(cases["unable_then"][cases["published_day"] >= 0].sum())
        ),
    })  # fmt: skip


def one_state(shard: Shard) -> str:
    """Each case is in exactly one state of the list, and on it only after a court's order (V-40)."""
    cases = rows_of(shard, "cases")
    if "list_state" not in cases:
        return ""
    state, ordered = cases["list_state"], cases["stage"] == 3
    stray = ~np.isin(state, (0, 3, 4, 5, 6, 7, 8)) | ((state > 0) & ~ordered)
    return f"{int(stray.sum())} cases in no permitted state" if stray.any() else ""


def list_steps(shard: Shard) -> str:
    """Listings change state along the edges of model.md 2.7g only (V-40)."""
    if "list_step" not in shard.board.kinds:
        return ""
    steps = shard.board.hear("list_step")
    found = set(zip(np.asarray(steps.old).tolist(), np.asarray(steps.new).tolist(), strict=True))
    strange = sorted(found - EDGES)
    return f"steps {strange} are not permitted" if strange else ""


def records(shard: Shard) -> str:
    """Records created are in the source, queued, live, expired, deleted or lost (V-42)."""
    rows = rows_of(shard, "records")
    if not rows:
        return ""
    names = ("in_source_now", "queued_now", "live_now", "expired_cum", "deleted_cum", "lost_cum")
    whole = sum(tally(shard, f"records_{n}") for n in names)
    state = np.bincount(rows["state"], minlength=4)
    return _differs(
        {
            "records created": (tally(shard, "records_created_cum"), whole),
            "in source": (tally(shard, "records_in_source_now"), int(state[0])),
            "queued": (tally(shard, "records_queued_now"), int(state[1])),
            "live": (tally(shard, "records_live_now"), int(state[2] + state[3])),
            "false": (tally(shard, "records_false_now"), int(rows["false"].sum())),
        }
    )


def bars(shard: Shard) -> str:
    """A person is barred by the court list exactly while a live record of it bars them; by others likewise."""
    rows = rows_of(shard, "records")
    if not rows or "barred" not in shard.store.columns:
        return ""
    live = rows["state"] >= 2
    person = shard.store.columns["kind"] == 0
    barred = (shard.store.columns["barred"] > 0) & person
    named = np.zeros(shard.store.parties, np.uint16)
    bits = (1 << rows["issuer"].astype(np.uint16))[live]
    for names in (rows["party"][live], rows["target"][live]):
        np.bitwise_or.at(named, names[names >= 0], bits[names >= 0])
    others = int(np.bitwise_or.reduce(shard.store.tables["activities"].columns["barred_by"])) & ~1
    return _differs(
        {
            "barred_persons_now": (tally(shard, "barred_persons_now"), int(barred.sum())),
            "persons barred without a live record": (0, int((barred & (named & 1 == 0)).sum())),
            "parties named": (0, int((shard.store.columns["named_by"] != named).sum())),
            "barred_by_others_now": (
                tally(shard, "barred_by_others_now"), int(((named & others > 0) & person).sum())
            ),
        }
    )  # fmt: skip


def wants(shard: Shard) -> str:
    """Wanted = avoided + had + refused, activity by activity (V-43)."""
    activities = [n[: -len("_wanted_cum")] for n in shard.store.tally_names if n.endswith("_wanted_cum")]
    return _differs(
        {
            a: (tally(shard, f"{a}_wanted_cum"), sum(tally(shard, f"{a}_{p}") for p in ACTIVITY_PARTS))
            for a in activities
        }
    )


def points(shard: Shard) -> str:
    """Points are the city's base plus the live ledger, and every file has one grade (V-44, V-45)."""
    files, ledger = rows_of(shard, "residents"), rows_of(shard, "ledger")
    if "points" not in files:
        return ""
    held, filed = files["points"].astype(np.int64), files["grade"] > 0
    booked = np.zeros(len(held), np.int64)
    np.add.at(booked, ledger["resident"], ledger["delta"])
    base = (held - booked)[filed]
    order = np.lexsort((base, files["city"][filed]))
    cities, bases = files["city"][filed][order], base[order]
    uneven = np.flatnonzero((np.diff(cities) == 0) & (np.diff(bases) != 0))
    if len(uneven):
        return f"files of city {int(cities[uneven[0]])} have different bases"
    graded = sum(tally(shard, n) for n in shard.store.tally_names if n.startswith("grade_"))
    scored = tally(shard, "scored_persons_now") + tally(shard, "scored_organisations_now")
    return _differs(
        {
            "points_sum_now": (tally(shard, "points_sum_now"), int(held[filed].sum())),
            "graded files": (graded, int(filed.sum())),
            "files": (scored, int(filed.sum())),
        }
    )


def city_records(shard: Shard) -> str:
    """Deeds seen are kept back, on the way or delivered (V-42); city lists: entries less ends are live (V-41)."""
    filings, entries, files = (rows_of(shard, t) for t in ("filings", "entries", "residents"))
    told = {}
    if filings:
        sent = ("kept_back_cum", "on_the_way_now", "delivered_cum")
        told["deeds seen"] = (tally(shard, "deeds_cum"), sum(tally(shard, f"city_records_{n}") for n in sent))
        told["on the way"] = (tally(shard, "city_records_on_the_way_now"), len(filings["party"]))
    for code, which in enumerate(("red", "black"), start=1) if entries else ():
        live = tally(shard, f"city_{which}_entries_cum") - tally(shard, f"city_{which}_ended_cum")
        told[f"{which} entries less ends"] = (live, int((entries["list"] == code).sum()))
        told[f"{which} entries by resident"] = (live, int(files[which].sum(dtype=np.int64)))
    return _differs(told)


def outcomes(shard: Shard) -> str:
    """No more are admitted than apply, and what standing gives and takes lies within."""
    for what in ("school", "loan", "promotion"):
        applied, admitted, given, taken = (
            tally(shard, f"{what}_{n}_cum")
            for n in ("applied", "admitted", "by_standing", "lost_by_standing")
        )
        if not 0 <= given <= admitted <= applied - taken:
            return f"{what}: {applied} applied, {admitted} admitted, {given} by and {taken} not for standing"
    return ""


def minors(shard: Shard) -> str:
    """No minor is on the court's list (V-46)."""
    columns = shard.store.columns
    if "listed" not in columns:
        return ""
    young = (columns["listed"] > 0) & (columns["kind"] == 0) & (columns["age"] < 18)
    return f"{int(young.sum())} minors are listed" if young.any() else ""


def looked_up(shard: Shard) -> str:
    """Only who is on the list now has been found on it, and is counted so."""
    found = shard.store.tables.get("looked_up")
    if found is None or "listed" not in shard.store.columns:
        return ""
    party = found.columns["party"][: found.high][found.columns["alive"][: found.high] == 1]
    return _differs({
        "looked up though on no list": (int((shard.store.columns["listed"][party] == 0).sum()), 0),
        "found twice": (len(party) - len(np.unique(party)), 0),
        "looked_up_now": (tally(shard, "looked_up_now"), len(party)),
    })  # fmt: skip


def money(shard: Shard) -> str:
    """Principal lent = paid + settled + written off + outstanding (V-47)."""
    loans = rows_of(shard, "loans")
    if not loans:
        return ""
    paths = ("paid_yuan_cum", "settled_yuan_cum", "written_off_yuan_cum", "outstanding_yuan_now")
    return _differs(
        {
            "principal lent": (tally(shard, "lent_yuan_cum"), sum(tally(shard, p) for p in paths)),
            "outstanding": (
                tally(shard, "outstanding_yuan_now"),
                int(loans["outstanding"].sum(dtype=np.int64)),
            ),
            "loans": (tally(shard, "loans_now"), len(loans["outstanding"])),
            "in arrears": (tally(shard, "arrears_now"), int((loans["missed"] > 0).sum())),
        }
    )


def ability(shard: Shard) -> str:
    """The count of those unable to pay agrees with the column."""
    if "unable" not in shard.store.columns:
        return ""
    return _differs(
        {"unable_now": (tally(shard, "unable_now"), int(shard.store.columns["unable"].sum(dtype=np.int64)))}
    )


def redress(shard: Shard) -> str:
    """Every objection is open or ruled on, and the registers' counts add up to the whole."""
    rows = rows_of(shard, "petitions")
    if not rows:
        return ""
    asked = tally(shard, "redress_filed_cum") + tally(shard, "redress_reconsidered_cum")
    pairs = {
        "objections and reconsiderations": (
            asked, tally(shard, "redress_rulings_cum") + tally(shard, "redress_open_now")
        ),
        "redress_open_now": (tally(shard, "redress_open_now"), int((rows["state"] < REPAIR).sum())),
        "redress_queued_now": (tally(shard, "redress_queued_now"), int(rows["held"].sum())),
    }  # fmt: skip
    for counter in COUNTERS:
        whole, part = f"redress_{counter}", f"_{counter}"
        of_registers = [n for n in shard.store.tally_names if n.startswith("redress_") and n.endswith(part)]
        pairs[whole] = (tally(shard, whole), sum(tally(shard, n) for n in of_registers if n != whole))
    return _differs(pairs)


def accounts(shard: Shard) -> str:
    """Each account is the sum of its items, and every book stands where its count stands (V-49)."""
    books = rows_of(shard, "books")
    if not books:
        return ""
    sums = dict.fromkeys((booked_to(item) for item in items()), 0)
    for item in items():
        sums[booked_to(item)] += tally(shard, spent_on(item))
    counts = {
        item.counts: (int(seen), tally(shard, item.counts))
        for item, seen in zip(items(), books["seen"], strict=True)
    }
    return _differs({**{name: (tally(shard, name), fen) for name, fen in sums.items()}, **counts})


def credit_files(shard: Shard) -> str:
    """Scores lie in 0-1000, only files with a record have one, and adverse records are kept, deleted or corrected."""
    columns = shard.store.columns
    if "bank_score" not in columns:
        return ""
    score, filed = columns["bank_score"], columns["credit_file"] > 0
    adverse = rows_of(shard, "adverse")
    gone = tally(shard, "adverse_deleted_cum") + tally(shard, "adverse_corrected_cum")
    bands = sum(tally(shard, n) for n in shard.store.tally_names if n.startswith("bank_score_"))
    return _differs({
        "scores outside 0-1000": (0, int(((score < -2) | (score > 1000)).sum())),
        "scores without a record": (0, int(((score != -1) != filed).sum())),
        "credit_records_now": (tally(shard, "credit_records_now"), int(filed.sum())),
        "bank_scored_now": (tally(shard, "bank_scored_now"), int((score >= 0).sum())),
        "files in all bands": (bands, int((score >= 0).sum())),
        "adverse_now": (tally(shard, "adverse_now"), len(adverse["party"])),
        "adverse records entered": (tally(shard, "adverse_entered_cum"), len(adverse["party"]) + gone),
        "adverse_false_now": (tally(shard, "adverse_false_now"), int(adverse["false"].sum())),
    })  # fmt: skip


def opinion(shard: Shard) -> str:
    """Answers, private and aloud, sum to all with an opinion; saying what one does not think is counted (V-50)."""
    voiced = shard.store.columns.get("voiced")
    if voiced is None:
        return ""
    voiced = voiced[voiced & HELD > 0]
    inside, aloud = private(voiced), expressed(voiced)
    answers = ("oppose", "neutral", "approve")
    counts = {
        f"{kind}_{answer}_now": (tally(shard, f"{kind}_{answer}_now"), int((said == code).sum()))
        for kind, said in (("private", inside), ("voiced", aloud))
        for code, answer in enumerate(answers)
    }
    return _differs({
        **counts,
        "opinion_holders_now": (tally(shard, "opinion_holders_now"), len(voiced)),
        "private answers": (sum(tally(shard, f"private_{a}_now") for a in answers), len(voiced)),
        "answers aloud": (sum(tally(shard, f"voiced_{a}_now") for a in answers), len(voiced)),
        "said otherwise than approving": (int(((inside != aloud) & (aloud != APPROVE)).sum()), 0),
        "approving aloud less in private": (
            tally(shard, "voiced_approve_now") - tally(shard, "private_approve_now"),
            tally(shard, "opinion_falsified_now"),
        ),
    })  # fmt: skip


LAWS: tuple[Law, ...] = (
    list_stock,
    one_state,
    list_steps,
    records,
    list_laws.records_by_issuer,
    list_laws.ordinary_records,
    list_laws.black_stock,
    list_laws.red_stock,
    bars,
    wants,
    list_laws.wants_of_the_shut_out,
    points,
    city_records,
    outcomes,
    minors,
    money,
    looked_up,
    ability,
    redress,
    accounts,
    credit_files,
    opinion,
    *firm_laws.LAWS,
    *face_laws.LAWS,
    *protest_laws.LAWS,
)
