"""Flows in and out of the list, as ribbons and as the published monthly figures."""

from collections.abc import Callable
from itertools import pairwise

from xinyong.i18n import N_
from xinyong.lab.validate import Flow
from xinyong.report.html import Cell, Grid, Markup, figure, heading, join, note, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.sankey import Link, Node, sankey

NEEDS = (
    "listings_cum",
    "listed_parties_cum",
    "performed_cum",
    "terminated_cum",
    "expired_cum",
    "corrected_cum",
)
EXITS = (
    ("performed", N_("performed")),
    ("terminated", N_("terminated")),
    ("expired", N_("term expired")),
    ("corrected", N_("corrected")),
)
CHAIN = (
    ("suits", N_("suits")),
    ("judgments", N_("judgments")),
    ("enforcements", N_("enforcements")),
    ("listings", N_("listings")),
)
WHATS = {
    "entities newly listed": N_("entities newly listed"),
    "exits from the lists": N_("exits from the lists"),
    "natural persons among the newly listed": N_("natural persons among the newly listed"),
    "listings per entity": N_("listings per entity"),
    "air attempts per person refused": N_("air attempts per person refused"),
}


def body(c: Context) -> Markup:
    """Draw the way to the list, the way out of it, and the published flows."""
    t = c.words
    return join(
        [
            prose(
                t(
                    "All flows since the count began, scaled up, as the mean of the replicates. The"
                    " width of a ribbon is its count."
                )
            ),
            _upstream(c) if c.run.has(*(f"{key}_cum" for key, _ in CHAIN)) else "",
            _list(c),
            heading(t("Published flows")),
            _published(c),
            note(
                t(
                    "The bulletin of May 2018 covers all joint-punishment lists, of which the "
                    "court's list made up 88 per cent of the new entries; where the run counts "
                    "something else, nothing is judged."
                )
            ),
        ]
    )


def _mean(c: Context, measure: str) -> float:
    """Give a count at the end of the run."""
    return float(c.run.last(measure).mean())


def _upstream(c: Context) -> Markup:
    """Draw the way from a suit to the list; what falls out at each stage is settled or still pending."""
    t = c.words
    nodes, links = [], []
    for column, (key, name) in enumerate(CHAIN):
        nodes.append(Node(key, column, t(name), accent=key == "listings"))
    for column, ((key, _), (after, _)) in enumerate(pairwise(CHAIN)):
        here, there = _mean(c, f"{key}_cum"), _mean(c, f"{after}_cum")
        nodes.append(Node(f"{key}-out", column + 1, t("paid or waiting"), aside=True))
        nodes.append(Node(f"{after}-in", column, t("begun earlier or listed again"), aside=True))
        links.append(Link(key, after, min(here, there)))
        links.append(Link(key, f"{key}-out", here - there))
        links.append(Link(f"{after}-in", after, there - here))
    title = t("From a suit to the list")
    description = t("Ribbons from suits through judgments and enforcements to listings.")
    drawing = sankey(c.key("upstream"), title, description, nodes, links, t)
    lines: list[list[Cell]] = [[t(name), t.count(_mean(c, f"{key}_cum"))] for key, name in CHAIN]
    grid = Grid([t("Stage"), t("Run")], lines, numbers=(1,))
    caption = Markup("<b>{}</b> {}").format(
        title, t("what leaves a stage was paid, settled, dropped or waits")
    )
    return figure(drawing, caption, grid, t("Numbers"), wide=True)


def _list(c: Context) -> Markup:
    """Draw entries to the list and what became of them."""
    t = c.words
    total, first = _mean(c, "listings_cum"), _mean(c, "listed_parties_cum")
    again = total - first
    out = [(key, t(name), _mean(c, f"{key}_cum")) for key, name in EXITS]
    rest = total - sum(value for _, _, value in out)
    nodes = [
        Node("first", 0, t("listed for the first time")),
        Node("again", 0, t("listed again")),
        Node("all", 1, t("listings"), accent=True),
        *(Node(key, 2, name) for key, name, _ in out),
        Node("open", 2, t("still on the list"), accent=True),
    ]
    links = [Link("first", "all", first), Link("again", "all", again)]
    links += [Link("all", key, value) for key, _, value in out] + [Link("all", "open", rest)]
    title = t("Into the list and out of it")
    description = t("Ribbons from first and repeated listings to the ways in which listings end.")
    drawing = sankey(c.key("list"), title, description, nodes, links, t)
    lines: list[list[Cell]] = [[t("listings"), t.count(total), ""], [t("listed again"), t.count(again), ""]]
    lines += [[name, t.count(value), t.percent(value / total if total else None)] for _, name, value in out]
    lines.append([t("still on the list"), t.count(rest), t.percent(rest / total if total else None)])
    grid = Grid([t("Flow"), t("Run"), t("Share of listings")], lines, numbers=(1, 2))
    caption = Markup("<b>{}</b> {}").format(title, t("cases, to the end of the run"))
    return figure(drawing, caption, grid, t("Numbers"), wide=True)


def _published(c: Context) -> Markup:
    """List the published flows beside the run's."""
    t = c.words
    lines = [_flow(c, flow) for flow in c.flows]
    heads = [t("Period"), t("What"), t("Published"), t("Run"), t("Comparable"), t("Source")]
    return table(Grid(heads, lines, numbers=(2, 3)))


def _flow(c: Context, flow: Flow) -> list[Cell]:
    """Write one published flow."""
    t = c.words
    writers: dict[str, Callable[[float | None], str]] = {"share": t.percent, "ratio": t.ratio}
    write = writers.get(flow.unit, t.count)
    verdict = t("yes") if flow.comparable else t("no")
    return [
        flow.period,
        t(WHATS[flow.what]),
        write(flow.published),
        write(flow.simulated),
        verdict,
        flow.source,
    ]


PAGE = Page(40, "flows", N_("Into the list and out of it"), NEEDS, body)
