"""What mentor and man do together, each a form: the first meeting, a session, a pause, the end."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from services.mentoring.api.mentorships import Activate, NoteSession, Pause, Reject, Stop
from services.mentoring.api.mentorships import Remark as OnlyRemark
from services.mentoring.api.pathways import Enrol
from services.mentoring.domain.codes import PauseReason, RejectReason, StopReason
from services.mentoring.domain.lifecycles import TAKES_ROOM
from services.mentoring.web.asking import man_of
from services.mentoring.web.forming import (
    GUIDES,
    MENTEES_PAGE,
    MENTORSHIP_PAGE,
    PATHWAY_PAGE,
    back_from_man,
    whom,
)
from shared.actor import Role
from shared.http.schemas import Input
from shared.web.addresses import back_page, with_back
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import starts_today
from shared.web.forms import Ask, codes_in_words
from shared.web.language import later as _
from shared.web.lists import named
from shared.web.pages import Page, Visit

ONE = "/mentoring/mentorships/{mentorship_id}"
REMARK = Ask("remark", _("A remark"), rows=2)

Asks = Callable[[Visit, Told | None], Sequence[Ask]]


def mentorship(visit: Visit, mentorship_id: UUID) -> Response:
    """A mentorship: the page of the man's pathway, where he has one; else what can be done before that."""
    told = visit.ask(ONE.format(mentorship_id=mentorship_id))
    one = told.document
    pathways = visit.ask("/mentoring/pathways", shedder_id=one["shedder_id"], limit=1).document["items"]
    if pathways:
        place = PATHWAY_PAGE.format(pathway_id=pathways[0]["id"])
        return visit.go(with_back(place, back_page()), request.args.get("said"))
    return visit.show(
        "mentorship.html",
        mentorship=one,
        back=back_from_man(visit),
        **man_of(visit, one["shedder_id"]),
        **together(visit, one),
    )


def together(visit: Visit, one: Any) -> dict[str, Any]:
    """What a page shows of a mentorship: the last sessions, and what may be done with it."""
    path = ONE.format(mentorship_id=one["id"])
    return {
        "sessions": visit.ask(f"{path}/sessions", limit=5).document["items"],
        "mentor_name": _mentor(visit, one["mentor_id"]),
        "match_actions": [action["action"] for action in one["available_actions"]],
    }


def _mentor(visit: Visit, mentor_id: str) -> str:
    """The mentor's name, for a coordinator who may know him; a mentor needs not be told his own."""
    return named(visit, "/mentoring/mentors", [mentor_id]).get(mentor_id, "") if _sees_all(visit) else ""


def _on(visit: Visit, told: Told) -> str:
    """Back to the man; to one's mentees when he is no longer one of them."""
    if told.document["state"] in TAKES_ROOM or _sees_all(visit):
        return MENTORSHIP_PAGE.format(mentorship_id=told.document["id"])
    return MENTEES_PAGE


def _sees_all(visit: Visit) -> bool:
    return visit.actor is not None and visit.actor.role is Role.COORDINATOR


def _why(codes: Any, *but: Any) -> Asks:
    def asks(_visit: Visit, _thing: Told | None) -> Sequence[Ask]:
        return (Ask("reason", _("Why?"), choices=codes_in_words(codes, "reason", but)), REMARK)

    return asks


def _rejecting(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    reasons = _why(RejectReason, RejectReason.PARTICIPANT_ERASED)(visit, thing)
    return (Ask("rejected_by", _("Who said no?")), *reasons)


def _doing(name: str, schema: type[Input], title: str, button: str, *asks: Ask, **options: Any) -> FormPage:
    return FormPage(
        f"mentorship_{name}", f"/mentorships/{{mentorship_id}}/{name}", f"{ONE}/{name}", schema, title,
        button, GUIDES, MENTORSHIP_PAGE, asks=options.pop("asks", asks), about=ONE, whom=whom, goes_to=_on,
        **options,
    )  # fmt: skip


def _this_one(visit: Visit, thing: Told | None) -> dict[str, Any]:
    assert thing is not None
    return {**starts_today("enrolled_on")(visit, thing), "mentorship_id": thing.document["id"]}


def _to_pathway(_visit: Visit, told: Told) -> str:
    return PATHWAY_PAGE.format(pathway_id=told.document["id"])


FORMS = [
    FormPage(
        "note_session", "/mentorships/{mentorship_id}/session", f"{ONE}/sessions", NoteSession,
        _("Note a session"), _("Note it"), GUIDES, MENTORSHIP_PAGE, about=ONE, whom=whom,
        asks=(
            Ask("minutes", _("How many minutes?")),
            Ask("mode", _("How?")),
            Ask("held_on", _("Which day?")),
            Ask("note", _("A few words"), _("What was it about? Nothing about his health."), rows=2),
            Ask("next_action", _("What you agreed on"), rows=2),
            Ask("next_on", _("When do you meet again?")),
        ),
        starts_with=starts_today("held_on", mode="in_person"),
    ),
    FormPage(
        "enrol", "/mentorships/{mentorship_id}/enrol", "/mentoring/pathways", Enrol,
        _("Begin his way to work"), _("Begin"), GUIDES, MENTORSHIP_PAGE, about=ONE, whom=whom,
        asks=(Ask("mentorship_id", "", hidden=True), Ask("enrolled_on", _("From which day?"))),
        starts_with=_this_one, goes_to=_to_pathway,
        lead=_("He gets the steps that make a man ready for work. You tick them off together."),
    ),
    _doing(
        "activate", Activate, _("The first meeting"), _("We begin"),
        Ask("shedder_said_yes", _("Does he say yes?")), Ask("mentor_said_yes", _("Does the mentor say yes?")),
        Ask("began_on", _("Which day?")), REMARK, starts_with=starts_today("began_on"),
    ),
    _doing(
        "reject", Reject, _("It is not a match"), _("Note that it is no match"), asks=_rejecting, warns=True
    ),
    _doing(
        "pause", Pause, _("Pause the mentoring"), _("Pause"),
        asks=_why(PauseReason, PauseReason.CONSENT_WITHDRAWN),
    ),
    _doing("resume", OnlyRemark, _("Go on after the pause"), _("Go on"), REMARK),
    _doing(
        "complete", OnlyRemark, _("The aim is reached"), _("End the mentoring"), REMARK,
        lead=_("The mentor does not see him here any more after this."),
    ),
    _doing(
        "stop", Stop, _("Stop the mentoring"), _("Stop"),
        asks=_why(StopReason, StopReason.PARTICIPANT_ERASED), warns=True,
        lead=_("The mentor does not see him here any more after this."),
    ),
]  # fmt: skip

PAGES = [Page("/mentorships/<uuid:mentorship_id>", mentorship, frozenset(GUIDES)), *pages_of(FORMS)]
