"""What must hold every week for those who are known to be listed, and for the reports of others."""

import numpy as np

from xinyong.counted import differs, rows_of, tally
from xinyong.engine import Shard


def followed(shard: Shard) -> str:
    """Each listed person has one line of notoriety, and nobody else has; shares lie between 0 and 1."""
    rows, listed = rows_of(shard, "notoriety"), shard.store.columns.get("listed")
    if not rows or listed is None:
        return ""
    persons = np.flatnonzero((listed > 0) & (shard.store.columns["kind"] == 0))
    known = rows["known"]
    return differs({
        "listed persons followed": (int(np.array_equal(np.sort(rows["party"]), persons)), 1),
        "notorious_now": (tally(shard, "notorious_now"), len(rows["party"])),
        "shares of contacts outside 0 to 1": (int(((known < 0) | (known > 1)).sum()), 0),
    })  # fmt: skip


def shame(shard: Shard) -> str:
    """Only the listed and their households lose face, and the counts agree with the column."""
    lost, rows = shard.store.columns.get("shame"), rows_of(shard, "notoriety")
    if lost is None or not rows:
        return ""
    persons = shard.persons
    home = np.cumsum(shard.store.columns["household"][:persons] == 0)
    struck = np.isin(home, home[rows["party"]])
    own = np.zeros(shard.store.parties, bool)
    own[rows["party"]] = True
    family = np.concatenate([struck, np.zeros(shard.store.parties - persons, bool)]) & ~own
    units = lost.astype(np.int64)
    return differs({
        "shame outside those households": (int(((lost > 0) & ~own & ~family).sum()), 0),
        "face_lost_now": (tally(shard, "face_lost_now"), int(units[own].sum())),
        "face_lost_by_family_now": (tally(shard, "face_lost_by_family_now"), int(units[family].sum())),
        "shamed_persons_now": (tally(shard, "shamed_persons_now"), int((lost[own] > 0).sum())),
        "shamed_family_now": (tally(shard, "shamed_family_now"), int((lost[family] > 0).sum())),
    })  # fmt: skip


def complaints(shard: Shard) -> str:
    """Reports made = verified + decided unseen + open, and decided = upheld + dismissed; nobody reports himself."""
    rows = rows_of(shard, "complaints")
    if not rows:
        return ""
    told = shard.board.hear("reported")
    decided = tally(shard, "peer_reports_verified_cum") + tally(shard, "peer_reports_unverified_cum")
    ends = ("upheld_true_cum", "upheld_false_cum", "peer_reports_dismissed_cum")
    return differs({
        "reports made": (tally(shard, "peer_reports_cum"), decided + len(rows["party"])),
        "reports open": (tally(shard, "peer_reports_open_now"), len(rows["party"])),
        "reports decided": (decided, sum(tally(shard, end) for end in ends)),
        "true and false reports": (
            tally(shard, "peer_reports_true_cum") + tally(shard, "peer_reports_false_cum"),
            tally(shard, "peer_reports_cum"),
        ),
        "reports of oneself": (int((told.reporter == told.party).sum()), 0),
    })  # fmt: skip


LAWS = (followed, shame, complaints)
