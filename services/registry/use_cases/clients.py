"""Machine clients: registered, changed and revoked by an administrator, for whoever runs the program."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.clients import CLIENT, ClientAction, ClientState, scopes_fault
from services.registry.models import Client, Partner
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.client_credentials import give_key, give_secret, to_change
from shared.database.finding import assign, find
from shared.errors import FieldError, InvalidInput
from shared.history import entry


def register_client(work: Work, *, values: Mapping[str, Any]) -> Client:
    """Register a machine client. Without a public key it gets a secret, which is shown this once."""
    work.require(may.KEEP_CLIENTS)
    client = Client(
        name=values["name"],
        registered_by=work.actor.id,
        created_at=work.now,
        **_owner(work, values),
        scopes=[],
    )
    _allow(client, values["scopes"])
    work.session.add(client)
    work.session.flush()
    if "jwk" in values:
        give_key(work, client, values["jwk"])
    else:
        give_secret(work, client)
    work.record("client.registered", client.id, _told_of(work, client))
    return client


def read_client(work: Work, *, client_id: UUID) -> Client:
    """Read one machine client: what it may, for whom, and when it last proved who it is."""
    client = find(work.session, visible.clients(work.actor), client_id)
    work.require(may.KEEP_CLIENTS)
    return client


def change_client(work: Work, *, client_id: UUID, values: Mapping[str, Any]) -> Client:
    """Change a machine client's name or scopes. Tokens that it has keep the old ones until they end."""
    client = to_change(work, client_id)
    work.expect_version(client)
    _allow(client, values.get("scopes", client.scopes))
    assign(client, values, ("name",))
    return client


def revoke_client(work: Work, *, client_id: UUID, values: Mapping[str, Any]) -> Client:
    """Revoke a machine client: it gets no token any more; the last one it got ends within minutes."""
    client = find(work.session, visible.clients(work.actor), client_id, for_change=True)
    step = work.step(CLIENT, client, ClientAction.REVOKE)
    dict(values)  # nothing is asked for, but what was sent must be right
    work.session.add(entry(work, client.id, step, client.state))
    client.state, client.revoked_on = ClientState(step.target), work.today
    work.session.flush()
    work.record(step.event, client.id, _told_of(work, client))
    return client


def _owner(work: Work, values: Mapping[str, Any]) -> dict[str, UUID]:
    """Whom it speaks for: a care organisation, a partner, or nobody but the programme itself."""
    named = {name: values[name] for name in ("organisation_id", "partner_id") if name in values}
    if len(named) > 1:
        raise InvalidInput([FieldError((name,), "A client speaks for one of them.") for name in named])
    partner_id = named.get("partner_id")
    if partner_id and work.session.scalar(select(Partner.id).where(Partner.id == partner_id)) is None:
        raise InvalidInput.on("partner_id", "There is no such partner.")
    return named


def _allow(client: Client, scopes: list[str]) -> None:
    fault = scopes_fault(scopes, organisation_id=client.organisation_id, partner_id=client.partner_id)
    if fault is not None:
        raise InvalidInput.on("scopes", fault)
    client.scopes = sorted(scopes)


def _told_of(work: Work, client: Client) -> dict[str, Any]:
    return {"client_id": client.id, "state": client.state, "on": work.today}
