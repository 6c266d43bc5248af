"""The coordinator's pages, from page to done: what is late, matching, confirming, stand-ins; and the figures."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from services.mentoring.web import matching, mentees
from services.registry.models import MentorFact
from services.registry.web.figure_files import as_csv, as_xlsx
from services.registry.web.figure_tables import Table, tables
from services.registry.web.figures_about import file_name
from services.registry.web.plots import bars, line
from shared.actor import Role
from shared.messaging.parked import ParkedEvent, park_malformed
from tests.audit import newest, records
from tests.builders.people import a_mentor, a_programme
from tests.builders.standing_in import a_colleague, account_of, an_account, caller_now, sign_in
from tests.statements import heard
from tests.web.visiting import on_from, show, visiting, visitor, without
from tests.world import days_ago

MINE = "/referrals/pages/mine"
LATE, MATCHING = "/referrals/pages/late", "/mentoring/pages/matching"
GUIDED = "/mentoring/pages/guided"
READINESS, COVERS = "/mentoring/pages/readiness", "/registry/pages/covers"
FIGURES, PARKED = "/registry/pages/figures", "/registry/pages/parked"


def press(caller, path, expect=303, **typed):
    """Send a form, as a browser does."""
    answer = caller.send(
        "POST", path, raw=urlencode(typed).encode(), content_type="application/x-www-form-urlencoded"
    )
    answer = on_from(caller, answer)
    assert answer.status == expect, f"{path}: {answer}"
    return answer


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def says(page):
    """The words of a page, as one reads them."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def a_man_who_waits(programme, known_as="Omar"):
    man = programme.a_shedder(known_as=known_as)["id"]
    programme.a_consent(man, "mentoring")
    programme.world.deliver()
    return man


def matches(programme):
    return programme.coordinator.get("/mentoring/mentorships").json["items"]


# ---- late or stuck


def test_the_coordinator_sees_which_organisation_is_late_and_by_how_many_days(programme, world):
    programme.a_referral()
    assert "Centrum" not in show(programme.coordinator, LATE)
    world.clock.advance(days=13)

    page = says(show(programme.coordinator, LATE))

    assert "Centrum: 1 referral" in page
    assert "3 days late" in page
    assert "Mehmet D." in page


def test_a_question_waits_there_until_it_is_answered(programme):
    """Also one that was asked when the referral was accepted already, and no clock stands still for it."""
    place = programme.a_referral("accepted")
    asked = programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"}).json["id"]
    assert "Questions that wait for our answer" in show(programme.coordinator, LATE)

    programme.ambassador.act(f"/referrals/questions/{asked}/answer", {"answer": "The second."})

    assert "Questions that wait for our answer" not in show(programme.coordinator, LATE)


@pytest.mark.parametrize("state", ["received", "accepted"])
def test_it_is_said_since_which_day_a_question_waits(programme, world, state):
    place = programme.a_referral(state)
    earlier = programme.care_worker.post(f"{place}/questions", {"question": "Which street?"}).json["id"]
    programme.ambassador.act(f"/referrals/questions/{earlier}/answer", {"answer": "The Kerkstraat."})
    world.clock.advance(days=2)
    asked = world.clock.today()
    programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"})
    world.clock.advance(days=3)
    waiting = show(programme.coordinator, LATE).partition("Questions that wait for our answer")[2]

    assert re.search(rf'data-h="Waits since">\w+ {asked.day} {asked:%B %Y}<', waiting)


def test_since_when_they_wait_is_told_by_the_list_however_many_there_are(programme, world):
    def costs():
        with heard(world.programme.referrals.database.engine) as said:
            page = show(programme.coordinator, LATE)
        return page.count('data-h="Waits since"'), len([one for one in said if "SELECT" in one.sql])

    def one_more():
        place = programme.a_referral("accepted")
        programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"})

    one_more()
    one, cost_of_one = costs()
    one_more()
    one_more()
    three, cost_of_three = costs()

    assert (one, three) == (1, 3)
    assert cost_of_three == cost_of_one


def test_a_draft_that_was_never_sent_is_there_from_the_next_day_until_it_is(programme, world):
    draft = programme.a_draft()["id"]
    assert f"/referrals/pages/referrals/{draft}" not in show(programme.coordinator, LATE)
    world.clock.advance(days=1)
    assert f"/referrals/pages/referrals/{draft}" in show(programme.coordinator, LATE)

    programme.ambassador.act(f"/referrals/referrals/{draft}/send")

    assert f"/referrals/pages/referrals/{draft}" not in show(programme.coordinator, LATE)


def test_what_he_answers_for_himself_and_came_to_nothing_is_counted_and_found(programme, world):
    theirs = programme.a_referral("declined")
    assert "Your own that came to nothing" not in show(programme.coordinator, LATE)
    inherited = programme.a_referral("accepted")
    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
    world.deliver()
    programme.care_worker.act(f"{inherited}/fail", {"reason": "could_not_reach"})

    page = show(programme.coordinator, LATE)
    assert re.search(rf'href="{MINE}">1 referral that you answer for may go to another service<', page)
    waiting = show(programme.coordinator, MINE).partition("These wait for you")[2].partition("The others")[0]
    assert f"{inherited.replace('/referrals/', '/referrals/pages/', 1)}/send_on" in waiting
    assert theirs.rpartition("/")[2] not in waiting


def test_all_referrals_are_one_press_from_any_page_of_his(programme):
    sent = programme.a_referral().rpartition("/")[2]

    assert f'href="{MINE}"' in show(programme.coordinator, FIGURES)
    assert f"/referrals/pages/referrals/{sent}" in show(programme.coordinator, MINE)


