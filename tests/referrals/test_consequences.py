"""What happens elsewhere, and time passing, take effect in referrals (docs/rules.md)."""

from services.referrals.worker import expire
from tests.builders.people import a_care_organisation
from tests.world import days_ago, moment


def consent_of(programme, place):
    man = programme.coordinator.get(place).json["shedder_id"]
    return programme.coordinator.get(f"/registry/shedders/{man}/consents").json["items"][0]["id"]


def withdraw(programme, consent_id):
    programme.coordinator.post(f"/registry/consents/{consent_id}/withdraw", {}, expect=200)
    programme.world.deliver()


class TestConsentWithdrawn:
    def test_open_referrals_to_the_recipient_are_withdrawn_and_it_is_recorded(self, programme, world):
        place = programme.a_referral("accepted")
        appointment = {"starts_at": moment("2026-03-20")}
        programme.care_worker.post(f"{place}/appointments", appointment)

        withdraw(programme, consent_of(programme, place))

        referral = programme.ambassador.get(place).json
        assert referral["state"] == "withdrawn"
        assert referral["coded_reason"] == "consent_withdrawn"
        last = programme.coordinator.get(f"{place}/history").json["items"][-1]
        assert (last["action"], last["actor_role"], last["reason"]) == (
            "withdraw",
            "system",
            "consent_withdrawn",
        )
        assert programme.ambassador.get(f"{place}/appointments").json["items"][0]["state"] == "cancelled"

    def test_the_disclosure_is_hidden_from_the_receiver_at_once(self, programme):
        place = programme.a_referral("accepted")
        assert "disclosure" in programme.care_worker.get(place).json

        withdraw(programme, consent_of(programme, place))

        seen = programme.care_worker.get(place).json
        assert not seen.keys() & {"disclosure", "reason_in_words"}

    def test_what_was_completed_stays_completed_and_is_hidden_too(self, programme):
        place = programme.a_referral("completed")

        withdraw(programme, consent_of(programme, place))

        seen = programme.care_worker.get(place).json
        assert seen["state"] == "completed"
        assert "disclosure" not in seen

    def test_referrals_to_others_go_on(self, programme, world):
        place = programme.a_referral("accepted")
        man = programme.coordinator.get(place).json["shedder_id"]
        other, service = a_care_organisation(world, programme.coordinator, "Another")
        programme.a_consent(man, organisation_id=str(other))
        world.deliver()
        second = programme.a_draft(man, service_id=str(service))
        programme.ambassador.act(f"/referrals/referrals/{second['id']}/send")
        first_consent = next(
            consent["id"]
            for consent in programme.coordinator.get(f"/registry/shedders/{man}/consents").json["items"]
            if consent["organisation_id"] == str(programme.organisation_id)
        )

        withdraw(programme, first_consent)

        assert programme.ambassador.get(place).json["state"] == "withdrawn"
        assert programme.ambassador.get(f"/referrals/referrals/{second['id']}").json["state"] == "requested"

    def test_a_consent_that_was_given_anew_is_not_the_one_withdrawn(self, programme, world):
        """Giving it again replaces the earlier one; withdrawing that one is refused, and nothing ends."""
        place = programme.a_referral("accepted")
        man = programme.coordinator.get(place).json["shedder_id"]
        earlier = consent_of(programme, place)
        world.clock.advance(days=1)
        programme.a_consent(man)
        world.deliver()

        programme.coordinator.post(f"/registry/consents/{earlier}/withdraw", {}, expect=409)
        assert programme.ambassador.get(place).json["state"] == "accepted"

    def test_nothing_can_be_sent_after_it(self, programme):
        draft = programme.a_draft()
        place = f"/referrals/referrals/{draft['id']}"

        withdraw(programme, consent_of(programme, place))

        assert programme.ambassador.get(place).json["state"] == "withdrawn"


class TestNoReferralWithoutAnOwner:
    def test_a_closed_shed_leaves_its_referrals_to_the_coordinator(self, programme, world):
        place = programme.a_referral("accepted")
        done = programme.a_referral("completed")

        programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")
        world.deliver()

        assert programme.coordinator.get(place).json["owner_id"] is None
        assert programme.coordinator.get(done).json["owner_id"] == str(programme.ambassador_id)
        programme.coordinator.act(f"{place}/withdraw", {"reason": "other"})
        assert "referral.inherited" in world.told_types("referrals")

    def test_an_ambassador_who_has_gone_leaves_his_to_the_coordinator(self, programme, world):
        place = programme.a_referral("accepted")

        programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
        world.deliver()

        assert programme.coordinator.get(place).json["owner_id"] is None
        assert programme.coordinator.get(place).json["sent_by"] == str(programme.ambassador_id)
        programme.ambassador.get(place, 404)
        assert programme.ambassador.get("/referrals/referrals").json["items"] == []

    def test_an_ambassador_released_from_a_shed_refers_nobody_of_it(self, programme, world):
        man = programme.a_shedder()
        place = f"/registry/ambassadors/{programme.ambassador_id}/release_from_shed"
        programme.coordinator.act(place, {"shed_id": str(programme.shed_id)})
        world.deliver()
        body = {"shedder_id": man["id"], "service_id": str(programme.service_id)}

        assert programme.ambassador.post("/referrals/referrals", body, expect=422)


