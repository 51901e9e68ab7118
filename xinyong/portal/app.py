"""Puts the portal together: parts, pages, refusals, static files, and the guard before all of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from xinyong import __version__
from xinyong.errors import XinyongError
from xinyong.portal.jobs import Busy, Jobs
from xinyong.portal.library import Library, NotHere
from xinyong.portal.parts import desk, lookup, map, orders, reading, rules, source, start, timeline, worlds
from xinyong.portal.plots import chart
from xinyong.portal.retelling import retell
from xinyong.portal.security import Guard
from xinyong.portal.site import Site
from xinyong.portal.words import chosen

STATIC = Path(__file__).parent / "static"
ABOUT = (
    "Runs of a wholly synthetic society, read-only. SYNTHETIC 合成: every person is invented; nothing here tells "
    "anything about a real person. Every page has its JSON under /api."
)


def make_app(
    folders: Sequence[Path], hosts: Sequence[str] = (), per_second: float = 100.0, burst: float = 300.0,
    desk_folder: Path | None = None, a_minute: float = 12.0,
) -> FastAPI:  # fmt: skip
    """The portal over some run folders. `hosts` are the names it answers under; none given: any.

    `a_minute` is how many orders a reader may send in a minute. `desk_folder` is where results of the desk are kept;
    without one they are gone when the portal stops.
    """
    jobs = Jobs(desk_folder or Path(mkdtemp(prefix="xinyong-desk-")))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        jobs.close()

    app = FastAPI(
        title="xinyong", version=__version__, description=ABOUT, docs_url=None, redoc_url=None, lifespan=life
    )
    site = Site(app, Library(folders))
    site.env.globals.update(chart=chart, retell=retell)
    for part in (start, lookup, map, timeline, reading, rules, source):
        part.add(site)
    for ordering in (orders, desk, worlds):
        ordering.add(site, jobs)
    app.include_router(site.json)

    @app.get("/", include_in_schema=False)
    def root(request: Request) -> RedirectResponse:
        return RedirectResponse(f"/{chosen(request.headers.get('accept-language', ''))}/", 307)

    app.mount(f"/static/{__version__}", _Static(directory=STATIC), name="static")
    app.include_router(site.html)
    _refusals(app, site)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    app.add_middleware(Guard, hosts=hosts, per_second=per_second, burst=burst, a_minute=a_minute)
    return app


class _Static(StaticFiles):
    """Files that change with the version only."""

    def file_response(self, *args: object, **fields: object) -> Response:
        """Give a file that the browser may keep."""
        response = super().file_response(*args, **fields)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=3600"
        return response


def _refusals(app: FastAPI, site: Site) -> None:
    """Every refusal says in one sentence what was wrong."""

    @app.exception_handler(XinyongError)
    def ours(request: Request, error: XinyongError) -> Response:
        status = 404 if isinstance(error, NotHere) else 429 if isinstance(error, Busy) else 400
        return site.refusal(request, status, site.library.hide(str(error)))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if tuple(first["loc"]) == ("path", "language"):
            return site.refusal(request, 404, "there is no page of this address")
        place = first["loc"][-1] if first["loc"] else "request"
        return site.refusal(request, 422, f"{place}: {first['msg']}")

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        told = "there is no page of this address" if error.status_code == 404 else str(error.detail)
        return site.refusal(request, error.status_code, told)