def test_who_waits_for_his_yes_is_counted_there(programme):
    ready = programme.a_pathway("ready_to_propose")
    assert "Men who wait for your yes" not in show(programme.coordinator, LATE)
    programme.mentor.act(f"{ready}/propose_readiness")

    assert "1 man is proposed as work-ready" in show(programme.coordinator, LATE)


def test_who_waits_for_a_mentor_is_counted_there(programme):
    man = a_man_who_waits(programme)
    page = show(programme.coordinator, LATE)
    assert re.search(rf'href="{MATCHING}">1 man has no mentor yet<', page)
    programme.a_mentorship("proposed", man)

    assert "no mentor yet" not in show(programme.coordinator, LATE)


def test_without_mentoring_what_is_late_is_told_all_the_same(programme, world):
    a_man_who_waits(programme)
    world.clock.advance(days=1)
    programme.a_referral()
    world.clock.advance(days=13)

    with without(world, "mentoring", of="referrals"):
        page = show(programme.coordinator, LATE)

    assert "3 days late" in page
    assert "no mentor yet" not in page


def test_he_finds_each_mentee_with_his_mentor_what_is_next_and_who_was_quiet_longest(programme, world):
    quiet = programme.a_mentorship(shedder_id=a_man_who_waits(programme, "Quiet Q."), on=days_ago(world, 60))
    way = programme.a_pathway("ready_to_propose")
    mentor = programme.coordinator.get(f"/mentoring/mentors/{programme.mentor_id}").json["name"]
    page = show(programme.coordinator, GUIDED)

    assert "Quiet for 60 days" in says(page)
    assert page.index(f"/mentoring/pages/mentorships/{quiet['id']}") < page.index(way.rpartition("/")[2])
    assert says(page).count(mentor) == 2
    assert GUIDED in show(programme.coordinator, LATE)


def test_whose_match_has_ended_is_not_among_them(programme):
    match = programme.a_mentorship()["id"]
    assert f"/mentoring/pages/mentorships/{match}" in show(programme.coordinator, GUIDED)
    programme.mentor.act(f"/mentoring/mentorships/{match}/stop", {"reason": "other"})
    assert "Nobody has a mentor now." in show(programme.coordinator, GUIDED)


def test_the_mentees_are_those_of_one_mentor_when_he_is_chosen(programme, world):
    own = programme.a_mentorship()["id"]
    other = a_mentor(world, programme.coordinator, name="Luc F.", municipality="Delft")
    his = programme.coordinator.post(
        "/mentoring/mentorships",
        {"mentor_id": str(other), "shedder_id": a_man_who_waits(programme)},
    ).json["id"]
    both = show(programme.coordinator, GUIDED)
    assert "2 men have a mentor." in both
    assert own in both
    assert "Luc F. (Delft)" in both

    chosen = show(programme.coordinator, f"{GUIDED}?mentor={other}&page=")

    assert "This mentor guides 1 man." in chosen
    assert own not in chosen
    assert f'value="{other}" selected' in chosen
    back = re.search(rf'href="([^"]*{his}[^"]*)"', chosen)[1]
    assert f'href="{GUIDED}?mentor={other}"' in show(programme.coordinator, back)
    assert "This mentor guides nobody now." in show(programme.coordinator, f"{GUIDED}?mentor=nobody")


def test_a_long_list_of_mentees_has_pages_in_the_order_of_who_needs_somebody_most(
    programme, world, monkeypatch
):
    monkeypatch.setattr(mentees, "A_PAGE", 2)
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"capacity": 5})
    for name, days in (("Ali", 20), ("Bas", 50), ("Cor", 30), ("Dré", 60), ("Eli", 40)):
        programme.a_mentorship(shedder_id=a_man_who_waits(programme, name), on=days_ago(world, days))

    def seen(page):
        said = show(programme.coordinator, f"{GUIDED}?page={page}")
        ways = re.findall(r'rel="(prev|next)" href="([^"]*)"', said)
        return re.findall("Ali|Bas|Cor|Dré|Eli", said), ways

    assert seen(1) == (["Dré", "Bas"], [("next", f"{GUIDED}?page=2")])
    assert seen(2) == (["Eli", "Cor"], [("prev", GUIDED), ("next", f"{GUIDED}?page=3")])
    assert seen(3) == seen(9) == (["Ali"], [("prev", f"{GUIDED}?page=2")])
    assert seen(-1) == seen("x") == seen(1)
    second = says(show(programme.coordinator, f"{GUIDED}?page=2"))
    assert "5 men have a mentor. You see 3 to 4." in second
    assert "Eli , number 3" in second


def test_another_partners_coordinator_sees_none_of_it(programme, world):
    place = programme.a_referral()
    programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"})
    programme.a_draft()
    a_man_who_waits(programme)
    ready = programme.a_pathway("ready_to_propose")
    programme.mentor.act(f"{ready}/propose_readiness")
    stranger = a_programme(world, "De Merels").coordinator

    assert "No referral is late" in show(stranger, LATE)
    assert "Nobody waits" in show(stranger, MATCHING)
    assert "Nobody waits" in show(stranger, READINESS)
    assert "Nobody has a mentor now" in show(stranger, GUIDED)
    assert "None of your ambassadors" in show(stranger, COVERS)


@pytest.mark.parametrize("who", ["ambassador", "care_worker", "mentor", "administrator"])
@pytest.mark.parametrize("path", [LATE, MATCHING, READINESS])
def test_the_coordinators_pages_are_nobody_elses(programme, who, path):
    show(getattr(programme, who), path, expect=404)


@pytest.mark.parametrize("who", ["ambassador", "care_worker", "mentor"])
@pytest.mark.parametrize("path", [FIGURES, f"{FIGURES}/csv", f"{FIGURES}/xlsx", f"{FIGURES}/printable"])
def test_figures_are_not_for_those_who_meet_the_men(programme, who, path):
    show(getattr(programme, who), path, expect=404)


# ---- matching


