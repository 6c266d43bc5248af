"""The directory by pages: searched, read, and kept by who keeps it; and every form tried with what can be wrong."""

import re
from uuid import uuid4

import pytest

from shared.actor import Role
from tests.builders.people import a_care_organisation
from tests.builders.standing_in import an_account
from tests.web.visiting import people, visiting, visitor

pytestmark = pytest.mark.only_on("sqlite-feed")

DIRECTORY = "/referrals/pages/directory"
OWN = "/referrals/pages/organisation"
MARKUP = "<script>alert(1)</script> <b>vet</b> \"'&amp;"
LONG = "x" * 5000


@pytest.fixture
def other(programme):
    """An organisation that is not the care worker's, with its service and a place."""
    organisation_id, service_id = a_care_organisation(programme.world, programme.coordinator, "Elders")
    return {
        "organisation": f"{DIRECTORY}/{organisation_id}",
        "service": str(service_id),
        "place": a_place(programme, organisation_id),
    }


def a_place(programme, organisation_id, **values):
    body = {"organisation_id": str(organisation_id), "name": "Hoofdgebouw", "address": "Plein 1"}
    place = programme.coordinator.post("/referrals/locations", body | {"municipality": "Den Haag"} | values)
    return place.json["id"]


def page_of(programme):
    return f"{DIRECTORY}/{programme.organisation_id}"


def forms_of(programme):
    """The forms that keep an organisation, by the names of what is said when they are done."""
    place = a_place(programme, programme.organisation_id)
    here, service = page_of(programme), f"{page_of(programme)}/services/{programme.service_id}"
    return {
        "change_organisation": f"{here}/change",
        "add_location": f"{here}/places/add",
        "change_location": f"{here}/places/{place}/change",
        "add_service": f"{here}/services/add",
        "change_service": f"{service}/change",
        "taking_waiting_list": f"{service}/taking_waiting_list",
    }


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (2, "2 days")])
def test_the_days_that_it_really_takes_are_one_day_or_several(programme, days, words):
    place = programme.a_referral()
    programme.world.clock.advance(days=days)
    programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})
    sender = visiting(programme.ambassador)

    for path in (DIRECTORY, page_of(programme)):
        assert re.search(rf"It really takes about {words}(?!\w)", sender.get(path).words)


def form_at(somebody, path):
    return somebody.get(path).form(path)


def send(somebody, path, typed, expect=303):
    return somebody.post(path, form_at(somebody, path).filled(typed), expect)


def service_of(programme):
    return programme.coordinator.get(f"/referrals/services/{programme.service_id}").json


def organisation_of(programme):
    return programme.coordinator.get(f"/referrals/organisations/{programme.organisation_id}").json


GOOD = {
    "change_organisation": {"phone": "070 123 4567", "languages": ["nl", "tr"]},
    "add_location": {"name": "Bijgebouw", "address": "Plein 2"},
    "change_location": {"access": "Er is een lift."},
    "add_service": {
        "name": "Inloop",
        "need_category": "debt",
        "taking_referrals": "yes",
        "promised_days": "5",
    },
    "change_service": {"promised_days": "3", "cost": "Gratis"},
    "taking_waiting_list": {},
}
WORDS = {
    "change_organisation": "description",
    "add_location": "name",
    "change_location": "access",
    "add_service": "description",
    "change_service": "eligibility",
}
NEEDED = {
    "change_organisation": {"name": "", "municipality": ""},
    "add_location": {"name": "", "address": "", "municipality": ""},
    "change_location": {"name": "", "address": ""},
    "add_service": {"name": "", "need_category": [], "taking_referrals": [], "promised_days": ""},
    "change_service": {"name": "", "promised_days": "", "municipality": ""},
}
TO_ADD = ("add_location", "add_service")


