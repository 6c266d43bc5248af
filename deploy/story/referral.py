"""From the shed to the care organisation and back: registered, referred, answered, seen."""

import uuid
from datetime import UTC, datetime
from typing import Any

from deploy.story.people import Caller, Story, expect, weeks_ago
from deploy.story.work import BEGAN_WEEKS_AGO


def registered(story: Story) -> None:
    """He is looked for, registered, and comes to a session."""
    ambassador, coordinator = story.people["ambassador"], story.people["coordinator"]
    story.known["figures"] = coordinator.get("/registry/figures")
    men = story.known["figures"]["men"]["taking_part"]
    story.step("The coordinator reads the programme figures.", f"{men:,} men take part.")
    shed = ambassador.get("/registry/sheds")["items"][0]
    name = f"Story {uuid.uuid4().hex[:6]}"
    found = ambassador.post("/registry/shedders/search", {"name": name})["items"]
    story.step("The ambassador looks for him first, so that nobody is entered twice.", f"{len(found)} found.")
    joined_on = weeks_ago(BEGAN_WEEKS_AGO + 2)
    man = ambassador.post(
        "/registry/shedders",
        {"known_as": name, "shed_id": shed["id"], "phone": "+31612345678", "joined_on": joined_on},
    )
    story.known |= {"shed": shed, "man": man}
    story.step(f"He is registered in {shed['name']}.", f"{man['known_as']}, shedder {man['id']}.")
    activity = ambassador.post(
        "/registry/activities", {"shed_id": shed["id"], "name": f"Cooking {man['id'][-6:]}"}
    )
    session = ambassador.post(
        "/registry/sessions",
        {"activity_id": activity["id"], "present": [man["id"]], "anonymous_headcount": 3},
    )
    story.step("Attendance is taken, everybody at once.", f"{len(session['present'])} by name, 3 without.")


def agreed(story: Story) -> None:
    """He agrees that one organisation may hear of him."""
    ambassador, care_worker = story.people["ambassador"], story.people["care_worker"]
    service = _service_of(care_worker)
    man = story.known["man"]
    consent = ambassador.post(
        f"/registry/shedders/{man['id']}/consents",
        {
            "purpose": "referral",
            "organisation_id": service["organisation_id"],
            "wording_version": "2026-1",
            "language": "nl",
            "method": "spoken",
        },
    )
    story.step("He agrees that this organisation may hear of him.", f"Consent is {consent['state']}.")
    story.known["service"] = service


def referred(story: Story) -> None:
    """The ambassador refers him, once."""
    ambassador, man, service = story.people["ambassador"], story.known["man"], story.known["service"]
    draft = ambassador.post(
        "/referrals/referrals",
        {
            "shedder_id": man["id"],
            "service_id": service["id"],
            "urgency": "soon",
            "reason_in_words": "He sleeps badly since his job ended.",
            "language": "nl",
            "neighbourhood": story.known["shed"]["neighbourhood"],
            "disclosure": {"name": man["known_as"], "phone": man["phone"], "language": "nl"},
        },
    )
    place = f"/referrals/referrals/{draft['id']}"
    story.known["referral"] = place
    story.step(
        f"The ambassador drafts a referral to {service['name']}.",
        f"What will leave: {_said(draft['disclosure'])}.",
    )
    sent = ambassador.act(place, "send")
    story.step("He sends it.", f"It is {sent['state']}; an answer is due on {sent['answer_due_on']}.")
    twin = ambassador.http.post(
        f"{ambassador.origin}/referrals/referrals",
        json={"shedder_id": man["id"], "service_id": service["id"]},
        headers={"Authorization": f"Bearer {ambassador.token}"},
        timeout=30,
    )
    expect(twin.status_code == 409, f"A second referral for the same service was answered {twin.status_code}")
    story.step("A second one for the same service is refused.", f"409: {twin.json()['detail']}")


def answered(story: Story) -> None:
    """The care organisation opens it, asks, and accepts."""
    care_worker, ambassador = story.people["care_worker"], story.people["ambassador"]
    place = story.known["referral"]
    before = care_worker.act(place, "open")
    expect("disclosure" not in before, "The receiver saw the disclosure before accepting.")
    story.step("The care worker opens it.", f"It is {before['state']}; he sees the need, not yet the name.")
    question = care_worker.post(f"{place}/questions", {"question": "Does he come in the mornings?"})
    story.step("He asks the sender something; the clock stands still.", f"Question {question['id'][-6:]}.")
    ambassador.act(f"/referrals/questions/{question['id']}", "answer", {"answer": "Yes, before noon."})
    accepted = care_worker.act(place, "accept")
    story.step("It is answered, and he accepts.", f"Now he sees: {accepted['disclosure']['name']}.")


def seen(story: Story) -> None:
    """The care organisation sees him, and tells how it ended."""
    care_worker, ambassador = story.people["care_worker"], story.people["ambassador"]
    place = story.known["referral"]
    starts_at = datetime.now(UTC)
    appointment = care_worker.post(f"{place}/appointments", {"starts_at": starts_at.isoformat()})
    seen = ambassador.get(f"{place}/appointments")["items"][0]
    expect("starts_at" not in seen, "The ambassador saw more than the day.")
    story.step("An appointment is booked.", f"The ambassador sees its day, {seen['day']}, and no more.")
    care_worker.act(f"/referrals/appointments/{appointment['id']}", "attend")
    started = ambassador.get(place)
    story.step("He came.", f"The referral is {started['state'].replace('_', ' ')}.")
    need = started["need_category"]
    care_worker.act(
        place,
        "complete",
        {
            "outcomes": [{"need_category": need, "result": "achieved"}],
            "sentence": "He found his rhythm again.",
        },
    )
    ended = ambassador.get(place)
    expect("outcomes" not in ended, "The ambassador saw clinical detail.")
    story.step("It is completed.", f'The ambassador reads: "{ended["sentence"]}"')


def _said(disclosure: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in disclosure.items())


def _service_of(care_worker: Caller) -> dict[str, Any]:
    """A service of the care worker's own organisation; one that takes no referrals is opened first."""
    organisation = care_worker.get("/referrals/referrals?limit=1")["items"][0]["organisation_id"]
    service: dict[str, Any] = care_worker.get(f"/referrals/services?organisation_id={organisation}")["items"][
        0
    ]
    if service["taking_referrals"] == "no":
        place = f"/referrals/services/{service['id']}"
        service = care_worker.change(place, {"taking_referrals": "yes"})
    return service