def test_a_man_who_waits_is_proposed_to_a_mentor_and_waits_no_more(programme):
    man = a_man_who_waits(programme)
    assert "Omar" in show(programme.coordinator, MATCHING)
    form = show(programme.coordinator, f"{MATCHING}/{man}")
    assert "Kees M." in form
    assert says(form).index("Propose a mentor Omar The two then meet") < says(form).index("Languages")
    assert hidden(form, "shedder_id") == man

    typed = {"_key": hidden(form, "_key"), "shedder_id": man, "mentor_id": str(programme.mentor_id)}
    answer = press(programme.coordinator, f"{MATCHING}/{man}", **typed)

    assert answer.headers["Location"] == f"{MATCHING}?said=match"
    assert [(one["shedder_id"], one["state"]) for one in matches(programme)] == [(man, "proposed")]
    page = show(programme.coordinator, f"{MATCHING}?said=match")
    assert "The match is proposed" in page
    assert f"{MATCHING}/{man}" not in page


def test_a_match_is_there_from_its_proposal_until_it_begins(programme, world, monkeypatch):
    quiet = programme.a_mentorship("proposed", a_man_who_waits(programme, "Ali"), on=days_ago(world, 9))
    match = programme.a_mentorship("proposed", a_man_who_waits(programme))
    page = show(programme.coordinator, MATCHING)
    proposed = page.partition("Proposed, and not begun")[2].partition('id="mentors"')[0]

    assert "Ali , number 1 Kees M. Sat 21 February 2026 Omar , number 2 Kees M." in says(proposed)
    assert proposed.index(quiet["id"]) < proposed.index(match["id"]), "who waits longest is first"
    link = re.search(rf'href="(/mentoring/pages/mentorships/{match["id"]}[^"]*)"', proposed)[1]
    assert f'href="{MATCHING}"' in show(programme.coordinator, link)
    monkeypatch.setattr(matching, "A_SCREEN", 1)
    short = show(programme.coordinator, MATCHING)
    assert quiet["id"] in short
    assert match["id"] not in short
    assert "See the others, among all mentees" in short
    yes = {"mentor_said_yes": True, "shedder_said_yes": True}
    for one in (quiet, match):
        programme.mentor.act(f"/mentoring/mentorships/{one['id']}/activate", yes)

    assert "Proposed, and not begun" not in show(programme.coordinator, MATCHING)


def test_a_match_that_is_pressed_twice_is_proposed_once(programme):
    man = a_man_who_waits(programme)
    typed = {"_key": "k1", "shedder_id": man, "mentor_id": str(programme.mentor_id)}

    for _ in range(2):
        press(programme.coordinator, f"{MATCHING}/{man}", **typed)

    assert len(matches(programme)) == 1


def test_a_second_mentor_for_the_same_man_is_asked_about_first(programme, world, coordinator):
    """A colleague may have proposed one since the page was opened."""
    man = a_man_who_waits(programme)
    a_mentor(world, programme.coordinator, name="Luc <b>F.")
    other = next(
        one["id"]
        for one in programme.coordinator.get("/mentoring/mentors").json["items"]
        if one["name"] == "Luc <b>F."
    )
    form = coordinator.get(f"{MATCHING}/{man}").form(man)
    programme.a_mentorship("proposed", man)

    asked = coordinator.press(form, 422, mentor_id=other)

    name = programme.coordinator.get(f"/mentoring/mentors/{programme.mentor_id}").json["name"]
    assert f"He has somebody already: {name.rstrip('.')}. To propose" in asked.words
    assert len(matches(programme)) == 1
    coordinator.press(asked.form(man))
    assert {one["mentor_id"] for one in matches(programme)} == {str(programme.mentor_id), other}


def test_a_match_without_a_mentor_is_asked_again(programme):
    man = a_man_who_waits(programme, known_as="<i>Omar</i> %s")

    page = press(programme.coordinator, f"{MATCHING}/{man}", 422, _at="k1", shedder_id=man).text

    assert "Fill this in." in page
    assert "&lt;i&gt;Omar&lt;/i&gt; %s" in page
    assert hidden(page, "shedder_id") == man
    assert hidden(page, "_at") == "k1"
    assert matches(programme) == []


def test_a_mentor_who_filled_up_meanwhile_is_refused_and_the_choice_is_kept(programme):
    man, mentor = a_man_who_waits(programme), str(programme.mentor_id)
    programme.coordinator.patch(f"/mentoring/mentors/{mentor}", {"capacity": 1})
    programme.a_mentorship()
    other = a_mentor(programme.world, programme.coordinator, name="Luc F.")

    page = press(programme.coordinator, f"{MATCHING}/{man}", 409, shedder_id=man, mentor_id=mentor).text

    assert "It is not done" in page
    assert str(other) in page
    assert [one["shedder_id"] for one in matches(programme)] != [man]


def test_mentors_of_one_name_are_told_apart_by_where_they_are(programme, world):
    man = a_man_who_waits(programme)
    a_mentor(world, programme.coordinator, municipality="Delft")

    words = says(show(programme.coordinator, f"{MATCHING}/{man}"))

    assert "Kees M. (Den Haag)" in words
    assert "Kees M. (Delft)" in words


def test_when_no_mentor_has_room_the_form_says_so_and_has_no_button(programme):
    man = a_man_who_waits(programme)
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"vog_on": None})

    page = show(programme.coordinator, f"{MATCHING}/{man}")

    assert "No mentor has room now" in page
    assert "Propose this mentor" not in page
    assert "No certificate of conduct is noted" in show(programme.coordinator, MATCHING)


def test_nobody_matches_another_partners_man(programme, world):
    man = a_man_who_waits(programme)
    stranger = a_programme(world, "De Merels")

    show(stranger.coordinator, f"{MATCHING}/{man}", expect=404)
    typed = {"shedder_id": man, "mentor_id": str(stranger.mentor_id)}
    press(stranger.coordinator, f"{MATCHING}/{man}", 404, **typed)

    assert matches(programme) == []


