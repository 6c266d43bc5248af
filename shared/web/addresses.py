"""What stands in a page's address, or in its form: where one came from, goes next, and what it is for."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from flask import request

from shared.web.navigation import is_a_page_of_ours

AGAIN = "again"
"""In an address: what is sent there is only to be shown again."""
LONGEST = 1000
"""How long what stands in an address may be: a proxy takes no longer one than some thousands."""


def with_back(path: str, back: str) -> str:
    """A path to a page whose way back leads to `back`; the path as it is, where there is none."""
    return f"{path}?{urlencode({'back': back})}" if back else path


def back_page(default: str = "") -> str:
    """Where a visitor came from, as the link said that he followed; else where one comes from as a rule."""
    asked = request.values.get("back", "")
    return asked if is_a_page_of_ours(asked) else default


def with_again(path: str) -> str:
    """A path to a form, that shows what it is sent once more and does nothing with it."""
    return f"{path}{'&' if '?' in path else '?'}{AGAIN}=true"


def only_shows() -> bool:
    """Whether what was sent here is to be shown again, neither judged nor done."""
    return bool(request.args.get(AGAIN))


def next_page(default: str) -> str:
    """Where a visitor wanted to go, when that is a page of ours."""
    asked = request.values.get("next", "")
    return asked if is_a_page_of_ours(asked) else default


def with_a_key(key: str) -> str:
    """The address that was asked for, with this key of a form in it."""
    asked = [one for one in request.args.items(multi=True) if one[0] != "key"]
    return f"{quote(request.path)}?{urlencode([*asked, ('key', key)])}"


def of_kept(path: str, key: str, typed: Mapping[str, str], names: Sequence[str]) -> str:
    """Where a form stands that was kept by this key; of what was typed, the `names` stay in the address."""
    ways = [(name, typed[name]) for name in ("back", "next") if is_a_page_of_ours(typed.get(name, ""))]
    others = [(name, typed[name]) for name in names if typed.get(name)]
    stay = [(name, value) for name, value in (*ways, *others) if len(value) < LONGEST]
    return f"{quote(path)}?{urlencode([*stay, ('key', key)])}"
