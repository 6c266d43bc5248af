"""The token endpoint of OAuth 2.0 (RFC 6749, client credentials) and what there is to know of it (RFC 8414).

It keeps to that standard where the standard and this API's own conventions differ: a form comes in, unknown
parameters are passed over, and a refusal is the standard's.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import Response
from marshmallow import EXCLUDE, fields, validate

from services.registry.api.token_requests import (
    ASSERTION,
    GRANT,
    UNPROVEN,
    Fault,
    Refused,
    form_sent,
    proof_in,
)
from services.registry.settings import Settings
from services.registry.use_cases.client_tokens import (
    LASTS,
    ClientUnproven,
    ScopeRefused,
    issue_token,
)
from shared.actor import SCOPES, Actor
from shared.assertions import ALGORITHMS
from shared.audit.deed import Action
from shared.http import recording
from shared.http.rate_limit import count_at_once
from shared.http.routes import Route, read
from shared.http.schemas import Answer, Input
from shared.permissions import PUBLIC
from shared.unit_of_work import Service

TOKEN = "/oauth/token"  # noqa: S105 - a path
GUESSES = 10
"""Failures in a minute for one client, whoever makes them; a right secret is taken beyond it, too."""


class TokenRequest(Input):
    class Meta:
        unknown = EXCLUDE

    grant_type = fields.String(required=True, validate=validate.OneOf([GRANT]))
    scope = fields.String(metadata={"description": "Some of the client's scopes, parted by spaces."})
    client_id = fields.String()
    client_secret = fields.String(metadata={"description": "Or in the header, as Basic authentication."})
    client_assertion_type = fields.String(validate=validate.OneOf([ASSERTION]))
    client_assertion = fields.String(
        metadata={"description": "A JWT that the client's key signed (RFC 7523)."}
    )


class Token(Answer):
    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})
    scope = fields.String(required=True)


class TokenRefusal(Answer):
    error = fields.String(required=True, validate=validate.OneOf([fault.value for fault in Fault]))
    error_description = fields.String(required=True)


class ServerMetadata(Answer):
    issuer = fields.String(required=True)
    token_endpoint = fields.String(required=True)
    grant_types_supported = fields.List(fields.String(), required=True)
    response_types_supported = fields.List(fields.String(), required=True)
    scopes_supported = fields.List(fields.String(), required=True)
    token_endpoint_auth_methods_supported = fields.List(fields.String(), required=True)
    token_endpoint_auth_signing_alg_values_supported = fields.List(fields.String(), required=True)
    service_documentation = fields.String(required=True)


def give_token(service: Service[Settings]) -> Mapping[str, Any] | Response:
    """Give a machine client an access token (OAuth 2.0 client credentials), which ends after five minutes."""
    recording.current().object_kind = "client"
    try:
        form = form_sent()
        proof = proof_in(form)
        issued = issue_token(service, proof, _endpoint(service), frozenset(form.get("scope", "").split()))
    except ClientUnproven as error:
        recording.current().object_id = error.client
        _count_guess(service, proof.identity)
        return _refusal(Fault.INVALID_CLIENT, UNPROVEN)
    except ScopeRefused as error:
        _note(error.actor)
        return _refusal(Fault.INVALID_SCOPE, str(error))
    except Refused as error:
        return _refusal(error.fault, str(error))
    _note(issued.actor)
    return {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": int(LASTS.total_seconds()),
        "scope": " ".join(sorted(issued.actor.scopes)),
    }


def read_server_metadata(service: Service[Settings]) -> Mapping[str, Any]:
    """Read how a machine client gets a token here (RFC 8414)."""
    return {
        "issuer": f"{service.settings.origin}/registry",
        "token_endpoint": _endpoint(service),
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS.values()),
        "service_documentation": f"{service.settings.origin}/registry/docs",
    }


def _endpoint(service: Service[Settings]) -> str:
    return f"{service.settings.origin}/registry{TOKEN}"


def _count_guess(service: Service[Settings], client: UUID) -> None:
    """Count a failure for the client that was named, be there one or not. Raises `TooManyRequests`."""
    named = uuid5(NAMESPACE_URL, f"guess:{client}")
    count_at_once(service.database, named, GUESSES, service.clock.now())


def _note(client: Actor) -> None:
    """Who asked is known now: the record says so."""
    deed = recording.current()
    deed.actor, deed.object_id = client, client.id


def _refusal(fault: Fault, words: str) -> Response:
    recording.current().reason = fault.value
    answer = Response(
        json.dumps({"error": fault.value, "error_description": words}),
        401 if fault is Fault.INVALID_CLIENT else 400,
        {"Cache-Control": "no-store"},
        content_type="application/json",
    )
    if fault is Fault.INVALID_CLIENT:
        answer.headers["WWW-Authenticate"] = 'Basic realm="sbs"'
    return answer


ROUTES = [
    Route(
        "POST",
        TOKEN,
        give_token,
        PUBLIC,
        Token,
        form=TokenRequest,
        refusal=TokenRefusal,
        confidential=True,
        does=Action.EXECUTE,
    ),
    read("/.well-known/oauth-authorization-server", read_server_metadata, PUBLIC, ServerMetadata),
]
