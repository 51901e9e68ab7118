"""The experiment desk: one mechanism on and off, a few parameters, effect and cost in rights side by side."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinyong.errors import RunError
from xinyong.lab.desk import FIRST_END, LAST, PERSONS, REPLICATES, SCENARIOS, Parameter, checked, parameters
from xinyong.lab.experiment.switches import load_switches
from xinyong.lab.two_worlds import SCHEME, other_world
from xinyong.portal.jobs import Jobs
from xinyong.portal.parts.orders import OrderId, Progress, fields, known, progress
from xinyong.portal.site import Language, Site
from xinyong.rulebook import RuleBook

PREFIX = "set:"


class Order(BaseModel):
    """What may be ordered at the desk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: Literal["toy", "china-2012-2019"] = "toy"
    switch: str = Field("S", max_length=40, pattern=r"^[A-Za-z_]+$")
    persons: int = Field(5_000, ge=PERSONS[0], le=PERSONS[1])
    replicates: int = Field(3, ge=REPLICATES[0], le=REPLICATES[1])
    until: dt.date = Field(LAST, ge=FIRST_END, le=LAST)
    seed: int = Field(1, ge=0, le=1_000_000)
    sets: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(default_factory=dict, max_length=12)


@dataclass(frozen=True)
class SwitchRow:
    """A mechanism that can be turned off."""

    key: str
    name: str
    gloss: str
    part_of: str
    requirements: tuple[str, ...]
    cuts: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """What can be ordered, and within which bounds."""

    order: Order
    switches: tuple[SwitchRow, ...]
    parameters: tuple[Parameter, ...]
    scenarios: tuple[str, ...]
    persons: tuple[int, int]
    replicates: tuple[int, int]
    first_end: dt.date
    last_end: dt.date


@dataclass(frozen=True)
class Ordered:
    """An order, how far it is, and what came of it."""

    order: dict[str, Any]
    switch: SwitchRow
    progress: Progress
    again: str
    result: dict[str, Any] | None


def add(site: Site, jobs: Jobs) -> None:
    """Add the desk and its orders."""

    def desk(
        scenario: Annotated[str, Query(max_length=40)] = "toy",
        switch: Annotated[str, Query(max_length=40)] = "S",
        persons: Annotated[int, Query(ge=PERSONS[0], le=PERSONS[1])] = 5_000,
        replicates: Annotated[int, Query(ge=REPLICATES[0], le=REPLICATES[1])] = 3,
        until: Annotated[dt.date, Query(ge=FIRST_END, le=LAST)] = LAST,
        seed: Annotated[int, Query(ge=0, le=1_000_000)] = 1,
        set_: Annotated[list[str] | None, Query(alias="set", max_length=12, description="rule:value")] = None,
    ) -> Desk:
        told = {
            "scenario": scenario, "switch": switch, "persons": persons, "replicates": replicates, "until": until,
            "seed": seed, "sets": _sets(set_ or []),
        }  # fmt: skip
        return _desk(_order(told))

    def ordered(order: OrderId) -> Ordered:
        return _ordered(jobs, order)

    site.part("/desk", "desk.html", desk, "What can be ordered at the experiment desk")
    site.part("/desk/{order}", "ordered.html", ordered, "An experiment: how far it is, and what came of it")

    @site.json.post("/desk", tags=["desk"], summary="Order an experiment", status_code=202)
    def take(order: Order) -> Progress:
        return progress(jobs, jobs.order("experiment", checked(order.model_dump())))

    @site.html.post("/desk", include_in_schema=False)
    async def take_form(request: Request, language: Language) -> RedirectResponse:
        given = await fields(request)
        sets = {k.removeprefix(PREFIX): v for k, v in given.items() if k.startswith(PREFIX) and v}
        defaults = {p.path: p.value for p in parameters(sets)}
        plain = {k: v for k, v in given.items() if not k.startswith(PREFIX)}
        order = _order({**plain, "sets": sets})
        moved = {path: value for path, value in order.sets.items() if value != defaults.get(path)}
        job = jobs.order("experiment", checked({**order.model_dump(), "sets": moved}))
        return RedirectResponse(f"/{language}/desk/{job.id}", 303)


def _order(told: dict[str, Any]) -> Order:
    try:
        return Order.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise RunError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _sets(given: list[str]) -> dict[str, str]:
    pairs = [one.rpartition(":") for one in given]
    if any(not path for path, _, _ in pairs):
        raise RunError("set: write rule:value, say objection.aware_share:0.5")
    return {path: value for path, _, value in pairs}


def rows() -> tuple[SwitchRow, ...]:
    """Every mechanism that cuts something by now."""
    return tuple(
        SwitchRow(key, s.name, s.gloss, s.part_of, s.requirements, tuple(s.cuts))
        for key, s in load_switches().switches.items()
        if s.cuts
    )


def row(key: str) -> SwitchRow:
    """One mechanism, or a city's table of deeds."""
    if key.startswith(SCHEME):
        gloss, sets = other_world(key, RuleBook.load())
        return SwitchRow(key, "", gloss, "", ("R54", "R81"), tuple(sets))
    s = load_switches().get(key)
    return SwitchRow(key, s.name, s.gloss, s.part_of, s.requirements, tuple(s.cuts))


def _desk(order: Order) -> Desk:
    checked(order.model_dump())
    return Desk(order, rows(), parameters(order.sets), SCENARIOS, PERSONS, REPLICATES, FIRST_END, LAST)


def _ordered(jobs: Jobs, key: str) -> Ordered:
    job = known(jobs, key, "experiment")
    o = job.order
    again = [f"{k}={o[k]}" for k in ("scenario", "switch", "persons", "replicates", "until", "seed")]
    again += [f"set={path}:{value:g}" for path, value in o["sets"].items()]
    result = jobs.result(key) if job.state == "done" else None
    return Ordered(o, row(o["switch"]), progress(jobs, job), "&".join(again), result)
