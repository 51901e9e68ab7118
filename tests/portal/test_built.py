"""The built islands are those of the sources, small, and ask nothing of another host."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import xinyong.portal
from xinyong.i18n import catalogue
from xinyong.portal.words import Reader, simplified

PORTAL = Path(xinyong.portal.__file__).parent


def test_no_build_is_older_than_its_source():
    built = json.loads((PORTAL / "static" / "built.json").read_text(encoding="utf-8"))
    sources = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (PORTAL / "web").glob("*.ts")}
    assert built == sources, "run `make islands`"


def test_nothing_is_fetched_from_elsewhere():
    for path in (PORTAL / "static").iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn|@import", text), path.name
        assert len(text) < 40_000, f"{path.name} has grown"
        assert "innerHTML" not in text and "eval(" not in text


def test_simplified_is_made_from_traditional():
    opencc = pytest.importorskip("opencc")
    convert = opencc.OpenCC("t2s").convert
    traditional = catalogue("zh-Hant")
    for text, found in catalogue("zh-Hans").items():
        if text in traditional:
            assert found == convert(traditional[text]), "run `make reference`"
    assert simplified("統一社會信用代碼") == "统一社会信用代码"


def test_numbers_and_days_are_written_in_the_readers_language():
    told = {language: Reader(language).count(14_090_000) for language in ("en", "zh-Hant", "zh-Hans")}
    assert told == {"en": "14.09\u2009M", "zh-Hant": "1,409\u2009萬", "zh-Hans": "1,409\u2009万"}
    assert Reader("zh-Hans")("Look-up sites") == "查询网站"
    assert Reader("zh-Hans")("no such text") == "no such text"


def test_every_sentence_of_a_life_is_told_in_chinese():
    from xinyong.portal.retelling import _patterns, retell

    t = Reader("zh-Hans")
    assert [plain for _, plain in _patterns() if not t.knows(plain)] == []
    assert retell("is published on the list (case C-13-0000012)", t).startswith("公布于名单（案")
    assert retell("  barred from: air, high speed rail", t).startswith("受限制：飞机")
    assert retell("is sued for 86,820 yuan", Reader("en")) == "is sued for 86,820 yuan"
    assert retell("something new", t) == "something new"
