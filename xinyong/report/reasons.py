"""Why there is no answer, in words for a reader who knows no names of switches or files."""

import re

from xinyong.i18n import N_
from xinyong.report.experiment import FindingsContext

WHY = {
    "nothing of the kind happened in these worlds": N_("nothing of the kind happened in these worlds"),
    "one replicate says nothing of chance": N_("one replicate says nothing of chance"),
    "nothing moved in any replicate: no effect, or too few events for one": N_(
        "nothing moved in any replicate: no effect, or too few events for one"
    ),
}
VARIANTS = {
    "news_half": N_("in which the media report half as much"),
    "news_double": N_("in which the media report twice as much"),
    "listings_half": N_("in which half as many are listed"), "listings_all": N_("in which everyone liable is listed"),
    "perks_low": N_("in which perks count for little"), "perks_high": N_("in which perks count for much"),
}  # fmt: skip
CUT = {
    "V1": N_("publication cut"), "V4": N_("the face of families cut"),
    "M_opinion": N_("what the state’s media do to opinion cut"), "nothing": N_("nothing cut"),
}  # fmt: skip
NO_WORLD = re.compile(r"no world with (\w+(?: and \w+)*) off(?: under .(\w+).)?$")


def why(c: FindingsContext, reason: str) -> str:
    """Say why there is no answer; what an experiment lacks is said in its own words."""
    t = c.words
    return "; ".join(t(WHY[one]) if one in WHY else _unplayed(c, one) for one in _several(reason))


def _several(reason: str) -> list[str]:
    """Take joined reasons apart; one that is known stays whole."""
    return [reason] if reason in WHY else list(dict.fromkeys(reason.split("; ")))


def _unplayed(c: FindingsContext, reason: str) -> str:
    """Name the world that was not played."""
    t, found = c.words, NO_WORLD.search(reason)
    if found is None:
        return reason
    cut, variant = found.groups()
    if variant and cut == "nothing" and variant in VARIANTS:
        return t("no world was played {where}", where=t(VARIANTS[variant]))
    what = t(CUT[cut]) if cut in CUT else t("{what} cut", what=_named(c, cut))
    if not variant:
        return t("no world was played with {what}", what=what)
    where = t(VARIANTS[variant]) if variant in VARIANTS else variant.replace("_", " ")
    return t("no world was played with {what} and {where}", what=what, where=where)


def _named(c: FindingsContext, cut: str) -> str:
    """Name the switches that are off."""
    return ", ".join(c.mechanism(key) for key in cut.split(" and "))
