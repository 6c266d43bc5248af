"""Text on its way in: what is kept, what is refused, what is found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import BSN_MASK, fold, holds_bsn, looks_like_bsn, tidy, unprintable, without_bsn

# Test numbers that pass the eleven-test; none was ever given to anybody.
PASSING = ["111222333", "123456782", "999996356"]


@pytest.mark.parametrize("number", PASSING)
def test_a_number_that_passes_the_eleven_test_is_found_spaced_or_not(number):
    spaced = f"{number[:3]} {number[3:6]}.{number[6:]}"

    assert looks_like_bsn(number)
    assert holds_bsn(f"his number is {number}, he says")
    assert holds_bsn(spaced)
    assert without_bsn(f"BSN {spaced}!") == f"BSN {BSN_MASK}!"


@pytest.mark.parametrize("text", ["123456789", "+31612345678", "0612345678", "1112223334", "000000000"])
def test_other_numbers_are_left_alone(text):
    assert not holds_bsn(text)
    assert without_bsn(text) == text


@given(st.integers(min_value=1, max_value=10**8 - 1))
def test_of_ten_numbers_in_a_row_at_most_one_passes(start):
    tens = [f"{start:08}{last}" for last in range(10)]

    assert sum(looks_like_bsn(number) for number in tens) <= 1


def test_a_uuid_is_no_number():
    identifier = "4d5daf1c-f5c8-4610-8355-83e5b1ed9ab5"

    assert looks_like_bsn("846108355"), "nine digits in a row of it"
    for written in (identifier, identifier.upper(), f"https://sbs.example/men/{identifier}?tab=1"):
        assert not holds_bsn(written)
        assert without_bsn(written) == written
    assert without_bsn(f"{identifier} 111222333") == f"{identifier} {BSN_MASK}"
    assert holds_bsn(identifier[1:])


@given(st.uuids())
def test_no_uuid_is_refused(identifier):
    assert not holds_bsn(str(identifier))


@given(st.text())
def test_nothing_that_passes_is_left(text):
    assert not holds_bsn(without_bsn(text))


@pytest.mark.parametrize(
    ("typed", "kept"), [("Zoë  B.", "zoe b."), ("ÅSE", "ase"), ("Łukasz", "łukasz"), ("李 M.", "李 m.")]
)
def test_names_are_folded_for_searching(typed, kept):
    assert fold(typed) == kept


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\x1bb", "\u0378"])
def test_what_cannot_be_kept_is_seen(bad):
    assert unprintable(bad)


def test_lines_may_be_allowed():
    assert unprintable("a\nb")
    assert not unprintable("a\nb", allow="\n")


def test_more_marks_on_a_letter_than_any_language_has_are_refused_before_they_are_composed():
    assert tidy("a" + "\u0301" * 30)
    for heaped in ("a" + "\u0301" * 31, "\u0315\u0316" * 60_000):
        with pytest.raises(ValueError, match="marks"):
            tidy(heaped)
    assert tidy("a\u0301" * 1000) == "á" * 1000
