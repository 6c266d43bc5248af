"""When two names may be one man's: he is looked for before he is registered a second time."""

from difflib import SequenceMatcher

ALIKE = 0.8
"""Of the letters of two names so many are the same, in order: one is left out, doubled or another."""
BEGINNING = 3
"""So many letters of a name are taken to be written right."""


def beginning(name: str) -> str:
    """What a folded name that may be the same has in it: the first letters of this one."""
    return _first(name)[:BEGINNING]


def may_be_one(name: str, other: str) -> bool:
    """Whether two folded names may be one man's: "gerit" and "gerrit h.", "janwillem" and "jan willem s."."""
    if _first(name) in other:
        return True
    return _alike(_first(name), _first(other)) or _alike(_letters(name), _letters(other))


def _first(name: str) -> str:
    return name.split(maxsplit=1)[0]


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name))


def _alike(one: str, other: str) -> bool:
    # A programme that numbers its men tells them apart by that.
    if list(filter(str.isdigit, one)) != list(filter(str.isdigit, other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
