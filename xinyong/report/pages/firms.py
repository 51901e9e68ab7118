"""The commercial score and the eight firms: membership, bands, perks, the court's feed, flows."""

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from xinyong.i18n import N_
from xinyong.report.html import Cell, Grid, Markup, heading, join, note, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.panels import divided

BANDS = {
    "poor": N_("poor (350-549)"),
    "medium": N_("medium (550-599)"),
    "good": N_("good (600-649)"),
    "very_good": N_("very good (650-699)"),
    "excellent": N_("excellent (700-950)"),
}
FIRMS = ("sesame", "tencent", "qianhai", "pengyuan", "chengxin", "zhongzhicheng", "lakala", "huadao")
NEEDS = (
    "members_now", "internet_users_now", "firm_score_sum_now", "court_refusals_cum", "court_refused_paid_cum",
    "union_covered_now", "coverage_base_now", "state_visible_now", "visible_classes_now", "visible_by_consent_now",
    *(f"score_{band}_now" for band in BANDS),
)  # fmt: skip


def body(c: Context) -> Markup:
    """Say who is scored, what was published beside it, and which data flowed where."""
    t = c.words
    members, online = _last(c, "members_now"), _last(c, "internet_users_now")
    return join(
        [
            prose(
                t(
                    "At the end {n} persons carry a commercial score, {share} of adults who use the internet. "
                    "Each of them opted in; nobody has a score without it. The mean is {mean} points.",
                    n=t.count(members),
                    share=t.percent(members / max(online, 1)),
                    mean=f"{_last(c, 'firm_score_sum_now') / max(members, 1):,.0f}",
                )
            ),
            _published(c),
            _bands(c),
            _perks(c),
            _flows(c),
            note(
                t(
                    "No distribution of scores was ever published, nor the weights: bands and perk holders test "
                    "nothing. The pace of joining was set to the survey of early 2018, so that line is no test either."
                )
            ),
        ]
    )


def _last(c: Context, measure: str) -> float:
    """Give the mean of the replicates at the end."""
    return float(c.run.last(measure).mean())


@lru_cache
def _data(package: str, name: str) -> Any:
    """Read one data file of the package."""
    return yaml.safe_load(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


# --- published beside simulated ---------------------------------------------------------------------------------


def _published(c: Context) -> Markup:
    """Set every published figure beside what the run counts."""
    t = c.words
    rows: list[list[Cell]] = []
    for row in _data("xinyong.report", "firms.yaml"):
        found = _simulated(c, row)
        if found is None:
            continue
        say = t.percent if row.get("over") else t.count
        rows.append([t.pick(row["en"], row["zh"]), t.date(row["date"]), say(row["value"]), say(found),
                     t.pick(row["mark"], row["mark_zh"])])  # fmt: skip
    heads = [t("What"), t("Date"), t("Published"), t("Simulated"), t("Mark")]
    return heading(t("Published figures beside the run")) + table(Grid(heads, rows, numbers=(2, 3)))


def _simulated(c: Context, row: dict[str, Any]) -> float | None:
    """Give what the run says of a published figure, on its day or on the last day before."""
    if row["measure"] == "firms_delivering":
        return float(
            sum(_last(c, f"{f}_delivered_now") > 0 for f in FIRMS if c.run.has(f"{f}_delivered_now"))
        )
    days = c.run.dates
    day = min(np.datetime64(str(row["date"])), days[-1])
    if day < days[0]:
        return None
    value = float(c.run.at(row["measure"], day).mean())
    return value / max(float(c.run.at(row["over"], day).mean()), 1.0) if row.get("over") else value


# --- bands and perks --------------------------------------------------------------------------------------------


def _bands(c: Context) -> Markup:
    """Draw the share of members in each band."""
    t = c.words
    counts = {t(name): c.run.series(f"score_{band}_now")[1].mean(axis=0) for band, name in BANDS.items()}
    texts = (
        t("Share of members in each band of the score"), t("Five small panels, one a band, each on its own scale."),
        t("Band"), t("Members"),
    )  # fmt: skip
    return divided(c, "firms", c.run.dates, counts, np.sum(list(counts.values()), axis=0), texts)


def _perks(c: Context) -> Markup:
    """List Table 1 of the paper with who holds and who uses each perk."""
    t, rows = c.words, []
    offered = _data("xinyong", "rules/perks.yaml")["table_1"]
    for key, perk in offered.items():
        if not isinstance(perk, dict) or not c.run.has(f"{key}_holders_now"):
            continue
        above = next(iter(perk["above_points"]["values"].values()))["value"]
        share = _last(c, f"{key}_holders_now") / max(_last(c, "members_now"), 1)
        rows.append([t.pick(perk["gloss"], perk["name"]), t("over {n}", n=above), t.percent(share),
                     t.count(_last(c, f"{key}_taken_cum"))])  # fmt: skip
    heads = [t("Perk"), t("Score"), t("Members to whom it is open"), t("Uses")]
    return heading(t("Table 1 of the paper: what a score opens")) + table(Grid(heads, rows, numbers=(2, 3)))


# --- flows ---------------------------------------------------------------------------------------------------------

COUNTED = {
    "court_to_sesame": "court_marked_cum",
    "sesame_to_guizhou": "exchange_reports_cum",
    "marketplace_to_platform": "merchants_reported_cum",
    "firms_to_baihang": "state_visible_now",
}


def _flows(c: Context) -> Markup:
    """List the flows of data between public and private bodies, with their dates and what went through."""
    t, flows, rows = c.words, _data("xinyong", "rules/flows.yaml"), []
    for key, flow in flows.items():
        if not isinstance(flow, dict) or "open" not in flow:
            continue
        since = [t.date(day) for day, v in flow["open"]["values"].items() if v["value"]]
        counted = COUNTED.get(key, "")
        rows.append([t.pick(flow["gloss"], flow["name"]), since[0] if since else t("not open by default"),
                     t.count(_last(c, counted)) if c.run.has(counted) else ""])  # fmt: skip
    heads = [t("Flow of data"), t("Since"), t("Persons or records by the end")]
    return join(
        [
            heading(t("Flows between public bodies and firms")),
            table(Grid(heads, rows, numbers=(2,))),
            prose(
                t(
                    "Firms hold data of {union} of adults, together; the state can see {seen} of adults through them. "
                    "The paper calls the firms licensed and says they must obey; other reports say the permission was "
                    "only to prepare and was withdrawn in February 2018 (X2), and that three of the eight delivered "
                    "loan data to the joint bureau (X3). Neither is corrected into the other.",
                    union=t.percent(_last(c, "union_covered_now") / max(_last(c, "coverage_base_now"), 1)),
                    seen=t.percent(_last(c, "state_visible_now") / max(_last(c, "coverage_base_now"), 1)),
                ),
                t(
                    "Of the data classes that the scoring firm lets through, {share} belong to persons who opted in.",
                    share=t.percent(
                        _last(c, "visible_by_consent_now") / max(_last(c, "visible_classes_now"), 1)
                    ),
                ),
            ),
        ]
    )


def _scored(c: Context) -> bool:
    """Say whether anybody has a score."""
    return _last(c, "members_now") > 0


PAGE = Page(85, "firms", N_("Commercial scores and the eight firms"), NEEDS, body, _scored)
