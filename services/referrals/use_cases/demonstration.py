"""What a demonstration lets be looked at that elsewhere nobody sees."""

from sqlalchemy import select

from services.referrals.models import AnswerLink, Organisation, Referral
from services.referrals.settings import Settings
from shared.errors import NotFound
from shared.mailing import NO_SECRET
from shared.unit_of_work import Service


def last_mail(service: Service[Settings]) -> list[tuple[AnswerLink, str]]:
    """The e-mails with links that were written last, each with whom it is to. Raises `NotFound`."""
    if not service.settings.is_demonstration:
        raise NotFound
    with service.database.read() as session:
        written = (
            select(AnswerLink, Organisation.name)
            .join(Referral, Referral.id == AnswerLink.referral_id)
            .join(Organisation, Organisation.id == Referral.organisation_id)
            .where(AnswerLink.text != NO_SECRET["text"])
            .order_by(AnswerLink.written_at.desc(), AnswerLink.id)
            .limit(50)
        )
        return [(mail, name) for mail, name in session.execute(written)]
