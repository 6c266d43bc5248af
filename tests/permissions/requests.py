"""A right request for every route: what a person would send, about the things that are given."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from tests.builders.accounts import ANOTHER, PASSWORD

Things = Mapping[str, str]
PLACE = {"country": "NL", "municipality": "Den Haag"}
A_PUBLIC_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
"""The example of RFC 8037, A.2."""
MONDAY = "2030-03-04T10:00:00+00:00"

QUERIES: dict[str, Callable[[Things], str]] = {
    "read_figures": lambda own: f"?partner_id={own['partner']}",
}

UPLOADS: dict[str, Callable[[Things], tuple[str, str]]] = {
    "registry": lambda own: (
        "sheds.csv",
        "shed_ref,partner,country,municipality,name,focus,opened_on\n"
        f"S9,{own['partner_name']},NL,Den Haag,Ninth,sport,2020-01-01\n",
    ),
    "referrals": lambda _own: (
        "organisations.csv",
        "organisation_ref,name,country,municipality,service_ref,service_name,need_category,promised_days,"
        "taking_referrals,languages\nO9,Ninth,NL,Den Haag,D9,Intake,debt,5,yes,nl\n",
    ),
    "mentoring": lambda _own: (
        "mentors.csv",
        "mentor_ref,name,country,municipality,capacity,trained_on,vog_on,sectors,languages\n"
        "K9,Ninth,NL,Den Haag,2,,,,nl\n",
    ),
}

FORMS: dict[str, Callable[[Things], Mapping[str, str]]] = {
    "give_token": lambda own: {
        "grant_type": "client_credentials", "client_id": own["client"], "client_secret": own["shown_secret"],
    },
}  # fmt: skip

REFERENCES = {
    "registry": ("shedders", "M"),
    "referrals": ("organisations", "O"),
    "mentoring": ("mentors", "K"),
}

BODIES: dict[str, Callable[[Things], Any]] = {
    # registry
    "add_partner": lambda _own: {"name": "Nine", "country": "NL"},
    "change_partner": lambda _own: {"name": "Nine"},
    "open_shed": lambda _own: {"name": "Ninth", "focus": "sport", **PLACE},
    "change_shed": lambda _own: {"name": "Ninth"},
    "add_ambassador": lambda own: {"name": "Nina", "shed_id": own["shed"]},
    "change_ambassador": lambda _own: {"name": "Nina"},
    "assign_shed": lambda own: {"shed_id": own["shed3"]},
    "release_from_shed": lambda own: {"shed_id": own["shed2"]},
    "search_shedders": lambda _own: {"name": "Omar"},
    "register_shedder": lambda own: {"known_as": "Nine", "shed_id": own["shed"]},
    "change_shedder": lambda _own: {"known_as": "Nine"},
    "join_shed": lambda own: {"shed_id": own["shed2"]},
    "leave_shed": lambda own: {"shed_id": own["shed"]},
    "give_consent": lambda _own: {
        "purpose": "evaluation", "wording_version": "1", "language": "nl", "method": "spoken",
    },
    "add_activity": lambda own: {"shed_id": own["shed"], "name": "Chess"},
    "change_activity": lambda _own: {"name": "Chess"},
    "take_attendance": lambda own: {"activity_id": own["activity"], "held_on": own["yesterday"]},
    "retake_attendance": lambda _own: {"anonymous_headcount": 3},
    "ask_erasure": lambda _own: {"asked_how": "spoken"},
    "refuse_erasure": lambda _own: {"reason": "other"},
    "place_hold": lambda own: {"shedder_id": own["shedder"], "reason": "complaint"},
    "name_cover": lambda own: {
        "absent_account_id": own["covered_account"], "stand_in_account_id": own["stand_in"],
        "until_day": own["tomorrow"],
    },
    "begin_emergency_access": lambda own: {
        "shedder_id": own["shedder"], "reason": "medical_emergency", "remark": "He fell.",
    },
    "register_client": lambda _own: {"name": "Nine", "scopes": ["events:read"]},
    "change_client": lambda _own: {"name": "Nine"},
    "add_key": lambda _own: {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": A_PUBLIC_KEY}},
    "invite": lambda _own: {"email": "nine@example.org", "name": "Nine", "role": "evaluator"},
    "change_account": lambda _own: {"name": "Nine"},
    "reset_access": lambda _own: {"clear_second_factors": True},
    "look_at_link": lambda own: {"secret": own["link"]},
    "use_link": lambda own: {"secret": own["link"], "password": ANOTHER},
    "sign_in": lambda own: {"email": own["email"], "password": PASSWORD},
    "change_password": lambda _own: {"old": PASSWORD, "new": ANOTHER},
    "set_up_totp": lambda _own: {"password": PASSWORD},
    "confirm_totp": lambda _own: {"code": "123456"},
    "remove_totp": lambda _own: {"password": PASSWORD},
    "offer_passkey": lambda _own: {"password": PASSWORD},
    "add_passkey": lambda _own: {"name": "Nine", "credential": {"id": "x"}},
    "rename_passkey": lambda _own: {"name": "Nine"},
    "remove_passkey": lambda _own: {"password": PASSWORD},
    "sign_in_with_passkey": lambda _own: {"credential": {"id": "x"}},
    "renew_recovery_codes": lambda _own: {"password": PASSWORD},
    # referrals
    "add_organisation": lambda _own: {"name": "Nine", **PLACE},
    "change_organisation": lambda _own: {"name": "Nine"},
    "add_location": lambda own: {
        "organisation_id": own["organisation"], "name": "N", "address": "N 9", "municipality": "Den Haag",
    },
    "change_location": lambda _own: {"name": "Nine"},
    "add_service": lambda own: {
        "organisation_id": own["organisation"], "name": "Nine", "need_category": "debt",
        "taking_referrals": "yes", "promised_days": 5,
    },
    "change_service": lambda _own: {"promised_days": 9},
    "draft_referral": lambda own: {"shedder_id": own["shedder"], "service_id": own["service"]},
    "change_draft": lambda _own: {"urgency": "soon"},
    "waitlist_referral": lambda _own: {"expected_on": "2030-01-01"},
    "decline_referral": lambda _own: {"reason": "no_capacity"},
    "complete_referral": lambda _own: {
        "outcomes": [{"need_category": "mental_health", "result": "partly"}], "sentence": "He is well.",
    },
    "fail_referral": lambda _own: {"reason": "did_not_come"},
    "withdraw_referral": lambda _own: {"reason": "helped_elsewhere"},
    "reopen_referral": lambda _own: {"reason": "other"},
    "correct_referral": lambda _own: {"reason": "wrong_person"},
    "send_on": lambda own: {"service_id": own["service"]},
    "book_appointment": lambda _own: {"starts_at": MONDAY},
    "search_appointments": lambda own: {"referral_ids": [own["accepted"]]},
    "reschedule_appointment": lambda _own: {"starts_at": MONDAY, "asked_by": "shedder", "why": "Ill."},
    "cancel_appointment": lambda _own: {"asked_by": "shedder", "why": "Ill."},
    "take_back_appointment": lambda _own: {"why": "It was another man."},
    "ask_question": lambda _own: {"question": "Which day?"},
    "look_by_link": lambda own: {"secret": own["answer_link"]},
    "accept_by_link": lambda own: {"secret": own["answer_link"]},
    "decline_by_link": lambda own: {"secret": own["answer_link"], "reason": "no_capacity"},
    "ask_by_link": lambda own: {"secret": own["answer_link"], "question": "Which day?"},
    "answer_question": lambda _own: {"answer": "Monday."},
    # mentoring
    "add_mentor": lambda _own: {"name": "Nine", "capacity": 2, **PLACE},
    "change_mentor": lambda _own: {"name": "Nine"},
    "propose_mentorship": lambda own: {"mentor_id": own["mentor"], "shedder_id": own["free_man"]},
    "activate_mentorship": lambda _own: {"mentor_said_yes": True, "shedder_said_yes": True},
    "reject_mentorship": lambda _own: {"rejected_by": "mentor", "reason": "other"},
    "decline_readiness": lambda _own: {"why": "He can do more."},
    "pause_mentorship": lambda _own: {"reason": "illness"},
    "stop_mentorship": lambda _own: {"reason": "other"},
    "note_session": lambda _own: {"minutes": 20},
    "enrol": lambda own: {"mentorship_id": own["active"]},
    "stop_pathway": lambda _own: {"reason": "other"},
    "complete_step": lambda _own: {"evidence": {"what": "Seen."}},
    "waive_step": lambda _own: {"why": "He has one."},
    "reopen_step": lambda _own: {"why": "It is old."},
    "add_evidence": lambda _own: {"what": "Seen."},
    "add_step_definition": lambda _own: {"code": "nine", "title": "Nine", "required": False, "place": 900},
    "change_step_definition": lambda _own: {"title": "Nine"},
    "start_job": lambda _own: {"sector": "care", "hours_per_week": 20, "contract": "temporary"},
    "record_checkpoint": lambda _own: {"status": "employed", "known_by": "payslip"},
}  # fmt: skip


def body_of(service: str, route: str, things: Things) -> Any:
    """The right body of a route, about these things."""
    if route == "find_references":
        kind, letter = REFERENCES[service]
        return {"kind": kind, "refs": [f"{letter}-{things['mark']}"]}
    return BODIES[route](things) if route in BODIES else {}


def upload_of(service: str, things: Things) -> dict[str, Any]:
    """A right file for the service to import."""
    name, text = UPLOADS[service](things)
    return {"file": (BytesIO(text.encode()), name)}
