"""Links by e-mail: sent once, to the account's own address, kept nowhere; and how many of them there may be."""

import re
from email import message_from_string
from email.policy import default
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registry.domain.codes import MailWhen
from services.registry.models import LinkMail, Wish
from services.registry.settings import Settings
from services.registry.use_cases.forgetting import forget_what_is_over
from services.registry.use_cases.link_mail import MOST_A_DAY
from services.registry.use_cases.mail import send_mail, waiting_mail
from shared.actor import Role
from tests.builders.accounts import ANOTHER, an_account, invite, use

EMAIL = "noor@example.org"


@pytest.fixture
def administrator(world):
    return world.caller(Role.ADMINISTRATOR)


@pytest.fixture
def invited(administrator):
    return invite(administrator, EMAIL, by_email=True)


def place_of(account):
    return f"/registry/accounts/{account['id']}"


def mails(world):
    with world.work("registry") as work:
        return list(work.session.scalars(select(LinkMail).order_by(LinkMail.written_at, LinkMail.id)))


def given(mail):
    """What an e-mail brings, as an answer would have given it."""
    return {"link": re.search(r"http\S+/registry/pages/link/\S+", mail.text)[0]}


def send(world, server):
    return send_mail(world.programme.registry, server)


def waiting(world):
    with world.work("registry") as work:
        return waiting_mail(work.session, work.today)


def state(administrator, account):
    return administrator.get(place_of(account)).json["link_mail"]


class TestWhatIsSent:
    def test_the_link_goes_to_the_address_and_is_in_no_answer(self, world, invited, server, postbox):
        assert (invited["link"], invited["email"]) == (None, EMAIL)
        (written,) = mails(world)
        secret = given(written)["link"].rpartition("/")[2]

        assert [send(world, server), send(world, server)] == [1, 0]

        ((to, content),) = postbox.taken
        assert to == EMAIL
        message = message_from_string(content, policy=default)
        assert secret in message.get_content()
        assert secret not in "".join(f"{name}: {value}" for name, value in message.items())
        use(world, given(written))

    def test_of_whom_it_is_for_it_says_nothing_in_case_the_address_is_wrong(self, world, administrator):
        invite(administrator, EMAIL, name="Kanarie", by_email=True)
        (mail,) = mails(world)

        assert "anarie" not in mail.subject + mail.text
        assert EMAIL not in mail.subject + mail.text

    def test_it_says_until_when_as_the_programmes_clocks_show_it(self, world, administrator):
        world.clock.moment = world.clock.moment.replace(month=6, day=1, hour=22, minute=30)
        invite(administrator, EMAIL, by_email=True, language="en")

        # 72 hours later, in Amsterdam's summer
        assert f"until 5 June {world.clock.moment.year}, 00:30." in mails(world)[0].text

    def test_it_is_in_the_language_that_is_known(self, world, administrator):
        invite(administrator, "a@example.org", by_email=True)
        invite(administrator, "b@example.org", by_email=True, language="fr")
        noor = an_account(world)
        with world.work("registry") as work:
            work.session.add(Wish(account_id=UUID(noor.id), language="en", mail_when=MailWhen.NEVER))
        administrator.post(f"/registry/accounts/{noor.id}/reset", {"by_email": True}, expect=200)

        assert sorted(mail.subject for mail in mails(world)) == [
            "A new password for Step by Step",
            "U bent uitgenodigd voor Step by Step",
            "Vous êtes invité à Step by Step",
        ]

    def test_the_language_is_that_of_his_other_e_mails_until_he_says_otherwise(self, world, administrator):
        account = invite(administrator, EMAIL, language="fr")
        with world.work("registry") as work:
            wish = work.session.get_one(Wish, UUID(account["id"]))
            assert (wish.language, wish.mail_when) == ("fr", MailWhen.AT_ONCE)

    def test_where_no_mail_is_sent_nobody_is_invited_so(self, world, administrator, monkeypatch):
        monkeypatch.setattr(Settings, "sends_mail", False)
        body = {"email": EMAIL, "name": "Noor", "role": "evaluator", "by_email": True}

        assert administrator.post("/registry/accounts", body, expect=422).problem_on() == ["/by_email"]
        assert administrator.get("/registry/accounts").json["items"] == []
        assert invite(administrator, EMAIL)["link"]

    def test_one_that_clears_second_factors_is_not_sent_so_for_then_his_mailbox_were_enough(
        self, world, administrator
    ):
        noor = an_account(world)
        noor.set_up_totp()
        place = f"/registry/accounts/{noor.id}/reset"
        earlier = administrator.post(place, expect=200).json
        both = {"by_email": True, "clear_second_factors": True}

        assert administrator.post(place, both, expect=422).problem_on() == ["/by_email"]

        assert mails(world) == []
        use(world, earlier, ANOTHER)
        administrator.post(place, both | {"clear_second_factors": False}, expect=200)


