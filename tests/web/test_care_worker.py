"""A care worker's pages: the inbox, one referral, and every form tried with all that can be wrong with it."""

import re
import threading
from uuid import uuid4

import pytest

from shared.actor import Role
from shared.errors import Unavailable
from tests.builders.people import a_care_organisation
from tests.builders.standing_in import an_account
from tests.statements import heard
from tests.web.visiting import visiting, visitor
from tests.world import days_ago, moment

INBOX = "/referrals/pages/inbox"
MARKUP = "<script>alert(1)</script> <b>vet</b> \"'&amp;"
LONG = "x" * 5000


@pytest.fixture
def stranger(programme):
    """A care worker of another organisation."""
    organisation_id, _service = a_care_organisation(programme.world, programme.coordinator, "Elders")
    programme.world.deliver()
    return visitor(
        programme.world, an_account(programme.world, Role.CARE_WORKER, organisation_id=organisation_id)
    )


def page_of(place):
    """The page of a thing of the API."""
    return place.replace("/referrals/", "/referrals/pages/", 1)


def an_appointment(programme, place):
    body = {"starts_at": "2026-03-02T08:00:00+00:00", "place": "Kerkplein 1"}
    return programme.care_worker.post(f"{place}/appointments", body).json["id"]


def a_question(programme, place):
    return programme.ambassador.post(f"{place}/questions", {"question": "Wanneer?"}).json["id"]


def form_of(programme, action):
    """The page of a form, on a referral that is in a state for it."""
    place = programme.a_referral(STATES[action])
    if action in ("reschedule", "attend", "miss", "cancel"):
        return f"{page_of(place)}/appointments/{an_appointment(programme, place)}/{action}"
    if action == "take_back":
        appointment = an_appointment(programme, place)
        programme.care_worker.act(f"/referrals/appointments/{appointment}/miss")
        return f"{page_of(place)}/appointments/{appointment}/take_back"
    if action == "answer":
        return f"{page_of(place)}/questions/{a_question(programme, place)}/answer"
    return page_of(place) + ("/appointments/book" if action == "book" else f"/{action}")


STATES = {
    "open": "requested",
    "accept": "received",
    "start": "accepted",
    "complete": "in_progress",
    "waitlist": "received",
    "decline": "received",
    "fail": "accepted",
    "reopen": "declined",
    "ask": "received",
    "answer": "received",
    "book": "accepted",
    "reschedule": "accepted",
    "attend": "accepted",
    "miss": "accepted",
    "cancel": "accepted",
    "take_back": "accepted",
}
ON_TUESDAY = {
    "starts_at-day": "3",
    "starts_at-month": "3",
    "starts_at-year": "2026",
    "starts_at-time": "14:30",
}
GOOD = {
    "open": {},
    "accept": {"remark": "Welkom."},
    "start": {},
    "complete": {"outcomes.0.result": "achieved", "sentence": "Het ging goed."},
    "waitlist": {"expected_on-day": "1", "expected_on-month": "6", "expected_on-year": "2026"},
    "decline": {"reason": "no_capacity"},
    "fail": {"reason": "did_not_come"},
    "reopen": {"reason": "place_available"},
    "ask": {"question": "Is hij dinsdag thuis?"},
    "answer": {"answer": "Volgende week."},
    "book": ON_TUESDAY,
    "reschedule": ON_TUESDAY | {"asked_by": "shedder", "why": "Hij kon niet."},
    "attend": {},
    "miss": {},
    "cancel": {"asked_by": "shedder", "why": "Hij kon niet."},
    "take_back": {"why": "Het was een ander."},
}
NEEDED = {
    "complete": ["outcomes-0-result", "sentence"],
    "waitlist": ["expected_on-day"],
    "decline": ["reason"],
    "fail": ["reason"],
    "reopen": ["reason"],
    "ask": ["question"],
    "answer": ["answer"],
    "book": ["starts_at-day"],
    "reschedule": ["asked_by", "why"],
    "cancel": ["asked_by", "why"],
    "take_back": ["why"],
}
WORDS = {
    "accept": "remark",
    "complete": "sentence",
    "waitlist": "remark",
    "decline": "remark",
    "fail": "sentence",
    "ask": "question",
    "answer": "answer",
    "book": "place",
    "reschedule": "why",
    "cancel": "why",
    "take_back": "why",
}
"""The field of each form in which somebody writes."""
AT_ONCE = ("open", "accept", "start", "attend", "miss")
EVERY = sorted(STATES)


