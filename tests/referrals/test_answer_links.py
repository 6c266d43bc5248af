"""Answering by a link without an account: to whom it goes, what it opens, once, and how it ends."""

import re
import threading
from datetime import date, timedelta
from email import message_from_string
from email.policy import default

import pytest
from sqlalchemy import select, update

from services.referrals.models import AnswerLink, Organisation
from services.referrals.settings import Settings
from services.referrals.use_cases.answer_links import (
    LASTS,
    forget_answer_links,
    send_answer_link,
    waiting_links,
)
from shared.actor import Role
from shared.mailing import KEPT
from tests import audit
from tests.builders.answer_links import ADDRESS, links_of, secret_for, secret_in, wants_links
from tests.builders.lives import erase
from tests.world import days_ago

ANSWERING = ("directory:write", "referrals:read", "referrals:answer")
NAME, PHONE = "Yusuf", "+31612345678"


@pytest.fixture
def small(programme):
    """A programme whose care organisation answers by links."""
    wants_links(programme)
    return programme


def ask(world, what, secret, expect, **values):
    return world.anonymous().post(
        f"/referrals/answer-links/{what}", {"secret": secret, **values}, expect=expect
    )


def look(world, secret):
    return ask(world, "look", secret, 200).json


def state(programme, place):
    return programme.coordinator.get(place).json["state"]


def send(world, server):
    return send_answer_link(world.programme.referrals, server)


class TestToWhomItGoes:
    def test_with_each_referral_one_is_sent_to_the_organisation(self, small, world, server, postbox):
        place = small.a_referral()
        secret = secret_for(world, place)

        assert send(world, server) == 1
        assert send(world, server) == 0
        ((to, content),) = postbox.taken
        assert to == ADDRESS
        written = message_from_string(content, policy=default).get_content()
        assert f"/referrals/pages/answer/{secret}" in written.splitlines()[4]

    def test_its_e_mail_names_no_man_no_need_and_nothing_of_the_case(self, small, world):
        place = small.a_referral(neighbourhood="Schilderswijk")
        (link,) = links_of(world, place)
        said = link.text.replace(secret_in(link), "") + link.subject

        for known in (NAME, PHONE, "mental", "Schilderswijk", "sleeps", place.rpartition("/")[2]):
            assert known not in said

    def test_who_did_not_ask_for_links_gets_none(self, programme, world):
        assert links_of(world, programme.a_referral()) == []

    def test_in_the_organisations_first_language_that_we_speak(self, small, world):
        place = f"/referrals/organisations/{small.organisation_id}"
        small.coordinator.patch(place, {"languages": ["ar", "fr", "nl"]})
        (link,) = links_of(world, small.a_referral())

        assert link.subject.startswith("Quelqu")

    def test_without_an_address_there_are_none(self, programme):
        place = f"/referrals/organisations/{programme.organisation_id}"
        programme.administrator.patch(place, {"email": None})
        refused = programme.administrator.patch(place, {"answers_by_link": True}, expect=422).json
        assert refused["errors"][0]["pointer"] == "/answers_by_link"
        wants_links(programme)
        programme.administrator.patch(place, {"email": None}, expect=422)

    @pytest.mark.parametrize(
        "email", ["info@", "a@[", "a@example.org, b@example.org", "=?utf-8?q?=0d=0a?=@x.nl,"]
    )
    def test_what_is_no_address_is_refused(self, programme, email):
        place = f"/referrals/organisations/{programme.organisation_id}"
        programme.administrator.patch(place, {"email": email, "answers_by_link": True}, expect=422)

    @pytest.mark.parametrize("address", ["info@", "a@[", "=?utf-8?q?=0d=0a?=@x.nl", "a@x.nl, b@x.nl", ""])
    def test_to_what_is_no_address_nothing_is_handed_in_and_it_is_given_up(
        self, small, world, server, postbox, address
    ):
        """One that was kept before it was looked at."""
        first, second = small.a_referral(), small.a_referral()
        with world.work("referrals") as work:
            work.session.execute(update(AnswerLink).values(sent_to=address))
            work.session.execute(update(Organisation).values(email=address))
        while send(world, server):
            pass

        assert postbox.taken == []
        assert all(
            one.given_up_at and not one.text for place in (first, second) for one in links_of(world, place)
        )


