"""One press reminds who is to act: on the coordinator's page, and what both sides read of it."""

import pytest

from tests.builders.people import a_programme
from tests.builders.standing_in import account_of
from tests.web.visiting import visiting, visitor

LATE = "/referrals/pages/late"


def page_of(place):
    return place.replace("/referrals/", "/referrals/pages/", 1)


def late_ones(programme, count=1):
    places = [programme.a_referral() for _ in range(count)]
    programme.world.clock.advance(days=13)
    return places


def reminded(programme, place):
    return programme.coordinator.get(place).json["reminded_whom"]


class TestOneReferral:
    def test_one_press_reminds_the_organisation_and_the_button_is_gone(self, programme):
        (place,) = late_ones(programme)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form(f"{page_of(place)}/remind")

        sent = coordinator.press(press)

        assert (sent.location, sent.said) == (LATE, "remind")
        seen = coordinator.follow(sent)
        assert "The reminder is sent." in seen.words
        assert "sent on" in seen.words
        assert seen.forms == []
        assert reminded(programme, place) == "organisation"

    def test_pressed_twice_it_is_sent_once(self, programme, world):
        late_ones(programme)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form("/remind")

        assert [coordinator.press(press).said for _ in range(2)] == ["remind", "remind"]
        assert world.told_types("referrals").count("referral.reminded") == 1

    def test_the_next_day_it_can_be_sent_again(self, programme, world):
        late_ones(programme)
        account = account_of(world, programme.coordinator)
        today = visitor(world, account)
        today.press(today.get(LATE).form("/remind"))
        world.clock.advance(days=1)
        coordinator = visitor(world, account)

        seen = coordinator.get(LATE)

        assert "sent on" in seen.words
        coordinator.press(seen.form("/remind"))

    def test_a_colleague_was_first_and_the_page_says_so(self, programme):
        (place,) = late_ones(programme)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form("/remind")
        programme.coordinator.post(f"{place}/remind", expect=200)

        seen = coordinator.press(press, 409)

        assert "A reminder of this was sent today." in seen.words
        assert LATE in seen.links

    def test_a_question_and_a_draft_wait_for_the_ambassador(self, programme, world):
        asked, draft = programme.a_referral("received"), programme.a_referral("draft")
        world.clock.advance(days=1)
        programme.care_worker.post(f"{asked}/questions", {"question": "Which floor?"})
        coordinator = visiting(programme.coordinator)

        for place in (asked, draft):
            coordinator.press(coordinator.get(LATE).form(f"{page_of(place)}/remind"))
            assert reminded(programme, place) == "sender"

    def test_a_reminder_of_an_answered_question_is_none_of_the_next_one(self, programme, world):
        """After acceptance no clock stops for a question: it is its own day that counts."""
        place, told = programme.a_referral("accepted"), "reminded you of this"
        questions = f"{place}/questions"
        ambassador, coordinator = visiting(programme.ambassador), visiting(programme.coordinator)
        first = programme.care_worker.post(questions, {"question": "Which floor?"}).json["id"]
        coordinator.press(coordinator.get(LATE).form(f"{page_of(place)}/remind"))
        assert told in ambassador.get(page_of(place)).words
        programme.ambassador.act(f"/referrals/questions/{first}/answer", {"answer": "Two."})
        world.clock.advance(days=1)

        programme.care_worker.post(questions, {"question": "Which street?"})

        assert told not in visitor(world, programme.ambassador.actor.id).get(page_of(place)).words

    def test_nobody_reminds_himself(self, programme, world):
        body = {"shedder_id": programme.a_draft()["shedder_id"], "service_id": str(programme.service_id)}
        own = programme.coordinator.post("/referrals/referrals", body).json["id"]
        world.clock.advance(days=1)

        seen = visiting(programme.coordinator).get(LATE)

        assert f"/referrals/pages/referrals/{own}" in seen.links
        assert [form.action for form in seen.forms if own in form.action] == []

    def test_no_two_presses_and_no_two_links_sound_alike(self, programme):
        programme.a_referral("draft")
        programme.a_referral("draft")
        late_ones(programme, 2)

        seen = visiting(programme.coordinator).get(LATE)
        presses = [" ".join(form.text.split()) for form in seen.forms]
        links = [text for place, text in seen.named_links if "/pages/referrals/" in place]

        assert len(set(presses)) == len(presses) == 5
        assert len(set(links)) == len(links) == 4


