"""One life, two worlds: an invented person week by week, with a mechanism and without it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from xinyong import ids
from xinyong.errors import RunError
from xinyong.lab.asking import read_query
from xinyong.lab.files import some_listed
from xinyong.lab.tables import MARK
from xinyong.lab.two_worlds import schemes
from xinyong.portal.jobs import Job, Jobs
from xinyong.portal.library import Library
from xinyong.portal.parts.desk import SwitchRow, row, rows
from xinyong.portal.parts.lookup import Example
from xinyong.portal.parts.orders import OrderId, Progress, fields, known, progress
from xinyong.portal.site import Language, RunKey, Site
from xinyong.rulebook import RuleBook


class Twin(BaseModel):
    """Whose life, and without which mechanism."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(max_length=80, description="id, code or invented name")
    switch: str = Field("S", max_length=40, pattern=r"^[A-Za-z0-9_:]+$")


@dataclass(frozen=True)
class Worlds:
    """What can be asked for."""

    synthetic: str
    run: str
    id: str
    switch: str
    switches: tuple[SwitchRow, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Told:
    """A life in two worlds: how far the telling is, and the telling."""

    synthetic: str
    run: str
    id: str
    switch: SwitchRow
    progress: Progress
    result: dict[str, Any] | None


def add(site: Site, jobs: Jobs) -> None:
    """Add the choice of a life, and the life told twice."""
    library = site.library

    def worlds(
        run: RunKey,
        who: Annotated[str, Query(max_length=80, alias="id", description="id of a party")] = "",
        switch: Annotated[str, Query(max_length=40, description="key of a mechanism")] = "S",
    ) -> Worlds:
        row(switch)
        examples = tuple(Example(*pair) for pair in some_listed(library.portal(run)))
        return Worlds(
            MARK, run, who, switch, (*rows(), *(row(key) for key in schemes(RuleBook.load()))), examples
        )

    def told(run: RunKey, order: OrderId) -> Told:
        library.path(run)
        job = known(jobs, order, "worlds")
        result = jobs.result(order) if job.state == "done" else None
        return Told(MARK, run, job.order["id"], row(job.order["switch"]), progress(jobs, job), result)

    site.part("/runs/{run}/worlds", "worlds.html", worlds, "Choose a life and a mechanism")
    site.part("/runs/{run}/worlds/{order}", "world.html", told, "One life in two worlds")

    @site.json.post("/runs/{run}/worlds", tags=["worlds"], summary="Have a life told twice", status_code=202)
    def take(run: RunKey, twin: Twin) -> Progress:
        return progress(jobs, _order(library, jobs, run, twin.id, twin.switch))

    @site.html.post("/runs/{run}/worlds", include_in_schema=False)
    async def take_form(request: Request, language: Language, run: RunKey) -> RedirectResponse:
        given = await fields(request)
        job = _order(library, jobs, run, given.get("id", ""), given.get("switch", "S"))
        return RedirectResponse(f"/{language}/runs/{run}/worlds/{job.id}", 303)


def _order(library: Library, jobs: Jobs, run: str, who: str, switch: str) -> Job:
    portal, manifest = library.portal(run), library.run(run).manifest
    if not who:
        raise RunError("say whose life: write an id as P-13-0000012, or take one of the examples")
    party = portal.parties(read_query(who), 1)[0]
    row(switch)
    made_of = [
        str(manifest.get(name)) for name in ("scenario_hash", "rulebook_hash", "seed", "scale", "state_hash")
    ]
    order = {
        "run": run, "folder": str(library.path(run).resolve()), "id": ids.text(party["party"]), "switch": switch,
        "made_of": made_of,
    }  # fmt: skip
    return jobs.order("worlds", order)