class TestExpiry:
    def test_an_answer_overdue_by_the_configured_days_expires_the_referral(self, programme, world):
        place = programme.a_referral("received")
        world.clock.advance(days=10 + 28)
        expire(world.programme.referrals)
        assert programme.ambassador.get(place).json["state"] == "received"

        world.clock.advance(days=1)
        expire(world.programme.referrals)

        assert programme.ambassador.get(place).json["state"] == "expired"
        assert programme.coordinator.get(f"{place}/history").json["items"][-1]["actor_role"] == "system"

    def test_what_was_answered_or_waits_for_us_does_not_expire(self, programme, world):
        accepted = programme.a_referral("accepted")
        asked = programme.a_referral("received")
        programme.care_worker.post(f"{asked}/questions", {"question": "Mornings?"})
        world.clock.advance(days=200)

        expire(world.programme.referrals)

        assert programme.ambassador.get(accepted).json["state"] == "accepted"
        assert programme.ambassador.get(asked).json["state"] == "received"

    def test_many_expire_in_one_go(self, programme, world):
        for _ in range(3):
            programme.a_referral("requested")
        world.clock.advance(days=60)

        expire(world.programme.referrals)

        listed = programme.coordinator.get("/referrals/referrals?state=expired").json["items"]
        assert len(listed) == 3


class TestReopening:
    def test_a_coordinator_inherits_what_is_reopened_after_its_ambassador_left(self, programme, world):
        place = programme.a_referral("declined")
        programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
        world.deliver()

        programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"})

        assert programme.coordinator.get(place).json["owner_id"] is None
        assert "referral.inherited" in world.told_types("referrals")

    def test_and_after_its_shed_closed(self, programme, world):
        place = programme.a_referral("declined")
        programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")
        world.deliver()

        programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"})

        assert programme.coordinator.get(place).json["owner_id"] is None

    def test_of_an_ambassador_who_is_still_there_it_stays_his(self, programme):
        place = programme.a_referral("declined")

        programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"})

        assert programme.ambassador.get(place).json["owner_id"] == str(programme.ambassador_id)

    def test_is_refused_beside_a_live_one_which_it_names(self, programme):
        place = programme.a_referral("declined")
        man = programme.coordinator.get(place).json["shedder_id"]
        second = programme.a_draft(shedder_id=man)
        programme.ambassador.act(f"/referrals/referrals/{second['id']}/send")

        answer = programme.coordinator.act(f"{place}/reopen", {"reason": "other"}, expect=409)

        assert answer.json["existing"] == second["id"]

    def test_does_not_forget_how_long_the_clock_stood_still(self, programme, world):
        place = programme.a_referral("received")
        question = programme.care_worker.post(f"{place}/questions", {"question": "When?"}).json
        world.clock.advance(days=20)
        programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Now."})
        world.clock.advance(days=50)
        expire(world.programme.referrals)
        programme.coordinator.act(f"{place}/reopen", {"reason": "other"})

        answered = programme.care_worker.act(f"{place}/accept").json

        assert answered["state"] == "accepted"
        world.deliver()
        figures = programme.coordinator.get(f"/registry/figures?partner_id={programme.partner_id}").json
        assert figures["referrals"]["answer_time"]["median_days"] == 50


def test_an_ambassador_released_from_a_shed_leaves_its_referrals_to_the_coordinator(programme, world):
    place = programme.a_referral("accepted")
    other = programme.coordinator.post("/registry/sheds", another_shed(world)).json["id"]
    him = f"/registry/ambassadors/{programme.ambassador_id}"
    programme.coordinator.act(f"{him}/assign_shed", {"shed_id": other})

    programme.coordinator.act(f"{him}/release_from_shed", {"shed_id": str(programme.shed_id)})
    world.deliver()

    assert programme.coordinator.get(place).json["owner_id"] is None
    programme.ambassador.get(place, 404)


def test_from_a_closed_shed_the_coordinator_refers_and_no_ambassador(programme, world):
    man = programme.a_shedder()["id"]
    programme.a_consent(man)
    programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")
    world.deliver()
    body = {"shedder_id": man, "service_id": str(programme.service_id)}

    answer = programme.ambassador.post("/referrals/referrals", body, expect=422)

    assert answer.problem_on() == ["/shedder_id"]
    assert programme.coordinator.post("/referrals/referrals", body).json["owner_id"] is None


def test_the_outcome_is_on_the_mans_timeline(programme, world):
    place = programme.a_referral("completed")
    man = programme.coordinator.get(place).json["shedder_id"]
    world.deliver()

    timeline = programme.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]

    (completed,) = [entry for entry in timeline if entry["what"] == "referral.completed"]
    assert completed["details"]["outcomes"] == [{"need_category": "mental_health", "result": "achieved"}]


def another_shed(world):
    place = {"country": "NL", "municipality": "Den Haag", "focus": "sport"}
    return {"name": "Another shed", "opened_on": days_ago(world, 100), **place}
