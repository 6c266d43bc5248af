"""What stands where on the page of one referral: what is needed most first, and one green button."""

import re

import pytest

from tests.builders.answer_links import links_of, secret_for, wants_links
from tests.web.visiting import anybody
from tests.world import days_ago, moment

NAME, PHONE, QUESTION = "Yusuf", "+31612345678", "Is he at home on Tuesdays?"
CONSENT_GONE = "was known of him is not shown any more"


def page_of(place):
    return place.replace("/referrals/", "/referrals/pages/", 1)


def green(seen):
    """What the green buttons of a page say."""
    return [" ".join(text.split()) for text in re.findall(r'class="govuk-button"[^>]*>(.*?)</', seen.text)]


def book(programme, place, days):
    body = {"starts_at": moment(days_ago(programme.world, -days), 14), "place": "Room 9"}
    return programme.care_worker.post(f"{place}/appointments", body).json["id"]


MARKS = {
    "en": "[number removed: it may be a BSN]",
    "nl": "[nummer verwijderd: dit kan een BSN zijn]",
    "fr": "[numéro retiré : c'est peut-être un BSN]",
}


class TestANumberThatWasTakenOut:
    @pytest.mark.parametrize("language", MARKS)
    def test_is_marked_in_the_readers_language(self, programme, worker, language):
        place = programme.a_referral("accepted", reason_in_words="My number is 111222333.")

        seen = worker.get(page_of(place), Accept_Language=language)

        assert f"My number is {MARKS[language]}." in seen.words
        assert programme.care_worker.get(place).json["reason_in_words"] == f"My number is {MARKS['en']}."

    @pytest.mark.parametrize("language", MARKS)
    def test_is_marked_so_in_what_is_changed_and_kept_as_it_was(self, programme, ambassador, language):
        draft = programme.a_draft(reason_in_words="My number is 111222333.")
        place = f"/referrals/referrals/{draft['id']}"
        form = ambassador.get(f"{page_of(place)}/change_draft", Accept_Language=language).form(
            "/change_draft"
        )
        words = dict(form.fields)["reason_in_words"]
        assert words == f"My number is {MARKS[language]}."

        ambassador.press(form, reason_in_words=f"{words} I sleep badly.")

        now = programme.ambassador.get(place).json["reason_in_words"]
        assert now == f"My number is {MARKS['en']}. I sleep badly."


class TestWhatWasRecordedOfAnAppointment:
    def test_is_taken_back_with_the_reason_while_the_referral_goes_on(self, programme, worker):
        place = programme.a_referral("accepted")
        appointment = book(programme, place, 0)
        programme.care_worker.act(f"/referrals/appointments/{appointment}/attend")
        seen = worker.get(page_of(place))
        there = f"{page_of(place)}/appointments/{appointment}/take_back"
        assert (there, "Noted by mistake") in seen.named_links
        assert f"{page_of(place)}/appointments/{appointment}/calendar" not in seen.links

        done = worker.press(worker.get(there).form("/take_back"), why="It was another man.")

        after = worker.follow(done)
        assert "The appointment stands as booked again." in after.words
        assert [form.action for form in after.forms if form.action.endswith(("/attend", "/miss"))]
        assert programme.care_worker.get(place).json["state"] == "in_progress"

    def test_is_not_offered_once_the_referral_has_ended_nor_to_who_sent_it(
        self, programme, worker, ambassador
    ):
        place = programme.a_referral("accepted")
        appointment = book(programme, place, 0)
        programme.care_worker.act(f"/referrals/appointments/{appointment}/miss")
        assert "Noted by mistake" not in ambassador.get(page_of(place)).words
        programme.care_worker.act(f"{place}/fail", {"reason": "other"})

        assert "Noted by mistake" not in worker.get(page_of(place)).words


