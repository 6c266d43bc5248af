"""E-mails that say that something waits: to whom, when, in which language; once, and about nobody."""

import re

import pytest
from sqlalchemy import select

from services.registry.domain.codes import MailWhen, NoticeKind
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Mail, Notice, Wish
from services.registry.use_cases.forgetting import forget_what_is_over
from services.registry.use_cases.mail import send_mail, write_mail
from services.registry.use_cases.mail_words import KINDS
from services.registry.worker import lapse
from shared.actor import Role
from shared.mail import MailServer
from shared.mailing import MOST_ATTEMPTS
from shared.messaging.events import Event
from tests.builders.standing_in import a_colleague, account_of, an_account, caller_now, sign_in


@pytest.fixture
def organisation(programme, world):
    """A care worker, a colleague, one of another organisation, and one whose account is closed."""
    account_of(world, programme.care_worker, email="noor@example.org")
    theirs = {"organisation_id": programme.organisation_id}
    an_account(world, Role.CARE_WORKER, email="colleague@example.org", **theirs)
    an_account(world, Role.CARE_WORKER, email="elsewhere@example.org", organisation_id=programme.shed_id)
    an_account(world, Role.CARE_WORKER, email="gone@example.org", state=AccountState.CLOSED, **theirs)
    return programme


def name_cover(caller, stand_in, key=None, **values):
    """Somebody stands in today; gives the place of the cover."""
    body = {"stand_in_account_id": str(stand_in), "until_day": caller.world.clock.today().isoformat()}
    headers = {"Idempotency_Key": key} if key else {}
    return f"/registry/covers/{caller.post('/registry/covers', body | values, **headers).json['id']}"


def notices(world):
    with world.work("registry") as work:
        found = select(Account.email, Notice.kind).join(Notice, Notice.account_id == Account.id)
        return sorted((email, kind.value) for email, kind in work.session.execute(found))


def write(world, **later):
    """Write what is due, some time later; what was written, by whom it is to."""
    world.clock.advance(**later or {"minutes": 2})
    with world.work("registry") as work:
        write_mail(work)
    with world.work("registry") as work:
        found = select(Account.email, Mail.subject, Mail.text).join(Mail, Mail.account_id == Account.id)
        return sorted(tuple(row) for row in work.session.execute(found))


def wish(world, email, **values):
    with world.work("registry") as work:
        account = work.session.scalars(select(Account).where(Account.email == email)).one()
        work.session.merge(Wish(account_id=account.id, **({"mail_when": MailWhen.AT_ONCE} | values)))


def write_in_english(world):
    for email in ("noor@example.org", "colleague@example.org", "karim@example.org"):
        wish(world, email, language="en")
    return write(world)


def send(world, server):
    return send_mail(world.programme.registry, server)


