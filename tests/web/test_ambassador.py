"""The ambassador's pages, from page to done: registering a man, his consents, attendance, and referring him."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from services.referrals.worker import expire
from services.registry.domain.codes import Purpose
from services.registry.web.consent_texts import LANGUAGES, WORDING, language_for, read_aloud
from shared.actor import Role
from tests.builders.people import ROADS, a_care_organisation, a_programme
from tests.statements import heard
from tests.web.visiting import on_from, show
from tests.world import days_ago, moment

MEN, SESSIONS, MINE = "/registry/pages/men", "/registry/pages/sessions", "/referrals/pages/mine"


def press(caller, path, expect=303, **typed):
    """Send a form, as a browser does. In a name, `__` is a dot and `_of_` a hyphen."""
    named = {
        name if name.startswith("_") else name.replace("__", ".").replace("_of_", "-"): value
        for name, value in typed.items()
    }
    answer = caller.send(
        "POST",
        path,
        raw=urlencode(named, doseq=True).encode() or b"&",
        content_type="application/x-www-form-urlencoded",
    )
    answer = on_from(caller, answer)
    assert answer.status == expect, f"{path}: {answer}"
    return answer


def version(page):
    return html.unescape(re.search(r'name="_version" value="([^"]*)"', page)[1])


def says(page):
    """The words of a page, as one reads them."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def filled_in(page, name):
    """What stands in a field of one line."""
    return html.unescape(re.search(rf'name="{re.escape(name)}"[^>]* value="([^"]*)"', page)[1])


def back_of(page):
    """Where its "Back" leads."""
    return html.unescape(re.search(r'href="([^"]*)" class="govuk-back-link"', page)[1])


def looked_for(caller, name, expect=200):
    """What a search for a name shows. His browser keeps the name, and goes on to the page that has found."""
    found = press(caller, MEN, name=name).headers["Location"]
    assert found == f"{MEN}?searched=true"
    return caller.get(found, expect)


def pressed(page):
    """The links that look like buttons: where each leads, and what it says."""
    return [
        (place, says(text))
        for place, text in re.findall(r'<a class="govuk-button[^"]*" href="([^"]*)">(.*?)</a>', page)
    ]


def green(page):
    """What the green buttons of a page say."""
    return [says(text) for text in re.findall(r'class="govuk-button"[^>]*>(.*?)</', page)]


def ticked(page, name):
    return re.findall(rf'name="{name}"[^>]*value="([^"]*)" checked', page)


def men_of(programme):
    return [one["known_as"] for one in programme.ambassador.get("/registry/shedders").json["items"]]


def page_of(man):
    return f"{MEN}/{man['id']}"


def registering(programme, **typed):
    return {"known_as": "Yusuf E.", "shed_id": str(programme.shed_id), "_key": str(uuid4())} | typed


# ---- searching and registering


def test_who_is_not_found_is_registered_by_the_name_that_was_searched_for(programme):
    found = looked_for(programme.ambassador, "Yusuf E.")
    assert filled_in(found.text, "known_as") == "Yusuf E."
    assert filled_in(found.text, "shed_id") == str(programme.shed_id)

    done = press(programme.ambassador, f"{MEN}/register", **registering(programme))

    place = done.headers["Location"]
    assert "Yusuf" not in place
    assert "Yusuf E." in says(show(programme.ambassador, place))


def test_a_search_shows_who_is_found(programme):
    man = programme.a_shedder(known_as="Yusuf E.", neighbourhood="Schilderswijk")

    page = looked_for(programme.ambassador, "yusu").text

    assert page_of(man) in page
    assert "Schilderswijk" in page


def test_a_search_for_nothing_says_so(programme):
    page = looked_for(programme.ambassador, "  ", 422).text

    assert "Fill this in" in page


def test_men_with_a_name_like_it_are_shown_before_a_second_one_is_made(programme):
    man = programme.a_shedder(known_as="Yusuf Ö.")
    typed = registering(programme, phone="+31612345678")

    asked = press(programme.ambassador, f"{MEN}/register", 200, **typed)

    assert "He is not registered yet" in says(asked.text)
    assert (page_of(man), "Yes, it is him : Yusuf Ö.") in pressed(asked.text)
    assert "No, another man: register him" in asked.text
    assert filled_in(asked.text, "phone") == "+31612345678"
    assert men_of(programme) == ["Yusuf Ö."]
    press(programme.ambassador, f"{MEN}/register", **typed, _seen=filled_in(asked.text, "_seen"))
    assert sorted(men_of(programme)) == ["Yusuf E.", "Yusuf Ö."]


def test_of_men_with_a_name_like_the_one_searched_for_one_says_which_it_is_or_that_it_is_another(programme):
    man = programme.a_shedder(known_as="Yusuf Ö.")

    alike = looked_for(programme.ambassador, "Yusuf E.").text
    nobody = looked_for(programme.ambassador, "Piet").text

    assert (page_of(man), "Yes, it is him : Yusuf Ö.") in pressed(alike)
    assert ">No, another man: register him</button>" in alike
    assert ">Register him</button>" in nobody
    press(programme.ambassador, f"{MEN}/register", **registering(programme, _seen=filled_in(alike, "_seen")))


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Gerrit H.", "Gerit"), ("Jan-Willem S.", "janwillem"), ("Mohammed A.", "Mohamed Ali"),
        ("Ahmet", "Ahmed Y."), ("Jan-Willem S.", "jan willem s"),
    ],
)  # fmt: skip
def test_a_man_whose_name_is_written_otherwise_is_shown_before_another_is_made(programme, known, typed):
    man = programme.a_shedder(known_as=known)
    programme.a_shedder(known_as="Gerard")

    assert page_of(man) in looked_for(programme.ambassador, typed).text


def test_a_name_that_only_begins_like_it_is_nobody_to_choose(programme):
    other = programme.a_shedder(known_as="Gerard")

    nobody = looked_for(programme.ambassador, "Gerrit").text

    assert (page_of(other), "Yes, it is him : Gerard") not in pressed(nobody)


def test_who_goes_back_from_a_man_finds_what_he_searched_for_and_no_address_has_the_name(programme):
    """A page that answers a search itself cannot be gone back to: the browser asks to send it again."""
    man = programme.a_shedder(known_as="Yusuf Ö.")
    searched = press(programme.ambassador, MEN, name="Yusuf")
    programme.ambassador.get(page_of(man))

    again = programme.ambassador.get(searched.headers["Location"]).text

    assert page_of(man) in again
    assert filled_in(again, "name") == "Yusuf"
    assert "HttpOnly" in searched.headers["Set-Cookie"]
    assert "Max-Age=600" in searched.headers["Set-Cookie"]


