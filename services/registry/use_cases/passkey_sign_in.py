"""Signing in with a passkey. Whatever is not right, the words are the same."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from webauthn import generate_authentication_options, options_to_json, verify_authentication_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import UserVerificationRequirement

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Passkey
from services.registry.settings import Settings, Work
from services.registry.use_cases.challenges import (
    NOT_RIGHT,
    Credential,
    give_challenge,
    relying_party_id,
    use_up_challenge,
)
from services.registry.use_cases.sign_ins import Browser, refuse_where_only_openid
from services.registry.use_cases.signing_in import SignedIn, let_in
from shared.actor import system_actor
from shared.audit.deed import Deed
from shared.errors import SignInRefused
from shared.text import storable
from shared.unit_of_work import Service

LONGEST_ID = 1400
"""Of base64url: WebAuthn allows 1,023 bytes."""


def ask_for_passkey(service: Service[Settings]) -> Mapping[str, Any]:
    """Begin to sign in with a passkey: what your browser's `navigator.credentials.get` needs."""
    refuse_where_only_openid(service.settings)
    with service.begin(system_actor()) as work:
        options = generate_authentication_options(
            rp_id=relying_party_id(work),
            challenge=give_challenge(work, None),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    return {"options": json.loads(options_to_json(options))}


def sign_in_with_passkey(
    service: Service[Settings], deed: Deed, browser: Browser, *, values: Mapping[str, Any]
) -> SignedIn:
    """Sign in with a passkey. Raises `SignInRefused`, in the same words whatever was not right."""
    refuse_where_only_openid(service.settings)
    credential = values["credential"]
    with service.begin(system_actor()) as work:
        relying_party_id(work)
        challenge = use_up_challenge(work, credential, None)
        account_id = work.session.scalar(_holder_of(credential))
    if account_id is not None:
        deed.object_kind, deed.object_id = "account", account_id
    if account_id is None or challenge is None:
        raise SignInRefused
    with service.begin(system_actor()) as work:
        own = select(Account).where(Account.id == account_id, Account.state == AccountState.ACTIVE)
        account = work.session.scalars(own.with_for_update()).one_or_none()
        if account is None:
            raise SignInRefused
        _check_assertion(work, account, credential, challenge)
        return let_in(work, deed, account, browser, SignInMethod.PASSKEY)


def _check_assertion(work: Work, account: Account, credential: Credential, challenge: bytes) -> None:
    """That a passkey of this account signed the challenge, and counted on. Raises `SignInRefused`.

    A count that does not rise is that of a copy: of the device, or of an answer.
    """
    try:
        its = select(Passkey).where(
            Passkey.account_id == account.id, Passkey.credential_id == _id_of(credential)
        )
        passkey = work.session.scalars(its.with_for_update()).one_or_none()
        handle = credential["response"].get("userHandle")
        if passkey is None or (handle is not None and base64url_to_bytes(handle) != account.id.bytes):
            raise ValueError("it is the passkey of somebody else, or of nobody")
        shown = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=relying_party_id(work),
            expected_origin=work.settings.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except NOT_RIGHT as error:
        raise SignInRefused from error
    passkey.sign_count, passkey.used_at = shown.new_sign_count, work.now


def _holder_of(credential: Credential) -> Select[UUID]:
    return select(Passkey.account_id).where(Passkey.credential_id == _id_of(credential))


def _id_of(credential: Credential) -> str:
    """What it says that its passkey is, as text that a database can be asked for, whatever was sent."""
    return storable(str(credential.get("id")))[:LONGEST_ID]
