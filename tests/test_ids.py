"""Ids, invented names and codes, with python-stdnum as the oracle (V-16)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, InvalidFormat

from xinyong import ids
from xinyong.errors import XinyongError

shards = st.integers(0, 9999)
numbers = st.integers(0, 2**31 - 1)
kinds = st.sampled_from([1, 2, 3, 4])


@given(kinds, st.integers(0, 2**24 - 1), numbers)
def test_an_id_can_be_split_and_written_and_read(kind, shard, number):
    identity = ids.pack(kind, shard, number)
    assert identity < 2**63
    assert ids.unpack(identity) == (kind, shard, number)
    assert ids.parse(ids.text(identity)) == identity


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1))
def test_a_party_keeps_its_number(shard, number):
    identity = ids.of_party(shard, number)
    assert ids.party(identity) == (shard, number)
    assert ids.unpack(identity)[0] == (2 if number >= 2**31 else 1)


def test_the_written_form():
    assert ids.text(ids.pack(1, 37, 1234)) == "P-37-0001234"
    assert ids.text(ids.pack(2, 37, 12)) == "O-37-0000012"
    assert ids.parse(" p-37-1234 ") == ids.pack(1, 37, 1234)


@pytest.mark.parametrize(
    "written", ["", "37-12", "P-37", "Q-37-1", "P-37-1.5", "P-99999999-1", "P-1-4294967296"]
)
def test_a_wrong_id_is_explained(written):
    with pytest.raises(XinyongError, match=r"P-37-0001234|known|too large|no id"):
        ids.parse(written)


def test_wrong_parts_are_explained():
    for call in (
        lambda: ids.pack(5, 1, 1),
        lambda: ids.pack(1, -1, 1),
        lambda: ids.unpack(7),
        lambda: ids.party(ids.pack(3, 1, 1)),
        lambda: ids.resident_number(ids.pack(2, 1, 1), 30, 0),
        lambda: ids.organisation_code(ids.pack(1, 1, 1), 1),
        lambda: ids.organisation_code(ids.pack(2, 1, 1), 0),
        lambda: ids.resident_number(ids.pack(1, 10_000, 1), 30, 0),
    ):
        with pytest.raises(XinyongError):
            call()


@given(shards, numbers, st.integers(0, 110), st.integers(0, 1))
def test_resident_numbers_have_a_right_check_and_a_region_of_no_place(shard, number, age, sex):
    code = ids.resident_number(ids.pack(1, shard, number), age, sex)
    assert len(code) == 18 and code.startswith("00")
    assert code[-1] == ric.calc_check_digit(code)
    assert int(code[16]) % 2 == sex
    with pytest.raises(InvalidComponent):
        ric.validate(code)
    born = dt.datetime.strptime(code[6:14], "%Y%m%d").date()
    birthday_this_year = (born.month, born.day) <= (11, 1)
    assert 2010 - born.year - (not birthday_this_year) == age


@given(shards, numbers, kinds)
def test_organisation_codes_have_right_checks_and_an_authority_that_is_not_assigned(shard, number, kind):
    code = ids.organisation_code(ids.pack(2, shard, number), kind)
    assert len(code) == 18 and code.startswith("X")
    assert code[-1] == uscc.calc_check_digit(code)
    with pytest.raises(InvalidFormat):
        uscc.validate(code)


def test_the_checks_agree_with_the_standards_own_examples():
    assert ids.CODE_WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    assert ids.code_check("91110000600037341") == "L"
    assert ids.inner_check("60003734") == "1"
    assert ids.resident_check("36042619910101007") == "1"


def test_codes_are_distinct_and_deterministic():
    people = [ids.resident_number(ids.pack(1, 37, n), 40, 1) for n in range(20_000)]
    assert len(set(people)) == len(people)
    firms = [ids.organisation_code(ids.pack(2, 37, n), 1) for n in range(5_000)]
    assert len(set(firms)) == len(firms)
    assert people[7] == ids.resident_number(ids.pack(1, 37, 7), 40, 1)


@given(shards, numbers, kinds)
def test_names_are_marked_and_are_nobodys(shard, number, kind):
    person, firm = ids.pack(1, shard, number), ids.pack(2, shard, number)
    assert ids.name(person).startswith("〔合成〕") and "·" in ids.name(person)
    assert any(digit in ids.name(person) for digit in "〇一二三四五六七八九")
    assert ids.latin_name(person).startswith("SYNTHETIC ") and any(
        c.isdigit() for c in ids.latin_name(person)
    )
    assert "合成" in ids.organisation_name(firm, kind)
    assert "SYNTHETIC" in ids.latin_organisation_name(firm, kind)
    assert ids.name(person) != ids.name(ids.pack(1, shard, (number + 1) % 2**31))


def test_codes_carry_no_score():
    """R63: the code is a function of the id and the kind alone."""
    identity = ids.pack(2, 37, 12)
    assert ids.organisation_code(identity, 1)[1:] == ids.organisation_code(identity, 1)[1:]
    assert ids.organisation_code.__annotations__.keys() == {"identity", "kind", "return"}


@given(shards, numbers, st.integers(0, 110), st.integers(0, 1), kinds)
def test_codes_and_names_can_be_read_back(shard, number, age, sex, kind):
    person, firm = ids.pack(1, shard, number), ids.pack(2, shard, number)
    hint = ids.read_resident_number(ids.resident_number(person, age, sex))
    assert hint == ids.Hint(shard, number % ids.CYCLE, False, 0, age, sex)
    assert ids.read_organisation_code(ids.organisation_code(firm, kind)) == ids.Hint(
        shard, number, True, kind
    )
    for told in (ids.name(person), ids.latin_name(person), ids.name(person).removeprefix("〔合成〕")):
        assert ids.read_name(told) == ids.Hint(shard, number, None)
    for told in (ids.organisation_name(firm, kind), ids.latin_organisation_name(firm, kind)):
        assert ids.read_name(told) == ids.Hint(shard, number, True, kind)


def test_a_code_with_a_slip_is_explained():
    good = ids.resident_number(ids.pack(1, 37, 7), 40, 1)
    firm = ids.organisation_code(ids.pack(2, 37, 7), 1)
    for code, read in ((good, ids.read_resident_number), (firm, ids.read_organisation_code)):
        wrong = code[:-1] + ("1" if code[-1] == "0" else "0")
        with pytest.raises(XinyongError, match=rf"did you mean '{code}'"):
            read(wrong)
        with pytest.raises(XinyongError, match="no synthetic"):
            read("11010519491231002X")
    with pytest.raises(XinyongError, match="no date of birth"):
        ids.read_resident_number("00003719991399001" + ids.resident_check("00003719991399001"))
    with pytest.raises(XinyongError, match="did you mean '〔合成〕"):
        ids.read_name("甲丑·三七·〇〇〇七")
    assert ids.read_name("王小明") is None


def test_no_real_code_can_be_read():
    """Codes that real validators accept are refused here, and those of here are refused by them (V-16)."""
    for real in ("91110000600037341L", "36042619910101007X"):
        for read in (ids.read_resident_number, ids.read_organisation_code):
            with pytest.raises(XinyongError):
                read(real)
