"""A sighting: somebody learns that a party is listed. Who posts one says by which channel."""

from xinyong.notices import Notice

# Public sites have the codes of `rules/public_portal.yaml`, 1 to 99.
MAP_CHANNEL = 100

SIGHTING = Notice(
    "somebody learns of a listing; asker -1 is nobody of this shard, reason is the kind of asker, 0 for a scan",
    {"asker": "i4", "party": "i4", "channel": "u1", "reason": "u1"},
    keep=True,
)
