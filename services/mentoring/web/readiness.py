"""Ready for work, by pages: one proposes it or takes that back, a second person confirms or says not yet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.mentoring.api.mentorships import Remark as OnlyRemark
from services.mentoring.api.mentorships import Stop
from services.mentoring.api.pathways import Confirm, DeclineReadiness, ProposeReadiness
from services.mentoring.domain.codes import StopReason
from services.mentoring.web.forming import GUIDES, MENTEES_PAGE, PATHWAY_PAGE, whom
from services.mentoring.web.mentorships import REMARK
from services.mentoring.web.steps import ONE as STEP
from services.mentoring.web.steps import with_titles
from shared.actor import Role
from shared.http.schemas import Input
from shared.web.addresses import back_page, with_back
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import starts_today
from shared.web.forms import Ask, codes_in_words
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Visit

ONE = "/mentoring/pathways/{pathway_id}"


def _proposing(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """A coordinator may ask another mentor; a mentor knows none here, and leaves it to a coordinator."""
    assert visit.actor is not None
    assert thing is not None
    day = Ask("proposed_on", _("Which day?"))
    if visit.actor.role is not Role.COORDINATOR:
        return (day,)
    mentors = [
        (one["id"], one["name"])
        for one in whole_list(visit, "/mentoring/mentors")
        if one["id"] != thing.document["mentor_id"] and not set(one["not_matchable"]) - {"is_full"}
    ]
    hint = _("Leave it open, and another coordinator confirms.")
    asking = Ask("asked_to_confirm", _("Which mentor confirms it?"), hint, choices=mentors)
    return (day, asking) if mentors else (day,)


def _stopping(_visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    why = codes_in_words(StopReason, "reason", [StopReason.PARTICIPANT_ERASED])
    return (Ask("reason", _("Why?"), choices=why), REMARK)


def _his_steps(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """Each step with what shows it, and in which role that was recorded: he confirms what he saw."""
    assert thing is not None
    steps = whole_list(visit, f"{ONE.format(pathway_id=thing.document['id'])}/steps")
    return {**with_titles({"steps": steps}), "roles": _who_recorded(visit, steps)}


def _who_recorded(visit: Visit, steps: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The role of each who recorded evidence, as the history of the steps has it; most are one person's."""
    assert visit.actor is not None
    roles = {str(visit.actor.id): visit.actor.role.value}
    for step in steps:
        if any(shown["recorded_by"] not in roles for shown in step["evidence"]):
            history = whole_list(visit, f"{STEP.format(step_id=step['id'])}/history")
            roles |= {entry["actor_id"]: entry["actor_role"] for entry in history}
    return roles


def _after_answering(visit: Visit, told: Told) -> str:
    """Back to the man, unless a mentor was asked about a man who is not his."""
    assert visit.actor is not None
    own = visit.actor.role is Role.COORDINATOR or told.document["mentor_id"] == str(visit.actor.mentor_id)
    man = with_back(PATHWAY_PAGE.format(pathway_id=told.document["id"]), back_page())
    return man if own else MENTEES_PAGE


def _doing(name: str, schema: type[Input], title: str, button: str, *asks: Ask, **options: Any) -> FormPage:
    return FormPage(
        f"pathway_{name}", f"/pathways/{{pathway_id}}/{name}", f"{ONE}/{name}", schema, title, button, GUIDES,
        PATHWAY_PAGE, asks=options.pop("asks", asks), about=ONE, whom=whom, **options,
    )  # fmt: skip


def _is_not_asked(told: Told) -> bool:
    """Whether nobody is asked to confirm it: it was done, or taken back."""
    return told.document["readiness_proposed_on"] is None


_CONFIRM = Ask("confirmed_on", _("Which day?"))
_CONFIRMS: dict[str, Any] = {
    "starts_with": starts_today("confirmed_on"),
    "goes_to": _after_answering,
    "template": "confirm.html",
    "shows": _his_steps,
    "lead": _("You are the second person who says so. Look at every step first."),
}

FORMS = [
    _doing("prepare", OnlyRemark, _("Begin preparing"), _("Begin"), REMARK),
    _doing(
        "propose_readiness", ProposeReadiness, _("Is he ready for work?"), _("Propose it"), asks=_proposing,
        lead=_("You propose it. A second person looks at it, and confirms."),
        starts_with=starts_today("proposed_on"),
    ),
    _doing(
        "confirm", Confirm, _("Confirm that he is ready for work"), _("He is ready"), _CONFIRM, REMARK,
        **_CONFIRMS, is_over=_is_not_asked,
    ),
    _doing(
        "reconfirm", Confirm, _("Confirm that he is still ready for work"), _("He is still ready"), _CONFIRM,
        REMARK, **_CONFIRMS,
    ),
    _doing(
        "decline_readiness", DeclineReadiness, _("He is not ready for work yet"), _("Not yet"),
        Ask("why", _("Why not yet?"), _("His mentor reads it on this man's page, and goes on from there.")),
        goes_to=_after_answering, is_over=_is_not_asked,
    ),
    _doing(
        "take_back_readiness", OnlyRemark, _("Take back that he is ready for work"), _("Take it back"),
        REMARK, lead=_("You can propose it again later."),
    ),
    _doing(
        "stop", Stop, _("Stop his way to work"), _("Stop"), asks=_stopping, warns=True,
        lead=_("You can begin a new one later. That he has a mentor does not end by this."),
    ),
]  # fmt: skip

PAGES = pages_of(FORMS)