def test_when_the_search_is_no_longer_kept_one_searches_anew(programme):
    programme.a_shedder(known_as="Yusuf Ö.")

    assert "Yusuf" in programme.ambassador.get(f"{MEN}?searched=true").text


def test_whoever_has_his_telephone_is_shown_too(programme):
    man = programme.a_shedder(known_as="Jo", phone="+31612345678")

    asked = press(programme.ambassador, f"{MEN}/register", 200, **registering(programme, phone="06 12345678"))

    assert page_of(man) in asked.text


def test_what_is_wrong_with_a_man_is_said_and_what_was_typed_stays(programme):
    typed = registering(programme, birth_year="long ago", interests="<b>chess</b>")

    page = press(programme.ambassador, f"{MEN}/register", 422, **typed).text

    assert filled_in(page, "known_as") == "Yusuf E."
    assert filled_in(page, "birth_year") == "long ago"
    assert "&lt;b&gt;chess&lt;/b&gt;" in page
    assert '<details class="govuk-details" open>' in page
    assert men_of(programme) == []


def test_a_bsn_is_refused_as_a_name(programme):
    page = press(
        programme.ambassador, f"{MEN}/register", 422, **registering(programme, known_as="111222333")
    ).text

    assert "looks like a BSN" in page


def test_nor_is_it_taken_for_a_telephone_number(programme):
    typed = registering(programme, phone="111222333")

    page = press(programme.ambassador, f"{MEN}/register", 422, **typed).text

    assert filled_in(page, "phone") == "111222333"
    assert men_of(programme) == []


def test_pressed_twice_he_is_registered_once(programme):
    typed = registering(programme, _seen="Yusuf E.")

    first = press(programme.ambassador, f"{MEN}/register", **typed)
    second = press(programme.ambassador, f"{MEN}/register", **typed)

    assert first.headers["Location"] == second.headers["Location"]
    assert men_of(programme) == ["Yusuf E."]


def test_what_was_emptied_is_not_known_of_him_any_more(programme):
    man = programme.a_shedder(phone="+31612345678", languages=["fr", "ha"])
    page = show(programme.ambassador, f"{page_of(man)}/change")
    assert ticked(page, "languages") == ["fr", "ha"]

    press(
        programme.ambassador, f"{page_of(man)}/change", known_as="Yusuf", phone="", _version=version(page)
    )  # fmt: skip

    now = programme.ambassador.get(f"/registry/shedders/{man['id']}").json
    assert (now["known_as"], now["phone"], now["languages"]) == ("Yusuf", None, [])


def test_a_name_that_was_emptied_is_asked_for_and_not_kept_in_silence(programme):
    man = programme.a_shedder()
    page = show(programme.ambassador, f"{page_of(man)}/change")

    answer = press(
        programme.ambassador, f"{page_of(man)}/change", 422, known_as=" ", _version=version(page)
    )  # fmt: skip

    assert "Fill this in" in answer.text
    assert programme.ambassador.get(f"/registry/shedders/{man['id']}").json["known_as"] == "Yusuf E."


def test_a_change_that_is_pressed_twice_is_no_quarrel(programme):
    man = programme.a_shedder()
    page = show(programme.ambassador, f"{page_of(man)}/change")
    typed = {"known_as": "Yusuf", "phone": "06 1234 5678", "_version": version(page)}

    first, second = (press(programme.ambassador, f"{page_of(man)}/change", **typed) for _ in range(2))

    assert second.headers["Location"] == first.headers["Location"]
    assert programme.ambassador.get(f"/registry/shedders/{man['id']}").json["phone"] == "+31612345678"
    press(programme.ambassador, f"{page_of(man)}/change", 412, **typed | {"known_as": "Jo"})


def test_nobody_writes_over_what_he_has_not_seen(programme):
    man = programme.a_shedder()
    page = show(programme.ambassador, f"{page_of(man)}/change")
    programme.coordinator.patch(f"/registry/shedders/{man['id']}", {"neighbourhood": "Centrum"})

    answer = press(
        programme.ambassador, f"{page_of(man)}/change", 412, known_as="Jo", _version=version(page)
    )  # fmt: skip

    assert "Somebody changed this" in answer.text
    assert filled_in(answer.text, "known_as") == "Jo"
    assert programme.ambassador.get(f"/registry/shedders/{man['id']}").json["known_as"] == "Yusuf E."


# ---- who may


PLACES = ["", "/change", "/consents", "/consents/give?purpose=mentoring"]


@pytest.mark.parametrize("place", PLACES)
def test_a_man_of_another_shed_is_nobody_here(programme, world, place):
    theirs = a_programme(world, "Elsewhere").a_shedder()

    page = show(programme.ambassador, f"{page_of(theirs)}{place}", 404)

    assert "There is nothing here" in page


def test_a_man_of_another_shed_is_not_referred(programme, world):
    theirs = a_programme(world, "Elsewhere").a_shedder()
    place = f"/referrals/pages/men/{theirs['id']}/refer"

    show(programme.ambassador, place, 404)
    show(programme.ambassador, f"{place}/service?need_category=debt", 404)
    press(programme.ambassador, f"{place}/service", 404, service_id=str(programme.service_id))
    assert programme.ambassador.get("/referrals/referrals").json["items"] == []


@pytest.mark.parametrize("who", ["care_worker", "mentor", "administrator"])
def test_the_pages_are_there_for_those_who_may_refer(programme, who):
    man = programme.a_shedder()
    caller = getattr(programme, who)

    for place in (MEN, f"{MEN}/register", page_of(man), SESSIONS, MINE):
        show(caller, place, 404)
    press(caller, f"{MEN}/register", 404, **registering(programme))


def test_who_has_not_signed_in_is_asked_to(world):
    answer = world.anonymous().get(MEN, expect=303)

    assert answer.headers["Location"].startswith("/registry/pages/sign-in?next=")


# ---- consents


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
def test_there_is_a_text_to_read_for_every_purpose_in_every_language(purpose, language):
    text = read_aloud(purpose, language, "Centrum")

    assert len(text) >= 4
    assert text[-1].endswith("?")
    assert ("Centrum" in " ".join(text)) == (purpose is Purpose.REFERRAL)
    assert "{" not in " ".join(text)
    assert max(len(sentence.split()) for part in text for sentence in re.split(r"[.?:;] ", part)) <= 30


def test_the_text_is_in_the_first_of_his_languages_that_there_is_one_in():
    assert language_for(["ti", "fr", "nl"]) == "fr"
    assert language_for(["ti"]) is None


