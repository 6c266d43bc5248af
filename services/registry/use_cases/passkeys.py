"""Passkeys: adding one to one's account, naming it and removing it.

A device asks for a finger or a number before it signs, so a passkey is both factors at once.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.registry.domain import permissions as may
from services.registry.models import Account, Passkey
from services.registry.queries import visible
from services.registry.settings import Settings, Work
from services.registry.use_cases.challenges import (
    NOT_RIGHT,
    Credential,
    give_challenge,
    relying_party_id,
    use_up_challenge,
)
from services.registry.use_cases.factors import PROGRAMME_NAME
from services.registry.use_cases.own import own_account, prove_password, sign_in_to_change_factors
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.actor import Actor
from shared.audit.deed import Deed
from shared.database.finding import find, refuse_second
from shared.database.paging import Page, page_of
from shared.errors import Conflict, InvalidInput
from shared.unit_of_work import Service

MOST = 20


def offer_passkey(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Begin to add a passkey: what your browser's `navigator.credentials.create` needs, for five minutes."""
    with service.begin(actor, reading=True) as work:
        relying_party_id(work)
    prove_password(service, actor, values["password"])
    with service.begin(actor) as work:
        account = own_account(work)
        sign_in_to_change_factors(work, account)
        there = work.session.scalars(select(Passkey).where(Passkey.account_id == account.id)).all()
        if len(there) >= MOST:
            raise Conflict(f"There are {MOST} passkeys already. Remove one first.")
        options = _wanted(work, account, there)
        deed.object_kind, deed.object_id = "account", account.id
        work.session.flush()
        work.put_on_record(deed)
    return {"options": options}


def add_passkey(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> Passkey:
    """Add the passkey that your browser made: it signs in alone. Every other sign-in of yours ends."""
    name, credential = values["name"], values["credential"]
    with service.begin(actor) as work:
        challenge = use_up_challenge(work, credential, own_account(work).id)
    with service.begin(actor) as work:
        account = own_account(work, for_change=True)
        sign_in = sign_in_to_change_factors(work, account)
        passkey = _verified(work, credential, challenge)
        refuse_second(
            work.session,
            select(Passkey).where(Passkey.credential_id == passkey.credential_id),
            "There is this passkey already.",
            visible.own_passkeys(actor),
        )
        passkey.account_id, passkey.name, passkey.added_at = account.id, name, work.now
        work.session.add(passkey)
        sign_in.second_factor = True
        end_sign_ins(work.session, account.id, work.now, but=sign_in.id)
        work.session.flush()
        deed.object_kind, deed.object_id = "passkey", passkey.id
        work.put_on_record(deed)
    return passkey


def list_passkeys(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List your passkeys, the newest first."""
    own_account(work)
    by = [Passkey.added_at, Passkey.id]
    return page_of(work.session, visible.own_passkeys(work.actor), by, query, newest_first=True)


def read_passkey(work: Work, *, passkey_id: UUID) -> Passkey:
    """Read one passkey of yours."""
    passkey = find(work.session, visible.own_passkeys(work.actor), passkey_id)
    work.require(may.KEEP_OWN_ACCOUNT)
    return passkey


def rename_passkey(work: Work, *, passkey_id: UUID, values: Mapping[str, Any]) -> Passkey:
    """Give a passkey of yours another name."""
    passkey = find(work.session, visible.own_passkeys(work.actor), passkey_id, for_change=True)
    work.require(may.KEEP_OWN_ACCOUNT)
    passkey.name = values["name"]
    return passkey


def remove_passkey(
    service: Service[Settings], actor: Actor, deed: Deed, *, passkey_id: UUID, values: Mapping[str, Any]
) -> None:
    """Remove a passkey of yours: it signs in no more. Every other sign-in of yours ends."""
    with service.begin(actor, reading=True) as work:
        find(work.session, visible.own_passkeys(actor), passkey_id)
    prove_password(service, actor, values["password"])
    with service.begin(actor) as work:
        account = own_account(work, for_change=True)
        sign_in = sign_in_to_change_factors(work, account)
        passkey = find(work.session, visible.own_passkeys(actor), passkey_id)
        work.session.execute(delete(Passkey).where(Passkey.id == passkey.id))
        end_sign_ins(work.session, account.id, work.now, but=sign_in.id)
        work.put_on_record(deed)


def _wanted(work: Work, account: Account, there: Sequence[Passkey]) -> Any:
    """What kind we ask for: one that the device finds by itself, and that verifies who holds it."""
    options = generate_registration_options(
        rp_id=relying_party_id(work),
        rp_name=PROGRAMME_NAME,
        user_id=account.id.bytes,
        user_name=account.email or account.name,
        user_display_name=account.name,
        challenge=give_challenge(work, account.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in there
        ],
    )
    return json.loads(options_to_json(options))


def _verified(work: Work, credential: Credential, challenge: bytes | None) -> Passkey:
    """The new passkey that an answer holds. Raises `InvalidInput` when it is not right."""
    try:
        if challenge is None:
            raise ValueError("no challenge of ours waits for this answer")
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=relying_party_id(work),
            expected_origin=work.settings.origin,
            require_user_verification=True,
        )
    except NOT_RIGHT as error:
        raise InvalidInput.on("credential", "This does not answer what was asked. Begin anew.") from error
    return Passkey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
    )
