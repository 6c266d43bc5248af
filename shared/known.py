"""What the registry's events tell about sheds, men and consents, as services other than it keep it.

Each such service declares the tables with its own base and takes the handlers; both are written once.
Only identifiers, codes and dates are here: nobody's name is known outside the registry.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Select, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared.database.finding import batches
from shared.database.upsert import upsert
from shared.erased import ErasedSubject, not_erased
from shared.known_events import ConsentGiven, ConsentWithdrawn, Joined, Left, ShedClosed, ShedOpened
from shared.messaging.events import Event
from shared.messaging.handlers import Handler
from shared.messaging.projections import Projection
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


def _active(consent: type[Any], purpose: Any, today: Any) -> list[ColumnElement[bool]]:
    in_time = consent.expires_on.is_(None) | (consent.expires_on >= today)
    return [consent.purpose == purpose, consent.state == ACTIVE, in_time]


def _active_consents(consent: type[Any], *, named: bool) -> Select[Any]:
    recipient = consent.organisation_id
    return (
        select(consent)
        .where(
            consent.shedder_id == bindparam("shedder_id"),
            recipient == bindparam("organisation_id") if named else recipient.is_(None),
            *_active(consent, bindparam("purpose"), bindparam("today")),
        )
        .with_for_update(read=True)
    )


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
        asked = {"shedder_id": shedder_id, "purpose": purpose, "today": today}
        statement = self._active_consents[organisation_id is not None]
        return session.scalars(statement, asked | {"organisation_id": organisation_id}).all()

    @cached_property
    def _active_consents(self) -> Mapping[bool, Select[Any]]:
        """Whether they name a recipient: none is another condition than one."""
        return {named: _active_consents(self.consent, named=named) for named in (True, False)}

    def agreed(
        self, session: Session, men: Collection[UUID], purpose: str, today: date
    ) -> set[tuple[UUID, UUID | None]]:
        """Of these men, who consents to a purpose today, and for which recipient (None: it has none)."""
        agreed: set[tuple[UUID, UUID | None]] = set()
        for some in batches(men):
            statement = select(self.consent.shedder_id, self.consent.organisation_id).where(
                self.consent.shedder_id.in_(some), *_active(self.consent, purpose, today)
            )
            agreed.update(session.execute(statement))
        return agreed

    def active(self, purpose: str, today: date) -> list[ColumnElement[bool]]:
        """That a consent is to this purpose, and holds today."""
        return _active(self.consent, purpose, today)

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

    def is_known_to(self, session: Session, shedder_id: UUID, partner_id: UUID | None) -> bool:
        """Whether a man belongs, or belonged, to a shed of this partner."""
        member = self.membership
        belonged = (
            select(member.shed_id)
            .join(self.shed, self.shed.shed_id == member.shed_id)
            .where(member.shedder_id == shedder_id, self.shed.partner_id == partner_id)
        )
        return session.scalar(belonged.limit(1)) is not None

    def may_know(self, work: UnitOfWork[Any], shedder_id: UUID) -> bool:
        """Whether the man belongs, or belonged, to a shed of the caller's partner."""
        if work.actor.is_system:
            return work.session.get(ErasedSubject, shedder_id) is None
        statement = (
            select(self.membership.shed_id)
            .join(self.shed, self.shed.shed_id == self.membership.shed_id)
            .where(
                self.membership.shedder_id == shedder_id,
                self.shed.partner_id == work.actor.partner_id,
                not_erased(self.membership.shedder_id),
            )
        )
        return work.session.scalar(statement.limit(1)) is not None

    def handlers(self) -> list[Handler]:
        """What to do when the registry tells of sheds, memberships and consents."""
        return [
            Handler("shed.opened", ShedOpened, self._shed_opened),
            Handler("shed.closed", ShedClosed, self._shed_closed),
            Handler("shedder.registered", Joined, self._joined),
            Handler("shedder.joined", Joined, self._joined),
            Handler("shedder.left", Left, self._left),
            Handler("consent.given", ConsentGiven, self._consent_given),
            Handler("consent.withdrawn", ConsentWithdrawn, self._consent_withdrawn),
        ]

    def projections(self) -> list[Projection]:
        """The three tables, which can be made anew of the registry's events."""
        return [
            Projection(self.shed, ("shed_id",)),
            Projection(self.membership, ("shedder_id", "shed_id")),
            Projection(self.consent, ("consent_id",)),
        ]

    def _shed_opened(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know the shed, its partner and its country."""
        upsert(work.session, self.shed, told, update=("partner_id", "country"))

    def _shed_closed(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know that the shed is closed."""
        work.session.execute(
            update(self.shed).where(self.shed.shed_id == told["shed_id"]).values(closed_on=told["closed_on"])
        )

    def _joined(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know that the man belongs to the shed."""
        upsert(work.session, self.membership, told | {"left_on": None})

    def _left(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know that he belongs to it no more."""
        work.session.execute(
            update(self.membership)
            .where(
                self.membership.shedder_id == told["shedder_id"], self.membership.shed_id == told["shed_id"]
            )
            .values(left_on=told["left_on"])
        )

    def _consent_given(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know what he consents to, in the place of an earlier consent to the same."""
        replaced = told.pop("replaces")
        if replaced is not None:
            work.session.execute(
                update(self.consent)
                .where(self.consent.consent_id == replaced, self.consent.state == ACTIVE)
                .values(state=REPLACED)
            )
        # Told again, it must not undo a withdrawal that came after it.
        upsert(work.session, self.consent, told | {"state": ACTIVE}, update=())

    def _consent_withdrawn(self, work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Know that he consents to it no more."""
        # Heard of before it was given, it must be there to stand against that.
        withdrawn = {**told, "state": WITHDRAWN, "given_on": told["withdrawn_on"]}
        del withdrawn["withdrawn_on"]
        upsert(work.session, self.consent, withdrawn, update=("state",))


def extended(handlers: Sequence[Handler], **then: Any) -> list[Handler]:
    """The handlers, each followed by what a service does besides: `consent_withdrawn=withdraw_referrals`."""
    unknown = then.keys() - {handler.name.replace(".", "_") for handler in handlers}
    if unknown:
        raise ValueError(f"There is no such event: {sorted(unknown)}.")
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

    both.__doc__ = second.__doc__
    return both
