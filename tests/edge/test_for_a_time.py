"""What somebody sees for a time, by cover or by emergency access, he sees with his cookie and no longer."""

from datetime import timedelta

from shared.actor import Role
from tests.builders.people import a_programme
from tests.builders.standing_in import a_colleague, account_of
from tests.edge.people import signed_in

OURS = ("Sec-Fetch-Site", "same-origin")


def test_a_stand_in_acts_for_the_absent_ambassador_until_he_lays_it_down(world, programme, way):
    account_of(world, programme.ambassador)
    stand_in = signed_in(world, way, a_colleague(programme, Role.AMBASSADOR))
    referral = programme.a_referral()
    today = world.clock.today()
    days = {"from_day": today.isoformat(), "until_day": (today + timedelta(days=6)).isoformat()}
    named = programme.ambassador.post(
        "/registry/covers", {"stand_in_account_id": str(stand_in.account_id)} | days
    ).json["id"]
    assert stand_in.get(referral).status == 404

    assert stand_in.post(f"/registry/covers/{named}/take_up", OURS).status == 200
    seen = stand_in.get(referral)
    withdrawn = stand_in.post(
        f"{referral}/withdraw", OURS, ("If-Match", seen.headers["ETag"]), body={"reason": "other"}
    )
    assert stand_in.post("/registry/covers/lay_down", OURS).status == 200

    assert (seen.status, withdrawn.status) == (200, 200)
    done = programme.coordinator.get(f"{referral}/history").json["items"][-1]
    absent = str(programme.ambassador.actor.id)
    assert (done["actor_id"], done["on_behalf_of"]) == (str(stand_in.account_id), absent)
    assert stand_in.get(referral).status == 404


def test_a_cover_that_is_ended_ends_at_the_next_request(world, programme, way):
    account_of(world, programme.mentor)
    stand_in = signed_in(world, way, a_colleague(programme, Role.MENTOR))
    match = f"/mentoring/mentorships/{programme.a_mentorship()['id']}"
    until = (world.clock.today() + timedelta(days=6)).isoformat()
    named = programme.mentor.post(
        "/registry/covers", {"stand_in_account_id": str(stand_in.account_id), "until_day": until}
    ).json["id"]
    stand_in.post(f"/registry/covers/{named}/take_up", OURS)
    assert stand_in.get(match).status == 200

    programme.mentor.post(f"/registry/covers/{named}/end", expect=200)

    assert stand_in.get(match).status == 404


def test_in_an_emergency_a_coordinator_of_elsewhere_looks_at_one_man_for_an_hour(world, programme, way):
    elsewhere = a_programme(world, "De Merels")
    person = signed_in(world, way, account_of(world, elsewhere.coordinator))
    man, other = (programme.a_shedder(known_as=name)["id"] for name in ("Omar", "Ali"))
    said = {"shedder_id": man, "reason": "danger_to_himself", "remark": "He said goodbye."}
    assert person.get(f"/registry/shedders/{man}").status == 404

    assert person.post("/registry/emergency-accesses", OURS, body=said).status == 201

    assert person.get(f"/registry/shedders/{man}").json["known_as"] == "Omar"
    assert person.get(f"/registry/shedders/{other}").status == 404
    world.clock.advance(minutes=20)
    assert person.get(f"/registry/shedders/{man}").status == 200
    world.clock.advance(minutes=25)
    assert person.get(f"/registry/shedders/{man}").status == 200
    world.clock.advance(minutes=15)
    assert person.get(f"/registry/shedders/{man}").status == 404
