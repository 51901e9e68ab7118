"""What must hold every week for grievances, protests and the answers to them."""

from xinyong.counted import differs, rows_of, tally
from xinyong.engine import Shard

CAUSES = ("creditor", "debtor", "family", "refused", "outrage")
SOURCES = ("creditor", "debtor", "family", "outrage", "base")


def grievances(shard: Shard) -> str:
    """Persons counted as aggrieved are those kept, cause by cause; nobody is kept twice or without a cause."""
    rows = rows_of(shard, "grievances")
    if not rows:
        return ""
    kept = {f"grieved_{c}_now": (tally(shard, f"grieved_{c}_now"), int((rows[c] > 0).sum())) for c in CAUSES}
    kept["grieved_now"] = (tally(shard, "grieved_now"), len(rows["party"]))
    kept["persons kept once"] = (len(rows["party"]), len(set(rows["party"].tolist())))
    idle = (rows["calm_until"] == 0) & (sum((rows[c] > 0).astype(int) for c in CAUSES) == 0)
    return differs({**kept, "persons kept without a cause": (0, int(idle.sum()))})


def protests(shard: Shard) -> str:
    """Protests by source are all protests, and each protest has one answer."""
    told = {
        name: (tally(shard, name), sum(tally(shard, f"{name.removesuffix('cum')}{s}_cum") for s in SOURCES))
        for name in ("protests_cum", "protests_expected_cum")
    }
    both = {"protesting", "state_response"} <= {p.name for p in shard.plan.processes}
    if both:
        told["answered_cum"] = (tally(shard, "answered_cum"), tally(shard, "protests_cum"))
    kinds = sum(tally(shard, f"{kind}_cum") for kind in ("tolerated", "compensated", "repressed"))
    return differs({**told, "answers by kind": (tally(shard, "answered_cum"), kinds)})


def detentions(shard: Shard) -> str:
    """Who was taken and not released is in detention."""
    rows = rows_of(shard, "detentions")
    if not rows:
        return ""
    inside = tally(shard, "detained_cum") - tally(shard, "released_cum")
    return differs({
        "detained_now": (tally(shard, "detained_now"), len(rows["party"])),
        "taken less released": (inside, len(rows["party"])),
    })  # fmt: skip


LAWS = (grievances, protests, detentions)
