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
from xinyong.lab.results import Run, open_run
from xinyong.lab.validate import Flow, HeldOut, Row, flows, held_out, reaches_held_out, validate
from xinyong.report.html import Markup

FILE = "report.html"


@dataclass
class Context:
    """What a page may look at: the run, its comparison with published figures, and a language."""

    run: Run
    rows: list[Row]
    held: HeldOut | None
    words: Words

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


def edition(run: Run, rows: list[Row], held: HeldOut | None, language: str) -> Edition:
    """Write every page in one language."""
    context = Context(run, rows, held, Words(language))
    words = context.words
    shown = [page for page in pages() if page.shown(context)]
    sections = [(context.key(page.key), words(page.title), page.body(context)) for page in shown]
    return Edition(language, LANGUAGES[language], words, sections)


def editions(run: Run) -> list[Edition]:
    """Write every page in every language."""
    rows = validate(run)
    held = held_out(run) if reaches_held_out(run) else None
    return [edition(run, rows, held, language) for language in LANGUAGES]


def environment() -> Environment:
    """Give what fills templates."""
    return Environment(
        loader=PackageLoader("xinyong", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(run: Run) -> str:
    """Give the whole report as one HTML text that needs no network."""
    return environment().get_template("report.html").render(run=run, m=run.manifest, editions=editions(run))


def write_report(run_path: str | Path) -> Path:
    """Write report.html into a run folder and give its path."""
    run = open_run(run_path)
    target = run.path / FILE
    draft = target.with_suffix(".html.tmp")
    draft.write_text(render(run), encoding="utf-8", newline="\n")
    draft.replace(target)
    return target
