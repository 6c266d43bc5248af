"""What a care worker does with a referral, each a form: one press where nothing is to be said."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request

from services.referrals.api.referrals import Complete, Decline, Fail, Remark, Reopen, Waitlist
from services.referrals.domain.lifecycles import TO_COME
from shared.actor import Role
from shared.http.schemas import Input
from shared.web.client import Told
from shared.web.doubts import Doubt
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import day, gettext
from shared.web.language import later as _
from shared.web.pages import Visit
from shared.web.words import word

CARE_WORKER = (Role.CARE_WORKER,)
ONE = "/referrals/referrals/{referral_id}"
PAGE = "/referrals/pages/referrals/{referral_id}"
PRESSES = ("open", "accept", "start")
"""The actions that are one press on the referral's page. Each has its form too, for a remark."""
REMARK = Ask("remark", _("A remark"), _("Only your own organisation reads it."), rows=2)

ENDS_APPOINTMENTS = _("An appointment that is still to come is cancelled by this.")
DECLINE = (
    Ask(
        "reason",
        _("Why?"),
        _("Who sent it sees the reason, and can look for another organisation."),
        thing="reason",
    ),
    REMARK,
)


def _needs(_visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    need = thing.document.get("need_category")
    return (
        Ask("outcomes.0.need_category", _("The need"), choices=((need, word(need)),), hidden=True),
        Ask("outcomes.0.result", _("What came of it?"), thing="result"),
        Ask(
            "sentence",
            _("A sentence for who referred him"),
            _("In plain words, and nothing clinical: he is a volunteer."),
            rows=3,
        ),
    )


def _need(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return {"outcomes.0.need_category": thing.document.get("need_category", "")}


def _answer(name: str, schema: type[Input], title: str, button: str, *asks: Ask, **options: Any) -> FormPage:
    return FormPage(
        name, f"/referrals/{{referral_id}}/{name}", f"{ONE}/{name}", schema, title, button,
        options.pop("roles", CARE_WORKER), PAGE, asks=options.pop("asks", asks), about=ONE, **options,
    )  # fmt: skip


def _still_booked(visit: Visit, _values: Mapping[str, Any]) -> Doubt | None:
    """That he who waits for a place again has an appointment, and cannot be told if it is moved."""
    assert request.view_args is not None
    told = visit.ask(f"{ONE.format(**request.view_args)}/appointments").document["items"]
    today = visit.service.clock.today().isoformat()
    booked = [one for one in told if one["state"] in TO_COME and one["day"] >= today]
    if not booked:
        return None
    first = day(date.fromisoformat(min(one["day"] for one in booked)))
    return Doubt("expected_on", ",".join(one["id"] for one in booked), gettext(_STILL_BOOKED, day=first))


_STILL_BOOKED = _(
    "He has an appointment on %(day)s, which stays booked; but his name and how to reach him are hidden "
    "until you accept him again. If that is right, press the button once more."
)

FORMS = [
    _answer("open", Remark, _("Mark it as received"), _("It is received"), REMARK),
    _answer("accept", Remark, _("Accept this referral"), _("Accept"), REMARK),
    _answer("start", Remark, _("Start"), _("It has started"), REMARK),
    _answer(
        "complete", Complete, _("Report how it ended"), _("It is done"), asks=_needs, starts_with=_need,
        lead=ENDS_APPOINTMENTS,
    ),
    _answer(
        "waitlist", Waitlist, _("Put him on the waiting list"), _("Put him on the list"),
        Ask("expected_on", _("When do you expect a place?")), REMARK, doubts=_still_booked,
    ),
    _answer(
        "decline", Decline, _("Decline this referral"), _("Decline"),
        *DECLINE, warns=True,
    ),
    _answer(
        "fail", Fail, _("It came to nothing"), _("Note that it came to nothing"),
        Ask("reason", _("Why?"), thing="reason"),
        Ask("sentence", _("A sentence for who referred him"), rows=3),
        REMARK, warns=True, lead=ENDS_APPOINTMENTS,
    ),
    _answer(
        "reopen", Reopen, _("Take it up again"), _("Take it up"),
        Ask("reason", _("Why?"), thing="reason"), REMARK,
        roles=(Role.CARE_WORKER, Role.COORDINATOR),
    ),
]  # fmt: skip

PAGES = pages_of(FORMS)