def test_mentors_are_chosen_by_language_and_sector(programme, world):
    a_mentor(world, programme.coordinator, name="Luc F.", languages=["fr"], sectors=["care"])

    assert "Luc F." in show(programme.coordinator, f"{MATCHING}?language=fr&sector=")
    page = show(programme.coordinator, f"{MATCHING}?language=fr")

    assert "Kees M." not in page
    assert re.search(r'value="fr" selected', page)


def test_who_waits_is_who_agreed_and_has_no_mentor_and_had_none_to_the_end(programme):
    """A stopped match makes him wait again; one that reached its aim, or a consent withdrawn, does not."""

    def waiting():
        items = programme.coordinator.get("/mentoring/mentorships/waiting").json["items"]
        return [one["shedder_id"] for one in items]

    stopped, completed = programme.a_mentorship(), programme.a_mentorship()
    assert waiting() == []

    programme.mentor.act(f"/mentoring/mentorships/{stopped['id']}/stop", {"reason": "other"})
    programme.mentor.act(f"/mentoring/mentorships/{completed['id']}/complete")
    assert waiting() == [stopped["shedder_id"]]

    consents = programme.coordinator.get(f"/registry/shedders/{stopped['shedder_id']}/consents").json["items"]
    programme.coordinator.act(f"/registry/consents/{consents[0]['id']}/withdraw")
    programme.world.deliver()
    assert waiting() == []


# ---- work-ready


def proposed(programme):
    place = programme.a_pathway("ready_to_propose")
    programme.mentor.act(f"{place}/propose_readiness")
    return place


def pathway_page(place):
    return f"/mentoring/pages/pathways/{place.rsplit('/', 1)[1]}"


def test_what_the_mentor_proposed_the_coordinator_confirms_by_a_page(programme):
    place = proposed(programme)
    form_at = f"{pathway_page(place)}/confirm"
    page = show(programme.coordinator, READINESS)
    assert form_at in page
    assert "Kees M." in page
    form = show(programme.coordinator, form_at)

    typed = {name: hidden(form, name).replace("&#34;", '"') for name in ("_key", "_version")}
    answer = press(programme.coordinator, form_at, **typed)

    assert answer.headers["Location"] == f"{pathway_page(place)}?said=pathway_confirm"
    assert programme.coordinator.get(place).json["state"] == "work_ready"
    assert form_at not in show(programme.coordinator, READINESS)


def test_what_the_mentor_proposed_the_coordinator_answers_with_not_yet(programme):
    place = proposed(programme)
    page = pathway_page(place)
    form_at = f"{page}/decline_readiness?back={READINESS}"
    assert form_at in show(programme.coordinator, READINESS)
    assert form_at in show(programme.coordinator, f"{page}/confirm?back={READINESS}")
    assert f'{page}/decline_readiness"' in show(programme.coordinator, f"{page}/confirm")
    form = show(programme.coordinator, form_at)
    typed = {name: hidden(form, name).replace("&#34;", '"') for name in ("_key", "_version")}

    again = press(programme.coordinator, f"{page}/decline_readiness", 422, **typed, why="")
    assert "Why not yet?" in again.text
    answer = press(programme.coordinator, f"{page}/decline_readiness", **typed, why="He has no papers.")

    assert answer.headers["Location"] == f"{page}?said=pathway_decline_readiness"
    assert "His mentor can see why." in show(programme.coordinator, answer.headers["Location"])
    assert page not in show(programme.coordinator, READINESS)
    assert programme.coordinator.get(place).json["readiness_declined_on"] == "2026-03-02"


def test_what_was_taken_back_meanwhile_is_not_answered_and_the_reason_is_kept(programme):
    place = proposed(programme)
    page = pathway_page(place)
    form = show(programme.coordinator, f"{page}/decline_readiness")
    typed = {name: hidden(form, name).replace("&#34;", '"') for name in ("_key", "_version")}
    programme.mentor.act(f"{place}/take_back_readiness")

    again = press(programme.coordinator, f"{page}/decline_readiness", 409, **typed, why="He has no papers.")

    assert "Nobody has proposed it." in again.text
    assert "He has no papers.</textarea>" in again.text


def test_who_proposed_it_himself_takes_it_back_on_the_mans_page(programme):
    place = programme.a_pathway("ready_to_propose")
    programme.coordinator.act(f"{place}/propose_readiness")
    page = show(programme.coordinator, pathway_page(place))
    assert f'action="{pathway_page(place)}/take_back_readiness"' in page
    assert "/decline_readiness" not in page

    typed = {name: hidden(page, name).replace("&#34;", '"') for name in ("_key", "_version")}
    press(programme.coordinator, f"{pathway_page(place)}/take_back_readiness", **typed)

    assert "Nobody waits" in show(programme.coordinator, READINESS)


def test_what_is_confirmed_stands_there_step_by_step_with_what_shows_it_and_who_says_so(programme, world):
    place = programme.a_pathway()
    steps = programme.mentor.get(place).json["steps"]
    seen = {"evidence": {"what": "Two pages, <printed>", "dated_on": days_ago(world, 3)}}
    programme.mentor.act(f"/mentoring/steps/{steps[0]['id']}/complete", seen)
    programme.coordinator.act(f"/mentoring/steps/{steps[1]['id']}/waive", {"why": "He led a team for years."})
    programme.coordinator.act(
        f"/mentoring/steps/{steps[2]['id']}/add_evidence", {"what": "He spoke with me."}
    )
    programme.complete_steps(place)
    programme.mentor.act(f"{place}/propose_readiness")

    rows = show(programme.coordinator, f"{pathway_page(place)}/confirm").split("<tr")
    first, waived, third = (
        next(says(f"<tr{row}") for row in rows if step["title"] in row) for step in steps[:3]
    )

    assert first.endswith(", mentor: Two pages, &lt;printed&gt;")
    assert "He led a team for years." in waived
    assert "by you: He spoke with me." in third
    assert "mentor: Seen." in third
    assert says("".join(rows)).count("Nothing yet.") == sum(not step["required"] for step in steps)


