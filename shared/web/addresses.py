"""What stands in a page's address, or in its form: where one came from, goes next, and what it is for."""

from urllib.parse import urlencode

from flask import request

from shared.web.navigation import is_a_page_of_ours

AGAIN = "again"
"""In an address: what is sent there is only to be shown again."""


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
    return f"{request.path}?{urlencode([*asked, ('key', key)])}"
