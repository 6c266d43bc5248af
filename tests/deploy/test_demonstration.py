"""What is of today in a demonstration: everybody finds something to do, once, and the example stays as it is."""

import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from deploy import welcome
from deploy.deliver import told
from deploy.demonstration import MEN, add_what_is_of_today
from deploy.demonstration.days import Days
from deploy.demonstration.people import WAITING
from deploy.environment import embedded_environment
from deploy.import_folder import import_folder
from deploy.programme import Programme
from deploy.tokens import demo_people
from services.referrals.use_cases.demonstration import last_mail
from services.registry.models import Account
from services.registry.queries.covering import stand_ins
from services.registry.queries.figures import figures_of
from services.registry.queries.scope import Scope
from services.registry.settings import Settings
from shared.actor import Actor, Role
from shared.clock import StandingClock
from tests.shared.test_importing import FILES, put

NOW = datetime(2026, 9, 3, 8, 30, tzinfo=UTC)
ANOTHER_MENTOR = "T2,Luc F.,NL,Den Haag,2025-09-18,2020-12-31,care,nl,1"


def opened(home):
    """The installation in a folder, on a standing clock."""
    programme = Programme(embedded_environment({"SBS_HOME": str(home)}))
    programme.migrate()
    for service in programme.services.values():
        service.clock = StandingClock(NOW)
    return programme


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The folder of an installation with a small example, to be copied."""
    files, home = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("imported") / "home"
    for name, lines in FILES.items():
        put(files / name, *lines, *([ANOTHER_MENTOR] if name == "mentors.csv" else []))
    programme = opened(home)
    assert import_folder(programme, files, dry_run=False, skip_bad=False)
    programme.dispose()
    return home


@pytest.fixture
def example(imported, tmp_path):
    programme = opened(shutil.copytree(imported, tmp_path / "home"))
    yield programme
    programme.dispose()


@pytest.fixture(scope="module")
def added(imported, tmp_path_factory):
    """A demonstration with what is of today, and its people, for tests that only look."""
    programme = opened(shutil.copytree(imported, tmp_path_factory.mktemp("added") / "home"))
    add_what_is_of_today(programme, demo_people(programme))
    yield Days(programme, demo_people(programme), NOW)
    programme.dispose()


def add(programme):
    return add_what_is_of_today(programme, demo_people(programme))


def figures(programme, until=date(2100, 12, 31)):
    with programme.registry.database.read() as session:
        return figures_of(session, Scope(until=until), NOW.date())


def referrals(days, who="care_worker", **query):
    asked = "&".join(f"{name}={value}" for name, value in {"limit": 200, **query}.items())
    return days.get(who, f"/referrals/referrals?{asked}")["items"]


def pathways(days, who):
    return days.get(who, "/mentoring/pathways?limit=200")["items"]


def of_today(things):
    return [thing for thing in things if (thing.get("external_ref") or "").startswith("DEMO-")]


def state_of_things(programme):
    """Where everything stands, as far as it does not depend on when it was looked at."""
    days = Days(programme, demo_people(programme), NOW)
    ways = [(way["state"], len(way["missing_steps"]), bool(way["readiness_proposed_on"]))
            for way in pathways(days, "coordinator")]  # fmt: skip
    sent = [(one["external_ref"], one["state"], one["requested_on"]) for one in referrals(days)]
    sessions = days.get("ambassador", "/registry/sessions?limit=200")["items"]
    return (
        sorted(ways),
        sorted(sent, key=str),
        sorted(len(one["present"]) for one in sessions),
        told(programme),
    )


def test_the_care_workers_inbox_has_referrals_in_every_state_that_he_answers(added):
    states = Counter(one["state"] for one in of_today(referrals(added)))

    assert states == {"requested": 4, "received": 2, "waitlisted": 1, "accepted": 2, "completed": 1}


def test_one_is_late_and_the_others_came_in_the_last_twelve_days(added):
    late = of_today(referrals(added, overdue="true"))
    open_ones = [one for one in of_today(referrals(added)) if one["state"] != "completed"]
    days_ago = {one["external_ref"]: (NOW.date() - date.fromisoformat(one["requested_on"])).days
                for one in open_ones}  # fmt: skip

    assert [one["external_ref"] for one in late] == ["DEMO-5"]
    assert days_ago.pop("DEMO-5") == 10 + 3
    assert min(days_ago.values()) == 0
    assert max(days_ago.values()) <= 12


def test_who_was_accepted_comes_within_days_and_can_be_called(added):
    accepted = referrals(added, state="accepted")

    for one in of_today(accepted):
        (appointment,) = added.get("care_worker", f"/referrals/referrals/{one['id']}/appointments")["items"]
        in_days = (date.fromisoformat(appointment["day"]) - NOW.date()).days
        assert 1 <= in_days <= 5
        assert appointment["state"] == "booked"
        assert one["disclosure"]["phone"].startswith("+33639980")


def test_one_waits_for_the_answer_of_its_sender(added):
    asked = {
        one["external_ref"]: question
        for one in referrals(added, "ambassador")
        for question in added.get("ambassador", f"/referrals/referrals/{one['id']}/questions")["items"]
    }

    assert list(asked) == ["DEMO-9"]
    assert asked["DEMO-9"]["answer"] is None
    assert asked["DEMO-9"]["asked_by"] == "organisation"


def test_one_is_to_be_answered_by_the_link_of_an_e_mail_that_can_be_looked_at(added):
    ((link, to),) = last_mail(added.programme.referrals)
    (sent,) = [one for one in referrals(added, "ambassador") if one["external_ref"] == "DEMO-15"]

    assert (to, sent["state"]) == ("De Luifel", "requested")
    assert str(link.referral_id) == sent["id"]
    assert "/referrals/pages/answer/" in link.text


def test_the_ambassador_reads_how_one_of_his_ended(added):
    (completed,) = of_today(referrals(added, "ambassador", state="completed"))

    assert completed["sentence"]
    assert completed["sent_by"] == str(added.people["ambassador"].ambassador_id)


def test_a_dozen_men_were_there_today_and_another_session_is_to_be_taken(added):
    today = NOW.date().isoformat()
    held = added.get("ambassador", f"/registry/sessions?since={today}&until={today}")["items"]
    activities = added.get("ambassador", "/registry/activities")["items"]

    assert [len(session["present"]) for session in held] == [12]
    scheduled = {one["id"]: one["schedule"][0]["rrule"] for one in activities if one["schedule"]}
    assert set(scheduled.values()) == {"FREQ=WEEKLY;BYDAY=TH"}
    assert len(scheduled.keys() - {session["activity_id"] for session in held}) == 1


def test_the_mentors_mentees_are_on_their_way_and_one_job_is_to_be_looked_after(added):
    mine = {way["shedder_id"]: way for way in pathways(added, "mentor")}
    (job,) = added.get("mentor", "/mentoring/jobs")["items"]
    new = [way for way in mine.values() if way["enrolled_on"] > "2026-04-01"]
    missing = sorted(len(way["missing_steps"]) for way in new if way["state"] == "preparing")

    assert missing == [0, 3]
    assert [way["shedder_id"] for way in new if way["state"] == "employed"] == [job["shedder_id"]]
    assert date.fromisoformat(job["started_on"]) + timedelta(weeks=4) < NOW.date()
    assert job["checkpoints"] == []


def test_the_coordinator_can_confirm_what_another_mentor_proposed(example):
    add(example)
    days = Days(example, demo_people(example), NOW)
    (proposed,) = [way for way in pathways(days, "coordinator") if way["readiness_proposed_on"]]

    assert proposed["mentor_id"] != str(days.people["mentor"].mentor_id)
    assert days.post("coordinator", f"/mentoring/pathways/{proposed['id']}/confirm")["state"] == "work_ready"


def test_the_coordinator_can_match_each_man_who_waits_with_either_mentor(example):
    add(example)
    days = Days(example, demo_people(example), NOW)
    waiting = days.get("coordinator", "/mentoring/mentorships/waiting")["items"]
    mentors = days.get("coordinator", "/mentoring/mentors")["items"]
    room = {one["id"]: one["capacity"] - one["mentees"] for one in mentors if not one["not_matchable"]}

    assert len(waiting) == len(WAITING) == 2
    assert len(room) == 2
    assert min(room.values()) >= len(WAITING)
    for one, mentor_id in zip(waiting, room, strict=True):
        proposal = {"mentor_id": mentor_id, "shedder_id": one["shedder_id"]}
        assert days.post("coordinator", "/mentoring/mentorships", proposal)["state"] == "proposed"


def test_a_second_time_adds_nothing(example):
    assert add(example) == len(MEN)
    before = told(example)

    assert add(example) == len(MEN)
    assert told(example) == before


@pytest.mark.parametrize(
    ("who", "action", "body"),
    [("coordinator", "decline_readiness", {"why": "Not yet."}), ("other mentor", "take_back_readiness", {})],
)
def test_what_was_answered_with_not_yet_or_taken_back_is_not_proposed_again(example, who, action, body):
    add(example)
    days = Days(example, demo_people(example), NOW)
    (proposed,) = [way for way in pathways(days, "coordinator") if way["readiness_proposed_on"]]
    if who == "other mentor":
        days.people[who] = Actor(
            id=UUID(proposed["readiness_proposed_by"]),
            role=Role.MENTOR,
            mentor_id=UUID(proposed["mentor_id"]),
        )
    days.post(who, f"/mentoring/pathways/{proposed['id']}/{action}", body)

    add(example)

    assert [way for way in pathways(days, "coordinator") if way["readiness_proposed_on"]] == []


@pytest.mark.parametrize("stopped_after", [1, 40, 80, 120])
def test_what_was_stopped_half_way_is_added_to_its_end(example, added, monkeypatch, stopped_after):
    send, sent = Days._send, []

    def stops(self, method, *rest):
        sent.append(method)
        if len(sent) > stopped_after:
            raise KeyboardInterrupt
        return send(self, method, *rest)

    monkeypatch.setattr(Days, "_send", stops)
    with pytest.raises(KeyboardInterrupt):
        add(example)
    monkeypatch.undo()
    add(example)

    assert state_of_things(example) == state_of_things(added.programme)


def test_nothing_is_added_where_it_is_no_demonstration_or_one_of_its_people_is_missing(example, monkeypatch):
    people, before = demo_people(example), told(example)
    without = {who: actor for who, actor in people.items() if who != "mentor"}

    assert add_what_is_of_today(example, without) == 0
    monkeypatch.setattr(Settings, "is_demonstration", False)
    assert add_what_is_of_today(example, people) == 0
    assert told(example) == before


def test_what_cannot_be_added_is_named_and_the_start_goes_on(example, monkeypatch, capsys):
    people = demo_people(example)
    monkeypatch.setattr(
        welcome, "demo_people", lambda programme: people | {"care_worker": people["evaluator"]}
    )

    welcome._add_what_is_of_today(example)

    assert "by the care worker: 4" in capsys.readouterr().out


def test_the_examples_own_figures_stay_what_they_were(example):
    end = NOW.date() - timedelta(days=140)
    before = figures(example, end)
    add(example)

    assert figures(example, end) == before
    assert figures(example)["men"]["taking_part"] == before["men"]["taking_part"] + len(MEN)


def test_a_newcomer_is_told_the_examples_figures_and_who_comes_on_top(example, monkeypatch):
    monkeypatch.setattr(welcome, "EXAMPLE_ENDS", NOW.date() - timedelta(days=140))
    assert "On top" not in welcome._figures(example)
    add(example)

    said = welcome._figures(example)
    assert "1 sheds were opened (1 are open now) and 1 men took part;" in said
    assert "0 were confirmed work-ready and 0 found a job." in said
    assert f"come {len(MEN)} men of today" in said


class TestTheColleagues:
    @pytest.fixture
    def let_in(self, example, tmp_path, monkeypatch):
        """A demonstration whose people can come in, with an account of each."""
        add(example)
        key = tmp_path / "home" / "keys" / "signing.jwk"
        monkeypatch.setenv("SBS_HOME", str(tmp_path / "home"))
        assert key.exists()
        welcome._let_people_in(example)
        return example

    def accounts(self, programme):
        with programme.registry.database.read() as session:
            return {one.email.partition("@")[0]: one for one in session.scalars(select(Account))}

    @pytest.mark.parametrize("role", ["care-worker", "mentor"])
    def test_each_may_stand_in_for_the_person_of_his_role_and_that_one_for_him(self, let_in, role):
        accounts = self.accounts(let_in)
        one, other = accounts[role], accounts[f"colleague-{role}"]

        with let_in.registry.database.read() as session:
            for absent, stand_in in ((one, other), (other, one)):
                found = session.scalars(stand_ins(absent, NOW.date()))
                assert [one.id for one in found] == [stand_in.id]

    def test_there_is_none_where_nobody_else_does_that_work(self, let_in):
        """The small example has one ambassador."""
        assert "colleague-ambassador" not in self.accounts(let_in)

    def test_the_coordinator_names_an_ambassadors(self, let_in):
        days = Days(let_in, demo_people(let_in), NOW)
        shed = days.get("ambassador", "/registry/sheds")["items"][0]["id"]
        added = days.post("coordinator", "/registry/ambassadors", {"name": "Ali K.", "shed_id": shed})
        welcome._let_people_in(let_in)
        accounts = self.accounts(let_in)
        colleague = accounts["colleague-ambassador"]
        cover = {
            "absent_account_id": str(accounts["ambassador"].id),
            "stand_in_account_id": str(colleague.id),
            "until_day": NOW.date().isoformat(),
        }

        assert str(colleague.ambassador_id) == added["id"]
        assert days.post("coordinator", "/registry/covers", cover)["stand_in_name"] == "Colleague ambassador"

    def test_a_later_start_keeps_their_accounts(self, let_in):
        before = {one.id for one in self.accounts(let_in).values()}
        welcome._let_people_in(let_in)

        assert {one.id for one in self.accounts(let_in).values()} == before

    def test_they_are_given_no_tokens(self, let_in, tmp_path):
        assert not [one.name for one in (tmp_path / "home" / "tokens").iterdir() if "colleague" in one.name]
