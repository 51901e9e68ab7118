"""Reading what somebody types to look a party up: a code, an invented name, or an id; nothing else."""

import re
import unicodedata
from dataclasses import dataclass

from xinyong import ids
from xinyong.errors import RefusedInput, RunError
from xinyong.guard_values import personal
from xinyong.ids import Hint

LONGEST = 80
FORMS = (
    "a code (18 characters that begin with 00 or X), an invented name (〔合成〕甲子·三七·一二三四 or Jiazi-37-1234), "
    "or an id (P-37-0001234)"
)
_NOT_IN_A_NAME = re.compile(r"""[%*?_'"`;\\|<>={}$&!]""")
_ZEROS = str.maketrans({"○": "〇", "零": "〇", "・": "·", "‧": "·", "•": "·"})
_BRACKETS = re.compile(rf"[\[(【〔]\s*{ids.MARK}\s*[\])】〕]\s*")


@dataclass(frozen=True)
class Asked:
    """What was typed, made plain; what it says of whom it names; and by which class of code, if by a code."""

    text: str
    hint: Hint
    code: str = ""


def read_query(typed: str) -> Asked:
    """Read a query for one party.

    Raises RunError for what is no code, name or id of this laboratory, RefusedInput for what looks like the number or
    account of a real person.
    """
    text = _plain(typed)
    short = text.upper().replace(" ", "").replace("-", "")
    if re.fullmatch(r"00[0-9]{15}[0-9X]", short):
        return Asked(short, ids.read_resident_number(short), "person")
    if re.fullmatch(r"X[0-9A-Z]{17}", short):
        return Asked(short, ids.read_organisation_code(short), "organisation")
    if re.fullmatch(r"[A-Za-z]-[0-9]{1,8}-[0-9]{1,10}", text):
        return Asked(text, _of_id(ids.parse(text)))
    if re.fullmatch(r"(72|144)[0-9]{15}", text):
        return Asked(text, _of_id(int(text)))
    _refuse_the_real(text)
    hint = ids.read_name(text)
    if hint is None:
        raise RunError(f"{_shown(text)} is nobody's name or code here; write {FORMS}")
    return Asked(text, hint)


def _plain(typed: str) -> str:
    """Full-width letters and digits made plain, spaces trimmed; RunError for what no name or code contains."""
    if len(typed) > LONGEST:
        raise RunError(f"the query has {len(typed)} characters; names and codes have at most {LONGEST}")
    strange = next((c for c in typed if unicodedata.category(c)[0] == "C"), None)
    if strange is not None:
        raise RunError(
            f"the query contains the character U+{ord(strange):04X}, which no name or code has; write {FORMS}"
        )
    text = unicodedata.normalize("NFKC", typed).strip().translate(_ZEROS)
    text = _BRACKETS.sub(f"〔{ids.MARK}〕", text)
    if not text:
        raise RunError(f"the query is empty; write {FORMS}")
    found = _NOT_IN_A_NAME.search(text)
    if found:
        raise RunError(
            f"the query contains {found.group()!r}; there are no wildcards or quotes: one party is looked up at a "
            f"time, by {FORMS}"
        )
    return text


def _of_id(identity: int) -> Hint:
    kind, shard, number = ids.unpack(identity)
    if kind not in (ids.PERSON, ids.ORGANISATION):
        raise RunError(f"{ids.text(identity)} names no party; the sites find persons and organisations")
    return Hint(shard, number, kind == ids.ORGANISATION)


def _refuse_the_real(text: str) -> None:
    """Nothing about real persons is here, and nobody's real number should be typed in."""
    reason = personal(text)
    if reason or re.fullmatch(r"[0-9]{17}[0-9Xx]|[0-9A-Z]{18}", text):
        told = reason or "the code of a real person or organisation"
        raise RefusedInput(
            f"the query looks like {told}. Only invented parties are here; look none up that exist. "
            f"Codes here begin with 00 or X, which no place in China has"
        )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 30 else text[:29] + "…")