class TestAllOfAnOrganisation:
    def test_one_press_reminds_of_all_that_it_is_late_with(self, programme):
        places = late_ones(programme, 3)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form("/late/remind")
        assert "Remind Centrum of 3 referrals at once" in press.text

        sent = coordinator.press(press)

        assert sent.said == "remind_all"
        assert [reminded(programme, place) for place in places] == ["organisation"] * 3
        assert coordinator.follow(sent).forms == []

    def test_pressed_twice_each_is_sent_once(self, programme, world):
        late_ones(programme, 2)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form("/late/remind")

        for _ in range(2):
            coordinator.press(press)

        assert world.told_types("referrals").count("referral.reminded") == 2

    def test_what_was_reminded_of_today_is_left_out(self, programme, world):
        first, *_ = late_ones(programme, 3)
        coordinator = visiting(programme.coordinator)
        press = coordinator.get(LATE).form("/late/remind")
        programme.coordinator.post(f"{first}/remind", expect=200)

        coordinator.press(press)

        assert world.told_types("referrals").count("referral.reminded") == 3

    def test_only_of_ones_own_partners(self, programme, world):
        late_ones(programme)
        stranger = visiting(a_programme(world, "De Merels").coordinator)

        stranger.post(f"{LATE}/remind", {"organisation_id": str(programme.organisation_id), "_key": "k"})

        assert "referral.reminded" not in world.told_types("referrals")


class TestWhoIsReminded:
    SAYS = "The coordinator reminded you of this on"

    def test_a_care_worker_reads_it_in_his_inbox_and_on_the_referral_until_it_is_answered(self, programme):
        (place,) = late_ones(programme)
        worker, ambassador = visiting(programme.care_worker), visiting(programme.ambassador)
        assert "reminded on" not in worker.get("/referrals/pages/inbox").words

        programme.coordinator.post(f"{place}/remind", expect=200)

        assert "reminded on" in worker.get("/referrals/pages/inbox").words
        assert self.SAYS in worker.get(page_of(place)).words
        assert "reminded" not in ambassador.get("/referrals/pages/mine").words
        assert self.SAYS not in ambassador.get(page_of(place)).words
        programme.care_worker.act(f"{place}/accept")
        assert self.SAYS not in worker.get(page_of(place)).words

    def test_an_ambassador_reads_it_of_a_draft_and_of_a_question(self, programme, world):
        place = programme.a_referral("draft")
        programme.coordinator.post(f"{place}/remind", expect=200)
        account = account_of(world, programme.ambassador)
        ambassador = visitor(world, account)
        assert "reminded on" in ambassador.get("/referrals/pages/mine").words
        assert self.SAYS in ambassador.get(page_of(place)).words

        programme.ambassador.act(f"{place}/send")
        world.clock.advance(days=1)
        ambassador, worker = visitor(world, account), visiting(programme.care_worker)
        programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"})
        assert self.SAYS not in ambassador.get(page_of(place)).words

        programme.coordinator.post(f"{place}/remind", expect=200)
        assert self.SAYS in ambassador.get(page_of(place)).words
        assert self.SAYS not in worker.get(page_of(place)).words
        coordinator = visiting(programme.coordinator).get(page_of(place)).words
        assert "A reminder of this was sent on" in coordinator


@pytest.mark.parametrize("who", ["ambassador", "care_worker", "mentor", "administrator"])
def test_the_presses_are_the_coordinators_alone(programme, world, who):
    (place,) = late_ones(programme)
    visitor = visiting(getattr(programme, who))

    visitor.post(f"{page_of(place)}/remind", {"_key": "k"}, 404)
    visitor.post(f"{LATE}/remind", {"_key": "k"}, 404)

    assert "referral.reminded" not in world.told_types("referrals")
