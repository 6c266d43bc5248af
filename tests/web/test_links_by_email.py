"""Links that are sent to people by e-mail: what an administrator chooses, reads and learns of them."""

import pytest
from sqlalchemy import select

from services.registry.models import LinkMail
from services.registry.settings import Settings
from services.registry.use_cases.mail import send_mail
from tests.builders.accounts import PASSWORD, an_account, use
from tests.web.visiting import anybody, visiting

pytestmark = pytest.mark.only_on("sqlite-feed")

ACCOUNTS = "/registry/pages/accounts"
EVALUATOR = f"{ACCOUNTS}/invite/evaluator"
NOOR = {"name": "Noor", "email": "noor@example.org"}


@pytest.fixture
def anna(programme):
    """The administrator at her browser."""
    return visiting(programme.administrator)


def invite(anna, expect=200, **typed):
    return anna.press(anna.get(EVALUATOR).form("/evaluator"), expect, **NOOR | typed)


def account_page(anna, programme):
    found = programme.administrator.get("/registry/accounts?limit=200").json["items"]
    (account,) = [one for one in found if one["email"] == NOOR["email"]]
    return anna.get(f"{ACCOUNTS}/{account['id']}")


def link_in(world):
    """The newest link, as its e-mail has it."""
    with world.work("registry") as work:
        text = work.session.scalars(select(LinkMail).order_by(LinkMail.written_at.desc())).first().text
    (link,) = [word for word in text.split() if "/registry/pages/link/" in word]
    return link


def test_it_is_sent_unless_that_is_not_wanted(world, anna):
    form = anna.get(EVALUATOR).form("/evaluator")
    assert dict(form.fields)["by_email"] == "true"

    seen = anna.press(form, 200, **NOOR)

    assert "The link is sent to him" in seen.words
    assert NOOR["email"] in seen.words
    assert "whoever reads that e-mail can choose the password" in seen.words
    secret = link_in(world).rpartition("/")[2]
    assert secret not in seen.text
    somebody = anybody(world)
    form = somebody.get(f"/registry/pages/link/{secret}").forms[0]
    assert somebody.press(form, password=PASSWORD, again=PASSWORD).said == "link_used"


def test_it_can_be_seen_and_given_by_hand(world, anna):
    seen = invite(anna, by_email="false")

    assert "It is shown this once." in seen.words
    with world.work("registry") as work:
        assert work.session.scalars(select(LinkMail)).all() == []


def test_where_no_mail_is_sent_it_is_shown_and_not_asked(programme, anna, monkeypatch):
    monkeypatch.setattr(Settings, "sends_mail", False)
    assert "by_email" not in dict(anna.get(EVALUATOR).form("/evaluator").fields)

    assert "It is shown this once." in invite(anna).words
    assert "E-mail with his link" not in account_page(anna, programme).words


def test_it_is_written_in_the_language_that_is_chosen(world, anna):
    assert dict(anna.get(EVALUATOR).form("/evaluator").fields)["language"] == "nl"
    invite(anna, language="fr")

    with world.work("registry") as work:
        (mail,) = work.session.scalars(select(LinkMail)).all()
        assert mail.subject == "Vous êtes invité à Step by Step"


def test_the_account_says_what_became_of_it(programme, world, anna, server, postbox):
    invite(anna)
    assert "It waits to be sent" in account_page(anna, programme).words
    send_mail(world.programme.registry, server)
    assert "E-mail with his link Sent" in account_page(anna, programme).words

    world.clock.advance(minutes=6)
    postbox.says = "550 nobody here"
    again = next(one for one in account_page(anna, programme).links if one.endswith("/invite-again"))
    assert "The link is sent to him" in anna.press(anna.get(again).form("/invite-again"), 200).words
    send_mail(world.programme.registry, server)
    assert "It could not be delivered." in account_page(anna, programme).words


def test_pressed_twice_one_is_sent_and_the_second_press_says_so(programme, world, anna):
    invite(anna)
    first = link_in(world)
    again = next(one for one in account_page(anna, programme).links if one.endswith("/invite-again"))
    form = anna.get(again).form("/invite-again")

    seen = anna.press(form, 409)

    assert "A link was sent to him a moment ago." in seen.words
    assert link_in(world) == first
    use(world, {"link": first})


def test_a_new_password_goes_the_same_way(programme, world, anna):
    noor = an_account(world)
    form = anna.get(f"{ACCOUNTS}/{noor.id}/reset").form("/reset")
    shown = {name: value for name, value in form.fields if not name.startswith("_")}
    assert shown == {"clear_second_factors": "false", "by_email": "true"}

    assert "The link is sent to him" in anna.press(form, 200).words

    noor.sign_in()
    use(world, {"link": link_in(world)}, "zeven natte regenjassen buiten")
    noor.try_to_sign_in(expect=401)


def test_where_his_second_factor_is_lost_too_she_gives_him_the_link_herself(world, anna):
    noor = an_account(world)
    form = anna.get(f"{ACCOUNTS}/{noor.id}/reset").form("/reset")

    seen = anna.press(form, 422, clear_second_factors="true")

    assert seen.errors == ["by_email"]
    assert "give him the link yourself, once you know that it is he" in seen.words
    again = anna.press(seen.form("/reset"), 200, by_email="false")
    assert "It is shown this once." in again.words


def test_in_the_demonstration_it_is_where_it_can_be_read(world, anna, monkeypatch):
    monkeypatch.setattr(Settings, "is_demonstration", True)
    invite(anna)

    seen = anybody(world).get("/registry/pages/mail")

    assert link_in(world) in seen.links
    assert "To: Noor" in seen.words


@pytest.mark.parametrize("typed", ["perhaps", "<b>", "x" * 5000])
def test_what_is_neither_yes_nor_no_invites_nobody(programme, anna, typed):
    seen = invite(anna, 422, by_email=typed)

    assert seen.errors == ["by_email"]
    assert dict(seen.form("/evaluator").fields)["email"] == NOOR["email"]


def test_no_log_line_holds_the_link_or_whose_it_is(world, anna, server, postbox, capfd):
    postbox.says = "550 nobody here: noor@example.org"
    invite(anna)
    secret = link_in(world).rpartition("/")[2]
    send_mail(world.programme.registry, server)

    said = "".join(capfd.readouterr())
    assert "mail.not_sent" in said
    assert secret not in said
    assert "noor@" not in said
