"""The match: who can be matched, what a first meeting decides, and whom a mentor sees."""

from datetime import date

import pytest

from services.mentoring.domain.matching import Validity, not_matchable, years_later
from shared.actor import Role
from tests.builders.people import a_mentor, a_programme
from tests.world import days_ago


def propose(programme, expect=201, **values):
    man = programme.a_shedder(known_as="Mentee")["id"]
    programme.a_consent(man, "mentoring")
    programme.world.deliver()
    body = {"mentor_id": str(programme.mentor_id), "shedder_id": man} | values
    return programme.coordinator.post("/mentoring/mentorships", body, expect=expect)


IN_ORDER = {"trained_on": "2025-09-01"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"trained_on": None}, "training_missing"),
        ({"trained_on": "2015-01-01"}, "training_out_of_date"),
        ({"vog_on": None}, "vog_missing"),
        ({"vog_on": "2023-03-01"}, "vog_out_of_date"),
        ({"left_on": "2026-03-01"}, "has_left"),
    ],
)
def test_a_mentor_whose_papers_are_not_in_order_cannot_be_matched(programme, world, changes, why):
    mentor = a_mentor(world, programme.coordinator, trained_on=None)
    programme.coordinator.patch(f"/mentoring/mentors/{mentor}", IN_ORDER | changes)

    assert propose(programme, expect=409, mentor_id=str(mentor)).json["not_matchable"] == [why]


def test_a_training_is_corrected_not_taken_back(programme):
    place = f"/mentoring/mentors/{programme.mentor_id}"

    assert programme.coordinator.patch(place, {"trained_on": None}, 422).problem_on() == ["/trained_on"]
    programme.coordinator.patch(place, {"trained_on": "2025-01-01"})


def test_a_vog_counts_for_three_years_to_the_day(programme):
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"vog_on": "2023-03-02"})

    propose(programme)


def test_a_mentor_who_is_full_cannot_be_matched(programme):
    for _ in range(3):
        propose(programme)

    assert propose(programme, expect=409).json["not_matchable"] == ["is_full"]
    seen = programme.coordinator.get(f"/mentoring/mentors/{programme.mentor_id}").json
    assert (seen["mentees"], seen["capacity"], seen["not_matchable"]) == (3, 3, ["is_full"])


def test_matching_needs_the_mans_consent_to_mentoring(programme, world):
    man = programme.a_shedder()["id"]
    world.deliver()
    body = {"mentor_id": str(programme.mentor_id), "shedder_id": man}

    answer = programme.coordinator.post("/mentoring/mentorships", body, expect=409)

    assert answer.json["type"] == "urn:sbs:problem:consent-missing"


def test_two_are_matched_once(programme):
    match = propose(programme).json
    body = {"mentor_id": match["mentor_id"], "shedder_id": match["shedder_id"]}

    assert (
        programme.coordinator.post("/mentoring/mentorships", body, expect=409).json["existing"] == match["id"]
    )


def test_it_begins_when_both_say_yes(programme):
    place = f"/mentoring/mentorships/{propose(programme).json['id']}"
    no = {"mentor_said_yes": True, "shedder_said_yes": False}

    assert programme.mentor.act(f"{place}/activate", no, expect=422).problem_on() == ["/shedder_said_yes"]
    yes = {"mentor_said_yes": True, "shedder_said_yes": True}
    assert programme.mentor.act(f"{place}/activate", yes).json["began_on"] == "2026-03-02"


def test_a_mentor_sees_his_own_mentees_and_only_as_long_as_he_guides_them(programme, world):
    other = a_mentor(world, programme.coordinator, name="Luc F.")
    stranger = world.caller(Role.MENTOR, mentor_id=other)
    match = programme.a_mentorship()
    place = f"/mentoring/mentorships/{match['id']}"

    stranger.get(place, 404)
    assert stranger.get("/mentoring/mentorships").json["items"] == []
    assert programme.mentor.get(place).json["state"] == "active"
    programme.coordinator.act(f"{place}/stop", {"reason": "mentor_stopped"})
    programme.mentor.get(place, 404)


