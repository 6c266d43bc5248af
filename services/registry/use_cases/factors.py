"""Second factors: what an account has, whether a code is right, and letting go of them all.

A code from an app (TOTP, RFC 6238) works once, within a step of thirty seconds before and after; a recovery
code works once, ever.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select

from services.registry.models import Account, Passkey, RecoveryCode
from services.registry.settings import Work
from services.registry.use_cases.keys import unseal
from shared.secrets import hash_of

PROGRAMME_NAME = "Step by Step"
"""What an app or a device shows beside an account of ours."""
STEP = 30
DRIFT = (0, -1, 1)
CODES = 10
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1. Sixteen of these are 80 bits: their plain hash cannot be turned back."""


def factors_of(work: Work, account: Account) -> list[str]:
    """The second factors of an account: "code" for an app, "passkey" for one or more of those."""
    passkey = select(Passkey.id).where(Passkey.account_id == account.id).limit(1)
    has_passkey = work.session.scalar(passkey) is not None
    return ["code"] * (account.totp_since is not None) + ["passkey"] * has_passkey


def is_proved_by(work: Work, account: Account, code: str) -> bool:
    """Whether a code is right, from the app or a recovery code; either is used up by it."""
    return _by_app(work, account, code) or _by_recovery_code(work, account, code)


def right_step(work: Work, account: Account, code: str) -> int | None:
    """The step of time for which the app gives this code, if it is near and was not used."""
    secret = unseal(work.settings, account.totp_secret) if account.totp_secret else None
    if secret is None:
        return None
    made = pyotp.TOTP(secret)
    for step in (_step_at(work.now) + drift for drift in DRIFT):
        is_new = account.totp_step is None or step > account.totp_step
        if is_new and hmac.compare_digest(made.generate_otp(step), code):
            return step
    return None


def new_recovery_codes(work: Work, account: Account) -> list[str]:
    """Ten codes in place of those there were, shown this once."""
    _delete_codes(work, account)
    codes = [_new_code() for _ in range(CODES)]
    rows = (RecoveryCode(account_id=account.id, code_hash=hash_of(_plain(code))) for code in codes)
    work.session.add_all(rows)
    return codes


def recovery_codes_left(work: Work, account: Account) -> int:
    """How many of them were not used."""
    own = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account.id)
    return work.session.scalar(own) or 0


def clear_totp(work: Work, account: Account) -> None:
    """Let go of the app's secret and of the recovery codes."""
    account.totp_secret = account.totp_since = account.totp_step = None
    _delete_codes(work, account)


def clear_factors(work: Work, account: Account) -> None:
    """Let go of every second factor of an account."""
    clear_totp(work, account)
    work.session.execute(delete(Passkey).where(Passkey.account_id == account.id))


def _by_app(work: Work, account: Account, code: str) -> bool:
    step = right_step(work, account, code) if account.totp_since is not None else None
    if step is None:
        return False
    account.totp_step = step
    return True


def _by_recovery_code(work: Work, account: Account, code: str) -> bool:
    used = delete(RecoveryCode).where(
        RecoveryCode.account_id == account.id, RecoveryCode.code_hash == hash_of(_plain(code))
    )
    return bool(work.session.execute(used.returning(RecoveryCode.id)).all())


def _delete_codes(work: Work, account: Account) -> None:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def _step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()