def test_he_agrees_to_a_text_in_his_own_language(programme):
    man = programme.a_shedder(languages=["fr"])
    place = f"{page_of(man)}/consents/give?purpose=mentoring"
    page = show(programme.ambassador, place)
    assert '<div class="govuk-inset-text" lang="fr">' in page
    assert "Êtes-vous d'accord ?" in says(page)

    press(
        programme.ambassador, f"{page_of(man)}/consents/give",
        purpose="mentoring", wording_version=WORDING, language="fr", method="spoken",
    )  # fmt: skip

    kept = programme.ambassador.get(f"/registry/shedders/{man['id']}/consents").json["items"][0]
    assert (kept["purpose"], kept["language"], kept["wording_version"]) == ("mentoring", "fr", WORDING)


def test_a_consent_for_referring_names_the_organisation_in_the_text(programme):
    man = programme.a_shedder(languages=["nl"])
    asked = f"{page_of(man)}/consents?organisation_id={programme.organisation_id}"

    place = programme.ambassador.get(asked, expect=303).headers["Location"]
    page = show(programme.ambassador, place)

    assert "Wij willen Centrum vragen om u te helpen." in says(page)
    assert filled_in(page, "organisation_id") == str(programme.organisation_id)


def test_organisations_where_his_shed_is_stand_before_those_elsewhere(programme, world):
    far = {"name": "Aardig", "country": "NL", "municipality": "Delft"}
    far_id = programme.coordinator.post("/referrals/organisations", far).json["id"]
    man = programme.a_shedder()

    page = show(programme.ambassador, f"{page_of(man)}/consents")

    groups = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', page)
    shown_in = [(label, re.findall(r'value="([^"]*)"', inside)) for label, inside in groups]
    assert shown_in == [("In Den Haag", [str(programme.organisation_id)]), ("Elsewhere", [far_id])]
    assert 'href="/referrals/pages/directory?municipality=Den+Haag"' in page


def test_where_nobody_is_near_all_of_them_are_there(programme):
    shed = {"name": "Far", "country": "NL", "municipality": "Delft", "neighbourhood": "Centrum"}
    shed_id = programme.coordinator.post("/registry/sheds", shed | {"focus": "social"}).json["id"]
    man = programme.a_shedder(shed_id=shed_id)

    page = show(programme.coordinator, f"{page_of(man)}/consents")

    assert re.findall(r'<optgroup label="([^"]*)">', page) == ["Elsewhere"]
    assert str(programme.organisation_id) in page


@pytest.mark.parametrize(
    "asked",
    ["", "?purpose=anything", "?purpose=referral", "?purpose=referral&organisation_id=x",
     "?purpose=referral&organisation_id=00000000-0000-7000-8000-000000000000"],
)  # fmt: skip
def test_there_is_no_text_for_what_nobody_asks(programme, asked):
    man = programme.a_shedder()

    show(programme.ambassador, f"{page_of(man)}/consents/give{asked}", 404)


def test_no_organisation_chosen_is_said(programme):
    page = show(programme.ambassador, f"{page_of(programme.a_shedder())}/consents?organisation_id=")

    assert "Choose one of these." in page


def test_what_is_wrong_with_a_consent_is_said_and_what_was_typed_stays(programme):
    man = programme.a_shedder()

    page = press(
        programme.ambassador, f"{page_of(man)}/consents/give", 422,
        purpose="mentoring", wording_version=WORDING, language="nl", method="signed",
        expires_on_of_day="31", expires_on_of_month="2", expires_on_of_year="2027",
    ).text  # fmt: skip

    assert ticked(page, "method") == ["signed"]
    assert filled_in(page, "expires_on-day") == "31"
    assert "Read this to him" in page


def test_no_consent_is_withdrawn_before_one_has_read_what_it_ends(programme):
    man = programme.a_shedder()
    consent = programme.a_consent(man["id"])
    place = f"{page_of(man)}/consents/{consent['id']}/withdraw"
    his = show(programme.ambassador, page_of(man))
    assert f'href="{place}"' in his
    assert f'action="{place}"' not in his

    page = show(programme.ambassador, place)

    assert "Referring him, Centrum" in says(page)
    assert "referrals under way stop" in says(page)
    assert "govuk-button--warning" in page
    assert programme.ambassador.get(f"/registry/consents/{consent['id']}").json["state"] == "active"

    press(programme.ambassador, place, _version=version(page), _key=filled_in(page, "_key"))

    assert programme.ambassador.get(f"/registry/consents/{consent['id']}").json["state"] == "withdrawn"
    assert f'href="{place}"' not in show(programme.ambassador, page_of(man))
    assert "It is not done" in press(programme.ambassador, place, 409).text


def test_a_button_is_in_the_language_of_who_looks_not_of_who_looked_first(programme):
    man = programme.a_shedder()
    programme.a_consent(man["id"])

    for language, button in (("nl", "Intrekken"), ("fr", "Retirer"), ("en", "Withdraw")):
        page = programme.ambassador.get(page_of(man), **{"Accept-Language": language}).text
        assert f">{button}<" in page


def test_one_goes_on_where_the_consent_was_missing_and_nowhere_else(programme):
    man = programme.a_shedder()
    typed = {"purpose": "mentoring", "wording_version": WORDING, "language": "nl", "method": "spoken"}
    give = f"{page_of(man)}/consents/give"

    on = press(programme.ambassador, give, **typed, next=MINE).headers["Location"]
    away = press(programme.ambassador, give, **typed, next="https://example.org/").headers["Location"]

    assert on.startswith(MINE)
    assert away.startswith(page_of(man))


def test_what_happened_to_him_is_told_in_words(programme, world):
    place = programme.a_referral("accepted")
    world.deliver()
    man = programme.ambassador.get(place).json["shedder_id"]

    words = says(show(programme.ambassador, f"{MEN}/{man}"))

    assert "The organisation accepted: mental health, Centrum" in words
    assert "Agreed: Referring him, Centrum" in words
    assert "Came to the shed: Shed of De Mussen" in words


# ---- attendance


@pytest.fixture
def activity(programme):
    body = {"shed_id": str(programme.shed_id), "name": "Fitness"}
    return programme.coordinator.post("/registry/activities", body).json


def attendance_of(activity):
    return f"/registry/pages/activities/{activity['id']}/attendance"


def on_a_day(world, activity, days=0, **typed):
    year, month, day = days_ago(world, days).split("-")
    when = {"held_on_of_day": day, "held_on_of_month": month, "held_on_of_year": year}
    return {"activity_id": activity["id"], "mode": "in_shed", **when} | typed


