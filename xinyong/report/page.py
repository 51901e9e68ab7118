"""A report is a row of pages; a page is a title, the measures it needs, and a body."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from xinyong.i18n import LANGUAGES, Words
from xinyong.lab.paired_lives import PairedLives, paired_lives
from xinyong.lab.results import Run, open_run
from xinyong.lab.rights.audit import audit
from xinyong.lab.rights.found import Audit
from xinyong.lab.validate import Flow, HeldOut, Row, flows, held_out, reaches_held_out, validate
from xinyong.report.html import Markup

FILE = "report.html"


@dataclass(frozen=True)
class Beside:
    """What was played for a report beside the run: lives told in two runs, and what the run costs in rights."""

    paired: PairedLives
    audit: Audit


@dataclass
class Context:
    """What a page may look at: the run, published figures beside it, what was played beside it, a language."""

    run: Run
    rows: list[Row]
    held: HeldOut | None
    words: Words
    beside: Beside | None = None

    @property
    def manifest(self) -> dict[str, Any]:
        """Give what was run."""
        return self.run.manifest

    @cached_property
    def flows(self) -> list[Flow]:
        """Give the published flows beside the run's."""
        return flows(self.run)

    def key(self, name: str) -> str:
        """Make a name that is used once in the file."""
        return f"{name}-{self.words.language}"


@dataclass(frozen=True)
class Page:
    """One section of the report; it is left out where the run lacks what it needs."""

    order: int
    key: str
    title: str
    needs: tuple[str, ...]
    body: Callable[[Context], Markup]
    wanted: Callable[[Context], bool] = lambda context: True

    def shown(self, context: Context) -> bool:
        """Say whether this run has what the page needs."""
        return context.run.has(*self.needs) and self.wanted(context)


@lru_cache
def pages() -> tuple[Page, ...]:
    """Find every page: each file of the folder `pages` holds one."""
    package = importlib.import_module("xinyong.report.pages")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    found = [importlib.import_module(f"{package.__name__}.{name}").PAGE for name in names]
    return tuple(sorted(found, key=lambda page: page.order))


@dataclass(frozen=True)
class Edition:
    """The whole report in one language."""

    language: str
    name: str
    words: Words
    sections: list[tuple[str, str, Markup]]


def edition(
    run: Run, rows: list[Row], held: HeldOut | None, language: str, beside: Beside | None = None
) -> Edition:
    """Write every page in one language."""
    context = Context(run, rows, held, Words(language), beside)
    words = context.words
    shown = [page for page in pages() if page.shown(context)]
    sections = [(context.key(page.key), words(page.title), page.body(context)) for page in shown]
    return Edition(language, LANGUAGES[language], words, sections)


def editions(run: Run, beside: Beside | None = None) -> list[Edition]:
    """Write every page in every language."""
    rows = validate(run)
    held = held_out(run) if reaches_held_out(run) else None
    return [edition(run, rows, held, language, beside) for language in LANGUAGES]


def environment() -> Environment:
    """Give what fills templates."""
    return Environment(
        loader=PackageLoader("xinyong", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(run: Run, beside: Beside | None = None) -> str:
    """Give the whole report as one HTML text that needs no network."""
    pages_made = editions(run, beside)
    return environment().get_template("report.html").render(run=run, m=run.manifest, editions=pages_made)


def played_beside(folder: Path, against: Path) -> Beside:
    """Play what a report shows of two runs: three lives drawn by lot, and the rights audit."""
    return Beside(paired_lives(folder, against), audit(folder, against))


def write_report(run_path: str | Path, against: Path | None = None) -> Path:
    """Write report.html into a run folder and give its path; with another run, lives and rights beside it."""
    run = open_run(run_path)
    beside = played_beside(run.path, against) if against else None
    target = run.path / FILE
    draft = target.with_suffix(".html.tmp")
    draft.write_text(render(run, beside), encoding="utf-8", newline="\n")
    draft.replace(target)
    return target