def test_who_comes_from_the_list_of_those_who_wait_goes_back_there(programme):
    page = pathway_page(proposed(programme))
    came, back = f"?back={READINESS}", f'href="{READINESS}" class="govuk-back-link"'
    assert f'href="{page}/confirm{came}"' in show(programme.coordinator, READINESS)

    form = show(programme.coordinator, f"{page}/confirm{came}")
    assert back in form
    assert back in show(programme.coordinator, f"{page}{came}")
    typed = {"_key": "k", "back": hidden(form, "back")}
    assert back in press(programme.coordinator, f"{page}/confirm", 412, _version='"0"', **typed).text
    version = hidden(form, "_version").replace("&#34;", '"')
    confirmed = press(programme.coordinator, f"{page}/confirm", _version=version, **typed | {"_key": "l"})
    assert back in show(programme.coordinator, confirmed.headers["Location"])


@pytest.mark.parametrize(
    "elsewhere", ["", "?back=https://example.org", "?back=//example.org/registry/pages/men"]
)
def test_who_comes_from_elsewhere_goes_back_to_the_man_and_from_him_to_the_mentees(programme, elsewhere):
    page = pathway_page(proposed(programme))

    form = show(programme.coordinator, f"{page}/confirm{elsewhere}")
    assert f'href="{page}" class="govuk-back-link"' in form
    assert 'name="back"' not in form
    man = show(programme.coordinator, f"{page}{elsewhere}")
    assert f'href="{GUIDED}" class="govuk-back-link"' in man
    man = show(programme.mentor, page)
    assert 'href="/mentoring/pages/mentees" class="govuk-back-link"' in man


def test_a_look_at_all_steps_is_on_record_as_few_looks(programme, world):
    place = proposed(programme)
    before = newest(world, "mentoring")
    show(programme.coordinator, f"{pathway_page(place)}/confirm")
    looks = [record.operation for record in records(world, "mentoring", before)]
    assert looks.count("list_steps") == 1
    assert "read_step" not in looks
    assert looks.count("read_step_history") == 1  # in which role the mentor recorded what shows them


def test_the_steps_that_are_confirmed_are_in_the_language_of_who_confirms(programme):
    form_at = f"{pathway_page(proposed(programme))}/confirm"

    page = show(programme.coordinator, form_at, Accept_Language="nl")

    assert "Een cv dat klopt" in page
    assert "A CV that is up to date" not in page


def test_kinds_of_work_are_in_words(programme, world):
    a_mentor(world, programme.coordinator, name="Luc F.", sectors=["care", "beekeeping"])

    page = says(programme.coordinator.get(MATCHING, **{"Accept-Language": "nl"}).text)

    assert "zorg, beekeeping" in page


def test_what_changed_meanwhile_is_not_confirmed_and_the_remark_is_kept(programme):
    place = proposed(programme)
    form_at = f"{pathway_page(place)}/confirm"

    page = press(
        programme.coordinator, form_at, 412, _key="k", _version='"0"', remark='Well <done> "him"'
    ).text

    assert "Well &lt;done&gt; &#34;him&#34;</textarea>" in page
    assert "Somebody changed this" in page
    assert programme.coordinator.get(place).json["state"] == "preparing"


@pytest.mark.parametrize("action", ["confirm", "decline_readiness"])
def test_who_comes_back_to_what_was_confirmed_is_led_to_what_became_of_it(programme, action):
    place = proposed(programme)
    form_at = f"{pathway_page(place)}/{action}"
    assert programme.coordinator.get(f"{form_at}?key=k").status == 200
    programme.coordinator.act(f"{place}/confirm")

    assert programme.coordinator.get(f"{form_at}?key=k", 303).headers["Location"] == pathway_page(place)


def test_who_proposed_it_himself_is_told_that_somebody_else_confirms(programme):
    place = programme.a_pathway("ready_to_propose")
    programme.coordinator.act(f"{place}/propose_readiness")

    page = show(programme.coordinator, READINESS)

    assert "somebody else confirms" in page
    assert f"{pathway_page(place)}/confirm" not in page


def test_another_partners_readiness_is_not_there_to_confirm(programme, world):
    place = proposed(programme)
    stranger = a_programme(world, "De Merels").coordinator
    form_at = f"{pathway_page(place)}/confirm"

    show(stranger, form_at, expect=404)
    press(stranger, form_at, 404, _version='"1"')

    assert programme.coordinator.get(place).json["state"] == "preparing"


# ---- from a man to his mentor


def man_page(programme, place):
    return f"/registry/pages/men/{programme.mentor.get(place).json['shedder_id']}"


def his_mentor(page):
    """Where the link to a man's mentor and his way to work leads."""
    return re.findall(r'href="(/mentoring/pages/mentorships/[^"]*)"', page)


def test_a_mans_page_leads_a_coordinator_to_his_mentor_and_his_way_to_work_and_back(programme):
    place = programme.a_pathway()
    man = man_page(programme, place)
    (link,) = his_mentor(show(programme.coordinator, man))

    on = programme.coordinator.get(link, expect=303).headers["Location"]
    assert on.startswith(f"{pathway_page(place)}?")
    assert f'href="{man}" class="govuk-back-link"' in show(programme.coordinator, on)