def test_a_whole_session_is_taken_at_once(programme, world, activity):
    there, absent = programme.a_shedder(known_as="Jo"), programme.a_shedder(known_as="Piet")
    page = says(show(programme.ambassador, attendance_of(activity)))
    assert "Jo" in page
    assert "Piet" in page

    typed = on_a_day(world, activity, present=[there["id"]], anonymous_headcount="4")
    press(programme.ambassador, attendance_of(activity), **typed)

    session = programme.ambassador.get("/registry/sessions").json["items"][0]
    assert session["present"] == [{"shedder_id": there["id"]}]
    assert session["anonymous_headcount"] == 4
    now = show(programme.ambassador, f"{SESSIONS}/{session['id']}")
    assert ticked(now, "present") == [there["id"]]
    press(
        programme.ambassador, f"{SESSIONS}/{session['id']}",
        mode="online", present=[absent["id"]], _version=version(now),
    )  # fmt: skip
    after = programme.ambassador.get(f"/registry/sessions/{session['id']}").json
    assert (after["present"], after["mode"]) == ([{"shedder_id": absent["id"]}], "online")


def test_men_of_the_same_name_are_told_apart(programme, activity):
    programme.a_shedder(known_as="Jo", birth_year=1950)
    programme.a_shedder(known_as="Jo", birth_year=1980)
    programme.a_shedder(known_as="Piet", birth_year=1960)

    words = says(show(programme.ambassador, attendance_of(activity)))

    assert "Jo (1950)" in words
    assert "Jo (1980)" in words
    assert "1960" not in words


def test_ticks_stay_when_something_is_wrong(programme, world, activity):
    men = [programme.a_shedder(known_as=name)["id"] for name in ("Jo", "Piet")]

    typed = on_a_day(world, activity, present=men, anonymous_headcount="many")
    page = press(programme.ambassador, attendance_of(activity), 422, **typed).text

    assert sorted(ticked(page, "present")) == sorted(men)
    assert filled_in(page, "anonymous_headcount") == "many"


def test_that_nobody_came_is_said_by_a_0_not_by_leaving_it_empty(programme, world, activity):
    programme.a_shedder(known_as="Jo")
    form = show(programme.ambassador, attendance_of(activity))
    key = filled_in(form, "_key")
    typed = on_a_day(world, activity, _key=key, _at=filled_in(form, "_at"))

    page = press(programme.ambassador, attendance_of(activity), 422, **typed, anonymous_headcount=" ").text

    assert 'id="anonymous_headcount-error"' in page
    assert says(page).count("Tick who was there, or type how many others. If nobody came, type 0.") == 2
    assert programme.ambassador.get("/registry/sessions").json["items"] == []
    assert filled_in(page, "_key") == key
    press(programme.ambassador, attendance_of(activity), **typed, anonymous_headcount="0")
    (session,) = programme.ambassador.get("/registry/sessions").json["items"]
    assert (session["present"], session["anonymous_headcount"]) == ([], 0)


def test_a_correction_is_asked_too_whether_nobody_came(programme, world, activity):
    press(programme.ambassador, attendance_of(activity), **on_a_day(world, activity, anonymous_headcount="3"))
    (session,) = programme.ambassador.get("/registry/sessions").json["items"]
    place = f"{SESSIONS}/{session['id']}"
    of_page = version(show(programme.ambassador, place))

    page = press(programme.ambassador, place, 422, mode="in_shed", _version=of_page).text

    assert "If nobody came, type 0." in page
    assert version(page) == of_page
    press(programme.ambassador, place, mode="in_shed", anonymous_headcount="0", _version=of_page)
    assert programme.ambassador.get(f"/registry/sessions/{session['id']}").json["anonymous_headcount"] == 0


def test_attendance_of_a_day_is_taken_once(programme, world, activity):
    typed = on_a_day(world, activity, anonymous_headcount="3")
    press(programme.ambassador, attendance_of(activity), **typed)

    again = press(programme.ambassador, attendance_of(activity), 409, **typed)

    assert "It is not done" in again.text
    assert len(programme.ambassador.get("/registry/sessions").json["items"]) == 1
    assert "Attendance of today is taken." in show(programme.ambassador, SESSIONS)


def test_who_was_there_and_left_since_is_not_forgotten_by_a_correction(programme, world, activity):
    man = programme.a_shedder(known_as="Jo", joined_on=days_ago(world, 20))
    press(programme.ambassador, attendance_of(activity), **on_a_day(world, activity, 3, present=[man["id"]]))
    programme.coordinator.act(
        f"/registry/shedders/{man['id']}/leave_shed", {"shed_id": str(programme.shed_id)}
    )
    session = programme.ambassador.get("/registry/sessions").json["items"][0]

    page = show(programme.ambassador, f"{SESSIONS}/{session['id']}")

    assert ticked(page, "present") == [man["id"]]
    assert "A man who comes here no more" in page


def test_what_is_held_today_stands_first(programme, world, activity):
    today = world.clock.today().strftime("%a").upper()[:2]
    hours = {"rrule": f"FREQ=WEEKLY;BYDAY={today}", "opens_at": "10:00", "closes_at": "12:00"}
    body = {"shed_id": str(programme.shed_id), "name": "Walking", "schedule": [hours]}
    programme.coordinator.post("/registry/activities", body)

    words = says(show(programme.ambassador, SESSIONS))

    assert words.index("Walking Today") < words.index("Fitness")


def test_attendance_of_another_shed_is_not_taken(programme, world, activity):
    other = a_programme(world, "Elsewhere")

    show(other.ambassador, attendance_of(activity), 404)
    press(other.ambassador, attendance_of(activity), 404, **on_a_day(world, activity))


# ---- referring


def refer(man):
    return f"/referrals/pages/men/{man['id']}/refer"


def services_for(programme, man, need="mental_health"):
    """The second step, for a need that was chosen in the first."""
    return show(programme.ambassador, f"{refer(man)}/service?need_category={need}")


def a_page_draft(programme, man, **typed):
    """The draft that the second step makes; gives the place of its pages."""
    picked = {"need_category": "mental_health", "service_id": str(programme.service_id), "_key": str(uuid4())}
    done = press(programme.ambassador, f"{refer(man)}/service", **picked | typed)
    return done.headers["Location"].partition("?")[0].removesuffix("/change_draft")


def leaves(page, **typed):
    told = {"disclosure__name": "Yusuf", "disclosure__phone": "+31612345678", "disclosure__language": "nl"}
    return told | {"urgency": "soon", "reason_in_words": "I sleep badly.", "_version": version(page)} | typed