class TestAQuestion:
    @pytest.mark.parametrize("state", ["received", "accepted"])
    @pytest.mark.parametrize("sender", ["ambassador", "coordinator"])
    def test_of_the_organisation_stands_at_the_top_once_with_the_one_green_button(
        self, programme, request, sender, state
    ):
        place = programme.a_referral(state)
        programme.care_worker.post(f"{place}/questions", {"question": QUESTION})
        seen = request.getfixturevalue(sender).get(page_of(place))

        assert seen.words.count(QUESTION) == 1
        assert seen.words.index(QUESTION) < seen.words.index("Withdraw") < seen.words.index("How soon")
        assert green(seen) == ["Answer it"]
        assert "Not answered yet" not in seen.words

    def test_of_the_sender_stands_at_the_top_for_the_organisation(self, programme, worker):
        place = programme.a_referral("received")
        asked = programme.ambassador.post(f"{place}/questions", {"question": QUESTION}).json["id"]
        seen = worker.get(page_of(place))

        assert seen.words.count(QUESTION) == 1
        assert seen.words.index(QUESTION) < seen.words.index("Accept")
        assert green(seen) == ["Answer it"]
        programme.care_worker.act(f"/referrals/questions/{asked}/answer", {"answer": "Yes."})
        after = worker.get(page_of(place))
        assert after.words.index("How soon") < after.words.index(QUESTION)
        assert green(after) == ["Accept"]

    def test_of_ones_own_waits_below(self, programme, ambassador):
        place = programme.a_referral("received")
        programme.ambassador.post(f"{place}/questions", {"question": QUESTION})
        seen = ambassador.get(page_of(place))

        assert seen.words.index("How soon") < seen.words.index(QUESTION)
        assert "Not answered yet" in seen.words
        assert green(seen) == []

    def test_of_two_the_first_leads(self, programme, ambassador):
        place = programme.a_referral("received")
        for question in ("Where?", "When?"):
            programme.care_worker.post(f"{place}/questions", {"question": question})
        seen = ambassador.get(page_of(place))

        assert green(seen) == ["Answer it"]
        assert len([link for link in seen.links if link.endswith("/answer")]) == 2

    def test_is_not_answered_any_more_once_it_is_over(self, programme, ambassador):
        place = programme.a_referral("received")
        programme.care_worker.post(f"{place}/questions", {"question": QUESTION})
        programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})
        seen = ambassador.get(page_of(place))

        assert QUESTION in seen.words
        assert not [link for link in seen.links if link.endswith("/answer")]


class TestWhoAccepted:
    def test_sees_how_to_reach_him_before_the_buttons_and_the_facts(self, programme, worker):
        seen = worker.get(page_of(programme.a_referral("accepted")))

        reached = seen.words.index(PHONE)
        assert seen.words.index(NAME) < reached < seen.words.index("Book an appointment")
        assert reached < seen.words.index("How soon")
        assert seen.words.count(PHONE) == 1

    def test_by_a_link_too(self, programme, world):
        wants_links(programme)
        place = programme.a_referral()
        page = f"/referrals/pages/answer/{secret_for(world, place)}"
        holder = anybody(world)
        seen = holder.follow(holder.press(holder.get(page).form("/accept")))

        assert seen.words.index(PHONE) < seen.words.index("It was accepted by this link")
        assert seen.words.index(PHONE) < seen.words.index("How soon")
        assert seen.words.count(PHONE) == 1

    def test_books_first_and_only_then_is_anything_else_green(self, programme, worker):
        place = programme.a_referral("accepted")
        assert green(worker.get(page_of(place))) == ["Book an appointment"]
        one = book(programme, place, 2)
        assert green(worker.get(page_of(place))) == ["Start"]
        programme.care_worker.act(f"{place}/start")
        assert green(worker.get(page_of(place))) == ["Report how it ended"]
        programme.care_worker.act(
            f"/referrals/appointments/{one}/cancel", {"asked_by": "shedder", "why": "Ill."}
        )
        assert green(worker.get(page_of(place))) == ["Book an appointment"]

    def test_says_whether_he_came_on_the_day(self, programme, worker):
        place = programme.a_referral("accepted")
        book(programme, place, 0)

        assert green(worker.get(page_of(place))) == ["He came"]

    @pytest.mark.parametrize("state", ["requested", "received", "waitlisted"])
    def test_before_that_accepting_is_the_first_and_green_button(self, programme, worker, state):
        seen = worker.get(page_of(programme.a_referral(state)))

        assert green(seen) == ["Accept"]
        assert seen.forms[0].action.endswith("/accept")


