"""The histories of referrals and appointments, as each side may read them."""

from typing import Any

from services.referrals.domain import permissions as may
from shared.actor import Actor
from shared.http.history_api import HistoryEntry


class ReferralHistory(HistoryEntry):
    """What one side wrote for itself, the other does not read."""

    def shown_to(self, actor: Actor, thing: Any) -> frozenset[str] | None:
        return self._shown(actor, thing, thing.thing)

    def _shown(self, actor: Actor, entry: Any, referral: Any) -> frozenset[str] | None:
        gone = referral.is_consent_withdrawn
        return self.without(
            may.hidden_of_step(may.speaks_as(actor), entry.actor_role, consent_withdrawn=gone)
        )


class AppointmentHistory(ReferralHistory):
    def shown_to(self, actor: Actor, thing: Any) -> frozenset[str] | None:
        return self._shown(actor, thing, thing.thing.referral)