class TestWhoSaysWhereTheyGo:
    """Whoever reads that mailbox is told how to reach a man: none says so who may not know that himself."""

    def place(self, programme):
        return f"/referrals/organisations/{programme.organisation_id}"

    def test_not_a_coordinator_though_he_keeps_the_directory(self, programme):
        theirs = {"email": "els@example.org", "answers_by_link": True}
        refused = programme.coordinator.patch(self.place(programme), theirs, expect=422).json
        assert refused["errors"][0]["pointer"] == "/answers_by_link"
        new = theirs | {"name": "New", "country": "NL", "municipality": "Den Haag"}
        programme.coordinator.post("/referrals/organisations", new, expect=422)

    def test_nor_does_he_lead_them_elsewhere(self, small):
        refused = small.coordinator.patch(self.place(small), {"email": "els@example.org"}, expect=422).json
        assert refused["errors"][0]["pointer"] == "/email"
        small.coordinator.patch(self.place(small), {"phone": "+31701234567", "email": ADDRESS})

    def test_but_he_may_stop_them(self, small, world):
        secret = secret_for(world, small.a_referral())
        small.coordinator.patch(self.place(small), {"answers_by_link": False})
        ask(world, "look", secret, 404)

    @pytest.mark.parametrize(("scopes", "status"), [(("directory:write",), 422), (ANSWERING, 200)])
    def test_a_client_only_where_it_may_answer(self, programme, world, scopes, status):
        theirs = {"organisation_id": programme.organisation_id, "scopes": frozenset(scopes)}
        client = world.caller(Role.INTEGRATOR, **theirs)
        client.patch(self.place(programme), {"email": ADDRESS, "answers_by_link": True}, expect=status)

    def test_a_care_worker_of_his_own_organisation(self, programme, world):
        programme.care_worker.patch(self.place(programme), {"email": ADDRESS, "answers_by_link": True})
        stranger = world.caller(Role.CARE_WORKER, organisation_id=programme.shed_id)
        stranger.patch(self.place(programme), {"email": "x@example.org"}, expect=403)

    def test_what_was_sent_to_an_address_opens_nothing_once_they_go_elsewhere(
        self, small, world, server, postbox
    ):
        first, second = small.a_referral(), small.a_referral("received")
        old = secret_for(world, first)
        small.care_worker.patch(self.place(small), {"email": "new@small.example.org"})

        ask(world, "look", old, 404)
        ask(world, "accept", old, 404)
        for place in (first, second):
            look(world, secret_for(world, place))
        while send(world, server):
            pass
        assert {to for to, _ in postbox.taken} == {"new@small.example.org"}
        assert len(postbox.taken) == 2

    def test_turned_on_there_is_one_for_each_that_waits(self, programme, world):
        waits, done = programme.a_referral("received"), programme.a_referral("declined")
        wants_links(programme)
        assert len(links_of(world, waits)) == 1
        assert links_of(world, done) == []

    def test_turned_off_what_was_not_sent_is_not_sent_any_more(self, small, world, server, postbox):
        small.a_referral()
        small.care_worker.patch(self.place(small), {"answers_by_link": False})
        assert send(world, server) == 0
        assert postbox.taken == []

    def test_what_needs_no_answer_any_more_is_not_sent(self, small, world, server, postbox):
        place = small.a_referral("received")
        small.ambassador.act(f"{place}/withdraw", {"reason": "helped_elsewhere"})

        assert send(world, server) == 0
        assert postbox.taken == []

    def test_what_waits_is_counted(self, small, world, server):
        small.a_referral()
        with world.work("referrals") as work:
            assert waiting_links(work.session, work.today) == 1
        send(world, server)
        with world.work("referrals") as work:
            assert waiting_links(work.session, work.today) == 0

    def test_a_referral_that_was_not_sent_after_all_writes_none(self, small, world):
        draft = small.a_draft()
        service = f"/referrals/services/{small.service_id}"
        small.coordinator.patch(service, {"taking_referrals": "no"})
        small.ambassador.act(f"/referrals/referrals/{draft['id']}/send", expect=409)

        assert links_of(world, draft["id"]) == []


