"""What the desk and the two worlds share: the state of an order, its progress as events, and taking it back."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Path, Request
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse

from xinyong.errors import RunError
from xinyong.portal.jobs import ENDED, Busy, Job, Jobs
from xinyong.portal.library import NotHere
from xinyong.portal.site import Language, Site

OrderId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="fingerprint of an order")]
LONGEST_WATCH, PAUSE, MOST_WATCHING = 900.0, 0.4, 100


@dataclass(frozen=True)
class Progress:
    """How far an order is."""

    id: str
    kind: str
    state: str
    done: int
    whole: int
    ahead: int
    problem: str
    seconds: float


def progress(jobs: Jobs, job: Job) -> Progress:
    """The state of an order for a reader."""
    return Progress(
        job.id, job.kind, job.state, job.done, job.whole, jobs.ahead(job.id), job.problem, job.seconds
    )  # fmt: skip


def known(jobs: Jobs, key: str, kind: str = "") -> Job:
    """An order that was made here. Raises NotHere."""
    job = jobs.find(key)
    if job is None or (kind and job.kind != kind):
        raise NotHere(f"no order {key} was made at this desk; order it again")
    return job


def add(site: Site, jobs: Jobs) -> None:
    """Add progress, events, cancelling and download of orders."""
    watching: set[object] = set()

    @site.json.get("/orders/{order}", tags=["desk"], summary="How far an order is")
    def state(order: OrderId) -> Progress:
        return progress(jobs, known(jobs, order))

    @site.json.get(
        "/orders/{order}/events", tags=["desk"], response_class=StreamingResponse,
        summary="Progress of an order as server-sent events",
    )  # fmt: skip
    async def events(order: OrderId) -> StreamingResponse:
        known(jobs, order)
        if len(watching) >= MOST_WATCHING:
            raise Busy("too many readers watch orders already; ask for the state of the order instead")
        return StreamingResponse(
            _events(jobs, order, watching),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    @site.json.post("/orders/{order}/cancel", tags=["desk"], summary="Take an order back")
    def cancel(order: OrderId) -> Progress:
        known(jobs, order)
        jobs.cancel(order)
        return progress(jobs, known(jobs, order))

    @site.html.post("/orders/{order}/cancel", include_in_schema=False)
    def cancel_page(language: Language, order: OrderId) -> RedirectResponse:
        job = known(jobs, order)
        jobs.cancel(order)
        to = "desk" if job.kind == "experiment" else f"runs/{job.order['run']}/worlds"
        return RedirectResponse(f"/{language}/{to}/{order}", 303)

    _add_download(site, jobs)


def _add_download(site: Site, jobs: Jobs) -> None:
    @site.json.get(
        "/orders/{order}/results.csv", tags=["desk"], response_class=FileResponse,
        summary="Every number of an experiment",
    )  # fmt: skip
    def download(order: OrderId) -> FileResponse:
        job = known(jobs, order, "experiment")
        if job.state != "done":
            raise RunError("this experiment has not ended; its numbers come when it has")
        return FileResponse(
            jobs.place / job.id / "results.csv",
            media_type="text/csv; charset=utf-8",
            filename=f"xinyong-{job.id}.csv",
        )


async def _events(jobs: Jobs, key: str, watching: set[object]) -> AsyncIterator[str]:
    """Tell each change; end when the order has ended. `watching` holds who listens."""
    me = object()
    watching.add(me)
    try:
        async for told in _changes(jobs, key):
            yield told
    finally:
        watching.discard(me)


async def _changes(jobs: Jobs, key: str) -> AsyncIterator[str]:
    seen, waited = None, 0.0
    while waited < LONGEST_WATCH:
        job = jobs.find(key)
        if job is None:
            return
        told = (job.state, job.done, jobs.ahead(key))
        if told != seen:
            seen = told
            facts = {"state": job.state, "done": job.done, "whole": job.whole, "ahead": told[2]}
            yield f"data: {json.dumps(facts)}\n\n"
        elif waited % 15 < PAUSE:
            yield ": still here\n\n"
        if job.state in ENDED:
            return
        await asyncio.sleep(PAUSE)
        waited += PAUSE


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form that was sent; the guard has bounded its size. Raises RunError if it is no form."""
    try:
        told = (await request.body()).decode("utf-8")
        if not told:
            raise ValueError("empty")
        return dict(parse_qsl(told, strict_parsing=True, max_num_fields=64))
    except ValueError as error:
        raise RunError("the order is not a form as this page sends it") from error
