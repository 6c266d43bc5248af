"""The mentor's task from sign-in to done, in a real browser: a step, a session, work-ready, a job, a checkpoint."""

from datetime import timedelta
from typing import ClassVar

import pytest

from shared.actor import Role
from tests.browser.ways import in_each_way

SHOWN = 'Zijn brief <b>&</b> "CV",\ngezien en geprint.'
MISSING = {"nl": "Dit ontbreekt nog", "fr": "il manque encore", "en": "this is still missing"}
WEEKS_IN_A_JOB = 5
NOT_YET = "Hij sprak nog met geen werkgever."


def tick(mentor, step):
    """Tick a step off with what shows it; nothing is missing after the last."""
    assert MISSING[mentor.language] in mentor.words
    mentor.follow(f"/steps/{step}/complete")
    mentor.fill({"evidence.what": SHOWN})
    mentor.check("step-done")
    mentor.press("main form")
    assert MISSING[mentor.language] not in mentor.words
    mentor.check("mentee-nothing-missing")


def note_session(mentor, mentorship):
    mentor.follow(f"/mentorships/{mentorship}/session")
    mentor.fill({"minutes": "45", "note": "Wij belden samen.", "next_action": "Hij stuurt de brief."})
    mentor.check("session")
    mentor.press("main form")
    assert "Hij stuurt de brief." in mentor.words


def record_job(mentor, started_on):
    mentor.follow("/jobs/new")
    mentor.fill({"sector": "zorg", "hours_per_week": "24", "employer": "De Bakker & Zoon"})
    mentor.fill_day("started_on", started_on)
    mentor.choose("temporary")
    mentor.check("job")
    mentor.press("main form")
    assert "De Bakker & Zoon" in mentor.words
    mentor.check("mentee-in-a-job")


def record_checkpoint(mentor):
    mentor.follow("/checkpoints/4")
    mentor.choose("employed")
    mentor.choose("self_reported")
    mentor.check("checkpoint")
    mentor.press("main form")
    mentor.check("mentee-checkpoint-recorded")


def propose_again(demonstration, mentor, at):
    """He takes his proposal back; then it is answered with "not yet"; each time he proposes it again."""
    mentor.press('form[action$="/take_back_readiness"]')
    mentor.press('form[action$="/propose_readiness"]')
    demonstration.caller("coordinator").act(f"{at}/decline_readiness", {"why": NOT_YET})
    mentor.page.reload()
    assert NOT_YET in mentor.words
    mentor.check("mentee-not-yet")
    mentor.press('form[action$="/propose_readiness"]')
    assert NOT_YET in mentor.words, "Until it is confirmed."
    mentor.check("mentee-proposed-again")


@in_each_way
def test_from_sign_in_to_done(demonstration, look, width, language, javascript, night):
    pathway = demonstration.a_mentee(undone=1)
    (step,) = pathway["undone"]
    at, today = f"/mentoring/pathways/{pathway['id']}", demonstration.today()
    mentor = look(width, language, javascript, night)
    mentor.go("/")
    mentor.enter("mentor")
    mentor.check("mentees")
    mentor.follow(f"/pathways/{pathway['id']}")
    assert demonstration.called(pathway["shedder_id"]) in mentor.find("h1").inner_text()
    mentor.check("mentee")

    tick(mentor, step["id"])
    note_session(mentor, pathway["mentorship_id"])
    mentor.press('form[action$="/propose_readiness"]')
    mentor.check("mentee-proposed")
    propose_again(demonstration, mentor, at)
    started_on = today - timedelta(weeks=WEEKS_IN_A_JOB)
    demonstration.caller("coordinator").act(f"{at}/confirm", {"confirmed_on": started_on.isoformat()})
    mentor.page.reload()
    assert NOT_YET not in mentor.words
    mentor.check("mentee-work-ready")
    record_job(mentor, started_on)
    record_checkpoint(mentor)

    holds(demonstration, pathway, step["id"])


def holds(demonstration, pathway, step):
    """What the API says when it is done."""
    mentor = demonstration.caller("mentor")
    now = mentor.get(f"/mentoring/steps/{step}").json
    assert (now["state"], [one["what"] for one in now["evidence"]]) == ("completed", [SHOWN])
    (session,) = mentor.get(f"/mentoring/mentorships/{pathway['mentorship_id']}/sessions").json["items"]
    assert (session["minutes"], session["note"]) == (45, "Wij belden samen.")
    assert mentor.get(f"/mentoring/pathways/{pathway['id']}").json["state"] == "employed"
    (job,) = mentor.get(f"/mentoring/jobs?pathway_id={pathway['id']}").json["items"]
    assert (job["employer"], job["hours_per_week"], job["contract"]) == ("De Bakker & Zoon", 24, "temporary")
    found = [(one["weeks"], one["status"], one["known_by"]) for one in job["checkpoints"]]
    assert found == [(4, "employed", "self_reported")]


