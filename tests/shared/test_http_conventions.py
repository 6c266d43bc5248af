"""The HTTP conventions hold for every route of every service, because they are built once."""

import sqlite3

import pytest
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError

from shared.actor import Role
from shared.http import problems
from shared.http.fields import YesOrNo
from shared.permissions import PUBLIC
from tests.contracts.every_route import ROUTES, url_of


def _problem(answer, status):
    assert answer.status == status, answer
    assert answer.type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"].startswith("urn:sbs:problem:")
    return answer.json


OPEN_TO_ALL = {
    *("ask_for_passkey", "finish_openid_sign_in", "give_token", "look_at_link", "read_server_metadata"),
    *("sign_in", "sign_in_with_passkey", "start_openid_sign_in", "use_link"),
    *("accept_by_link", "ask_by_link", "decline_by_link", "look_by_link"),
}


def test_what_needs_no_token_is_written_out():
    """By hand: whoever adds to it says that strangers may ask."""
    assert {route.name for _, route in ROUTES if route.policy is PUBLIC} == OPEN_TO_ALL


def test_without_a_token_every_other_route_answers_401(world):
    anybody = world.anonymous()

    for service, route in ROUTES:
        if route.policy is PUBLIC:
            continue
        answer = anybody.send(route.method, url_of(service, route), body={} if route.body else None)
        _problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


MORE_IS_PASSED_OVER = {"finish_openid_sign_in"}
"""A provider may send back more than was asked for (RFC 6749, 4.1.2)."""


def test_every_read_refuses_a_query_parameter_it_does_not_know(programme):
    for service, route in ROUTES:
        if route.method == "GET" and route.name not in MORE_IS_PASSED_OVER:
            caller = programme.administrator if route.own_transactions else programme.coordinator
            answer = caller.send("GET", f"{url_of(service, route)}?colour=blue")
            assert _problem(answer, 422)["errors"][0]["query"] == "colour"


def test_a_single_thing_has_an_etag_and_answers_304_to_it(programme):
    place = f"/registry/sheds/{programme.shed_id}"
    answer = programme.coordinator.get(place)

    assert answer.etag == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert programme.coordinator.get(place, 304, If_None_Match=answer.etag).text == ""
    programme.coordinator.get(place, 200, If_None_Match='"0"')


def test_a_change_asks_for_the_version_that_was_read(programme):
    place = f"/registry/sheds/{programme.shed_id}"
    coordinator = programme.coordinator

    _problem(coordinator.send("PATCH", place, body={"name": "New"}), 428)
    _problem(coordinator.patch(place, {"name": "New"}, expect=412, If_Match='"7"'), 412)
    assert coordinator.patch(place, {"name": "New"}).etag == '"2"'
    assert coordinator.patch(place, {"name": "Newer"}, If_Match='"1", "2"').json["name"] == "Newer"


def test_the_order_of_answers_is_404_403_409_412_422(programme, world):
    """Each wrong thing is told of only when those before it are right."""
    place = programme.a_referral("declined")
    wrong = {"reason": "no such reason", "colour": "blue"}
    stranger = world.caller(programme.care_worker.actor.role, organisation_id=programme.partner_id)

    _problem(stranger.post(f"{place}/decline", wrong, expect=404), 404)
    _problem(programme.ambassador.post(f"{place}/decline", wrong, expect=403), 403)
    _problem(programme.care_worker.post(f"{place}/decline", wrong, expect=409), 409)
    reopen = f"{place}/reopen"
    _problem(programme.care_worker.post(reopen, wrong, expect=428), 428)
    _problem(programme.care_worker.post(reopen, wrong, expect=412, If_Match='"1"'), 412)
    answer = programme.care_worker.act(reopen, wrong, expect=422)
    assert sorted(answer.problem_on()) == ["/colour", "/reason"]
    assert programme.care_worker.get(place).json["state"] == "declined"


def test_a_list_is_paged_by_an_opaque_cursor(programme):
    for nth in range(7):
        programme.a_shedder(known_as=f"Man {nth}")
    coordinator = programme.coordinator
    seen, link = [], "/registry/shedders?limit=3"
    while link:
        answer = coordinator.get(link)
        seen += [man["known_as"] for man in answer.json["items"]]
        found = answer.headers.get("Link", "")
        link = found.partition(">")[0].lstrip("<")

    assert seen == [f"Man {nth}" for nth in range(7)]


def test_a_page_begins_after_the_last_one_whatever_was_added_meanwhile(programme):
    for nth in (1, 3, 5):
        programme.a_shedder(known_as=f"Man {nth}")
    first = programme.coordinator.get("/registry/shedders?limit=2")
    programme.a_shedder(known_as="Man 2")
    programme.a_shedder(known_as="Man 4")

    rest = programme.coordinator.get(first.headers["Link"].partition(">")[0].lstrip("<"))

    assert [man["known_as"] for man in rest.json["items"]] == ["Man 4", "Man 5"]