def test_a_man_is_referred_in_four_steps_and_exactly_what_was_looked_at_leaves(programme, world):
    man = programme.a_shedder(neighbourhood="Schilderswijk", phone="+31612345678", languages=["fr"])
    world.deliver()
    assert f'action="{refer(man)}/service"' in show(programme.ambassador, refer(man))
    picking = services_for(programme, man)
    assert filled_in(picking, "neighbourhood") == "Schilderswijk"
    assert "Takes referrals now" in picking
    assert "Promises an answer within 10 days" in says(picking)
    assert "It has not answered anybody yet" in says(picking)

    place = a_page_draft(programme, man, neighbourhood="Schilderswijk")
    asking = show(programme.ambassador, f"{place}/change_draft")
    assert filled_in(asking, "disclosure.name") == "Yusuf E."
    assert filled_in(asking, "disclosure.phone") == "+31612345678"
    assert '<option value="fr" selected>' in asking
    typed = leaves(asking, neighbourhood="Schilderswijk", disclosure__language="nl") | {
        "disclosure__phone": "06-12345678"
    }
    looked_at = press(programme.ambassador, f"{place}/change_draft", **typed).headers["Location"]
    page = show(programme.ambassador, looked_at)

    for word in ("Yusuf", "+31612345678", "Dutch", "Soon", "Schilderswijk", "I sleep badly.", "Centrum"):
        assert word in says(page)
    programme.a_consent(man["id"])
    world.deliver()
    press(programme.ambassador, f"{place}/send", _version=version(page))
    got = programme.care_worker.get("/referrals/referrals").json["items"][0]
    assert (got["language"], got["neighbourhood"], got["urgency"]) == ("nl", "Schilderswijk", "soon")
    accepted = f"/referrals/referrals/{got['id']}"
    programme.care_worker.act(f"{accepted}/accept", {})
    assert programme.care_worker.get(accepted).json["disclosure"] == {
        "name": "Yusuf",
        "phone": "+31612345678",
        "language": "nl",
    }


def test_without_his_consent_it_is_not_sent_and_one_is_led_to_record_it(programme, world):
    man = programme.a_shedder()
    world.deliver()
    place = a_page_draft(programme, man)
    asking = show(programme.ambassador, f"{place}/change_draft")
    press(programme.ambassador, f"{place}/change_draft", **leaves(asking))
    page = show(programme.ambassador, f"{place}/send")
    link = html.unescape(re.search(r'href="(/registry/pages/men/[^"]*consents/give[^"]*)"', page)[1])
    assert "He has not agreed to this yet" in says(page)
    assert green(page) == ["Record his consent"]

    refused = press(programme.ambassador, f"{place}/send", 409, _version=version(page))

    assert "No active consent for referral names this organisation." in says(refused.text)
    giving = show(programme.ambassador, link)
    assert back_of(giving) == f"{place}/send"
    assert filled_in(giving, "organisation_id") == str(programme.organisation_id)
    typed = {
        name: filled_in(giving, name) for name in ("purpose", "organisation_id", "wording_version", "next")
    }
    back = press(
        programme.ambassador, f"{page_of(man)}/consents/give", language="nl", method="spoken", **typed
    )
    assert back.headers["Location"].startswith(f"{place}/send")
    world.deliver()
    assert green(show(programme.ambassador, f"{place}/send")) == ["Send it"]
    press(programme.ambassador, f"{place}/send", _version=version(page))


def test_pressed_twice_one_draft_is_made(programme, world):
    man = programme.a_shedder()
    world.deliver()
    key = str(uuid4())

    assert a_page_draft(programme, man, _key=key) == a_page_draft(programme, man, _key=key)
    assert len(programme.ambassador.get("/referrals/referrals").json["items"]) == 1


def test_a_step_that_is_not_answered_is_asked_again(programme):
    man = programme.a_shedder()

    first = show(programme.ambassador, f"{refer(man)}/service", 422)
    second = press(programme.ambassador, f"{refer(man)}/service", 422, need_category="mental_health").text

    assert "Choose one of these." in first
    assert f'action="{refer(man)}/service"' in first
    assert "Choose one of these." in second
    assert str(programme.service_id) in second
    assert programme.ambassador.get("/referrals/referrals").json["items"] == []


def test_a_second_live_referral_is_not_drafted_and_the_first_is_shown(programme, world):
    place = programme.a_referral()
    known = programme.ambassador.get(place).json
    typed = {"need_category": "mental_health", "service_id": str(programme.service_id)}
    there = f"/referrals/pages/men/{known['shedder_id']}/refer/service"

    page = press(programme.ambassador, there, 409, **typed).text

    assert "There is a live referral of this man" in says(page)
    assert f'href="/referrals/pages/referrals/{known["id"]}"' in page


def test_a_service_that_takes_no_referrals_cannot_be_picked(programme, world):
    _, full = a_care_organisation(world, programme.coordinator, "Full", taking_referrals="no")
    man = programme.a_shedder()

    page = services_for(programme, man)

    radios = dict(re.findall(r'type="radio" value="([^"]*)"([^>]*)>', page))
    assert "disabled" in radios[str(full)]
    assert "disabled" not in radios[str(programme.service_id)]
    assert list(radios)[-1] == str(full)


def test_a_service_in_his_neighbourhood_stands_first_and_else_one_in_that_of_his_shed(programme, world):
    near, _ = a_care_organisation(world, programme.coordinator, "Near")
    body = {"organisation_id": str(near), "name": "Here", "address": "Laan 1", "municipality": "Den Haag"}
    place = programme.coordinator.post("/referrals/locations", body | {"neighbourhood": "Laak"}).json["id"]
    offered = {"organisation_id": str(near), "name": "Zz", "need_category": "mental_health"}
    service = programme.coordinator.post(
        "/referrals/services", offered | {"taking_referrals": "yes", "promised_days": 3, "location_id": place}
    ).json["id"]
    shed = f"/registry/sheds/{programme.shed_id}"
    of_there, of_elsewhere = programme.a_shedder(neighbourhood="Laak"), programme.a_shedder()

    def first(man):
        return re.search(r'type="radio" value="([^"]*)"', services_for(programme, man))[1]

    assert first(of_there) == service
    assert first(of_elsewhere) != service
    programme.coordinator.patch(shed, {"neighbourhood": "Laak"})
    assert first(of_elsewhere) == service


