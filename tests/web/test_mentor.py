"""The mentor's pages, as his browser has them: forms filled in and sent, without a script."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from shared.actor import Role
from tests.builders.people import a_mentor
from tests.web.visiting import on_from, show, without
from tests.world import days_ago

MENTEES = "/mentoring/pages/mentees"
ASK = "Ask your coordinator how to reach him."
FORM = "application/x-www-form-urlencoded"


class Fields(HTMLParser):
    """What a browser would send of the last form on a page: its hidden fields, and what is filled in."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.area = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.sent = {}
        if tag == "textarea":
            self.area = said["name"]
            self.sent[self.area] = ""
        is_chosen = said.get("type") not in ("radio", "checkbox") or "checked" in said
        if tag == "input" and is_chosen:
            self.sent[said["name"]] = said.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.sent[self.area] = self.sent[self.area].removeprefix("\n")
            self.area = None


def main_of(html):
    """The main part of a page, where the footer's forms are not."""
    return html.partition("<main")[2].partition("</main>")[0]


def looks(caller, path, expect=200):
    """The main part of a page."""
    return main_of(show(caller, path, expect))


def words(html):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip())


def sends(caller, path, typed, expect=303):
    answer = on_from(caller, caller.send("POST", path, raw=urlencode(typed).encode(), content_type=FORM))
    assert answer.status == expect, f"{path}: {answer}"
    return answer.headers["Location"] if expect == 303 else main_of(answer.text)


def fills(caller, path, expect=303, **typed):
    """Open a form, type, and press its button."""
    return sends(caller, path, Fields(looks(caller, path)).sent | typed, expect)


def page_of(place):
    return place.replace("/mentoring/", "/mentoring/pages/")


def a_step(programme, place, at=0):
    return f"{page_of(place)}/steps/{programme.mentor.get(place).json['steps'][at]['id']}"


def a_match(programme, world, name, state="active", on=None, **known):
    man = programme.a_shedder(known_as=name, **known)["id"]
    programme.a_consent(man, "mentoring")
    world.deliver()
    match = programme.a_mentorship(state, man, on)
    world.deliver()
    return f"/mentoring/mentorships/{match['id']}"


@pytest.fixture
def stranger(programme, world):
    """Another mentor, who has nothing to do with any of these men."""
    return world.caller(Role.MENTOR, mentor_id=a_mentor(world, programme.coordinator, name="Luc F."))


def late(programme):
    """The names on the cards that stand out."""
    cards = re.split(r'<div class="(sbs-card[^"]*)">', looks(programme.mentor, MENTEES))
    pairs = zip(cards[1::2], cards[2::2], strict=True)
    return [re.search(r"<a[^>]*>([^<]*)</a>", card)[1] for kind, card in pairs if "sbs-card--late" in kind]