class TestWhoIsTold:
    def test_of_a_new_referral_the_care_workers_of_its_organisation_and_nobody_else(
        self, organisation, world
    ):
        organisation.a_referral()
        world.deliver()

        assert notices(world) == [
            ("colleague@example.org", "referral_came"),
            ("noor@example.org", "referral_came"),
        ]

    def test_of_a_question_the_other_side_and_of_its_answer_the_one_that_asked(self, organisation, world):
        account_of(world, organisation.ambassador, email="karim@example.org")
        place = organisation.a_referral("received")
        world.deliver()
        asked = organisation.care_worker.post(f"{place}/questions", {"question": "When?"}).json
        world.deliver()
        organisation.ambassador.act(f"/referrals/questions/{asked['id']}/answer", {"answer": "Mornings."})
        world.deliver()

        assert ("karim@example.org", "question_came") in notices(world)
        assert ("noor@example.org", "question_answered") in notices(world)
        assert ("noor@example.org", "question_came") not in notices(world)

    @pytest.mark.parametrize(
        ("state", "kind"),
        [
            ("accepted", "referral_answered"),
            ("declined", "referral_answered"),
            ("completed", "referral_ended"),
        ],
    )
    def test_of_an_answer_and_an_end_who_sent_it(self, organisation, world, state, kind):
        account_of(world, organisation.ambassador, email="karim@example.org")
        organisation.a_referral(state)
        world.deliver()

        assert ("karim@example.org", kind) in notices(world)

    def test_of_a_reminder_whoever_is_reminded(self, organisation, world):
        account_of(world, organisation.ambassador, email="karim@example.org")
        late, draft = organisation.a_referral(), organisation.a_referral("draft")
        world.deliver()
        world.clock.advance(days=13)
        organisation.coordinator.post(f"{late}/remind", expect=200)
        world.deliver()

        reminded = [email for email, kind in notices(world) if kind == "reminded"]
        assert reminded == ["colleague@example.org", "noor@example.org"]

        organisation.coordinator.post(f"{draft}/remind", expect=200)
        world.deliver()
        assert ("karim@example.org", "reminded") in notices(world)
        texts = {email: text for email, _, text in write_in_english(world)}
        assert "You are reminded of one referral" in texts["karim@example.org"]

    def test_of_a_not_yet_to_readiness_the_mentor_and_not_why(self, programme, world):
        account_of(world, programme.mentor, email="karim@example.org")
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness")
        programme.mentor.act(f"{place}/take_back_readiness")
        programme.mentor.act(f"{place}/propose_readiness")
        programme.coordinator.act(f"{place}/decline_readiness", {"why": "He has no papers."})
        world.deliver()

        assert ("karim@example.org", "readiness_declined") in notices(world)
        wish(world, "karim@example.org", language="en")
        (text,) = [text for email, _, text in write(world) if email == "karim@example.org"]
        assert "One of your mentees is not ready for work yet, says a second person." in text
        assert "papers" not in text

    def test_of_readiness_that_was_proposed_the_coordinators_of_his_partner(self, programme, world):
        account_of(world, programme.coordinator, email="els@example.org")
        place = programme.a_pathway("preparing")
        programme.complete_steps(place)
        programme.mentor.act(f"{place}/propose_readiness")
        world.deliver()

        assert ("els@example.org", "readiness_proposed") in notices(world)

    def test_of_a_cover_who_is_to_stand_in_and_not_who_named_him(self, programme, world):
        account_of(world, programme.ambassador, email="karim@example.org")
        colleague = a_colleague(programme, Role.AMBASSADOR, email="colleague@example.org")
        name_cover(programme.ambassador, colleague)

        assert notices(world) == [("colleague@example.org", "cover_named")]
        wish(world, "colleague@example.org", language="en")
        ((email, _, text),) = write(world)
        assert email == "colleague@example.org"
        assert "You are named to stand in for a colleague." in text
        assert "Somebody" not in text  # which is what the absent one is called

    def test_of_a_cover_that_a_coordinator_names_the_absent_one_too(self, programme, world):
        absent = account_of(world, programme.mentor, email="absent@example.org")
        wish(world, "absent@example.org", language="en")
        colleague = a_colleague(programme, Role.MENTOR, email="colleague@example.org")
        name_cover(programme.coordinator, colleague, absent_account_id=str(absent))

        assert notices(world) == [("absent@example.org", "covered"), ("colleague@example.org", "cover_named")]
        assert any("A stand-in is named for you." in text for _, _, text in write(world))

    def test_of_the_end_of_a_cover_everybody_in_it_but_who_ended_it(self, programme, world):
        absent = account_of(world, programme.mentor, email="absent@example.org")
        account_of(world, programme.coordinator, email="els@example.org")
        colleague = a_colleague(programme, Role.MENTOR, email="colleague@example.org")
        stand_in = caller_now(world, sign_in(world, colleague))
        for ends, told in (
            (programme.coordinator, ["absent@example.org", "colleague@example.org"]),
            (stand_in, ["absent@example.org", "els@example.org"]),
            (programme.mentor, ["colleague@example.org", "els@example.org"]),
        ):
            place = name_cover(programme.coordinator, colleague, absent_account_id=str(absent))
            before = notices(world)
            ends.post(f"{place}/end", expect=200)

            assert [one for one in notices(world) if one[1] == "cover_ended"] == sorted(
                [one for one in before if one[1] == "cover_ended"] + [(one, "cover_ended") for one in told]
            )

    def test_of_a_cover_whose_last_day_is_over_nobody(self, programme, world):
        account_of(world, programme.ambassador)
        colleague = a_colleague(programme, Role.AMBASSADOR, email="colleague@example.org")
        name_cover(programme.ambassador, colleague)
        world.clock.advance(days=1)
        lapse(world.programme.registry)

        assert notices(world) == [("colleague@example.org", "cover_named")]

    def test_of_a_cover_that_is_named_twice_with_one_key_once(self, programme, world):
        account_of(world, programme.ambassador)
        colleague = a_colleague(programme, Role.AMBASSADOR, email="colleague@example.org")
        for _ in range(2):
            name_cover(programme.ambassador, colleague, key="once")

        assert notices(world) == [("colleague@example.org", "cover_named")]

    def test_of_what_is_long_past_nobody(self, organisation, world):
        organisation.a_referral()
        world.clock.advance(days=3)
        world.deliver()

        assert notices(world) == []

    def test_of_an_event_that_comes_twice_once(self, organisation, world):
        organisation.a_referral()
        world.deliver()
        consumer = world.consumer("registry", "referrals")
        batch = world.programme.feeds()["referrals"].read(0, 200)
        with world.work("registry") as work:
            for event in map(Event.parse, batch.documents):
                if event.name == "referral.requested":
                    consumer._handle(work, consumer._handler(event), event)

        assert len(notices(world)) == 2