class TestKeepingOnesOwn:
    def test_whether_it_takes_referrals_is_one_press(self, programme, worker):
        for code in ("no", "waiting_list", "yes"):
            seen = worker.press(worker.get(OWN).form(f"/taking_{code}"))

            assert seen.said == f"taking_{code}"
            assert service_of(programme)["taking_referrals"] == code
            after = worker.follow(seen)
            assert not [form for form in after.forms if form.action.endswith(f"/taking_{code}")]

    def test_pressed_on_an_old_page_it_is_asked_once_more(self, programme, worker):
        form = worker.get(OWN).form("/taking_no")
        programme.coordinator.patch(f"/referrals/services/{programme.service_id}", {"cost": "10 euro"})
        seen = worker.press(form, 412)

        assert "Somebody changed this" in seen.words
        assert service_of(programme)["taking_referrals"] == "yes"
        assert worker.press(seen.form("/taking_no")).said == "taking_no"

    @pytest.mark.parametrize("name", GOOD)
    def test_each_form_does_what_it_says(self, programme, worker, name):
        path = forms_of(programme)[name]
        seen = send(worker, path, GOOD[name])

        assert (seen.said, seen.location) == (name, page_of(programme))
        assert "govuk-notification-banner" in worker.follow(seen).text

    def test_what_was_typed_is_what_one_reads_afterwards(self, programme, worker):
        for name in ("change_organisation", "add_location", "add_service", "change_service"):
            send(worker, forms_of(programme)[name], GOOD[name])
        seen = worker.get(OWN)
        words = seen.words

        assert 'href="/referrals/assets/sbs.css' in seen.text
        for said in ("+31701234567", "Dutch, Turkish", "Bijgebouw Plein 2", "Inloop", "Debt", "Gratis"):
            assert said in words
        assert "within 3 days" in words
        assert "within 5 days" in words

    @pytest.mark.parametrize("name", GOOD)
    def test_pressed_twice_it_is_done_once(self, programme, worker, name):
        path = forms_of(programme)[name]
        sent = form_at(worker, path).filled(GOOD[name])
        first, second = worker.post(path, sent), worker.post(path, sent)

        assert second.headers["Location"] == first.headers["Location"]
        of_it = f"organisation_id={programme.organisation_id}"
        assert len(programme.coordinator.get(f"/referrals/services?{of_it}").json["items"]) <= 2
        assert len(programme.coordinator.get(f"/referrals/locations?{of_it}").json["items"]) <= 2

    @pytest.mark.parametrize(("name", "needed"), NEEDED.items())
    def test_left_empty_it_says_what_to_fill_in(self, programme, worker, name, needed):
        path = forms_of(programme)[name]
        before = (organisation_of(programme), service_of(programme))
        seen = send(worker, path, needed, 422)

        assert set(seen.errors) == set(needed)
        assert (organisation_of(programme), service_of(programme)) == before

    @pytest.mark.parametrize(("name", "field"), WORDS.items())
    def test_too_long_is_said_and_nothing_of_it_is_lost(self, programme, worker, name, field):
        path = forms_of(programme)[name]
        seen = send(worker, path, GOOD[name] | {field: LONG}, 422)

        assert seen.errors == [field]
        assert dict(seen.form(path).fields)[field] == LONG

    @pytest.mark.parametrize(("name", "field"), WORDS.items())
    def test_markup_is_only_ever_text(self, programme, worker, name, field):
        path = forms_of(programme)[name]
        seen = worker.follow(send(worker, path, GOOD[name] | {field: MARKUP}))

        assert "alert(1)" in seen.words
        assert not {"script", "b"} & set(seen.tags)

    @pytest.mark.parametrize("name", [name for name in GOOD if name not in TO_ADD])
    def test_nobody_writes_over_what_he_has_not_seen(self, programme, worker, name):
        paths = forms_of(programme)
        path = paths[name]
        sent = form_at(worker, path).filled(GOOD[name])
        place = path.split("/")[-2] if name == "change_location" else ""
        for kind, identity in (
            ("organisations", programme.organisation_id),
            ("services", programme.service_id),
            ("locations", place),
        ):
            if identity:
                programme.coordinator.patch(f"/referrals/{kind}/{identity}", {"municipality": "Delft"})
        seen = worker.post(path, sent, 412)

        assert "Somebody changed this" in seen.words
        assert worker.post(path, seen.form(path).fields).said == name

    def test_it_answers_by_a_link_where_it_has_an_address(self, programme, worker):
        path = forms_of(programme)["change_organisation"]
        assert send(worker, path, {"answers_by_link": "true"}, 422).errors == ["answers_by_link"]
        send(worker, path, {"answers_by_link": "true", "email": "post@example.org"})

        assert organisation_of(programme)["answers_by_link"] is True
        assert "By the link of an e-mail" in worker.get(OWN).words
        send(worker, path, {"answers_by_link": "false"})
        assert organisation_of(programme)["answers_by_link"] is False

    def test_what_is_emptied_is_not_known_any_more(self, programme, worker):
        path = forms_of(programme)["change_service"]
        send(worker, path, {"cost": "10 euro", "minimum_age": "18", "languages": ["nl"]})
        send(worker, path, {"cost": "", "minimum_age": "", "languages": []})

        now = service_of(programme)
        assert (now["cost"], now["minimum_age"], now["languages"]) == (None, None, [])

    def test_ages_that_cannot_be_are_said_in_words(self, programme, worker):
        path = forms_of(programme)["change_service"]
        seen = send(worker, path, {"minimum_age": "60", "maximum_age": "18"}, 422)

        assert seen.errors == ["maximum_age"]
        assert "minimum_age" not in seen.words

    @pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org"])
    def test_a_website_is_a_web_address(self, programme, worker, website):
        path = forms_of(programme)["change_organisation"]

        assert send(worker, path, {"website": website}, 422).errors == ["website"]