def test_where_no_neighbourhood_is_known_a_service_without_a_place_is_not_near_for_that(programme, world):
    body = {"organisation_id": str(programme.organisation_id), "name": "Here", "address": "Laan 1"}
    there = {"municipality": "Den Haag", "neighbourhood": "Laak"}
    place = programme.coordinator.post("/referrals/locations", body | there).json["id"]
    own = f"/referrals/services/{programme.service_id}"
    programme.coordinator.patch(own, {"location_id": place})
    a_care_organisation(world, programme.coordinator, "Nowhere", taking_referrals="waiting_list")
    programme.coordinator.patch(f"/registry/sheds/{programme.shed_id}", {"neighbourhood": None})

    page = services_for(programme, programme.a_shedder())

    assert re.search(r'type="radio" value="([^"]*)"', page)[1] == str(programme.service_id)


# ---- referring: the way back


@pytest.fixture
def on_the_way(programme, world):
    """A man, the place of his draft, and another service for another need."""
    _, other = a_care_organisation(world, programme.coordinator, "Another", need_category="debt")
    man = programme.a_shedder()
    world.deliver()
    place = a_page_draft(programme, man)
    asking = show(programme.ambassador, f"{place}/change_draft")
    press(programme.ambassador, f"{place}/change_draft", **leaves(asking))
    return man, place, str(other)


def of_draft(programme, place):
    return programme.ambassador.get(place.replace("/pages/", "/", 1)).json


def test_back_leads_to_the_step_before_with_what_was_chosen(programme, on_the_way):
    man, place, _ = on_the_way

    third = back_of(show(programme.ambassador, f"{place}/send"))
    second = back_of(show(programme.ambassador, third))
    first = back_of(show(programme.ambassador, second))

    assert [third, second] == [f"{place}/change_draft", f"{place}/refer/service"]
    assert filled_in(show(programme.ambassador, third), "disclosure.name") == "Yusuf"
    assert ticked(show(programme.ambassador, second), "service_id") == [str(programme.service_id)]
    assert ticked(show(programme.ambassador, first), "need_category") == ["mental_health"]
    assert back_of(show(programme.ambassador, first)) == page_of(man)


def test_one_goes_back_from_what_leaves_and_keeps_what_was_typed(programme, on_the_way):
    _man, place, _ = on_the_way
    asking = show(programme.ambassador, f"{place}/change_draft")

    typed = leaves(asking, reason_in_words="I lie awake.", then="service")
    done = press(programme.ambassador, f"{place}/change_draft", **typed)

    assert done.headers["Location"].startswith(f"{place}/refer/service")
    assert of_draft(programme, place)["reason_in_words"] == "I lie awake."


def test_another_need_and_another_service_are_chosen_for_what_was_begun(programme, on_the_way):
    _man, place, other = on_the_way
    assert f'action="{place}/refer/service"' in show(programme.ambassador, f"{place}/refer")
    page = show(programme.ambassador, f"{place}/refer/service?need_category=debt")

    done = press(
        programme.ambassador, f"{place}/refer/service",
        need_category="debt", service_id=other, _version=version(page),
    )  # fmt: skip

    assert done.headers["Location"].startswith(f"{place}/change_draft")
    now = of_draft(programme, place)
    assert (now["need_category"], now["service_id"]) == ("debt", other)
    assert now["reason_in_words"] == "I sleep badly."
    assert "Another" in says(show(programme.ambassador, f"{place}/send"))


def test_the_browsers_own_way_back_leads_to_what_was_begun(programme, on_the_way):
    man, place, _ = on_the_way

    first, second = (
        programme.ambassador.get(f"{refer(man)}{step}", expect=303).headers["Location"]
        for step in ("", "/service?need_category=debt")
    )

    assert first == f"{place}/refer"
    assert second == f"{place}/refer/service?need_category=debt"


def test_a_page_that_was_shown_before_there_was_a_draft_makes_no_second_one(programme, on_the_way):
    man, place, other = on_the_way

    assert a_page_draft(programme, man, need_category="debt", service_id=other) == place

    assert len(programme.ambassador.get("/referrals/referrals").json["items"]) == 1
    assert of_draft(programme, place)["service_id"] == other


def test_another_referral_of_him_is_begun_when_one_says_so(programme, on_the_way):
    man, place, other = on_the_way
    assert f'href="{refer(man)}?another=true"' in show(programme.ambassador, f"{place}/refer")
    page = show(programme.ambassador, f"{refer(man)}?another=true")
    assert filled_in(page, "another") == "true"
    page = show(programme.ambassador, f"{refer(man)}/service?another=true&need_category=debt")
    assert back_of(page) == f"{refer(man)}?need_category=debt&another=true"

    second = a_page_draft(programme, man, need_category="debt", service_id=other, another="true")

    assert second != place
    assert of_draft(programme, place)["service_id"] == str(programme.service_id)


def test_a_colleagues_draft_is_not_gone_on_with(programme, on_the_way):
    man, place, other = on_the_way

    show(programme.coordinator, refer(man))
    typed = {"need_category": "debt", "service_id": other}
    done = press(programme.coordinator, f"{refer(man)}/service", **typed)

    assert place not in done.headers["Location"]


def test_a_draft_whose_service_was_changed_meanwhile_is_not_written_over(programme, on_the_way):
    _man, place, other = on_the_way
    page = show(programme.ambassador, f"{place}/refer/service?need_category=debt")
    programme.coordinator.patch(place.replace("/pages/", "/", 1), {"urgency": "urgent"})

    refused = press(
        programme.ambassador, f"{place}/refer/service", 412,
        need_category="debt", service_id=other, _version=version(page),
    )  # fmt: skip

    assert "Somebody changed this" in refused.text
    assert ticked(refused.text, "service_id") == [other]


def test_who_goes_back_after_it_was_sent_sees_the_referral(programme):
    place = programme.a_referral().replace("/referrals/", "/referrals/pages/", 1)

    for step in ("refer", "refer/service"):
        seen = f"{place}/{step}"
        while seen != place:
            seen = programme.ambassador.get(seen, expect=303).headers["Location"]


def test_what_is_wrong_with_what_leaves_is_said_and_what_was_typed_stays(programme, world):
    man = programme.a_shedder()
    world.deliver()
    place = a_page_draft(programme, man)
    asking = show(programme.ambassador, f"{place}/change_draft")

    page = press(
        programme.ambassador, f"{place}/change_draft", 422, **leaves(asking, disclosure__phone="")
    ).text

    assert "Give a telephone number or an address" in page
    assert "I sleep badly." in page
    assert ticked(page, "urgency") == ["soon"]