def fields_of(seen, action):
    return dict(seen.form(f"/{action}").fields)


@pytest.mark.parametrize("action", EVERY)
class TestEachForm:
    def test_it_does_what_it_says_and_says_so(self, programme, worker, action):
        path = form_of(programme, action)
        form = worker.get(path).form(f"/{action}")
        seen = worker.post(form.action, form.filled(GOOD[action]))

        assert seen.said == action
        after = worker.follow(seen)
        assert after.status == 200
        assert "govuk-notification-banner" in after.text

    def test_pressed_twice_it_does_it_once(self, programme, worker, action):
        path = form_of(programme, action)
        form = worker.get(path).form(f"/{action}")
        sent = form.filled(GOOD[action])
        first, second = worker.post(path, sent), worker.post(path, sent)

        assert (second.status, second.headers["Location"]) == (first.status, first.headers["Location"])
        assert steps(programme, path).count(action) <= 1

    def test_it_is_not_there_for_another_organisation(self, programme, worker, stranger, action):
        path = form_of(programme, action)
        sent = worker.get(path).form(f"/{action}").filled(GOOD[action] | {"_whose": ""})
        before = steps(programme, path)

        stranger.post(path, sent, 404)
        stranger.get(path, 404)
        assert steps(programme, path) == before

    def test_a_key_or_a_version_that_is_none_is_no_fault_of_ours(self, programme, worker, action):
        path = form_of(programme, action)
        for strange in ({"_key": "a\r\nb"}, {"_key": "sleutel é€"}, {"_version": 'x"\n'}, {"_version": "é"}):
            seen = worker.post(path, GOOD[action] | strange, None)
            assert seen.status in (303, 400, 409, 412, 422, 428), (strange, seen)


def steps(programme, path):
    place = path.split("/pages")[0] + "/referrals/" + path.split("/")[4]
    items = programme.coordinator.get(f"{place}/history").json["items"]
    return [step["action"] for step in items]


@pytest.mark.parametrize(("action", "needed"), NEEDED.items())
def test_left_empty_it_says_what_to_fill_in(programme, worker, action, needed):
    path = form_of(programme, action)
    before = steps(programme, path)
    form = worker.get(path).form(f"/{action}")
    seen = worker.post(path, form.fields, 422)

    assert seen.errors == needed
    for place in needed:
        assert f'id="{place}"' in seen.text
    assert seen.text.count("<title>Error") <= 1
    assert steps(programme, path) == before


@pytest.mark.parametrize(("action", "field"), WORDS.items())
class TestWhatIsWritten:
    def test_too_long_is_said_and_nothing_of_it_is_lost(self, programme, worker, action, field):
        path = form_of(programme, action)
        form = worker.get(path).form(f"/{action}")
        seen = worker.post(path, form.filled(GOOD[action] | {field: LONG}), 422)

        assert seen.errors == [field]
        kept = fields_of(seen, action)
        assert kept[field] == LONG
        assert {name: kept[name] for name in GOOD[action] if name != field} == {
            name: value for name, value in GOOD[action].items() if name != field
        }

    def test_markup_is_only_ever_text(self, programme, worker, action, field):
        path = form_of(programme, action)
        form = worker.get(path).form(f"/{action}")
        wrong = worker.post(path, form.filled({field: MARKUP + LONG}), 422)
        assert fields_of(wrong, action)[field] == MARKUP + LONG
        seen = worker.post(path, form.filled(GOOD[action] | {field: MARKUP}))

        for page in (wrong, worker.follow(seen)):
            assert "script" not in page.tags
            assert "b" not in page.tags

    def test_after_the_state_changed_it_is_still_there(self, programme, worker, action, field):
        path = form_of(programme, action)
        form = worker.get(path).form(f"/{action}")
        place = "/referrals/referrals/" + path.split("/")[4]
        programme.coordinator.act(f"{place}/correct", {"reason": "wrong_person"})
        seen = worker.post(path, form.filled(GOOD[action] | {field: "Dit blijft."}), None)

        assert seen.status in (404, 409, 412, 422), seen
        if seen.status != 404:
            assert fields_of(seen, action)[field] == "Dit blijft."
            assert page_of(place) in seen.links