class TestWhatItOpens:
    def test_the_referral_as_its_organisation_sees_it_and_no_name_before_it_is_accepted(self, small, world):
        place = small.a_referral(neighbourhood="Schilderswijk", language="nl")
        seen = look(world, secret_for(world, place))

        assert seen["may"] == ["accept", "decline", "ask"]
        assert seen["state"] == "requested"
        assert seen["referral"]["neighbourhood"] == "Schilderswijk"
        assert not {"disclosure", "reason_in_words"} & seen["referral"].keys()
        assert NAME not in str(seen)

    def test_looking_uses_nothing_up_and_marks_nothing(self, small, world):
        """Scanners of e-mail open every link."""
        place = small.a_referral()
        for _ in range(3):
            look(world, secret_for(world, place))

        assert state(small, place) == "requested"

    @pytest.mark.parametrize("secret", ["x" * 43, "-", "A" * 100])
    def test_what_is_no_secret_opens_nothing(self, small, world, secret):
        small.a_referral()
        refused = ask(world, "look", secret, 404).json
        assert refused["type"].endswith("link-gone")

    @pytest.mark.parametrize("secret", ["", "a b", "../..", "x" * 101, None, 1, ["x"]])
    def test_what_cannot_be_one_is_refused(self, small, world, secret):
        ask(world, "look", secret, 422)

    def test_neither_the_id_of_a_link_nor_its_hash_opens_it(self, small, world):
        (link,) = links_of(world, small.a_referral())
        for guess in (str(link.id), link.secret_hash):
            ask(world, "look", guess, 404)


class TestAnswering:
    def test_accepted_by_it_who_sent_it_sees_that_and_he_how_to_reach_him(self, small, world):
        place = small.a_referral()
        secret = secret_for(world, place)
        ask(world, "accept", secret, 204)

        assert state(small, place) == "accepted"
        seen = look(world, secret)
        assert seen["referral"]["disclosure"]["phone"] == PHONE
        assert (seen["may"], seen["used_for"]) == ([], "accept")

    def test_declined_by_it_with_the_reason(self, small, world):
        place = small.a_referral()
        secret = secret_for(world, place)
        ask(world, "decline", secret, 422)
        ask(world, "decline", secret, 204, reason="no_capacity", remark="Vol.")

        assert small.coordinator.get(place).json["coded_reason"] == "no_capacity"
        assert look(world, secret)["referral"] is None

    def test_asked_by_it_and_answered_it_comes_with_a_new_one(self, small, world):
        place = small.a_referral()
        first = secret_for(world, place)
        ask(world, "ask", first, 204, question="When is he there?")
        (asked,) = small.ambassador.get(f"{place}/questions").json["items"]
        assert asked["asked_by"] == "organisation"
        world.clock.advance(minutes=5)
        small.ambassador.act(f"/referrals/questions/{asked['id']}/answer", {"answer": "In the mornings."})

        second = secret_for(world, place)
        assert second != first
        seen = look(world, second)
        assert seen["questions"][0]["answer"] == "In the mornings."
        ask(world, "accept", second, 204)
        assert state(small, place) == "accepted"

    def test_to_a_question_of_the_senders_no_new_one_comes(self, small, world):
        place = small.a_referral("received")
        asked = small.ambassador.post(f"{place}/questions", {"question": "How long?"}).json
        small.care_worker.act(f"/referrals/questions/{asked['id']}/answer", {"answer": "A week."})

        assert len(links_of(world, place)) == 1

    def test_it_answers_once(self, small, world):
        place = small.a_referral()
        secret = secret_for(world, place)
        ask(world, "ask", secret, 204, question="When?")
        for what, values in (("accept", {}), ("decline", {"reason": "other"}), ("ask", {"question": "Why?"})):
            ask(world, what, secret, 404, **values)

        assert state(small, place) == "requested"
        assert len(small.ambassador.get(f"{place}/questions").json["items"]) == 1

    def test_twice_at_the_same_moment_it_answers_once(self, small, world):
        place = small.a_referral()
        secret, statuses = secret_for(world, place), []

        def press():
            statuses.append(ask(world, "ask", secret, None, question="When?").status)

        presses = [threading.Thread(target=press) for _ in range(2)]
        for one in presses:
            one.start()
        for one in presses:
            one.join()

        assert sorted(statuses) == [204, 404]
        assert len(small.ambassador.get(f"{place}/questions").json["items"]) == 1

    def test_that_it_was_by_a_link_is_in_the_history_and_on_record(self, small, world):
        place = small.a_referral()
        (link,) = links_of(world, place)
        ask(world, "accept", secret_in(link), 204)

        step = small.care_worker.get(f"{place}/history").json["items"][-1]
        assert (step["action"], step["actor_role"], step["details"]) == (
            "accept",
            "care_worker",
            {"by_link": True},
        )
        assert step["actor_id"] == str(link.id)
        record = next(one for one in audit.records(world, "referrals") if one.operation == "accept_by_link")
        assert (record.actor_id, record.right) == (link.id, "an answer link")
        assert str(record.object_id) in place
        assert len(record.men) == 1

    def test_a_look_by_it_is_on_record_with_the_man(self, small, world):
        place = small.a_referral()
        before = audit.newest(world, "referrals")
        look(world, secret_for(world, place))

        (record,) = audit.records(world, "referrals", before)
        assert (record.operation, record.right, len(record.men)) == ("look_by_link", "an answer link", 1)

    def test_no_record_and_no_row_keeps_the_secret_once_it_is_sent(self, small, world, server):
        place = small.a_referral()
        secret = secret_for(world, place)
        send(world, server)
        ask(world, "accept", secret, 204)

        with world.work("referrals") as work:
            assert work.session.scalars(select(AnswerLink.text)).all() == [""]
        assert secret not in str([vars(one) for one in audit.records(world, "referrals")])


