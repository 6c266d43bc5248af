"""Setting up and letting go of an app that gives codes; and the recovery codes that stand in for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyotp

from services.registry.models import Account, SignIn
from services.registry.settings import Settings, Work
from services.registry.use_cases.attempts import begin_attempt, forget_attempts
from services.registry.use_cases.factors import (
    PROGRAMME_NAME,
    clear_totp,
    factors_of,
    new_recovery_codes,
    right_step,
)
from services.registry.use_cases.keys import seal
from services.registry.use_cases.own import (
    own_account,
    own_attempts,
    prove_password,
    sign_in_to_change_factors,
)
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.actor import Actor
from shared.audit.deed import Deed
from shared.errors import Conflict, InvalidInput
from shared.unit_of_work import Service


@dataclass(frozen=True)
class NewSecret:
    """The app's new secret, and the same as an `otpauth:` URI for a QR code: shown this once."""

    secret: str
    uri: str


def set_up_totp(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> NewSecret:
    """Begin to set up an app that gives codes; nothing changes until its first code is confirmed."""
    prove_password(service, actor, values["password"])
    secret = pyotp.random_base32()
    with service.begin(actor) as work:
        account, _ = _to_change(work)
        if account.totp_since is not None:
            raise Conflict("There is an app already. Remove it first.")
        account.totp_secret = seal(work.settings, secret)
        account.totp_step = None
        _put_on_record(work, deed, account)
        uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=PROGRAMME_NAME)
    return NewSecret(secret, uri)


def confirm_totp(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> Mapping[str, list[str]]:
    """Confirm the app by a code of it: it is asked for from now on. Gives the recovery codes, this once.

    This sign-in counts as one with a second factor, and every other one ends. A wrong code makes the next
    try wait: else whoever finds a browser open could try them all.
    """
    with service.begin(actor) as work:
        _to_confirm(work)
        begin_attempt(work, own_attempts(actor))
    with service.begin(actor) as work:
        account, sign_in = _to_confirm(work)
        step = right_step(work, account, values["code"])
        if step is None:
            reason = "The app does not show this code now. Look at the clock of the device."
            raise InvalidInput.on("code", reason)
        account.totp_since, account.totp_step = work.now, step
        sign_in.second_factor = True
        end_sign_ins(work.session, account.id, work.now, but=sign_in.id)
        forget_attempts(work, own_attempts(actor))
        codes = new_recovery_codes(work, account)
        _put_on_record(work, deed, account)
    return {"codes": codes}


def _to_confirm(work: Work) -> tuple[Account, SignIn]:
    account, sign_in = _to_change(work)
    if account.totp_since is not None or account.totp_secret is None:
        raise Conflict("No app waits to be confirmed.")
    return account, sign_in


def remove_totp(service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]) -> None:
    """Let go of the app and of the recovery codes. Every other sign-in of yours ends."""
    prove_password(service, actor, values["password"])
    with service.begin(actor) as work:
        account, sign_in = _to_change(work)
        if account.totp_since is None:
            raise Conflict("There is no app to remove.")
        clear_totp(work, account)
        end_sign_ins(work.session, account.id, work.now, but=sign_in.id)
        _put_on_record(work, deed, account)


def renew_recovery_codes(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> Mapping[str, list[str]]:
    """Get ten new recovery codes, shown this once; the earlier ones work no more."""
    prove_password(service, actor, values["password"])
    with service.begin(actor) as work:
        account, _ = _to_change(work)
        if not factors_of(work, account):
            raise Conflict("Recovery codes stand in for a second factor, and there is none.")
        codes = new_recovery_codes(work, account)
        _put_on_record(work, deed, account)
    return {"codes": codes}


def _to_change(work: Work) -> tuple[Account, SignIn]:
    account = own_account(work, for_change=True)
    return account, sign_in_to_change_factors(work, account)


def _put_on_record(work: Work, deed: Deed, account: Account) -> None:
    deed.object_kind, deed.object_id = "account", account.id
    work.session.flush()
    work.put_on_record(deed)
