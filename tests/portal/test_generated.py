"""Requests made from the OpenAPI description, valid and not: none gets an error of the server or a traceback.

`make fuzz` makes 10,000 of them (`XINYONG_REQUESTS`); the suite a few for each operation.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from xinyong.portal.app import make_app
from xinyong.portal.jobs import Jobs

schemathesis = pytest.importorskip("schemathesis")
WANTED = int(os.environ.get("XINYONG_REQUESTS", "150"))
PARTY, CASES = "P-900-0000012", []


@pytest.fixture(scope="module")
def schema(folders, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Jobs, "_start", lambda self: None
        )  # orders wait for ever: what they do is tested elsewhere
        place = tmp_path_factory.mktemp("generated")
        app = make_app(folders, desk_folder=place, per_second=1e6, burst=1e6, a_minute=1e6)
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


def test_the_description_is_whole(schema):
    paths = schema.raw_schema["paths"]
    pages = {path.removeprefix("/{language}") for path in paths if path.startswith("/{language}")}
    answers = {path.removeprefix("/api") for path in paths if path.startswith("/api")}
    assert pages <= answers
    for path in answers:
        for told in paths[f"/api{path}"].values():
            assert told["summary"] and told["tags"]


def test_no_generated_request_breaks_the_portal(schema):
    operations = [found.ok() for found in schema.get_all_operations()]
    each = max(2, -(-WANTED // len(operations)))
    seen: dict[int, int] = {}
    for operation in operations:
        _fuzz(operation, each, seen)
    assert sum(seen.values()) >= len(operations) * 2
    assert {status // 100 for status in seen} <= {2, 3, 4}, seen
    assert seen.get(200, 0) > 0
    print(f"\n{sum(seen.values())} requests: {dict(sorted(seen.items()))}")


def _fuzz(operation, each: int, seen: dict[int, int]) -> None:
    """Ask one operation so many times; keys of runs and parties are mixed with real ones so that much gets through."""
    from hypothesis import given, seed

    checks = settings(
        max_examples=each, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    good = operation.as_strategy()
    parts = [*operation.path_parameters, *operation.query]
    bad = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE) if parts else good

    @seed(1)
    @checks
    @given(case=good | bad)
    def ask(case):
        known = {"run": "small", "party": PARTY, "number": "R100", "path": "court_list.term_years"}
        if len(CASES) % 3:
            for name in set(known) & set(case.path_parameters or {}):
                case.path_parameters[name] = known[name]
        CASES.append(1)
        answer = case.call()
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (
            f"{case.method} {case.formatted_path} {case.query}: {answer.status_code}"
        )
        assert b"Traceback" not in answer.content

    ask()
