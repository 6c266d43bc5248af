"""What is done to text on its way in: tidied, checked for what may not be kept, folded for searching."""

import re
import unicodedata

LONGEST_NAME = 200
MOST_MARKS = 30
"""On one letter: as in the Stream-Safe Text Format (Unicode, UAX #15)."""
BSN_MASK = "[number removed: it may be a BSN]"
_NINE_DIGITS = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|(?P<nine>(?<![\d+])\d(?:[ .\-]?\d){8}(?!\d))",
    re.IGNORECASE,
)
"""A UUID is stepped over whole: in one of 130, such as another system names things by, nine digits pass."""
_LEFT_OUT = str.maketrans("-\u2010\u2011\u2013", "    ", "'\u2018\u2019\u02bc\u02bb`\u00b4")
"""A keyboard has one apostrophe and a telephone another, and hyphens are forgotten: each finds the man."""
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_FORBIDDEN = {"Cc", "Cs", "Co", "Cn"}


def tidy(text: str) -> str:
    """Canonical Unicode (NFC), without white space at its ends.

    Raises `ValueError` when more marks stand on one letter than any language has: Python sorts them in
    quadratic time, so that one short request could hold a process for many seconds.
    """
    if not text.isascii() and _heaped(text):
        raise ValueError("too many marks on one letter")
    return unicodedata.normalize("NFC", text).strip()


def _heaped(text: str) -> bool:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MOST_MARKS:
            return True
    return False


def unprintable(text: str, *, allow: str = "") -> bool:
    """Whether it holds NUL, another control character, a lone surrogate or no character at all."""
    if text.isprintable():
        return False
    return any(unicodedata.category(char) in _FORBIDDEN and char not in allow for char in text)


def looks_like_bsn(digits: str) -> bool:
    """Whether nine digits pass the eleven-test of the Dutch citizen service number (BSN).

    The weighted sum 9a+8b+7c+6d+5e+4f+3g+2h-i must be divisible by eleven, and not zero.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return total != 0 and total % 11 == 0


def holds_bsn(text: str) -> bool:
    """Whether some nine digits in a text, spaced or not, pass the eleven-test."""
    return any(_passes(found) for found in _NINE_DIGITS.finditer(text))


def without_bsn(text: str) -> str:
    """The text with every such number taken out, and a mark where it stood."""
    return _NINE_DIGITS.sub(lambda found: BSN_MASK if _passes(found) else found.group(), text)


def _passes(found: re.Match[str]) -> bool:
    nine = found["nine"]
    return nine is not None and looks_like_bsn(re.sub(r"\D", "", nine))


def fold(text: str) -> str:
    """For searching: lower case, without accents and apostrophes, a hyphen a space, with single spaces.

    "Zoë  B." becomes "zoe b.", and "O'Neill-Smit" is "oneill smit". One character may become many (some
    become eighteen), so the result is cut to what a name may have.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LEFT_OUT))
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())[:LONGEST_NAME]


def visible(text: str) -> bool:
    """Whether there is anything to see in it: not only spaces, joiners and marks of direction."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)


def storable(text: str) -> str:
    """Text from outside that is kept as proof: what a database cannot keep is made visible."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
