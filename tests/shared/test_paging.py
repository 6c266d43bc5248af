"""Every list of every service, followed to its end one by one, gives each thing once."""

import base64
import re
from urllib.parse import quote
from uuid import UUID

import pytest

from tests.builders.standing_in import account_of
from tests.builders.tour import a_client, a_cover, an_emergency, an_erasure
from tests.contracts.every_route import ROUTES
from tests.world import moment

LISTS = [(service, route) for service, route in ROUTES if route.paged and route.method == "GET"]
GROWING = {"read_log", "search_audit"}
"""What is on record, and grows by being read."""
OWN = [
    (service, route) for service, route in LISTS if not route.own_transactions and route.name not in GROWING
]


def a_full_programme(programme, world):
    """Three of everything that a list may hold; gives the identifiers that paths ask for."""
    coordinator, mentor, care_worker = programme.coordinator, programme.mentor, programme.care_worker
    account_of(world, coordinator)
    referral = programme.a_referral("accepted")
    for nth in range(3):
        world.clock.advance(minutes=1)
        programme.a_referral("requested")
        care_worker.post(f"{referral}/appointments", {"starts_at": moment("2026-03-20", 9 + nth)})
        care_worker.post(f"{referral}/questions", {"question": f"Question {nth}?"})
        programme.a_pathway("employed")
        place = {"country": "NL", "municipality": "Den Haag"}
        coordinator.post("/registry/sheds", {"name": f"Shed {nth}", "focus": "sport", **place})
        coordinator.post("/referrals/organisations", {"name": f"Organisation {nth}", **place})
    return {
        "referral_id": referral.rsplit("/", 1)[1],
        "shedder_id": coordinator.get(referral).json["shedder_id"],
        "appointment_id": coordinator.get(f"{referral}/appointments").json["items"][0]["id"],
        **{
            f"{name}_id": mentor.get(f"/mentoring/{name}s").json["items"][0]["id"]
            for name in ("mentorship", "pathway", "job")
        },
        "step_id": mentor.get("/mentoring/pathways").json["items"][0]["steps"][0]["id"],
        "shed_id": str(programme.shed_id),
        **a_cover(programme),
        "emergency_access_id": an_emergency(programme),
        "erasure_id": an_erasure(programme),
        "client_id": a_client(programme),
        "hold_id": programme.administrator.post(
            "/registry/holds", {"shedder_id": programme.a_shedder()["id"], "reason": "complaint"}
        ).json["id"],
        "ambassador_id": str(programme.ambassador_id),
        "consent_id": coordinator.get(
            f"/registry/shedders/{coordinator.get(referral).json['shedder_id']}/consents"
        ).json["items"][0]["id"],
    }


def walk(caller, place):
    """The things of a list, following its own links one by one."""
    found = []
    while place:
        answer = caller.get(place)
        found += [str(item) for item in answer.json["items"]]
        link = re.fullmatch(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        place = link.group(1) if link else None
    return found


def test_every_list_can_be_followed_to_its_end(programme, world):
    known = a_full_programme(programme, world)
    world.deliver()
    several = set()
    for service, route in OWN:
        path = re.sub(r"<uuid:(\w+)>", lambda name: known[name.group(1)], route.path)
        people = (programme.coordinator, programme.administrator)
        caller = next(one for one in people if route.policy.allows(one.actor))
        whole = [str(item) for item in caller.get(f"/{service}{path}?limit=200").json["items"]]

        assert walk(caller, f"/{service}{path}?limit=1") == whole, route.name
        assert len(set(whole)) == len(whole), route.name
        several |= {route.name} if len(whole) > 2 else set()

    assert {"list_referrals", "list_appointments", "list_questions", "list_pathways", "list_sheds"} <= several


@pytest.mark.parametrize("municipality", ["Gouda\n", "Ż x", "a&limit=200&b", "Ik zeg: \u201eja\u201d"])
def test_a_link_says_again_what_was_asked_whatever_it_was(programme, world, municipality):
    asked = quote(municipality, safe="")
    body = {"name": "Shed", "focus": "sport", "country": "NL", "municipality": municipality.strip()}
    for _ in range(3):
        programme.coordinator.post("/registry/sheds", body)

    assert len(walk(programme.coordinator, f"/registry/sheds?municipality={asked}&limit=1")) == 3


def test_a_cursor_holds_an_identifier_and_nothing_of_the_man(programme):
    men = [programme.a_shedder(known_as=f"Zebedeus {nth}")["id"] for nth in range(2)]

    link = programme.coordinator.get("/registry/shedders?limit=1").headers["Link"]

    cursor = re.search(r"cursor=([^&>]+)", link).group(1)
    assert str(UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))) in men