def test_a_draft_that_was_changed_meanwhile_is_not_written_over(programme):
    draft = programme.a_draft()
    place = f"/referrals/pages/referrals/{draft['id']}"
    asking = show(programme.ambassador, f"{place}/change_draft")
    programme.coordinator.patch(f"/referrals/referrals/{draft['id']}", {"urgency": "urgent"})

    page = press(programme.ambassador, f"{place}/change_draft", 412, **leaves(asking)).text

    assert "Somebody changed this" in page
    assert "I sleep badly." in page


# ---- following


@pytest.mark.parametrize("state", ROADS)
@pytest.mark.parametrize("who", ["ambassador", "coordinator"])
def test_whatever_is_offered_to_a_sender_has_its_page(programme, who, state):
    caller = getattr(programme, who)
    place = programme.a_referral(state)
    one = caller.get(place).json

    page = show(caller, f"/referrals/pages/referrals/{one['id']}")

    offered = [action["action"] for action in one["available_actions"]]
    for action in offered + ["send_on"] * (state in ("declined", "failed", "expired")):
        link = f"/referrals/pages/referrals/{one['id']}/{action}"
        assert f'href="{link}"' in page
        show(caller, link)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "Draft"),
        ("requested", "Sent, not looked at yet"),
        ("received", "Received"),
        ("waitlisted", "On the waiting list"),
        ("accepted", "Accepted"),
        ("declined", "Declined"),
        ("completed", "Done It went well."),
    ],
)
def test_ones_own_referrals_are_told_in_words(programme, state, words):
    programme.a_referral(state)

    page = says(show(programme.ambassador, MINE))

    assert "Yusuf" in page
    assert words in page


def test_a_state_is_a_word_and_no_heading_of_a_day(programme):
    place = programme.a_referral("requested")
    page = place.replace("/referrals/referrals/", "/referrals/pages/referrals/")

    said = says(programme.ambassador.get(page, **{"Accept-Language": "nl"}).text)

    assert re.search(r"Verstuurd (?!op)", said)
    assert "Verstuurd op –" not in said
    assert "Verstuurd –" in said


def test_the_french_put_a_space_before_a_colon(programme):
    man = programme.a_shedder()
    programme.a_consent(man["id"])

    said = show(
        programme.ambassador, f"{page_of(man)}/consents/give?purpose=mentoring", Accept_Language="fr"
    )  # fmt: skip

    assert "</strong>\u00a0: " in said


def test_a_draft_that_does_not_name_him_yet_is_told_by_the_name_that_the_registry_knows(programme, world):
    man = programme.a_shedder(known_as="Ö. Kanter")
    world.deliver()
    a_page_draft(programme, man)

    assert "Ö. Kanter" in says(show(programme.ambassador, MINE))


def test_an_appointment_is_told_with_its_day_and_nothing_more(programme, world):
    place = programme.a_referral("accepted")
    body = {"starts_at": moment(days_ago(world, -2), 14), "place": "Room 9"}
    programme.care_worker.post(f"{place}/appointments", body)

    page = says(show(programme.ambassador, MINE))

    assert re.search(r"Appointment on \w{3} \d+ \w+ \d{4}", page)
    assert "Room 9" not in page


def test_the_days_of_all_appointments_are_asked_for_at_once(programme, world):
    """So the list is as quick with twenty accepted referrals as with one."""
    places = [programme.a_referral("accepted") for _ in range(3)]
    for hence, place in enumerate(places, 2):
        for more in (0, 7):
            body = {"starts_at": moment(days_ago(world, -hence - more), 14)}
            programme.care_worker.post(f"{place}/appointments", body)

    with heard(world.programme.referrals.database.engine) as said:
        page = says(show(programme.coordinator, MINE))

    assert len([one for one in said if re.search(r"\bFROM appointment\b", one.sql)]) == 1
    days = re.findall(r"Appointment on \w{3} (\d+ \w+ \d{4})", page)
    first = [world.clock.today() + timedelta(days=hence) for hence in (4, 3, 2)]
    assert days == [f"{day.day} {day:%B %Y}" for day in first]


def listed(page):
    """The referrals of a page, in their order, by where each leads."""
    return re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="([^"]*)"', page)


def on_its_page(place):
    return place.replace("/referrals/", "/referrals/pages/", 1)


def test_what_waits_for_oneself_stands_first_and_then_the_newest(programme, world):
    asked, accepted, draft = (programme.a_referral(state) for state in ("received", "accepted", "draft"))
    sent, newest = programme.a_referral(), programme.a_referral("withdrawn")
    programme.care_worker.post(f"{accepted}/questions", {"question": "Which floor?"})
    world.clock.advance(days=1)
    programme.care_worker.post(f"{asked}/questions", {"question": "Which floor?"})

    page = show(programme.ambassador, MINE)

    assert listed(page) == [on_its_page(place) for place in (accepted, asked, draft, newest, sent)]
    assert says(page).count("Waits for our answer to their question") == 2
    words = says(page).partition("These wait for you")[2]
    assert words.index("Draft") < words.index("The others, the newest first") < words.index("Withdrawn")


@pytest.mark.parametrize(("state", "why"), [("declined", "We have no place"), ("failed", "He did not come")])
def test_what_came_to_nothing_waits_with_the_reason_and_the_way_on(programme, world, state, why):
    place, _ = programme.a_referral(state), programme.a_referral()

    page = show(programme.ambassador, MINE)

    words = says(page).partition("These wait for you")[2].partition("The others, the newest first")[0]
    assert why in words
    (way,) = pressed(page)
    assert way[0] == f"{on_its_page(place)}/send_on"
    assert way[1].startswith("Try another service , Yusuf")
    show(programme.ambassador, way[0])


def test_what_nobody_answered_waits_after_questions_and_before_drafts(programme, world):
    expired = programme.a_referral()
    world.clock.advance(days=10 + 28 + 1)
    expire(world.programme.referrals)
    asked, draft = programme.a_referral("received"), programme.a_referral("draft")
    programme.care_worker.post(f"{asked}/questions", {"question": "Which floor?"})

    page = show(programme.ambassador, MINE)

    assert listed(page) == [on_its_page(place) for place in (asked, expired, draft)]
    assert "Never answered" in says(page)


def test_what_was_sent_on_or_ended_long_ago_waits_no_more(programme, world):
    _, other = a_care_organisation(world, programme.coordinator, "Another", promised_days=3)
    sent_on = programme.a_referral("declined")
    programme.a_referral("failed")
    assert len(pressed(show(programme.ambassador, MINE))) == 2

    programme.ambassador.post(f"{sent_on}/send_on", {"service_id": str(other)})
    world.clock.advance(days=30)
    ((_, left),) = pressed(show(programme.ambassador, MINE))
    world.clock.advance(days=1)

    assert left.startswith("Try another service")
    assert pressed(show(programme.ambassador, MINE)) == []


