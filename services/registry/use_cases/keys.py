"""What must be kept and read back, or recognised, without lying open in the database.

Every key is derived (HKDF, RFC 5869) for one use alone from SBS_ACCOUNTS_KEY, else from the signing key.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.registry.settings import Settings


def seal(settings: Settings, text: str) -> str:
    """A secret made unreadable, with the first of the keys."""
    return _fernet(settings).encrypt(text.encode()).decode()


def unseal(settings: Settings, sealed: str) -> str | None:
    """What was sealed with any of the keys; None when none of them did."""
    try:
        return _fernet(settings).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def keyed_hash(settings: Settings, text: str) -> str:
    """The same for the same text, and no way back to it, or to a guess at it, without the key."""
    key = _derived(settings.accounts_keys[0], b"sbs keyed hash")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _fernet(settings: Settings) -> MultiFernet:
    keys = (_derived(key, b"sbs sealed secret") for key in settings.accounts_keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _derived(secret: str, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=use).derive(secret.encode())
