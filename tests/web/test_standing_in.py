"""Who stands in for somebody reads on every page, in every service, for whom; and stops with one press."""

from datetime import timedelta

import pytest

from shared.actor import Role
from shared.web.navigation import ACCOUNT, DIRECTORY
from tests.audit import newest, records
from tests.builders.standing_in import a_colleague, account_of
from tests.web.visiting import visitor, without

pytestmark = pytest.mark.only_on("sqlite-feed")

COVERS = "/registry/pages/covers"
LAY_DOWN = f"{COVERS}/lay-down"
MENTEES, INBOX = "/mentoring/pages/mentees", "/referrals/pages/inbox"
MEN = "/registry/pages/men"
PAGES = (ACCOUNT, COVERS, DIRECTORY, MENTEES, "/mentoring/pages/nowhere")
"""Pages of all three services, and one that there is not."""


@pytest.fixture
def colleague(programme, world):
    """A mentor who is named to stand in for another, at his browser."""
    account_of(world, programme.mentor, name="Mehmet <b>D.")
    account = a_colleague(programme, Role.MENTOR, name="Ali K.")
    until = world.clock.today() + timedelta(days=7)
    body = {"stand_in_account_id": str(account), "until_day": until.isoformat()}
    programme.mentor.post("/registry/covers", body)
    return visitor(world, account)


@pytest.fixture
def stand_in(colleague):
    """He has taken it up."""
    (take_up,) = [form for form in colleague.get(COVERS).forms if form.action.endswith("/take-up")]
    colleague.press(take_up)
    return colleague


def asked(world, after):
    return [one.operation for one in records(world, after=after)].count("list_covers")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_for_whom(colleague, page):
    assert "Standing in" not in colleague.get(page, None).words
    (take_up,) = [form for form in colleague.get(COVERS).forms if form.action.endswith("/take-up")]
    colleague.press(take_up)

    seen = colleague.get(page, None)

    assert "Standing in for Mehmet <b>D." in seen.words
    assert "b" not in seen.tags
    assert LAY_DOWN in [form.action for form in seen.forms]


@pytest.mark.parametrize("page", PAGES)
def test_it_is_laid_down_from_any_page_with_one_press(stand_in, page):
    form = stand_in.get(page, None).forms[0]
    assert form.action == LAY_DOWN

    seen = stand_in.press(form)

    assert seen.location == COVERS
    assert "Standing in" not in stand_in.get(page, None).words
    assert LAY_DOWN not in [one.action for one in stand_in.get(page, None).forms]


def test_another_service_asks_for_the_name_once_in_a_while_and_not_at_each_page(stand_in, world):
    before = newest(world)
    for _ in range(3):
        stand_in.get(MENTEES)
    assert asked(world, before) == 1

    world.clock.advance(minutes=11)
    stand_in.get(MENTEES)
    assert asked(world, before) == 2


def test_who_stands_in_for_nobody_costs_a_question_at_his_first_page_alone(colleague, world):
    before = newest(world)
    colleague.get(ACCOUNT)
    assert asked(world, before) == 0

    colleague.get(MENTEES)
    assert asked(world, before) == 1