class TestTheHours:
    def test_days_with_the_same_hours_are_one_rule_and_come_back_as_days(self, programme, worker):
        path = forms_of(programme)["change_service"]
        typed = {f"schedule-{day}-{part}": at for day in ("TU", "TH") for part, at in HOURS.items()}
        send(worker, path, typed | {"schedule-FR-from": "13:00", "schedule-FR-to": "14:00"})

        assert service_of(programme)["schedule"] == [
            {"rrule": "FREQ=WEEKLY;BYDAY=TU,TH", "opens_at": "09:00", "closes_at": "16:30"},
            {"rrule": "FREQ=WEEKLY;BYDAY=FR", "opens_at": "13:00", "closes_at": "14:00"},
        ]
        assert "Tuesday, Thursday 09:00–16:30 Friday 13:00–14:00" in worker.get(OWN).words
        fields = dict(form_at(worker, path).fields)
        assert fields["schedule-TH-from"] == "09:00"
        assert fields["schedule-MO-from"] == ""

    def test_what_no_week_can_say_stays_until_its_box_is_emptied(self, programme, worker):
        first_monday = {"rrule": "FREQ=MONTHLY;BYDAY=1MO", "opens_at": "10:00", "closes_at": "12:00"}
        evening = {"rrule": "FREQ=WEEKLY;BYDAY=TU", "opens_at": "19:00", "closes_at": "21:00"}
        daytime = evening | {"opens_at": "09:00", "closes_at": "12:00"}
        every = [daytime, first_monday, evening]
        programme.coordinator.patch(f"/referrals/services/{programme.service_id}", {"schedule": every})
        path = forms_of(programme)["change_service"]

        send(worker, path, {})
        assert service_of(programme)["schedule"] == every
        send(worker, path, {"schedule-more": []})
        assert service_of(programme)["schedule"] == [daytime]

    @pytest.mark.parametrize(
        "typed",
        [
            {"schedule-MO-from": "10:00"},
            {"schedule-MO-to": "10:00"},
            {"schedule-MO-from": "16:00", "schedule-MO-to": "10:00"},
            {"schedule-MO-from": "25:00", "schedule-MO-to": "26:00"},
            {"schedule-MO-from": MARKUP, "schedule-MO-to": "x"},
            {"schedule-more": MARKUP},
            {"schedule-more": "[]"},
            {"schedule-more": '{"rrule": 1}'},
        ],
    )
    def test_hours_that_are_none_are_said_and_kept_as_typed(self, programme, worker, typed):
        path = forms_of(programme)["change_service"]
        seen = send(worker, path, typed, 422)

        assert seen.errors == ["schedule-MO-from"]
        kept = dict(seen.form(path).fields)
        assert {name: kept[name] for name in typed} == typed
        assert "script" not in seen.tags
        assert "opens_at" not in seen.words


