"""The portal in a real browser: every part in every language, on a desk and a phone, by keyboard, without an error."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import uvicorn

from tests.portal.test_desk import SMALL
from xinyong.portal.app import make_app
from xinyong.portal.words import LANGUAGES, Reader

playwright = pytest.importorskip("playwright.sync_api")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PARTS = (
    "/", "/runs/small/lookup?q={who}", "/runs/small/file/{who}", "/runs/small/map", "/runs/small/timeline",
    "/runs/small/worlds?id={who}", "/desk", "/reading/R100", "/rules?section=court_list",
    "/rules/objection.aware_share", "/machines", "/source?file=xinyong/lab/street_map.py",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(folders, tmp_path_factory) -> Iterator[str]:
    app = make_app(
        folders, desk_folder=tmp_path_factory.mktemp("orders"), per_second=1000, burst=10_000, a_minute=100
    )
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started and time.monotonic() < end:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield opened
        opened.close()


class Visit:
    """A page that remembers every complaint of the browser and every request that left this machine."""

    def __init__(self, browser, size: str, scheme: str = "light", **more) -> None:
        self.context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, **more)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on(
            "console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("request", lambda r: None if "127.0.0.1" in r.url else self.errors.append(r.url))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_all_parts_open_without_an_error(browser, address, listed, language, size):
    with Visit(browser, size, "dark" if language == "zh-Hant" else "light") as visit:
        for part in PARTS:
            visit.page.goto(f"{address}/{language}{part.format(who=listed)}", wait_until="networkidle")
            assert visit.page.locator("h1").count() == 1
            assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, part
        assert visit.errors == []


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("en", "desk", "light"), ("zh-Hans", "phone", "dark")]
)
def test_axe_finds_no_serious_violation(browser, address, listed, language, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with Visit(browser, size, scheme) as visit:
        for part in PARTS:
            visit.page.goto(f"{address}/{language}{part.format(who=listed)}", wait_until="networkidle")
            found = axe.run(visit.page).response["violations"]
            grave = [
                f"{v['id']}: {v['nodes'][0]['html'][:160]}"
                for v in found
                if v["impact"] in ("serious", "critical")
            ]
            assert grave == [], f"{part}: {grave}"


def test_a_debtor_is_looked_up_and_the_file_opened(browser, address, listed):
    with Visit(browser, "phone") as visit:
        page = visit.page
        page.goto(f"{address}/en/runs/small/lookup")
        page.fill("input[name=q]", listed)
        page.keyboard.press("Enter")
        page.wait_for_selector(".card h2")
        assert page.locator(".listing").first.inner_text().startswith("On the court's list")
        page.locator(".more a").first.click()
        page.wait_for_selector(".unseen")
        assert "What the person does not see" in page.locator(".unseen").inner_text()
        page.goto(f"{address}/en/runs/small/lookup?q=%3Cimg%20src=x%20onerror=alert(1)%3E")
        assert page.locator("img").count() == 0 and page.locator("[role=alert]").count() == 1
        assert [e for e in visit.errors if "400" not in e] == []


def test_the_standpoint_moves_by_key_and_by_click(browser, address):
    with Visit(browser, "desk") as visit:
        page = visit.page
        page.goto(f"{address}/en/runs/small/map", wait_until="networkidle")
        page.wait_for_selector("[data-ready=yes]")
        box = page.locator("canvas.over")
        box.focus()
        for _ in range(4):
            page.keyboard.press("Shift+ArrowRight")
        assert page.input_value("input[name=x]") == "1000"
        page.keyboard.press("ArrowUp")
        assert page.input_value("input[name=y]") == "50"
        box.click(position={"x": 60, "y": 60})
        assert (
            float(page.input_value("input[name=x]")) < 1000 and float(page.input_value("input[name=y]")) > 50
        )
        with page.expect_response("**/api/runs/small/map?*radius=2000*") as told:
            page.locator("input[name=radius]").evaluate(
                "e => { e.value = 2000; e.dispatchEvent(new Event('input')) }"
            )
        count = told.value.json()["scan"]["count"]
        page.wait_for_function(
            f"document.querySelector('[data-count]').textContent.replace(',', '') === '{count}'"
        )
        assert visit.errors == []


def test_a_hundred_thousand_points_stay_smooth(browser, address):
    """Moving the standpoint over 100,000 dots keeps to the rhythm of the screen (the median frame under 50 ms)."""
    dots = np.random.default_rng(1).uniform(-2000, 2000, (100_000, 3)).astype("<f4")
    dots[:, 2] = 1
    with Visit(browser, "desk") as visit:
        visit.page.route("**/map/points*", lambda route: route.fulfill(body=dots.tobytes()))
        visit.page.goto(f"{address}/en/runs/small/map", wait_until="networkidle")
        visit.page.wait_for_selector("[data-ready=yes]")
        frames = visit.page.evaluate("""async () => {
          const canvas = document.querySelector("canvas.over"), took = [];
          let last = await new Promise(requestAnimationFrame);
          for (let i = 0; i < 40; i++) {
            const key = ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"][i % 4];
            canvas.dispatchEvent(new KeyboardEvent("keydown", {key}));
            const now = await new Promise(requestAnimationFrame);
            took.push(now - last);
            last = now;
          }
          return took;
        }""")
        assert float(np.median(frames)) < 50, frames
        assert int(visit.page.locator("[data-count]").inner_text().replace(",", "")) > 1000


def test_the_slider_moves_every_chart(browser, address):
    with Visit(browser, "desk") as visit:
        page = visit.page
        page.goto(f"{address}/zh-Hans/runs/small/timeline", wait_until="networkidle")
        before = page.locator("[data-value]").first.inner_text()
        page.locator("[data-weeks]").focus()
        page.keyboard.press("Home")
        assert "2013 年 1 月" in page.locator("[data-day]").inner_text()
        assert page.locator("[data-value]").first.inner_text() != before
        assert page.locator("line.now").first.get_attribute("x1") == "62.0"
        assert visit.errors == []


def test_light_and_dark_are_chosen_and_kept(browser, address):
    with Visit(browser, "desk") as visit:
        page = visit.page
        page.goto(f"{address}/en/")
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.click("[data-theme-switch]")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.goto(f"{address}/en/rules")
        assert light != dark == page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_an_experiment_is_followed_live(browser, address):
    with Visit(browser, "desk") as visit:
        page = visit.page
        page.goto(f"{address}/en/desk")
        for name in ("persons", "until", "replicates"):
            page.fill(f"input[name={name}]", str(SMALL[name]))
        page.locator("form.desk button").click()
        page.wait_for_selector(".actions a[download]", timeout=120_000)
        assert page.locator(".side h2").all_inner_texts() == ["Effect", "Cost in rights"]
        assert "Prior only." in page.locator(".verdict").inner_text()
        assert visit.errors == []


def test_pages_can_be_read_without_scripts(browser, address, listed):
    with Visit(browser, "phone", java_script_enabled=False) as visit:
        for part in PARTS:
            visit.page.goto(f"{address}/en{part.format(who=listed)}")
            assert visit.page.locator("main").inner_text().strip()
        visit.page.goto(f"{address}/en/runs/small/map")
        assert visit.page.locator("svg.drawn circle").count() > 3
        visit.page.goto(f"{address}/en/runs/small/timeline")
        assert visit.page.locator("svg.plot path.line").count() > 2


def test_the_first_tab_leads_to_the_content(browser, address):
    with Visit(browser, "desk") as visit:
        visit.page.goto(f"{address}/en/reading")
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        assert visit.page.evaluate("document.activeElement.textContent") == Reader("en")(
            "Skip to the content"
        )
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("location.hash") == "#content"
