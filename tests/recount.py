"""What must be true when the dust has settled: everything that was promised is there once, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.mentoring.models import KnownConsent as ConsentInMentoring
from services.mentoring.models import KnownMembership as KnownInMentoring
from services.mentoring.models import Mentor, Mentorship, Obstacle, Pathway
from services.referrals.domain.lifecycles import ReferralState
from services.referrals.models import KnownConsent as ConsentInReferrals
from services.referrals.models import KnownMembership as KnownInReferrals
from services.referrals.models import Referral
from services.registry.models import (
    Consent,
    Membership,
    MentorFact,
    MentorshipFact,
    PathwayFact,
    ReferralFact,
    Shedder,
    TimelineEntry,
)
from shared.messaging.outbox import OutboxRow
from tests.builders.people import Programme101
from tests.traffic import Done

Sessions = dict[str, Session]


@contextmanager
def reading(live: Programme101) -> Iterator[Sessions]:
    """A session in each service's database."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(service.database.read())
            for name, service in live.world.programme.services.items()
        }


def amiss(sessions: Sessions, done: Iterable[Done]) -> Iterator[tuple[str, str, str]]:
    """Each answered change that is not there once, in every service that must know it.

    Each as (lost or doubled, what, the fault before its answer).
    """
    there = _Everything(sessions)
    for one in done:
        for what, fault in one.told.items():
            for place, count in there.counts(one, what):
                if count != 1:
                    yield "doubled" if count > 1 else "lost", f"{one.name}: {what} in {place}", fault


class _Everything:
    """How often everything is there, read at once: there may be thousands of men."""

    def __init__(self, sessions: Sessions) -> None:
        registry, referrals, mentoring = (sessions[name] for name in ("registry", "referrals", "mentoring"))
        self.names = _counted(registry, Shedder.known_as)
        self.timeline = _counted(registry, TimelineEntry.shedder_id, TimelineEntry.what)
        self.consents = _counted(registry, Consent.shedder_id, Consent.purpose)
        self.states = _pairs(referrals, Referral.id, Referral.state)
        self.facts = _pairs(registry, ReferralFact.referral_id, ReferralFact.state)
        self.obstacles = _pairs(mentoring, Obstacle.referral_id, Obstacle.state)
        self.known = {
            "referrals": _counted(referrals, KnownInReferrals.shedder_id),
            "mentoring": _counted(mentoring, KnownInMentoring.shedder_id),
        }
        self.agreed = {
            "referrals": _counted(referrals, ConsentInReferrals.shedder_id, ConsentInReferrals.purpose),
            "mentoring": _counted(mentoring, ConsentInMentoring.shedder_id, ConsentInMentoring.purpose),
        }
        self.mentoring = {
            kind: (_counted(mentoring, own), _counted(registry, told))
            for kind, own, told in (
                ("mentor", Mentor.id, MentorFact.mentor_id),
                ("mentorship", Mentorship.id, MentorshipFact.mentorship_id),
                ("pathway", Pathway.id, PathwayFact.pathway_id),
            )
        }

    def counts(self, one: Done, what: str) -> Iterator[tuple[str, int]]:
        """Where a change must be, and how often it is there."""
        kind, _, state = what.partition(".")
        if kind == "shedder":
            yield "registry", self.names[(one.name,)]
            yield "timeline", self.timeline[(one.man, what)]
            yield from ((service, known[(one.man,)]) for service, known in self.known.items())
        elif kind == "consent":
            purpose = state.partition(" ")[2]
            yield "registry", self.consents[(one.man, purpose)]
            yield from ((service, known[(one.man, purpose)]) for service, known in self.agreed.items())
        elif kind == "referral":
            yield "timeline", self.timeline[(one.man, what)]
            if state == one.state:
                for place, states in (
                    ("referrals", self.states),
                    ("figures", self.facts),
                    ("obstacles", self.obstacles),
                ):
                    # Further than he knows: his next step was taken, and the answer did not reach him.
                    yield place, int(_reached(states.get(one.referral), state))
        else:
            own, told = self.mentoring[kind]
            yield "mentoring", own[(getattr(one, kind),)]
            yield "registry", told[(getattr(one, kind),)]
            if kind != "mentor":
                yield "timeline", self.timeline[(one.man, what)]


ROAD = ("requested", "received", "accepted")


def _reached(found: str | None, state: str) -> bool:
    return found in ROAD and ROAD.index(found) >= ROAD.index(state)