@pytest.mark.parametrize("action", ["decline", "fail", "reopen"])
def test_what_is_no_other_reason_is_another_reason(programme, worker, action):
    """A code has the words of what it is a code of: "Another one" is what a need is called."""
    words = worker.get(form_of(programme, action)).words

    assert "Another reason" in words
    assert "Another one" not in words


def test_a_version_that_would_be_any_is_none(programme, worker):
    """Else a form that somebody else made up would write over what nobody has seen."""
    place = programme.a_referral("received")
    refused = worker.post(f"{page_of(place)}/accept", {"_version": "*"}, 428)

    assert refused.form("/accept")
    assert programme.care_worker.get(place).json["state"] == "received"


def test_a_version_that_is_old_is_said_and_the_form_goes_on_with_the_new_one(programme, worker):
    place = programme.a_referral("requested")
    form = worker.get(f"{page_of(place)}/decline").form("/decline")
    programme.care_worker.act(f"{place}/open")
    seen = worker.post(form.action, form.filled({"reason": "other", "remark": "Dit blijft."}), 412)

    assert "Somebody changed this while you were looking" in seen.words
    again = seen.form("/decline")
    assert dict(again.fields)["remark"] == "Dit blijft."
    assert dict(again.fields)["reason"] == "other"
    assert worker.post(again.action, again.fields).said == "decline"


def test_two_presses_at_once_do_it_once(programme, worker):
    place = programme.a_referral("received")
    form = worker.get(f"{page_of(place)}/ask").form("/ask")
    sent = form.filled({"question": "Is hij dinsdag thuis?"})
    statuses = []

    def press():
        statuses.append(worker.post(form.action, sent, None).status)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) <= {303, 409}
    assert 303 in statuses
    assert len(programme.care_worker.get(f"{place}/questions").json["items"]) == 1


def test_the_same_form_sent_with_something_else_in_it_is_not_done_again(programme, worker):
    place = programme.a_referral("received")
    form = worker.get(f"{page_of(place)}/ask").form("/ask")
    worker.post(form.action, form.filled({"question": "Een?"}))
    seen = worker.post(form.action, form.filled({"question": "Twee?"}), 422)

    assert "sent already" in seen.words
    assert fields_of(seen, "ask")["question"] == "Twee?"
    assert len(programme.care_worker.get(f"{place}/questions").json["items"]) == 1


def test_who_goes_back_because_no_answer_came_has_the_same_form_and_it_is_done_once(programme, worker):
    place = programme.a_referral("received")
    address = worker.get(f"{page_of(place)}/ask").address
    for _ in range(2):
        form = worker.get(address).form("/ask")
        worker.post(form.action, form.filled({"question": "Een?"}))
    assert len(programme.care_worker.get(f"{place}/questions").json["items"]) == 1

    anew = worker.get(f"{page_of(place)}/ask").form("/ask")
    worker.post(anew.action, anew.filled({"question": "Een?"}))
    assert len(programme.care_worker.get(f"{place}/questions").json["items"]) == 2


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 101, "%00"])
def test_an_address_with_no_proper_key_gets_one(programme, worker, key):
    place = f"{page_of(programme.a_referral('received'))}/ask"
    seen = worker.get(f"{place}?from=inbox&key={key}")

    assert re.fullmatch(rf"{place}\?from=inbox&key=[0-9a-f-]{{36}}", seen.address)
    assert fields_of(seen, "ask")["_at"] == seen.address[-36:]


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("10u30", "09:30"), ("9h", "08:00"), ("14 u", "13:00"), ("9.15", "08:15")],
)
def test_an_hour_is_read_as_people_write_it(programme, worker, typed, hour):
    """In Amsterdam, where it is an hour later."""
    place = programme.a_referral("accepted")
    form = worker.get(f"{page_of(place)}/appointments/book").form("/book")
    day = {"starts_at-day": "6", "starts_at-month": "3", "starts_at-year": "2026"}
    worker.post(form.action, form.filled(day | {"starts_at-time": typed}))

    (booked,) = programme.care_worker.get(f"{place}/appointments").json["items"]
    assert booked["starts_at"] == f"2026-03-06T{hour}:00+00:00"