class TestTheFirstPage:
    def take_up(self, seen):
        return [form for form in seen.forms if form.action.endswith("/take-up")]

    def test_it_says_for_whom_and_until_when_and_one_press_stands_in(self, colleague):
        first = colleague.get(MENTEES)
        (press,) = self.take_up(first)

        assert (
            "You are named to stand in for Mehmet <b>D., up to and including Mon 9 March 2026." in first.words
        )
        assert "b" not in first.tags
        assert press.text == "Stand in for Mehmet <b>D."
        assert "Standing in for" not in first.text
        assert colleague.press(press).location == MENTEES
        standing = colleague.get(MENTEES)
        assert "Standing in for Mehmet <b>D." in standing.words
        assert not self.take_up(standing)

    def test_it_says_so_again_when_he_has_stopped(self, stand_in):
        stand_in.press(stand_in.get(MENTEES).forms[0])

        assert self.take_up(stand_in.get(MENTEES))

    def test_no_other_page_says_it_nor_that_of_who_is_away(self, colleague, programme, world):
        assert "You are named to stand in for" not in colleague.get(ACCOUNT).words
        assert not self.take_up(visitor(world, programme.mentor.actor.id).get(MENTEES))

    def test_what_has_not_begun_or_was_ended_is_not_said(self, programme, world):
        account_of(world, programme.ambassador, name="Mehmet D.")
        account = a_colleague(programme, Role.AMBASSADOR)
        day = world.clock.today() + timedelta(days=1)
        body = {"stand_in_account_id": str(account), "from_day": f"{day}", "until_day": f"{day}"}
        cover = programme.ambassador.post("/registry/covers", body).json["id"]
        somebody = visitor(world, account)
        assert not self.take_up(somebody.get(MEN))

        world.clock.advance(days=1)
        somebody = visitor(world, account)
        assert self.take_up(somebody.get(MEN))

        programme.ambassador.act(f"/registry/covers/{cover}/end")
        assert not self.take_up(somebody.get(MEN))

    def test_a_care_worker_reads_it_over_his_inbox(self, programme, world):
        account_of(world, programme.care_worker, name="Mehmet D.")
        account = a_colleague(programme, Role.CARE_WORKER)
        until = world.clock.today().isoformat()
        programme.care_worker.post(
            "/registry/covers", {"stand_in_account_id": str(account), "until_day": until}
        )

        assert self.take_up(visitor(world, account).get(INBOX))

    def test_when_the_registry_does_not_answer_the_page_is_shown_without_it(self, colleague, world):
        with without(world, "registry", of="mentoring"):
            assert not self.take_up(colleague.get(MENTEES))

        assert not self.take_up(colleague.get(MENTEES))
        world.clock.advance(minutes=2)
        assert self.take_up(colleague.get(MENTEES))

    def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_longer(self, colleague, world):
        with without(world, "registry", of="mentoring"):
            assert not self.take_up(colleague.get(MENTEES))

        world.clock.advance(minutes=-1)
        assert self.take_up(colleague.get(MENTEES))


class TestForWhomItWasTyped:
    """What was typed while he stood in for a colleague is not done in his own name, nor the other way about."""

    WORDS = "Hij <b>sprak</b> over werk."

    @pytest.fixture
    def session(self, programme, world):
        one = programme.a_mentorship()["id"]
        world.deliver()
        return f"/mentoring/mentorships/{one}", f"/mentoring/pages/mentorships/{one}/session"

    def noted(self, programme, session):
        return programme.mentor.get(f"{session[0]}/sessions").json["items"]

    def ended(self, programme):
        (cover,) = programme.mentor.get("/registry/covers").json["items"]
        programme.mentor.act(f"/registry/covers/{cover['id']}/end")

    def test_when_the_cover_ended_meanwhile_he_reads_why_and_what_he_wrote(
        self, stand_in, programme, session
    ):
        form = stand_in.get(session[1]).form("/session")
        self.ended(programme)

        seen = stand_in.press(form, 409, minutes="45", note=self.WORDS)

        assert "You began or ended standing in for a colleague" in seen.words
        assert self.WORDS in seen.words
        assert "b" not in seen.tags
        assert self.noted(programme, session) == []

    def test_so_he_does_when_he_stopped_in_another_window(self, stand_in, programme, session):
        form = stand_in.get(session[1]).form("/session")
        stand_in.press(stand_in.get(MENTEES).forms[0])

        assert self.WORDS in stand_in.press(form, 409, minutes="45", note=self.WORDS).words

    def test_what_he_typed_for_himself_is_not_done_for_a_colleague(self, colleague):
        form = colleague.get(f"{ACCOUNT}/wish").form("/wish")
        (take_up,) = [one for one in colleague.get(COVERS).forms if one.action.endswith("/take-up")]
        colleague.press(take_up)

        assert "You work for somebody else now" in colleague.press(form, 409, mail_when="never").words

    def test_while_he_stands_in_it_is_done(self, stand_in, programme, session):
        stand_in.press(stand_in.get(session[1]).form("/session"), minutes="45", note=self.WORDS)

        assert [one["note"] for one in self.noted(programme, session)] == [self.WORDS]


def test_what_one_is_told_no_other_reads(stand_in, programme, world):
    """Two who stand in for the same colleague, one after the other, are told by the registry each for himself."""
    stand_in.get(MENTEES)
    no_stand_in = world.caller(
        Role.MENTOR, mentor_id=programme.mentor_id, on_behalf_of=programme.mentor.actor.id
    )

    page = no_stand_in.send("GET", MENTEES, expect=200).text

    assert "Mehmet" not in page
    assert "Standing in for a colleague" in page


def test_when_the_registry_does_not_answer_it_says_that_he_stands_in(stand_in, world):
    with without(world, "registry", of="mentoring"):
        seen = stand_in.get(MENTEES)
        assert "Standing in for a colleague" in seen.words
        assert seen.forms[0].action == LAY_DOWN

    assert "Standing in for a colleague" in stand_in.get(MENTEES).words
    world.clock.advance(minutes=2)
    assert "Standing in for Mehmet" in stand_in.get(MENTEES).words
