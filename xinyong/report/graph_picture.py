"""The mechanism graph of an experiment as part of a page."""

import re

from xinyong.i18n import N_
from xinyong.lab.experiment.mechanism import graph_named
from xinyong.lab.experiment.picture import Labels, draw
from xinyong.lab.experiment.switches import Switch
from xinyong.report import names
from xinyong.report.experiment import FindingsContext
from xinyong.report.svg import frame

HEADS = {"institutions": N_("institutions"), "behaviours": N_("behaviours")}


def graph_drawing(c: FindingsContext, cut: str = "") -> str:
    """Draw the graph of the processes that were played; arrows of the switch that is cut are grey."""
    t = c.words
    graph, switches = graph_named(c.manifest["processes"], cut)
    title = t("Mechanism graph with {what} cut", what=c.mechanism(cut)) if cut else t("Mechanism graph")
    told = draw(graph, switches, title, labels(c))
    key = c.key(f"graph{cut}")
    box = re.search(r'viewBox="([^"]+)"', told)
    body = told[told.index("<defs>") :].replace("</svg>", "")
    body = re.sub(r'id="(\w+)"', rf'id="{key}-\1"', body).replace("url(#", f"url(#{key}-")
    words = t(
        "Who acts on whom: institutions left, behaviours right; arrows that are cut are grey and broken."
    )
    return frame(f'<g class="mechanisms">{body}</g>', box.group(1) if box else "0 0 1 1", key, title, words)


def labels(c: FindingsContext) -> Labels:
    """Give the words of the picture in the language of the page."""
    t = c.words

    def switch(key: str, told: Switch, cut: bool) -> str:
        return f"{c.mechanism(key)} {told.name}" + (t(" (cut)") if cut else "")

    return Labels(
        node=lambda name: names.process(t, name), head=lambda word: t(HEADS[word]), switch=switch,
        foot=lambda nodes, arrows: t("{nodes} processes, {arrows} arrows", nodes=nodes, arrows=arrows),
    )  # fmt: skip