class TestMentees:
    def test_who_needs_him_most_stands_first_with_what_is_next(self, programme, world):
        a_match(programme, world, "Rustig", on=days_ago(world, 3))
        a_match(programme, world, "Lang stil", on=days_ago(world, 40))
        a_match(programme, world, "Nieuw", "proposed")

        said = words(looks(programme.mentor, MENTEES))

        assert said.index("Nieuw") < said.index("Lang stil") < said.index("Rustig")
        assert "Meet for the first time" in said
        assert "Quiet for 40 days" in said
        assert "Begin his way to work" in said

    def test_the_next_required_step_that_is_open(self, programme, world):
        place = programme.a_pathway()
        fills(programme.mentor, f"{a_step(programme, place)}/complete", **{"evidence.what": "Seen."})
        world.deliver()

        said = words(looks(programme.mentor, MENTEES))

        assert "Next step: Interviews practised" in said
        assert "1 of 6 required steps are done" in said

    def test_he_is_in_touch_when_they_met_and_not_when_something_was_put_on_paper(self, programme, world):
        place = programme.a_pathway(enrolled_on=days_ago(world, 9))
        man = programme.mentor.get(place).json["shedder_id"]
        (match,) = programme.mentor.get(f"/mentoring/mentorships?shedder_id={man}").json["items"]
        proposed = a_match(programme, world, "Nieuw", "proposed")
        fills(programme.mentor, f"{a_step(programme, place)}/complete", **{"evidence.what": "Seen."})

        said = words(looks(programme.mentor, MENTEES))
        assert "No contact noted yet" in said
        assert "Quiet for 9 days" in said
        assert "In touch today" not in said

        fills(
            programme.mentor, f"{page_of(proposed)}/activate", shedder_said_yes="true", mentor_said_yes="true"
        )
        assert words(looks(programme.mentor, MENTEES)).count("In touch today") == 1
        fills(programme.mentor, f"/mentoring/pages/mentorships/{match['id']}/session", minutes="30")
        assert words(looks(programme.mentor, MENTEES)).count("In touch today") == 2

    def test_a_proposal_that_lies_is_told_as_long_as_no_contact_is_noted(self, programme, world):
        a_match(programme, world, "Nieuw", "proposed", on=days_ago(world, 30))

        assert "No contact noted in 30 days" in words(looks(programme.mentor, MENTEES))

    def test_a_checkpoint_that_is_due(self, programme, world):
        programme.a_pathway("employed")
        world.clock.advance(weeks=4)

        assert "Ask how it is with his job after 4 weeks" in words(looks(programme.mentor, MENTEES))
        (match,) = programme.mentor.get("/mentoring/mentorships").json["items"]
        fills(programme.mentor, f"/mentoring/pages/mentorships/{match['id']}/session", minutes="30")
        assert len(late(programme)) == 1, "though they met today"

    def test_who_is_paused_stands_last(self, programme, world):
        paused = a_match(programme, world, "Pauze", on=days_ago(world, 90))
        programme.mentor.act(f"{paused}/pause", {"reason": "illness"})
        a_match(programme, world, "Rustig", on=days_ago(world, 3))

        said = words(looks(programme.mentor, MENTEES))

        assert said.index("Rustig") < said.index("Pauze")

    def test_who_was_quiet_for_long_stands_out_but_not_who_pauses(self, programme, world):
        a_match(programme, world, "Rustig", on=days_ago(world, 27))
        a_match(programme, world, "Lang stil", on=days_ago(world, 28))
        paused = a_match(programme, world, "Pauze", on=days_ago(world, 90))
        programme.mentor.act(f"{paused}/pause", {"reason": "illness"})

        assert late(programme) == ["Lang stil"]

    def test_longer_than_a_year_is_told_in_years_and_is_less_urgent(self, programme, world):
        a_match(programme, world, "Lang stil", on=days_ago(world, 366))
        a_match(programme, world, "Stil", on=days_ago(world, 40))
        a_match(programme, world, "Nieuw", "proposed", on=days_ago(world, 400))

        said = words(looks(programme.mentor, MENTEES))

        assert "Quiet for more than a year" in said
        assert said.index("Nieuw") < said.index("Stil") < said.index("Lang stil")
        world.clock.advance(days=365)
        assert "Quiet for more than 2 years" in looks(programme.mentor, MENTEES)

    def test_nobody_is_matched(self, stranger):
        assert "Nobody is matched with you now" in looks(stranger, MENTEES)

    @pytest.mark.parametrize("kind", ["refuses", "is no registry"])
    def test_without_the_registry_it_works_without_names(self, kind, programme, world):
        place = programme.a_pathway()
        world.deliver()
        assert "Mentee" in looks(programme.mentor, MENTEES)

        with without(world, "registry", of="mentoring", status=503 if kind == "refuses" else 502):
            for page in (MENTEES, page_of(place), f"{a_step(programme, place)}/complete"):
                assert "Name not known just now" in looks(programme.mentor, page)
            assert ASK in looks(programme.mentor, page_of(place))

    def test_what_a_man_is_called_is_text(self, programme, world):
        match = a_match(programme, world, "<b>Ali</b>")
        fills(programme.mentor, f"{page_of(match)}/session", minutes="45", note="<script>1</script>")

        for page in (MENTEES, page_of(match)):
            raw = programme.mentor.get(page).text
            assert "&lt;b&gt;Ali&lt;/b&gt;" in raw
            assert "<b>Ali" not in raw
        assert "<script>1" not in raw


