"""The sheds in a demonstration: the men of today are registered there, and come to what is held."""

from collections.abc import Iterable
from typing import Any

from deploy.demonstration.days import Days, NotAdded
from deploy.demonstration.people import (
    A_DOZEN,
    AMBASSADOR,
    COORDINATOR,
    HELD,
    MEN,
    Guided,
    Man,
    Referred,
    Waiting,
)

DAYS_OF_THE_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def register(days: Days, men: Iterable[Referred | Guided | Waiting]) -> None:
    """Register each man in a shed of who knows him."""
    sheds = _sheds(days)
    days.begun_before = bool(_found(days, MEN[0]))
    for one in men:
        shed = sheds[one.man.by]
        days.men[one.man.ref] = _registered(days, one.man, shed) | {"shed": shed}


def agree(days: Days, man: Man, days_ago: int, **purpose: str) -> None:
    """Record on its day that he agrees, unless it is recorded already."""
    place = f"/registry/shedders/{days.men[man.ref]['id']}/consents"
    if not days.added(man.by, place):
        days.stand_on(days_ago)
        given = {"wording_version": "2026-1", "language": man.language, "method": "spoken"}
        days.post(man.by, place, given | purpose)


def hold_sessions(days: Days) -> None:
    """Let a dozen of them come to what is held on this day of the week, in the ambassador's shed."""
    shed = _sheds(days)[AMBASSADOR]
    present = [man["id"] for man in days.men.values() if man["shed"]["id"] == shed["id"]][:A_DOZEN]
    rule = f"FREQ=WEEKLY;BYDAY={DAYS_OF_THE_WEEK[days.today.weekday()]}"
    for name, opens_at, closes_at, held in HELD:
        days.stand_on(max(held))
        schedule = [{"rrule": rule, "opens_at": opens_at, "closes_at": closes_at}]
        activity = _activity(days, shed["id"], name, schedule)
        for days_ago in held:
            _held(days, activity["id"], days_ago, present)


def _sheds(days: Days) -> dict[str, dict[str, Any]]:
    """An open shed of the ambassador's, and where there is one another of his partner's."""
    own = _open_sheds(days, AMBASSADOR)
    if not own:
        raise NotAdded("The ambassador has no shed that is open.")
    others = [shed for shed in _open_sheds(days, COORDINATOR) if shed["id"] not in {one["id"] for one in own}]
    return {AMBASSADOR: own[0], COORDINATOR: (others or own)[0]}


def _open_sheds(days: Days, who: str) -> list[dict[str, Any]]:
    return [shed for shed in days.get(who, "/registry/sheds")["items"] if shed["closed_on"] is None]


def _registered(days: Days, man: Man, shed: dict[str, Any]) -> dict[str, Any]:
    there = _found(days, man) if days.begun_before else []
    if there:
        return there[0]
    days.stand_on(man.since)
    registered: dict[str, Any] = days.post(
        man.by,
        "/registry/shedders",
        {
            "known_as": man.known_as,
            "shed_id": shed["id"],
            "phone": man.phone,
            "languages": sorted({man.language, "nl"}),
            "neighbourhood": shed["neighbourhood"],
            "external_ref": man.ref,
        },
    )
    return registered


def _found(days: Days, man: Man) -> list[dict[str, Any]]:
    named = {"external_ref": man.ref}
    found: list[dict[str, Any]] = days.post(man.by, "/registry/shedders/search", named)["items"]
    return found


def _activity(days: Days, shed_id: str, name: str, schedule: list[dict[str, str]]) -> dict[str, Any]:
    listed = days.added(AMBASSADOR, f"/registry/activities?shed_id={shed_id}&limit=200")
    there = [activity for activity in listed if activity["name"] == name]
    if there:
        return there[0]
    body = {"shed_id": shed_id, "name": name, "schedule": schedule}
    added: dict[str, Any] = days.post(AMBASSADOR, "/registry/activities", body)
    return added


def _held(days: Days, activity_id: str, days_ago: int, present: list[str]) -> None:
    day = days.stand_on(days_ago)
    place = f"/registry/sessions?activity_id={activity_id}&since={day}&until={day}"
    if not days.added(AMBASSADOR, place):
        body = {"activity_id": activity_id, "present": present, "anonymous_headcount": 2}
        days.post(AMBASSADOR, "/registry/sessions", body)
