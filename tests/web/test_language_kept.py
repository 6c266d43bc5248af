"""Choosing another language loses nothing that was typed, sends nothing of it, and keeps no secret."""

import pytest

from tests.builders.accounts import PASSWORD
from tests.web.visiting import anybody

SIGN_IN, LANGUAGE = "/registry/pages/sign-in", "/registry/pages/language"
WORDS = "<b>Vol</b> \"en\" 'leeg'\nover twee regels"
HEADING = {"nl": "Ga verder waar u was", "fr": "Continuez où vous étiez"}


def form_at(place):
    return f"{place.replace('/referrals/', '/referrals/pages/', 1)}/decline"


class TestOnAFormThatWasRefused:
    @pytest.mark.parametrize("language", ["nl", "fr"])
    def test_what_was_typed_comes_back_and_is_sent_with_one_press(self, programme, worker, language):
        place = programme.a_referral("received")
        asked = worker.get(form_at(place)).form("/decline")
        refused = worker.press(asked, 422, remark=WORDS)

        kept = worker.press(refused.in_language(language), 200)

        assert f'<html lang="{language}"' in kept.text
        assert HEADING[language] in kept.words
        assert programme.care_worker.get(place).json["state"] == "received"
        again = worker.press(kept.form("/decline"), 422)
        assert f'<html lang="{language}"' in again.text
        shown = dict(again.form("/decline").fields)
        assert (shown["remark"], shown["_key"]) == (WORDS, dict(asked.fields)["_key"])
        worker.press(again.form("/decline"), reason="no_capacity")
        assert programme.care_worker.get(place).json["state"] == "declined"

    def test_nothing_is_sent_by_it_though_it_would_be_right_by_now(self, programme, worker):
        place = programme.a_referral("received")
        refused = worker.press(worker.get(form_at(place)).form("/decline"), 422)
        carrying = refused.in_language("nl").filled({"kept.reason": "no_capacity"})

        worker.post(LANGUAGE, carrying, 200)

        assert programme.care_worker.get(place).json["state"] == "received"

    def test_nothing_of_it_stands_in_an_address(self, programme, worker):
        place = programme.a_referral("received")
        refused = worker.press(worker.get(form_at(place)).form("/decline"), 422, remark=WORDS)

        kept = worker.press(refused.in_language("nl"), 200)

        assert "Location" not in kept.headers
        assert [link for link in kept.links if "Vol" in link] == []

    def test_a_second_thought_about_the_language_keeps_it_too(self, programme, worker):
        place = programme.a_referral("received")
        refused = worker.press(worker.get(form_at(place)).form("/decline"), 422, remark=WORDS)
        dutch = worker.press(refused.in_language("nl"), 200)

        french = worker.press(dutch.in_language("fr"), 200)

        assert ("remark", WORDS) in french.form("/decline").fields

    def test_on_a_page_that_one_only_looks_at_there_is_nothing_to_keep(self, programme, worker):
        place = programme.a_referral("received")
        chosen = worker.press(worker.get(form_at(place)).in_language("nl"))

        assert chosen.location == form_at(place)

    def test_a_page_of_another_site_is_sent_nothing(self, worker):
        seen = worker.post(LANGUAGE, {"language": "nl", "next": "https://evil.example", "kept.x": "y"}, 200)

        assert "evil.example" not in seen.text


class TestSecrets:
    def test_a_password_is_typed_anew(self, worker):
        form = worker.get("/registry/pages/me/password").form("/password")
        refused = worker.press(form, 422, old="an old secret of mine", new="short")

        assert "kept.old" not in dict(refused.in_language("nl").fields)
        assert "secret of mine" not in refused.text
        kept = worker.press(refused.in_language("nl"), 200)
        assert "secret of mine" not in kept.text
        assert "short" not in dict(kept.form("/password").fields).values()

    def test_nor_is_one_kept_while_somebody_signs_in(self, world):
        somebody = anybody(world)
        typed = {"email": "noor@example.org", "password": PASSWORD, "code": "123456", "next": ""}
        refused = somebody.post(SIGN_IN, typed, 401)

        kept = somebody.press(refused.in_language("nl"), 200)

        assert PASSWORD not in refused.text + kept.text
        assert "123456" not in refused.text + kept.text
        shown = dict(kept.form("/sign-in").fields)
        assert (shown["email"], shown["password"]) == ("noor@example.org", "")
        assert '<html lang="nl"' in kept.text


class TestWhileSigningIn:
    def test_what_was_typed_before_is_kept_by_whatever_language(self, programme, world):
        place = form_at(programme.a_referral("received"))
        somebody = anybody(world)
        asked = somebody.post(place, {"remark": WORDS, "_key": "k"}, 401)
        refused = somebody.press(asked.form("/sign-in"), 401, email="noor@example.org", password="x")

        french = somebody.press(refused.in_language("fr"), 200)
        dutch = somebody.press(french.in_language("nl"), 200)

        shown = dutch.form("/sign-in").fields
        assert {("kept.remark", WORDS), ("kept._key", "k"), ("next", place)} <= set(shown)
        assert '<html lang="nl"' in dutch.text

    def test_the_page_that_asks_to_sign_in_keeps_it_too(self, programme, world):
        place = form_at(programme.a_referral("received"))
        somebody = anybody(world)
        asked = somebody.post(place, {"remark": WORDS}, 401)

        kept = somebody.press(asked.in_language("nl"), 200)

        again = somebody.press(kept.form("/decline"), 401)
        assert ("kept.remark", WORDS) in again.form("/sign-in").fields

    def test_where_he_wanted_to_go_is_kept(self, world):
        somebody = anybody(world)
        there = f"{SIGN_IN}?next=/referrals/pages/inbox"

        kept = somebody.press(somebody.get(there).in_language("nl"), 200)

        assert ("next", "/referrals/pages/inbox") in kept.form("/sign-in").fields
