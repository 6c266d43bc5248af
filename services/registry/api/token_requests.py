"""What a request for a token says (RFC 6749, 2.3 and 4.4; RFC 7523), and how its client proves itself."""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import unquote_plus

from flask import request

from services.registry.use_cases.client_tokens import Proof
from shared.assertions import NotProven, named_by
from shared.http.openapi_forms import FORM

GRANT = "client_credentials"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
UNPROVEN = "There is no such client, or this does not prove that it is the one."


class Fault(StrEnum):
    """The errors of RFC 6749, 5.2, that there can be here."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class Refused(Exception):
    """A request for a token is refused; the message is for people."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


def form_sent() -> Mapping[str, str]:
    """The parameters that say something. One that comes twice is refused; unknown ones are passed over.

    Raises `Refused`.
    """
    if request.mimetype != FORM:
        raise Refused(Fault.INVALID_REQUEST, f"Send a form, as {FORM}.")
    if any(len(values) > 1 for values in request.form.listvalues()):
        raise Refused(Fault.INVALID_REQUEST, "A parameter is there twice.")
    form = {name: value for name, value in request.form.items() if value}
    if "grant_type" not in form:
        raise Refused(Fault.INVALID_REQUEST, "There is no grant_type.")
    if form["grant_type"] != GRANT:
        raise Refused(Fault.UNSUPPORTED_GRANT_TYPE, f"The grant_type must be {GRANT}.")
    return form


def proof_in(form: Mapping[str, str]) -> Proof:
    """How the client proves itself: in exactly one way. Raises `Refused`."""
    by_header = "Authorization" in request.headers
    ways = (by_header, "client_secret" in form, "client_assertion" in form)
    if sum(ways) > 1:
        raise Refused(Fault.INVALID_REQUEST, "A client proves itself in one way at a time.")
    if by_header:
        return _of_header(form)
    if "client_assertion" in form:
        return _of_assertion(form)
    if "client_secret" not in form or "client_id" not in form:
        raise Refused(Fault.INVALID_CLIENT, "The client does not prove itself.")
    return Proof(form["client_id"], secret=form["client_secret"])


def _of_header(form: Mapping[str, str]) -> Proof:
    """From Basic authentication, in which both parts are encoded as in a form (RFC 6749, 2.3.1)."""
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Refused(Fault.INVALID_CLIENT, "A client proves itself by Basic authentication, or in the form.")
    client_id = unquote_plus(given.username)
    _agree(form, client_id)
    return Proof(client_id, secret=unquote_plus(given.password))


def _of_assertion(form: Mapping[str, str]) -> Proof:
    if form.get("client_assertion_type") != ASSERTION:
        raise Refused(Fault.INVALID_REQUEST, f"The client_assertion_type must be {ASSERTION}.")
    try:
        client_id = named_by(form["client_assertion"])
    except NotProven:
        raise Refused(Fault.INVALID_CLIENT, UNPROVEN) from None
    _agree(form, client_id)
    return Proof(client_id, assertion=form["client_assertion"])


def _agree(form: Mapping[str, str], client_id: str) -> None:
    """The form may name the client besides, and no other: who proves himself is who is meant."""
    if form.get("client_id", client_id) != client_id:
        raise Refused(Fault.INVALID_REQUEST, "The client_id is not the one that proves itself.")
