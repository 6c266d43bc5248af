"""What is done in one service and happens in another, over HTTP alone."""

import pytest

from tests.journeys.live import wait_until

pytestmark = pytest.mark.slow


def timeline(live, man):
    items = live.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]
    return [entry["what"] for entry in items]


def found(live, name):
    return live.coordinator.post("/registry/shedders/search", {"name": name}, expect=200).json["items"]


def test_consent_withdrawn_in_registry_withdraws_the_referral(live):
    place = live.a_referral("accepted")
    man = live.ambassador.get(place).json["shedder_id"]
    consent = live.ambassador.get(f"/registry/shedders/{man}/consents").json["items"][0]["id"]
    assert "disclosure" in live.care_worker.get(place).json

    live.ambassador.post(f"/registry/consents/{consent}/withdraw", expect=200)

    wait_until(
        lambda: live.coordinator.get(place).json["state"] == "withdrawn", lambda: "It is not withdrawn."
    )
    assert "disclosure" not in live.care_worker.get(place).json
    wait_until(lambda: "referral.withdrawn" in timeline(live, man), lambda: "His timeline has it not.")


def upload(live, file, *lines, expect=200):
    return live.coordinator.upload("/registry/imports", file, *lines, expect=expect).json


def upload_shed(live):
    header = "shed_ref,name,partner,country,municipality,neighbourhood,focus,opened_on,closed_on,capacity"
    shed = f"S1,Shed 1,{live.world.partner},NL,Den Haag,Loosduinen,sport,2025-01-06,,12"
    return upload(live, "sheds.csv", header, shed)


def test_a_man_of_an_uploaded_file_can_be_referred_and_mentored(live):
    upload_shed(live)
    men = ("shedder_ref,known_as,shed_ref,joined_on", "M1,Ali,S1,2026-01-05")
    assert upload(live, "shedders.csv", *men)["new"] == 1
    assert upload(live, "shedders.csv", *men)["new"] == 0

    (man,) = (one["id"] for one in found(live, "Ali"))
    live.a_consent(man)
    live.a_consent(man, "mentoring")
    live.world.deliver()

    disclosure = {"name": "Ali", "phone": "+31612345678", "language": "nl"}
    draft = {"shedder_id": man, "service_id": str(live.service_id), "disclosure": disclosure}
    place = f"/referrals/referrals/{live.coordinator.post('/referrals/referrals', draft).json['id']}"
    assert live.coordinator.act(f"{place}/send").json["state"] == "requested"
    assert live.a_mentorship(shedder_id=man)["state"] == "active"
    told = {"shedder.registered", "referral.requested", "mentorship.activated"}
    wait_until(lambda: told <= set(timeline(live, man)), lambda: f"He has {timeline(live, man)}")


def test_an_uploaded_file_with_a_wrong_line_changes_nothing(live):
    upload_shed(live)

    upload(
        live,
        "shedders.csv",
        "shedder_ref,known_as,shed_ref,joined_on",
        "M1,Ali,S1,2026-01-05",
        "M2,Omar,S1,tomorrow",
        expect=422,
    )

    assert found(live, "Ali") == []
