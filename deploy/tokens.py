"""Issuing tokens by command, for the people of the programme that is loaded."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Select, select

from deploy.environment import embedded_environment
from deploy.programme import Programme
from services.mentoring.models import Mentor, Mentorship
from services.referrals.models import Organisation, Referral
from services.registry.models import Ambassador, AmbassadorShed, Partner, Shed
from shared.actor import OF_AN_ORGANISATION, Actor, Role
from shared.secrets import signing_key
from shared.settings import SettingsError
from shared.tokens import Issuer
from shared.unit_of_work import Service

INTEGRATOR_SCOPES = ("events:read", "directory:read", "figures:read")


class UnknownName(Exception):
    """Nobody and nothing of this name is known."""


# Whom a role speaks for: the field of the actor, the service that knows them, and their table.
_SPEAKS_FOR: dict[str, tuple[str, str, type[Any]]] = {
    "ambassador": ("ambassador_id", "registry", Ambassador),
    "care_worker": ("organisation_id", "referrals", Organisation),
    "mentor": ("mentor_id", "mentoring", Mentor),
    "coordinator": ("partner_id", "registry", Partner),
}


def person(programme: Programme, role: str, named: str | None, scopes: Sequence[str] = ()) -> Actor:
    """The actor of a role; `named` says whom it speaks for. Raises `UnknownName`."""
    speaks_as = "care_worker" if OF_AN_ORGANISATION & set(scopes) else role
    if speaks_as not in _SPEAKS_FOR:
        return Actor(_account(role, named), Role(role), scopes=frozenset(scopes))
    field, service, model = _SPEAKS_FOR[speaks_as]
    if named is None:
        raise UnknownName(f"Say with --for whom this {role.replace('_', ' ')} speaks.")
    with programme.services[service].database.read() as session:
        found = session.scalars(select(model).where(_is_called(model, named))).first()
    if found is None:
        raise UnknownName(f"There is no such {model.__name__.lower()}: {named}.")
    return Actor(_account(role, found.id), Role(role), scopes=frozenset(scopes), **{field: found.id})


def _account(role: str, named: object) -> UUID:
    """The same person is the same account, whatever he was called by when his token was issued."""
    return uuid5(NAMESPACE_URL, f"sbs:{role}:{named or ''}")


def _is_called(model: type[Any], named: str) -> Any:
    try:
        return model.id == UUID(named)
    except ValueError:
        return model.name == named if model is Partner else model.external_ref == named


def issue(actor: Actor, lasts: timedelta) -> str:
    """A signed token. Raises `SettingsError` when there is no key to sign with."""
    path = embedded_environment(os.environ).get("SBS_SIGNING_KEY_FILE")
    if not path:
        raise SettingsError("SBS_SIGNING_KEY_FILE is not set: there is no key to sign tokens with.")
    try:
        key = signing_key(Path(path).read_text())
    except (ValueError, OSError) as error:
        raise SettingsError(f"SBS_SIGNING_KEY_FILE is not right: {error}.") from None
    return Issuer(key).issue(actor, datetime.now(UTC), lasts)


def demo_people(programme: Programme) -> dict[str, Actor]:
    """One person per role who has something to do in what is loaded, as far as there is one."""
    people = {
        "evaluator": person(programme, "evaluator", None),
        "administrator": person(programme, "administrator", None),
        "integrator": person(programme, "integrator", None, INTEGRATOR_SCOPES),
    }
    with programme.registry.database.read() as session:
        ambassador = session.execute(_DUTCH_AMBASSADOR).first()
    speak_for = {
        "ambassador": ambassador.id if ambassador else None,
        "coordinator": ambassador.partner_id if ambassador else None,
        "care_worker": _first(programme.referrals, _DUTCH_ORGANISATION),
        "mentor": _first(programme.mentoring, _MENTOR),
    }
    return people | {
        role: person(programme, role, str(found)) for role, found in speak_for.items() if found is not None
    }


def _first(service: Service[Any], wanted: Select[UUID]) -> UUID | None:
    with service.database.read() as session:
        return session.scalar(wanted)


_DUTCH_AMBASSADOR = (
    select(Ambassador.id, Ambassador.partner_id)
    .join(AmbassadorShed, AmbassadorShed.ambassador_id == Ambassador.id)
    .join(Shed, Shed.id == AmbassadorShed.shed_id)
    .where(Shed.closed_on.is_(None), Shed.country == "NL")
    .order_by(Ambassador.external_ref.nulls_last())
)
_DUTCH_ORGANISATION = (
    select(Organisation.id)
    .join(Referral, Referral.organisation_id == Organisation.id)
    .where(Organisation.country == "NL", ~Organisation.answers_by_link)
    .order_by(Organisation.external_ref.nulls_last())
)
_MENTOR = (
    select(Mentor.id)
    .join(Mentorship, Mentorship.mentor_id == Mentor.id)
    .order_by(Mentor.external_ref.nulls_last())
)
