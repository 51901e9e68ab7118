"""Orders: a mechanism on and off, a life told twice, the queue, cancelling, and what may not be ordered."""

import csv
import json
import time
from pathlib import Path

import pytest

from xinyong.lab.desk import play
from xinyong.lab.tables import MARK
from xinyong.lab.two_worlds import two_worlds
from xinyong.portal.jobs import MOST_WAITING, Busy, Jobs

SMALL = {"scenario": "toy", "switch": "S", "persons": 1000, "replicates": 2, "until": "2014-12-28", "seed": 1}


def until_ended(client, order: str, seconds: float = 120.0) -> dict:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = client.get(f"/api/orders/{order}").json()
        if told["state"] not in ("waiting", "running"):
            return told
        time.sleep(0.2)
    raise AssertionError(f"order {order} has not ended: {told}")


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> tuple[dict, Path, list[int]]:
    folder, steps = tmp_path_factory.mktemp("desk"), []
    order = {**SMALL, "sets": {"suing.unable_ratio": 0.5}}
    return play(order, folder, lambda done, whole, _: steps.append(done)), folder, steps


def test_an_order_gives_effect_beside_cost(played):
    result, _, steps = played
    assert {row["measure"] for row in result["effects"]} >= {"listings_cum", "defaults_cum"}
    assert {row["measure"] for row in result["costs"]} >= {"wrongful_listed_now", "late_deletions_cum"}
    listed = next(row for row in result["effects"] if row["measure"] == "listings_cum")
    assert listed["without"] == 0 <= listed["with"]
    assert listed["difference"] == listed["with"] - listed["without"]
    assert result["marks"] and result["cuts"] and steps == sorted(steps) and len(steps) > 3


def test_what_is_downloaded_bears_the_mark(played):
    _, folder, _ = played
    rows = list(csv.reader((folder / "results.csv").open(encoding="utf-8")))
    assert rows[0][:3] == ["synthetic", "cell", "replicate"]
    assert {row[0] for row in rows[1:]} == {MARK} and len(rows) > 1000


def test_a_life_is_told_twice(folder, listed):
    both = two_worlds(folder, listed, "S")
    assert both.first_difference and {line.where for line in both.lines} >= {"with"}
    assert not any(line.what == "listed" and line.where == "without" for line in both.lines)
    same = two_worlds(folder, listed, "scheme:rongcheng:all_sectors")
    assert all(line.where == "both" for line in same.lines) and not same.first_difference


def test_a_life_can_be_told_from_the_page(client, listed):
    answer = client.post(
        "/en/runs/small/worlds", content=f"id={listed}&switch=S", follow_redirects=False,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 303
    page = answer.headers["location"]
    assert until_ended(client, page.rpartition("/")[2])["state"] == "done"
    for language in ("en", "zh-Hant", "zh-Hans"):
        assert listed in client.get(page.replace("/en/", f"/{language}/")).text
    told = client.get("/api" + page.removeprefix("/en")).json()
    assert told["result"]["lines"] and "folder" not in json.dumps(told["progress"])


def test_an_experiment_can_be_ordered_followed_and_taken_back(client):
    first = client.post("/api/desk", json={**SMALL, "seed": 2})
    assert first.status_code == 202 and first.json()["state"] in ("waiting", "running")
    order = first.json()["id"]
    assert client.post("/api/desk", json={**SMALL, "seed": 2}).json()["id"] == order
    assert client.get(f"/en/desk/{order}").status_code == 200
    assert client.get(f"/api/orders/{order}/results.csv").status_code == 400
    assert client.post(f"/api/orders/{order}/cancel").json()["state"] == "cancelled"
    assert until_ended(client, order)["state"] == "cancelled"
    with client.stream("GET", f"/api/orders/{order}/events") as lines:
        assert '"cancelled"' in next(line for line in lines.iter_lines() if line.startswith("data:"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"persons": 2_000_000}, {"replicates": 99}, {"switch": "nope"}, {"switch": "../x"}, {"until": "2031-01-01"},
        {"scenario": "/etc/passwd"}, {"sets": {"objection.aware_share": 7}}, {"sets": {"no.such.rule": 1}},
        {"sets": {"court_list.in_force": 1}}, {"sets": {"objection.aware_share": "NaN"}}, {"seed": -1},
        {"folder": "/tmp"},
    ],
)  # fmt: skip
def test_orders_out_of_bounds_are_refused(client, wrong):
    answer = client.post("/api/desk", json={**SMALL, **wrong})
    assert answer.status_code in (400, 422) and answer.json()["error"]


def test_forms_that_are_none_are_refused(client):
    for body in (b"\xff\xfe", b"no form at all", b"persons=abc", b""):
        answer = client.post("/en/desk", content=body)
        assert 400 <= answer.status_code < 500, body
    big = client.post("/en/desk", content=b"a=" + b"x" * 20_000)
    assert big.status_code == 413
    foreign = client.post("/en/desk", content=b"switch=S", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


def test_the_queue_is_bounded(tmp_path):
    jobs = Jobs(tmp_path)
    jobs._start = lambda: None  # nobody serves
    for n in range(MOST_WAITING):
        jobs.order("experiment", {"seed": n})
    with pytest.raises(Busy):
        jobs.order("experiment", {"seed": 99})
    assert jobs.ahead(jobs.order("experiment", {"seed": 3}).id) == 3
    jobs.cancel(jobs.order("experiment", {"seed": 0}).id)
    jobs.order("experiment", {"seed": 99})


def test_an_order_that_takes_too_long_is_stopped(tmp_path):
    jobs = Jobs(tmp_path, most_seconds=0.5)
    job = jobs.order("experiment", {**SMALL, "persons": 20_000, "sets": {}})
    end = time.monotonic() + 60
    while job.state in ("waiting", "running") and time.monotonic() < end:
        time.sleep(0.1)
    assert job.state == "failed" and "longer" in job.problem
    jobs.close()
    assert not (tmp_path / job.id).exists()


def test_results_outlive_the_portal(tmp_path):
    key = "0123456789abcdef"
    (tmp_path / key).mkdir()
    (tmp_path / key / "order.json").write_text('{"kind": "experiment", "order": {}}', encoding="utf-8")
    assert Jobs(tmp_path).find(key) is None
    (tmp_path / key / "result.json").write_text("{}", encoding="utf-8")
    found = Jobs(tmp_path).find(key)
    assert found and found.state == "done"
    assert Jobs(tmp_path).find("../../etc/passwd") is None


def test_a_life_of_another_rule_book_is_refused_without_naming_a_folder(
    client, folder, listed, monkeypatch, tmp_path
):
    import shutil

    from fastapi.testclient import TestClient

    from xinyong.portal.app import make_app

    old = tmp_path / "old"
    shutil.copytree(folder, old)
    told = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    (old / "manifest.json").write_text(json.dumps({**told, "rulebook_hash": "0"}), encoding="utf-8")
    with TestClient(make_app([old])) as portal:
        order = portal.post("/api/runs/old/worlds", json={"id": listed, "switch": "S"}).json()["id"]
        ended = until_ended(portal, order)
    assert ended["state"] == "failed" and ended["problem"].startswith("old: rulebook changed")
    assert str(tmp_path) not in json.dumps(ended)
