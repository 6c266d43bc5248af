"""Answering by the link of an e-mail, by pages, as somebody who has no account and no script."""

import pytest

from tests.builders.answer_links import secret_for, wants_links
from tests.web.visiting import anybody, visiting

NAME = "Yusuf"
MARKUP = "<script>alert(1)</script> <b>vet</b> \"'&amp;"
LONG = "x" * 5000


@pytest.fixture
def small(programme):
    """A programme whose care organisation answers by links."""
    wants_links(programme)
    return programme


@pytest.fixture
def place(small):
    """A referral that its organisation has a link for."""
    return small.a_referral()


@pytest.fixture
def page(world, place):
    return f"/referrals/pages/answer/{secret_for(world, place)}"


@pytest.fixture
def holder(world):
    """Whoever holds the link."""
    return anybody(world)


def state(programme, place):
    return programme.coordinator.get(place).json["state"]


class TestTheWay:
    def test_he_looks_and_accepts_with_one_press_and_is_shown_how_to_reach_him(
        self, small, place, page, holder
    ):
        seen = holder.get(page)
        assert NAME not in seen.text
        assert "2 working days" in seen.words or "days left" in seen.words
        done = holder.follow(holder.press(seen.form("/accept")))

        assert state(small, place) == "accepted"
        assert NAME in done.words
        assert "Write down now how to reach him." in done.words
        assert done.forms == []

    def test_he_declines_and_must_say_why(self, small, place, page, holder):
        asking = holder.get(f"{page}/decline")
        refused = holder.press(asking.form("/decline"), 422, remark="Wij zijn vol.")
        assert refused.errors == ["reason"]
        done = holder.press(refused.form("/decline"), reason="no_capacity")

        assert (done.location, done.said) == (page, "decline_by_link")
        seen = small.care_worker.get(place).json
        assert (seen["state"], seen["coded_reason"]) == ("declined", "no_capacity")
        assert small.care_worker.get(f"{place}/history").json["items"][-1]["remark"] == "Wij zijn vol."

    def test_he_asks_and_reads_the_answer_by_the_next_link(self, small, place, page, holder, world):
        holder.press(holder.get(f"{page}/ask").form("/ask"), question="Wanneer?")
        (asked,) = small.ambassador.get(f"{place}/questions").json["items"]
        world.clock.advance(minutes=5)
        small.ambassador.act(f"/referrals/questions/{asked['id']}/answer", {"answer": "In de ochtend."})
        second = f"/referrals/pages/answer/{secret_for(world, place)}"

        assert second != page
        assert "In de ochtend." in holder.get(second).words

    def test_the_others_read_that_it_was_by_a_link(self, place, page, holder, small):
        holder.press(holder.get(page).form("/accept"))
        seen = visiting(small.coordinator).get(place.replace("/referrals/", "/referrals/pages/", 1))

        assert "by the link of an e-mail" in seen.words

    @pytest.mark.parametrize("language", ["nl", "fr", "en"])
    def test_in_each_language(self, page, holder, language):
        seen = holder.get(page, Accept_Language=language)
        assert f'lang="{language}"' in seen.text


