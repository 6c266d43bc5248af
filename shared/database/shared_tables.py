"""The metadata of the tables that every service's database has, with all of them imported."""

from shared.database.columns import SharedBase
from shared.http.idempotency import StoredAnswer
from shared.messaging.consumer import ConsumerCursor
from shared.messaging.outbox import FeedState, OutboxRow
from shared.messaging.parked import ParkedEvent

metadata = SharedBase.metadata

__all__ = ["ConsumerCursor", "FeedState", "OutboxRow", "ParkedEvent", "StoredAnswer", "metadata"]
