"""Passwords: which are refused, how they are kept, how one is checked. Argon2id, as the library has it.

A hash costs 64 MiB and a good part of a second, so a process makes two at once at most, and none is made
while a transaction is open: on SQLite all other writers would wait for it.
"""

import base64
import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from shared.errors import InvalidInput, Unavailable

SHORTEST, LONGEST = 12, 256
LOOKED_AT = 40
"""So much of a password is looked at for how easily it is guessed; looking at 72 takes a second."""
ENOUGH_GUESSES = 10**9
"""Ten times what zxcvbn calls safe from guessing online (its score 3): "Welkom2026!!" is not enough here."""
PROGRAMME_WORDS = (
    *("step", "stepbystep", "sbs", "shed", "shedder", "mussen", "demussen", "ambassador", "mentor"),
    *("coordinator", "welkom", "welcome", "bienvenue", "wachtwoord", "motdepasse", "geheim", "bonjour"),
    *("lente", "zomer", "herfst", "winter", "denhaag", "schilderswijk"),
)
"""What people here would think of first, and no list of English words has."""
LONGEST_WAIT = 20.0

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)
_one_look = threading.Lock()  # zxcvbn keeps the words it is given in a dictionary of its module


def normal(password: str) -> str:
    """The same password however a keyboard composes it: NFKC, as NIST SP 800-63B advises."""
    return unicodedata.normalize("NFKC", password)


def refuse_weak(password: str, about_him: Iterable[str], field: str = "password") -> None:
    """Refuse what a guesser tries early: common ones, patterns, his own name. Raises `InvalidInput`.

    zxcvbn (MIT) brings the lists: 30,000 passwords that leaked most often, names, words of films and pages.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its lists take 15 MB, and passwords are chosen seldom)

    words = [[text, re.sub(r"\W+", "", text), *re.split(r"\W+", text)] for text in about_him]
    known = [*(word for several in words for word in several if word), *PROGRAMME_WORDS]
    with _one_look:
        guesses = zxcvbn(password[:LOOKED_AT], user_inputs=known)["guesses"]
    if guesses < ENOUGH_GUESSES:
        reason = "This is easily guessed. Take something longer or less usual; a few odd words will do."
        raise InvalidInput.on(field, reason)


def hashed(password: str) -> str:
    """What is kept of a password. Raises `Unavailable` when too many wait for theirs."""
    with _one_of_two():
        return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password that was kept; the same work when none was."""
    with _one_of_two():
        try:
            return _hasher.verify(kept or nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than are used today."""
    return _hasher.check_needs_rehash(kept)


def nobodys() -> str:
    """A hash of no password at all, that costs as much to check as any other."""
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${_noise(_hasher.salt_len)}${_noise(_hasher.hash_len)}"


def _noise(size: int) -> str:
    return base64.b64encode(os.urandom(size)).decode().rstrip("=")


@contextmanager
def _one_of_two() -> Iterator[None]:
    if not _at_once.acquire(timeout=LONGEST_WAIT):
        raise Unavailable
    try:
        yield
    finally:
        _at_once.release()