class TestWhatCanBeWrong:
    def test_pressed_twice_it_is_done_once_and_the_second_press_shows_what_was_done(
        self, small, place, page, holder
    ):
        form = holder.get(page).form("/accept")
        holder.press(form)
        again = holder.follow(holder.press(form))

        assert again.status == 200
        assert NAME in again.words
        accepted = [one["action"] for one in small.care_worker.get(f"{place}/history").json["items"]]
        assert accepted.count("accept") == 1

    @pytest.mark.parametrize("what", ["accept", "decline", "ask"])
    def test_used_by_another_meanwhile_what_became_of_it_is_shown(self, page, holder, world, what):
        form = holder.get(f"{page}/{what}").form(f"/{what}")
        other = anybody(world)
        other.press(other.get(page).form("/accept"))
        answer = holder.press(form, reason="other", question="Wanneer?")

        assert (answer.location, answer.said) == (page, "")
        assert "It was accepted by this link on" in holder.follow(answer).words
        holder.get(f"{page}/{what}", 303)

    @pytest.mark.parametrize(
        ("before", "words"),
        [
            ("accept", "It was accepted by this link on"),
            ("decline", "It was declined by this link on"),
            ("ask", "A question was asked by this link on"),
        ],
    )
    @pytest.mark.parametrize("what", ["accept", "decline", "ask"])
    def test_who_presses_after_a_colleague_reads_that_his_was_not_done_and_what_was(
        self, page, holder, world, before, words, what
    ):
        form = holder.get(f"{page}/{what}").form(f"/{what}")
        other = anybody(world)
        done = other.press(other.get(f"{page}/{before}").form(f"/{before}"), reason="other", question="Wie?")
        refused = holder.follow(holder.press(form, reason="other", question="Wanneer?")).words
        same = "If you pressed twice, it was done once. If a colleague was before you, yours was not done."
        other_than_his = "Yours was not done: it was answered by this link before."

        assert words in refused
        assert (same in refused, other_than_his in refused) == (what == before, what != before)
        first = (same if what == before else other_than_his, words)
        assert refused.index(first[0]) < refused.index(first[1])
        assert "yours was not done" not in other.follow(done).words.lower()

    def test_withdrawn_meanwhile_it_is_not_done_and_what_was_typed_is_there(self, small, place, page, holder):
        asking = holder.get(f"{page}/ask")
        small.ambassador.act(f"{place}/withdraw", {"reason": "helped_elsewhere"})
        refused = holder.press(asking.form("/ask"), 409, question="Wanneer is hij er?")

        assert "Wanneer is hij er?" in refused.text
        assert "Withdrawn" in refused.words
        now = holder.get(page)
        assert "It needs no answer any more." in now.words
        assert now.forms == []

    @pytest.mark.parametrize(("question", "stays"), [(LONG, LONG), ("", "")])
    def test_what_is_empty_or_too_long_is_said_and_stays(self, page, holder, question, stays):
        refused = holder.press(holder.get(f"{page}/ask").form("/ask"), 422, question=question)
        assert refused.errors == ["question"]
        assert dict(refused.form("/ask").fields)["question"] == stays

    def test_markup_is_words(self, small, place, page, holder, world):
        holder.press(holder.get(f"{page}/ask").form("/ask"), question=MARKUP)
        (asked,) = small.ambassador.get(f"{place}/questions").json["items"]
        assert asked["question"] == MARKUP
        world.clock.advance(minutes=5)
        small.ambassador.act(f"/referrals/questions/{asked['id']}/answer", {"answer": MARKUP})
        seen = holder.get(f"/referrals/pages/answer/{secret_for(world, place)}")

        assert seen.words.count(MARKUP) == 2
        assert "script" not in seen.tags

    @pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 101, "%2e%2e", "<b>", "%00"])
    def test_of_what_is_no_link_it_is_said_what_to_do(self, holder, page, secret):
        wrong = page.rpartition("/")[0] + f"/{secret}"
        seen = holder.get(wrong, 404)
        assert "This link does not work" in seen.words
        for what in ("accept", "decline", "ask"):
            holder.get(f"{wrong}/{what}", None)
            holder.post(f"{wrong}/{what}", {"reason": "other", "question": "?"}, None)

    def test_the_link_of_one_answers_no_other(self, small, place, page, holder):
        other = small.a_referral()
        holder.press(holder.get(page).form("/accept"))
        assert (state(small, place), state(small, other)) == ("accepted", "requested")

    def test_another_site_cannot_press_for_him(self, small, place, page, holder):
        holder.post(f"{page}/accept", {}, 403, **{"Sec-Fetch-Site": "cross-site"})
        assert state(small, place) == "requested"

    def test_nothing_is_kept_of_it_and_it_is_told_to_no_other_site(self, page, holder):
        headers = holder.get(page).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"

    def test_no_line_of_a_log_holds_the_secret(self, page, holder, capfd):
        holder.press(holder.get(page).form("/accept"))
        holder.get(page)
        said = capfd.readouterr()
        assert page.rpartition("/")[2] not in said.out + said.err
        assert "look_by_link" in said.out + said.err

    def test_elsewhere_than_in_a_demonstration_nobody_reads_the_e_mails(self, holder):
        holder.get("/referrals/pages/mail", 404)
