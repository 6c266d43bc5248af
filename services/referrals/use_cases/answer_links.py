"""Links by which a small organisation answers a referral without an account: written, sent, forgotten.

An organisation may ask for them. Each comes by e-mail to the organisation's own address, with a new one for
each thing that waits for it; using one is told in `answering_by_link`.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from services.referrals.domain.lifecycles import AWAITING_ANSWER, ReferralState
from services.referrals.models import AnswerLink, Organisation, Referral
from services.referrals.settings import Settings, Work
from services.referrals.use_cases.answer_link_words import SUBJECT, Why, text_of
from shared.actor import system_actor
from shared.erased import not_erased
from shared.languages import LANGUAGES, translated
from shared.mail import MailServer
from shared.mailing import KEPT, NO_SECRET, is_unsent, send_one
from shared.secrets import ANSWER_LINK_PLACE, hash_of, new_secret
from shared.unit_of_work import Service
from shared.worker import Timer

LASTS = timedelta(days=14)
"""How long a link works after the day by which the answer was promised, or after today if that is over."""
ANSWERABLE = AWAITING_ANSWER | {ReferralState.WAITLISTED}
"""What can be accepted, declined or asked about: by a link no more than that is done."""


def give_answer_link(work: Work, referral: Referral, why: Why) -> None:
    """Write the organisation of a referral a link to answer it by, if it wants that; an earlier one ends.

    It is a part of what happened: the e-mail is written if and when that is committed.
    """
    organisation = work.session.get_one(Organisation, referral.organisation_id)
    address = organisation.links_go_to
    if address is None or referral.state not in ANSWERABLE or not work.settings.sends_mail:
        return
    earlier = update(AnswerLink).where(
        AnswerLink.referral_id == referral.id, AnswerLink.used_at.is_(None), AnswerLink.ended_at.is_(None)
    )
    work.session.execute(earlier.values(NO_SECRET | {"ended_at": work.now}))
    to_come = max(timedelta(), (referral.answer_due_on or work.today) - work.today)
    secret, works_until = new_secret(), work.now + to_come + LASTS
    place = f"{work.settings.origin}{ANSWER_LINK_PLACE}/{secret}"
    language = next((one for one in organisation.languages if one in LANGUAGES), work.settings.language)
    work.session.add(
        AnswerLink(
            referral_id=referral.id,
            sent_to=address,
            secret_hash=hash_of(secret),
            works_until=works_until,
            subject=translated(language, SUBJECT),
            text=text_of(language, why, place, referral.answer_due_on, works_until),
            written_at=work.now,
            try_at=work.now,
        )
    )


def write_new_links(work: Work, organisation: Organisation) -> None:
    """Links go to an address from now on: one for each referral that waits there for an answer."""
    waiting = (
        select(Referral)
        .where(
            Referral.organisation_id == organisation.id,
            Referral.state.in_(ANSWERABLE),
            not_erased(Referral.shedder_id),
        )
        .order_by(Referral.id)
        .with_for_update()
    )
    work.session.flush()
    for referral in work.session.scalars(waiting).all():
        give_answer_link(work, referral, Why.CAME)


def send_answer_link(service: Service[Settings], server: MailServer) -> int:
    """Hand in one link that is due: 1, or 0 when none is."""
    return send_one(service, server, AnswerLink, _addressed(), **NO_SECRET)


def goes_there() -> ColumnElement[bool]:
    """Whether a link was written for the address that links of its organisation go to now."""
    goes_to = (
        select(Organisation.id)
        .join(Referral, Referral.organisation_id == Organisation.id)
        .where(
            Referral.id == AnswerLink.referral_id,
            Organisation.answers_by_link,
            Organisation.email == AnswerLink.sent_to,
        )
    )
    return goes_to.exists()


def _addressed() -> Select[AnswerLink, str]:
    """The links that are still of use, each with the address that it goes to."""
    return select(AnswerLink, AnswerLink.sent_to).where(_is_of_use())


def _is_of_use() -> ColumnElement[bool]:
    answerable = select(Referral.id).where(Referral.state.in_(ANSWERABLE), not_erased(Referral.shedder_id))
    return (
        AnswerLink.used_at.is_(None)
        & AnswerLink.ended_at.is_(None)
        & AnswerLink.referral_id.in_(answerable)
        & goes_there()
    )


def waiting_links(session: Session, _today: date) -> int:
    """How many links are written and not sent."""
    unsent = _addressed().where(is_unsent(AnswerLink)).subquery()
    return session.scalar(select(func.count()).select_from(unsent)) or 0


def forget_answer_links(work: Work) -> None:
    """A link goes thirty days after its day; within the hour its secret, once it is of no use."""
    over = (AnswerLink.works_until < work.now) | AnswerLink.given_up_at.is_not(None) | ~_is_of_use()
    still_there = AnswerLink.text != NO_SECRET["text"]
    work.session.execute(update(AnswerLink).where(over, still_there).values(NO_SECRET))
    work.session.execute(delete(AnswerLink).where(AnswerLink.works_until < work.now - KEPT))


def forgetting_links_timer(service: Service[Settings]) -> Timer:
    """Forgets every hour."""

    def run() -> None:
        with service.begin(system_actor()) as work:
            forget_answer_links(work)

    return Timer("forget_links", 3600.0, run)
