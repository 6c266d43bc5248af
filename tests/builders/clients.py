"""How a program asks for a token: by a form, with a secret or with an assertion that its key signed."""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from joserfc import jwk, jws

from shared.http.openapi_forms import FORM
from tests.world import Answer, World

TOKEN = "/registry/oauth/token"
ENDPOINT = f"http://127.0.0.1:8000{TOKEN}"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
UNPROVEN = {
    "error": "invalid_client",
    "error_description": "There is no such client, or this does not prove that it is the one.",
}


def ask_token(
    world: World,
    *,
    basic: tuple[str, str] | None = None,
    raw: bytes | None = None,
    content_type: str | None = FORM,
    **form: str,
) -> Answer:
    """Ask for a token with a form; a client in `basic` proves itself by the header."""
    form = {"grant_type": "client_credentials"} | form
    headers = {}
    if basic is not None:
        parts = ":".join(quote(part, safe="") for part in basic)
        headers["Authorization"] = "Basic " + base64.b64encode(parts.encode()).decode()
    body = urlencode(form).encode() if raw is None else raw
    return world.anonymous().send("POST", TOKEN, raw=body, content_type=content_type, headers=headers)


def by_form(client: dict[str, Any], **changed: str) -> dict[str, str]:
    """The form of a client that was just registered, with its secret."""
    return {"client_id": client["id"], "client_secret": client["secret"]} | changed


def is_refused_as(answer: Answer, error: str) -> bool:
    """Whether it is refused in the shape of RFC 6749, 5.2."""
    return (
        answer.status == (401 if error == "invalid_client" else 400)
        and answer.json.keys() == {"error", "error_description"}
        and answer.json["error"] == error
        and answer.headers["Cache-Control"] == "no-store"
        and ("WWW-Authenticate" in answer.headers) == (answer.status == 401)
    )


def a_key(kind: str = "Ed25519") -> Any:
    """A new private key."""
    return (
        jwk.OKPKey.generate_key("Ed25519", private=True)
        if kind == "Ed25519"
        else jwk.ECKey.generate_key(kind, private=True)
    )


def claims_of(client_id: str, world: World, **changed: Any) -> dict[str, Any]:
    """What an assertion of a client says; `changed` is said instead, and what is None is left out."""
    now = int(world.clock.now().timestamp())
    claims = {"iss": client_id, "sub": client_id, "aud": ENDPOINT, "iat": now, "exp": now + 60}
    claims |= {"jti": str(uuid4())} | changed
    return {name: value for name, value in claims.items() if value is not None}


def signed(
    client_id: str, key: Any, world: World, *, header: dict[str, Any] | None = None, **changed: Any
) -> dict[str, str]:
    """The form of a client that proves itself by its key."""
    alg = {"OKP": "Ed25519", "EC": "ES256", "oct": "HS256"}[key.as_dict()["kty"]]
    payload = json.dumps(claims_of(client_id, world, **changed)).encode()
    made = jws.serialize_compact({"alg": alg} | (header or {}), payload, key, algorithms=[alg])
    return {"client_assertion_type": BEARER, "client_assertion": made}


def forged(client_id: str, key: Any, world: World, header: dict[str, Any]) -> dict[str, str]:
    """A rightly signed assertion under a header that no library would make."""
    parts = [b64(json.dumps(part).encode()) for part in (header, claims_of(client_id, world))]
    parts.append(b64(key.raw_value.sign(".".join(parts).encode())))
    return {"client_assertion_type": BEARER, "client_assertion": ".".join(parts)}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