def test_no_way_leads_there_for_an_ambassador_nor_where_there_is_no_mentor(programme):
    man = man_page(programme, programme.a_pathway())
    waits = a_man_who_waits(programme)

    assert his_mentor(show(programme.ambassador, man)) == []
    assert his_mentor(show(programme.coordinator, f"/registry/pages/men/{waits}")) == []


def test_a_mans_page_stands_without_that_way_when_mentoring_does_not_answer(programme, world):
    man = man_page(programme, programme.a_pathway())

    with without(world, "mentoring", of="registry"):
        assert his_mentor(show(programme.coordinator, man)) == []


# ---- stand-ins


def an_absent_one(programme, role=Role.AMBASSADOR):
    """Somebody with an account, and a colleague who may stand in for him."""
    account = account_of(programme.world, getattr(programme, role.value), name="Mehmet D.")
    return str(account), str(a_colleague(programme, role, name="Ali K."))


def a_day(programme, hence, name="until_day"):
    day = programme.world.clock.today() + timedelta(days=hence)
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def named_covers(programme):
    return programme.coordinator.get("/registry/covers?state=named").json["items"]


def test_a_coordinator_names_a_stand_in_and_ends_it(programme):
    absent, stand_in = an_absent_one(programme)
    form_at = f"{COVERS}/{absent}/name"
    assert form_at in show(programme.coordinator, COVERS)
    form = show(programme.coordinator, form_at)
    assert "Mehmet D." in form

    typed = {"absent_account_id": absent, "stand_in_account_id": stand_in} | a_day(programme, 7)
    for _ in range(2):
        press(programme.coordinator, form_at, _key=hidden(form, "_key"), **typed)

    (cover,) = named_covers(programme)
    assert (cover["absent_name"], cover["stand_in_name"]) == ("Mehmet D.", "Ali K.")
    page = show(programme.coordinator, COVERS)
    assert "Ali K." in page

    end_at = f"{COVERS}/{cover['id']}/end"
    assert end_at in page
    press(programme.coordinator, end_at, _key=hidden(show(programme.coordinator, end_at), "_key"))
    assert named_covers(programme) == []


@pytest.mark.parametrize(
    ("role", "where"), [(Role.AMBASSADOR, "Shed of De Mussen"), (Role.MENTOR, "Den Haag")]
)
def test_who_is_away_and_who_may_stand_in_are_told_by_where_they_are(programme, role, where):
    absent, _ = an_absent_one(programme, role)

    form = says(show(programme.coordinator, f"{COVERS}/{absent}/name"))

    assert f"Mehmet D. ({where})" in form
    assert f"Ali K. ({where})" in form
    assert where in says(show(programme.coordinator, COVERS))


def test_without_mentoring_a_stand_in_is_named_by_name_alone(programme, monkeypatch):
    absent, _ = an_absent_one(programme, Role.MENTOR)
    monkeypatch.setattr("services.mentoring.queries.lists.visible.mentors", None)

    form = says(show(programme.coordinator, f"{COVERS}/{absent}/name"))

    assert "Ali K." in form
    assert "Ali K. (" not in form


def test_for_a_mentor_who_names_his_own_stand_in_nothing_is_asked_that_he_is_refused(programme, world):
    absent, _ = an_absent_one(programme, Role.MENTOR)
    before = newest(world, "mentoring")

    show(programme.mentor, COVERS)
    assert "Ali K." in show(programme.mentor, f"{COVERS}/{absent}/name")

    assert [one.operation for one in records(world, "mentoring", before)] == []


def test_a_cover_without_its_last_day_is_asked_again_with_what_was_chosen(programme):
    absent, stand_in = an_absent_one(programme)

    typed = {"absent_account_id": absent, "stand_in_account_id": stand_in, "until_day-day": "31"}
    page = press(programme.coordinator, f"{COVERS}/{absent}/name", 422, **typed).text

    assert re.search(rf'value="{stand_in}" checked', page)
    assert re.search(r'name="until_day-day"[^>]* value="31"', page)
    assert named_covers(programme) == []


def test_nobody_names_a_stand_in_for_another_partners_people(programme, world):
    absent, stand_in = an_absent_one(programme)
    stranger = a_programme(world, "De Merels").coordinator

    show(stranger, f"{COVERS}/{absent}/name", expect=404)
    typed = {"absent_account_id": absent, "stand_in_account_id": stand_in} | a_day(programme, 7)
    press(stranger, f"{COVERS}/{absent}/name", 404, **typed)

    assert named_covers(programme) == []


def test_when_nobody_may_stand_in_the_form_says_so(programme):
    absent = account_of(programme.world, programme.ambassador)

    page = show(programme.coordinator, f"{COVERS}/{absent}/name")

    assert "There is nobody who may stand in" in page
    assert "Name the stand-in</button>" not in page


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.CARE_WORKER, Role.MENTOR])
def test_a_stand_in_is_named_by_who_goes_away_takes_it_up_and_lays_it_down(programme, role):
    absent, stand_in = an_absent_one(programme, role)
    caller, world = getattr(programme, role.value), programme.world
    assert f"{COVERS}/{absent}/name" in show(caller, COVERS)
    typed = {"absent_account_id": absent, "stand_in_account_id": stand_in} | a_day(programme, 7)
    press(caller, f"{COVERS}/{absent}/name", **typed)
    begun = sign_in(world, UUID(stand_in))
    page = show(caller_now(world, begun), COVERS)
    assert "Stand in for Mehmet D." in page

    take_up = re.search(rf"{COVERS}/[0-9a-f-]+/take-up", page)[0]
    press(caller_now(world, begun), take_up)

    assert str(caller_now(world, begun).actor.on_behalf_of) == absent
    page = show(caller_now(world, begun), COVERS)
    assert "You stand in for Mehmet D. now." in page
    assert "Standing in for Mehmet D." in show(caller_now(world, begun), "/registry/pages/me")
    press(caller_now(world, begun), f"{COVERS}/lay-down")
    assert caller_now(world, begun).actor.on_behalf_of is None