class TestItsSecret:
    def test_once_it_is_sent_the_row_holds_it_no_more(self, world, invited, server):
        send(world, server)

        assert [mail.text for mail in mails(world)] == [""]

    def test_nor_once_it_is_refused(self, world, invited, server, postbox):
        postbox.says = "550 nobody here"
        send(world, server)

        assert [mail.text for mail in mails(world)] == [""]

    @pytest.mark.parametrize("end", ["used", "replaced", "closed", "old"])
    def test_nor_an_hour_after_its_link_is_of_no_use(self, world, administrator, invited, end, server):
        (mail,) = mails(world)
        if end == "used":
            use(world, given(mail))
        elif end == "replaced":
            administrator.post(f"{place_of(invited)}/invite_again", expect=200)
        elif end == "closed":
            administrator.act(f"{place_of(invited)}/close")
        else:
            world.clock.advance(hours=72)
        assert send(world, server) == 0
        assert waiting(world) == 1
        with world.work("registry") as work:
            forget_what_is_over(work)

        assert [mail.text for mail in mails(world)] == [""]
        assert waiting(world) == 0
        assert state(administrator, invited) == ("not_taken" if end == "old" else None)

    def test_one_that_still_waits_keeps_it(self, world, invited, server):
        world.clock.advance(hours=71)
        with world.work("registry") as work:
            forget_what_is_over(work)

        assert send(world, server) == 1

    def test_it_is_in_no_event_record_or_stored_answer(self, world, invited):
        secret = given(mails(world)[0])["link"].rpartition("/")[2]
        for table in ("stored_answer", "audit_record", "outbox", "link", "mail"):
            with world.programme.registry.database.engine.connect() as connection:
                kept = str(connection.exec_driver_sql(f"select * from {table}").all())
            assert secret not in kept

    def test_with_its_link_it_is_forgotten(self, world, invited):
        world.clock.advance(days=34)
        with world.work("registry") as work:
            forget_what_is_over(work)

        assert mails(world) == []


class TestOnce:
    def test_who_stops_between_sending_and_noting_sends_the_same_one_again(
        self, world, invited, server, postbox, monkeypatch
    ):
        with monkeypatch.context() as broken:
            broken.setattr("shared.mailing._note", _stop)
            with pytest.raises(KeyboardInterrupt):
                send(world, server)
        world.clock.advance(minutes=6)
        assert [send(world, server), send(world, server)] == [1, 0]

        first, second = [content for _, content in postbox.taken]
        assert first == second

    def test_a_newer_link_ends_the_older_and_its_e_mail(self, world, administrator, invited, server, postbox):
        (older,) = mails(world)
        world.clock.advance(minutes=6)
        administrator.post(f"{place_of(invited)}/invite_again", {"by_email": True}, expect=200)
        newer = mails(world)[-1]

        assert [send(world, server), send(world, server)] == [1, 0]
        use(world, given(older), expect=404)
        use(world, given(newer))

    def test_what_is_refused_leaves_the_link_that_there_was(self, world, administrator, invited):
        administrator.post(f"{place_of(invited)}/invite_again", {"by_email": True}, expect=409)

        use(world, given(mails(world)[0]))

    def test_what_became_of_it_can_be_read(self, world, administrator, invited, server):
        assert state(administrator, invited) == "waiting"
        send(world, server)
        assert state(administrator, invited) == "sent"
        assert state(administrator, invite(administrator, "by-hand@example.org")) is None


class TestHowMany:
    def test_one_address_gets_so_many_a_day_and_a_link_by_hand_goes_on(self, world, administrator):
        noor = an_account(world)
        place = f"/registry/accounts/{noor.id}/reset"
        for _ in range(MOST_A_DAY):
            administrator.post(place, {"by_email": True}, expect=200)
            world.clock.advance(minutes=6)
        administrator.post(place, {"by_email": True}, expect=409)

        use(world, administrator.post(place, expect=200).json, ANOTHER)
        world.clock.advance(days=1)
        administrator.post(place, {"by_email": True}, expect=200)

    def test_nor_does_it_get_more_by_another_account(self, administrator, invited):
        administrator.act(f"{place_of(invited)}/close")
        body = {"email": EMAIL, "name": "Noor", "role": "evaluator"}

        administrator.post("/registry/accounts", body | {"by_email": True}, expect=409)
        administrator.post("/registry/accounts", body)

    def test_one_administrator_has_so_many_sent_in_an_hour(self, world, administrator, monkeypatch):
        monkeypatch.setattr("services.registry.use_cases.link_mail.MOST_AN_HOUR", 2)
        body = {"name": "X", "role": "evaluator", "by_email": True}
        for number in range(2):
            invite(administrator, f"{number}@example.org", by_email=True)
        administrator.post("/registry/accounts", body | {"email": "3@example.org"}, expect=409)

        invite(world.caller(Role.ADMINISTRATOR), "4@example.org", by_email=True)
        world.clock.advance(minutes=61)
        administrator.post("/registry/accounts", body | {"email": "3@example.org"})


def _stop(*_args, **_kwargs):
    raise KeyboardInterrupt