def test_keyboard_alone_suffices_to_tick_a_step_off(demonstration, look):
    pathway = demonstration.a_mentee(undone=2)
    step = pathway["undone"][0]["id"]
    mentor = look(390, "en")
    mentor.go("/")
    mentor.tab_to('form:has(input[value="mentor"]) button')
    mentor.tab_to(f'main a[href$="/pathways/{pathway["id"]}"]')
    mentor.tab_to(f'main a[href$="/steps/{step}/complete"]')
    mentor.type_into("evidence.what", "I saw his CV.")
    mentor.tab_to("main form button")

    now = demonstration.caller("mentor").get(f"/mentoring/steps/{step}").json
    assert (now["state"], now["evidence"][0]["what"]) == ("completed", "I saw his CV.")


class TestALostConnection:
    """A mentor stands where there is no reception, and presses."""

    TYPED: ClassVar = {"minutes": "45", "note": "Wij belden samen."}

    def at_the_form(self, demonstration, person):
        mentorship = demonstration.a_mentee()["mentorship_id"]
        mentor = person(Role.MENTOR, 390, "nl")
        mentor.go(f"/mentoring/pages/mentorships/{mentorship}/session")
        mentor.fill(self.TYPED)
        return mentor, f"/mentoring/mentorships/{mentorship}/sessions"

    def noted(self, demonstration, sessions):
        return [one["note"] for one in demonstration.caller("mentor").get(sessions).json["items"]]

    def test_what_he_typed_is_there_when_he_goes_back(self, demonstration, person):
        mentor, sessions = self.at_the_form(demonstration, person)
        mentor.press_in_vain("main form", "connectionfailed")
        assert self.noted(demonstration, sessions) == []
        mentor.page.go_back()

        for field, value in self.TYPED.items():
            assert mentor.find(f'[name="{field}"]').input_value() == value
        mentor.press("main form")
        assert self.noted(demonstration, sessions) == [self.TYPED["note"]]

    def test_trying_again_sends_what_he_typed(self, demonstration, person):
        mentor, sessions = self.at_the_form(demonstration, person)
        mentor.press_in_vain("main form", "connectionfailed")
        mentor.page.reload()

        assert self.noted(demonstration, sessions) == [self.TYPED["note"]]

    def test_when_only_the_answer_was_lost_it_is_not_done_again(self, demonstration, person):
        mentor, sessions = self.at_the_form(demonstration, person)
        mentor.press_in_vain("main form", "connectionreset", after_it_came=True)
        assert self.noted(demonstration, sessions) == [self.TYPED["note"]]
        mentor.page.go_back()
        mentor.press("main form")

        assert self.noted(demonstration, sessions) == [self.TYPED["note"]]


@pytest.mark.parametrize("javascript", [True, False])
def test_who_made_a_mistake_first_and_goes_back_notes_nothing_twice(demonstration, person, javascript):
    mentorship = demonstration.a_mentee()["mentorship_id"]
    mentor = person(Role.MENTOR, 390, "nl", javascript)
    mentor.go(f"/mentoring/pages/mentorships/{mentorship}/session")
    mentor.press("main form", 422)
    mentor.fill({"minutes": "45"})
    mentor.press("main form")

    mentor.page.go_back()
    mentor.fill({"minutes": "45"})
    mentor.press("main form")

    sessions = demonstration.caller("mentor").get(f"/mentoring/mentorships/{mentorship}/sessions").json
    assert [one["minutes"] for one in sessions["items"]] == [45]


def test_what_was_typed_of_a_session_survives_an_error(demonstration, person):
    mentorship = demonstration.a_mentee()["mentorship_id"]
    mentor = person(Role.MENTOR, 320, "fr")
    mentor.go(f"/mentoring/pages/mentorships/{mentorship}/session")
    typed = {"minutes": "une heure", "note": SHOWN, "held_on-day": "31", "held_on-month": "février"}
    mentor.fill(typed)
    mentor.choose("telephone")
    mentor.press("main form", 422)

    mentor.check("session-refused")
    for field, value in typed.items():
        assert mentor.find(f'[name="{field}"]').input_value() == value
    assert mentor.find('[name="mode"][value="telephone"]').is_checked()
    for link in mentor.find(".govuk-error-summary__list a").all():
        assert mentor.find(str(link.get_attribute("href"))).count() == 1


def test_a_session_is_noted_once_when_the_press_is_repeated(demonstration, person):
    mentorship = demonstration.a_mentee()["mentorship_id"]
    mentor = person(Role.MENTOR, 390, "en", javascript=False)
    mentor.go(f"/mentoring/pages/mentorships/{mentorship}/session")
    mentor.fill({"minutes": "30"})
    mentor.press_twice("main form", "**/pathways/*?said=note_session")

    found = demonstration.caller("mentor").get(f"/mentoring/mentorships/{mentorship}/sessions").json["items"]
    assert [one["minutes"] for one in found] == [30]