def test_who_has_an_appointment_is_put_on_the_waiting_list_once_that_is_said(programme, worker):
    """From then on nobody sees his name, so he cannot be told that it is moved."""
    place = programme.a_referral("accepted")
    form = worker.get(f"{page_of(place)}/waitlist").form("/waitlist")
    an_appointment(programme, place)
    expected = {"expected_on-day": "1", "expected_on-month": "6", "expected_on-year": "2026"}

    asked = worker.post(form.action, form.filled(expected), 422)
    assert "He has an appointment on" in asked.words
    assert programme.care_worker.get(place).json["state"] == "accepted"

    worker.press(asked.form("/waitlist"))
    assert programme.care_worker.get(place).json["state"] == "waitlisted"


def test_when_the_api_does_not_answer_nothing_that_was_typed_is_lost(programme, worker, monkeypatch):
    place = programme.a_referral("received")
    form = worker.get(f"{page_of(place)}/ask").form("/ask")
    sent = form.filled({"question": "Een?"})
    with monkeypatch.context() as broken:
        broken.setattr("services.referrals.use_cases.questions.find", unavailable)
        seen = worker.post(form.action, sent, 503)
    assert fields_of(seen, "ask")["question"] == "Een?"
    assert fields_of(seen, "ask")["_key"] == dict(form.fields)["_key"]
    worker.post(form.action, seen.form("/ask").fields)

    assert len(programme.care_worker.get(f"{place}/questions").json["items"]) == 1


def unavailable(*_args, **_others):
    raise Unavailable


class TestTheInbox:
    def test_it_opens_on_what_needs_an_answer_with_the_oldest_promise_first(self, world, programme):
        places = []
        for _ in range(3):
            places.append(programme.a_referral("requested"))
            world.clock.advance(days=1)
        seen = visiting(programme.care_worker).get(INBOX)

        found = [link for link in seen.links if link.startswith("/referrals/pages/referrals/")]
        assert found == [page_of(place) for place in places]
        assert "days left" in seen.words

    def test_no_two_links_sound_alike(self, programme, worker):
        for _ in range(3):
            programme.a_referral()

        links = [name for place, name in worker.get(INBOX).named_links if "/pages/referrals/" in place]

        assert len(set(links)) == len(links) == 3
        assert not [name for name in links if "Yusuf" in name]

    def test_it_says_what_is_late(self, world, programme):
        programme.a_referral("received")
        world.clock.advance(days=12)

        assert "late" in visiting(programme.care_worker).get(INBOX).words

    def test_it_shows_no_name_before_it_is_accepted(self, programme, worker):
        place = programme.a_referral("received")

        assert "Yusuf" not in worker.get(INBOX).words
        assert "Yusuf" not in worker.get(page_of(place)).words
        programme.care_worker.act(f"{place}/accept")
        assert "Yusuf" in worker.get(page_of(place)).words
        assert "Yusuf" in worker.get(f"{INBOX}?stage=under_way").words

    @pytest.mark.parametrize(
        ("state", "stage"),
        [
            ("requested", "to_answer"),
            ("waitlisted", "waiting"),
            ("accepted", "under_way"),
            ("completed", "ended"),
        ],
    )
    def test_each_is_where_one_looks_for_it(self, programme, worker, state, stage):
        place = programme.a_referral(state)

        for one in ("to_answer", "waiting", "under_way", "ended"):
            assert (page_of(place) in worker.get(f"{INBOX}?stage={one}").links) is (one == stage)

    def test_of_those_under_way_who_comes_soonest_stands_first_with_the_day(self, programme, worker):
        without, later, sooner = (programme.a_referral("accepted") for _ in range(3))
        for place, days in ((later, 9), (sooner, 2), (sooner, 5)):
            body = {"starts_at": moment(days_ago(programme.world, -days), 14), "place": "Room 9"}
            programme.care_worker.post(f"{place}/appointments", body)
        with heard(programme.world.programme.referrals.database.engine) as said:
            seen = worker.get(f"{INBOX}?stage=under_way")

        found = [link for link in seen.links if link.startswith("/referrals/pages/referrals/")]
        assert found == [page_of(place) for place in (sooner, later, without)]
        assert len(re.findall(r"Appointment on \w{3} \d+ \w+ \d{4}", seen.words)) == 2
        # The list itself, by its order; and one search for the days of all.
        assert len([one for one in said if re.search(r"\bFROM appointment\b", one.sql)]) == 2

    def test_who_comes_soonest_is_on_the_first_screen_of_those_under_way(
        self, monkeypatch, programme, worker
    ):
        monkeypatch.setattr("services.referrals.web.inbox.A_SCREEN_UNDER_WAY", 1)
        without, later, sooner = (programme.a_referral("accepted") for _ in range(3))
        for place, days in ((later, 9), (sooner, 2)):
            body = {"starts_at": moment(days_ago(programme.world, -days), 14), "place": "Room 9"}
            programme.care_worker.post(f"{place}/appointments", body)

        found, more = [], [f"{INBOX}?stage=under_way"]
        while more:
            seen = worker.get(more[0])
            found += [link for link in seen.links if link.startswith("/referrals/pages/referrals/")]
            more = [link for link in seen.links if "cursor=" in link]

        assert found == [page_of(place) for place in (sooner, later, without)]

    @pytest.mark.parametrize("stage", ["", "nowhere", "to_answer%00", MARKUP])
    def test_a_stage_that_there_is_not_is_the_first(self, worker, stage):
        assert 'stage=to_answer" aria-current="page"' in worker.get(f"{INBOX}?stage={stage}").text

    def test_it_goes_on_where_there_is_more(self, monkeypatch, programme, worker):
        monkeypatch.setattr("services.referrals.web.inbox.A_SCREEN", 1)
        places = {page_of(programme.a_referral("requested")) for _ in range(2)}
        first = worker.get(INBOX)
        (more,) = [link for link in first.links if "cursor=" in link]

        assert {link for link in (*first.links, *worker.get(more).links) if link in places} == places

    def test_what_ended_last_is_on_its_first_page(self, monkeypatch, world, programme):
        monkeypatch.setattr("services.referrals.web.inbox.A_SCREEN", 1)
        places = []
        for _ in range(2):
            places.append(page_of(programme.a_referral("declined")))
            world.clock.advance(days=1)
        worker = visiting(programme.care_worker)
        first = worker.get(f"{INBOX}?stage=ended")
        (more,) = [link for link in first.links if "cursor=" in link]

        seen = [[link for link in page.links if link in places] for page in (first, worker.get(more))]
        assert seen == [[places[1]], [places[0]]]

    def test_what_is_sent_to_another_organisation_is_not_in_it(self, programme, stranger):
        place = programme.a_referral("requested")

        assert page_of(place) not in stranger.get(INBOX).links
        stranger.get(page_of(place), 404)

    def test_a_draft_is_nobodys_but_the_senders(self, programme, worker):
        place = programme.a_referral("draft")

        worker.get(page_of(place), 404)
        assert page_of(place) not in worker.get(INBOX).links


