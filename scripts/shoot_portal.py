"""Take the pictures of the portal for the docs: `python scripts/shoot_portal.py http://127.0.0.1:8000 RUN ID ORDERS`.

ORDERS is `DESK,LIFE`, fingerprints of two orders that are done. Needs Chromium and the development group.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "images"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pages(run: str, who: str, desk: str, life: str) -> dict[str, str]:
    return {
        "start": "/", "lookup": f"/runs/{run}/lookup?q={who}", "file": f"/runs/{run}/file/{who}",
        "map": f"/runs/{run}/map", "timeline": f"/runs/{run}/timeline", "worlds": f"/runs/{run}/worlds",
        "life": f"/runs/{run}/worlds/{life}", "desk": "/desk", "experiment": f"/desk/{desk}", "reading": "/reading",
        "statement": "/reading/R105", "rules": "/rules?section=court_list", "rule": "/rules/court_list.term_years",
        "run": f"/runs/{run}", "machines": "/machines",
    }  # fmt: skip


def keep(picture: bytes, name: str) -> None:
    """Write a picture with few colours, so that the docs stay small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    image.save(OUT / f"portal-{name}.png", optimize=True)


def main(base: str, run: str, who: str, orders: str) -> None:
    desk, _, life = orders.partition(",")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for device, size, scheme, language in (
            ("desk", DESK, "light", "en"),
            ("phone", PHONE, "dark", "zh-Hant"),
        ):
            page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
            for name, path in pages(run, who, desk, life).items():
                page.goto(f"{base}/{language}{path}", wait_until="networkidle")
                keep(page.screenshot(), f"{name}-{device}")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
