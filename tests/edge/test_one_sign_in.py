"""One sign-in for three services, whichever way they are reached; nothing else gets anybody in."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Shedder, SignIn
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.http.headers import headers_of
from tests.audit import newest, records
from tests.edge import credentials
from tests.edge.people import PLACES, a_coordinator_signed_in
from tests.edge.ways import HOST, ask

OURS = ("Sec-Fetch-Site", "same-origin")


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def change(world, model, which, **values):
    with world.work("registry") as work:
        work.session.execute(update(model).where(model.id == which).values(**values))


class TestTheCookie:
    def test_it_signs_in_to_all_three_services(self, person):
        assert person.statuses() == [200] * 3

    def test_without_it_nobody_is_let_in(self, way, programme):
        assert [ask(way, "GET", place).status for place in PLACES] == [401] * 3

    @pytest.mark.parametrize("bad", ["", "x", "{}x", "x{}", "{} {}", '"', "%00", "\x80\xff"])
    def test_a_tampered_one_is_refused_and_that_is_on_record(self, world, person, bad):
        person.secret = bad.replace("{}", person.secret)
        before = newest(world)

        assert person.statuses() == [401] * 3
        said = [(one.operation, one.status) for one in records(world, after=before)]
        assert said == ([("list_sheds", 401)] if bad else [])

    def test_it_is_worth_nothing_once_its_sign_in_has_ended(self, world, person):
        assert person.statuses() == [200] * 3
        with world.work("registry") as work:
            end_sign_ins(work.session, person.account_id, work.now)

        assert person.statuses() == [401] * 3

    def test_ending_one_sign_in_leaves_the_other(self, world, programme, way, person):
        other = a_coordinator_signed_in(programme, way)
        change(world, SignIn, person.sign_in_id, ended_at=world.clock.now())

        assert (person.statuses(), other.statuses()) == ([401] * 3, [200] * 3)

    @pytest.mark.parametrize("state", [AccountState.CLOSED, AccountState.INVITED])
    def test_it_is_worth_nothing_when_the_account_is_not_in_use(self, world, person, state):
        change(world, Account, person.account_id, state=state)

        assert person.statuses() == [401] * 3

    def test_it_lapses_when_it_is_not_used(self, world, person):
        world.clock.advance(minutes=30)

        assert person.statuses() == [401] * 3

    def test_it_goes_on_while_it_is_used(self, world, person):
        for _ in range(4):
            world.clock.advance(minutes=28)
            assert person.statuses() == [200] * 3

    def test_it_ends_after_its_longest_time_however_much_it_is_used(self, world, person):
        for _ in range(25):
            world.clock.advance(minutes=28)
            assert person.statuses() == [200] * 3
        world.clock.advance(minutes=20)

        assert person.statuses() == [401] * 3

    def test_public_routes_do_not_mind_one_that_is_good_no_more(self, world, person):
        change(world, SignIn, person.sign_in_id, ended_at=world.clock.now())

        for place in ("livez", "readyz", "docs", "openapi.json"):
            assert person.get(f"/mentoring/{place}").status == 200

    def test_no_service_sees_it(self, way, person):
        person.statuses()
        person.get("/registry/livez", bearer(credentials.ANOTHER_KEY))
        person.get("/nowhere")

        assert len(way.seen) == 5
        assert all(person.secret not in value for seen in way.seen for value in seen.values())
        assert all("HTTP_COOKIE" not in seen for seen in way.seen)

    @pytest.mark.parametrize("beside", ["a=[1]", "a=\x80\xff", "=", ";;", 'a="', "sbs-8000", "sbs-80000=x"])
    def test_what_stands_beside_it_does_not_matter(self, way, person, beside):
        _, value = person.cookie

        assert ask(way, "GET", PLACES[0], ("Cookie", f"{beside}; {value}; {beside}")).status == 200

    def test_another_cookie_of_ours_reaches_the_registry(self, way, person):
        name, value = person.cookie
        ask(way, "GET", PLACES[0], (name, f"theirs=1; {value}; sbs-8000-openid=abc; also=2"))

        assert way.seen[-1]["HTTP_COOKIE"] == "sbs-8000-openid=abc"

    def test_being_used_is_written_down_once_a_minute(self, world, person):
        def seen_at():
            with world.work("registry") as work:
                return work.session.scalar(select(SignIn.seen_at).where(SignIn.id == person.sign_in_id))

        began = world.clock.now()
        world.clock.advance(seconds=59)
        person.statuses()
        assert seen_at() == began
        world.clock.advance(seconds=1)
        person.statuses()
        assert seen_at() == world.clock.now()


class TestTheToken:
    def test_it_says_who_and_by_which_sign_in_and_lasts_half_a_minute(self, world, way, person):
        person.statuses()
        token = way.seen[0]["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        claims = credentials.decoded(token)

        assert claims["sub"] == str(person.account_id)
        assert claims["sid"] == str(person.sign_in_id)
        assert claims["aud"] == ["registry", "referrals", "mentoring"]
        assert claims["exp"] - world.clock.now().timestamp() == 30

    def test_one_that_was_overheard_is_worth_nothing_after_its_half_minute(self, world, way, person):
        person.statuses()
        overheard = bearer(way.seen[0]["HTTP_AUTHORIZATION"].removeprefix("Bearer "))
        change(world, SignIn, person.sign_in_id, ended_at=world.clock.now())
        world.clock.advance(seconds=31)

        assert [ask(way, "GET", place, overheard).status for place in PLACES] == [401] * 3

    def test_no_answer_holds_it(self, way, person):
        answers = [person.get(place) for place in PLACES]

        for seen, answer in zip(way.seen, answers, strict=True):
            token = seen["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
            assert token not in f"{answer.headers}{answer.text}"

    @pytest.mark.parametrize("kind", credentials.BAD)
    def test_a_bad_one_is_refused_with_a_good_cookie_and_without(self, world, way, person, kind):
        bad = bearer(credentials.BAD[kind](world, person))

        assert [ask(way, "GET", place, bad).status for place in PLACES] == [401] * 3
        assert person.statuses(bad) == [401] * 3

    def test_one_for_one_service_is_refused_by_the_others(self, world, way, person):
        token = credentials.signed(credentials.claims(world, person, aud=["referrals"]))

        assert [ask(way, "GET", place, bearer(token)).status for place in PLACES] == [401, 200, 401]

    def test_a_good_one_of_a_client_is_passed_on_as_it_is(self, programme, way):
        token = programme.world.token(programme.coordinator.actor)

        assert [ask(way, "GET", place, bearer(token)).status for place in PLACES] == [200] * 3
        assert {seen["HTTP_AUTHORIZATION"] for seen in way.seen} == {f"Bearer {token}"}

    def test_who_brings_his_own_needs_no_page_of_ours(self, programme, way, person):
        token = programme.world.token(programme.coordinator.actor)
        body = {"known_as": "Yusuf E.", "shed_id": str(programme.shed_id)}

        assert ask(way, "POST", "/registry/shedders", bearer(token), body=body).status == 201


ORIGIN = f"http://{HOST}"
FROM_OURS = {
    "the browser says so": [OURS],
    "the browser says so, and the origin": [OURS, ("Origin", ORIGIN)],
    "an old browser says the origin": [("Origin", ORIGIN)],
}
FROM_ELSEWHERE = {
    "nobody says": [],
    "another site": [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://elsewhere.example")],
    "another site, without its origin": [("Sec-Fetch-Site", "cross-site")],
    "another port": [("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:8001")],
    "another port, an old browser": [("Origin", "http://127.0.0.1:8001")],
    "no port": [("Origin", "http://127.0.0.1")],
    "https": [("Origin", f"https://{HOST}")],
    "a name that begins the same": [("Origin", f"{ORIGIN}.elsewhere.example")],
    "a sandboxed frame": [("Origin", "null")],
    "an address that is none": [("Origin", "http://[")],
    "both, of which one is not ours": [("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN)],
    "the address bar": [("Sec-Fetch-Site", "none")],
}


def men(world):
    with world.work("registry") as work:
        return len(work.session.scalars(select(Shedder.id)).all())


class TestAskingForAChange:
    @pytest.fixture
    def body(self, programme):
        return {"known_as": "Yusuf E.", "shed_id": str(programme.shed_id)}

    @pytest.mark.parametrize("said", FROM_OURS)
    def test_a_page_of_ours_may(self, person, body, said):
        assert person.post("/registry/shedders", *FROM_OURS[said], body=body).status == 201

    @pytest.mark.parametrize("said", FROM_ELSEWHERE)
    def test_no_other_may_and_that_is_on_record(self, world, way, person, body, said):
        before, there = newest(world), men(world)
        answer = person.post("/registry/shedders", *FROM_ELSEWHERE[said], body=body)

        assert answer.status == 403
        assert answer.json["type"] == "urn:sbs:problem:cross-site"
        assert (men(world), way.seen) == (there, [])
        (record,) = records(world, after=before)
        assert (record.operation, record.status, record.reason) == ("exchange", 403, "cross-site")
        assert (record.actor_id, record.object_id) == (person.account_id, person.sign_in_id)
        assert record.remote_address == "127.0.0.1"

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post", "BREW"])
    def test_it_does_not_depend_on_the_method(self, way, person, method):
        ask(way, method, PLACES[1], person.cookie, FROM_ELSEWHERE["another site"][0])

        assert way.seen == []

    def test_any_page_may_lead_to_one_of_ours(self, person):
        assert person.statuses(*FROM_ELSEWHERE["another site"]) == [200] * 3

    def test_the_refusal_has_the_headers_of_every_answer(self, person):
        answer = person.post("/registry/shedders")

        assert answer.headers["Content-Type"] == "application/problem+json"
        for name, value in headers_of(ORIGIN).items():
            assert answer.headers[name] == value

    def test_one_whose_sign_in_has_ended_is_told_so(self, world, person):
        change(world, SignIn, person.sign_in_id, ended_at=world.clock.now() - timedelta(minutes=1))

        assert person.post("/registry/shedders").status == 401


class TestSmuggling:
    @pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "Authorization"])
    def test_a_forged_token_is_refused_however_its_header_is_written(self, world, person, name):
        forged = credentials.BAD["forged"](world, person)

        assert person.statuses((name, f"bearer {forged}")) == [401] * 3

    def test_a_forged_token_before_a_good_one_is_refused(self, programme, way, person):
        forged = bearer(credentials.BAD["forged"](programme.world, person))
        good = bearer(programme.world.token(programme.coordinator.actor))

        # nginx finds that no request has this header twice, before it asks anybody.
        assert set(person.statuses(forged, good)) <= {400, 401}

    @pytest.mark.parametrize(
        "name",
        [
            "X-SBS-Authorization",
            "x-sbs-authorization",
            "X_SBS_Authorization",
            "X-SBS-Edge-Secret",
            "X-SBS-Method",
            "X-SBS-URI",
            "X-SBS-Problem",
            "X-Forwarded-Host",
            "X-Forwarded-Prefix",
            "Forwarded",
        ],
    )
    def test_what_the_edge_says_no_caller_can_say(self, way, person, name):
        person.statuses((name, "Bearer smuggled"), (name, "Bearer smuggled"))

        assert len(way.seen) == 3
        assert all("smuggled" not in value for seen in way.seen for value in seen.values())

    @pytest.mark.parametrize("name", ["Cookie_", "X-Cookie", "HTTP_COOKIE", "HTTP-AUTHORIZATION"])
    def test_a_header_of_nearly_that_name_signs_nobody_in(self, way, person, name):
        answer = ask(way, "GET", PLACES[0], (name, person.cookie[1]))

        assert answer.status == 401

    @pytest.mark.parametrize("address", ["203.0.113.7", "127.0.0.1, 203.0.113.7", "x" * 200])
    def test_nobody_can_say_where_he_comes_from(self, world, way, person, address):
        said = [(name, address) for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X_Forwarded_For")]
        before = newest(world), newest(world, "referrals")
        ask(way, "GET", PLACES[1], person.cookie, *said, source="127.0.0.2")
        ask(way, "POST", PLACES[1], person.cookie, *said, source="127.0.0.3")

        assert [one.remote_address for one in records(world, "referrals", before[1])] == ["127.0.0.2"]
        assert [one.remote_address for one in records(world, "registry", before[0])] == ["127.0.0.3"]

    @pytest.mark.parametrize(
        "path",
        [
            "/registry/internal/token",
            "/registry/internal/",
            "/registry//internal/token",
            "/registry/./internal/token",
            "/registry/x/../internal/token",
            "/registry/%69nternal/token",
            "/registry/internal%2Ftoken",
            "/registry/internal/token?x=1",
            "/.sbs/token",
            "/.sbs/problem",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_tokens_are_not_handed_out_to_who_asks(self, way, person, path, method):
        smuggled = ("X-SBS-Edge-Secret", "s" * 40), ("X-SBS-Method", "GET"), ("X-SBS-URI", PLACES[0])
        answer = ask(way, method, path, person.cookie, OURS, *smuggled)

        if answer.status == 308:
            answer = ask(way, method, answer.headers["Location"], person.cookie, OURS, *smuggled)
        assert answer.status == 404
        assert "X-SBS-Authorization" not in answer.headers