class TestHowToReachHim:
    NUMBER = "+31612345678"

    def test_it_stands_on_the_page_of_the_match_and_on_his_own(self, programme, world):
        known = {"phone": self.NUMBER, "email": "y@example.org", "address": "Kade 1", "languages": ["nl"]}
        man = page_of(a_match(programme, world, "Yusuf", **known))

        pages = [looks(programme.mentor, man)]
        pages.append(looks(programme.mentor, fills(programme.mentor, f"{man}/enrol").partition("?")[0]))

        for page in pages:
            assert page.index(f'href="tel:{self.NUMBER}"') < page.index("govuk-inset-text")
            assert "E-mail address: y@example.org Address: Kade 1 Languages: Dutch" in words(page)
            assert ASK not in page

    def test_where_nothing_is_known_a_mentor_asks_his_coordinator(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf", "proposed"))

        assert ASK in looks(programme.mentor, man)
        assert ASK not in looks(programme.coordinator, man)
        assert "It is not known how to reach him" in looks(programme.coordinator, man)

    def test_who_is_asked_to_confirm_is_told_nothing_of_it(self, programme, world, stranger):
        place = programme.a_pathway("ready_to_propose")
        man = programme.mentor.get(place).json["shedder_id"]
        programme.coordinator.patch(f"/registry/shedders/{man}", {"phone": self.NUMBER})
        asked = {"asked_to_confirm": str(stranger.actor.mentor_id)}
        programme.mentor.act(f"{place}/propose_readiness")
        programme.coordinator.act(f"{place}/propose_readiness", asked)
        world.deliver()

        assert self.NUMBER in looks(programme.mentor, page_of(place))
        assert self.NUMBER not in looks(stranger, page_of(place))
        assert ASK not in looks(stranger, page_of(place))


def green(caller, place):
    """The buttons of a man's page that stand out."""
    return re.findall(r'<(?:a|button) class="govuk-button"[^>]*>([^<]*)<', looks(caller, page_of(place)))


class TestTheButtonOfWhatIsNext:
    def test_who_has_every_step_is_proposed_by_the_one_green_button_and_confirmed_by_it(self, programme):
        place = programme.a_pathway()
        assert green(programme.mentor, place) == ["Note a session"]
        programme.complete_steps(place)

        for caller in (programme.mentor, programme.coordinator):
            assert green(caller, place) == ["Propose that he is ready"]
        page = looks(programme.mentor, page_of(place))
        assert page.count("/propose_readiness") == 1
        assert page.index("/propose_readiness") < page.index("Note a session") < page.index("Steps</h2>")
        fills(programme.mentor, f"{page_of(place)}/propose_readiness")

        assert green(programme.mentor, place) == ["Note a session"]
        assert green(programme.coordinator, place) == ["Confirm that he is ready"]

    def test_a_checkpoint_goes_before_it(self, programme, world):
        place = programme.a_pathway("employed")
        world.clock.advance(weeks=4)

        assert green(programme.mentor, place) == ["Record how it is"]


class TestNotYet:
    """Who is to confirm may say "not yet"; who proposed it may take it back."""

    WHY = "He has <never> spoken\nwith an employer."

    @pytest.fixture
    def proposed(self, programme):
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness")
        return page_of(place)

    def test_the_mentor_reads_who_said_so_when_and_why_until_it_is_confirmed(
        self, programme, world, proposed
    ):
        said = fills(programme.coordinator, f"{proposed}/decline_readiness", why=self.WHY)
        assert said == f"{proposed}?said=pathway_decline_readiness"
        assert "Not yet: Mon 2 March 2026, by you" in words(looks(programme.coordinator, proposed))
        world.clock.advance(days=1)

        page = looks(programme.mentor, proposed)

        assert "Not yet: Mon 2 March 2026, coordinator He has <never> spoken with an employer." in words(page)
        assert "He has &lt;never&gt; spoken" in page
        assert page.count("&lt;never&gt;") == 1
        assert page.index("&lt;never&gt;") < page.index("Note a session") < page.index("Steps</h2>")
        assert "read why, and go on from there" in words(page)
        assert "read why, and go on from there" in words(looks(programme.mentor, MENTEES))
        fills(programme.mentor, f"{proposed}/propose_readiness")
        assert "&lt;never&gt;" in looks(programme.coordinator, proposed)
        fills(programme.coordinator, f"{proposed}/confirm")
        assert "never" not in looks(programme.mentor, proposed)
        assert "Not yet" not in words(looks(programme.mentor, proposed))

    def test_it_stands_beside_the_button_that_confirms_and_for_the_proposer_there_is_none(
        self, programme, proposed
    ):
        place = proposed.replace("/pages/", "/")
        page = looks(programme.coordinator, proposed)
        assert green(programme.coordinator, place) == ["Confirm that he is ready"]
        assert page.count("/decline_readiness") == 1
        assert page.index("/confirm") < page.index("/decline_readiness") < page.index("Steps</h2>")

        assert "/decline_readiness" not in looks(programme.mentor, proposed)
        assert "/take_back_readiness" not in page

    def test_it_is_read_of_one_who_was_ready_before_too(self, programme, proposed):
        place = proposed.replace("/pages/", "/")
        programme.coordinator.act(f"{place}/confirm")
        programme.mentor.act(f"{place}/propose_readiness")
        fills(programme.coordinator, f"{proposed}/decline_readiness", why=self.WHY)

        page = words(looks(programme.mentor, proposed))

        assert "read why, and go on from there" in page
        assert "Find a job with him" not in page

    def test_without_a_reason_it_is_asked_again(self, programme, proposed):
        again = fills(programme.coordinator, f"{proposed}/decline_readiness", 422, why="")

        assert "Why not yet?" in again
        assert "A second person is to confirm" in looks(programme.mentor, proposed)

    def test_a_mentor_who_was_asked_says_so_and_sees_no_more(self, programme, world, stranger):
        page = page_of(programme.a_pathway("ready_to_propose"))
        asked = str(stranger.actor.mentor_id)
        fills(programme.coordinator, f"{page}/propose_readiness", asked_to_confirm=asked)
        assert f"{page}/decline_readiness" in looks(stranger, page)

        at = fills(stranger, f"{page}/decline_readiness", why="He was late twice.")

        assert at == f"{MENTEES}?said=pathway_decline_readiness"
        assert "mentor He was late twice." in words(looks(programme.mentor, page))
        looks(stranger, page, 404)

    def test_the_mentor_takes_his_proposal_back_with_one_press_while_it_waits(self, programme, proposed):
        sent = Fields(looks(programme.mentor, proposed)).sent
        place = f"{proposed}/take_back_readiness"
        assert place in looks(programme.mentor, proposed)

        assert sends(programme.mentor, place, sent) == f"{proposed}?said=pathway_take_back_readiness"

        page = looks(programme.mentor, proposed)
        assert "/take_back_readiness" not in page
        assert "Propose that he is ready" in page
        assert "Not yet" not in words(page)
        assert "/confirm" not in looks(programme.coordinator, proposed)

    def test_of_a_man_who_is_still_ready_it_says_so_too(self, programme):
        place = programme.a_pathway("work_ready")
        programme.mentor.act(f"{place}/propose_readiness")
        fills(programme.coordinator, f"{page_of(place)}/decline_readiness", why="He was ill for long.")
        assert "He was ill for long." in looks(programme.mentor, page_of(place))

        programme.a_job(place)

        assert "He was ill for long." not in looks(programme.mentor, page_of(place))


class TestFromMatchToJob:
    def test_all_of_it_by_pages(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf", "proposed"))
        mentor, coordinator = programme.mentor, programme.coordinator

        fills(mentor, f"{man}/activate", mentor_said_yes="true", shedder_said_yes="true")
        assert fills(mentor, f"{man}/session", minutes="45").endswith("said=note_session")
        pathway = fills(mentor, f"{man}/enrol").partition("?")[0]
        assert mentor.get(man, 303).headers["Location"] == pathway
        steps = set(re.findall(r"[\w/-]+/steps/[\w-]+", looks(mentor, pathway)))
        assert len(steps) == 8
        assert "this is still missing: A CV that is up to date, Interviews" in words(looks(mentor, pathway))
        for step in steps:
            fills(mentor, f"{step}/complete", **{"evidence.what": "Seen."})
        assert "Confirm that he is ready" not in looks(mentor, pathway)
        fills(mentor, f"{pathway}/propose_readiness")
        assert "A second person is to confirm" in looks(mentor, pathway)
        assert fills(coordinator, f"{pathway}/confirm").endswith("said=pathway_confirm")
        fills(mentor, f"{pathway}/jobs/new", sector="care", hours_per_week="24", contract="temporary")

        said = words(looks(mentor, pathway))
        assert "Has a job" in said
        assert "care Goes on 24 hours a week, temporary" in said

    def test_what_they_agreed_on_is_asked_and_told_in_the_same_words(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf"))
        assert "What you agreed on" in words(looks(programme.mentor, f"{man}/session"))

        fills(programme.mentor, f"{man}/session", minutes="45", next_action="He calls on Monday.")

        assert "What you agreed on: He calls on Monday." in words(looks(programme.mentor, man))

    def test_a_checkpoint_is_recorded_and_corrected(self, programme, world):
        place = programme.a_pathway("employed")
        (job,) = programme.mentor.get(f"/mentoring/jobs?pathway_id={place.rpartition('/')[2]}").json["items"]
        page = f"{page_of(place)}/jobs/{job['id']}/checkpoints"
        assert f"{page}/4" not in looks(programme.mentor, page_of(place))
        world.clock.advance(weeks=13)
        assert f"{page}/13" in looks(programme.mentor, page_of(place))

        again = fills(programme.mentor, f"{page}/13", 422, status="employed")
        assert "Say how it is known" in again
        assert Fields(again).sent["status"] == "employed"
        fills(programme.mentor, f"{page}/13", status="employed", known_by="payslip")
        assert "a payslip shows it" in looks(programme.mentor, page_of(place))
        assert Fields(looks(programme.mentor, f"{page}/13")).sent["known_by"] == "payslip"
        fills(programme.mentor, f"{page}/13", status="unknown", known_by="")

        (job,) = programme.mentor.get(f"/mentoring/jobs?pathway_id={place.rpartition('/')[2]}").json["items"]
        assert [(one["weeks"], one["status"]) for one in job["checkpoints"]] == [(13, "unknown")]

    def test_a_job_that_ended(self, programme):
        place = programme.a_pathway("employed")
        (job,) = programme.mentor.get("/mentoring/jobs").json["items"]

        fills(programme.mentor, f"{page_of(place)}/jobs/{job['id']}/end")

        assert "Ready for work" in looks(programme.mentor, page_of(place)).partition("</h1>")[0]

    def test_open_referrals_show_as_category_and_state(self, programme, world):
        place = programme.a_pathway()
        man = programme.mentor.get(place).json["shedder_id"]
        programme.a_consent(man)
        world.deliver()
        programme.a_referral("accepted", shedder_id=man)
        world.deliver()

        said = words(looks(programme.mentor, page_of(place)))

        assert "What may stand in the way Mental health Accepted" in said
        assert "He sleeps badly" not in said

    def test_a_mentor_who_is_asked_confirms_and_sees_no_more(self, programme, world, stranger):
        place = programme.a_pathway("ready_to_propose")
        page = page_of(place)
        fills(
            programme.coordinator, f"{page}/propose_readiness", asked_to_confirm=str(stranger.actor.mentor_id)
        )

        assert page in looks(stranger, MENTEES)
        seen = looks(stranger, page)
        assert f"{page}/confirm" in seen
        for hidden in ("Tick it off", "Stop", "/jobs/", "/session", "Mentee"):
            assert hidden not in seen
        assert fills(stranger, f"{page}/confirm") == f"{MENTEES}?said=pathway_confirm"

    def test_a_coordinator_leaves_a_step_out_and_a_mentor_does_not(self, programme):
        step = a_step(programme, programme.a_pathway())

        assert "/waive" not in looks(programme.mentor, step)
        assert "/waive" in looks(programme.coordinator, step)
        fills(programme.coordinator, f"{step}/waive", why="He has one.")
        assert "He has one." in looks(programme.mentor, step)
        fills(programme.mentor, f"{step}/reopen", why="It is old.")
        assert "In progress" in looks(programme.mentor, step)
        fills(programme.mentor, f"{step}/add_evidence", what="A photo of it")
        assert "A photo of it" in looks(programme.mentor, step)


class TestTheMatch:
    def test_it_pauses_and_goes_on(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf"))

        fills(programme.mentor, f"{man}/pause", reason="away")
        assert "Away for a time" in looks(programme.mentor, man)
        assert "/session" not in looks(programme.mentor, man)
        fills(programme.mentor, f"{man}/resume")
        assert "/session" in looks(programme.mentor, man)

    def test_who_goes_back_to_a_form_of_before_is_not_told_that_it_is_done_again(self, programme, world):
        """Its address has the key of then, so the API answers as it did then."""
        place = a_match(programme, world, "Yusuf")
        pause, form = f"{page_of(place)}/pause", f"{page_of(place)}/pause?key=of-then"
        typed = Fields(looks(programme.mentor, form)).sent | {"reason": "away"}
        assert sends(programme.mentor, pause, typed) == sends(programme.mentor, pause, typed)
        back = Fields(looks(programme.mentor, form)).sent | {"reason": "away"}
        assert sends(programme.mentor, pause, back) == sends(programme.mentor, pause, typed)
        fills(programme.mentor, f"{page_of(place)}/resume")

        back = Fields(looks(programme.mentor, form)).sent | {"reason": "away"}
        again = sends(programme.mentor, pause, back, 409)

        assert "You did this before" in words(again)
        assert programme.mentor.get(place).json["state"] == "active"
        sends(programme.mentor, pause, Fields(again).sent | {"reason": "away"})
        assert programme.mentor.get(place).json["state"] == "paused"

    @pytest.mark.parametrize(("action", "typed"), [("stop", {"reason": "no_contact"}), ("complete", {})])
    def test_when_it_has_ended_he_is_no_mentee_any_more(self, action, typed, programme, world):
        man = page_of(a_match(programme, world, "Yusuf"))

        assert fills(programme.mentor, f"{man}/{action}", **typed) == f"{MENTEES}?said=mentorship_{action}"

        assert "Yusuf" not in looks(programme.mentor, MENTEES)
        looks(programme.mentor, man, 404)
        assert "His mentor" in looks(programme.coordinator, man)

    def test_reasons_of_the_system_are_not_offered(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf"))

        assert "participant_erased" not in looks(programme.mentor, f"{man}/stop")
        assert "consent_withdrawn" not in looks(programme.mentor, f"{man}/pause")

    def test_it_is_not_a_match(self, programme, world):
        man = page_of(a_match(programme, world, "Yusuf", "proposed"))

        fills(programme.mentor, f"{man}/reject", rejected_by="shedder", reason="no_click")

        assert "Nobody is matched with you now" in looks(programme.mentor, MENTEES)


class TestWhatGoesWrong:
    def test_who_meets_again_does_so_afterwards(self, programme, world):
        page = f"{page_of(a_match(programme, world, 'Omar'))}/session"
        days = {"held_on-day": "2", "held_on-month": "3", "held_on-year": "2026"}
        days |= {"next_on-day": "1", "next_on-month": "3", "next_on-year": "2026"}

        again = fills(programme.mentor, page, 422, minutes="45", **days)

        assert "This day is before the session." in again

    def test_an_error_keeps_what_was_typed(self, programme, world):
        form = f"{page_of(a_match(programme, world, 'Yusuf'))}/session"

        again = fills(programme.mentor, form, 422, note="We <wrote> his CV", mode="online")

        kept = Fields(again).sent
        assert (kept["note"], kept["mode"], kept["held_on-day"]) == ("We <wrote> his CV", "online", "2")
        assert "How many minutes? Fill this in." in words(again)

    def test_a_day_to_come_is_refused_beside_its_field(self, programme):
        form = f"{a_step(programme, programme.a_pathway())}/complete"

        again = fills(
            programme.mentor, form, 422, **{"evidence.what": "CV", "evidence.dated_on-year": "2027"}
        )

        assert 'id="evidence-dated_on-error"' in again
        assert Fields(again).sent["evidence.what"] == "CV"

    def test_pressed_twice_it_is_done_once(self, programme, world):
        match = a_match(programme, world, "Yusuf")
        form = f"{page_of(match)}/session"
        typed = Fields(looks(programme.mentor, form)).sent | {"minutes": "45"}

        assert sends(programme.mentor, form, typed) == sends(programme.mentor, form, typed)

        assert len(programme.mentor.get(f"{match}/sessions").json["items"]) == 1

    def test_what_changed_meanwhile_is_not_written_over(self, programme):
        step = a_step(programme, programme.a_pathway())
        typed = Fields(looks(programme.mentor, f"{step}/complete")).sent | {"evidence.what": "CV seen"}
        fills(programme.coordinator, f"{step}/add_evidence", what="Mine")

        again = sends(programme.mentor, f"{step}/complete", typed, 412)

        assert "Somebody changed this while you were looking" in again
        assert "CV seen" in again
        assert "Not started" in looks(programme.mentor, step)

    def test_what_cannot_be_done_any_more_is_said(self, programme):
        page = page_of(programme.a_pathway("ready_to_propose"))
        typed = Fields(looks(programme.mentor, f"{page}/propose_readiness")).sent
        cv = re.findall(r"[\w/-]+/steps/[\w-]+", looks(programme.mentor, page))
        for step in cv:
            if "/reopen" in looks(programme.mentor, step):
                fills(programme.mentor, f"{step}/reopen", why="It is old.")
        typed["_version"] = Fields(looks(programme.mentor, f"{page}/propose_readiness")).sent["_version"]

        assert "These steps are still missing" in sends(
            programme.mentor, f"{page}/propose_readiness", typed, 409
        )

    def test_of_another_mentors_man_there_is_nothing(self, programme, world, stranger):
        match = page_of(a_match(programme, world, "Yusuf"))
        place = programme.a_pathway("employed")
        (job,) = programme.mentor.get("/mentoring/jobs").json["items"]
        page = page_of(place)

        for path in (
            match,
            f"{match}/session",
            f"{match}/stop",
            page,
            f"{page}/stop",
            f"{page}/jobs/new",
            a_step(programme, place),
            f"{a_step(programme, place)}/complete",
            f"{page}/jobs/{job['id']}/checkpoints/4",
        ):
            looks(stranger, path, 404)
        sends(stranger, f"{match}/session", {"minutes": "45"}, 404)
        sends(
            stranger,
            f"{page}/jobs/new",
            {"sector": "care", "hours_per_week": "24", "contract": "agency"},
            404,
        )

    def test_another_mentorship_put_into_a_form_is_refused(self, programme, world, stranger):
        other = programme.a_mentorship()["id"]
        programme.coordinator.patch(f"/mentoring/mentors/{stranger.actor.mentor_id}", {"capacity": 9})
        man = programme.a_shedder()["id"]
        programme.a_consent(man, "mentoring")
        world.deliver()
        body = {"mentor_id": str(stranger.actor.mentor_id), "shedder_id": man}
        own = programme.coordinator.post("/mentoring/mentorships", body).json["id"]

        form = f"/mentoring/pages/mentorships/{own}/enrol"
        assert "not an active mentorship of yours" in fills(stranger, form, 422, mentorship_id=other)

    @pytest.mark.parametrize("who", ["ambassador", "care_worker", "administrator"])
    def test_for_another_role_there_are_no_such_pages(self, who, programme, world):
        match, place = a_match(programme, world, "Yusuf"), programme.a_pathway()
        caller = getattr(programme, who)

        for path in (MENTEES, page_of(match), page_of(place), f"{page_of(match)}/session"):
            looks(caller, path, 404)
        sends(caller, f"{page_of(match)}/session", {"minutes": "45"}, 404)

    def test_a_coordinator_has_no_mentees_and_may_open_a_mans_page(self, programme):
        looks(programme.coordinator, MENTEES, 404)
        assert "His mentor" in looks(programme.coordinator, page_of(programme.a_pathway()))

    def test_who_has_not_signed_in_is_asked_to(self, world):
        assert "/sign-in" in world.anonymous().get(MENTEES, 303).headers["Location"]
