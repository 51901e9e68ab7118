"""Refusing data about single persons in settings, scenarios, cases and recipes: by key and by value."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from xinyong.errors import RefusedInput

INSTEAD = (
    "Only totals are accepted: tables of counts of at least 10 persons, series by date, rules and numbers."
)
MANY_ROWS = 30


def _words(content: dict[str, Any]) -> dict[str, Any]:
    """Turn each text of words into a frozen set, one level down as well."""
    return {k: _words(v) if isinstance(v, dict) else frozenset(v.split()) for k, v in content.items()}


WORDS = _words(yaml.safe_load((resources.files("xinyong") / "guard_words.yaml").read_text(encoding="utf-8")))
DEMOGRAPHIC, COUNTS = WORDS["demographic"], WORDS["counts"]

_PATTERNS = {
    "a resident identity number": re.compile(
        r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
    ),
    "a mobile telephone number": re.compile(
        r"(?<![\d.])(?:\+?86[ -]?)?1(?!\d{7}000(?!\d))[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.])"
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"),
    "a number plate": re.compile(
        r"[京津沪滬渝冀豫云雲辽遼黑湘皖鲁魯新苏蘇浙赣贛鄂桂甘晋晉蒙陕陝吉闽閩贵貴粤粵青藏川宁寧琼瓊]"
        r"[A-HJ-NP-Z][·• ]?(?=[A-HJ-NP-Z]*\d)[A-HJ-NP-Z\d]{5,6}(?![A-Za-z\d])"
    ),
    "a court case number": re.compile(r"[((〔]\d{4}[))〕].{1,8}(?:执|執|民初|刑初).{0,4}\d+[号號]"),
    "a passport number": re.compile(r"(?<![A-Za-z\d])[EG]\d{8}(?!\d)"),
    "a person's name after a label": re.compile(
        r"(?:姓名|被执行人|被執行人|债务人|債務人|当事人|當事人|户主|戶主|法定代表人)\s*[::]\s*[\u4e00-\u9fff]{2,4}"
    ),
}
_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){15,18}(?![\d.])")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}")


@lru_cache(maxsize=4096, typed=True)
def plain(text: object) -> str:
    """Make a text comparable: full-width signs narrow, invisible signs gone."""
    kept = (c for c in unicodedata.normalize("NFKC", str(text)) if unicodedata.category(c) != "Cf")
    return "".join(kept).strip()


@lru_cache(maxsize=4096, typed=True)
def personal(text: object) -> str | None:
    """Say what a text gives away about a person (a number, an address ...), or None."""
    clean = plain(text)
    for what, pattern in _PATTERNS.items():
        if pattern.search(clean):
            return what
    if any(_is_card(found) for found in _CARD.findall(clean)):
        return "a bank card number"
    if _BLOB.search(clean):
        return "encoded or binary content"
    return None


def _is_card(found: str) -> bool:
    digits = [int(c) for c in found if c.isdigit()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 2


def is_name(text: object) -> bool:
    """Say whether a whole text looks like a Chinese personal name: a surname and a usual given name."""
    clean = plain(text).replace("·", "").replace(" ", "")
    if not 2 <= len(clean) <= 4 or clean in WORDS["no_names"]:
        return False
    if clean[:2] in WORDS["compound_surnames"]:
        return len(clean) > 2
    return (
        len(clean) < 4
        and clean[0] in WORDS["surnames"]
        and all(c in WORDS["given_name_signs"] for c in clean[1:])
    )


def check_value(text: object, where: str) -> None:
    """Refuse a setting that names, numbers or reaches a single person.

    `where` says in messages what was being set. A RefusedInput tells what gave it away.
    """
    if isinstance(text, Mapping | list | tuple):
        check_mapping(text, where)
        return
    if isinstance(text, bytes | bytearray):
        raise RefusedInput(f"{where}: binary content is refused. {INSTEAD}")
    what = personal(text) or ("a person's name" if is_name(text) else None)
    if what:
        raise RefusedInput(f"{where}: the value {_short(text)} looks like {what}. {INSTEAD}")
    if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
        try:
            inner = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError):
            return
        check_mapping(inner, where)


def check_mapping(obj: object, where: str) -> None:
    """Refuse a scenario, case or recipe that holds keys, values or rows about single persons.

    `obj` is what a YAML file holds: mappings, lists, texts and numbers. `where` is its name for messages.
    """
    for path, node in _walk(obj):
        place = f"{where}: {path}" if path else where
        if isinstance(node, Mapping):
            for key, value in node.items():
                _check_key(str(key), value, place)
        elif isinstance(node, list | tuple):
            _check_rows(node, place)
        elif node is not None and path.rpartition(".")[2] != "seed":
            _check_leaf(node, place)


def _walk(top: object) -> Iterator[tuple[str, Any]]:
    """Yield every node with its path; a part that is used twice, or holds itself, is visited once."""
    waiting, seen = [("", top)], set()
    while waiting:
        path, node = waiting.pop()
        yield path, node
        if not isinstance(node, Mapping | list | tuple) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            waiting += [(f"{path}.{key}".lstrip("."), part) for key, part in node.items()]
        else:
            waiting += [(f"{path}[{i}]", part) for i, part in enumerate(node)]


def _check_key(key: str, value: object, place: str) -> None:
    """Refuse a key such as `passport` that holds a text or number; a rule or a group may be called so."""
    clean = re.sub(r"[^\w]+", "_", plain(key).lower())
    personal_key = clean in WORDS["keys"] or any(word in clean for word in WORDS["key_parts"])
    if personal_key and value is not None and not isinstance(value, bool | float | Mapping):
        raise RefusedInput(f"{place}: the key {key!r} belongs to a file on persons. {INSTEAD}")
    _check_leaf(key, f"{place}, as a key")


def _check_rows(rows: Sequence[object], place: str) -> None:
    """Refuse a long list of alike rows that has attributes of persons but no counts."""
    tables = [set(map(str, row)) for row in rows if isinstance(row, Mapping)]
    if len(tables) < MANY_ROWS:
        return
    shared = {plain(key).lower() for key in set.intersection(*tables)}
    if len(shared & DEMOGRAPHIC) >= 2 and not shared & COUNTS:
        raise RefusedInput(f"{place}: {len(tables)} rows with {sorted(shared)} and no count. {INSTEAD}")


def _check_leaf(value: object, place: str) -> None:
    if isinstance(value, bool | float):
        return
    if isinstance(value, str):
        _check_text(value, place)
    else:
        check_value(value, place)


def _check_text(text: str, place: str) -> None:
    what = personal(text) or ("a person's name" if is_name(text) else None)
    if what:
        raise RefusedInput(f"{place}: {_short(text)} looks like {what}. {INSTEAD}")


def _short(text: object) -> str:
    """Show only the beginning, so that a message does not spread what it refuses."""
    clean = plain(text)
    return repr(clean[:3] + "…" if len(clean) > 3 else clean[:1] + "…")
