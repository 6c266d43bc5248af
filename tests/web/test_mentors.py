"""Keeping the list of mentors by pages: who joins, what is known of him, who leaves; and what can be wrong with it."""

from uuid import uuid4

import pytest

from shared.actor import Role
from tests.builders.people import a_programme
from tests.web.visiting import people, visiting

pytestmark = pytest.mark.only_on("sqlite-feed")

MATCHING, MENTORS = "/mentoring/pages/matching", "/mentoring/pages/mentors"
MARKUP = "<script>alert(1)</script> <b>vet</b> \"'&amp;"
LONG = "x" * 5000
NEW = {"name": "Joke B.", "country": "NL", "municipality": "Delft", "capacity": "2"}
CHANGED = {"sectors": "zorg,  bouw , zorg", "languages": ["tr", "nl"], "capacity": "5"}


def page_of(programme):
    return f"{MENTORS}/{programme.mentor_id}"


def mentor_of(programme):
    return programme.coordinator.get(f"/mentoring/mentors/{programme.mentor_id}").json


def mentors(programme):
    return [one["name"] for one in programme.coordinator.get("/mentoring/mentors").json["items"]]


def send(somebody, path, typed, expect=303):
    return somebody.post(path, somebody.get(path).form(path).filled(typed), expect)


def test_a_mentor_is_added_from_the_page_of_matching(programme, coordinator):
    path = f"{MENTORS}/add"
    assert path in coordinator.get(MATCHING).links
    seen = send(coordinator, path, NEW)

    assert seen.said == "add_mentor"
    assert "Joke B." in coordinator.follow(seen).words
    assert seen.location in coordinator.get(MATCHING).links
    assert "No training is noted" in coordinator.get(seen.location).words


def test_pressed_twice_he_is_added_once(programme, coordinator):
    path = f"{MENTORS}/add"
    sent = coordinator.get(path).form(path).filled(NEW)

    assert (
        coordinator.post(path, sent).headers["Location"] == coordinator.post(path, sent).headers["Location"]
    )
    assert sorted(mentors(programme)) == ["Joke B.", "Kees M."]


def test_kinds_of_work_languages_and_room_are_changed_and_matched_by(programme, coordinator):
    path = f"{page_of(programme)}/change"
    seen = send(coordinator, path, CHANGED)

    assert (seen.said, seen.location) == ("change_mentor", page_of(programme))
    now = mentor_of(programme)
    assert (now["sectors"], sorted(now["languages"]), now["capacity"]) == (["zorg", "bouw"], ["nl", "tr"], 5)
    assert dict(coordinator.get(path).form(path).fields)["sectors"] == "zorg, bouw"
    assert "zorg, bouw" in coordinator.get(page_of(programme)).words
    assert "Kees M." in coordinator.get(f"{MATCHING}?sector=bouw").words


def test_a_kind_of_work_is_one_in_every_language(programme, coordinator):
    path = f"{page_of(programme)}/change"
    form = coordinator.get(path, Accept_Language="nl").form(path)
    coordinator.post(path, form.filled({"sectors": "Logistiek, logistiek, tuinen"}), Accept_Language="nl")

    assert mentor_of(programme)["sectors"] == ["logistics", "tuinen"]
    for language, written in (("nl", "logistiek, tuinen"), ("en", "logistics, tuinen")):
        assert dict(coordinator.get(path, Accept_Language=language).form(path).fields)["sectors"] == written


def test_changed_twice_alike_is_no_quarrel(programme, coordinator):
    path = f"{page_of(programme)}/change"
    sent = coordinator.get(path).form(path).filled(CHANGED)

    assert [coordinator.post(path, sent).said for _ in range(2)] == ["change_mentor"] * 2


def test_what_is_emptied_is_not_known_any_more(programme, coordinator):
    path = f"{page_of(programme)}/change"
    send(coordinator, path, CHANGED | {"phone": "06 1234 5678"})
    assert mentor_of(programme)["phone"] == "+31612345678"
    send(coordinator, path, {"sectors": " , ", "languages": [], "phone": ""})

    now = mentor_of(programme)
    assert (now["sectors"], now["languages"], now["phone"]) == ([], [], None)


