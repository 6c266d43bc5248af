"""Where each person begins, and what he can go to from any page."""

import re
from collections.abc import Mapping

from shared.actor import Role
from shared.web.language import later as _

SIGN_IN = "/registry/pages/sign-in"
ACCOUNT = "/registry/pages/me"
DIRECTORY = "/referrals/pages/directory"
SHEDS = "/registry/pages/sheds"
PLACES: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.AMBASSADOR: (
        (_("Men"), "/registry/pages/men"),
        (_("Attendance"), "/registry/pages/sessions"),
        (_("Referrals"), "/referrals/pages/mine"),
        (_("Sheds"), SHEDS),
        (_("Directory"), DIRECTORY),
    ),
    Role.CARE_WORKER: (
        (_("Referrals"), "/referrals/pages/inbox"),
        (_("Our organisation"), "/referrals/pages/organisation"),
    ),
    Role.MENTOR: ((_("My mentees"), "/mentoring/pages/mentees"), (_("Directory"), DIRECTORY)),
    Role.COORDINATOR: (
        (_("Late or stuck"), "/referrals/pages/late"),
        (_("Referrals"), "/referrals/pages/mine"),
        (_("Work-ready"), "/mentoring/pages/readiness"),
        (_("Matching"), "/mentoring/pages/matching"),
        (_("Mentees"), "/mentoring/pages/guided"),
        (_("Stand-ins"), "/registry/pages/covers"),
        (_("Figures"), "/registry/pages/figures"),
        (_("Men"), "/registry/pages/men"),
        (_("Sheds"), SHEDS),
        (_("Directory"), DIRECTORY),
    ),
    Role.EVALUATOR: ((_("Figures"), "/registry/pages/figures"),),
    Role.ADMINISTRATOR: (
        (_("Accounts"), "/registry/pages/accounts"),
        (_("Figures"), "/registry/pages/figures"),
        (_("Parked messages"), "/registry/pages/parked"),
        (_("Directory"), DIRECTORY),
    ),
}
"""The pages that stand at the top of every page, for each role; he begins at the first."""


def places(role: Role) -> tuple[tuple[str, str], ...]:
    """What somebody in this role can go to."""
    return PLACES.get(role, ())


def home(role: Role) -> str:
    """Where somebody in this role begins."""
    found = places(role)
    return found[0][1] if found else ACCOUNT


def is_a_page_of_ours(path: str) -> bool:
    """Whether a path leads to one of our pages, with what is chosen on it or not, and nowhere else.

    It may come from anybody.
    """
    place, _mark, chosen = path.partition("?")
    is_one = re.fullmatch(r"/(registry|referrals|mentoring)/pages(/[\w-]+)+", place, re.ASCII) is not None
    return is_one and re.fullmatch(r"[\w=&%.+-]*", chosen, re.ASCII) is not None
