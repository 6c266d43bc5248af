"""The referrals of today in a demonstration: sent, answered, waiting, late, as each man's story has it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from deploy.demonstration.days import Days, NotAdded
from deploy.demonstration.people import (
    ADMINISTRATOR,
    CARE_WORKER,
    COORDINATOR,
    LATE,
    SMALL,
    Happened,
    Referred,
)
from deploy.demonstration.sheds import agree

LATE_BY = 3
HOURS = {1: 10, 2: 14}
"""When the nth working day's appointment begins."""


def agree_to_be_referred(days: Days, referred: Iterable[Referred]) -> None:
    """Each agreed, on the day of his referral, that the care worker's organisation may hear of him."""
    for one in referred:
        service = _service(days, one)
        agree(
            days, one.man, _sent(one, service), purpose="referral", organisation_id=service["organisation_id"]
        )


def refer(days: Days, referred: Iterable[Referred]) -> None:
    """Send each referral to its organisation on its day, and let happen what came of it."""
    for one in referred:
        service = _service(days, one)
        sent = _sent(one, service)
        days.stand_on(sent)
        place = f"/referrals/referrals/{_drafted(days, one, service['id'])}"
        road = (Happened(sent, one.man.by, "send"), *one.then)
        for step in road[_gone(days, one, place) :]:
            days.stand_on(step.days_ago)
            days.post(step.who, f"{place}/{step.what}", _said(days, step, service))


def _sent(one: Referred, service: dict[str, Any]) -> int:
    """How many days ago it was sent: what is late was sent some days before what the service promises."""
    return service["promised_days"] + LATE_BY if one.sent == LATE else int(one.sent)


def _service(days: Days, one: Referred) -> dict[str, Any]:
    """The service that a man is referred to."""
    return _of_small_organisation(days) if one.by_link else _of_care_worker(days)


def _of_small_organisation(days: Days) -> dict[str, Any]:
    """The one service of an organisation that has no accounts."""
    place = "/referrals/organisations"
    listed = days.get(COORDINATOR, f"{place}?municipality={quote(SMALL['municipality'])}&limit=200")["items"]
    there = [one for one in listed if one["name"] == SMALL["name"]]
    organisation = there[0] if there else days.post(ADMINISTRATOR, place, SMALL)
    offered = days.get(COORDINATOR, f"/referrals/services?organisation_id={organisation['id']}")["items"]
    if offered:
        found: dict[str, Any] = offered[0]
        return found
    offer = {
        "organisation_id": organisation["id"], "name": "Reading letters together", "need_category": "debt",
        "taking_referrals": "yes", "promised_days": 5,
    }  # fmt: skip
    added: dict[str, Any] = days.post(COORDINATOR, "/referrals/services", offer)
    return added


def _of_care_worker(days: Days) -> dict[str, Any]:
    """A service of the care worker's organisation, which takes referrals."""
    organisation = days.people[CARE_WORKER].organisation_id
    offered = days.get(CARE_WORKER, f"/referrals/services?organisation_id={organisation}")["items"]
    if not offered:
        raise NotAdded("The care worker's organisation offers nothing.")
    service: dict[str, Any] = offered[0]
    if service["taking_referrals"] == "no":
        days.change(CARE_WORKER, f"/referrals/services/{service['id']}", {"taking_referrals": "yes"})
    return service


def _drafted(days: Days, one: Referred, service_id: str) -> str:
    man = days.men[one.man.ref]
    there = days.added(one.man.by, f"/referrals/referrals?shedder_id={man['id']}")
    if there:
        return str(there[0]["id"])
    draft = {
        "shedder_id": man["id"],
        "service_id": service_id,
        "urgency": one.urgency,
        "reason_in_words": one.reason,
        "language": one.man.language,
        "neighbourhood": man["shed"]["neighbourhood"],
        "external_ref": one.man.ref,
        "disclosure": {
            "name": one.man.known_as,
            "phone": one.man.phone,
            "language": one.man.language,
            "best_time_to_call": one.best_time_to_call,
        },
    }
    return str(days.post(one.man.by, "/referrals/referrals", draft)["id"])


def _gone(days: Days, one: Referred, place: str) -> int:
    """How far along its road a referral is: nowhere yet, unless adding was stopped half-way."""
    kept = ("history", "appointments", "questions")
    return sum(len(days.added(one.man.by, f"{place}/{what}")) for what in kept)


def _said(days: Days, step: Happened, service: dict[str, Any]) -> dict[str, Any]:
    """What is sent with a step, its days counted from today."""
    body = dict(step.body)
    if "expected_on" in body:
        body["expected_on"] = days.to_come(body["expected_on"])
    if "starts_at" in body:
        body["starts_at"] = days.working_day(body["starts_at"], HOURS[body["starts_at"]])
    if step.what == "complete":
        body["outcomes"] = [{"need_category": service["need_category"], "result": "achieved"}]
    return body
