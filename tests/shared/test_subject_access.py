"""A man can be given all that is held on him: by one call or one command, and with what is missing named."""

import json
import re
import stat
import threading

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from deploy.cli import cli
from deploy.erasures import HELD
from deploy.subject import UnknownMan, find_man, write
from shared.actor import Role
from shared.subject_access import PartMissing, as_page, joined
from tests.builders.lives import erase
from tests.builders.people import a_programme

SERVICES = ("registry", "referrals", "mentoring")


@pytest.fixture
def listening(world):
    """The three services at a real address, for the registry asks the others over HTTP."""
    server = make_server("127.0.0.1", 0, world.origin, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings = world.programme.registry.settings
    before = settings.origin
    object.__setattr__(settings, "origin", f"http://127.0.0.1:{server.port}")
    yield server
    object.__setattr__(settings, "origin", before)
    server.shutdown()
    server.server_close()
    thread.join()


def test_one_call_gives_everything_that_all_services_hold(programme, listening, life):
    answer = programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/export")

    document = answer.json
    assert document["missing"] == []
    assert set(document["services"]) == set(SERVICES)
    for name in SERVICES:
        assert set(document["services"][name]) == set(HELD[name].data.by_name())
    for word in (
        "naam",
        "slaapt slecht",
        "slaapt weer",
        "thuis?",
        "wil werken",
        "heeft het",
        "BV",
        "kon niet",
    ):
        assert life.word(word) in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_a_page_too_in_plain_words_with_no_script(programme, listening, life):
    page = programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/export?format=html")

    assert page.type == "text/html"
    assert life.word("slaapt slecht") in page.text
    assert "What is held on you" in page.text
    assert "<script" not in page.text
    assert not re.search(r"(src|href)=", page.text)


def test_words_that_look_like_markup_stay_words(programme, listening):
    man = programme.a_shedder(known_as="<script>alert(1)</script>")["id"]

    page = programme.coordinator.get(f"/registry/shedders/{man}/export?format=html").text

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_is_missing_because_a_service_is_down_is_said(programme, life, world):
    """Nothing listens at the registry's origin here: the others do not answer, its own part is there."""
    settings = world.programme.registry.settings
    before = settings.origin
    object.__setattr__(settings, "origin", "http://127.0.0.1:9")
    try:
        document = programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/export").json
        page = programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/export?format=html").text
    finally:
        object.__setattr__(settings, "origin", before)

    assert [gone["service"] for gone in document["missing"]] == ["mentoring", "referrals"]
    assert set(document["services"]) == {"registry"}
    assert "The part of referrals is missing." in page


@pytest.mark.parametrize("who", ["ambassador", "mentor", "care_worker", "administrator"])
def test_nobody_but_his_coordinator_gets_it(programme, life, who):
    caller = getattr(programme, who)

    for name in SERVICES:
        caller.get(f"/{name}/subjects/{life.shedder_id}", expect=403)
    assert caller.get(f"/registry/shedders/{life.shedder_id}/export", expect=None).status in (403, 404)


def test_a_coordinator_of_another_partner_does_not_find_him(programme, life, world):
    stranger = a_programme(world, "Elders").coordinator

    for name in SERVICES:
        stranger.get(f"/{name}/subjects/{life.shedder_id}", expect=404)
    stranger.get(f"/registry/shedders/{life.shedder_id}/export", expect=404)


@pytest.mark.parametrize("query", ["format=pdf", "shed_id=1", "format=json&format=html"])
def test_a_wrong_query_is_refused(programme, life, query):
    programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/export?{query}", expect=422)


def test_the_command_writes_one_file_that_only_its_owner_can_read(programme, world, life, tmp_path):
    assert write(world.programme, find_man(world.programme, f"{life.mark}-7"), tmp_path / "his.json") == []
    assert write(world.programme, find_man(world.programme, life.shedder_id), tmp_path / "his.html") == []

    document = json.loads((tmp_path / "his.json").read_text())
    assert set(document["services"]) == set(SERVICES)
    assert life.word("slaapt slecht") in (tmp_path / "his.html").read_text()
    assert stat.S_IMODE((tmp_path / "his.json").stat().st_mode) == 0o600


def test_the_command_knows_nobody_who_is_not_there_and_nobody_who_was_erased(
    programme, world, life, tmp_path
):
    second = world.caller(Role.COORDINATOR, partner_id=programme.partner_id)
    erase(programme, second, life.shedder_id)

    with pytest.raises(UnknownMan):
        find_man(world.programme, f"{life.mark}-7")
    with pytest.raises(UnknownMan, match="He was erased"):
        write(world.programme, find_man(world.programme, life.shedder_id), tmp_path / "x.json")
    with pytest.raises(UnknownMan):
        write(
            world.programme,
            find_man(world.programme, "01900000-0000-7000-8000-000000000000"),
            tmp_path / "x.json",
        )
    assert not (tmp_path / "x.json").exists()


def test_the_command_refuses_a_file_of_another_kind(tmp_path, monkeypatch):
    monkeypatch.setenv("SBS_HOME", str(tmp_path / "home"))

    missing = CliRunner().invoke(cli, ["subject", "nobody", "--out", str(tmp_path / "his.txt")])

    assert missing.exit_code == 2
    assert ".json or .html" in missing.output


def test_a_part_that_is_missing_leaves_the_others(world):
    def away():
        raise PartMissing("It did not answer.")

    document = joined(world.programme.registry.clock.now(), world.clock.now(), {"a": away, "b": dict})

    assert document["services"] == {"b": {}}
    assert document["missing"] == [{"service": "a", "why": "It did not answer."}]
    assert "It did not answer." in as_page(document)
