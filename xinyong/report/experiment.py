"""The report of an experiment: what was cut, what followed, what the paper's claims make of it."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinyong.i18n import LANGUAGES, MINUS, N_, NDASH, THIN, Words
from xinyong.lab.claims.claims import Both
from xinyong.lab.claims.findings import Findings
from xinyong.lab.claims.intervals import Estimate
from xinyong.report.html import Markup
from xinyong.report.page import Edition, environment

FILE = "report.html"
NOUGHT = 1e-12  # less is the rounding of the machine
VERDICTS = {
    "supported": N_("supported"), "refuted": N_("refuted"), "hangs on": N_("hangs on assumptions"),
    "the figures cannot tell": N_("cannot be told"), "not asked": N_("not asked of these worlds"),
    "partly asked": N_("partly asked"),
    "open": N_("cannot be told"),
}  # fmt: skip
MECHANISMS = {
    "F": N_("F: firms"), "E": N_("E: example"), "B": N_("B: benefits"), "V": N_("V: face"), "S": N_("S: the system"),
    "M1": N_("M1: control the few"), "M2": N_("M2: benefits"), "M3": N_("M3: face"),
    "H": N_("H: the household"), "E_media": N_("E: the media"), "E_network": N_("E: contacts and strangers"),
    "direct": N_("one’s own sanction"),
}  # fmt: skip


@dataclass
class FindingsContext:
    """What a page of an experiment's report may look at: what was found, and a language."""

    found: Findings
    words: Words

    @property
    def manifest(self) -> dict[str, Any]:
        """Give what was played; of several experiments the first."""
        return self.found.manifests[0]

    def key(self, name: str) -> str:
        """Make a name that is used once in the file."""
        return f"{name}-{self.words.language}"

    def say(self, text: Both) -> str:
        """Give a sentence of the data in this language."""
        return text.of(self.words.language)

    def mechanism(self, name: str) -> str:
        """Name a mechanism or a group of them."""
        return self.words(MECHANISMS[name]) if name in MECHANISMS else name

    def number(self, value: float) -> str:
        """Write a number with as many figures as it bears."""
        if value != value:
            return NDASH
        if abs(value) >= 1000:
            return self.words.count(value)
        if abs(value) < NOUGHT:
            return "0"
        return f"{Decimal(f'{value:.3g}').normalize():f}".replace("-", MINUS)

    def chance(self, probability: float) -> str:
        """Write a probability; nothing is certain."""
        gap = "" if self.words.chinese else THIN
        if probability > 0.999:
            return self.words("over {share}", share=f"99.9{gap}%")
        if probability < 0.001:
            return self.words("under {share}", share=f"0.1{gap}%")
        digits = 1 if probability < 0.1 or probability > 0.9 else 0
        return f"{probability * 100:.{digits}f}{gap}%"

    def interval(self, estimate: Estimate) -> str:
        """Write where a number lies."""
        low, high = estimate.interval
        return (
            "" if low != low else self.words("{low} to {high}", low=self.number(low), high=self.number(high))
        )


@dataclass(frozen=True)
class FindingsPage:
    """One section of an experiment's report; it is left out where there is nothing to say."""

    order: int
    key: str
    title: str
    body: Callable[[FindingsContext], Markup]
    wanted: Callable[[Findings], bool] = lambda found: True


@lru_cache
def findings_pages() -> tuple[FindingsPage, ...]:
    """Find every page: each file of the folder `findings` holds one."""
    package = importlib.import_module("xinyong.report.findings")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    found = [importlib.import_module(f"{package.__name__}.{name}").PAGE for name in names]
    return tuple(sorted(found, key=lambda page: page.order))


def edition(found: Findings, language: str) -> Edition:
    """Write every page in one language."""
    c = FindingsContext(found, Words(language))
    shown = [page for page in findings_pages() if page.wanted(found)]
    sections = [(c.key(page.key), c.words(page.title), page.body(c)) for page in shown]
    return Edition(language, LANGUAGES[language], c.words, sections)


def render_findings(found: Findings) -> str:
    """Give the whole report as one HTML text that needs no network."""
    editions = [edition(found, language) for language in LANGUAGES]
    return environment().get_template("experiment.html").render(m=found.manifests[0], editions=editions)


def write_findings(folder: Path, found: Findings) -> Path:
    """Write report.html into an experiment's folder and give its path."""
    target = folder / FILE
    draft = target.with_suffix(".html.tmp")
    draft.write_text(render_findings(found), encoding="utf-8", newline="\n")
    draft.replace(target)
    return target
