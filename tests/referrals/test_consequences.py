"""What happens elsewhere, and time passing, take effect in referrals (DOMAIN: Rules that cross services)."""

from services.referrals.worker import expire
from tests.world import moment


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
        from tests.builders.people import a_care_organisation

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
