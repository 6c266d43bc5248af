"""A relation that has ended shows nothing more, in any service, as soon as its event has arrived."""

from uuid import UUID

import pytest

from services.registry.models import Membership
from shared.actor import Role
from tests.builders.people import a_mentor, a_programme


@pytest.fixture
def lived(programme, world):
    """A man whom everybody of the programme knows: referred, guided, on a pathway, with a session kept."""
    man = programme.a_shedder(known_as="Omar")["id"]
    programme.a_consent(man)
    programme.a_consent(man, "mentoring")
    world.deliver()
    place = f"/referrals/referrals/{programme.a_draft(man)['id']}"
    programme.ambassador.act(f"{place}/send")
    match = programme.a_mentorship(shedder_id=man)["id"]
    programme.mentor.post(f"/mentoring/mentorships/{match}/sessions", {"minutes": 30, "note": "He is well."})
    way = programme.mentor.post("/mentoring/pathways", {"mentorship_id": match}).json["id"]
    step = programme.mentor.get(f"/mentoring/pathways/{way}").json["steps"][0]["id"]
    activity = {"shed_id": str(programme.shed_id), "name": "Chess"}
    chess = programme.coordinator.post("/registry/activities", activity).json["id"]
    taken = programme.coordinator.post("/registry/sessions", {"activity_id": chess, "present": [man]})
    world.deliver()
    return {"man": man, "referral": place, "match": match, "way": way, "step": step, "chess": chess,
            "session": taken.json["id"]}  # fmt: skip


def ways_of_an_ambassador(lived):
    """Every place at which an ambassador could see something of the man."""
    man = f"/registry/shedders/{lived['man']}"
    return [
        *(man, f"{man}/timeline", f"{man}/attendance", f"{man}/consents"),
        *(f"/registry/activities/{lived['chess']}", f"/registry/sessions/{lived['session']}"),
        *(f"{lived['referral']}{more}" for more in ("", "/history", "/questions", "/appointments")),
    ]


LISTS_OF_AN_AMBASSADOR = (
    *("/registry/shedders", "/registry/activities", "/registry/sessions", "/registry/sheds"),
    "/referrals/referrals",
)


def sees_nothing(caller, places, lists):
    for place in places:
        caller.get(place, expect=404)
    for place in lists:
        assert caller.get(place).json["items"] == [], place


def found(caller):
    return caller.post("/registry/shedders/search", {"name": "Omar"}, expect=200).json["items"]


def test_before_that_he_sees_it_all(lived, programme):
    """Else the tests below would prove nothing."""
    for place in ways_of_an_ambassador(lived):
        programme.ambassador.get(place)
    for place in LISTS_OF_AN_AMBASSADOR:
        assert programme.ambassador.get(place).json["items"], place
    assert found(programme.ambassador)
    for place in ways_of_a_mentor(lived):
        programme.mentor.get(place)


def test_an_ambassador_released_from_a_shed_sees_its_men_no_more(lived, programme, world):
    body = {"shed_id": str(programme.shed_id)}
    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/release_from_shed", body)
    world.deliver()

    sees_nothing(programme.ambassador, ways_of_an_ambassador(lived), LISTS_OF_AN_AMBASSADOR)
    assert found(programme.ambassador) == []
    assert programme.coordinator.get(lived["referral"]).json["owner_id"] is None


def test_an_ambassador_who_left_sees_nothing_more(lived, programme, world):
    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
    world.deliver()

    lists = (*LISTS_OF_AN_AMBASSADOR, "/registry/ambassadors")
    sees_nothing(programme.ambassador, ways_of_an_ambassador(lived), lists)
    assert found(programme.ambassador) == []


def test_an_ambassador_of_a_shed_that_closed_sees_its_men_no_more(lived, programme, world):
    programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")
    world.deliver()

    sees_nothing(programme.ambassador, ways_of_an_ambassador(lived), LISTS_OF_AN_AMBASSADOR)
    assert programme.coordinator.get(lived["referral"]).json["owner_id"] is None
    programme.coordinator.get(f"/registry/shedders/{lived['man']}")


def test_a_man_who_left_the_shed_is_his_ambassadors_no_more_but_a_referral_under_way_is(
    lived, programme, world
):
    """The ambassador still sees how the referral that he sent ends; of the man himself nothing."""
    man = f"/registry/shedders/{lived['man']}"
    programme.coordinator.act(f"{man}/leave_shed", {"shed_id": str(programme.shed_id)})
    world.deliver()

    sees_nothing(programme.ambassador, ways_of_an_ambassador(lived)[:4], ("/registry/shedders",))
    assert found(programme.ambassador) == []
    assert programme.ambassador.get(lived["referral"]).json["state"] == "requested"
    programme.coordinator.get(f"{man}/timeline")


