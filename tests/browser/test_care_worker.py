"""The care worker's task from sign-in to done, in a real browser."""

import pytest

from shared.actor import Role
from tests.browser.demonstration import NAME
from tests.browser.ways import in_each_way


def find_in_inbox(worker, referral):
    """Follow the list until it is there; what is new stands behind what was promised sooner."""
    while not worker.find(f'main a[href$="/referrals/{referral}"]').count():
        worker.go_on()


@in_each_way
def test_from_sign_in_to_done(demonstration, look, width, language, javascript, night):
    referral = demonstration.a_referral()
    worker = look(width, language, javascript, night)
    worker.go("/")
    worker.check("sign-in")
    worker.enter("care_worker")
    find_in_inbox(worker, referral)
    worker.check("inbox")

    worker.follow(f"/referrals/{referral}")
    assert NAME not in worker.words
    worker.check("referral-new")
    worker.press('form[action$="/open"]')
    assert worker.find('[role="status"]').count() == 1
    worker.press('form[action$="/accept"]')
    assert NAME in worker.words
    worker.check("referral-accepted")

    worker.follow("/appointments/book")
    worker.press("main form", 422)
    worker.check("book-refused")
    worker.fill_day("starts_at", demonstration.today())
    worker.fill({"starts_at-time": "09:30", "place": "Kerkplein 1"})
    worker.press("main form")
    assert "Kerkplein 1" in worker.words
    worker.check("referral-booked")

    worker.press('form[action$="/attend"]')
    worker.follow("/complete")
    worker.check("complete")
    worker.choose("achieved")
    worker.fill({"sentence": "Het ging goed."})
    worker.press("main form")
    worker.check("referral-done")

    done = demonstration.referral(referral)
    assert (done["state"], done["sentence"]) == ("completed", "Het ging goed.")


@pytest.mark.parametrize("action", ["decline", "waitlist", "fail"])
def test_what_is_left_empty_is_said_and_what_was_typed_stays(demonstration, person, action):
    referral = demonstration.a_referral()
    worker = person(Role.CARE_WORKER, 390, "nl")
    path = f"/referrals/pages/referrals/{referral}"
    worker.go(path)
    if action == "fail":
        worker.press('form[action$="/accept"]')
    worker.follow(f"/{action}")
    remark = 'Wij zijn <b>vol</b> & "druk"'
    worker.fill({"remark": remark})
    worker.press("main form", 422)

    worker.check(f"{action}-refused")
    assert worker.find("#remark").input_value() == remark
    # The summary leads to what is to be mended.
    target = worker.find(".govuk-error-summary__list a").first.get_attribute("href")
    assert worker.find(str(target)).count() == 1


def test_keyboard_alone_suffices_to_sign_in_and_to_accept(demonstration, look):
    referral = demonstration.a_referral()
    worker = look(1280, "en")
    worker.go("/")
    worker.page.keyboard.press("Tab")
    assert worker.find(".govuk-skip-link:focus").count() == 1
    worker.tab_to('form:has(input[value="care_worker"]) button')
    while not worker.find(f'main a[href$="/referrals/{referral}"]').count():
        worker.tab_to('main a[href*="cursor="]')
    worker.tab_to(f'main a[href$="/referrals/{referral}"]')
    worker.tab_to('form[action$="/accept"] button')

    assert demonstration.referral(referral)["state"] == "accepted"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_back_button_works_after_something_was_sent(demonstration, person, javascript):
    referral = demonstration.a_referral()
    worker = person(Role.CARE_WORKER, 390, "en", javascript)
    find_in_inbox(worker, referral)
    worker.follow(f"/referrals/{referral}")
    worker.press('form[action$="/accept"]')
    worker.follow("/ask")
    worker.fill({"question": "Is he at home on Tuesdays?"})
    worker.press("main form")
    there = worker.path
    worker.page.go_back()

    assert "/ask?key=" in worker.path
    assert worker.find("h1").count() == 1
    worker.page.go_back()
    assert worker.find(f'main form[action$="/{referral}/accept"]').count() == 0, "It is shown as it is now."
    worker.page.go_back()
    worker.page.go_back()
    assert "/inbox" in worker.path
    worker.page.go_forward()
    worker.page.go_forward()
    worker.page.go_forward()
    worker.page.go_forward()
    assert worker.path == there
    questions = demonstration.caller("ambassador").get(f"/referrals/referrals/{referral}/questions").json
    assert len(questions["items"]) == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_the_back_button_asks_for_nothing_to_be_sent_again_after_a_mistake(demonstration, person, javascript):
    referral = demonstration.a_referral()
    worker = person(Role.CARE_WORKER, 390, "en", javascript)
    find_in_inbox(worker, referral)
    worker.follow(f"/referrals/{referral}")
    worker.follow("/decline")
    worker.fill({"remark": "We are full until spring."})
    worker.press("main form", 422)
    worker.page.reload()
    assert worker.find(".govuk-error-summary").count() == 1
    worker.choose("no_capacity")
    worker.press("main form")
    done = worker.path

    worker.page.go_back()
    assert "/decline?key=" in worker.path
    assert worker.find("h1").count() == 1
    while "/decline" in worker.path:
        worker.page.go_back()
    assert worker.path.startswith(f"/referrals/pages/referrals/{referral}")
    for _ in range(4):
        worker.page.go_forward()
    assert worker.path == done


def test_a_press_that_is_repeated_does_it_once(demonstration, person):
    referral = demonstration.a_referral()
    worker = person(Role.CARE_WORKER, 390, "en", javascript=False)
    worker.go(f"/referrals/pages/referrals/{referral}/ask")
    worker.fill({"question": "Is he at home on Tuesdays?"})
    worker.press_twice("main form", "**/referrals/*?said=ask")

    questions = demonstration.caller("ambassador").get(f"/referrals/referrals/{referral}/questions").json
    assert len(questions["items"]) == 1


def test_two_colleagues_at_one_referral_hear_of_each_other(demonstration, person):
    referral = demonstration.a_referral()
    path = f"/referrals/pages/referrals/{referral}"
    first, second = person(Role.CARE_WORKER, 390, "en"), person(Role.CARE_WORKER, 320, "nl")
    first.go(f"{path}/decline")
    second.go(path)
    second.press('form[action$="/accept"]')
    first.choose("no_capacity")
    first.fill({"remark": "We are full."})
    first.press("main form", 409)

    first.check("decline-too-late")
    assert first.find("#remark").input_value() == "We are full."
    assert demonstration.referral(referral)["state"] == "accepted"
