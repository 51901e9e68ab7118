"""Every page of the portal in every language, its JSON, and what a page may never show."""

import json
import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from xinyong.lab.files import open_file
from xinyong.lab.lookup import Portal
from xinyong.portal.words import LANGUAGES, Reader

PAGES = (
    "/", "/machines", "/runs/small", "/runs/small/lookup", "/runs/small/lookup?q={who}",
    "/runs/small/lookup?q={who}&site=credit_china&on=2014-05-05", "/runs/small/file/{who}",
    "/runs/small/file/{who}?on=2014-06-01", "/runs/small/map", "/runs/small/map?on=2016-01-01&x=120&y=-40&radius=900",
    "/runs/small/timeline", "/runs/small/timeline?group=rights&on=2016-02-03",
    "/runs/small/timeline?measure=listings_cum&measure=unable_now", "/reading", "/reading?q=court+list",
    "/reading?status=later", "/reading/R100", "/reading/R1",
    "/source?file=xinyong/lab/street_map.py",
    "/source?file=tests/test_public_sites.py::test_the_map_counts_the_listed_within_the_radius",
    "/rules", "/rules?section=court_list&on=2013-09-30",
    "/rules?q=rongcheng", "/rules/court_list.term_years", "/desk", "/desk?switch=V&set=objection.aware_share:0.5",
    "/runs/small/worlds", "/runs/small/worlds?id={who}&switch=V",
)  # fmt: skip


class Page(HTMLParser):
    """Collects what a page holds that is checked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.found.append((tag, told))
        if told.get("id"):
            self.ids.append(told["id"])


def get(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_every_language(client, listed, page, language):
    text = get(client, f"/{language}{page.format(who=listed)}")
    told = Page(text)
    tags = [tag for tag, _ in told.found]
    assert tags.count("h1") == 1 and tags.count("main") == 1
    assert f'<html lang="{language}">' in text
    assert Reader(language)("All persons are invented.") in text
    assert len(told.ids) == len(set(told.ids))
    for tag, attrs in told.found:
        assert "style" not in attrs and not any(name.startswith("on") for name in attrs), (tag, attrs)
        if tag == "script":
            assert (attrs.get("src") or "").startswith("/static/")
        if tag in ("a", "link", "form") and (to := attrs.get("href") or attrs.get("action")):
            assert to.startswith(("/", "#")), to
    assert not re.findall(r"<script[^>]*>[^<]", text)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_json(client, listed, page):
    answer = client.get("/api" + page.format(who=listed))
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)


def test_links_inside_lead_somewhere(client, listed):
    seen: set[str] = set()
    for page in (
        "/en/",
        "/en/reading/R100",
        "/en/rules/court_list.term_years",
        f"/en/runs/small/file/{listed}",
    ):
        for tag, attrs in Page(get(client, page)).found:
            to = (attrs.get("href") or "").partition("#")[0]
            if tag == "a" and to and to not in seen:
                seen.add(to)
                assert client.get(to).status_code == 200, f"{page} leads to {to}"
    assert len(seen) > 30


def test_the_root_leads_to_the_readers_language(client):
    for accepted, language in (
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("fr,en", "en"),
        ("", "en"),
    ):
        answer = client.get("/", headers={"accept-language": accepted}, follow_redirects=False)
        assert answer.headers["location"] == f"/{language}/"


def test_a_site_shows_nothing_before_it_opens(client, listed):
    for site, day in (("credit_china", "2015-05-31"), ("shixin", "2013-10-23")):
        told = client.get(f"/api/runs/small/lookup?q={listed}&site={site}&on={day}").json()["answer"]
        assert not told["open"] and not told["found"]


def test_the_file_tells_what_the_person_does_not_see(client, sites: Portal, listed):
    told = client.get(f"/api/runs/small/file/{listed}").json()
    assert told["asked_in_all"] > 0 and told["asked"] and told["listings"] and told["bars"]
    same = open_file(sites, listed)
    assert [e.case for e in same.listings] == [e["case"] for e in told["listings"]]
    shown = json.dumps(told["shown"])
    assert "wrong_in_truth" not in shown and "asker" not in shown


def test_the_file_of_an_early_day_knows_nothing_of_later(client, sites: Portal, listed):
    whole = open_file(sites, listed)
    first = whole.listings[0].published
    before = client.get(f"/api/runs/small/file/{listed}?on={first.replace(day=1)}").json()
    dates = re.findall(
        r"\d{4}-\d{2}-\d{2}", json.dumps([before["listings"], before["records"], before["asked"]])
    )
    assert all(date <= before["on"] for date in dates)


def test_the_map_counts_what_its_dots_count(client):
    import numpy as np

    told = client.get("/api/runs/small/map?radius=900").json()
    dots = np.frombuffer(client.get("/api/runs/small/map/points").content, "<f4").reshape(-1, 3)
    near = (dots[:, 0] ** 2 + dots[:, 1] ** 2) <= 900**2
    assert told["scan"]["count"] == int(dots[near, 2].sum()) > 0
    assert told["listed"] == int(dots[:, 2].sum())
    assert "P-" not in json.dumps(told["scan"])


def test_published_points_stand_beside_the_run_of_a_nation_only(client):
    assert all(not s["points"] for s in client.get("/api/runs/small/timeline").json()["series"])


def test_damaged_folders_are_named_and_harm_nobody(client):
    runs = {run["key"]: run for run in client.get("/api/").json()["runs"]}
    assert not runs["small"]["problem"]
    for key in ("damaged", "empty", "torn"):
        assert runs[key]["problem"]
        for page in ("", "/lookup", "/map", "/timeline"):
            text = get(client, f"/en/runs/{key}{page}", 400 if page else 404)
            assert "Traceback" not in text and "/tmp" not in text
    assert client.get("/en/runs/small/lookup").status_code == 200


def test_translations_are_complete(client, listed):
    """A Chinese page has no English sentence left but those marked as English."""
    from xinyong.i18n import catalogue
    from xinyong.portal import site

    known = catalogue("zh-Hant")
    folder = site.__file__.replace("site.py", "templates")
    from pathlib import Path

    missing = set()
    for path in Path(folder).glob("*.html"):
        text = path.read_text(encoding="utf-8")
        missing |= {a for a in re.findall(r"""\bt\("((?:[^"\\]|\\.)+)\"""", text) if a not in known}
    assert not missing, "add these to locale/zh_Hant/xinyong.po"


def test_a_statement_leads_to_the_test_that_carries_it(client):
    told = client.get("/api/reading/R105").json()["statement"]
    assert len(told["tests"]) > 1
    for test in told["tests"]:
        source = client.get("/api/source", params={"file": test}).json()
        marked = [line["text"] for line in source["lines"] if line["marked"]]
        assert test.partition("::")[2] in marked[0] and "R105" in source["carries"]


def test_every_file_the_reading_names_can_be_opened(client):
    from xinyong.portal.parts.source import _named

    lost = {
        name: a.status_code
        for name in _named()
        if (a := client.get("/api/source", params={"file": name})).is_error
    }
    assert not [name for name in lost if "." in name.partition("::")[0].rpartition("/")[2]], lost