class TestOneReferral:
    @pytest.mark.parametrize(
        "state",
        ["requested", "received", "accepted", "waitlisted", "in_progress", "declined", "failed", "withdrawn",
         "entered_in_error", "completed"],
    )  # fmt: skip
    def test_it_offers_what_can_be_done_and_nothing_else(self, programme, worker, state):
        place = programme.a_referral(state)
        may = {one["action"] for one in programme.care_worker.get(place).json["available_actions"]}
        seen = worker.get(page_of(place))
        leads = {place.rpartition("/")[2] for place in [form.action for form in seen.forms] + seen.links}

        assert {action for action in leads if action in STATES} - {"ask", "book", "answer"} == may
        for link in seen.links:
            if link.startswith(page_of(place)):
                worker.get(link)

    def test_one_press_is_enough(self, programme, worker):
        place = programme.a_referral("requested")
        for action in ("open", "accept", "start"):
            seen = worker.press(worker.get(page_of(place)).form(f"/{action}"))
            assert seen.said == action

    def test_when_he_withdraws_his_consent_nothing_of_him_is_shown(self, programme, worker):
        man = programme.a_shedder()
        consent = programme.a_consent(man["id"])
        programme.world.deliver()
        place = programme.a_referral("accepted", shedder_id=man["id"])
        appointment = an_appointment(programme, place)
        assert "Yusuf" in worker.get(page_of(place)).words
        programme.coordinator.act(f"/registry/consents/{consent['id']}/withdraw")
        programme.world.deliver()
        seen = worker.get(page_of(place))

        assert "withdrew his consent" in seen.words
        for gone in ("Yusuf", "+31612345678", "sleeps badly", "Kerkplein"):
            assert gone not in seen.text
        worker.get(f"{page_of(place)}/appointments/{appointment}/reschedule", None)

    def test_who_referred_him_reads_it_and_answers_nothing_for_the_organisation(self, programme):
        place = programme.a_referral("received")
        sender = visiting(programme.ambassador)
        seen = sender.get(page_of(place))

        assert not [form for form in seen.forms if form.action.endswith(("/accept", "/open", "/start"))]
        sender.post(f"{page_of(place)}/accept", {}, 404)

    def test_a_referral_of_no_one_is_not_there(self, worker):
        for action in (
            "",
            "/accept",
            "/ask",
            f"/appointments/{uuid4()}/cancel",
            f"/questions/{uuid4()}/answer",
        ):
            path = f"/referrals/pages/referrals/{uuid4()}{action}"
            if action != "/ask":
                worker.get(path, 404)
            if action:
                worker.post(path, {"question": "Hoe?"} | GOOD["cancel"] | GOOD["answer"], 404)

    def test_an_appointment_is_changed_on_its_own_referrals_page(self, programme, worker):
        """Whatever referral stands in the address, it leads back to that of the appointment."""
        place, other = programme.a_referral("accepted"), programme.a_referral("accepted")
        appointment = an_appointment(programme, place)
        path = f"{page_of(other)}/appointments/{appointment}/cancel"
        seen = worker.post(path, worker.get(path).form("/cancel").filled(GOOD["cancel"]))

        assert seen.location == page_of(place)


