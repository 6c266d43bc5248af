"""The administrator's pages of accounts: inviting by name, the link that is shown once, changing and closing."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.registry.models import Account, Link
from services.registry.settings import OpenId
from shared.actor import Role
from shared.openid.provider import Registration
from tests.builders.accounts import ANOTHER, Holder, an_account, use
from tests.builders.people import a_mentor
from tests.builders.standing_in import account_of
from tests.web.visiting import anybody, people, visiting, visitor

pytestmark = pytest.mark.only_on("sqlite-feed")

ACCOUNTS = "/registry/pages/accounts"
INVITE = f"{ACCOUNTS}/invite"
MARKUP = '<b>Noor</b> "de" Wit %s'
NOBODY = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def anna(programme):
    """The administrator at her browser."""
    return visiting(programme.administrator)


def fill(somebody, who, expect=200, **typed):
    form = somebody.get(f"{INVITE}/{who}").form(f"/invite/{who}")
    by_hand = {"name": "Noor", "email": "noor@example.org", "by_email": "false"}
    return somebody.press(form, expect, **by_hand | typed)


def link_on(seen):
    """The link as it stands on the page, to be copied."""
    (given,) = [word for word in seen.words.split() if "/registry/pages/link/" in word]
    return given


def secret_on(seen):
    return link_on(seen).rpartition("/")[2]


def the_accounts(programme, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return programme.administrator.get(f"/registry/accounts?limit=200&{asked}").json["items"]


def called(programme, email="noor@example.org"):
    (found,) = [one for one in the_accounts(programme) if one["email"] == email]
    return found


# ---- the list


class TestTheList:
    def test_it_says_who_speaks_for_whom_by_name_and_no_identifier(self, programme, anna):
        programme.administrator.post(
            "/registry/accounts",
            {
                "email": "a@example.org",
                "name": "Fatima",
                "role": "ambassador",
                "ambassador_id": str(programme.ambassador_id),
            },
        )
        programme.administrator.post(
            "/registry/accounts",
            {
                "email": "b@example.org",
                "name": "Sanne",
                "role": "care_worker",
                "organisation_id": str(programme.organisation_id),
            },
        )
        seen = anna.get(ACCOUNTS)

        assert "Fatima" in seen.words
        assert "Centrum" in seen.words
        assert "Invited" in seen.words
        assert str(programme.organisation_id) not in seen.text
        assert str(programme.ambassador_id) not in seen.text

    def test_it_is_of_one_role_and_state_where_that_is_asked(self, programme, world, anna):
        an_account(world, "evaluator", "noor@example.org")
        programme.administrator.post(
            "/registry/accounts", {"email": "x@example.org", "name": "Evert", "role": "evaluator"}
        )
        form = anna.get(ACCOUNTS).form("/accounts")
        assert dict(form.fields) == {"role": "", "state": ""}

        seen = anna.get(f"{ACCOUNTS}?role=evaluator&state=invited")

        assert "Evert" in seen.words
        assert "Noor de Wit" not in seen.words
        assert dict(seen.form("/accounts").fields) == {"role": "evaluator", "state": "invited"}
        assert "There is no such account." in anna.get(f"{ACCOUNTS}?role=mentor&state=closed").words

    @pytest.mark.parametrize("query", ["role=king", "state=%3Cb%3E", "role=&state=", "x=y"])
    def test_what_is_no_role_or_state_asks_for_all(self, anna, query):
        assert "Administrator" in anna.get(f"{ACCOUNTS}?{query}").words

    def test_it_goes_on_with_what_was_asked_for(self, programme, anna):
        for number in range(27):
            body = {"email": f"e{number}@example.org", "name": f"Evaluator {number}.", "role": "evaluator"}
            programme.administrator.post("/registry/accounts", body)
        first = anna.get(f"{ACCOUNTS}?role=evaluator")
        (more,) = [link for link in first.links if "cursor=" in link]

        assert "role=evaluator" in more
        second = anna.get(more)
        assert "Evaluator 0." in second.words
        assert "Evaluator 0." not in first.words
        assert not [link for link in second.links if "cursor=" in link]

    def test_a_service_that_does_not_answer_takes_only_the_names_with_it(self, programme, anna, monkeypatch):
        programme.administrator.post(
            "/registry/accounts",
            {
                "email": "m@example.org",
                "name": "Kees",
                "role": "mentor",
                "mentor_id": str(programme.mentor_id),
            },
        )
        assert "Kees M." in anna.get(ACCOUNTS).words
        monkeypatch.setattr("services.mentoring.queries.lists.visible.mentors_by_name", None)

        seen = anna.get(ACCOUNTS)

        assert "Kees" in seen.words
        assert "Kees M." not in seen.words

    def test_where_all_come_by_the_provider_nobody_is_invited(self, programme, world, anna):
        assert INVITE in anna.get(ACCOUNTS).links
        registry, before = world.programme.registry, world.programme.registry.settings
        provider = OpenId(
            Registration("https://id.example", "sbs", "s", "https://x/y"), None, frozenset(), True
        )
        registry.settings = replace(before, openid=provider)
        try:
            seen = programme.administrator.get(ACCOUNTS).text
        finally:
            registry.settings = before

        assert "Accounts" in seen
        assert INVITE not in seen


# ---- inviting


class TestInviting:
    @pytest.mark.parametrize("role", ["ambassador", "care_worker", "mentor", "coordinator", "evaluator"])
    def test_from_the_list_to_somebody_who_has_come_in(self, programme, world, anna, role):
        """Pressing through, as the administrator and as whoever is invited; nobody types an identifier."""
        roles = anna.get(INVITE)
        (place,) = [one for one in roles.links if one.endswith(f"/invite/{role.replace('_', '-')}")]
        form = anna.get(place).forms[0]
        relation = [name for name, _ in form.fields if name.endswith("_id")]
        whom = {
            "ambassador": ("ambassador_id", programme.ambassador_id),
            "care_worker": ("organisation_id", programme.organisation_id),
            "mentor": ("mentor_id", programme.mentor_id),
            "coordinator": ("partner_id", programme.partner_id),
        }.get(role)
        chosen = {whom[0]: str(whom[1])} if whom else {}
        assert set(relation) <= set(chosen)

        seen = anna.press(form, 200, name="Noor", email="noor@example.org", by_email="false", **chosen)

        assert seen.headers["Cache-Control"] == "no-store"
        assert "It is shown this once." in seen.words
        assert "It works until" in seen.words
        account = called(programme)
        assert (account["role"], account["state"]) == (role, "invited")
        assert {name: account[name] for name in chosen} == chosen
        use(world, {"link": link_on(seen)})
        assert called(programme)["state"] == "active"

    def test_the_link_is_never_shown_again(self, programme, anna):
        secret = secret_on(fill(anna, "evaluator"))

        for path in (ACCOUNTS, f"{ACCOUNTS}/{called(programme)['id']}", f"{INVITE}/evaluator"):
            assert secret not in anna.get(path).text

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 5000}, "name"),
            ({"email": ""}, "email"),
            ({"email": "no address"}, "email"),
            ({"email": "x" * 300 + "@example.org"}, "email"),
            ({"email": '<b>"@example.org'}, "email"),
            ({"email": "a\r\nb@example.org"}, "email"),
            ({"organisation_id": ""}, "organisation_id"),
            ({"organisation_id": "x"}, "organisation_id"),
            ({"organisation_id": "<b>"}, "organisation_id"),
        ],
        ids=str,
    )
    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
        self, programme, anna, typed, field
    ):
        before = len(the_accounts(programme))
        right = {"organisation_id": str(programme.organisation_id), "name": MARKUP}

        seen = fill(anna, "care-worker", 422, **right | typed)

        assert seen.errors == [field]
        kept = dict(seen.form("/care-worker").fields)
        assert kept["name"] == (right | typed)["name"]
        assert "b" not in seen.tags
        assert "/registry/pages/link/" not in seen.text
        assert len(the_accounts(programme)) == before

    def test_an_empty_form_names_all_that_is_missing(self, anna):
        seen = fill(anna, "ambassador", 422, name="", email="", ambassador_id="")

        assert sorted(seen.errors) == ["email", "name"]
        assert fill(anna, "ambassador", 422, ambassador_id="").errors == ["ambassador_id"]

    @pytest.mark.parametrize(
        ("role", "relation"), [("ambassador", "ambassador_id"), ("coordinator", "partner_id")]
    )
    def test_whom_there_is_not_he_does_not_speak_for(self, programme, anna, role, relation):
        """Nor does an ambassador speak for a mentor, whose identifier somebody put there."""
        for identity in (NOBODY, str(programme.mentor_id)):
            assert fill(anna, role, 422, **{relation: identity}).errors == [relation]

    def test_what_the_form_does_not_ask_is_not_taken(self, programme, anna):
        """A role or another relation that is put into it changes nothing."""
        fill(anna, "evaluator", role="administrator", partner_id=str(programme.partner_id))

        account = called(programme)
        assert (account["role"], account["partner_id"]) == ("evaluator", None)

    def test_pressed_twice_there_is_one_account_and_the_link_of_the_first_works(self, programme, world, anna):
        form = anna.get(f"{INVITE}/evaluator").form("/evaluator")
        typed = {"name": "Noor", "email": "noor@example.org", "by_email": "false"}
        first = anna.press(form, 200, **typed)

        again = anna.press(form, 409, **typed)

        assert "There is an account with this e-mail address already." in again.words
        assert dict(again.form("/evaluator").fields)["email"] == "noor@example.org"
        called(programme)
        use(world, {"link": link_on(first)})

    def test_who_has_an_account_is_marked_and_who_left_is_not_there(self, programme, anna):
        add = {"name": "Bilal R.", "shed_id": str(programme.shed_id)}
        gone = programme.coordinator.post("/registry/ambassadors", add).json["id"]
        assert "Bilal R." in anna.get(f"{INVITE}/ambassador").words
        programme.coordinator.act(f"/registry/ambassadors/{gone}/leave")
        fill(anna, "ambassador", ambassador_id=str(programme.ambassador_id))

        seen = anna.get(f"{INVITE}/ambassador").words

        assert "Bilal R." not in seen
        assert "has an account" in seen

    def test_two_of_one_name_are_told_apart_by_where_they_are(self, programme, world, anna):
        shed = {"name": "De Loods", "country": "NL", "municipality": "Delft", "neighbourhood": "Noord"}
        shed_id = programme.coordinator.post("/registry/sheds", shed | {"focus": "crafts"}).json["id"]
        programme.coordinator.post("/registry/ambassadors", {"name": "Mehmet D.", "shed_id": shed_id})
        a_mentor(world, programme.coordinator, name="Kees M.", municipality="Delft")

        ambassadors, mentors = (anna.get(f"{INVITE}/{role}").words for role in ("ambassador", "mentor"))

        assert "Mehmet D. (De Loods, De Mussen)" in ambassadors
        assert "Mehmet D. (Shed of De Mussen, De Mussen)" in ambassadors
        assert "Kees M. (Delft, De Mussen)" in mentors
        assert "Kees M. (Den Haag, De Mussen)" in mentors

    def test_a_mentor_who_left_is_not_there(self, programme, world, anna):
        gone = a_mentor(world, programme.coordinator, name="Luc F.")
        assert "Luc F." in anna.get(f"{INVITE}/mentor").words
        today = world.clock.today().isoformat()
        programme.coordinator.patch(f"/mentoring/mentors/{gone}", {"left_on": today})

        assert "Luc F." not in anna.get(f"{INVITE}/mentor").words

    def test_where_there_is_nobody_to_speak_for_it_says_so_and_has_no_button(self, world):
        admin = visitor(world, account_of(world, world.caller(Role.ADMINISTRATOR)))
        seen = admin.get(f"{INVITE}/mentor")

        assert "There is nobody whom an account in this role could speak for yet." in seen.words
        assert "Make the link" not in seen.words
        assert "email" not in dict(seen.form("/invite/mentor").fields)

    def test_markup_in_a_name_is_shown_as_it_is(self, programme, anna):
        programme.administrator.post("/registry/partners", {"name": MARKUP, "country": "NL"})
        seen = fill(anna, "evaluator", name=MARKUP)
        shown = [seen, anna.get(f"{INVITE}/coordinator"), anna.get(ACCOUNTS)]
        shown.append(anna.get(f"{ACCOUNTS}/{called(programme)['id']}"))

        for page in shown:
            assert MARKUP in page.words
            assert "b" not in page.tags


# ---- one account


class TestOneAccount:
    @pytest.fixture
    def noor(self, world, programme):
        return an_account(world, "ambassador", ambassador_id=str(programme.ambassador_id))

    def place(self, holder):
        return f"{ACCOUNTS}/{holder.id}"

    def test_it_says_whose_it_is_and_what_happened(self, anna, noor):
        seen = anna.get(self.place(noor))

        assert "Noor de Wit" in seen.words
        assert noor.email in seen.words
        assert "Ambassador" in seen.words
        assert "Came in for the first time" in seen.words
        assert f"{self.place(noor)}/reset" in seen.links
        assert f"{self.place(noor)}/invite-again" not in seen.links

    def test_who_was_invited_is_invited_again(self, programme, world, anna):
        first = secret_on(fill(anna, "evaluator"))
        place = f"{ACCOUNTS}/{called(programme)['id']}"
        assert f"{place}/reset" not in anna.get(place).links

        seen = anna.press(anna.get(f"{place}/invite-again").form("/invite-again"), 200, by_email="false")

        use(world, {"link": f"x/{first}"}, expect=404)
        use(world, {"link": link_on(seen)})

    def test_who_came_meanwhile_is_not(self, programme, world, anna):
        given = fill(anna, "evaluator")
        place = f"{ACCOUNTS}/{called(programme)['id']}"
        form = anna.get(f"{place}/invite-again").form("/invite-again")
        use(world, {"link": link_on(given)})

        seen = anna.press(form, 409, by_email="false")

        assert "It is not done" in seen.words
        assert "/registry/pages/link/" not in seen.text

    def test_a_new_link_leaves_the_second_factor(self, world, anna, noor):
        noor.set_up_totp()
        seen = self.reset(anna, noor, "false")
        use(world, {"link": link_on(seen)}, ANOTHER)

        noor.password = ANOTHER
        noor.try_to_sign_in(expect=401)
        noor.sign_in()

    def test_or_clears_it_where_that_is_said(self, world, anna, noor):
        noor.set_up_totp()
        seen = self.reset(anna, noor, "true")
        use(world, {"link": link_on(seen)}, ANOTHER)

        Holder(world, noor.id, noor.email, ANOTHER).sign_in()

    def reset(self, anna, noor, clears, expect=200):
        form = anna.get(f"{self.place(noor)}/reset").form("/reset")
        assert dict(form.fields)["clear_second_factors"] == "false"
        return anna.press(form, expect, clear_second_factors=clears, by_email="false")

    @pytest.mark.parametrize("clears", ["perhaps", "<b>", "x" * 5000])
    def test_what_is_neither_yes_nor_no_makes_no_link(self, world, anna, noor, clears):
        assert self.reset(anna, noor, clears, 422).errors == ["clear_second_factors"]
        with world.work("registry") as work:
            assert all(link.ended_at for link in work.session.query(Link).all())
        noor.sign_in()

    def test_until_the_link_is_used_nothing_changes(self, anna, noor):
        self.reset(anna, noor, "true")

        noor.sign_in()

    def test_pressed_twice_the_last_link_works(self, world, anna, noor):
        first, second = (secret_on(self.reset(anna, noor, "false")) for _ in range(2))

        use(world, {"link": f"x/{first}"}, ANOTHER, expect=404)
        use(world, {"link": f"x/{second}"}, ANOTHER)

    def test_a_name_and_whom_he_speaks_for_are_changed(self, programme, anna, noor):
        add = {"name": "Bilal R.", "shed_id": str(programme.shed_id)}
        other = programme.coordinator.post("/registry/ambassadors", add).json["id"]
        form = anna.get(f"{self.place(noor)}/change").form("/change")
        assert dict(form.fields)["name"] == "Noor de Wit"
        assert dict(form.fields)["ambassador_id"] == str(programme.ambassador_id)

        seen = anna.press(form, name=MARKUP, ambassador_id=other)

        assert (seen.location, seen.said) == (self.place(noor), "change_account")
        page = anna.follow(seen)
        assert "The account is changed." in page.words
        assert MARKUP in page.words
        assert "Bilal R." in page.words
        assert "b" not in page.tags

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"name": "x" * 5000}, "name"), ({"ambassador_id": NOBODY}, "ambassador_id")],
        ids=["too long", "nobody"],
    )
    def test_what_is_wrong_with_it_changes_nothing(self, anna, noor, typed, field):
        form = anna.get(f"{self.place(noor)}/change").form("/change")

        seen = anna.press(form, 422, **typed)

        assert seen.errors == [field]
        assert "Noor de Wit" in anna.get(self.place(noor)).words

    def test_changed_meanwhile_it_is_asked_again_with_what_was_typed(self, programme, anna, noor):
        form = anna.get(f"{self.place(noor)}/change").form("/change")
        programme.administrator.patch(f"/registry/accounts/{noor.id}", {"name": "Noortje"})

        seen = anna.press(form, 412, name="Noor W.")

        assert "Somebody changed this while you were looking." in seen.words
        assert dict(seen.form("/change").fields)["name"] == "Noor W."
        assert "Noortje" in anna.get(self.place(noor)).words

    def test_closing_asks_first_and_then_ends_every_sign_in(self, world, anna, noor):
        somebody = visitor(world, UUID(noor.id))
        somebody.get("/registry/pages/me")
        asked = anna.get(f"{self.place(noor)}/close")
        assert "for good" in asked.words

        seen = anna.press(asked.form("/close"))

        assert (seen.location, seen.said) == (self.place(noor), "close_account")
        page = anna.follow(seen)
        assert "The account was closed, by you" in page.words
        assert not [link for link in page.links if link.startswith(f"{self.place(noor)}/")]
        somebody.get("/registry/pages/me", 303)
        noor.try_to_sign_in(expect=401)

    def test_pressed_twice_it_is_closed_once(self, programme, anna, noor):
        form = anna.get(f"{self.place(noor)}/close").form("/close")

        assert [anna.press(form).said for _ in range(2)] == ["close_account"] * 2
        steps = programme.administrator.get(f"/registry/accounts/{noor.id}/history").json["items"]
        assert [step["action"] for step in steps].count("close") == 1

    def test_what_is_closed_is_not_closed_changed_or_given_a_link(self, programme, anna, noor):
        forms = [anna.get(f"{self.place(noor)}/{what}").forms[0] for what in ("close", "change", "reset")]
        programme.administrator.act(f"/registry/accounts/{noor.id}/close")

        for form in forms:
            seen = anna.press(form, None)
            assert seen.status in (409, 412)
            assert "It is not done" in seen.words
            assert "/registry/pages/link/" not in seen.text

    def test_nobody_closes_his_own_or_gives_himself_a_link(self, programme, anna):
        place = f"{ACCOUNTS}/{programme.administrator.actor.id}"
        seen = anna.get(place)

        assert "This is your own account." in seen.words
        assert not {f"{place}/close", f"{place}/reset"} & set(seen.links)
        for what in ("close", "reset"):
            anna.press(anna.get(f"{place}/{what}").forms[0], 403)
        assert anna.get(place).status == 200

    @pytest.mark.parametrize("what", ["", "/reset", "/change", "/close", "/invite-again"])
    @pytest.mark.parametrize("who", [NOBODY, "x", "%3Cb%3E"])
    def test_one_that_there_is_not_has_no_page(self, anna, what, who):
        anna.get(f"{ACCOUNTS}/{who}{what}", 404)

    def test_one_that_the_provider_keeps_has_no_link(self, world, anna, noor):
        with world.work("registry") as work:
            work.session.get_one(Account, UUID(noor.id)).email = None
        seen = anna.get(self.place(noor))

        assert "the OpenID provider" in seen.words
        assert f"{self.place(noor)}/reset" not in seen.links


# ---- who may not


def test_nobody_else_comes_there_or_does_anything(programme, world):
    everybody = people(programme)
    fill(everybody[Role.ADMINISTRATOR], "evaluator", email="evert@example.org")
    place = f"{ACCOUNTS}/{called(programme, 'evert@example.org')['id']}"
    pages = [ACCOUNTS, INVITE, f"{INVITE}/evaluator", place, f"{place}/close", f"{place}/invite-again"]
    for role, somebody in everybody.items():
        if role is not Role.ADMINISTRATOR:
            for path in pages:
                somebody.get(path, 404)
            somebody.post(f"{place}/close", {}, 404)
            seen = somebody.post(f"{INVITE}/evaluator", {"name": "X", "email": "x@example.org"}, 404)
            assert "/registry/pages/link/" not in seen.text
    anybody(world).get(place, 303)
    assert called(programme, "evert@example.org")["state"] == "invited"
    assert not [one for one in the_accounts(programme) if one["email"] == "x@example.org"]


def test_no_log_line_holds_the_link_or_whose_it_is(programme, anna, capfd):
    seen = fill(anna, "evaluator", name="Kanarie", email="kanarie@example.org")
    fill(anna, "evaluator", 409, name="Kanarie", email="kanarie@example.org")

    said = "".join(capfd.readouterr())
    assert "invite" in said
    assert secret_on(seen) not in said
    assert "anarie" not in said


def test_the_pages_are_in_every_language(programme, anna):
    for language, title in (("nl", "Wie nodigt u uit?"), ("fr", "Qui invitez-vous ?")):
        anna.post("/registry/pages/language", {"language": language, "next": INVITE})
        assert title in anna.get(INVITE).words
