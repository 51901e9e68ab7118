"""What must hold in every week of commercial scores, perks and merchants; `xinyong.laws` checks it."""

import numpy as np

from xinyong.columns import Array
from xinyong.counted import differs, rows_of, tally
from xinyong.engine import Shard
from xinyong.institutions.perks import HOLDERS


def firm_scores(shard: Shard) -> str:
    """Commercial scores lie within 350 and 950, only who opted in has one, and the counts are what the columns say."""
    columns = shard.store.columns
    if "firm_score" not in columns:
        return ""
    score, shadow = columns["firm_score"], columns["firm_flags"] >> 6
    members, marks = score > 0, rows_of(shard, "marks")["party"]
    outside = members & ((score < 350) | (score > 950) | (columns["kind"] != 0))
    new = _party(shard, "joined")
    bands = sum(tally(shard, n) for n in shard.store.tally_names if n.startswith("score_"))
    return differs(
        {
            "scores outside 350 to 950 or of organisations": (0, int(outside.sum())),
            "members": (tally(shard, "members_now"), int(members.sum())),
            "members by band": (bands, int(members.sum())),
            "joined this week without a score": (0, int((score[new] == 0).sum())),
            "reports of persons without a score": (
                0,
                int((score[_party(shard, "exchange_report")] == 0).sum()),
            ),
            "firm_score_sum_now": (tally(shard, "firm_score_sum_now"), int(score.sum(dtype=np.int64))),
            "court_marked_now": (tally(shard, "court_marked_now"), int((shadow > 0).sum())),
            "persons marked": (len(np.unique(marks)), int((shadow > 0).sum())),
        }
    )


def _party(shard: Shard, kind: str) -> Array:
    """Parties of this week's notices of a kind; none if nobody issues it."""
    return shard.board.hear(kind).party if kind in shard.board.kinds else np.zeros(0, np.int32)


def merchants(shard: Shard) -> str:
    """Organisations alone are removed from the trading platforms, each once, and told only when removed."""
    gone = rows_of(shard, "removed_merchants")
    if "party" not in gone:
        return ""
    persons = shard.store.columns["kind"][_party(shard, "merchant_removal")] == 0
    told = max(0, tally(shard, "merchants_reported_cum") - tally(shard, "merchants_removed_cum"))
    return differs(
        {
            "merchants_removed_cum": (tally(shard, "merchants_removed_cum"), len(np.unique(gone["party"]))),
            "persons removed as merchants": (0, int(persons.sum())),
            "merchants told but not removed": (0, told),
        }
    )


def perk_holders(shard: Shard) -> str:
    """A perk is open exactly to members above its threshold whom no court listing blocks, when counted (V-45)."""
    offers = rows_of(shard, "perks")
    if "above_points" not in offers or shard.week % 4:
        return ""
    score, free = shard.store.columns["firm_score"], shard.store.columns["firm_flags"] < 64
    found = [int(((score > above) & free).sum()) for above in offers["above_points"] if above]
    told = sorted(n for n in (tally(shard, name) for name in HOLDERS) if n)
    return differs({"persons to whom perks are open": (sum(told), sum(found))})


LAWS = (firm_scores, merchants, perk_holders)
