"""Signing in over HTTP, for whoever is not signed in yet: by a password, and by a link that works once."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields

from services.registry.api.account_fields import Code, Email, Password
from services.registry.api.me import Person
from services.registry.domain.codes import LinkPurpose
from services.registry.settings import Settings
from services.registry.use_cases import links, signing_in
from services.registry.use_cases.sign_ins import Browser
from services.registry.use_cases.signing_in import SignedIn
from shared.actor import Role, system_actor
from shared.audit.deed import Action
from shared.http import fields as ours
from shared.http import recording
from shared.http.rendering import json_answer, represent
from shared.http.routes import Route
from shared.http.schemas import Answer, Input
from shared.http.sign_in_cookie import give
from shared.permissions import PUBLIC
from shared.text import storable
from shared.unit_of_work import Service


class SignInWithPassword(Input):
    email = Email(required=True)
    password = Password()
    code = Code()


class LookAtLink(Input):
    secret = ours.Secret()


class UseLink(Input):
    secret = ours.Secret()
    password = Password(new=True)


class LinkSeen(Answer):
    purpose = ours.Code(LinkPurpose, required=True)
    works_until = fields.AwareDateTime(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = ours.Code(Role, required=True)


def sign_in(service: Service[Settings], *, values: Mapping[str, Any]) -> Response:
    """Sign in with a password, and a code where one is needed; the cookie that is set stands for it."""
    return signed_in(service, signing_in.sign_in(service, recording.current(), browser(), values=values))


def use_link(service: Service[Settings], *, values: Mapping[str, Any]) -> None:
    """Choose a password by a link, which is used up; every sign-in of the account ends."""
    links.use_link(service, recording.current(), values=values)


def look_at_link(service: Service[Settings], *, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Look what a link is for; it is not used by looking."""
    return links.look_at_link(service, values=values)


def browser() -> Browser:
    """Where the request comes from, and with what."""
    return Browser(recording.current().remote_address, storable(request.user_agent.string))


def signed_in(service: Service[Settings], result: SignedIn) -> Response:
    """Who has signed in, with the cookie that stands for it."""
    response = json_answer(represent(result.person, system_actor(), _PERSON))
    give(response, service.settings.origin, result.secret)
    return response


_PERSON = Person()

ROUTES = [
    Route("POST", "/links/look", look_at_link, PUBLIC, LinkSeen, LookAtLink),
    Route("POST", "/links/use", use_link, PUBLIC, None, UseLink, confidential=True),
    Route(
        "POST", "/sign-ins", sign_in, PUBLIC, Person, SignInWithPassword,
        confidential=True, does=Action.EXECUTE,
    ),
]  # fmt: skip
