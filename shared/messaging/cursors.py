"""How far a service has applied each producer's feed."""

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database.columns import SharedBase
from shared.messaging.events import Delivered, FeedUnavailable


class ConsumerCursor(SharedBase):
    """How far this service has applied a producer's feed, and which life of that feed it was."""

    __tablename__ = "consumer_cursor"

    producer: Mapped[str] = mapped_column(String(60), primary_key=True)
    epoch: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(BigInteger, default=0)


def locked(session: Session, producer: str) -> ConsumerCursor:
    """The cursor of a producer, locked until the transaction ends; made when it is met first."""
    wanted = select(ConsumerCursor).where(ConsumerCursor.producer == producer).with_for_update()
    cursor = session.scalars(wanted).one_or_none()
    if cursor is None:
        cursor = ConsumerCursor(producer=producer, epoch=None, position=0)
        session.add(cursor)
        session.flush()
    return cursor


def must_follow(cursor: ConsumerCursor, one: Delivered) -> None:
    """Raises `FeedUnavailable` when another process has begun to follow a new life of the feed meanwhile."""
    if one.position != cursor.position + 1 or (one.event and one.event.epoch != cursor.epoch):
        raise FeedUnavailable("The cursor was moved meanwhile: what is here may be of another epoch.")
