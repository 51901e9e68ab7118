"""Words in two languages: English in the code, others in gettext catalogues, and how numbers are written."""

import ast
import datetime as dt
import re
from functools import lru_cache
from importlib import resources

LANGUAGES = {"en": "English", "zh-Hant": "繁體中文"}
THIN = "\u2009"
MINUS = "\u2212"
NDASH = "\u2013"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_po(text: str) -> dict[str, str]:
    """Read the entries of a gettext catalogue, blank lines between them or not; fuzzy and empty ones are left out."""
    entries: dict[str, str] = {}
    for block in re.split(r'\n\n|(?<=")\n(?=msgid |#)', text.replace("\r\n", "\n")):
        source, target = _entry(block.splitlines())
        if source and target and "\n#, fuzzy" not in f"\n{block}":
            entries[source] = target
    return entries


def _entry(lines: list[str]) -> tuple[str, str]:
    """Read one message and its translation."""
    parts = {"msgid": "", "msgstr": ""}
    current = ""
    for line in lines:
        if line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word in parts:
            current, line = word, rest
        if current and line.startswith('"'):
            parts[current] += str(ast.literal_eval(line))
    return parts["msgid"], parts["msgstr"]


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Give the translations of one language; English has none, and an unknown language falls back to it."""
    file = resources.files("xinyong").joinpath("locale", language.replace("-", "_"), "xinyong.po")
    return parse_po(file.read_text(encoding="utf-8")) if file.is_file() else {}


def gettext(text: str, language: str) -> str:
    """Translate one text; what has no translation stays English."""
    return catalogue(language).get(text, text)


def N_(text: str) -> str:  # noqa: N802
    """Mark a text for translation where it stands, to be translated later."""
    return text


class Words:
    """Texts, numbers and dates in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.chinese = language.startswith("zh")
        self.missing: set[str] = set()

    def __call__(self, text: str, **fields: object) -> str:
        """Translate a text and fill its named gaps."""
        if self.language != "en" and text not in catalogue(self.language):
            self.missing.add(text)
        found = gettext(text, self.language)
        return found.format(**fields) if fields else found

    @property
    def gap(self) -> str:
        """Give what stands between two sentences."""
        return "" if self.chinese else " "

    def pick(self, english: str, chinese: str) -> str:
        """Choose between two texts that are kept together as data."""
        return chinese if self.chinese else english

    def count(self, value: float | None) -> str:
        """Write a number of events or persons with its unit: 14.09 M, 1,409 萬."""
        if value is None:
            return NDASH
        size = abs(value)
        text = self._wan(size) if self.chinese else self._million(size)
        return f"{MINUS}{text}" if value < 0 else text

    def _million(self, size: float) -> str:
        """Write a size in English."""
        for unit, name, least in ((1e9, "bn", 1e9), (1e6, "M", 1e6)):
            if size >= least:
                return f"{_figures(size / unit)}{THIN}{name}"
        return _plain(size)

    def _wan(self, size: float) -> str:
        """Write a size in Chinese."""
        for unit, name in ((1e8, "億"), (1e4, "萬")):
            if size >= unit:
                return f"{_figures(size / unit)}{THIN}{name}"
        return _plain(size)

    def percent(self, share: float | None, *, sign: bool = False) -> str:
        """Write a share in per cent."""
        if share is None:
            return NDASH
        digits = 1 if 0 < abs(share) < 0.0995 else 0
        text = f"{abs(share) * 100:.{digits}f}"
        nought = not float(text)
        mark = "" if nought else (MINUS if share < 0 else ("+" if sign else ""))
        return f"{mark}{text}{'' if self.chinese else THIN}%"

    def ratio(self, value: float | None) -> str:
        """Write a ratio with two decimals."""
        return NDASH if value is None else f"{value:.2f}"

    def date(self, day: dt.date) -> str:
        """Write a day."""
        if self.chinese:
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _figures(size: float) -> str:
    """Write four figures at most, groups of three apart."""
    digits = 2 if size < 100 else 1 if size < 1000 else 0
    text = f"{size:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(size: float) -> str:
    """Write a number below ten thousand or so."""
    return f"{size:,.0f}" if size >= 10 or size == int(size) else f"{size:.2g}"
