"""The ambassador's task from sign-in to done, in a real browser: register, consent, attendance, refer."""

from shared.actor import Role
from tests.browser.ways import in_each_way

SENT = {"nl": "Verstuurd, nog niet bekeken", "fr": "Envoyée, pas encore lue", "en": "Sent, not looked at yet"}
RECEIVED = {"nl": "Ontvangen", "fr": "Reçue", "en": "Received"}
ASKS = {"nl": "Vindt u dit goed?", "fr": "Êtes-vous d'accord ?", "en": "Do you agree?"}
LEAVES = {"phone": "+33 6 39 98 01 23", "best_time_to_call": "Na tien uur", "address": "Kerkplein 1"}
WORDS = "Hij slaapt slecht & zit\nveel thuis."


def men_called(demonstration, name):
    search = {"name": name}
    return demonstration.caller("ambassador").post("/registry/shedders/search", search, 200).json["items"]


def register(ambassador, name):
    """Look for him first, and register him when he is not there."""
    ambassador.fill({"name": name})
    ambassador.press('form[role="search"]')
    assert name in ambassador.find(".govuk-inset-text").inner_text()
    assert ambassador.find('[name="known_as"]').input_value() == name
    ambassador.check("man-not-found")
    ambassador.press('main form[action$="/men/register"]')
    assert name in ambassador.find("h1").inner_text()
    return ambassador.path.partition("?")[0].rpartition("/")[2]


def record_consent(ambassador, organisation):
    """Read the text to him, and record that he said yes."""
    ambassador.follow("/consents")
    ambassador.check("what-he-agrees-to")
    ambassador.find("#organisation_id").select_option(organisation)
    ambassador.press('main form[method="get"]')
    assert ASKS[ambassador.language] in ambassador.words
    ambassador.check("text-read-aloud")
    ambassador.press("main form")
    assert ambassador.find('main a[href$="/withdraw"]').count() == 1
    ambassador.check("man-who-agreed")


def take_attendance(ambassador, activity, man):
    ambassador.go_to("/sessions")
    ambassador.check("sessions")
    ambassador.follow(f"/activities/{activity}/attendance")
    ambassador.find(f'[name="present"][value="{man}"]').check()
    ambassador.fill({"anonymous_headcount": "2"})
    ambassador.check("attendance")
    ambassador.press("main form")


def refer(ambassador, man, service):
    """The four steps: what he needs, which service, what they may know, and looking at it together."""
    ambassador.follow(f"/men/{man}/refer")
    ambassador.check("refer-1-need")
    ambassador.choose(service["need_category"])
    ambassador.press("main form")
    ambassador.check("refer-2-service")
    ambassador.choose(service["id"])
    ambassador.press("main form")
    ambassador.fill({f"disclosure.{name}": value for name, value in LEAVES.items()})
    ambassador.fill({"reason_in_words": WORDS, "neighbourhood": "Laak"})
    ambassador.find('[name="disclosure.language"]').select_option("fr")
    ambassador.check("refer-3-what-leaves")
    ambassador.press("main form")
    ambassador.check("refer-4-look-at-it")


@in_each_way
def test_from_sign_in_to_done(demonstration, look, width, language, javascript, night):
    name, activity = demonstration.a_name(), demonstration.an_activity()["id"]
    service = demonstration.service()
    ambassador = look(width, language, javascript, night)
    ambassador.go("/")
    ambassador.enter("ambassador")
    ambassador.check("men")
    man = register(ambassador, name)
    ambassador.check("man-new")
    record_consent(ambassador, service["organisation_id"])
    take_attendance(ambassador, activity, man)

    ambassador.go_to("/men")
    ambassador.fill({"name": name})
    ambassador.press('form[role="search"]')
    ambassador.check("man-found")
    ambassador.follow(f"/men/{man}")
    refer(ambassador, man, service)
    leaves = ambassador.words
    for value in (
        name,
        service["name"],
        "Laak",
        "+33639980123",
        "Na tien uur",
        "Kerkplein 1",
        *WORDS.split("\n"),
    ):
        assert value in leaves
    demonstration.settle()
    ambassador.press("main form")
    ambassador.check("referral-sent")

    referral = ambassador.path.partition("?")[0].rpartition("/")[2]
    ambassador.go_to("/mine")
    row = ambassador.find(f'main tr:has(a[href$="/referrals/{referral}"])')
    assert SENT[language] in row.inner_text()
    ambassador.check("referrals")
    demonstration.caller("care_worker").act(f"/referrals/referrals/{referral}/open")
    ambassador.page.reload()
    assert RECEIVED[language] in row.inner_text()

    holds(demonstration, man, activity, referral, name)


def holds(demonstration, man, activity, referral, name):
    """What the API says when it is done."""
    ambassador = demonstration.caller("ambassador")
    (session,) = ambassador.get(f"/registry/sessions?activity_id={activity}").json["items"]
    assert (session["present"], session["anonymous_headcount"]) == ([{"shedder_id": man}], 2)
    (consent,) = ambassador.get(f"/registry/shedders/{man}/consents").json["items"]
    assert (consent["purpose"], consent["method"], consent["state"]) == ("referral", "spoken", "active")
    told = demonstration.referral(referral)
    assert (told["state"], told["shedder_id"], told["reason_in_words"]) == ("received", man, WORDS)
    left = {key: value for key, value in told["disclosure"].items() if value}
    assert left == LEAVES | {"name": name, "phone": "+33639980123", "language": "fr"}


def test_keyboard_alone_suffices_to_register_a_man(demonstration, look):
    name = demonstration.a_name()
    ambassador = look(1280, "en")
    ambassador.go("/")
    ambassador.tab_to('form:has(input[value="ambassador"]) button')
    ambassador.type_into("name", name)
    ambassador.tab_to('form[role="search"] button')
    ambassador.reach("main details summary")
    ambassador.page.keyboard.press("Enter")
    ambassador.type_into("neighbourhood", "Laak")
    ambassador.tab_to('main form[action$="/men/register"] button')

    (man,) = men_called(demonstration, name)
    assert (man["known_as"], man["neighbourhood"]) == (name, "Laak")


def test_what_was_typed_of_a_man_survives_an_error(demonstration, person):
    name = demonstration.a_name()
    ambassador = person(Role.AMBASSADOR, 390, "fr")
    ambassador.go("/registry/pages/men/register")
    ambassador.find("main details summary").click()
    typed = {"known_as": name, "phone": "06", "interests": 'Échecs <b>&</b> "café"\nle matin'}
    ambassador.fill(typed)
    ambassador.press("main form", 422)

    ambassador.check("register-refused")
    for field, value in typed.items():
        assert ambassador.find(f'[name="{field}"]').input_value() == value
    # The summary leads to what is to be mended, which is not folded away.
    target = str(ambassador.find(".govuk-error-summary__list a").first.get_attribute("href"))
    assert ambassador.find(target).is_visible()
    assert men_called(demonstration, name) == []


def test_a_man_is_registered_once_when_the_press_is_repeated(demonstration, person):
    name = demonstration.a_name()
    ambassador = person(Role.AMBASSADOR, 390, "en", javascript=False)
    ambassador.go("/registry/pages/men/register")
    ambassador.fill({"known_as": name})
    ambassador.press_twice("main form", "**/men/*?said=register")

    assert len(men_called(demonstration, name)) == 1