HOURS = {"from": "9", "to": "16.30"}


def test_every_choice_and_every_day_is_said_in_ones_language(programme, worker):
    path = forms_of(programme)["change_service"]
    send(worker, path, {f"schedule-{day}-{part}": at for day in ("TU", "TH") for part, at in HOURS.items()})

    assert "Op geen van deze plekken" in worker.get(path, Accept_Language="nl").words
    assert "Dinsdag, donderdag 09:00–16:30" in worker.get(OWN, Accept_Language="nl").words


class TestWhoMayKeepIt:
    def test_a_care_worker_reads_another_organisation_and_keeps_it_not(self, programme, worker, other):
        seen = worker.get(other["organisation"])
        assert "Elders" in seen.words
        assert not seen.forms
        assert not [link for link in seen.links if link.endswith(("/change", "/add"))]

        for path in ("change", "places/add", "services/add", f"services/{other['service']}/change",
                     f"services/{other['service']}/taking_no", f"places/{other['place']}/change"):  # fmt: skip
            worker.get(f"{other['organisation']}/{path}", 403)
            worker.post(f"{other['organisation']}/{path}", GOOD["add_service"] | {"_version": '"1"'}, 403)

    def test_nor_by_naming_it_under_his_own(self, programme, worker, other):
        """The address says his own organisation; what it is about is the other's."""
        here = page_of(programme)
        worker.get(f"{here}/services/{other['service']}/taking_no", 403)
        worker.post(f"{here}/services/{other['service']}/taking_no", {"_version": '"1"'}, 403)
        theirs = other["organisation"].rpartition("/")[2]
        seen = send(worker, f"{here}/places/add", GOOD["add_location"] | {"organisation_id": theirs}, 422)
        assert seen.errors == ["organisation_id"]
        seen = send(worker, f"{here}/services/{programme.service_id}/change", {"location_id": other["place"]},
                    None)  # fmt: skip
        assert (
            programme.coordinator.get(f"/referrals/services/{other['service']}").json["taking_referrals"]
            == "yes"
        )
        assert service_of(programme)["location_id"] is None

    def test_another_organisations_place_is_refused_at_its_field(self, programme, worker, other):
        path = forms_of(programme)["change_service"]

        assert send(worker, path, {"location_id": other["place"]}, 422).errors == ["location_id"]

    @pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.MENTOR])
    def test_who_refers_only_reads(self, programme, role):
        somebody = people(programme)[role]
        seen = somebody.get(page_of(programme))

        assert "Mental health intake" in seen.words
        assert not seen.forms
        for path in forms_of(programme).values():
            somebody.get(path, 404)
            somebody.post(path, {}, 404)
        somebody.get(f"{DIRECTORY}/organisations/add", 404)

    def test_a_care_worker_adds_no_other_organisation(self, worker):
        assert f"{DIRECTORY}/organisations/add" not in worker.get(DIRECTORY).links
        worker.get(f"{DIRECTORY}/organisations/add", 404)

    def test_an_evaluator_has_nothing_to_look_for_here(self, programme):
        for path in (DIRECTORY, f"{DIRECTORY}/organisations", page_of(programme), OWN):
            visitor(programme.world, an_account(programme.world, Role.EVALUATOR)).get(path, 404)

    def test_what_there_is_not_is_not_there(self, programme, coordinator):
        for path in (f"{DIRECTORY}/{uuid4()}", f"{page_of(programme)}/services/{uuid4()}/change",
                     f"{page_of(programme)}/places/{uuid4()}/change", f"{DIRECTORY}/{uuid4()}/services/add"):  # fmt: skip
            coordinator.get(path, 404)