def test_a_mentor_reads_the_names_of_his_mentees_and_of_nobody_else(programme, world):
    match = programme.a_mentorship()
    stranger = programme.a_shedder(known_as="Stranger")
    world.deliver()
    place = f"/registry/shedders/{match['shedder_id']}"

    assert programme.mentor.get(place).json["known_as"] == "Mentee"
    programme.mentor.get(f"/registry/shedders/{stranger['id']}", 404)
    assert [man["known_as"] for man in programme.mentor.get("/registry/shedders").json["items"]] == ["Mentee"]
    programme.mentor.patch(place, {"known_as": "New"}, expect=403)
    programme.coordinator.act(f"/mentoring/mentorships/{match['id']}/stop", {"reason": "other"})
    world.deliver()
    programme.mentor.get(place, 404)


def test_nobody_of_another_partner_sees_it(programme, world):
    neighbours = a_programme(world, "Haagse Buurt")
    match = programme.a_mentorship()
    pathway = programme.mentor.post("/mentoring/pathways", {"mentorship_id": match["id"]}).json

    for who in (neighbours.coordinator, neighbours.mentor):
        who.get(f"/mentoring/mentorships/{match['id']}", 404)
        who.get(f"/mentoring/pathways/{pathway['id']}", 404)
        who.get(f"/mentoring/steps/{pathway['steps'][0]['id']}", 404)
        assert who.get("/mentoring/pathways").json["items"] == []
        who.get(f"/mentoring/mentors/{programme.mentor_id}", 404)


def test_sessions_are_noted_while_it_is_active(programme, world):
    match = programme.a_mentorship()
    place = f"/mentoring/mentorships/{match['id']}"
    body = {"minutes": 45, "held_on": days_ago(world, 3), "note": "CV begun.", "next_action": "Finish it."}

    noted = programme.mentor.post(f"{place}/sessions", body).json

    assert programme.mentor.get(f"/mentoring/sessions/{noted['id']}").json["note"] == "CV begun."
    assert programme.mentor.get(place).json["last_contact_on"] == days_ago(world, 3)
    programme.mentor.act(f"{place}/pause", {"reason": "away"})
    programme.mentor.post(f"{place}/sessions", body, expect=409)


def test_the_mentorship_pauses_when_the_consent_goes(programme, world):
    match = programme.a_mentorship()
    consents = f"/registry/shedders/{match['shedder_id']}/consents"
    (consent,) = programme.coordinator.get(consents).json["items"]

    programme.coordinator.post(f"/registry/consents/{consent['id']}/withdraw", {}, expect=200)
    world.deliver()

    place = f"/mentoring/mentorships/{match['id']}"
    paused = programme.coordinator.get(place).json
    assert (paused["state"], paused["coded_reason"]) == ("paused", "consent_withdrawn")
    programme.mentor.act(f"{place}/resume", expect=409)
    programme.a_consent(match["shedder_id"], "mentoring")
    world.deliver()
    programme.mentor.act(f"{place}/resume")


def test_a_mentor_is_found_by_language_and_sector(programme, world):
    a_mentor(world, programme.coordinator, name="Luc F.", languages=["fr"], sectors=["care", "it"])

    def names(query):
        return [m["name"] for m in programme.coordinator.get(f"/mentoring/mentors?{query}").json["items"]]

    assert names("language=fr") == ["Luc F."]
    assert names("sector=it") == ["Luc F."]
    assert names("sector=retail") == []


class TestRule:
    """The rule by itself."""

    class Someone:
        trained_on = date(2025, 1, 1)
        vog_on = date(2025, 1, 1)
        left_on = None
        capacity = 2

    def test_nothing_keeps_a_mentor_from_a_match_whose_papers_are_in_order(self):
        assert not_matchable(self.Someone(), 1, date(2026, 1, 1), Validity(10, 3)) == []

    def test_papers_of_a_day_to_come_are_none(self):
        assert "vog_missing" in not_matchable(self.Someone(), 0, date(2024, 1, 1), Validity(10, 3))

    def test_a_leap_day_ends_on_the_28th(self):
        assert years_later(date(2024, 2, 29), 3) == date(2027, 2, 28)
