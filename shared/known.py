"""What the registry's events tell about sheds, men and consents, as services other than it keep it.

Each such service declares the tables with its own base and takes the handlers; both are written once.
Only identifiers, codes and dates are here: nobody's name is known outside the registry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared.messaging.consumer import Handler, Told
from shared.messaging.events import Event
from shared.unit_of_work import UnitOfWork

ACTIVE, REPLACED, WITHDRAWN = "active", "replaced", "withdrawn"


class KnownShedColumns:
    __tablename__ = "known_shed"

    shed_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(index=True)
    country: Mapped[str] = mapped_column(String(2))
    closed_on: Mapped[date | None]


class KnownMembershipColumns:
    """That a man belongs, or belonged, to a shed."""

    __tablename__ = "known_membership"

    shedder_id: Mapped[UUID] = mapped_column(primary_key=True)
    shed_id: Mapped[UUID] = mapped_column(primary_key=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class KnownConsentColumns:
    __tablename__ = "known_consent"

    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    shedder_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[UUID | None]
    given_on: Mapped[date]
    expires_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:
        return (Index("ix_known_consent_shedder", "shedder_id", "purpose", "organisation_id"),)


@dataclass(frozen=True)
class Known:
    """The three tables of one service, and what it asks of them."""

    shed: type[Any]
    membership: type[Any]
    consent: type[Any]

    def consents(
        self, session: Session, shedder_id: UUID, purpose: str, organisation_id: UUID | None, today: date
    ) -> Sequence[Any]:
        """A man's active consents for a purpose (and recipient), locked against a withdrawal meanwhile."""
        consent = self.consent
        statement = (
            select(consent)
            .where(
                consent.shedder_id == shedder_id,
                consent.purpose == purpose,
                consent.organisation_id == organisation_id,
                consent.state == ACTIVE,
                consent.expires_on.is_(None) | (consent.expires_on >= today),
            )
            .with_for_update(read=True)
        )
        return session.scalars(statement).all()

    def sheds_of(self, session: Session, shedder_id: UUID) -> Sequence[Any]:
        """The sheds that a man belongs to now, the one he joined last first."""
        statement = (
            select(self.shed)
            .join(self.membership, self.membership.shed_id == self.shed.shed_id)
            .where(self.membership.shedder_id == shedder_id, self.membership.left_on.is_(None))
            .order_by(self.membership.joined_on.desc(), self.shed.shed_id)
        )
        return session.scalars(statement).all()

    def any_shed_of(self, session: Session, shedder_id: UUID) -> Any | None:
        """A man's present shed, else the one he belonged to last; None when nothing of him has arrived."""
        statement = (
            select(self.shed)
            .join(self.membership, self.membership.shed_id == self.shed.shed_id)
            .where(self.membership.shedder_id == shedder_id)
            .order_by(self.membership.left_on.is_(None).desc(), self.membership.joined_on.desc())
        )
        return session.scalars(statement.limit(1)).one_or_none()

    def handlers(self) -> list[Handler]:
        """What to do when the registry tells of sheds, memberships and consents."""
        return [
            Handler("shed.opened", _ShedOpened, self._shed_opened),
            Handler("shed.closed", _ShedClosed, self._shed_closed),
            Handler("shedder.registered", _Joined, self._joined),
            Handler("shedder.joined", _Joined, self._joined),
            Handler("shedder.left", _Left, self._left),
            Handler("consent.given", _ConsentGiven, self._consent_given),
            Handler("consent.withdrawn", ConsentWithdrawn, self._consent_withdrawn),
        ]

    def _shed_opened(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        if work.session.get(self.shed, told["shed_id"]) is None:
            work.session.add(self.shed(**told))

    def _shed_closed(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        work.session.get_one(self.shed, told["shed_id"]).closed_on = told["closed_on"]

    def _joined(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        membership = work.session.get(self.membership, (told["shedder_id"], told["shed_id"]))
        if membership is None:
            work.session.add(self.membership(**told))
        else:
            membership.joined_on, membership.left_on = told["joined_on"], None

    def _left(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        membership = work.session.get_one(self.membership, (told["shedder_id"], told["shed_id"]))
        membership.left_on = told["left_on"]

    def _consent_given(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        replaced = told.pop("replaces")
        if replaced is not None:
            earlier = work.session.get(self.consent, replaced)
            if earlier is not None and earlier.state == ACTIVE:
                earlier.state = REPLACED
        if work.session.get(self.consent, told["consent_id"]) is None:
            work.session.add(self.consent(state=ACTIVE, **told))

    def _consent_withdrawn(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        work.session.get_one(self.consent, told["consent_id"], with_for_update=True).state = WITHDRAWN
        work.session.flush()


class _ShedOpened(Told):
    shed_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    country = fields.String(required=True)


class _ShedClosed(Told):
    shed_id = fields.UUID(required=True)
    closed_on = fields.Date(required=True)


class _Joined(Told):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    joined_on = fields.Date(required=True)


class _Left(Told):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    left_on = fields.Date(required=True)


class _ConsentGiven(Told):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    given_on = fields.Date(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    replaces = fields.UUID(required=True, allow_none=True)


class ConsentWithdrawn(Told):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    withdrawn_on = fields.Date(required=True)


def extended(handlers: Sequence[Handler], **then: Any) -> list[Handler]:
    """The handlers, each followed by what a service does besides: `consent_withdrawn=withdraw_referrals`."""
    return [
        Handler(handler.name, handler.reads, _in_turn(handler.handle, then[name]), handler.version)
        if (name := handler.name.replace(".", "_")) in then
        else handler
        for handler in handlers
    ]


def _in_turn(first: Any, second: Any) -> Any:
    def both(work: UnitOfWork[Any], event: Event, told: dict[str, Any]) -> None:
        first(work, event, dict(told))
        second(work, event, told)

    return both