class TestWhoseItIs:
    def test_a_sender_reads_his_name_with_the_way_to_his_page(self, programme, ambassador, coordinator):
        place = programme.a_referral()
        man = programme.ambassador.get(place).json["shedder_id"]
        known = programme.ambassador.get(f"/registry/shedders/{man}").json["known_as"]

        for sender in (ambassador, coordinator):
            assert (f"/registry/pages/men/{man}", known) in sender.get(page_of(place)).named_links

    def test_without_the_registry_he_is_called_what_was_told_of_him(self, programme, ambassador, monkeypatch):
        monkeypatch.setattr("services.referrals.web.referral.men_called", lambda *_: {})
        seen = ambassador.get(page_of(programme.a_referral()))

        assert f'<p class="govuk-body-l">{NAME}</p>' in seen.text

    def test_an_organisation_reads_it_once_it_accepted_and_goes_nowhere(self, programme, worker):
        place = programme.a_referral("received")
        assert "govuk-body-l" not in worker.get(page_of(place)).text
        programme.care_worker.act(f"{place}/accept")
        seen = worker.get(page_of(place))

        assert f'<p class="govuk-body-l">{NAME}</p>' in seen.text
        assert not [link for link in seen.links if "/registry/pages/men/" in link]


def test_only_the_organisation_is_told_that_it_sees_nothing_of_him(programme, world, worker, coordinator):
    man = programme.a_shedder()
    consent = programme.a_consent(man["id"])
    world.deliver()
    place = programme.a_referral("accepted", shedder_id=man["id"])
    programme.coordinator.act(f"/registry/consents/{consent['id']}/withdraw")
    world.deliver()
    told, sent = worker.get(page_of(place)).words, coordinator.get(page_of(place)).words

    assert CONSENT_GONE in told
    assert CONSENT_GONE not in sent
    assert "The organisation does not see it any more." in sent
    assert PHONE in sent


def test_it_is_marked_as_received_and_not_opened_again(programme, worker):
    form = worker.get(page_of(programme.a_referral())).form("/open")

    assert form.text.strip() == "Mark as received"
    assert "It is marked as received" in worker.follow(worker.press(form)).words


def test_why_is_told_in_his_words(programme, worker, ambassador):
    place = programme.a_referral("accepted")

    for reader in (worker, ambassador):
        assert "Why, in his words He sleeps badly." in reader.get(page_of(place)).words


@pytest.mark.parametrize("state", ["accepted", "completed", "declined", "failed"])
def test_when_it_was_answered_is_told_in_the_same_words_however_it_ended(programme, worker, state):
    assert re.search(r"Answer Answered \w{3} \d+", worker.get(page_of(programme.a_referral(state))).words)


def test_of_what_was_never_answered_no_day_stands_as_that_of_an_answer(programme, ambassador):
    words = ambassador.get(page_of(programme.a_referral("withdrawn"))).words

    assert re.search(r"Answer Ended on \w{3} \d+ \w+ \d{4} without an answer", words)


def test_in_dutch_a_referral_is_no_woman_and_a_service_answers_referrals(programme, world, ambassador):
    wants_links(programme)
    place = programme.a_referral()
    man = programme.ambassador.get(place).json["shedder_id"]
    picking = f"/referrals/pages/men/{man}/refer/service?need_category=mental_health&another=true"

    assert "neem die aan, wijs die af" in links_of(world, place)[0].text
    assert "nog geen verwijzing beantwoord" in ambassador.get(picking, Accept_Language="nl").words
