"""An organisation that wants to answer by links, and what its e-mails hold."""

import re
from uuid import UUID

from sqlalchemy import select

from services.referrals.models import AnswerLink
from tests.builders.people import Programme101
from tests.world import World

ADDRESS = "intake@small.example.org"


def wants_links(programme: Programme101) -> None:
    """The programme's organisation asks for a link with each referral."""
    place = f"/referrals/organisations/{programme.organisation_id}"
    programme.administrator.patch(place, {"email": ADDRESS, "answers_by_link": True})


def links_of(world: World, referral: str) -> list[AnswerLink]:
    """The links that were written for a referral (its id, or where it is), the first one first."""
    with world.work("referrals") as work:
        of_it = select(AnswerLink).where(AnswerLink.referral_id == UUID(referral.rpartition("/")[2]))
        return list(work.session.scalars(of_it.order_by(AnswerLink.written_at, AnswerLink.id)))


def secret_in(link: AnswerLink) -> str:
    """The secret in a link's e-mail."""
    found = re.search(r"/answer/([\w-]+)", link.text)
    assert found is not None, link.text
    return found[1]


def secret_for(world: World, referral: str) -> str:
    """The secret of the newest link of a referral."""
    return secret_in(links_of(world, referral)[-1])
