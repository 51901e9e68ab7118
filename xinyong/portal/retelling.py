"""Sentences that the lab tells in English, told again in the reader's language by the pattern they were made from."""

import re
from functools import lru_cache

from xinyong.lab.telling import OTHER_LINES, TELL
from xinyong.portal.words import Reader
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import Group

OTHERS = (
    "On {end}:",
    "score of the central bank: {score} of 1000, as the paper describes it; the Centre's own reports say that it does "
    "not score (X1)",
    "able to pay: {yes}", "municipal file of {city} ({key}), card {card}", "city points: {points} ({grade})",
    "{points}  {deed}, from {source}, until {until}", "aged {years} at the census", "income class {n} of 255",
    "schooling: {level}", "the site does not find persons", "nobody was found",
    "the site shows {what}, but a run keeps them as totals, not party by party",
    "grades are kept for the last day of the run only ({day})", "on {day} no entry of a list is shown",
    "the site opens on {day}; on {other} nobody could ask it", "this place lies outside the town",
    "there is a map from {day}; on {other} nobody could scan",
)  # fmt: skip


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence with plain gaps, and what matches it; the longest first, so that the closest one is taken."""
    plain = {
        re.sub(r"\{(\w+)[^}]*\}", r"{\1}", told) for told in (*TELL.values(), *OTHER_LINES.values(), *OTHERS)
    }
    found = []
    for told in sorted(plain, key=len, reverse=True):
        parts = re.split(r"\{(\w+)\}", told)
        made = "".join(re.escape(p) if n % 2 == 0 else f"(?P<{p}>.+?)" for n, p in enumerate(parts))
        found.append((re.compile(made), told))
    return tuple(found)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Chinese names of deeds, registers, activities and sectors by their keys in words."""
    names: dict[str, str] = {}

    def walk(group: Group) -> None:
        for key, child in group.children.items():
            if isinstance(child, Group):
                if child.name:
                    names.setdefault(key.replace("_", " "), child.name)
                walk(child)

    for section in RuleBook.load().sections.values():
        walk(section)
    return names


def retell(told: str, t: Reader) -> str:
    """A sentence in the reader's language; one that no pattern made stays as it is."""
    text = told.strip()
    if not t.chinese:
        return text
    for pattern, plain in _patterns():
        match = pattern.fullmatch(text)
        if match and t.knows(plain):
            return t(plain, **{name: _word(value, t) for name, value in match.groupdict().items()})
    return _word(text, t)


def _word(value: str, t: Reader) -> str:
    """A name that stood in a gap: of a rule, of a list of them, or a word of the catalogue."""
    if t.knows(value):
        return t(value)
    if value in _names():
        return t.han(_names()[value])
    parts = value.split(", ")
    if len(parts) > 1:
        return "、".join(_word(part, t) for part in parts)
    inner = re.fullmatch(r"(.+) \((.+)\)", value)
    return f"{inner[1]}（{_word(inner[2], t)}）" if inner else value
