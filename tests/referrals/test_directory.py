"""The directory: who keeps it, what it says, how it is searched."""

import pytest

from shared.actor import Role
from tests.builders.people import a_care_organisation


def test_services_are_found_by_need_place_language_and_whether_they_take_referrals(programme, world):
    a_care_organisation(
        world,
        programme.coordinator,
        "Maison",
        need_category="debt",
        languages=["fr", "nl"],
        taking_referrals="no",
    )
    found = programme.ambassador.get

    def names(query):
        items = found(f"/referrals/services?{query}").json["items"]
        return [service["need_category"] for service in items]

    assert names("need_category=debt") == ["debt"]
    assert names("language=fr") == ["debt"]
    assert names("taking_referrals=yes") == ["mental_health"]
    assert names("country=NL&municipality=Den%20Haag") == ["mental_health", "debt"]
    assert names("country=FR") == []


def test_a_care_worker_keeps_the_entry_of_his_own_organisation_only(programme, world):
    other, service = a_care_organisation(world, programme.coordinator, "Another")
    own = f"/referrals/services/{programme.service_id}"

    assert programme.care_worker.patch(own, {"promised_days": 5}).json["promised_days"] == 5
    programme.care_worker.patch(f"/referrals/services/{service}", {"promised_days": 5}, expect=403)
    programme.care_worker.patch(f"/referrals/organisations/{other}", {"name": "Mine"}, expect=403)
    body = {"organisation_id": str(other), "name": "X", "address": "Y", "municipality": "Z"}
    programme.care_worker.post("/referrals/locations", body, expect=422)
    programme.ambassador.patch(own, {"promised_days": 1}, expect=403)


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [("care_worker", True, False), ("coordinator", True, True), ("ambassador", False, False)],
)
def test_each_entry_says_whether_its_reader_keeps_it_and_so_it_is(programme, world, who, own, others):
    other, service = a_care_organisation(world, programme.coordinator, "Another")
    caller = getattr(programme, who)
    mine, theirs = programme.organisation_id, other

    for place, change, kept in (
        (f"/referrals/organisations/{mine}", {"name": "Renamed"}, own),
        (f"/referrals/organisations/{theirs}", {"name": "Renamed"}, others),
        (f"/referrals/services/{service}", {"promised_days": 5}, others),
    ):
        assert caller.get(place).json["may_keep"] is kept
        caller.patch(place, change, expect=200 if kept else 403)


def test_a_change_of_the_dial_is_told(programme, world):
    programme.care_worker.patch(
        f"/referrals/services/{programme.service_id}", {"taking_referrals": "waiting_list"}
    )

    told = [d["data"] for d in world.told("referrals") if d["type"] == "org.sbs.service.changed.v1"]

    assert told[-1]["taking_referrals"] == "waiting_list"


def test_a_service_stands_at_a_place_of_its_own_organisation(programme, world):
    other, _ = a_care_organisation(world, programme.coordinator, "Another")
    place = {"name": "Office", "address": "Hoefkade 1", "municipality": "Den Haag"}
    own = programme.coordinator.post(
        "/referrals/locations", place | {"organisation_id": str(programme.organisation_id)}
    ).json
    strange = programme.coordinator.post("/referrals/locations", place | {"organisation_id": str(other)}).json
    service = f"/referrals/services/{programme.service_id}"

    assert programme.care_worker.patch(service, {"location_id": own["id"]}).json["location_id"] == own["id"]
    refused = programme.care_worker.patch(service, {"location_id": strange["id"]}, expect=422)
    assert refused.problem_on() == ["/location_id"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"promised_days": 0}, "/promised_days"),
        ({"promised_days": 366}, "/promised_days"),
        ({"minimum_age": 50, "maximum_age": 40}, "/maximum_age"),
        (
            {"schedule": [{"rrule": "EVERY DAY", "opens_at": "09:00", "closes_at": "17:00"}]},
            "/schedule/0/rrule",
        ),
        (
            {"schedule": [{"rrule": "FREQ=DAILY", "opens_at": "17:00", "closes_at": "09:00"}]},
            "/schedule/0/closes_at",
        ),
        ({"need_category": "happiness"}, "/need_category"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(programme, values, field):
    service = f"/referrals/services/{programme.service_id}"

    assert programme.care_worker.patch(service, values, expect=422).problem_on() == [field]


def test_opening_hours_are_kept_as_rules(programme):
    schedule = [{"rrule": "FREQ=WEEKLY;BYDAY=TU,TH", "opens_at": "09:30", "closes_at": "17:00"}]

    changed = programme.care_worker.patch(
        f"/referrals/services/{programme.service_id}", {"schedule": schedule}
    )

    assert changed.json["schedule"] == schedule


def test_days_really_taken_are_the_median_of_the_last_answers(programme, world):
    for days in (1, 3, 8):
        place = programme.a_referral("requested")
        world.clock.advance(days=days)
        programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})

    service = programme.ambassador.get(f"/referrals/services/{programme.service_id}").json

    assert (service["days_taken"], service["answers_counted"]) == (3, 3)


def test_a_client_with_the_scope_reads_and_writes_the_directory(world, programme):
    reader = world.caller(Role.INTEGRATOR, scopes=frozenset({"directory:read"}))
    writer = world.caller(Role.INTEGRATOR, scopes=frozenset({"directory:read", "directory:write"}))
    body = {"name": "New", "country": "NL", "municipality": "Den Haag", "external_ref": "X1"}

    assert len(reader.get("/referrals/organisations").json["items"]) == 1
    reader.post("/referrals/organisations", body, expect=403)
    writer.post("/referrals/organisations", body)
    twin = writer.post("/referrals/organisations", body, expect=409)
    assert twin.json["existing"]
