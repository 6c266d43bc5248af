"""A form that is shown again stands at an address of its own: nothing is sent again on the way back to it."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict

from shared.actor import Role
from shared.identifiers import new_id
from shared.web.client import Refusal
from shared.web.kept_forms import MOST, MOST_OF_ANYBODY, Keeping, Kept, KeptForm, forgetting_forms_timer
from shared.web.pages import Visit
from tests.builders.standing_in import a_colleague
from tests.no_changes import read_only
from tests.web.visiting import OURS, anybody, visitor

WORDS = "Vol <b>\"en\"</b> 'leeg'\nover twee regels"


@pytest.fixture
def place(programme):
    return programme.a_referral("received")


def form_at(place, action="decline"):
    return f"{place.replace('/referrals/', '/referrals/pages/', 1)}/{action}"


def refused(worker, place):
    """A refusal without its reason: the form again."""
    return worker.press(worker.get(form_at(place)).form("/decline"), 422, remark=WORDS)


def kept_rows(world, service="referrals"):
    with world.programme.services[service].database.read() as session:
        return session.scalars(select(KeptForm)).all()


def answer_is_lost(send):
    """A sending that does what it is to do, and then tells nobody."""

    def sent(*given, **named):
        raise Refusal(replace(send(*given, **named), status=503, document={"title": "gone"}))

    return sent


def not_to_be_read(_keeping):
    raise OperationalError("select", {}, Exception("gone"))


class TestTheAddress:
    def test_the_form_is_looked_at_there_as_often_as_one_likes(self, worker, place):
        again = refused(worker, place)

        assert again.address.startswith(f"{form_at(place)}?key=")
        for seen in (again, worker.get(again.address, 422)):
            assert seen.errors == ["reason"]
            assert dict(seen.form("/decline").fields)["remark"] == WORDS

    def test_the_answer_to_what_was_sent_is_no_page(self, worker, place):
        form = worker.get(form_at(place)).form("/decline")

        sent = worker.browser.post(
            form.action, data=dict(form.typed(remark=WORDS)), headers=OURS, base_url=worker.at
        )

        assert sent.status_code == 303

    def test_it_has_nothing_that_was_typed(self, worker, place):
        again = refused(worker, place)

        assert "Vol" not in again.address
        assert [part.partition("=")[0] for part in again.address.partition("?")[2].split("&")] == ["key"]

    def test_where_one_came_from_stays(self, worker, place):
        inbox = "/referrals/pages/inbox"
        form = worker.get(f"{form_at(place)}?back={inbox}").form("/decline")

        again = worker.press(form, 422, remark=WORDS)

        assert inbox in again.links

    def test_what_was_done_is_not_there_any_more(self, programme, worker, place, world):
        again = refused(worker, place)
        worker.press(again.form("/decline"), reason="no_capacity")

        assert kept_rows(world) == []
        assert programme.care_worker.get(place).json["state"] == "declined"
        assert worker.get(again.address).errors == []

    def test_what_changed_meanwhile_is_shown_as_it_is_now_with_what_was_typed(self, programme, worker, place):
        form = worker.get(form_at(place)).form("/decline")
        programme.care_worker.act(f"{place}/accept", {})

        again = worker.press(form, 409, remark=WORDS, reason="no_capacity")

        seen = worker.get(again.address, 409)
        assert "It is not done" in seen.words
        assert dict(seen.form("/decline").fields)["remark"] == WORDS

    def test_a_mistake_does_not_let_one_write_over_what_a_colleague_changed(self, programme, ambassador):
        """What was typed is about the version that was read, however often it is shown again."""
        man = programme.a_shedder(known_as="Omar")
        page = f"/registry/pages/men/{man['id']}/change"
        form = ambassador.get(page).form("/change")
        again = ambassador.press(form, 422, birth_year="long ago")
        programme.ambassador.patch(f"/registry/shedders/{man['id']}", {"neighbourhood": "Noord"})

        ambassador.press(ambassador.get(again.address, 422).form("/change"), 412, birth_year="1950")

        assert programme.ambassador.get(f"/registry/shedders/{man['id']}").json["neighbourhood"] == "Noord"


class TestItIsDoneOnce:
    """Whoever comes back to where it was shown again, and presses again what his browser has filled in."""

    @pytest.fixture
    def question(self, place):
        return f"{place}/questions", form_at(place, "ask")

    def test_what_was_put_right_and_done_is_not_done_again(self, programme, worker, question):
        asked, at = question
        again = worker.press(worker.get(at).form("/ask"), 422)
        worker.press(again.form("/ask"), question="Which school?")

        done = worker.press(worker.get(again.address).form("/ask"), question="Which school?")

        assert done.said == "ask"
        assert [one["question"] for one in programme.care_worker.get(asked).json["items"]] == [
            "Which school?"
        ]

    def test_after_as_many_mistakes_as_one_makes(self, programme, ambassador):
        register = ambassador.get("/registry/pages/men/register").form("/register")
        again = ambassador.press(register, 422)
        again = ambassador.press(again.form("/register"), 422, known_as="Omar", birth_year="long ago")
        typed = {"known_as": "Omar", "birth_year": "1950", "shed_id": str(programme.shed_id)}
        done = ambassador.press(again.form("/register"), **typed)

        shown = ambassador.press(ambassador.get(again.address).form("/register"), 200, **typed)
        assert done.location in shown.links
        assert ambassador.press(shown.form("/register")).location == done.location
        assert len(programme.ambassador.get("/registry/shedders").json["items"]) == 1

    def test_something_else_in_it_is_said_to_be_so_and_done_when_it_is_pressed_again(
        self, programme, worker, question
    ):
        asked, at = question
        again = worker.press(worker.get(at).form("/ask"), 422)
        worker.press(again.form("/ask"), question="Which school?")

        told = worker.press(worker.get(again.address).form("/ask"), 422, question="Which shed?")
        assert "This form was sent already, with something else in it" in told.words
        worker.press(told.form("/ask"))
        worker.press(worker.get(told.address).form("/ask"), question="Which shed?")

        found = {one["question"] for one in programme.care_worker.get(asked).json["items"]}
        assert found == {"Which school?", "Which shed?"}
        assert len(programme.care_worker.get(asked).json["items"]) == 2

    def test_nor_by_a_button_whose_answer_was_lost(self, programme, worker, place, monkeypatch):
        """It is shown again as a form, by the same key: what was done by the first press is its answer."""
        press = worker.get(form_at(place, "").rstrip("/")).form("/accept")
        with monkeypatch.context() as broken:
            broken.setattr(Visit, "send", answer_is_lost(Visit.send))
            again = worker.press(press, 503)

        assert dict(again.form("/accept").fields)["_key"] == dict(press.fields)["_key"]
        assert programme.care_worker.get(place).json["state"] == "accepted"
        worker.press(again.form("/accept"))

    def test_what_is_kept_that_cannot_be_forgotten_does_not_undo_it(
        self, programme, worker, question, monkeypatch
    ):
        asked, at = question
        again = worker.press(worker.get(at).form("/ask"), 422)
        with monkeypatch.context() as broken:
            broken.setattr(Keeping, "find", not_to_be_read)
            worker.press(again.form("/ask"), question="Which school?")

        assert len(programme.care_worker.get(asked).json["items"]) == 1

    def test_nor_where_it_could_not_be_kept(self, programme, worker, question, monkeypatch):
        monkeypatch.setattr(Keeping, "keep", lambda *_: False)
        asked, at = question
        again = worker.press(worker.get(at).form("/ask"), 422)

        for _ in range(2):
            worker.press(again.form("/ask"), question="Which school?")

        assert len(programme.care_worker.get(asked).json["items"]) == 1


class TestWhoReadsIt:
    def test_nobody_else_by_its_address(self, programme, worker, place, world):
        again = refused(worker, place)
        colleague = visitor(world, a_colleague(programme, Role.CARE_WORKER))

        seen = colleague.get(again.address)

        assert "over twee regels" not in seen.text
        assert seen.errors == []

    def test_nobody_in_the_database(self, worker, place, world):
        key = dict(refused(worker, place).form("/decline").fields)["_key"]
        (row,) = kept_rows(world)

        for held in (row.place, row.sealed):
            assert "regels" not in held
            assert key not in held

    def test_nobody_by_the_forms_own_key_which_the_database_knows_later(self, worker, place, world):
        again = refused(worker, place)
        own = dict(again.form("/decline").fields)["_key"]

        assert own not in again.address
        assert worker.get(f"{form_at(place)}?key={own}").errors == []

    def test_nobody_after_an_hour(self, programme, worker, place, world):
        again = refused(worker, place)
        world.clock.advance(minutes=59)
        assert visitor(world, programme.care_worker.actor.id).get(again.address, 422).errors == ["reason"]
        world.clock.advance(minutes=2)

        assert (
            "over twee regels" not in visitor(world, programme.care_worker.actor.id).get(again.address).text
        )
        forgetting_forms_timer(world.programme.services["referrals"]).run()
        assert kept_rows(world) == []

    def test_what_is_not_an_hour_old_is_not_forgotten(self, worker, place, world):
        refused(worker, place)
        forgetting_forms_timer(world.programme.services["referrals"]).run()

        assert len(kept_rows(world)) == 1


class TestWhoseItIs:
    def test_what_a_colleague_typed_is_not_done_for_who_signed_in_meanwhile(
        self, programme, worker, place, world
    ):
        form = worker.get(form_at(place)).form("/decline")
        colleague = visitor(world, a_colleague(programme, Role.CARE_WORKER))

        seen = colleague.press(form, 403, reason="no_capacity", remark=WORDS)

        assert "Somebody else typed this" in seen.words
        assert "over twee regels" not in seen.text
        assert programme.care_worker.get(place).json["state"] == "received"
        worker.press(form, reason="no_capacity")

    def test_nor_is_a_press_without_a_form(self, programme, worker, world):
        place = programme.a_referral("received")
        page = worker.get(form_at(place, "").rstrip("/"))
        colleague = visitor(world, a_colleague(programme, Role.CARE_WORKER))

        colleague.press(page.form("/accept"), 403)
        assert programme.care_worker.get(place).json["state"] == "received"


class TestWhatIsLookedAtAnew:
    @pytest.fixture
    def alike(self, programme, ambassador):
        """A man, and the page to register one who may be he."""
        man = programme.a_shedder(known_as="Gerrit")["id"]
        form = ambassador.get("/registry/pages/men/register").form("/register")
        again = ambassador.press(form, 200, known_as="Gerit", shed_id=str(programme.shed_id))
        assert "Gerrit" in again.words
        return f"/registry/shedders/{man}", again.address

    def test_who_may_be_the_same_man_is_shown_as_he_is_now(self, programme, ambassador, alike):
        man, address = alike
        programme.ambassador.patch(man, {"known_as": "Gerritt"})
        assert "Gerritt" in ambassador.get(address).words

        programme.ambassador.patch(man, {"known_as": "Willem"})
        seen = ambassador.get(address)
        assert "Gerrit" not in seen.words
        assert dict(seen.form("/register").fields)["known_as"] == "Gerit"


class TestWhatCannotBeKept:
    """It is shown at once, as the answer to what was sent: nothing is lost."""

    def test_while_nothing_can_be_written_it_says_so(self, world):
        place = Keeping(world.programme.services["referrals"], None, "/referrals/pages/x", "k")
        with read_only(world, "referrals"):
            assert not place.keep(MultiDict({"remark": WORDS}), 422, {})

        assert place.keep(MultiDict({"remark": WORDS}), 422, {})
        assert place.find() == Kept(MultiDict({"remark": WORDS}), 422, {})

    def test_it_is_shown_as_the_answer(self, worker, place, monkeypatch):
        monkeypatch.setattr(Keeping, "keep", lambda *_: False)
        again = refused(worker, place)

        assert again.address == form_at(place)
        assert dict(again.form("/decline").fields)["remark"] == WORDS
        worker.press(again.form("/decline"), reason="no_capacity")

    @pytest.mark.parametrize("much", [MOST_OF_ANYBODY, MOST])
    def test_too_much_of_it_and_less_of_who_has_no_account(self, programme, world, much):
        whose = None if much == MOST_OF_ANYBODY else programme.care_worker.actor
        place = Keeping(world.programme.services["referrals"], whose, "/referrals/pages/x", "k")

        assert not place.keep(MultiDict({"remark": "x" * much}), 422, {})
        assert place.find() is None
        assert place.keep(MultiDict({"remark": "x" * (much - 200)}), 422, {})

    @pytest.mark.parametrize("again", ["", "?again=true"])
    @pytest.mark.parametrize("question", [WORDS, ""])
    def test_what_is_sent_to_no_link_of_ours(self, world, again, question):
        asking = f"/referrals/pages/answer/no-such-link/ask{again}"

        anybody(world).post(asking, {"_key": "k", "question": question}, None)

        assert kept_rows(world) == []

    def test_what_is_about_nothing_of_ones_own(self, world, worker):
        nothing = f"/referrals/pages/referrals/{new_id()}/decline?again=true"

        worker.post(nothing, {"_key": "k", "remark": WORDS}, 404)

        assert kept_rows(world) == []

    @pytest.mark.parametrize("back", ["//elsewhere.example", "/referrals/pages/inbox?" + "x" * 5000])
    def test_a_way_back_that_is_none_stands_in_no_address(self, worker, place, back):
        form = worker.get(form_at(place)).form("/decline")

        again = worker.post(form.action, [*form.fields, ("back", back)], 422)

        assert "back" not in again.address