class TestTheCoordinator:
    def test_he_adds_an_organisation_with_a_place_and_a_service(self, programme, coordinator):
        path = f"{DIRECTORY}/organisations/add"
        typed = {"name": "Buurthuis", "country": "NL", "municipality": "Delft"}
        seen = send(coordinator, path, typed)
        assert seen.said == "add_organisation"
        here = seen.location

        send(coordinator, f"{here}/places/add", GOOD["add_location"])
        where = coordinator.get(f"{here}/services/add").text
        place = where.split('name="location_id" type="radio" value="')[2].split('"')[0]
        send(coordinator, f"{here}/services/add", GOOD["add_service"] | {"location_id": place})
        words = coordinator.get(here).words
        assert "Inloop" in words
        assert "Place Bijgebouw" in words
        assert f"{here}" in coordinator.get(f"{DIRECTORY}/organisations").links

    def test_left_empty_it_says_what_to_fill_in(self, coordinator):
        seen = send(coordinator, f"{DIRECTORY}/organisations/add", {}, 422)

        assert seen.errors == ["name", "country", "municipality"]


class TestSearching:
    def test_it_is_found_by_each_thing_one_asks(self, programme, coordinator):
        a_care_organisation(programme.world, programme.coordinator, "Elders", need_category="debt",
                            languages=["tr"], municipality="Delft", taking_referrals="no")  # fmt: skip
        for asked in ("need_category=debt", "language=tr", "municipality=Delft", "taking_referrals=no"):
            seen = coordinator.get(f"{DIRECTORY}?{asked}")
            assert "Elders" in seen.words, asked
            assert "Centrum" not in seen.words, asked
        assert "Elders" in (every := coordinator.get(DIRECTORY).words)
        assert "Centrum" in every

    def test_what_is_not_there_is_said(self, coordinator):
        seen = coordinator.get(f"{DIRECTORY}?need_category=housing")

        assert "There is no such service" in seen.words

    def test_it_goes_on_where_there_is_more_with_what_was_asked(self, monkeypatch, programme, coordinator):
        monkeypatch.setattr("services.referrals.web.directory.A_SCREEN", 1)
        for name in ("Aa", "Bb"):
            a_care_organisation(programme.world, programme.coordinator, name, need_category="debt")
        first = coordinator.get(f"{DIRECTORY}?need_category=debt")
        (more,) = [link for link in first.links if "cursor=" in link]
        second = coordinator.get(more)

        assert ("Aa" in first.words, "Bb" in second.words) == (True, True)
        assert "Centrum" not in second.words
        assert not [link for link in second.links if "cursor=" in link]

    @pytest.mark.parametrize("asked", ["need_category=nothing", "language=x%00", "cursor=nowhere"])
    def test_what_cannot_be_asked_is_not_our_fault(self, coordinator, asked):
        coordinator.get(f"{DIRECTORY}?{asked}", 404)

    def test_markup_in_the_address_is_only_text(self, coordinator):
        seen = coordinator.get(f"{DIRECTORY}?municipality=%3Cscript%3Ealert(1)%3C/script%3E")

        assert "script" not in seen.tags


def test_the_steps_of_referring_lead_to_the_organisation(programme):
    man = programme.a_shedder()
    ambassador = visiting(programme.ambassador)
    refer = f"/referrals/pages/men/{man['id']}/refer"
    seen = ambassador.get(f"{refer}/service?need_category=mental_health")

    assert page_of(programme) in seen.links
    place = programme.a_referral("requested").replace("/referrals/", "/referrals/pages/", 1)
    assert page_of(programme) in ambassador.get(place).links
