"""Choosing another language loses nothing that was typed, sends nothing of it, and keeps no secret."""

import pytest

from tests.builders.accounts import PASSWORD
from tests.web.visiting import anybody

SIGN_IN, LANGUAGE = "/registry/pages/sign-in", "/registry/pages/language"
WORDS = "<b>Vol</b> \"en\" 'leeg'\nover twee regels"


def form_at(place):
    return f"{place.replace('/referrals/', '/referrals/pages/', 1)}/decline"


class TestOnAForm:
    @pytest.mark.parametrize("language", ["nl", "fr"])
    def test_what_was_typed_stands_there_still_and_nothing_is_sent(self, programme, worker, language):
        place = programme.a_referral("received")
        asked = worker.get(form_at(place))

        kept = worker.press(asked.in_language(language), 200, remark=WORDS, reason="no_capacity")

        assert f'<html lang="{language}"' in kept.text
        assert kept.errors == []
        assert programme.care_worker.get(place).json["state"] == "received"
        form = kept.form("/decline")
        assert (dict(form.fields)["remark"], dict(form.fields)["reason"]) == (WORDS, "no_capacity")
        assert dict(form.fields)["_key"] == dict(asked.form("/decline").fields)["_key"]
        worker.press(form)
        assert programme.care_worker.get(place).json["state"] == "declined"

    def test_so_does_what_was_refused(self, programme, worker):
        place = programme.a_referral("received")
        refused = worker.press(worker.get(form_at(place)).form("/decline"), 422, remark=WORDS)

        dutch = worker.press(refused.in_language("nl"), 200)
        french = worker.press(dutch.in_language("fr"), 200)

        assert dict(french.form("/decline").fields)["remark"] == WORDS

    def test_nothing_of_it_stands_in_an_address(self, programme, worker):
        place = programme.a_referral("received")
        form = worker.get(form_at(place)).in_language("nl")

        sent_on = worker.post(form.action, form.typed(remark=WORDS), 307)

        assert "Vol" not in sent_on.headers["Location"]
        assert sent_on.location == form_at(place)

    def test_what_somebody_changed_meanwhile_is_not_written_over(self, programme, worker):
        place = programme.a_referral("received")
        asked = worker.get(form_at(place))
        programme.care_worker.act(f"{place}/accept", {})

        kept = worker.press(asked.in_language("nl"), 200, reason="no_capacity")

        versions = [dict(page.form("/decline").fields)["_version"].strip('"') for page in (asked, kept)]
        assert versions[0] == versions[1]
        worker.press(kept.form("/decline"), 409)
        assert programme.care_worker.get(place).json["state"] == "accepted"

    def test_a_man_is_not_registered_by_it(self, programme, ambassador):
        asked = ambassador.get("/registry/pages/men/register")

        kept = ambassador.press(asked.in_language("nl"), 200, known_as="Yusuf")

        assert dict(kept.form("/register").fields)["known_as"] == "Yusuf"
        assert programme.coordinator.get("/registry/shedders").json["items"] == []

    def test_nothing_is_said_against_what_is_not_typed_yet(self, programme, ambassador):
        weekly = {"name": "Sport", "shed_id": str(programme.shed_id)}
        activity = programme.ambassador.post("/registry/activities", weekly).json["id"]
        man = programme.a_shedder(known_as="Yusuf E.")["id"]
        for place, typed in (
            (f"/registry/pages/activities/{activity}/attendance", {}),
            (f"/referrals/pages/men/{man}/refer/service?need_category=mental_health", {}),
            ("/registry/pages/men/register", {"known_as": "Yusuf Ö."}),
        ):
            kept = ambassador.press(ambassador.get(place).in_language("nl"), 200, **typed)

            assert kept.errors == [], place
            assert "Is hij een van deze mannen?" not in kept.words
            ambassador.press(kept.in_language("en"), 200)

    def test_on_a_page_that_one_only_looks_at_there_is_nothing_to_keep(self, worker):
        chosen = worker.press(worker.get("/referrals/pages/inbox").in_language("nl"))

        assert chosen.location == "/referrals/pages/inbox"

    def test_it_leads_back_to_the_consents_of_a_man(self, programme, ambassador):
        place = f"/registry/pages/men/{programme.a_shedder()['id']}/consents"

        assert ambassador.press(ambassador.get(place).in_language("nl")).location == place

    def test_a_page_of_another_site_is_sent_nothing(self, worker):
        seen = worker.post(LANGUAGE, {"language": "nl", "next": "https://evil.example", "kept.x": "y"}, 200)
        sent_on = worker.post(f"{LANGUAGE}?language=nl&next=https://evil.example", {"x": "y"}, 307)

        assert "evil.example" not in seen.text
        assert sent_on.location == SIGN_IN


class TestSecrets:
    def test_a_password_is_typed_anew(self, worker):
        form = worker.get("/registry/pages/me/password").form("/password")
        refused = worker.press(form, 422, old="an old secret of mine", new="short")

        assert "kept.old" not in dict(refused.in_language("nl").fields)
        assert "secret of mine" not in refused.text
        kept = worker.follow(worker.press(refused.in_language("nl")))
        assert '<html lang="nl"' in kept.text
        assert kept.errors == []
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
