"""The administrator's and the evaluator's tasks, in a real browser: parked messages, and figures."""

from datetime import date

from shared.actor import Role
from shared.audit.deed import Action
from tests.browser.ways import in_each_way
from tests.journeys.live import wait_until


def parked(demonstration):
    return demonstration.caller("administrator").get("/mentoring/parked").json["items"]


def a_parked_message(demonstration):
    """One more; gives its id."""
    before = {one["id"] for one in parked(demonstration)}
    demonstration.a_parked_message()
    (added,) = [one["id"] for one in parked(demonstration) if one["id"] not in before]
    return added


@in_each_way
def test_a_parked_message_is_tried_again(demonstration, look, width, language, javascript, night):
    added = a_parked_message(demonstration)
    administrator = look(width, language, javascript, night)
    administrator.go("/")
    administrator.enter("administrator")
    administrator.go_to("/parked")
    administrator.check("parked")
    administrator.press(f'form[action$="/mentoring/{added}/retry"]')
    assert administrator.find('[role="status"]').count() == 1
    administrator.check("parked-tried-again")

    def is_tried():
        return [one["attempts"] for one in parked(demonstration) if one["id"] == added] > [0]

    wait_until(is_tried, demonstration.system.said)


@in_each_way
def test_an_evaluator_reads_figures(demonstration, look, width, language, javascript, night):
    quarter = demonstration.today().replace(month=1, day=1).isoformat()
    evaluator = look(width, language, javascript, night)
    evaluator.go("/")
    evaluator.enter("evaluator")
    evaluator.check("figures-of-all")
    evaluator.find("main details summary").first.click()
    evaluator.find("#since").select_option(quarter)
    evaluator.find("#country").select_option("NL")
    evaluator.press('main form[method="get"]')
    assert evaluator.find("#since").input_value() == quarter
    assert evaluator.find("#shed_id").count() == 0
    evaluator.check("figures-of-a-country")
    evaluator._leave(evaluator.find('main a[href*="/figures/printable?"]').click, 200)
    evaluator.check("figures-of-a-country-on-paper")


def test_which_quarters_an_evaluator_chose_survives_an_error(demonstration, person):
    year = demonstration.today().year
    first, last = date(year, 1, 1).isoformat(), date(year - 1, 12, 31).isoformat()
    evaluator = person(Role.EVALUATOR, 390, "fr")
    evaluator.find("main details summary").first.click()
    evaluator.find("#since").select_option(first)
    evaluator.find("#until").select_option(last)
    evaluator.press('main form[method="get"]', 422)

    evaluator.check("figures-of-quarters-refused")
    assert evaluator.find("#since").input_value() == first
    assert evaluator.find("#until").input_value() == last
    target = str(evaluator.find(".govuk-error-summary__list a").first.get_attribute("href"))
    assert evaluator.find(target).is_visible()


def test_a_message_is_tried_again_once_when_the_press_is_repeated(demonstration, person):
    added = a_parked_message(demonstration)
    administrator = person(Role.ADMINISTRATOR, 390, "nl", javascript=False)
    administrator.go("/registry/pages/parked")
    administrator.press_twice(f'form[action$="/mentoring/{added}/retry"]', "**/parked?said=parked_retried")

    place = f"/mentoring/audit?object_id={added}"
    recorded = demonstration.caller("administrator").get(place).json["items"]
    # A press that is repeated is on record as having read what the first one did.
    assert len([one for one in recorded if one["action"] != Action.READ]) == 1
