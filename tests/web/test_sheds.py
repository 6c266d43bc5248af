"""Sheds, what is held there and who serves them, by pages: every form tried with all that can be wrong with it."""

from uuid import uuid4

import pytest

from shared.actor import Role
from tests.builders.people import a_programme
from tests.web.visiting import people, visiting
from tests.world import days_ago

pytestmark = pytest.mark.only_on("sqlite-feed")

SHEDS, AMBASSADORS = "/registry/pages/sheds", "/registry/pages/ambassadors"
MARKUP = "<script>alert(1)</script> <b>vet</b> \"'&amp;"
LONG = "x" * 5000
TODAY = {"day": "2", "month": "3", "year": "2026"}


@pytest.fixture
def stranger(world):
    """The coordinator of another partner."""
    return visiting(a_programme(world, "De Merels").coordinator)


def shed_of(programme):
    return f"{SHEDS}/{programme.shed_id}"


def an_activity(programme, **values):
    body = {"shed_id": str(programme.shed_id), "name": "Voetbal"} | values
    return programme.coordinator.post("/registry/activities", body).json["id"]


def another_shed(programme, name="Tweede"):
    body = {"name": name, "country": "NL", "municipality": "Delft", "focus": "crafts"}
    return programme.coordinator.post(
        "/registry/sheds", body | {"opened_on": days_ago(programme.world, 9)}
    ).json["id"]


def forms_of(programme):
    """Every form, by the name of what is said when it is done."""
    here, him = shed_of(programme), f"{AMBASSADORS}/{programme.ambassador_id}"
    return {
        "open_shed": f"{SHEDS}/open",
        "change_shed": f"{here}/change",
        "close_shed": f"{here}/close",
        "add_activity": f"{here}/activities/add",
        "change_activity": f"{here}/activities/{an_activity(programme)}/change",
        "add_ambassador": f"{here}/ambassadors/add",
        "change_ambassador": f"{him}/change",
        "assign_shed": f"{him}/assign_shed",
        "release_from_shed": f"{him}/sheds/{programme.shed_id}/release_from_shed",
        "leave": f"{him}/leave",
    }


def good(programme, name):
    return {"shed_id": another_shed(programme)} if name == "assign_shed" else GOOD[name]


GOOD = {
    "open_shed": {"name": "Nieuw", "country": "NL", "municipality": "Delft", "focus": "sport"},
    "change_shed": {"neighbourhood": "Laak", "capacity": "20", "new_men": "limited"},
    "close_shed": {},
    "add_activity": {"name": "Schaken", "schedule-TU-from": "10", "schedule-TU-to": "12.30"},
    "change_activity": {"name": "Biljart"},
    "add_ambassador": {"name": "Jan", "phone": "06 1234 5678"},
    "change_ambassador": {"name": "Mehmet", "phone": "06-12345678"},
    "release_from_shed": {},
    "leave": {},
}
EVERY = sorted([*GOOD, "assign_shed"])
OF_ACTIVITIES = ("add_activity", "change_activity")
NEEDED = {
    "open_shed": (
        {"opened_on-day": "", "opened_on-month": "", "opened_on-year": ""},
        ["name", "country", "municipality", "focus"],
    ),
    "change_shed": ({"name": "", "municipality": ""}, ["name", "municipality"]),
    "add_activity": ({}, ["name"]),
    "change_activity": ({"name": ""}, ["name"]),
    "add_ambassador": ({}, ["name"]),
    "change_ambassador": ({"name": ""}, ["name"]),
    "assign_shed": ({}, ["shed_id"]),
}
NAMES = ("open_shed", "change_shed", "add_activity", "change_activity", "add_ambassador", "change_ambassador")
"""The forms in which somebody writes a name."""
NOT_NEW = ("change_shed", "close_shed", "change_activity", "change_ambassador", "release_from_shed", "leave")


def send(somebody, path, typed, expect=303):
    return somebody.post(path, somebody.get(path).form(path).filled(typed), expect)


def things(programme):
    """All that these forms change."""
    lists = ("sheds", "activities", "ambassadors")
    return {name: programme.coordinator.get(f"/registry/{name}").json["items"] for name in lists}