class TestWhatIsWritten:
    def test_all_that_waits_is_one_email_which_names_nobody(self, organisation, world):
        first, second = organisation.a_referral(), organisation.a_referral()
        world.deliver()

        written = write(world)

        assert [email for email, _, _ in written] == ["colleague@example.org", "noor@example.org"]
        assert "2 " in written[0][2]
        for _, subject, text in written:
            assert not re.search(r"[0-9a-f]{8}-", subject + text)
            assert first.rpartition("/")[2] not in text
            assert second.rpartition("/")[2] not in text
        assert write(world) == written

    def test_it_is_in_the_language_that_he_chose(self, organisation, world):
        wish(world, "noor@example.org", language="en")
        wish(world, "colleague@example.org", language="fr")
        organisation.a_referral()
        world.deliver()

        texts = {email: text for email, _, text in write(world)}

        assert "One referral came to your organisation." in texts["noor@example.org"]
        assert "One referral came" not in texts["colleague@example.org"]

    def test_who_wants_it_daily_gets_it_the_next_morning_and_who_never_wants_it_never(
        self, organisation, world
    ):
        wish(world, "noor@example.org", mail_when=MailWhen.DAILY)
        wish(world, "colleague@example.org", mail_when=MailWhen.NEVER)
        organisation.a_referral()
        world.deliver()

        assert write(world) == []
        assert write(world, hours=20) == []  # 05:02 in Amsterdam
        assert [email for email, _, _ in write(world, hours=2)] == ["noor@example.org"]

    def test_news_waits_a_breath_for_more(self, organisation, world):
        organisation.a_referral()
        world.deliver()

        assert write(world, seconds=30) == []
        assert len(write(world, seconds=40)) == 2

    def test_every_kind_has_its_words_in_every_language(self):
        assert set(KINDS) == set(NoticeKind)


class TestSending:
    @pytest.fixture
    def written(self, organisation, world):
        wish(world, "colleague@example.org", mail_when=MailWhen.NEVER)
        organisation.a_referral()
        world.deliver()
        write(world)

    def test_it_is_handed_in_once(self, written, world, server, postbox):
        assert [send(world, server), send(world, server)] == [1, 0]

        ((to, content),) = postbox.taken
        assert to == "noor@example.org"
        assert "Auto-Submitted: auto-generated" in content
        assert re.search(r"^Message-ID: <[0-9a-f-]{36}@example.org>", content, re.MULTILINE)

    def test_who_stops_between_sending_and_noting_sends_the_same_one_again(
        self, written, world, server, postbox, monkeypatch
    ):
        with monkeypatch.context() as broken:
            broken.setattr("shared.mailing._note", _stop)
            with pytest.raises(KeyboardInterrupt):
                send(world, server)
        assert send(world, server) == 0
        world.clock.advance(minutes=6)
        assert send(world, server) == 1

        identities = [re.search(r"Message-ID: (\S+)", content)[1] for _, content in postbox.taken]
        assert len(identities) == 2
        assert len(set(identities)) == 1

    def test_a_server_that_asks_to_wait_is_asked_again_and_later_each_time(
        self, written, world, server, postbox
    ):
        postbox.says = "451 later"
        assert send(world, server) == 1
        assert send(world, server) == 0
        world.clock.advance(minutes=6)
        assert send(world, server) == 1
        world.clock.advance(minutes=4)
        assert send(world, server) == 0
        postbox.says = "250 taken"
        world.clock.advance(minutes=10)
        assert send(world, server) == 1
        assert len(postbox.taken) == 1

    def test_one_that_is_refused_for_good_is_given_up_and_stands_in_nobodys_way(
        self, written, world, server, postbox
    ):
        postbox.says = "550 nobody here"
        send(world, server)
        world.clock.advance(days=1)

        assert send(world, server) == 0
        with world.work("registry") as work:
            assert work.session.scalars(select(Mail)).one().given_up_at is not None

    def test_a_server_that_is_not_there_is_tried_so_many_times_and_no_more(self, written, world):
        nowhere = MailServer.at("smtp://127.0.0.1:9", "sbs@example.org")
        tried = 0
        while send(world, nowhere):
            tried += 1
            world.clock.advance(days=4)

        assert tried == MOST_ATTEMPTS

    def test_what_is_old_is_forgotten(self, written, world, server):
        send(world, server)
        world.clock.advance(days=31)
        with world.work("registry") as work:
            forget_what_is_over(work)
        with world.work("registry") as work:
            assert work.session.scalars(select(Notice)).all() == []
            assert work.session.scalars(select(Mail)).all() == []


def _stop(*_args, **_kwargs):
    raise KeyboardInterrupt


class TestTheServer:
    @pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example.org", "smtp:587"])
    def test_what_is_none_is_refused(self, url):
        with pytest.raises(ValueError, match="smtp"):
            MailServer.at(url, "sbs@example.org")

    def test_its_password_is_told_to_nobody(self):
        server = MailServer.at("smtps://sbs:s%40crat@mail.example.org", "sbs@example.org")

        assert (server.port, server.user, server.password) == (465, "sbs", "s@crat")
        assert "s@crat" not in repr(server)