class TestMovingAnAppointment:
    @pytest.fixture
    def place(self, programme):
        return programme.a_referral("accepted")

    @pytest.fixture
    def path(self, programme, place):
        return f"{page_of(place)}/appointments/{an_appointment(programme, place)}/reschedule"

    def test_it_begins_with_its_day_hour_and_place_of_now_in_the_programmes_zone(self, worker, path):
        kept = fields_of(worker.get(path), "reschedule")
        at = [kept[f"starts_at-{part}"] for part in ("day", "month", "year", "time")]

        assert at == ["2", "3", "2026", "09:00"]
        assert kept["place"] == "Kerkplein 1"

    @pytest.mark.parametrize(("typed", "is_at"), [({}, "Kerkplein 1"), ({"place": ""}, None)])
    def test_what_is_not_changed_stays_and_a_place_that_is_emptied_is_gone(
        self, programme, worker, place, path, typed, is_at
    ):
        later = {"starts_at-time": "11:15", "asked_by": "shedder", "why": "Hij kon niet."}
        worker.post(path, worker.get(path).form("/reschedule").filled(later | typed))
        (moved,) = programme.care_worker.get(f"{place}/appointments").json["items"]

        assert (moved["starts_at"], moved["place"]) == ("2026-03-02T10:15:00+00:00", is_at)


