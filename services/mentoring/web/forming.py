"""What the forms of mentoring have in common: for whom they are, where they lead, and about whom."""

from services.mentoring.web.asking import name_of
from shared.actor import Role
from shared.web.client import Told
from shared.web.pages import Visit

GUIDES = (Role.MENTOR, Role.COORDINATOR)
MENTEES_PAGE = "/mentoring/pages/mentees"
MENTORSHIP_PAGE = "/mentoring/pages/mentorships/{mentorship_id}"
PATHWAY_PAGE = "/mentoring/pages/pathways/{pathway_id}"


def whom(visit: Visit, thing: Told | None) -> str:
    """The name of the man whom a form is about."""
    assert thing is not None
    return name_of(visit, thing.document["shedder_id"])
