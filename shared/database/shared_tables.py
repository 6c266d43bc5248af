"""The metadata of the tables that every service's database has, with all of them imported."""

from shared.audit.records import AuditRecord, AuditSeal, AuditSubject
from shared.database.columns import SharedBase
from shared.erased import ErasedSubject, HeldSubject
from shared.history import HistoryEntry
from shared.http.idempotency import StoredAnswer
from shared.http.rate_limit import RequestCount
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.outbox import FeedState, OutboxRow
from shared.messaging.parked import ParkedEvent
from shared.web.kept_forms import KeptForm

metadata = SharedBase.metadata

__all__ = [
    "AuditRecord",
    "AuditSeal",
    "AuditSubject",
    "ConsumerCursor",
    "ErasedSubject",
    "FeedState",
    "HeldSubject",
    "HistoryEntry",
    "KeptForm",
    "OutboxRow",
    "ParkedEvent",
    "RequestCount",
    "StoredAnswer",
    "metadata",
]