def test_what_waits_is_shown_once_however_far_one_reads(programme, monkeypatch):
    places = [programme.a_referral(state) for state in ("draft", "requested", "draft", "requested")]
    monkeypatch.setattr("services.referrals.web.mine.A_SCREEN", 2)
    first = show(programme.ambassador, MINE)

    second = show(programme.ambassador, html.unescape(re.search(r'href="([^"]*cursor=[^"]*)"', first)[1]))

    whole = [on_its_page(place) for place in places]
    assert listed(first) == [whole[2], whole[0], whole[3]]
    assert listed(second) == [whole[1]]


def test_what_waits_for_his_ambassadors_does_not_wait_for_a_coordinator(programme):
    draft = programme.a_draft()
    own = programme.coordinator.post(
        "/referrals/referrals", {name: draft[name] for name in ("shedder_id", "service_id")}
    ).json

    words = says(show(programme.coordinator, MINE))
    page = show(programme.coordinator, MINE)

    assert listed(page) == [f"/referrals/pages/referrals/{one['id']}" for one in (own, draft)]
    assert words.index("These wait for you") < words.index("The others, the newest first")
    assert "These wait for you" not in says(show(programme.coordinator, f"{MINE}?stage=draft"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Waits for our answer to their question"),
        ("nl", "Wacht op ons antwoord op hun vraag"),
        ("fr", "Attend notre réponse à leur question"),
    ],
)
def test_a_question_of_theirs_is_not_called_ours(programme, language, words):
    place = programme.a_referral("received")
    programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"})

    page = says(programme.ambassador.get(MINE, Accept_Language=language).text)

    assert words in page


def test_in_dutch_a_referral_is_sent_and_a_column_says_on_which_day(programme):
    programme.a_referral()
    page = programme.ambassador.get(MINE, Accept_Language="nl").text

    assert re.search(r"<th[^>]*>Verstuurd op</th>", page)
    assert ">Verstuurd, nog niet bekeken</strong>" in page


def test_the_referrals_of_a_stage_are_shown_alone(programme):
    programme.a_referral("declined")

    assert "Yusuf" in show(programme.ambassador, f"{MINE}?stage=ended")
    assert "Yusuf" not in show(programme.ambassador, f"{MINE}?stage=draft")


def test_nobody_reads_of_the_referrals_of_others(programme, world):
    place = programme.a_referral()
    other = a_programme(world, "Elsewhere")
    page = f"/referrals/pages/referrals/{place.rpartition('/')[2]}"

    assert "Yusuf" not in show(other.ambassador, MINE)
    show(other.ambassador, f"{page}/send", 404)
    press(other.ambassador, f"{page}/withdraw", 404, reason="moved_away", _version='"1"')


def test_a_referral_is_withdrawn_with_the_reason(programme):
    place = programme.a_referral()
    page = f"/referrals/pages/referrals/{place.rpartition('/')[2]}/withdraw"
    seen = version(show(programme.ambassador, page))

    without = press(programme.ambassador, page, 422, remark="He called me.", _version=seen).text
    assert "He called me." in without
    press(programme.ambassador, page, reason="moved_away", _version=seen)

    assert programme.ambassador.get(place).json["state"] == "withdrawn"
    assert "It is not done" in press(programme.ambassador, page, 409, reason="moved_away", _version=seen).text


def test_of_several_languages_none_is_said_to_be_the_one_he_speaks_best(programme, world):
    man = programme.a_shedder(languages=["ar", "nl"])
    world.deliver()
    place = a_page_draft(programme, man)
    asking = show(programme.ambassador, f"{place}/change_draft")
    assert " selected>" not in asking.partition('name="disclosure.language"')[2].partition("</select>")[0]

    back = press(
        programme.ambassador,
        f"{place}/change_draft",
        422,
        **leaves(asking, disclosure__language="", disclosure__phone=""),
    )

    assert "Give a telephone number or an address, to reach him." in says(back.text)
    assert "Which language does he speak best? Error: Fill this in." in says(back.text)


def test_what_was_declined_is_sent_on_to_another_service(programme, world):
    _, other = a_care_organisation(world, programme.coordinator, "Another", promised_days=3)
    place = programme.a_referral("declined")
    page = f"/referrals/pages/referrals/{place.rpartition('/')[2]}/send_on"
    assert "Another: takes referrals now" in says(show(programme.ambassador, page))

    done = press(programme.ambassador, page, service_id=str(other), _key=str(uuid4()))

    draft = show(programme.ambassador, done.headers["Location"])
    assert filled_in(draft, "disclosure.name") == "Yusuf"
    assert "He sleeps badly." in draft


def test_only_a_coordinator_marks_it_as_entered_in_error(programme):
    place = programme.a_referral()
    page = f"/referrals/pages/referrals/{place.rpartition('/')[2]}/correct"

    show(programme.ambassador, page, 404)
    seen = version(show(programme.coordinator, page))
    press(programme.coordinator, page, reason="wrong_person", _version=seen)

    assert programme.coordinator.get(place).json["state"] == "entered_in_error"


def test_a_page_of_an_ambassador_has_his_places(programme):
    page = show(programme.ambassador, MEN)

    assert [place in page for place in (MEN, SESSIONS, MINE)] == [True] * 3
    assert programme.ambassador.actor.role is Role.AMBASSADOR


def test_a_change_is_sent_to_another_address_than_it_stands_at(programme):
    """Else the browser's own page, when the line broke, takes the form's place, and what was typed is gone."""
    place = f"{page_of(programme.a_shedder())}/change"

    there = programme.ambassador.get(place, expect=303).headers["Location"]

    assert there.startswith(f"{place}?key=")
    assert f'action="{place}"' in programme.ambassador.get(there).text


def test_who_goes_back_after_it_was_sent_is_led_to_what_became_of_it(programme):
    place = programme.a_referral("requested").replace("/referrals/", "/referrals/pages/", 1)
    for step in ("change_draft", "send"):
        came = programme.ambassador.get(f"{place}/{step}?key=k", expect=303)
        assert came.headers["Location"] == place


def test_where_nobody_else_offers_it_that_is_said(programme):
    referral = programme.a_referral("declined")
    man = programme.ambassador.get(referral).json["shedder_id"]

    page = show(programme.ambassador, f"{referral.replace('/referrals/', '/referrals/pages/', 1)}/send_on")

    assert "No other service in this place is for this need." in says(page)
    assert f'href="{MEN}/{man}"' in page
    assert "Go on</button>" not in page
    assert 'name="service_id"' not in page