def ways_of_a_mentor(lived):
    way = f"/mentoring/pathways/{lived['way']}"
    return [
        *(f"/registry/shedders/{lived['man']}", f"/mentoring/mentorships/{lived['match']}"),
        f"/mentoring/mentorships/{lived['match']}/sessions",
        *(f"{way}{more}" for more in ("", "/history", "/steps", "/obstacles")),
        f"/mentoring/steps/{lived['step']}",
    ]


LISTS_OF_A_MENTOR = (
    *("/registry/shedders", "/mentoring/mentorships", "/mentoring/pathways", "/mentoring/jobs"),
)


@pytest.mark.parametrize(("action", "body"), [("stop", {"reason": "other"}), ("complete", {})])
def test_a_mentor_whose_mentorship_ended_sees_his_mentee_no_more(lived, programme, world, action, body):
    programme.coordinator.act(f"/mentoring/mentorships/{lived['match']}/{action}", body)
    world.deliver()

    sees_nothing(programme.mentor, ways_of_a_mentor(lived), LISTS_OF_A_MENTOR)
    assert found(programme.mentor) == []


def test_a_mentor_who_was_rejected_sees_the_man_no_more(programme, world):
    match = programme.a_mentorship("proposed")
    world.deliver()
    man = f"/registry/shedders/{match['shedder_id']}"
    programme.mentor.get(man)
    said = {"rejected_by": "shedder", "reason": "other"}
    programme.coordinator.act(f"/mentoring/mentorships/{match['id']}/reject", said)
    world.deliver()

    sees_nothing(programme.mentor, [man, f"/mentoring/mentorships/{match['id']}"], ("/registry/shedders",))


def test_a_mentor_who_left_sees_nothing_more(lived, programme, world):
    mentor = f"/mentoring/mentors/{programme.mentor_id}"
    programme.coordinator.patch(mentor, {"left_on": world.clock.today().isoformat()})
    world.deliver()

    sees_nothing(programme.mentor, [mentor, *ways_of_a_mentor(lived)], LISTS_OF_A_MENTOR)
    assert found(programme.mentor) == []


def test_who_is_asked_to_confirm_sees_the_pathway_while_he_is_asked_and_changes_nothing(
    lived, programme, world
):
    second_id = a_mentor(world, programme.coordinator, name="Second")
    second = world.caller(Role.MENTOR, mentor_id=second_id)
    way, step = f"/mentoring/pathways/{lived['way']}", f"/mentoring/steps/{lived['step']}"
    programme.complete_steps(way)
    second.get(way, expect=404)
    programme.mentor.act(f"{way}/propose_readiness", {"asked_to_confirm": str(second_id)})

    second.get(way)
    assert second.get(f"{way}/steps").json["items"]
    second.get(f"{way}/obstacles", expect=404)
    assert second.get("/mentoring/jobs").json["items"] == []
    second.act(f"{step}/add_evidence", {"what": "x"}, expect=403)
    second.act(f"{step}/reopen", {"why": "x"}, expect=403)
    second.act(f"{way}/stop", {"reason": "other"}, expect=403)
    second.act(f"{way}/confirm")
    second.get(way, expect=404)


def test_a_mentor_of_another_partner_cannot_be_asked_to_confirm(lived, programme, world):
    other = a_programme(world, "De Merels")
    way = f"/mentoring/pathways/{lived['way']}"
    programme.complete_steps(way)

    programme.mentor.act(f"{way}/propose_readiness", {"asked_to_confirm": str(other.mentor_id)}, expect=422)


def test_a_care_worker_who_changed_organisation_sees_the_old_one_no_more(lived, programme, world):
    """His token says which one he works for now; the account is the same."""
    me = programme.care_worker.actor.id
    moved = world.caller(Role.CARE_WORKER, id=me, organisation_id=a_programme(world, "B").organisation_id)
    programme.care_worker.get(lived["referral"])

    sees_nothing(moved, [lived["referral"], f"{lived['referral']}/history"], ("/referrals/referrals",))


def test_the_timeline_tells_of_care_only_to_those_whose_shed_referred(lived, programme, world):
    """A man who comes to sheds of two partners has one timeline; what one refers, the other is not told."""
    other = a_programme(world, "De Merels")
    with world.work("registry") as work:
        work.session.add(
            Membership(shedder_id=UUID(lived["man"]), shed_id=other.shed_id, joined_on=world.clock.today())
        )
    world.deliver()
    place = f"/registry/shedders/{lived['man']}/timeline"

    ours = {entry["what"] for entry in programme.coordinator.get(place).json["items"]}
    theirs = {entry["what"] for entry in other.coordinator.get(place).json["items"]}

    assert "referral.requested" in ours
    assert theirs
    assert not any(what.startswith(("referral.", "appointment.")) for what in theirs)
