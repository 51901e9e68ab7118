"""A page of its own beside the report: one HTML file with the report's style, and nothing from outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from xinyong.i18n import LANGUAGES
from xinyong.report.html import Markup


@dataclass(frozen=True)
class PlainEdition:
    """The page in one language: title, and sections of key, title and body."""

    language: str
    title: str
    sections: Sequence[tuple[str, str, Markup]]

    @property
    def name(self) -> str:
        """What the language is called in itself."""
        return LANGUAGES[self.language]


def whole_page(editions: Sequence[PlainEdition]) -> str:
    """Put the editions into one page."""
    environment = Environment(
        loader=PackageLoader("xinyong", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("plain.html").render(editions=editions)
