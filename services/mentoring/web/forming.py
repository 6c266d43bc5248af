"""What the forms of mentoring have in common: for whom they are, where they lead, and about whom."""

from services.mentoring.web.asking import name_of
from shared.actor import Role
from shared.web.addresses import back_page
from shared.web.client import Told
from shared.web.pages import Visit

GUIDES = (Role.MENTOR, Role.COORDINATOR)
MENTEES_PAGE = "/mentoring/pages/mentees"
GUIDED_PAGE = "/mentoring/pages/guided"
MENTORSHIP_PAGE = "/mentoring/pages/mentorships/{mentorship_id}"
PATHWAY_PAGE = "/mentoring/pages/pathways/{pathway_id}"


def back_from_man(visit: Visit) -> str:
    """From a man's page: to where one came from, else to the mentees, a mentor's own or the partner's."""
    sees_all = visit.actor is not None and visit.actor.role is Role.COORDINATOR
    return back_page(GUIDED_PAGE if sees_all else MENTEES_PAGE)


def whom(visit: Visit, thing: Told | None) -> str:
    """The name of the man whom a form is about."""
    assert thing is not None
    return name_of(visit, thing.document["shedder_id"])
