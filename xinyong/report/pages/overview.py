"""What was run, and the four numbers to read first."""

import datetime as dt
import json

from xinyong.i18n import N_, NDASH, Words
from xinyong.lab.validate import tally
from xinyong.report.html import Markup, facts, folded, heading, join, prose
from xinyong.report.names import process
from xinyong.report.page import Context, Page


def body(c: Context) -> Markup:
    """Say what was run and what came out in short."""
    t = c.words
    return join(
        [
            prose(_lead(c)),
            _key_numbers(c),
            heading(t("What was played")),
            facts(_facts(c)),
            heading(t("Order of the processes in a week")),
            _order(c),
            _changed(c),
        ]
    )


def _lead(c: Context) -> str:
    """Describe the run in two sentences."""
    t, m = c.words, c.manifest
    bands = (
        t(
            "It was played {n} times with different seeds; shaded bands hold the middle 80 "
            "% of these replicates.",
            n=c.run.replicates,
        )
        if c.run.replicates > 1
        else t(
            "It was played once, so there is no band: a single line says nothing about how "
            "much chance matters."
        )
    )
    return (
        t(
            "The scenario “{name}” lets an invented society live from {start} to {end}, week by week.",
            name=m.get("scenario", NDASH),
            start=_date(t, m.get("start")),
            end=_date(t, m.get("end")),
        )
        + t.gap
        + bands
    )


def _date(t: Words, text: object) -> str:
    """Write a date of the manifest."""
    try:
        return t.date(dt.date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def _key_numbers(c: Context) -> Markup:
    """Show the numbers to read first."""
    t = c.words
    good, judged = tally(c.rows)
    entries = [(t.count(c.manifest.get("persons")), t("invented persons"))]
    entries.append((f"1 : {t.count(c.run.scale)}", t("one invented person stands for so many")))
    if judged:
        entries.append((f"{good} / {judged}", t("usable published figures within tolerance")))
    if c.held is not None:
        verdict = t("yes") if c.held.skill else t("no")
        entries.append((verdict, t("does the run beat every naive line on May 2019?")))
    return Markup('<div class="keys">{}</div>').format(
        join(Markup("<div><b>{}</b><span>{}</span></div>").format(*entry) for entry in entries)
    )


def _facts(c: Context) -> list[tuple[str, str]]:
    """List the manifest's facts."""
    t, m = c.words, c.manifest
    seeds = [str(seed) for seed in m.get("seeds", [m.get("seed")])]
    return [
        (t("Scenario"), str(m.get("scenario", NDASH))),
        (t("Recipe of the population"), str(m.get("recipe", NDASH))),
        (t("Invented persons"), t.count(m.get("persons"))),
        (t("Invented organisations"), t.count(m.get("organisations"))),
        (t("Weeks played"), t.count(m.get("weeks"))),
        (t("of which before the count began"), t.count(m.get("burn_in_weeks"))),
        (t("Seeds"), ", ".join(seeds[:12]) + (" …" if len(seeds) > 12 else "")),
        (t("Time taken"), t("{n} s", n=t.count(float(m.get("seconds", 0.0))))),
        (t("Person-weeks per second"), t.count(m.get("person_weeks_per_second"))),
        (t("Peak memory"), t("{n} MB", n=t.count(int(m.get("peak_memory_bytes", 0)) // 1_000_000))),
    ]


def _order(c: Context) -> Markup:
    """List the processes in the order in which they act."""
    t = c.words
    names = [process(t, name) for name in c.manifest.get("processes", [])]
    return Markup('<ol class="order">{}</ol>').format(
        join(Markup("<li>{}</li>").format(name) for name in names)
    )


def _changed(c: Context) -> Markup:
    """Show the rules that this run changed."""
    t, sets = c.words, c.manifest.get("sets") or {}
    if not sets:
        return prose(t("No rule was changed: the rule book is played as it is written."))
    text = json.dumps(sets, ensure_ascii=False, indent=1, default=str)
    return folded(t("Rules changed for this run"), Markup("<pre>{}</pre>").format(text))


PAGE = Page(10, "overview", N_("What was run"), (), body)
