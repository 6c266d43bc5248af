"""People who do the same thing at the same moment: one of them has done it, the other is told why not."""

import threading

import pytest

from tests.builders.people import a_mentor

pytestmark = pytest.mark.slow


def at_once(*deeds):
    """Do them all at the same moment; gives the statuses, sorted."""
    statuses = []
    barrier = threading.Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        statuses.append(deed().status)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def test_an_answer_is_given_once(live):
    place = live.a_referral("requested")
    etag = live.care_worker.get(place).headers["ETag"]

    statuses = at_once(
        lambda: live.care_worker.post(f"{place}/accept", {}, None, etag=etag),
        lambda: live.care_worker.post(f"{place}/decline", {"reason": "no_capacity"}, None, etag=etag),
    )

    assert statuses == [200, 409]
    history = [step["action"] for step in live.coordinator.get(f"{place}/history").json["items"]]
    assert len({"accept", "decline"} & set(history)) == 1


def test_two_drafts_for_the_same_service_do_not_both_go_out(live):
    first = live.a_draft()
    again = {name: first[name] for name in ("shedder_id", "service_id", "disclosure")}
    second = live.ambassador.post("/referrals/referrals", again).json

    statuses = at_once(
        *(
            lambda draft=draft: live.ambassador.post(
                f"/referrals/referrals/{draft['id']}/send", {}, None, etag='"1"'
            )
            for draft in (first, second)
        )
    )

    assert statuses == [200, 409]


def test_a_mentor_never_has_more_mentees_than_he_has_room_for(live):
    mentor_id = str(a_mentor(live.world, live.coordinator, capacity=2))
    men = [live.a_shedder(known_as="Mentee")["id"] for _ in range(5)]
    for man in men:
        live.a_consent(man, "mentoring")
    live.world.deliver()

    statuses = at_once(
        *(
            lambda man=man: live.coordinator.post(
                "/mentoring/mentorships", {"mentor_id": mentor_id, "shedder_id": man}, None
            )
            for man in men
        )
    )

    assert statuses == [201, 201, 409, 409, 409]


def test_a_man_has_one_open_pathway(live):
    match = live.a_mentorship()

    def enrol():
        return live.mentor.post("/mentoring/pathways", {"mentorship_id": match["id"]}, None)

    assert at_once(enrol, enrol, enrol) == [201, 409, 409]


def test_a_referral_sent_while_consent_is_withdrawn_does_not_stay_out(live):
    for _ in range(3):
        draft = live.a_draft()
        consents = live.coordinator.get(f"/registry/shedders/{draft['shedder_id']}/consents").json["items"]
        place = f"/referrals/referrals/{draft['id']}"

        at_once(
            lambda one=consents[0]: live.ambassador.post(
                f"/registry/consents/{one['id']}/withdraw", {}, None
            ),
            lambda place=place: live.ambassador.post(f"{place}/send", {}, None, etag='"1"'),
        )
        live.world.deliver()

        assert live.coordinator.get(place).json["state"] == "withdrawn"
