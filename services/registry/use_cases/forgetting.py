"""What of proving who one is is kept no longer than it is needed for; the audit says who came and when."""

from datetime import timedelta

from sqlalchemy import delete, or_

from services.registry.models import Link, SignIn
from services.registry.settings import Settings, Work
from services.registry.use_cases.attempts import forget_old_attempts
from services.registry.use_cases.challenges import forget_old_challenges
from services.registry.use_cases.client_tokens import forget_assertions
from services.registry.use_cases.link_mail import forget_link_mail
from services.registry.use_cases.mail import forget_mail
from services.registry.use_cases.openid import forget_pending
from shared.actor import system_actor
from shared.unit_of_work import Service
from shared.worker import Timer

KEPT = timedelta(days=30)


def forget_what_is_over(work: Work) -> None:
    """Delete what counts no more: failures, challenges, ended assertions, who never came back.

    Sign-ins and links that are over go after thirty days.
    """
    forget_old_attempts(work)
    forget_old_challenges(work)
    forget_pending(work)
    forget_assertions(work)
    forget_mail(work)
    before = work.now - KEPT
    lapsed = SignIn.started_at < before - work.settings.sign_in_longest
    work.session.execute(delete(SignIn).where(or_(SignIn.ended_at < before, lapsed)))
    forget_link_mail(work, before)
    work.session.execute(delete(Link).where(Link.works_until < before))


def forgetting_proofs_timer(service: Service[Settings]) -> Timer:
    """Forgets every hour."""

    def run() -> None:
        with service.begin(system_actor()) as work:
            forget_what_is_over(work)

    return Timer("forget_proofs", 3600.0, run)
