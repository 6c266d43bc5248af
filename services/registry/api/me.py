"""One's own account over HTTP: who one is, one's password, second factors and sign-ins."""

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import fields

from services.registry.api.account_fields import Code, Password
from services.registry.domain import permissions as may
from services.registry.domain.codes import MailWhen, SignInMethod, SpokenLanguage
from services.registry.settings import Settings, Work
from services.registry.use_cases import me, totp
from shared.actor import Actor, Role
from shared.audit.deed import Action
from shared.http import fields as ours
from shared.http import recording
from shared.http.routes import Route, listing, read
from shared.http.schemas import Answer, Input
from shared.http.sign_in_cookie import take_away
from shared.unit_of_work import Service


class Person(Answer):
    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    role = ours.Code(Role, required=True)
    ambassador_id = fields.UUID(allow_none=True)
    organisation_id = fields.UUID(allow_none=True)
    mentor_id = fields.UUID(allow_none=True)
    partner_id = fields.UUID(allow_none=True)
    second_factors = fields.List(fields.String(), required=True)
    recovery_codes_left = fields.Integer(required=True)
    language = fields.String(
        required=True, allow_none=True, metadata={"description": "That he reads; null: he has not said."}
    )
    must_set_up_second_factor = fields.Boolean(
        required=True, metadata={"description": "Until then only this part, /registry/me, is open to you."}
    )


class ChangePassword(Input):
    old = Password()
    new = Password(new=True)


class ShowPassword(Input):
    password = Password()


class ShowCode(Input):
    code = Code(required=True)


class TotpSecret(Answer):
    secret = fields.String(required=True)
    uri = fields.String(required=True, metadata={"description": "The same, for a QR code."})


class RecoveryCodes(Answer):
    codes = fields.List(fields.String(), required=True)


class SayWish(Input):
    language = ours.Code(SpokenLanguage)
    mail_when = ours.Code(MailWhen)


class Wish(Answer):
    language = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: the programme's."}
    )
    mail_when = ours.Code(MailWhen, required=True)


class SignIn(Answer):
    id = fields.UUID(required=True)
    method = ours.Code(SignInMethod, required=True)
    second_factor = fields.Boolean(required=True)
    started_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    remote_address = fields.String(allow_none=True)
    user_agent = fields.String(allow_none=True)
    is_this = fields.Boolean(required=True, metadata={"description": "The one you came by."})


def with_proof(
    act: Callable[..., Any],
    path: str,
    body: type[Input],
    answer: type[Answer] | None = None,
    status: int = 200,
) -> Route:
    """A route for which something is shown to prove who it is: a password, a code, a device's answer.

    What fails must be counted, so its use case keeps its own transactions and its own record.
    """

    def respond(service: Service[Settings], actor: Actor, **arguments: Any) -> Any:
        deed = recording.current()
        deed.status = status if answer else 204  # it is on record before the answer is made
        return act(service, actor, deed, **arguments)

    respond.__name__, respond.__doc__ = act.__name__, act.__doc__
    return Route(
        "POST",
        path,
        respond,
        OWN,
        answer,
        body,
        status=status,
        own_transactions=True,
        confidential=True,
        conflict=CONFLICT,
    )


def sign_out(work: Work) -> Response:
    """Sign out: the sign-in you came by ends at once, everywhere."""
    me.sign_out(work)
    response = Response(status=204)
    take_away(response, work.settings.origin)
    return response


OWN = may.KEEP_OWN_ACCOUNT
CONFLICT = "There is one already, or none, or it was changed a moment ago."

ROUTES = [
    read("/me", me.read_me, OWN, Person),
    with_proof(me.change_password, "/me/password", ChangePassword),
    with_proof(totp.set_up_totp, "/me/totp", ShowPassword, TotpSecret),
    with_proof(totp.confirm_totp, "/me/totp/confirm", ShowCode, RecoveryCodes),
    with_proof(totp.remove_totp, "/me/totp/remove", ShowPassword),
    with_proof(totp.renew_recovery_codes, "/me/recovery-codes", ShowPassword, RecoveryCodes),
    listing("/me/sign-ins", me.list_sign_ins, OWN, SignIn),
    Route("POST", "/me/sign-ins/<uuid:sign_in_id>/end", me.end_sign_in, OWN, idempotent=True),
    Route("POST", "/me/sign-ins/end_others", me.end_other_sign_ins, OWN, idempotent=True, of_sign_in=True),
    read("/me/wish", me.read_wish, OWN, Wish),
    Route("POST", "/me/wish", me.say_wish, OWN, Wish, SayWish, idempotent=True),
    Route("POST", "/sign-out", sign_out, OWN, idempotent=True, of_sign_in=True, does=Action.EXECUTE),
]  # fmt: skip
