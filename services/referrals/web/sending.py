"""What the sending side does with a referral: what leaves, sending, sending on, withdrawing, correcting."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from services.referrals.api.referrals import ChangeDraft, Correct, Remark, SendOn, Withdraw
from services.referrals.domain.codes import WithdrawReason
from services.referrals.domain.lifecycles import SENDABLE_ON, ReferralState
from shared.actor import Role
from shared.http.schemas import Input
from shared.web.client import Refusal, Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask, codes_in_words
from shared.web.language import later as _
from shared.web.lists import country_of, named
from shared.web.pages import Visit
from shared.web.spoken import languages
from shared.web.words import word

SENDERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
ONE = "/referrals/referrals/{referral_id}"
REFERRAL = "/referrals/pages/referrals/{referral_id}"
REMARK = Ask("remark", _("A remark"), _("The organisation does not read it."), rows=2)


def offered(referral: Mapping[str, Any], role: Role) -> list[str]:
    """What a sender may do next with a referral, as the names of these forms."""
    if role not in SENDERS:
        return []
    available = [action["action"] for action in referral["available_actions"]]
    drafting = ["change_draft"] if referral["state"] == ReferralState.DRAFT else []
    on = ["send_on"] if referral["state"] in SENDABLE_ON else []
    return drafting + on + [form.name for form in FORMS if form.name in available]


def _leaves(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    told = thing.document.get("disclosure") or {}
    spoken = languages([thing.document.get("language"), told.get("language")])
    country = country_of(visit, thing.document["shed_id"])
    return (
        Ask("disclosure.name", _("His name"), autocomplete="off"),
        Ask("disclosure.phone", _("Telephone"), country=country, autocomplete="off"),
        Ask(
            "disclosure.address", _("Address"),
            _("Give it if he cannot be called. One of the two is needed."), autocomplete="off",
        ),
        Ask("disclosure.language", _("Which language does he speak best?"), choices=spoken),
        Ask("disclosure.best_time_to_call", _("Best time to call"), autocomplete="off"),
        Ask(
            "reason_in_words", _("Why does he look for help?"),
            _("In his own words, and no more than he wants them to know."),
        ),
        Ask("neighbourhood", _("Neighbourhood"), _("The organisation sees this at once.")),
        Ask("urgency", _("How soon?"), needed=True),
    )  # fmt: skip


def _as_drafted(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """What the draft says already; at first, what the registry knows of him."""
    assert thing is not None
    draft = thing.document
    told = draft.get("disclosure") or _known(visit, draft["shedder_id"])
    start = {f"disclosure.{name}": value or "" for name, value in told.items()}
    own = {name: draft.get(name) or "" for name in ("reason_in_words", "neighbourhood", "urgency")}
    return start | own


def _known(visit: Visit, shedder_id: str) -> dict[str, Any]:
    man = visit.ask(f"/registry/shedders/{shedder_id}").document
    # They stand in no order: of several, only he can say which one he speaks best.
    spoken = man["languages"] if len(man["languages"]) == 1 else []
    return {
        "name": man["known_as"],
        "phone": man["phone"],
        "address": None if man["phone"] else man["address"],
        "language": spoken[0] if spoken else "",
    }


def _same_language(values: dict[str, Any]) -> None:
    """The language that helps an organisation decide is the one to call him in."""
    spoken = values.get("disclosure", {}).get("language")
    if spoken:
        values["language"] = spoken


def _all_of_it(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """The service it goes to, and whether he agreed to it."""
    assert thing is not None
    one = thing.document
    organisation = visit.ask(f"/referrals/organisations/{one['organisation_id']}").document
    return {
        "service_asked": visit.ask(f"/referrals/services/{one['service_id']}").document,
        "organisation": organisation,
        "has_agreed": _has_agreed(visit, one),
    }


def _has_agreed(visit: Visit, referral: Mapping[str, Any]) -> bool:
    """Whether the registry holds his consent for this organisation; the API asks it again when it is sent."""
    try:
        told = visit.ask(f"/registry/shedders/{referral['shedder_id']}/consents", limit=200)
    except Refusal as refusal:
        if refusal.status in (404, 503):
            return False
        raise
    return any(
        one["state"] == "active" and one["organisation_id"] == referral["organisation_id"]
        for one in told.document["items"]
    )


def _others(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """The other services for the same need in the same place, each with whether it takes referrals now."""
    assert thing is not None
    before = visit.ask(f"/referrals/services/{thing.document['service_id']}").document
    alike = {name: before[name] for name in ("need_category", "country", "municipality")}
    found = visit.ask("/referrals/services", **alike, limit=200).document["items"]
    names = named(visit, "/referrals/organisations", (one["organisation_id"] for one in found))
    choices = [
        (one["id"], _described(one, names.get(one["organisation_id"], "–")))
        for one in found
        if one["id"] != before["id"]
    ]
    return (Ask("service_id", _("To which service?"), choices=choices),)


def _described(service: Mapping[str, Any], organisation: str) -> str:
    return f"{service['name']}, {organisation}: {word(service['taking_referrals'], 'taking').lower()}"


def _why_withdrawn(_visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    """Why, without the reason that only erasing him gives."""
    why = codes_in_words(WithdrawReason, "reason", but=[WithdrawReason.PARTICIPANT_ERASED])
    return (Ask("reason", _("Why?"), choices=why), REMARK)


def to_draft(_visit: Visit, told: Told) -> str:
    """On to what leaves, the third step."""
    return f"{REFERRAL.format(referral_id=told.document['id'])}/change_draft"


def _to_look(_visit: Visit, told: Told) -> str:
    """On to the last step; or back to the second, by the button that keeps what was typed."""
    step = "refer/service" if request.form.get("then") == "service" else "send"
    return f"{REFERRAL.format(referral_id=told.document['id'])}/{step}"


def was_sent(told: Told) -> bool:
    """Whether it is a draft no more: what is asked of one is over."""
    return bool(told.document["state"] != ReferralState.DRAFT)


def _step(
    name: str, schema: type[Input], title: str, button: str, *asks: Ask, to: str | None = None, **options: Any
) -> FormPage:
    return FormPage(
        name, f"/referrals/{{referral_id}}/{name}", to or f"{ONE}/{name}", schema, title, button,
        options.pop("roles", SENDERS), REFERRAL, asks=options.pop("asks", asks), about=ONE, **options,
    )  # fmt: skip


FORMS = [
    _step(
        "change_draft", ChangeDraft, _("What may they know of him?"), _("Go on"), to=ONE, method="PATCH",
        asks=_leaves, starts_with=_as_drafted, completes=_same_language, goes_to=_to_look,
        lead=_("Ask him. Only what stands here leaves, and nothing leaves yet."), template="leaves.html",
        is_over=was_sent,
    ),
    _step(
        "send", Remark, _("Look at it together"), _("Send it"), shows=_all_of_it, template="send.html",
        is_over=was_sent,
    ),
    _step(
        "send_on", SendOn, _("Try another service"), _("Go on"), asks=_others, goes_to=to_draft,
        lead=_("What you wrote is kept. You can change it before it goes."), template="send_on.html",
    ),
    _step(
        "withdraw", Withdraw, _("Withdraw this referral"), _("Withdraw it"),
        asks=_why_withdrawn, warns=True,
    ),
    _step(
        "correct", Correct, _("It was entered in error"), _("Mark it so"),
        Ask("reason", _("What is wrong with it?"), thing="reason"), REMARK,
        roles=(Role.COORDINATOR,), warns=True,
    ),
]  # fmt: skip

PAGES = pages_of(FORMS)