def test_the_list_of_those_one_answers_for_has_ones_own_people_only(programme, world):
    absent, _ = an_absent_one(programme)
    mentor, _ = an_absent_one(programme, Role.MENTOR)
    with world.work("registry") as work:
        work.session.execute(
            update(MentorFact).where(MentorFact.mentor_id == programme.mentor_id).values(partner_id=None)
        )

    def covered(caller):
        return [one["id"] for one in caller.get("/registry/accounts/covered").json["items"]]

    assert absent in covered(programme.coordinator)
    assert mentor not in covered(programme.coordinator)
    assert covered(programme.mentor) == [mentor]


# ---- parked messages


def a_parked_event(world, service):
    with world.work(service) as work:
        park_malformed(work.session, "registry", {"name": "Yusuf"}, "It <says> nothing.", work.now)
        work.session.flush()
        return str(work.session.scalar(select(ParkedEvent.id)))


def test_an_administrator_sees_what_is_parked_without_what_it_says_and_has_it_tried_again(programme, world):
    parked = a_parked_event(world, "mentoring")
    page = show(programme.administrator, PARKED)
    assert "Malformed: It &lt;says&gt; nothing." in page
    assert "Yusuf" not in page
    retry = f"{PARKED}/mentoring/{parked}/retry"
    assert f'action="{retry}"' in page

    answer = press(programme.administrator, retry, _key=hidden(page, "_key"))

    assert answer.headers["Location"] == f"{PARKED}?said=parked_retried"
    with world.work("mentoring") as work:
        assert work.session.scalar(select(ParkedEvent.next_attempt_at)) == world.clock.now()


def test_one_that_was_taken_in_meanwhile_is_parked_no_more(programme, world):
    parked = a_parked_event(world, "mentoring")
    with world.work("mentoring") as work:
        work.session.execute(delete(ParkedEvent))

    answer = press(programme.administrator, f"{PARKED}/mentoring/{parked}/retry")

    assert answer.headers["Location"] == f"{PARKED}?said=parked_gone"


@pytest.mark.parametrize("who", ["ambassador", "care_worker", "mentor", "coordinator"])
def test_what_is_parked_is_for_an_administrator_alone(programme, world, who):
    parked = a_parked_event(world, "registry")
    caller = getattr(programme, who)

    show(caller, PARKED, expect=404)
    press(caller, f"{PARKED}/registry/{parked}/retry", 404)

    with world.work("registry") as work:
        assert work.session.scalar(select(ParkedEvent.next_attempt_at)) is None


# ---- figures


def some_men(programme, count):
    for number in range(count):
        programme.a_shedder(known_as=f"Man {number}")
    programme.world.deliver()


def test_a_coordinator_sees_every_number_of_his_own_partner(programme):
    some_men(programme, 3)

    page = show(programme.coordinator, FIGURES)

    assert "<dt>Men who take part</dt><dd>3</dd>" in page
    assert "fewer than" not in page


def test_an_evaluator_sees_no_small_number_nor_how_to_work_it_out(programme, world):
    some_men(programme, 3)
    evaluator = world.caller(Role.EVALUATOR)

    page = show(evaluator, FIGURES)

    assert '<dt>Men who take part</dt><dd class="sbs-figure__hidden">fewer than 5</dd>' in page
    assert re.search(r"Schilderswijk</th><td[^>]*>hidden<", page)
    assert "fewer than 5" in show(evaluator, f"{FIGURES}/csv")


def test_the_plot_has_the_numbers_of_the_table(programme, world):
    some_men(programme, 7)

    page = show(world.caller(Role.EVALUATOR), FIGURES)

    plot = re.search(r'<svg[^>]* role="img" aria-labelledby="plot-neighbourhoods".*?</svg>', page, re.DOTALL)[
        0
    ]
    assert '<title id="plot-neighbourhoods">Men by neighbourhood</title>' in plot
    assert re.findall(r"<text[^>]*>([^<]*)</text>", plot) == ["Schilderswijk", "7"]
    assert re.search(r"Schilderswijk</th><td[^>]*>7<", page)
    assert "style=" not in page


def test_days_that_are_not_right_are_said_at_their_field_and_kept(programme):
    page = show(programme.coordinator, f"{FIGURES}?since=2026-02-01&until=2026-01-01", expect=422)

    assert 'id="until-error"' in page
    assert 'name="until" value="2026-01-01"' in page
    assert "<dl" not in page


def test_an_evaluator_who_asks_for_other_days_than_quarters_is_told_so(programme, world):
    page = show(world.caller(Role.EVALUATOR), f"{FIGURES}?since=2026-01-02", expect=422)

    assert "Ask for whole quarters: from the first day of one." in page


@pytest.mark.parametrize("asked", ["shed_id=x", "partner_id=%3Cb%3E", "country=Q", "since=1"])
def test_what_nobody_may_ask_is_refused_in_words(programme, asked):
    page = show(programme.coordinator, f"{FIGURES}?{asked}", expect=422)

    assert "Something is not right yet" in page
    assert "<b>" not in page


def test_the_page_for_paper_has_every_table_open(programme):
    some_men(programme, 1)
    activity = {"shed_id": str(programme.shed_id), "name": "Football"}
    football = programme.coordinator.post("/registry/activities", activity).json["id"]
    for day in (8, 1):
        session = {
            "activity_id": football,
            "held_on": days_ago(programme.world, day),
            "anonymous_headcount": 4,
        }
        programme.coordinator.post("/registry/sessions", session)

    assert show(programme.coordinator, FIGURES).partition("<main")[2].count("<details") == 2
    paper = show(programme.coordinator, f"{FIGURES}/printable").partition("<main")[2]
    assert "<details" not in paper
    assert 'aria-labelledby="plot-weeks"' in paper


