"""The ODD protocol (Grimm and others 2020) of a scenario, written from what processes, rules and recipe declare."""

from xinyong.lab.odd.document import document
from xinyong.lab.odd.form import Document, markdown

__all__ = ["Document", "document", "markdown"]