@pytest.mark.parametrize("name", EVERY)
class TestEachForm:
    def test_it_does_what_it_says_and_says_so(self, programme, coordinator, name):
        path = forms_of(programme)[name]
        typed, before = good(programme, name), things(programme)
        seen = send(coordinator, path, typed)

        assert seen.said == name
        assert "govuk-notification-banner" in coordinator.follow(seen).text
        assert things(programme) != before

    def test_pressed_twice_it_is_done_once(self, programme, coordinator, name):
        path = forms_of(programme)[name]
        sent = coordinator.get(path).form(path).filled(good(programme, name))
        first = coordinator.post(path, sent)
        after = things(programme)
        second = coordinator.post(path, sent)

        assert second.headers["Location"] == first.headers["Location"]
        assert things(programme) == after

    def test_another_partners_coordinator_has_no_such_page(self, programme, coordinator, stranger, name):
        path = forms_of(programme)[name]
        typed = good(programme, name)
        sent, before = coordinator.get(path).form(path).filled(typed | {"_whose": ""}), things(programme)
        if name == "open_shed":
            stranger.post(path, sent)  # It is his own partner's.
        else:
            stranger.get(path, 404)
            assert stranger.post(path, sent, None).status in (404, 422)
        assert things(programme) == before

    def test_an_ambassador_keeps_activities_and_no_more(self, programme, ambassador, name):
        path = forms_of(programme)[name]
        typed, before = good(programme, name), things(programme)
        if name in OF_ACTIVITIES:
            assert send(ambassador, path, typed).said == name
        else:
            ambassador.get(path, 404)
            ambassador.post(path, typed, 404)
            assert things(programme) == before

    def test_of_nothing_there_is_no_page(self, programme, coordinator, name):
        path = forms_of(programme)[name]
        for one in (programme.shed_id, programme.ambassador_id):
            if str(one) in path:
                missing = path.replace(str(one), str(uuid4()))
                if not (one == programme.shed_id and name in ("change_activity", "release_from_shed")):
                    coordinator.get(missing, 404)
                    assert coordinator.post(missing, GOOD.get(name, {}), None).status in (404, 422)


@pytest.mark.parametrize(("name", "needed"), NEEDED.items())
def test_left_empty_it_says_what_to_fill_in(programme, coordinator, name, needed):
    path = forms_of(programme)[name]
    typed, places = needed
    before = things(programme)
    seen = send(coordinator, path, typed, 422)

    assert seen.errors == places
    assert things(programme) == before


@pytest.mark.parametrize("name", NAMES)
class TestWhatIsWritten:
    def test_too_long_is_said_and_nothing_of_it_is_lost(self, programme, coordinator, name):
        path = forms_of(programme)[name]
        seen = send(coordinator, path, GOOD[name] | {"name": LONG}, 422)

        assert seen.errors == ["name"]
        kept = dict(seen.form(path).fields)
        assert kept == kept | GOOD[name] | {"name": LONG}

    def test_markup_is_only_ever_text(self, programme, coordinator, name):
        path = forms_of(programme)[name]
        seen = coordinator.follow(send(coordinator, path, GOOD[name] | {"name": MARKUP}))

        assert "alert(1)" in seen.words
        assert not {"script", "b"} & set(seen.tags)


@pytest.mark.parametrize("name", NOT_NEW)
def test_nobody_writes_over_what_he_has_not_seen(programme, coordinator, name):
    path = forms_of(programme)[name]
    sent = coordinator.get(path).form(path).filled(GOOD[name])
    programme.coordinator.patch(f"/registry/sheds/{programme.shed_id}", {"capacity": 9})
    programme.coordinator.patch(f"/registry/ambassadors/{programme.ambassador_id}", {"phone": "+31101234567"})
    for one in things(programme)["activities"]:
        programme.coordinator.patch(f"/registry/activities/{one['id']}", {"schedule": HELD})
    before = things(programme)
    seen = coordinator.post(path, sent, 412)

    assert "Somebody changed this" in seen.words
    assert things(programme) == before
    assert coordinator.post(path, seen.form(path).fields).said == name


HELD = [{"rrule": "FREQ=WEEKLY;BYDAY=MO", "opens_at": "10:00", "closes_at": "11:00"}]