def test_mentors_of_no_partner_are_no_number_of_a_partner_wherever_it_is_read(programme, world):
    with world.work("registry") as work:
        work.session.execute(update(MentorFact).values(partner_id=None))
    asked = f"partner_id={programme.partner_id}"

    for page in (f"{FIGURES}?{asked}", f"{FIGURES}/printable?{asked}"):
        read = show(programme.coordinator, page)
        unknown = '<dt>Mentors trained</dt><dd class="sbs-figure__hidden">not known per partner</dd>'
        assert unknown in read
        assert re.search(r"Mentors trained</th><td[^>]*>not known per partner<", read)
    rows = show(programme.coordinator, f"{FIGURES}/csv?{asked}")
    assert "All the numbers,Mentors trained,Number,not known per partner" in rows
    found = programme.coordinator.get(f"/registry/figures?{asked}").json
    with Flask("figures").app_context():
        book = as_xlsx(a_table(), tables(found))
    shared = zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()
    assert "not known per partner" in shared
    whole = show(programme.coordinator, f"{FIGURES}?country=NL")
    assert "<dt>Mentors trained</dt><dd>1</dd>" in whole


RUNNING = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def a_table(*rows):
    return Table("t", "Men", "", ["Where", "Men"], rows, "hidden")


@pytest.mark.parametrize("text", RUNNING)
def test_no_cell_of_a_csv_begins_as_a_formula_does(text):
    with Flask("figures").app_context():
        written = as_csv([a_table((text, 5), ("Laak", None))])

    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [["Men", f"'{text}", "Men", "5"], ["Men", "Laak", "Men", "hidden"]]


def test_a_workbook_holds_no_formula_and_its_numbers_are_numbers():
    running = a_table(*((text, 5) for text in RUNNING))
    book = zipfile.ZipFile(io.BytesIO(as_xlsx(running, [a_table(), running])))

    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<v>") == book.read("xl/worksheets/sheet2.xml").decode().count("<v>")
    assert "<f>" not in sheet
    assert '<c r="B2"><v>5</v></c>' in sheet
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


def test_files_are_taken_away_with_what_was_asked(programme):
    some_men(programme, 2)

    answer = programme.coordinator.get(f"{FIGURES}/csv?shed_id={programme.shed_id}")
    today = programme.world.clock.today()
    name = f"figures-shed-of-de-mussen-{today}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Men by neighbourhood,Schilderswijk,Men,2" in answer.text
    nothing = f"{FIGURES}/csv?shed_id={programme.shed_id}&until=2000-01-01"
    assert "Schilderswijk" not in programme.coordinator.get(nothing).text


def test_a_file_is_named_by_what_it_is_about_in_letters_that_every_disk_takes():
    found = {"as_of": "2026-11-28", "asked": {}}
    quarter = {"since": "2026-01-01", "until": "2026-03-31"}

    assert file_name([], found, "csv") == "figures-2026-11-28.csv"
    assert file_name(["De Mussen"], found, "xlsx") == "figures-de-mussen-2026-11-28.xlsx"
    assert file_name(["L'Été\"\r\n; x=/../"], found, "csv") == "figures-l-ete-x-2026-11-28.csv"
    assert file_name(["Ž" * 300, "Ελλάδα"], found, "csv") == f"figures-{'z' * 40}-2026-11-28.csv"
    named = "figures-since-2026-01-01-until-2026-03-31-2026-11-28.csv"
    assert file_name([], found | {"asked": quarter}, "csv") == named


def words_of_sheets(visitor, path):
    """The names of a workbook's sheets, and the words that stand on them."""
    answer = visitor.browser.open(path, base_url=visitor.at)
    book = zipfile.ZipFile(io.BytesIO(answer.data))
    names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    return names, re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())


def test_a_workbook_begins_with_what_it_is_about(programme, world):
    names, words = words_of_sheets(visiting(programme.coordinator), f"{FIGURES}/xlsx")

    assert names[:3] == ["About", "1 All the numbers", "2 Who came, week by week"]
    assert words[:3] == ["Figures", "Partner", "De Mussen"]
    assert words[3:7] == ["From this day", "The beginning", "To this day, included", "As it was known on"]
    evaluator = visitor(world, an_account(world, Role.EVALUATOR))
    _, words = words_of_sheets(evaluator, f"{FIGURES}/xlsx?country=NL")
    assert words[:3] == ["Figures", "Country", "Netherlands"]
    assert "Numbers below 5 are not shown, so that nobody can be known by them." in words


def test_a_hidden_number_is_not_drawn():
    drawn = bars([("Laak", 10), ("Zuid", None)])

    assert [(bar.value, bar.length) for bar in drawn.bars] == [(10, 82.0), (None, 0)]
    assert bars([("Laak", None)]) is None
    assert bars([]) is None


def test_a_week_without_a_number_is_a_gap_in_the_line(programme):
    weeks = [programme.world.clock.today() + timedelta(weeks=number) for number in range(4)]
    drawn = line(list(zip(weeks, (10, None, 5, 0), (0, 0, 0, 0), strict=True)))

    assert drawn.men == "M0.0 0.0h1M666.7 50.0h1L1000.0 100.0"
    assert drawn.others.count("L") == 3


def test_years_without_a_row_are_a_gap_in_the_line_too(programme):
    today = programme.world.clock.today()
    weeks = [today + timedelta(weeks=number) for number in (0, 1, 199, 200)]
    drawn = line(list(zip(weeks, (10, 5, 5, 10), (0, 0, 0, 0), strict=True)))

    assert drawn.men == "M0.0 0.0h1L5.0 50.0M995.0 50.0h1L1000.0 0.0"
    assert drawn.others.count("M") == 2