def disagreements(sessions: Sessions) -> list[str]:
    """What one service knows otherwise than the service that told it; answered or not makes no difference."""
    registry, referrals, mentoring = (sessions[name] for name in ("registry", "referrals", "mentoring"))
    sent = Referral.requested_on.is_not(None)
    pairs: dict[str, tuple[Any, Any]] = {
        "memberships in referrals": (
            _counted(registry, Membership.shedder_id, Membership.shed_id),
            _counted(referrals, KnownInReferrals.shedder_id, KnownInReferrals.shed_id),
        ),
        "memberships in mentoring": (
            _counted(registry, Membership.shedder_id, Membership.shed_id),
            _counted(mentoring, KnownInMentoring.shedder_id, KnownInMentoring.shed_id),
        ),
        "consents in referrals": (
            _counted(registry, Consent.id, Consent.purpose),
            _counted(referrals, ConsentInReferrals.consent_id, ConsentInReferrals.purpose),
        ),
        "consents in mentoring": (
            _counted(registry, Consent.id, Consent.purpose),
            _counted(mentoring, ConsentInMentoring.consent_id, ConsentInMentoring.purpose),
        ),
        "referrals in the figures": (
            _counted(referrals, Referral.id, Referral.state, where=sent),
            _counted(registry, ReferralFact.referral_id, ReferralFact.state),
        ),
        "referrals on timelines": (
            _counted(referrals, Referral.id, where=sent),
            _counted(registry, TimelineEntry.subject_id, where=TimelineEntry.what == "referral.requested"),
        ),
        "mentors": (_counted(mentoring, Mentor.id), _counted(registry, MentorFact.mentor_id)),
        "mentorships": (
            _counted(mentoring, Mentorship.id, Mentorship.state),
            _counted(registry, MentorshipFact.mentorship_id, MentorshipFact.state),
        ),
        "pathways": (_counted(mentoring, Pathway.id), _counted(registry, PathwayFact.pathway_id)),
    }
    return [
        f"{what}: {sum((told - known).values())} lost, {sum((known - told).values())} too many"
        for what, (told, known) in pairs.items()
        if told != known
    ]


def gaps(sessions: Sessions) -> list[str]:
    """Feeds whose positions are not 1, 2, 3, ..."""
    found = []
    for name, session in sessions.items():
        rows, last = session.execute(select(func.count(), func.max(OutboxRow.position))).one()
        if rows != last:
            found.append(f"{name}: {rows} events, the last at {last}")
    return found


def wrong_figures(live: Programme101, sessions: Sessions) -> dict[str, Any]:
    """Figures that are answered otherwise than a recount of what the services themselves hold."""
    place = f"/registry/figures?partner_id={live.partner_id}"
    told = live.coordinator.get(place).json
    referrals, mentoring = sessions["referrals"], sessions["mentoring"]
    states = select(Referral.state, func.count()).where(Referral.requested_on.is_not(None))
    by_state = {str(state): n for state, n in referrals.execute(states.group_by(Referral.state))}
    men = sessions["registry"].scalar(select(func.count(Membership.shedder_id.distinct())))
    trained = select(func.count()).where(Mentor.trained_on.is_not(None), Mentor.partner_id == live.partner_id)
    recount = {
        "men": men,
        "requested": sum(by_state.values()),
        "by_state": by_state,
        "trained": mentoring.scalar(trained),
    }
    figures = {
        "men": told["men"]["taking_part"],
        "requested": told["referrals"]["requested"],
        "by_state": told["referrals"]["by_state"],
        "trained": told["mentors"]["trained"],
    }
    return {name: (figures[name], recount[name]) for name in recount if figures[name] != recount[name]}


def refused_and_there(sessions: Sessions, names: set[str]) -> list[str]:
    """What was refused and is there all the same: men by their names, and referrals that went where nobody
    may take them, in any service or on its feed."""
    registry, referrals = sessions["registry"], sessions["referrals"]
    men = registry.scalars(select(Shedder.known_as).where(Shedder.known_as.in_(names)))
    found = [f"a man: {name}" for name in men]
    never = set(ReferralState) - {ReferralState.DRAFT, *ROAD}
    told = {f"org.sbs.referral.{state}.v1" for state in never}
    for what, session, query in (
        ("a referral", referrals, select(Referral.id).where(Referral.state.in_(never))),
        ("an event", referrals, select(OutboxRow.event_id).where(OutboxRow.type.in_(told))),
        ("a figure", registry, select(ReferralFact.referral_id).where(ReferralFact.state.in_(never))),
    ):
        found += [f"{what}: {thing}" for thing in session.scalars(query)]
    return found


def _counted(session: Session, *columns: Any, where: Any = True) -> Counter[tuple[str, ...]]:
    return Counter(tuple(map(str, row)) for row in session.execute(select(*columns).where(where)))


def _pairs(session: Session, key: Any, value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in session.execute(select(key, value))}
