"""Machine clients over HTTP, for an administrator."""

from typing import Any

from marshmallow import fields, validate

from services.registry.domain import permissions as may
from services.registry.domain.clients import CLIENT, ClientAction, ClientState
from services.registry.queries import lists, visible
from services.registry.use_cases import client_credentials, clients
from shared.actor import SCOPES, Actor
from shared.http.fields import Code, Line, several
from shared.http.history_api import history_route
from shared.http.routes import Route, action, change, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Nothing, Paged

JWK = {"description": "An Ed25519 public key as a JWK (RFC 8037), or one on the curve P-256 (RFC 7518)."}


def _scopes(**options: Any) -> fields.List[Any]:
    one = fields.String(validate=validate.OneOf(SCOPES))
    return several(one, most=len(SCOPES), **options)


class RegisterClient(Input):
    name = Line(required=True)
    scopes = _scopes(required=True)
    organisation_id = fields.UUID(metadata={"description": "The care organisation that it speaks for."})
    partner_id = fields.UUID(metadata={"description": "The partner that it speaks for."})
    jwk = fields.Dict(keys=fields.String(), metadata=JWK)


class ChangeClient(Input):
    name = Line()
    scopes = _scopes()


class AddKey(Input):
    jwk = fields.Dict(keys=fields.String(), required=True, metadata=JWK)


class Credential(Answer):
    id = fields.UUID(required=True)
    added_on = fields.Date(required=True)
    last_used_on = fields.Date(required=True, allow_none=True)
    retired_on = fields.Date(required=True, allow_none=True)


class ClientSecret(Credential):
    """A secret, without the secret."""


class ClientKey(Credential):
    kid = fields.String(required=True)
    jwk = fields.Dict(required=True)


class Client(LifecycleAnswer):
    lifecycle = CLIENT
    path = "/registry/clients/{id}"

    id = fields.UUID(required=True, metadata={"description": "Its `client_id` for a token."})
    name = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    partner_id = fields.UUID(required=True, allow_none=True)
    scopes = fields.List(fields.String(), required=True)
    state = Code(ClientState, required=True)
    registered_by = fields.UUID(required=True)
    revoked_on = fields.Date(required=True, allow_none=True)
    secrets = fields.List(fields.Nested(ClientSecret), required=True)
    keys = fields.List(fields.Nested(ClientKey), required=True)
    secret = fields.String(metadata={"description": "Shown once, when it was made."})

    def shown_to(self, _actor: Actor, thing: Any) -> frozenset[str] | None:
        return self.without(frozenset({"secret"}) if thing.secret is None else frozenset())


class ClientQuery(Paged):
    state = Code(ClientState)
    organisation_id = fields.UUID()
    partner_id = fields.UUID()


_ONE = "/clients/<uuid:client_id>"
_TWO = "There are two valid ones already, or the client was revoked."

ROUTES = [
    listing("/clients", lists.list_clients, may.KEEP_CLIENTS, Client, ClientQuery),
    create("/clients", clients.register_client, may.KEEP_CLIENTS, RegisterClient, Client, confidential=True),
    read(_ONE, clients.read_client, may.KEEP_CLIENTS, Client),
    change(_ONE, clients.change_client, may.KEEP_CLIENTS, ChangeClient, Client),
    transition(f"{_ONE}/revoke", clients.revoke_client, CLIENT, ClientAction.REVOKE, Nothing, Client),
    Route(
        "POST",
        f"{_ONE}/add_secret",
        client_credentials.add_secret,
        may.KEEP_CLIENTS,
        Client,
        Nothing,
        changes=True,
        confidential=True,
        conflict=_TWO,
    ),
    action(
        f"{_ONE}/secrets/<uuid:secret_id>/retire",
        client_credentials.retire_secret,
        may.KEEP_CLIENTS,
        Nothing,
        Client,
    ),
    action(f"{_ONE}/add_key", client_credentials.add_key, may.KEEP_CLIENTS, AddKey, Client),
    action(
        f"{_ONE}/keys/<uuid:key_id>/retire",
        client_credentials.retire_key,
        may.KEEP_CLIENTS,
        Nothing,
        Client,
    ),
    history_route(_ONE, CLIENT, visible.clients, may.KEEP_CLIENTS),
]
