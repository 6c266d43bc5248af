"""Retention: what was kept for as long as it may is listed by a dry run, and goes without one."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from deploy.retention import KINDS, retain
from services.mentoring.models import Evidence, MentoringSession
from services.referrals.models import Question, Referral
from shared.history import HistoryEntry
from shared.holdings import Kind
from shared.messaging.parked import ParkedEvent, park_malformed
from shared.retention import Periods, periods
from shared.settings import SettingsError
from tests.architecture.test_personal_data import where_marked


@pytest.fixture
def retaining(world, tmp_path):
    """Run the command; `asked` is what the configuration says."""

    def run(asked="", dry_run=False):
        said = []
        world.programme.environ.pop("SBS_RETENTION_FILE", None)
        if asked:
            (tmp_path / "retention.toml").write_text(asked)
            world.programme.environ["SBS_RETENTION_FILE"] = str(tmp_path / "retention.toml")
        try:
            return retain(world.programme, dry_run=dry_run, say=said.append), said
        finally:
            world.programme.environ.pop("SBS_RETENTION_FILE", None)

    return run


@pytest.fixture
def ended(programme, world, life):
    """A life whose referrals and mentorship have all ended, 400 days ago."""
    for one in programme.coordinator.get(f"/referrals/referrals?shedder_id={life.shedder_id}").json["items"]:
        if one["state"] in ("accepted", "draft"):
            body = {"reason": "helped_elsewhere", "remark": life.word("weg")}
            programme.coordinator.act(f"/referrals/referrals/{one['id']}/withdraw", body)
    match = programme.mentor.get("/mentoring/mentorships").json["items"][0]["id"]
    pathway = programme.mentor.get("/mentoring/pathways").json["items"][0]["id"]
    programme.mentor.act(
        f"/mentoring/pathways/{pathway}/stop", {"reason": "other", "remark": life.word("op")}
    )
    programme.mentor.act(f"/mentoring/mentorships/{match}/complete", {"remark": life.word("klaar")})
    world.clock.advance(days=400)
    return life


def counts(said):
    """What the command listed: kind -> how many."""
    found = (re.match(r"(\w+) in (\w+): (\d+)", line) for line in said)
    return {one.group(1): int(one.group(3)) for one in found if one and int(one.group(3))}


def rows(world, service, model):
    with world.programme.services[service].database.read() as session:
        return session.scalars(select(model)).all()


def test_a_dry_run_lists_how_many_which_and_since_when_and_changes_nothing(ended, world, retaining):
    before = where_marked(world, ended)
    ended_on = world.clock.today().replace(year=2026, month=3, day=2)

    total, said = retaining(dry_run=True)

    assert counts(said) == {
        "referrals_that_came_to_nothing": 2,
        "questions": 2,
        "appointment_places": 2,
        "appointment_changes": 2,
        "mentoring_notes": 1,
    }
    assert total == 9
    questions = {str(question.id) for question in rows(world, "referrals", Question)}
    listed = [line for line in said if line.strip().split(" ")[0] in questions]
    assert len(listed) == 2
    assert all(f"of {ended.shedder_id} in NL, since {ended_on}, 365 days" in line for line in listed)
    assert where_marked(world, ended) == before


def test_what_is_due_goes_and_what_is_not_stays(ended, world, retaining):
    total, _ = retaining()

    assert total == 9
    assert rows(world, "referrals", Question) == []
    assert {one.note for one in rows(world, "mentoring", MentoringSession)} == {None}
    states = {one.state.value: one for one in rows(world, "referrals", Referral)}
    assert states["withdrawn"].disclosure is None
    assert states["withdrawn"].reason_in_words is None
    assert states["completed"].disclosure is not None
    assert any(one.remark for one in rows(world, "referrals", HistoryEntry))
    assert rows(world, "mentoring", Evidence)
    again, said = retaining()
    assert (again, counts(said)) == (0, {})


def test_what_a_completed_referral_disclosed_goes_later_and_its_sentence_stays(ended, world, retaining):
    world.clock.advance(days=400)

    retaining()

    completed = next(one for one in rows(world, "referrals", Referral) if one.state.value == "completed")
    assert (completed.disclosure, completed.reason_in_words) == (None, None)
    assert completed.sentence == ended.word("slaapt weer")
    assert rows(world, "mentoring", Evidence) == []


def test_a_period_is_set_by_kind_and_by_country(ended, world, retaining):
    kinds = {"questions", "mentoring_notes"}
    asked = "[default]\nquestions = 900\nmentoring_notes = 900\n[NL]\nquestions = 30\n[BE]\nmentoring_notes = 30\n"

    _, said = retaining(asked, dry_run=True)

    assert {kind for kind in counts(said) if kind in kinds} == {"questions"}


def test_what_is_still_going_on_is_never_due(programme, world, retaining, life):
    world.clock.advance(days=1500)
    before = {one.id for one in rows(world, "mentoring", MentoringSession)}

    retaining()

    notes = rows(world, "mentoring", MentoringSession)
    assert {one.id for one in notes} == before
    assert all(life.mark in one.note for one in notes)


def test_a_man_under_a_legal_hold_is_left_out_until_it_is_lifted(programme, ended, world, retaining):
    body = {"shedder_id": ended.shedder_id, "reason": "investigation"}
    held = programme.administrator.post("/registry/holds", body).json
    world.clock.advance(days=3000)

    assert retaining()[0] == 0

    programme.administrator.act(f"/registry/holds/{held['id']}/lift")
    assert retaining()[0] > 0


def test_a_man_of_whom_nothing_was_heard_is_erased_everywhere(programme, ended, world, retaining):
    active = programme.a_shedder(known_as="Nog hier")["id"]
    world.clock.advance(days=1800)
    programme.a_consent(active, "evaluation")

    _, said = retaining(dry_run=True)
    assert counts(said)["inactive_shedders"] == 1
    assert programme.coordinator.get(f"/registry/shedders/{ended.shedder_id}")

    retaining()
    world.deliver()

    assert where_marked(world, ended) == set()
    programme.coordinator.get(f"/registry/shedders/{ended.shedder_id}", expect=404)
    programme.coordinator.get(f"/registry/shedders/{active}")
    listed = programme.coordinator.get(f"/registry/erasures?shedder_id={ended.shedder_id}").json["items"]
    assert [(one["ground"], one["state"]) for one in listed] == [("retention", "complete")]
    assert listed[0]["recorded_by"] == str(UUID(int=0))


def test_what_could_not_be_read_as_an_event_goes_in_the_end(programme, world, retaining):
    with world.work("referrals") as work:
        park_malformed(work.session, "registry", "Kanarie", "no event", work.now)
    assert retaining()[0] == 0
    world.clock.advance(days=91)

    assert retaining()[0] == 1
    assert rows(world, "referrals", ParkedEvent) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("questions = 3", "questions: use a table"),
        ("[Netherlands]\nquestions = 3", "Netherlands: use a table"),
        ("[NL]\nno_such_kind = 3", "[NL] no_such_kind: there is no such kind"),
        ("[default]\nquestions = 0", "[default] questions: give a number of days"),
        ("[default]\nquestions = true", "[default] questions: give a number of days"),
        ('[default]\nquestions = "long"', "[default] questions: give a number of days"),
        ("[default", "SBS_RETENTION_FILE is not right"),
    ],
)
def test_a_wrong_configuration_is_refused_and_says_what_is_wrong(tmp_path, text, says):
    (tmp_path / "retention.toml").write_text(text)

    with pytest.raises(SettingsError) as refused:
        periods(str(tmp_path / "retention.toml"), KINDS)

    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="No such file"):
        periods(str(tmp_path / "none.toml"), KINDS)


def test_the_country_comes_before_the_default_and_that_before_the_kind():
    kind = Kind("notes", "notes", "note", days=100)
    asked = Periods({"default": {"notes": 50}, "NL": {"notes": 10}})

    assert [asked.days(kind, country) for country in ("NL", "BE", None)] == [10, 50, 50]
    assert Periods({}).days(kind, "NL") == 100
    assert asked.shortest(kind) == 10
