"""A hostile list: each gets a clear refusal, none a traceback."""

import pytest
from fastapi.testclient import TestClient

from xinyong.portal.app import make_app
from xinyong.portal.security import Bucket

HOSTILE = {
    "/en/runs/../../etc/passwd/lookup": 404, "/en/runs/..%2f..%2fetc%2fpasswd/lookup": 404,
    "/api/runs/%2e%2e/lookup": 422, "/api/runs/....//small/lookup": 404, "/static/0.1.0/..%2f..%2fapp.py": 404,
    "/static/0.1.0/../app.py": 404,
    "/en/runs/small%00/lookup": 400, "/api/runs/small/file/..%2f..%2fmanifest.json": 404,
    "/api/runs/small/file/P-1-1;drop table parties": 422, "/api/runs/small/file/C-900-0000001": 422,
    "/api/runs/small/file/P-900-9999999": 400, "/api/runs/small/file/P-99999999-9999999999": 400,
    "/en/runs/small/lookup?q=%3Cscript%3Ealert(1)%3C/script%3E": 400, "/en/runs/small/lookup?q=%25": 400,
    "/en/runs/small/lookup?q=' or 1=1 --": 400, "/api/runs/small/lookup?q=110101199003074514": 400,
    "/api/runs/small/lookup?q=13800138000": 400, "/api/runs/small/lookup?q=%ff%fe": 400,
    "/api/runs/small/lookup?q=%C0%AF": 400, "/api/runs/small/lookup?q=%ED%A0%80": 400,
    "/api/runs/small/lookup?q=" + "x" * 201: 422, "/api/runs/small/lookup?q=" + "x" * 5000: 414,
    "/api/runs/small/lookup?on=yesterday": 422, "/api/runs/small/lookup?on=9999-12-31": 400,
    "/api/runs/small/lookup?on=0001-01-01": 400, "/api/runs/small/lookup?site=../x": 404,
    "/api/runs/small/map?x=nan": 422, "/api/runs/small/map?radius=inf": 422, "/api/runs/small/map?radius=-1": 422,
    "/api/runs/small/map?radius=1e308": 422, "/api/runs/small/map?province=atlantis": 400,
    "/api/runs/small/map/points?on=2040-01-01": 400, "/api/runs/small/timeline?group=nothing": 404,
    "/api/runs/small/timeline?measure=%22;drop": 400,
    "/api/runs/small/timeline?" + "&".join(["measure=listings_cum"] * 9): 422,
    "/api/rules?on=0001-01-01": 400, "/api/rules?section=nothing": 404, "/api/rules/nothing.at.all": 404,
    "/api/rules/..%2fx": 404, "/api/reading/R999": 404, "/api/reading/R0": 422, "/api/reading?status=secret": 422,
    "/api/source?file=../../etc/passwd": 404,
    "/api/source?file=pyproject.toml": 404, "/api/source": 422,
    "/api/source?file=xinyong/lab/street_map.py%00": 400,
    "/xx/": 404, "/en/nothing": 404, "/api/nothing": 404, "/docs": 404, "/redoc": 404,
    "/api/runs/small/lookup?q=%E2%80%AE%E5%90%88": 400, "/api/runs/none/lookup": 404,
}  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_request_gets_a_clear_refusal(client, path):
    answer = client.get(path)
    assert answer.status_code == HOSTILE[path], f"{answer.status_code} {answer.text[:200]}"
    assert "Traceback" not in answer.text and "<script>alert" not in answer.text
    assert "/site-packages/" not in answer.text and "parquet" not in answer.text
    assert len(answer.text) < 20_000


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_runs_cannot_be_written_to(client, method):
    assert getattr(client, method)("/api/runs/small/lookup").status_code in (405, 411, 413)


def test_names_are_escaped_in_a_page(client):
    text = client.get("/en/reading?q=%3Cb%3Ehi").text
    assert "<b>hi" not in text and "&lt;b&gt;hi" in text


def test_every_answer_forbids_foreign_and_inline_code(client):
    for path in ("/en/", "/api/", "/static/0.1.0/portal.css", "/en/nothing", "/en/runs/small/lookup?q=%00"):
        policy = client.get(path).headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        )


def test_too_many_requests_are_refused_and_forgiven():
    bucket = Bucket(per_second=2.0, burst=3.0)
    assert [bucket.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take("b", 0.0) and not bucket.take("a", 0.4) and bucket.take("a", 1.0)


def test_a_fast_reader_is_told_to_wait(folders):
    with TestClient(make_app(folders[:1], per_second=0.001, burst=3)) as slow:
        told = [slow.get("/api/reading/R1").status_code for _ in range(5)]
    assert told == [200, 200, 200, 429, 429]


def test_a_portal_answers_under_its_own_name_only(folders):
    with TestClient(make_app(folders[:1], hosts=("127.0.0.1",)), base_url="http://evil.example") as strange:
        assert strange.get("/api/").status_code == 421
    with TestClient(make_app(folders[:1], hosts=("127.0.0.1",)), base_url="http://127.0.0.1:8000") as known:
        assert known.get("/api/").status_code == 200
