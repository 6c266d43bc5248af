"""Passkeys over HTTP: one's own, and signing in with one. To and from the browser goes WebAuthn's JSON."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from services.registry.api.me import OWN, Person, ShowPassword, with_proof
from services.registry.api.sign_ins import browser, signed_in
from services.registry.settings import Settings
from services.registry.use_cases import passkey_sign_in, passkeys
from shared.audit.deed import Action
from shared.http import recording
from shared.http.fields import Line
from shared.http.routes import Route, listing, read
from shared.http.schemas import Answer, Input, Nothing
from shared.permissions import PUBLIC
from shared.unit_of_work import Service

WEBAUTHN = {"description": "What `navigator.credentials` gives (`toJSON()`, WebAuthn Level 3)."}


class PasskeyOptions(Answer):
    options = fields.Dict(
        required=True, metadata={"description": "For `PublicKeyCredential.parse...OptionsFromJSON()`."}
    )


class AddPasskey(Input):
    name = Line(required=True, longest=100)
    credential = fields.Dict(keys=fields.String(), required=True, metadata=WEBAUTHN)


class RenamePasskey(Input):
    name = Line(required=True, longest=100)


class SignInWithPasskey(Input):
    credential = fields.Dict(keys=fields.String(), required=True, metadata=WEBAUTHN)


class Passkey(Answer):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(allow_none=True)


def ask_for_passkey(service: Service[Settings], *, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Begin to sign in with a passkey: what the browser needs to ask for one, for five minutes."""
    dict(values)  # nothing is asked for, but what was sent must be right
    return passkey_sign_in.ask_for_passkey(service)


def sign_in_with_passkey(service: Service[Settings], *, values: Mapping[str, Any]) -> Response:
    """Sign in with a passkey: both factors at once. The cookie that is set stands for it."""
    done = passkey_sign_in.sign_in_with_passkey(service, recording.current(), browser(), values=values)
    return signed_in(service, done)


_ONE = "/me/passkeys/<uuid:passkey_id>"
NO_NAME = "This programme has no host name, which passkeys need."

ROUTES = [
    with_proof(passkeys.offer_passkey, "/me/passkeys/options", ShowPassword, PasskeyOptions),
    with_proof(passkeys.add_passkey, "/me/passkeys", AddPasskey, Passkey, status=201),
    read(_ONE, passkeys.read_passkey, OWN, Passkey),
    listing("/me/passkeys", passkeys.list_passkeys, OWN, Passkey),
    Route(
        "POST", f"{_ONE}/rename", passkeys.rename_passkey, OWN, Passkey, RenamePasskey, idempotent=True
    ),
    with_proof(passkeys.remove_passkey, f"{_ONE}/remove", ShowPassword),
    Route(
        "POST", "/sign-ins/passkey/options", ask_for_passkey, PUBLIC, PasskeyOptions, Nothing,
        confidential=True, conflict=NO_NAME,
    ),
    Route(
        "POST", "/sign-ins/passkey", sign_in_with_passkey, PUBLIC, Person, SignInWithPasskey,
        confidential=True, does=Action.EXECUTE, conflict=NO_NAME,
    ),
]  # fmt: skip
