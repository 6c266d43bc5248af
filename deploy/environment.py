"""The environment of the embedded default: what is not set gets a place under `var/`, and demo keys."""

import os
from collections.abc import Mapping
from pathlib import Path

from shared.settings import SettingsError
from shared.tokens import ensure_keys

ORIGIN = "http://127.0.0.1:8000"


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the embedded default keeps its databases, keys and tokens: `SBS_HOME`, else `var`."""
    return Path(environ.get("SBS_HOME", "var")).resolve()


def embedded_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment with the embedded default's own values where none is set. Makes keys where none are.

    Only the keys of a demonstration are made here. A programme that runs for real sets
    SBS_TRUSTED_KEYS_FILE, and nothing secret has a default then. Raises `SettingsError`.
    """
    place = home(environ)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"SBS_HOME cannot be used: {error.strerror}: {place}.") from None
    filled = dict(environ)
    filled.setdefault("SBS_DATABASE_URL", f"sqlite:///{place}/{{service}}.db")
    filled.setdefault("SBS_ORIGIN", f"http://{filled.get('SBS_BIND', ORIGIN.removeprefix('http://'))}")
    given = filled.get("SBS_TRUSTED_KEYS") or filled.get("SBS_TRUSTED_KEYS_FILE")
    if not given and not filled["SBS_ORIGIN"].startswith("https://"):
        ensure_keys(place / "keys")
        filled["SBS_TRUSTED_KEYS_FILE"] = str(place / "keys" / "trusted.jwks")
        filled.setdefault("SBS_SIGNING_KEY_FILE", str(place / "keys" / "signing.jwk"))
    return filled