@pytest.mark.parametrize(
    ("place", "typed", "wrong"),
    [
        ("add", {}, ["name", "country", "municipality", "capacity"]),
        ("change", {"name": "", "municipality": "", "capacity": ""}, ["name", "municipality", "capacity"]),
        ("change", {"name": LONG}, ["name"]),
        ("change", {"sectors": "x" * 41}, ["sectors"]),
        ("change", {"sectors": ",".join(map(str, range(40)))}, ["sectors"]),
        ("change", {"capacity": "0"}, ["capacity"]),
        ("change", {"capacity": "veel"}, ["capacity"]),
        ("change", {"vog_on-day": "31", "vog_on-month": "2"}, ["vog_on-day"]),
        ("change", {"vog_on-year": "2099"}, ["vog_on-day"]),
        ("change", {"trained_on-day": "", "trained_on-month": "", "trained_on-year": ""}, ["trained_on-day"]),
        ("leave", {"left_on-year": "2099"}, ["left_on-day"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(programme, coordinator, place, typed, wrong):
    path = f"{MENTORS}/add" if place == "add" else f"{page_of(programme)}/{place}"
    before = (mentor_of(programme), mentors(programme))
    seen = send(coordinator, path, typed, 422)

    assert seen.errors == wrong
    kept = dict(seen.form(path).fields)
    assert {name: kept[name] for name in typed} == typed
    assert (mentor_of(programme), mentors(programme)) == before


@pytest.mark.parametrize("field", ["name", "municipality", "training_course", "sectors"])
def test_markup_is_only_ever_text(programme, coordinator, field):
    written = MARKUP[:40]
    send(coordinator, f"{page_of(programme)}/change", {field: written})

    for path in (page_of(programme), f"{page_of(programme)}/change", MATCHING):
        assert not {"script", "b"} & set(coordinator.get(path).tags)
    assert "alert(1)" in coordinator.get(page_of(programme)).words


def test_nobody_writes_over_what_he_has_not_seen(programme, coordinator):
    path = f"{page_of(programme)}/change"
    sent = coordinator.get(path).form(path).filled(CHANGED)
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"training_course": "Nieuw"})
    seen = coordinator.post(path, sent, 412)

    assert "Somebody changed this" in seen.words
    assert dict(seen.form(path).fields)["sectors"] == CHANGED["sectors"]
    assert mentor_of(programme)["sectors"] == []


def test_who_leaves_guides_nobody_any_more_and_can_come_back(programme, coordinator):
    match = programme.a_mentorship()["id"]
    path = f"{page_of(programme)}/leave"
    assert send(coordinator, path, {}).said == "mentor_leaves"

    assert programme.coordinator.get(f"/mentoring/mentorships/{match}").json["state"] == "stopped"
    assert "Who has left" in coordinator.get(MATCHING).words
    assert "He left on" in coordinator.get(page_of(programme)).words
    send(coordinator, path, {f"left_on-{part}": "" for part in ("day", "month", "year")})
    assert "Who has left" not in coordinator.get(MATCHING).words


PLACES = ("", "/change", "/leave")


@pytest.mark.parametrize("place", PLACES)
def test_another_partners_coordinator_has_no_such_page(programme, world, coordinator, place):
    stranger = visiting(a_programme(world, "De Merels").coordinator)
    path = f"{page_of(programme)}{place}"
    stranger.get(path, 404)
    if place:
        stranger.post(path, coordinator.get(path).form(path).filled(CHANGED | {"_whose": ""}), 404)
    coordinator.get(path.replace(str(programme.mentor_id), str(uuid4())), 404)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COORDINATOR, Role.INTEGRATOR, Role.SYSTEM)])  # fmt: skip
def test_nobody_else_keeps_the_list_not_even_he_himself(programme, role):
    somebody = people(programme)[role]
    for path in (f"{MENTORS}/add", *(f"{page_of(programme)}{place}" for place in PLACES)):
        somebody.get(path, 404)