@pytest.mark.parametrize(
    "cursor",
    ["x", "e30", "WzFd", "WyJhIl0", "WyJhIiwiYiJd", "W251bGwsbnVsbF0", "%00", "é", "WzFlOTk5LCJhIl0"],
)
def test_a_cursor_that_no_list_gave_is_refused(programme, cursor):
    _problem(programme.coordinator.send("GET", f"/registry/shedders?cursor={cursor}"), 422)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "9" * 400, "1e3", ""])
def test_a_limit_is_bounded(programme, limit):
    _problem(programme.coordinator.send("GET", f"/registry/shedders?limit={limit}"), 422)


def test_a_parameter_given_twice_is_refused(programme):
    _problem(programme.coordinator.send("GET", "/registry/sheds?country=NL&country=BE"), 422)


def test_available_actions_say_what_this_caller_may_do_next(programme):
    place = programme.a_referral("requested")

    offered = {a["action"]: a for a in programme.care_worker.get(place).json["available_actions"]}

    assert set(offered) == {"open", "accept", "waitlist", "decline"}
    assert offered["decline"] == {"action": "decline", "href": f"{place}/decline", "needs": ["reason"]}
    own = [a["action"] for a in programme.ambassador.get(place).json["available_actions"]]
    assert own == ["withdraw"]


def test_a_created_thing_is_where_location_says(programme):
    answer = programme.coordinator.post(
        "/registry/shedders", {"known_as": "Ali", "shed_id": str(programme.shed_id)}
    )
    consent = programme.coordinator.post(
        f"{answer.headers['Location']}/consents",
        {"purpose": "evaluation", "wording_version": "1", "language": "nl", "method": "spoken"},
    )

    assert programme.coordinator.get(answer.headers["Location"]).json["known_as"] == "Ali"
    assert programme.coordinator.get(consent.headers["Location"]).json["purpose"] == "evaluation"


def test_what_does_not_exist_is_a_problem_too(programme):
    _problem(programme.coordinator.send("GET", "/registry/nothing"), 404)
    _problem(programme.coordinator.send("GET", "/nowhere"), 404)
    answer = programme.coordinator.send("DELETE", f"/registry/sheds/{programme.shed_id}")
    _problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("service", ["registry", "referrals", "mentoring"])
def test_each_service_tells_its_health_and_its_api(world, service):
    anybody = world.anonymous()

    assert anybody.get(f"/{service}/livez").json == {"status": "alive"}
    assert anybody.get(f"/{service}/readyz").json == {"status": "ready"}
    assert anybody.get(f"/{service}/openapi.json").json["openapi"] == "3.1.0"
    page = anybody.get(f"/{service}/docs").text
    assert "<script" not in page
    assert f"/{service}/events" in page


def test_a_service_without_its_database_is_alive_and_not_ready(world):
    world.programme.registry.database.engine.dispose()
    with world.programme.registry.database.engine.begin() as connection:
        connection.exec_driver_sql("alter table feed_state rename to gone")
    try:
        assert world.anonymous().get("/registry/livez").json == {"status": "alive"}
        _problem(world.anonymous().send("GET", "/registry/readyz"), 503)
    finally:
        with world.programme.registry.database.engine.begin() as connection:
            connection.exec_driver_sql("alter table gone rename to feed_state")


def test_integrators_read_the_events_they_may(programme, world):
    programme.a_referral("accepted")
    world.deliver()
    client = world.caller(Role.INTEGRATOR, scopes=frozenset({"events:read"}))

    page = client.get("/referrals/events?limit=2").json
    rest = client.get(f"/referrals/events?after={page['position']}").json
    accepted = client.get("/referrals/events?type=org.sbs.referral.accepted.v1").json["items"]

    assert [event["position"] for event in page["items"]] == [1, 2]
    assert rest["items"][0]["position"] == 3
    assert [event["data"]["state"] for event in accepted] == ["accepted"]
    world.caller(Role.INTEGRATOR).get("/referrals/events", 403)
    programme.coordinator.get("/referrals/events", 403)


def test_the_types_of_events_are_told_with_their_schemas(world):
    client = world.caller(Role.INTEGRATOR, scopes=frozenset({"events:read"}))
    types = {item["type"]: item["schema"] for item in client.get("/mentoring/event-types").json["items"]}

    assert types["org.sbs.job.started.v1"]["additionalProperties"] is False


def test_what_breaks_another_rule_of_a_table_is_not_told_as_there_already(programme, world):
    """Only what is there already is a duplicate; any other broken rule is our own mistake."""
    with world.origin.apps["registry"].test_request_context():
        fault = IntegrityError("insert", {}, sqlite3.IntegrityError("FOREIGN KEY constraint failed"))
        assert problems._integrity(fault).status_code == 500
        fault.orig.sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"
        assert problems._integrity(fault).status_code == 409


@pytest.mark.parametrize("value", [0, 1, "true", "no", None, [], {}])
def test_what_is_true_or_false_is_nothing_that_looks_like_it(value):
    """To Python 0 and 1 are false and true."""
    with pytest.raises(ValidationError):
        YesOrNo().deserialize(value)
    assert [YesOrNo().deserialize(one) for one in (True, False)] == [True, False]
