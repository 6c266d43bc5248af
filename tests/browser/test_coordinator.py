"""The coordinator's task from sign-in to done, in a real browser: what is late, matching, readiness, stand-ins, figures."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest

from shared.actor import Role
from shared.web.navigation import places
from tests.browser.looking import MENU
from tests.browser.ways import in_each_way

FIGURES = "/registry/pages/figures"
READINESS = "/mentoring/pages/readiness"
NOT_YET = "Hij sprak nog met geen werkgever."


@pytest.fixture(scope="session")
def colleague(demonstration):
    """Who may stand in for the ambassador."""
    return demonstration.a_colleague()


def see_what_is_late(coordinator):
    """The demonstration has a man whose answer is late; his referral is looked at."""
    coordinator.check("late")
    coordinator.follow(coordinator.find(".sbs-late th a").first.get_attribute("href"))
    assert "Rinus K." in coordinator.words
    coordinator.check("late-referral")


def match(coordinator, man, mentor):
    """Propose a mentor for a man who waits, however many wait longer."""
    coordinator.go_to("/matching")
    coordinator.check("matching")
    while not coordinator.find(f'main a[href$="/matching/{man}"]').count():
        coordinator.go_on()
    coordinator.follow(f"/matching/{man}")
    coordinator.choose(mentor)
    coordinator.check("match")
    coordinator.press("main form")
    assert coordinator.find(f'main a[href$="/matching/{man}"]').count() == 0
    coordinator.check("matched")


def say_not_yet(coordinator, pathway):
    """From the page on which he might confirm it."""
    coordinator.go_to("/readiness")
    coordinator.follow(f"/pathways/{pathway}/confirm?back={READINESS}")
    coordinator.follow(f"/pathways/{pathway}/decline_readiness?back={READINESS}")
    coordinator.fill({"why": NOT_YET})
    coordinator.check("not-yet")
    coordinator.press("main form")
    assert NOT_YET in coordinator.words
    coordinator.check("not-yet-said")


def confirm(coordinator, pathway):
    coordinator.go_to("/readiness")
    coordinator.check("readiness")
    coordinator.follow(f"/pathways/{pathway}/confirm?back={READINESS}")
    coordinator.fill({"remark": "Ik sprak hem zelf."})
    coordinator.check("confirm")
    coordinator.press("main form")
    coordinator.check("confirmed")


def name_stand_in(coordinator, absent, colleague, until):
    coordinator.go_to("/covers")
    coordinator.check("stand-ins")
    coordinator.follow(f"/covers/{absent}/name")
    coordinator.find(f'label:has-text("{colleague}")').click()
    coordinator.fill_day("until_day", until)
    coordinator.check("name-stand-in")
    coordinator.press("main form")
    assert colleague in coordinator.find("main td").first.inner_text()
    coordinator.check("stand-in-named")


def end_it(coordinator):
    coordinator.follow("/end")
    coordinator.check("end-stand-in")
    coordinator.press("main form")


def choose_figures(coordinator, shed, since):
    coordinator.go_to("/figures")
    coordinator.check("figures")
    coordinator.find("main details summary").first.click()
    coordinator.find("#shed_id").select_option(shed["id"])
    coordinator.fill({"since": since.isoformat()})
    coordinator.press('main form[method="get"]')
    assert shed["name"] in coordinator.words
    coordinator.check("figures-of-a-shed")


def taken_away(coordinator, kind):
    """The file that a link gives."""
    with coordinator.page.expect_download() as coming:
        coordinator.find(f'main a[href*="/figures/{kind}?"]').click()
    assert re.fullmatch(rf"figures-[a-z0-9-]+-\d{{4}}-\d\d-\d\d\.{kind}", coming.value.suggested_filename)
    return coming.value.path().read_bytes()


def take_away(coordinator, shed):
    """As CSV, as a workbook, and on paper: all three of what was chosen."""
    headline = coordinator.find("dl.sbs-figure dd").nth(2).inner_text()
    separator = "," if coordinator.language == "en" else ";"
    rows = list(
        csv.reader(io.StringIO(taken_away(coordinator, "csv").decode("utf-8-sig")), delimiter=separator)
    )
    assert {len(row) for row in rows} == {4}
    assert headline in [row[3] for row in rows]
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(taken_away(coordinator, "xlsx"))).namelist()
    coordinator._leave(coordinator.find('main a[href*="/figures/printable?"]').click, 200)
    assert shed["name"] in coordinator.words
    assert coordinator.find("main details").count() == 0
    coordinator.check("figures-on-paper")


@in_each_way
def test_from_sign_in_to_done(demonstration, look, colleague, width, language, javascript, night):
    man, mentor = demonstration.a_man(purpose="mentoring"), demonstration.claims("mentor")["mentor_id"]
    pathway, today = demonstration.a_mentee(undone=0)["id"], demonstration.today()
    demonstration.caller("mentor").act(f"/mentoring/pathways/{pathway}/propose_readiness")
    coordinator = look(width, language, javascript, night)
    coordinator.go("/")
    coordinator.enter("coordinator")
    see_what_is_late(coordinator)
    match(coordinator, man, mentor)
    say_not_yet(coordinator, pathway)
    demonstration.caller("mentor").act(f"/mentoring/pathways/{pathway}/propose_readiness")
    confirm(coordinator, pathway)
    absent = demonstration.claims("ambassador")["sub"]
    name_stand_in(coordinator, absent, colleague, today + timedelta(days=7))

    api = demonstration.caller("coordinator")
    (cover,) = api.get("/registry/covers?state=named").json["items"]
    assert (cover["stand_in_name"], cover["until_day"]) == (colleague, str(today + timedelta(days=7)))
    end_it(coordinator)
    choose_figures(coordinator, demonstration.shed(), today - timedelta(days=90))
    take_away(coordinator, demonstration.shed())

    assert api.get("/registry/covers?state=named").json["items"] == []
    assert api.get(f"/mentoring/pathways/{pathway}").json["state"] == "work_ready"
    (proposed,) = api.get(f"/mentoring/mentorships?shedder_id={man}").json["items"]
    assert (proposed["mentor_id"], proposed["state"]) == (mentor, "proposed")


def test_keyboard_alone_suffices_to_confirm(demonstration, look):
    pathway = demonstration.a_mentee(undone=0)["id"]
    demonstration.caller("mentor").act(f"/mentoring/pathways/{pathway}/propose_readiness")
    coordinator = look(390, "en")
    coordinator.go("/")
    coordinator.tab_to('form:has(input[value="coordinator"]) button')
    coordinator.tab_to_place("/readiness")
    coordinator.tab_to(f'main a[href*="/pathways/{pathway}/confirm"]')
    coordinator.tab_to("main form button")

    now = demonstration.caller("coordinator").get(f"/mentoring/pathways/{pathway}").json
    assert now["state"] == "work_ready"


def test_the_menu_takes_one_line_of_a_phone_and_is_open_at_a_desk(person):
    phone, desk = person(Role.COORDINATOR, 320, "nl"), person(Role.COORDINATOR, 1280, "nl")
    here, height = '.sbs-nav [aria-current="page"]', "one => one.getBoundingClientRect().height"

    assert phone.find(".sbs-nav a:visible").count() == 0
    assert phone.find(".sbs-nav").evaluate(height) < 60
    phone.find(MENU).click()
    phone.check("menu-open")
    assert phone.find(".sbs-nav a:visible").count() == len(places(Role.COORDINATOR))
    assert phone.find(here).is_visible()
    assert desk.find(".sbs-nav a:visible").count() == len(places(Role.COORDINATOR))
    assert not desk.find(MENU).is_visible()
    assert desk.find(here).is_visible()


def test_what_was_chosen_for_a_stand_in_survives_an_error(demonstration, person, colleague):
    coordinator = person(Role.COORDINATOR, 390, "nl")
    coordinator.go_to("/covers")
    coordinator.follow(f"/covers/{demonstration.claims('ambassador')['sub']}/name")
    coordinator.find(f'label:has-text("{colleague}")').click()
    coordinator.fill({"until_day-day": "31", "until_day-month": "2", "until_day-year": "2099"})
    coordinator.press("main form", 422)

    coordinator.check("name-stand-in-refused")
    assert coordinator.find(f'label:has-text("{colleague}")').is_checked()
    assert coordinator.find('[name="until_day-day"]').input_value() == "31"
    assert coordinator.find(".govuk-error-summary__list a").count() == 1


def test_days_of_figures_that_are_not_right_stay_and_are_said(person):
    coordinator = person(Role.COORDINATOR, 320, "fr")
    coordinator.go(f"{FIGURES}?since=2026-02-01&until=2026-01-01", 422)

    coordinator.check("figures-refused")
    assert coordinator.find('[name="until"]').input_value() == "2026-01-01"
    assert coordinator.find("#until").is_visible()


def test_a_match_is_proposed_once_when_the_press_is_repeated(demonstration, person):
    man, mentor = demonstration.a_man(purpose="mentoring"), demonstration.claims("mentor")["mentor_id"]
    demonstration.give_room(mentor)
    coordinator = person(Role.COORDINATOR, 390, "en", javascript=False)
    coordinator.go(f"/mentoring/pages/matching/{man}")
    coordinator.choose(mentor)
    coordinator.press_twice("main form", "**/matching?said=match")

    found = demonstration.caller("coordinator").get(f"/mentoring/mentorships?shedder_id={man}").json["items"]
    assert len(found) == 1