class TestHowItEnds:
    def test_after_its_days(self, small, world):
        place = small.a_referral()
        secret, due_on = secret_for(world, place), small.care_worker.get(place).json["answer_due_on"]
        days = (date.fromisoformat(due_on) - world.clock.today()).days
        assert days > 0
        world.clock.advance(days=days + LASTS.days - 1)
        look(world, secret)
        world.clock.advance(days=1)
        ask(world, "look", secret, 404)
        ask(world, "accept", secret, 404)

    def test_what_it_did_is_seen_by_it_for_an_hour(self, small, world):
        secret = secret_for(world, small.a_referral())
        ask(world, "accept", secret, 204)
        world.clock.advance(minutes=59)
        assert look(world, secret)["referral"]["disclosure"]["name"] == NAME
        world.clock.advance(minutes=2)
        ask(world, "look", secret, 404)

    def test_withdrawn_meanwhile_it_says_so_and_shows_nothing_of_him(self, small, world):
        place = small.a_referral(neighbourhood="Schilderswijk")
        secret = secret_for(world, place)
        small.ambassador.act(f"{place}/withdraw", {"reason": "helped_elsewhere"})

        seen = look(world, secret)
        assert (seen["state"], seen["may"], seen["referral"]) == ("withdrawn", [], None)
        refused = ask(world, "accept", secret, 409).json
        assert refused["state"] == "withdrawn"

    def test_answered_meanwhile_by_a_colleague_with_an_account(self, small, world):
        place = small.a_referral()
        small.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})

        secret = secret_for(world, place)
        assert look(world, secret)["referral"] is None
        ask(world, "accept", secret, 409)

    def test_what_a_colleague_did_since_is_not_seen_by_it(self, small, world):
        place = small.a_referral()
        secret = secret_for(world, place)
        ask(world, "ask", secret, 204, question="When?")
        small.care_worker.act(f"{place}/accept")

        seen = look(world, secret)
        assert (seen["used_for"], seen["referral"]) == ("ask", None)
        assert NAME not in str(seen)

    def test_with_his_consent_goes_what_it_would_show_even_within_the_hour(self, small, world):
        man = small.a_shedder()["id"]
        consent = small.a_consent(man)["id"]
        world.deliver()
        place = f"/referrals/referrals/{small.a_draft(man)['id']}"
        small.ambassador.act(f"{place}/send")
        secret = secret_for(world, place)
        ask(world, "accept", secret, 204)
        small.coordinator.act(f"/registry/consents/{consent}/withdraw")
        world.deliver()

        assert small.coordinator.get(place).json["consent_withdrawn_on"] == days_ago(world, 0)
        seen = look(world, secret)["referral"]
        assert not {"disclosure", "need_category", "reason_in_words"} & seen.keys()

    def test_when_he_is_erased_it_is_gone(self, small, world):
        man = small.a_shedder()["id"]
        small.a_consent(man)
        world.deliver()
        place = f"/referrals/referrals/{small.a_draft(man)['id']}"
        small.ambassador.act(f"{place}/send")
        secret = secret_for(world, place)
        second = world.caller(Role.COORDINATOR, partner_id=small.partner_id)
        erase(small, second, man)
        world.deliver()

        ask(world, "look", secret, 404)
        assert links_of(world, place) == []

    def test_a_newer_one_takes_its_place(self, small, world):
        place = small.a_referral("received")
        first = secret_for(world, place)
        asked = small.care_worker.post(f"{place}/questions", {"question": "When?"}).json
        world.clock.advance(minutes=5)
        small.ambassador.act(f"/referrals/questions/{asked['id']}/answer", {"answer": "Mornings."})

        ask(world, "look", first, 404)
        look(world, secret_for(world, place))

    def test_reminded_of_an_overdue_answer_it_is_sent_a_new_one(self, small, world):
        place = small.a_referral()
        first = secret_for(world, place)
        world.clock.advance(days=20)
        small.coordinator.post(f"{place}/remind", {}, expect=200)

        ask(world, "look", first, 404)
        newest = links_of(world, place)[-1]
        assert "herinner" in newest.text
        look(world, secret_in(newest))

    def test_of_an_e_mail_that_nobody_takes_no_secret_stays(self, small, world, server, postbox):
        place = small.a_referral()
        postbox.says = "550 no such mailbox"
        send(world, server)
        with world.work("referrals") as work:
            forget_answer_links(work)

        assert [link.text for link in links_of(world, place)] == [""]

    def test_of_what_is_over_nothing_stays(self, small, world):
        place = small.a_referral()
        world.clock.advance(days=LASTS.days * 3)
        with world.work("referrals") as work:
            forget_answer_links(work)
        assert [link.text for link in links_of(world, place)] == [""]
        world.clock.moment += KEPT + timedelta(minutes=1)
        with world.work("referrals") as work:
            forget_answer_links(work)
        assert links_of(world, place) == []

    @pytest.mark.parametrize("end", ["refused", "withdrawn"])
    def test_the_secret_of_one_that_is_never_sent_goes(self, small, world, server, postbox, end):
        place = small.a_referral()
        if end == "refused":
            postbox.says = "550 nobody here"
            send(world, server)
        else:
            small.ambassador.act(f"{place}/withdraw", {"reason": "helped_elsewhere"})
            with world.work("referrals") as work:
                forget_answer_links(work)
        assert [link.text for link in links_of(world, place)] == [""]

    def test_without_a_mail_server_none_is_written(self, small, world, monkeypatch):
        monkeypatch.setattr(Settings, "sends_mail", False)
        assert links_of(world, small.a_referral()) == []

    def test_what_is_exported_for_him_holds_no_secret(self, small, world):
        man = small.a_shedder()["id"]
        small.a_consent(man)
        world.deliver()
        place = f"/referrals/referrals/{small.a_draft(man)['id']}"
        small.ambassador.act(f"{place}/send")
        held = small.coordinator.get(f"/referrals/subjects/{man}").json["held"]

        (row,) = held["answer_link"]["rows"]
        assert re.fullmatch(r"[0-9a-f-]{36}", row["id"])
        assert not {"text", "secret_hash"} & row.keys()
