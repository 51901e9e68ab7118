"""Three languages: English, Traditional Chinese from its catalogue, Simplified Chinese made from it at build time."""

import datetime as dt
from functools import lru_cache
from importlib import resources

from xinyong.i18n import MONTHS, Words, catalogue

SINCE = ", since the count began"
LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}


@lru_cache(maxsize=1)
def _characters() -> dict[int, str]:
    """Characters whose simplified form differs, as `scripts/make_hans.py` took them from OpenCC."""
    text = resources.files("xinyong").joinpath("locale", "zh_Hans", "characters.txt").read_text("utf-8")
    pairs = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {ord(old): new for old, new in pairs}


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, character by character."""
    return text.translate(_characters())


class Reader(Words):
    """Texts, numbers and dates for one reader of the portal."""

    def __call__(self, text: str, **fields: object) -> str:
        """Translate a text and fill its named gaps."""
        if self.language != "zh-Hans":
            return super().__call__(text, **fields)
        found = catalogue("zh-Hans").get(text)
        if found is None:
            traditional = catalogue("zh-Hant").get(text)
            found = text if traditional is None else simplified(traditional)
            if traditional is None:
                self.missing.add(text)
        return found.format(**fields) if fields else found

    def knows(self, text: str) -> bool:
        """Whether a text has a translation."""
        return text in catalogue("zh-Hant")

    def pick(self, english: str, chinese: str) -> str:
        """Choose between two texts that are kept together as data."""
        return self.han(chinese) if self.chinese else english

    def han(self, text: str) -> str:
        """A Chinese text of the data in the reader's characters."""
        return simplified(text) if self.language == "zh-Hans" else text

    def unit(self, text: str) -> str:
        """A unit in the reader's language, if it has a word for it."""
        return self(text) if self.chinese and self.knows(text) else text.replace("_", " ")

    def meaning(self, text: str) -> str:
        """What a measure counts, translated if it can be; its meaning comes from the run in English."""
        base, since, _ = text.partition(SINCE)
        return self(base) + (self(since) if since else "")

    def count(self, value: float | None) -> str:
        """Write a number with its unit: 14.09 M, 1,409 萬, 1,409 万."""
        return self.han(super().count(value))

    def day(self, day: dt.date | None) -> str:
        """Write a day, or a dash where there is none."""
        return "–" if day is None else self.date(day)

    def iso(self, written: str) -> str:
        """Write a day that was told as 2013-10-01."""
        return self.date(dt.date.fromisoformat(written))

    def month(self, day: dt.date) -> str:
        """Write a month."""
        return f"{day.year} 年 {day.month} 月" if self.chinese else f"{MONTHS[day.month - 1]} {day.year}"


def chosen(accepted: str) -> str:
    """The language of a reader, from what the browser says it accepts."""
    for part in accepted.lower().split(","):
        tag = part.partition(";")[0].strip()
        if tag.startswith(("zh-hans", "zh-cn", "zh-sg")):
            return "zh-Hans"
        if tag.startswith("zh"):
            return "zh-Hant"
        if tag.startswith("en"):
            return "en"
    return "en"