class TestOneShed:
    def test_it_shows_what_is_held_who_serves_it_and_how_many_men_come(self, programme, coordinator):
        an_activity(programme, schedule=HELD)
        for name in ("Yusuf", "Omar"):
            programme.a_shedder(known_as=name)
        seen = coordinator.get(shed_of(programme))

        for said in ("Voetbal Monday 10:00–11:00", "Mehmet D.", "Men who come now 2", "Schilderswijk"):
            assert said in seen.words
        assert "Yusuf" not in seen.words
        assert 'href="/registry/assets/sbs.css' in seen.text

    def test_its_ambassador_sees_no_buttons_that_he_could_not_press(self, programme, ambassador):
        activity = an_activity(programme)
        seen = ambassador.get(shed_of(programme))

        for link in seen.links:
            if link.startswith(shed_of(programme)):
                ambassador.get(link)
        assert f"{shed_of(programme)}/activities/{activity}/change" in seen.links
        assert AMBASSADORS not in seen.links
        assert "Men who come now" not in seen.words

    def test_another_shed_is_not_his(self, programme, ambassador, stranger):
        other = f"{SHEDS}/{another_shed(programme)}"

        ambassador.get(other, 404)
        ambassador.get(f"{other}/activities/add", 404)
        stranger.get(other, 404)
        assert other not in ambassador.get(SHEDS).links
        assert other not in stranger.get(SHEDS).links

    def test_an_activity_is_not_moved_to_anothers_shed(self, programme, ambassador):
        path = f"{shed_of(programme)}/activities/add"
        seen = send(ambassador, path, {"name": "Schaken", "shed_id": another_shed(programme)}, 422)

        assert seen.errors == ["shed_id"]
        assert things(programme)["activities"] == []

    def test_an_activity_that_ended_is_told_apart(self, programme, coordinator):
        an_activity(programme)
        path = forms_of_activity(programme)
        send(
            coordinator,
            path,
            {f"ended_on-{part}": value for part, value in TODAY.items()} | {"ended_on-day": "1"},
        )

        assert "What was held here earlier" in coordinator.get(shed_of(programme)).words
        send(coordinator, path, {f"ended_on-{part}": "" for part in TODAY})
        assert "What was held here earlier" not in coordinator.get(shed_of(programme)).words

    def test_two_of_one_name_are_said_in_words(self, programme, coordinator):
        an_activity(programme)
        seen = send(coordinator, f"{shed_of(programme)}/activities/add", {"name": "Voetbal"}, 409)

        assert "already" in seen.words

    def test_a_closed_shed_says_so_and_offers_nothing_new(self, programme, coordinator):
        send(coordinator, f"{shed_of(programme)}/close", {})
        seen = coordinator.get(shed_of(programme))

        assert "This shed was closed on" in seen.words
        assert not [link for link in seen.links if link.endswith(("/add", "/close"))]
        assert shed_of(programme) in coordinator.get(SHEDS).links

    def test_it_is_not_closed_before_it_opened(self, programme, coordinator):
        typed = {"closed_on-day": "1", "closed_on-month": "1", "closed_on-year": "2000"}

        assert send(coordinator, f"{shed_of(programme)}/close", typed, 422).errors == ["closed_on-day"]


def forms_of_activity(programme):
    (activity,) = things(programme)["activities"]
    return f"{shed_of(programme)}/activities/{activity['id']}/change"


class TestAmbassadors:
    def test_he_serves_one_shed_more_and_then_one_less(self, programme, coordinator):
        second = another_shed(programme)
        him = f"{AMBASSADORS}/{programme.ambassador_id}"
        send(coordinator, f"{him}/assign_shed", {"shed_id": second})
        seen = coordinator.get(him)
        assert "Tweede" in seen.words

        path = f"{him}/sheds/{programme.shed_id}/release_from_shed"
        assert path in seen.links
        assert "Shed of De Mussen" in coordinator.get(path).words
        send(coordinator, path, {})
        serves = coordinator.get(AMBASSADORS).words
        assert "Tweede" in serves
        assert "Shed of De Mussen" not in serves

    def test_who_has_left_is_told_apart_and_can_be_asked_nothing(self, programme, coordinator):
        him = f"{AMBASSADORS}/{programme.ambassador_id}"
        send(coordinator, f"{him}/leave", {})
        seen = coordinator.get(him)

        assert "He left on" in seen.words
        assert [link for link in seen.links if link.startswith(f"{him}/")] == [f"{him}/change"]
        assert "Who has left" in coordinator.get(AMBASSADORS).words

    def test_a_shed_of_another_partner_is_none_that_he_can_serve(self, programme, world, coordinator):
        theirs = a_programme(world, "De Merels").shed_id
        path = f"{AMBASSADORS}/{programme.ambassador_id}/assign_shed"
        typed = coordinator.get(path).form(path).filled({"shed_id": str(theirs)})

        assert coordinator.post(path, typed, 422).errors == ["shed_id"]

    @pytest.mark.parametrize("role", [Role.CARE_WORKER, Role.MENTOR, Role.EVALUATOR, Role.ADMINISTRATOR])
    def test_others_have_nothing_to_look_for_here(self, programme, role):
        somebody = people(programme)[role]
        for path in (SHEDS, AMBASSADORS, shed_of(programme), f"{AMBASSADORS}/{programme.ambassador_id}"):
            somebody.get(path, 404)
