"""Identities: 64-bit ids, and invented names and codes that fail every check outside this laboratory.

Names and codes are functions of the id (and of age, sex or kind); `Hint` is what can be read back from one.
*Source:* docs/decisions/0001 and 0007; GB 11643 (resident numbers), GB 32100 and GB 11714 (organisations).
"""

import datetime as dt
import re
from dataclasses import dataclass

from xinyong.errors import XinyongError, did_you_mean

MARK = "合成"
MARK_LATIN = "SYNTHETIC"
PERSON, ORGANISATION, CASE, RECORD = 1, 2, 3, 4
CENSUS_DAY = dt.date(2010, 11, 1)

_LETTERS = {PERSON: "P", ORGANISATION: "O", CASE: "C", RECORD: "R"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_NUMBER_MASK, _SHARD_MASK, _TOP = 0x7FFF_FFFF, 0xFF_FFFF, 0x8000_0000
_TEXT = re.compile(r"([A-Za-z])-(\d{1,8})-(\d{1,10})")

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_STEMS_LATIN = ("jia", "yi", "bing", "ding", "wu", "ji", "geng", "xin", "ren", "gui")
_BRANCHES_LATIN = ("zi", "chou", "yin", "mao", "chen", "si", "wu", "wei", "shen", "you", "xu", "hai")
_DIGITS = "〇一二三四五六七八九"
_ORGANISATION_WORDS = {1: "企業", 2: "個體戶", 3: "社會組織", 4: "部門"}
_ORGANISATION_WORDS_LATIN = {1: "enterprise", 2: "self-employed", 3: "social organisation", 4: "department"}

_RESIDENT_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CATEGORY = {1: "1", 2: "2", 3: "3", 4: "4"}
_SEQUENCES, _YEAR_DAYS, _SCATTER = 500, 365, 7919
CYCLE = _SEQUENCES * _YEAR_DAYS
_UNSCATTER = pow(_SCATTER, -1, CYCLE)
_NAME = re.compile(
    rf"(?:〔{MARK}〕)?([{_STEMS}])([{_BRANCHES}])·([{_DIGITS}]{{1,8}})·([{_DIGITS}]{{4,10}})(.*)"
)
_LATIN = re.compile(
    rf"(?:{MARK_LATIN} )?([a-z]{{2,9}})-([0-9]{{1,8}})-([0-9]{{4,10}})(?: (.*))?", re.IGNORECASE
)


@dataclass(frozen=True)
class Hint:
    """What a name or a code says of whom it names; None where it says nothing.

    `number` is the local number without the top bit; a resident number gives it only modulo `CYCLE`.
    """

    shard: int
    number: int
    organisation: bool | None
    kind: int | None = None
    age: int | None = None
    sex: int | None = None


def pack(kind: int, shard: int, number: int) -> int:
    """Make the public 64-bit id; the top bit of a party's number is dropped, as `kind` says it already."""
    if kind not in _LETTERS:
        raise XinyongError(f"kind {kind} is none of 1 person, 2 organisation, 3 case, 4 record")
    if not 0 <= shard <= _SHARD_MASK or not 0 <= number <= 0xFFFF_FFFF:
        raise XinyongError(f"shard {shard} or number {number} is out of range for an id")
    return (kind << 56) | (shard << 32) | (number & _NUMBER_MASK)


def unpack(identity: int) -> tuple[int, int, int]:
    """Split an id into (kind, shard code, number without its top bit)."""
    kind, shard, number = (
        int(identity) >> 56,
        (int(identity) >> 32) & _SHARD_MASK,
        int(identity) & 0xFFFF_FFFF,
    )
    if kind not in _LETTERS or number > _NUMBER_MASK:
        raise XinyongError(f"{identity} is no id of a person, organisation, case or record")
    return kind, shard, number


def of_party(shard: int, number: int) -> int:
    """Make the id of a party from its shard and its column `number`, whose top bit marks an organisation."""
    return pack(ORGANISATION if int(number) & _TOP else PERSON, shard, int(number))


def party(identity: int) -> tuple[int, int]:
    """Give the shard code and the column `number` (with its top bit) of a person's or organisation's id."""
    kind, shard, number = unpack(identity)
    if kind not in (PERSON, ORGANISATION):
        raise XinyongError(f"{text(identity)} names a {'case' if kind == CASE else 'record'}, not a party")
    return shard, number | (_TOP if kind == ORGANISATION else 0)


def text(identity: int) -> str:
    """Write an id for people: `P-37-0001234`, `O-37-0000012`, `C-...` a case, `R-...` a record."""
    kind, shard, number = unpack(identity)
    return f"{_LETTERS[kind]}-{shard:02d}-{number:07d}"


def parse(written: str) -> int:
    """Read an id as `text` writes it; an XinyongError shows the form when it cannot."""
    found = _TEXT.fullmatch(written.strip())
    if not found:
        raise XinyongError(f"{written!r} is no id; write it like P-37-0001234 (P, O, C or R, shard, number)")
    letter = found[1].upper()
    if letter not in _KINDS:
        raise XinyongError(f"{written!r} begins with {letter}{did_you_mean(letter, list(_KINDS))}")
    shard, number = int(found[2]), int(found[3])
    if shard > _SHARD_MASK or number > _NUMBER_MASK:
        raise XinyongError(f"{written!r}: the shard or the number is too large for an id")
    return pack(_KINDS[letter], shard, number)


def name(identity: int) -> str:
    """Give the invented Chinese name of a party: mark, sexagenary pair, digits; nobody is called so."""
    _, shard, number = unpack(identity)
    pair, _ = cycle_pair(number)
    return f"〔{MARK}〕{pair}·{_chinese_digits(shard)}·{_chinese_digits(number, 4)}"


def latin_name(identity: int) -> str:
    """Give the invented name in Latin letters, with the mark."""
    _, shard, number = unpack(identity)
    _, pair = cycle_pair(number)
    return f"{MARK_LATIN} {pair}-{shard}-{number:04d}"


def cycle_pair(place: int) -> tuple[str, str]:
    """Give the pair of the sixty-year cycle at a place, in Chinese and in Latin letters: 甲子, Jiazi is 0."""
    return (
        _STEMS[place % 10] + _BRANCHES[place % 12],
        f"{_STEMS_LATIN[place % 10]}{_BRANCHES_LATIN[place % 12]}".capitalize(),
    )


def organisation_name(identity: int, kind: int) -> str:
    """Give the invented Chinese name of an organisation of a kind (column `kind`, 1 to 4), with the mark."""
    return name(identity) + _word(kind, _ORGANISATION_WORDS)


def latin_organisation_name(identity: int, kind: int) -> str:
    """Give the invented name of an organisation in Latin letters, with the mark."""
    return f"{latin_name(identity)} {_word(kind, _ORGANISATION_WORDS_LATIN)}"


def _word(kind: int, words: dict[int, str]) -> str:
    if int(kind) not in words:
        raise XinyongError(f"kind {kind} is no kind of organisation (1 to 4)")
    return words[int(kind)]


def _chinese_digits(number: int, least: int = 1) -> str:
    return "".join(_DIGITS[int(digit)] for digit in f"{number:0{least}d}")


def resident_number(identity: int, age: int, sex: int, census: dt.date = CENSUS_DAY) -> str:
    """Give a person's 18-digit number: right check character, but region 00, which no place in China has.

    `age` in years on the day of the census, `sex` 0 female, 1 male. A function of the id: persons of one
    shard, age and sex share a number only if their local numbers differ by a multiple of 182,500. Raises
    XinyongError for other ids than persons' and for shards above 9999.
    *Source:* GB 11643, check character ISO 7064 MOD 11-2.
    """
    kind, shard, number = unpack(identity)
    if kind != PERSON:
        raise XinyongError(f"{text(identity)} is no person; only persons have resident numbers")
    slot = number * _SCATTER % CYCLE
    days, sequence = divmod(slot, _SEQUENCES)
    born = census.replace(year=census.year - int(age)) - dt.timedelta(days=days)
    body = f"{_region(shard)}{born:%Y%m%d}{2 * sequence % 1000 + int(sex):03d}"
    return body + resident_check(body)


def resident_check(body: str) -> str:
    """Compute the check character of the first 17 digits of a resident number (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return "0123456789X"[(12 - total % 11) % 11]


def organisation_code(identity: int, kind: int) -> str:
    """Give an organisation's 18-character code: right check characters, but the unassigned authority X.

    A bijection of the id within a kind of organisation; it says nothing about conduct, score or grade (R63).
    *Source:* GB 32100 (weights 3^(i-1) mod 31), inner code GB 11714 (MOD 11).
    """
    which, shard, number = unpack(identity)
    if which != ORGANISATION:
        raise XinyongError(f"{text(identity)} is no organisation; only organisations have such codes")
    inner = _base31(number, 8)
    body = "X" + _word(kind, _CATEGORY) + _region(shard) + inner + inner_check(inner)
    return body + code_check(body)


def inner_check(inner: str) -> str:
    """Compute the check character of the eight characters of an organisation's inner code (GB 11714)."""
    total = sum(int(c, 36) * weight for c, weight in zip(inner, _INNER_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def code_check(body: str) -> str:
    """Compute the check character of the first 17 characters of an organisation code (GB 32100)."""
    total = sum(_ALPHABET.index(c) * weight for c, weight in zip(body, CODE_WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def _base31(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 31)
        digits = _ALPHABET[digit] + digits
    return digits


def _region(shard: int) -> str:
    if shard > 9999:
        raise XinyongError(f"shard {shard} has no synthetic region; codes above 9999 do not fit `00xxxx`")
    return f"00{shard:04d}"


def read_resident_number(code: str, census: dt.date = CENSUS_DAY) -> Hint:
    """Read back a number that `resident_number` made; an XinyongError says what is wrong with any other."""
    if not re.fullmatch(r"00[0-9]{15}[0-9X]", code):
        raise XinyongError(
            f"{code!r} is no synthetic resident number: 18 digits that begin with 00, a region of no place"
        )
    _checked(code, resident_check(code[:17]))
    try:
        born = dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError as error:
        raise XinyongError(f"{code!r}: {code[6:14]} is no date of birth ({error})") from error
    birthday = census.replace(year=born.year)
    age = census.year - born.year - (born > birthday)
    days = (census.replace(year=census.year - age) - born).days
    sex = int(code[16]) % 2
    slot = days * _SEQUENCES + (int(code[14:17]) - sex) // 2
    return Hint(int(code[2:6]), slot * _UNSCATTER % CYCLE, organisation=False, kind=0, age=age, sex=sex)


def read_organisation_code(code: str) -> Hint:
    """Read back a code that `organisation_code` made; an XinyongError says what is wrong with any other."""
    if not re.fullmatch(rf"X[1-4]00[0-9]{{4}}[{_ALPHABET}]{{8}}[0-9X][{_ALPHABET}]", code):
        raise XinyongError(
            f"{code!r} is no synthetic organisation code: 18 characters that begin with X, an authority of no place, "
            "then 1 to 4 and a region 00xxxx"
        )
    _checked(code, code_check(code[:17]))
    number = 0
    for character in code[8:16]:
        number = number * 31 + _ALPHABET.index(character)
    if number > _NUMBER_MASK or code[16] != inner_check(code[8:16]):
        raise XinyongError(f"{code!r}: the inner code {code[8:17]} is not one of an organisation here")
    return Hint(int(code[4:8]), number, organisation=True, kind=int(code[1]))


def _checked(code: str, right: str) -> None:
    if code[17] != right:
        raise XinyongError(f"{code!r} fails its check character (did you mean '{code[:17]}{right}'?)")


def read_name(written: str) -> Hint | None:
    """Read back a Chinese or Latin name, with or without the mark; None if it has not the form of one.

    Raises XinyongError with the right name where only the pair of the cycle or the word for the kind is wrong.
    """
    text = written.strip()
    found = _NAME.fullmatch(text)
    latin = None if found else _LATIN.fullmatch(text)
    if found:
        shard, number = (int("".join(str(_DIGITS.index(c)) for c in found[k])) for k in (3, 4))
        pair, word, words, told = f"{found[1]}{found[2]}·", found[5], _ORGANISATION_WORDS, name
    elif latin:
        shard, number = int(latin[2]), int(latin[3])
        pair, word, words, told = (
            f" {latin[1].capitalize()}-",
            latin[4] or "",
            _ORGANISATION_WORDS_LATIN,
            latin_name,
        )
    else:
        return None
    if shard > _SHARD_MASK or number > _NUMBER_MASK:
        raise XinyongError(f"{written!r}: the shard or the number is too large for a name here")
    right = told(pack(PERSON, shard, number))
    if pair not in right:
        raise XinyongError(f"nobody is called {written!r} (did you mean '{right}'?)")
    kinds = {w.lower(): k for k, w in words.items()}
    if word and word.lower() not in kinds:
        raise XinyongError(f"{written!r}: no kind of organisation{did_you_mean(word, words.values())}")
    return Hint(shard, number, True if word else None, kinds[word.lower()] if word else None)
