"""One part of the portal is one question: asked under /api it answers JSON, under a language a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from xinyong import __version__, ids
from xinyong.lab.tables import MARK
from xinyong.portal.library import Library
from xinyong.portal.words import LANGUAGES, Reader
from xinyong.report import names

Language = Literal["en", "zh-Hant", "zh-Hans"]
RunKey = Annotated[str, InPath(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="key of a run")]
PARTS = (
    ("lookup", "Look-up sites", True), ("map", "Map of debtors", True), ("timeline", "Timeline", True),
    ("worlds", "One life, two worlds", True), ("desk", "Experiment desk", False),
    ("reading", "The reading", False),
    ("rules", "Rule book", False), ("machines", "For machines", False),
)  # fmt: skip
SAID = {
    400: "This request cannot be answered", 403: "Not allowed", 404: "There is nothing here",
    405: "This cannot be done here", 422: "This request cannot be answered",
    429: "The desk is busy",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What every template gets to know about a request."""

    language: str
    path: str
    query: str
    run: str
    part: str


class Site:
    """Registers parts and writes pages."""

    def __init__(self, app: FastAPI, library: Library) -> None:
        self.app, self.library = app, library
        self.json, self.html = APIRouter(prefix="/api"), APIRouter(prefix="/{language}")
        self.env = Environment(
            loader=PackageLoader("xinyong.portal", "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def part(self, path: str, template: str, ask: Callable[..., Any], summary: str) -> None:
        """Offer a question under /api{path} as JSON and under /{language}{path} as a page."""
        kind = get_type_hints(ask)["return"]
        tag = path.rpartition("}/")[2].strip("/").partition("/")[0] or "start"

        def as_json(found: Annotated[Any, Depends(ask)]) -> Any:
            return found

        def as_page(
            request: Request, language: Language, found: Annotated[Any, Depends(ask)]
        ) -> HTMLResponse:
            return self.page(request, template, language, found)

        name = f"{template.partition('.')[0]}{path.count('{')}"
        self.json.add_api_route(
            path, as_json, response_model=kind, summary=summary, tags=[tag], name=name, operation_id=f"{name}_json",
        )  # fmt: skip
        self.html.add_api_route(
            path, as_page, response_class=HTMLResponse, summary=f"{summary} (page)", tags=["pages"],
            operation_id=f"{name}_page",
        )  # fmt: skip

    def page(
        self, request: Request, template: str, language: str, found: Any, status: int = 200
    ) -> HTMLResponse:
        """Write one page."""
        words = Reader(language)
        path = "/" + request.url.path.partition(language)[2].lstrip("/")
        run = str(request.path_params.get("run", ""))
        run = run if run in self.library.keys else self.library.first
        pieces = path.strip("/").split("/")
        part = pieces[2] if pieces[0] == "runs" and len(pieces) > 2 else pieces[0]
        told = Told(language, path, request.url.query, run, part)

        def url(to: str, **query: object) -> str:
            asked = {name: value for name, value in query.items() if value not in (None, "")}
            return f"/{language}{to}" + (f"?{urlencode(asked)}" if asked else "")

        html = self.env.get_template(template).render(
            t=words, found=found, told=told, url=url, languages=LANGUAGES, parts=PARTS, version=__version__, mark=MARK,
            runs=self.library.keys, names=names, id_name=ids.name, asset=f"/static/{__version__}",
        )  # fmt: skip
        return HTMLResponse(html, status)

    def refusal(self, request: Request, status: int, told: str) -> Response:
        """Say what was wrong, as JSON or as a page, whichever was asked for."""
        language = request.url.path.strip("/").partition("/")[0]
        if language not in LANGUAGES:
            from fastapi.responses import JSONResponse

            return JSONResponse({"error": told}, status)
        found = {"status": status, "title": SAID.get(status, SAID[400]), "told": told}
        return self.page(request, "error.html", language, found, status)
