"""Whether what a browser sends was asked for by a page of ours: it adds our cookie whoever's page it is.

It says whose in Sec-Fetch-Site, which no page can set; an old one only says Origin.
"""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_ours(own: str, site: str | None, origin: str | None) -> bool:
    """Whether a request comes from a page of the origin `own`; not when nothing is said of it."""
    if site is not None:
        return site == "same-origin"
    return origin is not None and _parts(origin) == _parts(own)


def _parts(origin: str) -> tuple[str, str | None, int | None] | None:
    """What two spellings of one origin have in common; None when it is none, as "null" is."""
    try:
        parts = urlsplit(origin)
        return (parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme])
    except (ValueError, KeyError):
        return None