@pytest.mark.parametrize("action", ["book", "reschedule"])
class TestAnUnlikelyTime:
    """Is asked about once, with all that was typed; pressed again, it is meant."""

    @pytest.fixture
    def path(self, programme, action):
        return form_of(programme, action)

    @pytest.fixture
    def times(self, programme, path):
        place = path.replace("/pages/", "/").partition("/appointments")[0]
        return lambda: [
            one["starts_at"] for one in programme.care_worker.get(f"{place}/appointments").json["items"]
        ]

    @pytest.mark.parametrize(
        ("at", "year", "words"),
        [
            ("2.30", "2026", "That is at 02:30, before 7 in the morning. Is that right?"),
            ("6:59", "2026", "That is at 06:59, before 7 in the morning. Is that right?"),
            ("22:01", "2026", "That is at 22:01, after 10 in the evening. Is that right?"),
            ("14:30", "2062", "That is on Fri 3 March 2062, more than a year from now. Is that right?"),
            ("23:00", "2062", "in the evening. That is on Fri 3 March 2062, more than a year from now. Is"),
        ],
    )
    def test_is_asked_about_once(self, worker, path, action, times, at, year, words):
        before = times()
        form = worker.get(path).form(f"/{action}")
        typed = GOOD[action] | {"starts_at-time": at, "starts_at-year": year, "place": "Kerkplein 9"}

        asked = worker.post(path, form.filled(typed), 422)

        assert words in asked.words
        assert asked.errors == ["starts_at-day"]
        assert times() == before
        again = asked.form(f"/{action}")
        kept, sent = dict(again.fields), dict(form.filled(typed))
        assert {name: kept[name] for name in sent if name != "_asked"} == {
            name: value for name, value in sent.items() if name != "_asked"
        }
        worker.press(again)
        (booked,) = times()
        assert booked.startswith(f"{year}-03-0")

    def test_another_one_is_asked_about_anew(self, worker, path, action, times):
        before = times()
        form = worker.get(path).form(f"/{action}")
        asked = worker.post(path, form.filled(GOOD[action] | {"starts_at-time": "2:30"}), 422)

        anew = worker.post(path, asked.form(f"/{action}").filled({"starts_at-time": "3:30"}), 422)

        assert "That is at 03:30" in anew.words
        assert times() == before

    @pytest.mark.parametrize("at", ["7:00", "22.00"])
    def test_the_first_and_the_last_hour_of_a_day_are_likely(self, worker, path, action, at):
        form = worker.get(path).form(f"/{action}")

        worker.post(path, form.filled(GOOD[action] | {"starts_at-time": at}))

    def test_what_is_wrong_besides_is_said_first(self, worker, path, action):
        form = worker.get(path).form(f"/{action}")
        typed = GOOD[action] | {"starts_at-time": "2:30", "place": "x" * 401}

        seen = worker.post(path, form.filled(typed), 422)

        assert seen.errors == ["place"]

    def test_in_another_language_it_is_asked_again(self, worker, path, action, times):
        before = times()
        form = worker.get(path).form(f"/{action}")
        asked = worker.post(path, form.filled(GOOD[action] | {"starts_at-time": "2:30"}), 422)
        in_dutch = worker.press(asked.in_language("nl"), None)

        assert "_asked" not in dict(in_dutch.form(f"/{action}").fields)
        again = worker.press(in_dutch.form(f"/{action}"), 422)

        assert "vóór 7 uur" in again.words
        assert times() == before


class TestTheCalendar:
    def test_a_move_is_a_later_revision_of_the_same_appointment(self, programme, worker):
        place = programme.a_referral("accepted")
        appointment = an_appointment(programme, place)
        path = f"{page_of(place)}/appointments/{appointment}/calendar"
        booked = worker.get(path).text.split("\r\n")
        programme.world.clock.advance(minutes=5)
        moved_at = f"{programme.world.clock.now():%Y%m%dT%H%M%SZ}"
        body = {"starts_at": "2026-03-04T08:00:00+00:00", "asked_by": "shedder", "why": "Hij kon niet."}
        programme.care_worker.act(f"/referrals/appointments/{appointment}/reschedule", body)
        programme.world.clock.advance(minutes=5)
        moved = worker.get(path).text.split("\r\n")

        assert f"UID:{appointment}" in set(booked) & set(moved)
        assert "SEQUENCE:0" in booked
        assert not [line for line in booked if line.startswith("LAST-MODIFIED")]
        new = {"SEQUENCE:1", f"DTSTAMP:{moved_at}", f"LAST-MODIFIED:{moved_at}", "DTSTART:20260304T080000Z"}
        assert new <= set(moved)

    def test_an_appointment_is_a_file_for_ones_own_calendar(self, programme, worker):
        place = programme.a_referral("accepted")
        body = {"starts_at": "2026-03-03T14:30:00+01:00", "place": "Plein 1; achter, " + "é" * 60}
        appointment = programme.care_worker.post(f"{place}/appointments", body).json["id"]
        (link,) = [link for link in worker.get(page_of(place)).links if link.endswith("/calendar")]
        seen = worker.get(link)

        assert seen.type == "text/calendar"
        assert seen.text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
        assert all(len(line.encode()) <= 75 for line in seen.text.split("\r\n"))
        lines = seen.text.replace("\r\n ", "").split("\r\n")
        assert "DTSTART:20260303T133000Z" in lines
        assert f"UID:{appointment}" in lines
        assert "LOCATION:Plein 1\\; achter\\, " + "é" * 60 in lines
        for personal in ("Yusuf", "mental", "+316"):
            assert personal not in seen.text

    def test_it_is_not_there_for_another_organisation(self, programme, worker, stranger):
        place = programme.a_referral("accepted")
        path = f"{page_of(place)}/appointments/{an_appointment(programme, place)}/calendar"

        worker.get(path)
        stranger.get(path, 404)
        worker.get(path.replace(place.rpartition("/")[2], str(uuid4())), 404)
