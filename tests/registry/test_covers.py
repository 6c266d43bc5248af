"""Cover: an absent person's stand-in acts for him, in every service, and both are recorded."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.registry.domain.access import COVER
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Ambassador, MentorFact
from services.registry.worker import lapse
from shared.actor import Actor, Role
from shared.audit.deed import Action, Deed, Via
from shared.audit.records import AuditRecord
from shared.audit.words import tell
from tests.audit import last, records
from tests.builders.people import a_mentor, a_programme
from tests.builders.standing_in import (
    a_colleague,
    account_of,
    actor_now,
    an_account,
    caller_now,
    sign_in,
)
from tests.lifecycles import declared
from tests.world import days_ago

PLACE = "/registry/covers"
ROLES = [Role.AMBASSADOR, Role.CARE_WORKER, Role.MENTOR]


def name(caller, stand_in, expect=201, days=7, first=0, **values):
    """Name a stand-in, from some days hence for some days."""
    today = caller.world.clock.today()
    period = {
        "from_day": (today + timedelta(days=first)).isoformat(),
        "until_day": (today + timedelta(days=first + days - 1)).isoformat(),
    }
    return caller.post(PLACE, {"stand_in_account_id": str(stand_in)} | period | values, expect=expect)


def people(programme, role):
    """The absent one as he is signed in, his own account, and a colleague's account and sign-in."""
    caller = getattr(programme, role.value)
    account = account_of(programme.world, caller)
    colleague = a_colleague(programme, role)
    return caller, account, colleague, sign_in(programme.world, colleague)


def taken_up(programme, role, **named):
    """A stand-in who has taken up the cover: his sign-in, and the cover."""
    caller, account, colleague, begun = people(programme, role)
    cover = name(caller, colleague, **named).json["id"]
    caller_now(programme.world, begun).post(f"{PLACE}/{cover}/take_up", expect=200)
    return account, colleague, begun, cover


def close(world, account):
    with world.work("registry") as work:
        work.session.get_one(Account, account).state = AccountState.CLOSED


def test_the_declared_rows_are_those_of_the_domain():
    assert declared(COVER) == {
        "end": ({"named"}, "ended", {"ambassador", "care_worker", "mentor", "coordinator"}),
        "lapse": ({"named"}, "ended", set()),
    }


# ---- naming


@pytest.mark.parametrize("role", ROLES)
def test_who_is_absent_names_his_stand_in_himself(programme, role):
    caller, account, colleague, _ = people(programme, role)

    cover = name(caller, colleague, days=7).json

    assert (cover["absent_account_id"], cover["stand_in_account_id"]) == (str(account), str(colleague))
    assert (cover["state"], cover["named_by"]) == ("named", str(account))
    assert caller.get(f"{PLACE}/{cover['id']}").json == cover


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.MENTOR])
def test_a_coordinator_names_one_for_his_ambassador_or_mentor_who_fell_ill(programme, role):
    _, account, colleague, _ = people(programme, role)

    cover = name(programme.coordinator, colleague, absent_account_id=str(account)).json

    assert cover["named_by"] == str(programme.coordinator.actor.id)
    assert [one["id"] for one in programme.coordinator.get(PLACE).json["items"]] == [cover["id"]]


def test_a_mentor_of_no_partner_names_his_own_and_no_coordinator_does(programme, world):
    """He may guide men of several partners, whom no one of their coordinators may give to another."""
    caller, account, colleague, _ = people(programme, Role.MENTOR)
    with world.work("registry") as work:
        work.session.execute(update(MentorFact).values(partner_id=None))

    name(programme.coordinator, colleague, absent_account_id=str(account), expect=404)
    name(caller, colleague)


def test_nobody_names_one_for_whom_he_does_not_answer_for(programme, world):
    """A coordinator for no care worker, nobody for a colleague, a stranger for nobody at all."""
    _, account, colleague, _ = people(programme, Role.AMBASSADOR)
    _, care_worker, other, _ = people(programme, Role.CARE_WORKER)
    stranger = a_programme(world, "De Merels")
    account_of(world, stranger.ambassador)

    for caller, absent, stand_in in (
        (programme.coordinator, care_worker, other),
        (programme.care_worker, account, colleague),
        (caller_now(world, sign_in(world, colleague)), account, colleague),
        (stranger.coordinator, account, colleague),
        (stranger.ambassador, account, colleague),
    ):
        name(caller, stand_in, absent_account_id=str(absent), expect=404)
    for caller in (programme.administrator, world.caller(Role.EVALUATOR)):
        name(caller, colleague, absent_account_id=str(account), expect=403)
    assert programme.coordinator.get(PLACE).json["items"] == []


def test_who_has_no_account_has_no_stand_in(programme):
    colleague = a_colleague(programme, Role.AMBASSADOR)

    name(programme.ambassador, colleague, expect=404)


def wrong_ones(programme, world, role, account):
    """Those who may not stand in for the programme's own, with why not."""
    elsewhere = a_programme(world, "De Merels")
    world.deliver()
    yield "himself", account
    yield "nobody", uuid4()
    yield "of another role", an_account(world, Role.EVALUATOR)
    yield "a coordinator", account_of(world, programme.coordinator)
    yield "closed", a_colleague(programme, role, state=AccountState.CLOSED)
    yield "invited", a_colleague(programme, role, state=AccountState.INVITED)
    yield "elsewhere", account_of(world, getattr(elsewhere, role.value))
    if role is Role.AMBASSADOR:
        yield "left", _who_left(programme, world)
    if role is Role.MENTOR:
        for why, papers in (
            ("not trained", {"trained_on": None}),
            ("without a VOG", {"vog_on": None}),
            ("with an old VOG", {"vog_on": "2020-01-01"}),
            ("with an old training", {"trained_on": "2010-01-01"}),
        ):
            mentor = a_mentor(world, programme.coordinator, name=why, **papers)
            world.deliver()
            yield why, an_account(world, role, mentor_id=mentor)


def _who_left(programme, world):
    account = a_colleague(programme, Role.AMBASSADOR)
    with world.work("registry") as work:
        ambassador_id = work.session.get_one(Account, account).ambassador_id
    programme.coordinator.act(f"/registry/ambassadors/{ambassador_id}/leave")
    return account


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_stand_in_is_refused_in_the_same_words_whatever_the_cause(programme, world, role):
    caller, account, colleague, _ = people(programme, role)
    said = set()
    for why, wrong in wrong_ones(programme, world, role, account):
        answer = name(caller, wrong, expect=422)
        assert answer.problem_on() == ["/stand_in_account_id"], why
        said.add(answer.json["errors"][0]["detail"])

    assert len(said) == 1
    offered = caller.get(f"/registry/accounts/{account}/stand_ins").json["items"]
    assert [one["id"] for one in offered] == [str(colleague)]
    name(caller, offered[0]["id"])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first": -1}, "/from_day"),
        ({"days": 0}, "/until_day"),
        ({"days": 93}, "/until_day"),
        ({"from_day": "tomorrow"}, "/from_day"),
        ({"until_day": None}, "/until_day"),
        ({"state": "ended"}, "/state"),
        ({"named_by": str(uuid4())}, "/named_by"),
    ],
)
def test_what_is_wrong_with_a_period_is_named(programme, values, field):
    caller, _, colleague, _ = people(programme, Role.AMBASSADOR)

    assert name(caller, colleague, expect=422, **values).problem_on() == [field]
    assert caller.get(PLACE).json["items"] == []


def test_a_cover_lasts_92_days_at_most(programme):
    caller, _, colleague, _ = people(programme, Role.AMBASSADOR)

    name(caller, colleague, days=92)


def test_on_one_day_one_person_stands_in_for_somebody(programme):
    caller, account, colleague, _ = people(programme, Role.AMBASSADOR)
    other = a_colleague(programme, Role.AMBASSADOR)
    first = name(caller, colleague, first=5, days=5).json

    for days in ({"first": 9}, {"first": 0, "days": 6}, {"first": 6, "days": 1}, {"first": 0, "days": 30}):
        assert name(caller, other, expect=409, **days).json["existing"] == first["id"]
    name(programme.coordinator, other, absent_account_id=str(account), first=5, days=5, expect=409)
    name(caller, other, first=0, days=5)
    name(caller, other, first=10, days=5)


def test_of_many_who_name_one_at_once_one_does(programme):
    """The absent person and his coordinator, each pressing more than once."""
    caller, account, colleague, _ = people(programme, Role.AMBASSADOR)
    others = [a_colleague(programme, Role.AMBASSADOR) for _ in range(2)]
    answers = []

    def press(who, stand_in):
        fresh = programme.world.as_actor(who.actor)
        answers.append(name(fresh, stand_in, expect=None, absent_account_id=str(account)))

    presses = [
        threading.Thread(target=press, args=(who, stand_in))
        for who in (caller, programme.coordinator)
        for stand_in in (colleague, *others)
    ]
    for one in presses:
        one.start()
    for one in presses:
        one.join()

    assert sorted(answer.status for answer in answers) == [201, *[409] * 5]
    assert len(caller.get(PLACE).json["items"]) == 1


def test_a_cover_that_was_ended_leaves_its_days_free(programme):
    caller, _, colleague, _ = people(programme, Role.AMBASSADOR)
    first = name(caller, colleague).json["id"]
    caller.post(f"{PLACE}/{first}/end", expect=200)

    name(caller, colleague)


# ---- seeing and ending


def test_both_see_it_and_the_coordinator_and_nobody_else(programme, world):
    caller, _, colleague, begun = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague).json["id"]
    strangers = a_programme(world, "De Merels")
    third = caller_now(world, sign_in(world, a_colleague(programme, Role.AMBASSADOR)))

    for who in (caller, caller_now(world, begun), programme.coordinator):
        assert [one["id"] for one in who.get(PLACE).json["items"]] == [cover]
        who.get(f"{PLACE}/{cover}/history")
    for who in (third, programme.care_worker, programme.mentor, strangers.ambassador, strangers.coordinator):
        assert who.get(PLACE).json["items"] == []
        who.get(f"{PLACE}/{cover}", expect=404)
        who.get(f"{PLACE}/{cover}/history", expect=404)
        who.post(f"{PLACE}/{cover}/end", expect=404)
        who.post(f"{PLACE}/{cover}/take_up", expect=404)


def test_whom_one_may_name_is_told_to_who_may_name_one(programme, world):
    _, account, colleague, begun = people(programme, Role.AMBASSADOR)
    place = f"/registry/accounts/{account}/stand_ins"

    for who in (programme.ambassador, programme.coordinator):
        shown = who.get(place).json["items"]
        told = {"id": str(colleague), "name": f"Somebody {colleague}", "mentor_id": None}
        assert shown == [told | {"shed_names": ["Shed of De Mussen"]}]
    for who in (caller_now(world, begun), programme.care_worker, a_programme(world, "B").coordinator):
        who.get(place, expect=404)


@pytest.mark.parametrize("who", ["absent", "stand_in", "coordinator"])
def test_it_is_ended_by_either_of_them_or_by_the_coordinator(programme, world, who):
    caller, _, colleague, begun = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague).json["id"]
    ends = {"absent": caller, "stand_in": caller_now(world, begun), "coordinator": programme.coordinator}[who]

    ended = ends.post(f"{PLACE}/{cover}/end", expect=200).json

    assert (ended["state"], ended["ended_by"]) == ("ended", str(ends.actor.id))
    ends.post(f"{PLACE}/{cover}/end", expect=409)
    assert [step["action"] for step in ends.get(f"{PLACE}/{cover}/history").json["items"]] == ["end"]


def test_its_events_tell_ids_and_days(programme, world):
    caller, account, colleague, _ = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague, days=3).json["id"]
    caller.post(f"{PLACE}/{cover}/end", expect=200)

    told = [one for one in world.told("registry") if one["subject"] == cover]

    assert [one["type"] for one in told] == ["org.sbs.cover.named.v1", "org.sbs.cover.ended.v1"]
    assert told[0]["data"] == {
        "cover_id": cover,
        "absent_account_id": str(account),
        "stand_in_account_id": str(colleague),
        "from_day": days_ago(world, 0),
        "until_day": days_ago(world, -2),
        "state": "named",
    }


# ---- standing in


@pytest.mark.parametrize("role", ROLES)
def test_who_has_taken_it_up_acts_on_behalf_of_the_absent_one_in_his_own_name(programme, world, role):
    account, colleague, begun, _ = taken_up(programme, role)

    actor = actor_now(world, begun)

    absent = getattr(programme, role.value).actor
    assert (actor.id, actor.on_behalf_of, actor.role) == (colleague, account, role)
    assert actor.people == {colleague, account}
    for relation in ("ambassador_id", "organisation_id", "mentor_id"):
        assert getattr(actor, relation) == getattr(absent, relation)


def test_before_he_takes_it_up_and_after_he_lays_it_down_he_is_himself(programme, world):
    caller, _, colleague, begun = people(programme, Role.AMBASSADOR)
    place = programme.a_referral("requested")
    cover = name(caller, colleague).json["id"]

    caller_now(world, begun).get(place, expect=404)
    caller_now(world, begun).post(f"{PLACE}/{cover}/take_up", expect=200)
    assert caller_now(world, begun).get(place).json["state"] == "requested"
    caller_now(world, begun).post(f"{PLACE}/lay_down", expect=200)

    assert actor_now(world, begun).people == {colleague}
    caller_now(world, begun).get(place, expect=404)
    caller_now(world, begun).post(f"{PLACE}/lay_down", expect=409)


def test_it_belongs_to_the_one_sign_in_in_which_it_was_taken_up(programme, world):
    _, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR)
    at_home = sign_in(world, colleague)

    assert actor_now(world, begun).on_behalf_of is not None
    assert actor_now(world, at_home).on_behalf_of is None


def test_without_a_sign_in_nobody_stands_in(programme, world):
    caller, _, colleague, begun = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague).json["id"]
    own = actor_now(world, begun)
    anothers = sign_in(world, a_colleague(programme, Role.AMBASSADOR))

    for sign_in_id in (None, uuid4(), anothers):
        without = world.as_actor(Actor(own.id, own.role, own.ambassador_id, sign_in_id=sign_in_id))
        for action in (f"{cover}/take_up", "lay_down"):
            assert "sign in first" in without.post(f"{PLACE}/{action}", expect=409).json["detail"]


def test_only_the_stand_in_takes_it_up(programme, world):
    caller, account, colleague, _ = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague).json["id"]

    caller_now(world, sign_in(world, account)).post(f"{PLACE}/{cover}/take_up", expect=403)
    programme.coordinator.post(f"{PLACE}/{cover}/take_up", expect=403)


def test_it_is_taken_up_on_its_own_days_only(programme, world):
    caller, _, colleague, begun = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague, first=2, days=2).json["id"]
    statuses = []
    for _ in range(5):
        statuses.append(caller_now(world, begun).post(f"{PLACE}/{cover}/take_up", expect=None).status)
        world.clock.advance(days=1)

    assert statuses == [409, 409, 200, 200, 409]


def sees_it_no_more(world, begun, colleague, place):
    assert actor_now(world, begun).people == {colleague}
    caller_now(world, begun).get(place, expect=404)


def test_when_its_last_day_is_over_he_sees_no_more(programme, world):
    _, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR, days=2)
    place = programme.a_referral("requested")
    world.clock.advance(days=1)
    caller_now(world, begun).get(place)

    world.clock.advance(days=1)

    sees_it_no_more(world, begun, colleague, place)


@pytest.mark.parametrize("who", ["absent", "stand_in", "coordinator"])
def test_when_it_is_ended_he_sees_no_more(programme, world, who):
    _, colleague, begun, cover = taken_up(programme, Role.AMBASSADOR)
    place = programme.a_referral("requested")
    ends = {"absent": programme.ambassador, "coordinator": programme.coordinator}
    caller = ends.get(who) or caller_now(world, begun)

    caller.post(f"{PLACE}/{cover}/end", expect=200)

    sees_it_no_more(world, begun, colleague, place)


@pytest.mark.parametrize("role", ROLES)
def test_when_either_account_is_closed_it_is_over(programme, world, role):
    account, colleague, begun, cover = taken_up(programme, role)
    own = actor_now(world, sign_in(world, colleague))

    close(world, account)

    assert actor_now(world, begun).people == {colleague}
    world.as_actor(own).post(f"{PLACE}/{cover}/take_up", expect=409)


def test_a_closed_stand_in_acts_for_nobody(programme, world):
    """His sign-ins are ended with his account; this is what keeps it so in between."""
    _, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR)

    close(world, colleague)

    assert actor_now(world, begun).on_behalf_of is None


def test_a_stand_in_who_may_no_longer_do_the_work_acts_for_nobody(programme, world):
    """The relation is looked up at every request: he left, changed organisation, or his papers ran out."""
    signed_in = {role: taken_up(programme, role) for role in ROLES}
    with world.work("registry") as work:
        mentor = work.session.get_one(Account, signed_in[Role.MENTOR][1])
        work.session.get_one(MentorFact, mentor.mentor_id).in_order_until = world.clock.today() - timedelta(1)
        carer = work.session.get_one(Account, signed_in[Role.CARE_WORKER][1])
        carer.organisation_id = uuid4()
        ambassador = work.session.get_one(Account, signed_in[Role.AMBASSADOR][1])
        work.session.get_one(Ambassador, ambassador.ambassador_id).left_on = world.clock.today()

    for _, colleague, begun, _ in signed_in.values():
        assert actor_now(world, begun).people == {colleague}


def test_a_mentor_whose_vog_was_taken_back_or_who_left_stands_in_no_more(programme, world):
    _, _, begun, _ = taken_up(programme, Role.MENTOR)
    with world.work("registry") as work:
        colleague = work.session.get_one(Account, actor_now(world, begun).id).mentor_id
    assert actor_now(world, begun).on_behalf_of is not None

    programme.coordinator.patch(f"/mentoring/mentors/{colleague}", {"vog_on": None})
    world.deliver()
    assert actor_now(world, begun).on_behalf_of is None
    programme.coordinator.patch(f"/mentoring/mentors/{colleague}", {"vog_on": days_ago(world, 1)})
    world.deliver()
    assert actor_now(world, begun).on_behalf_of is not None
    programme.coordinator.patch(f"/mentoring/mentors/{colleague}", {"left_on": days_ago(world, 0)})
    world.deliver()
    assert actor_now(world, begun).on_behalf_of is None


def test_a_stand_in_of_a_stand_in_gets_what_is_his_own_and_no_more(programme, world):
    """A is covered by B, and B by C: C acts for B, not for A."""
    _, b, _, _ = taken_up(programme, Role.AMBASSADOR)
    c = a_colleague(programme, Role.AMBASSADOR)
    second = sign_in(world, c)
    b_himself = caller_now(world, sign_in(world, b))
    cover = name(b_himself, c).json["id"]
    caller_now(world, second).post(f"{PLACE}/{cover}/take_up", expect=200)

    actor = actor_now(world, second)

    assert (actor.id, actor.on_behalf_of) == (c, b)
    assert actor.ambassador_id == b_himself.actor.ambassador_id


def test_who_stands_in_names_no_stand_in_for_the_absent_one(programme, world):
    account, _, begun, _ = taken_up(programme, Role.AMBASSADOR)
    other = a_colleague(programme, Role.AMBASSADOR)

    name(caller_now(world, begun), other, first=20, expect=403)
    name(caller_now(world, begun), other, first=20, absent_account_id=str(account), expect=403)


def test_one_who_stands_in_for_two_takes_up_one_after_the_other(programme, world):
    first, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR)
    second = a_colleague(programme, Role.AMBASSADOR)
    cover = name(caller_now(world, sign_in(world, second)), colleague).json["id"]
    assert actor_now(world, begun).on_behalf_of == first

    caller_now(world, begun).post(f"{PLACE}/{cover}/take_up", expect=200)

    assert actor_now(world, begun).on_behalf_of == second


def test_what_is_over_lapses_by_itself(programme, world):
    caller, _, colleague, _ = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague, days=1).json["id"]
    lapse(world.programme.registry)
    assert caller.get(f"{PLACE}/{cover}").json["state"] == "named"
    world.clock.advance(days=1)

    lapse(world.programme.registry)

    shown = caller.get(f"{PLACE}/{cover}").json
    assert (shown["state"], shown["ended_by"]) == ("ended", None)


# ---- both are recorded


def test_whatever_a_stand_in_does_is_on_record_as_both_in_all_three_services(programme, world):
    place = programme.a_referral("requested")
    man = programme.coordinator.get(place).json["shedder_id"]
    way = programme.a_pathway()
    mentee = programme.mentor.get(way).json["shedder_id"]
    world.deliver()
    signed_in = {role: taken_up(programme, role) for role in ROLES}
    ambassador, carer, mentor = (caller_now(world, signed_in[role][2]) for role in ROLES)

    given = {"purpose": "evaluation", "wording_version": "1", "language": "nl", "method": "spoken"}
    consent = ambassador.post(f"/registry/shedders/{man}/consents", given).json["id"]
    ambassador.post(f"/registry/consents/{consent}/withdraw", expect=200)
    carer.act(f"{place}/open")
    mentor.act(f"{way}/prepare")

    for role, service, thing, about in (
        (Role.AMBASSADOR, "registry", f"/registry/consents/{consent}", man),
        (Role.CARE_WORKER, "referrals", place, man),
        (Role.MENTOR, "mentoring", way, mentee),
    ):
        account, colleague, _, _ = signed_in[role]
        step = programme.coordinator.get(f"{thing}/history").json["items"][-1]
        assert (step["actor_id"], step["on_behalf_of"]) == (str(colleague), str(account))
        done = [one for one in records(world, service) if one.on_behalf_of == account]
        assert {one.actor_id for one in done} == {colleague}
        assert "update" in {one.action for one in done}
        log = programme.coordinator.get(f"/{service}/shedders/{about}/log?limit=200").json["items"]
        spoken = role.value.replace("_", " ")
        who = f"{spoken} (account {colleague}, standing in for the {spoken} of account {account})"
        assert who in {entry["who"] for entry in log}, service


def test_what_a_stand_in_sees_is_on_record_as_both(programme, world):
    account, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR)
    man = programme.a_shedder()["id"]

    caller_now(world, begun).get(f"/registry/shedders/{man}")

    assert (last(world).actor_id, last(world).on_behalf_of) == (colleague, account)


def test_in_his_own_name_nothing_is_said_of_anybody_else():
    record = AuditRecord(
        at=None, actor_id=UUID(int=1), actor_role="mentor", on_behalf_of=None, action=Action.READ.value,
        operation="read_job", status=200, via=Via.HTTP.value, right=None,
    )  # fmt: skip

    assert tell(record, {}).who == f"mentor (account {UUID(int=1)})"
    assert Deed("read_job", Action.READ, Via.HTTP).right is None


# ---- a key of one is no key of the other


def test_a_key_used_in_ones_own_name_is_free_on_behalf_of_another(programme, world):
    """Else he would be given, as himself, the answer that he got for the absent one; or be told of a clash."""
    _, colleague, begun, _ = taken_up(programme, Role.AMBASSADOR)
    himself = caller_now(world, sign_in(world, colleague))
    stand_in = caller_now(world, begun)
    body = {"known_as": "Twice", "shed_id": str(programme.shed_id)}
    key = {"Idempotency_Key": "k1"}

    made = [caller.post("/registry/shedders", body, **key).json["id"] for caller in (himself, stand_in)]
    again = [caller.post("/registry/shedders", body, **key).json["id"] for caller in (himself, stand_in)]

    assert made[0] != made[1]
    assert again == made
    himself.post("/registry/shedders", body | {"known_as": "Thrice"}, expect=422, **key)
    stand_in.post("/registry/shedders", body | {"known_as": "Thrice"}, expect=422, **key)


def test_a_key_used_for_one_absent_person_is_free_for_the_next(programme, world):
    first = programme.ambassador.actor
    relations = {"id": uuid4(), "ambassador_id": first.ambassador_id}
    callers = [world.caller(Role.AMBASSADOR, **relations, on_behalf_of=uuid4()) for _ in range(2)]
    body = {"known_as": "Twice", "shed_id": str(programme.shed_id)}

    made = {one.post("/registry/shedders", body, Idempotency_Key="k").json["id"] for one in callers}

    assert len(made) == 2


def test_what_he_registers_with_a_reference_is_the_absent_ones(programme, world):
    """So that he finds it again who sent it, and the same reference is refused to both."""
    account, _, begun, _ = taken_up(programme, Role.AMBASSADOR)

    assert actor_now(world, begun).ref_owner == str(account)


# ---- a second person is another human


@pytest.fixture
def asked(programme, world):
    """A man who is ready to be proposed, and a second mentor who may be asked to confirm."""
    way = programme.a_pathway("ready_to_propose")
    account, colleague, begun, _ = taken_up(programme, Role.MENTOR)
    himself = caller_now(world, sign_in(world, colleague))
    return {"way": way, "absent": account, "stand_in": begun, "himself": himself}


def propose(caller, asked, mentor_id=None):
    body = {"asked_to_confirm": str(mentor_id)} if mentor_id else {}
    return caller.act(f"{asked['way']}/propose_readiness", body).json


def test_a_proposal_says_who_made_it_and_on_whose_behalf(programme, world, asked):
    proposed = propose(caller_now(world, asked["stand_in"]), asked)

    assert proposed["readiness_proposed_by"] == str(asked["himself"].actor.id)
    assert proposed["readiness_proposed_on_behalf_of"] == str(asked["absent"])
    confirmed = programme.coordinator.act(f"{asked['way']}/confirm").json
    assert confirmed["state"] == "work_ready"
    assert confirmed["readiness_proposed_on_behalf_of"] is None


def test_who_proposed_as_a_stand_in_does_not_confirm_in_his_own_name(world, asked):
    himself = asked["himself"]
    propose(caller_now(world, asked["stand_in"]), asked, himself.actor.mentor_id)

    refused = himself.act(f"{asked['way']}/confirm", expect=403)

    assert "never who proposed it" in refused.json["detail"]
    shown = himself.get(asked["way"]).json
    assert "confirm" not in {one["action"] for one in shown["available_actions"]}


def test_who_was_absent_does_not_confirm_what_was_proposed_on_his_behalf(programme, world, asked):
    """Nor as somebody else: a coordinator's token with his account, or a stand-in of the one who is asked."""
    second_id = a_mentor(world, programme.coordinator, name="Second")
    propose(caller_now(world, asked["stand_in"]), asked, second_id)
    as_coordinator = world.caller(Role.COORDINATOR, id=asked["absent"], partner_id=programme.partner_id)
    as_stand_in = world.caller(Role.MENTOR, id=asked["absent"], mentor_id=second_id, on_behalf_of=uuid4())

    for caller in (programme.mentor, as_coordinator, as_stand_in):
        caller.act(f"{asked['way']}/confirm", expect=403)
    world.caller(Role.MENTOR, mentor_id=second_id).act(f"{asked['way']}/confirm")


def test_a_stand_in_does_not_confirm_what_the_absent_one_proposed(programme, world, asked):
    propose(programme.mentor, asked)

    caller_now(world, asked["stand_in"]).act(f"{asked['way']}/confirm", expect=403)


def test_who_proposed_does_not_confirm_as_the_stand_in_of_the_one_who_is_asked(programme, world, asked):
    """He asks a colleague, who is away and whose stand-in he is himself."""
    himself = asked["himself"]
    propose(programme.mentor, asked, himself.actor.mentor_id)
    for_the_asked = name(himself, asked["absent"]).json["id"]
    begun = sign_in(world, asked["absent"])
    caller_now(world, begun).post(f"{PLACE}/{for_the_asked}/take_up", expect=200)

    caller_now(world, begun).act(f"{asked['way']}/confirm", expect=403)

    himself.act(f"{asked['way']}/confirm")


def test_another_stand_in_of_the_one_who_is_asked_confirms(programme, world, asked):
    """A third human, who had no hand in the proposal."""
    himself, third = asked["himself"], a_colleague(programme, Role.MENTOR)
    propose(programme.mentor, asked, himself.actor.mentor_id)
    cover = name(himself, third).json["id"]
    begun = sign_in(world, third)
    caller_now(world, begun).post(f"{PLACE}/{cover}/take_up", expect=200)

    assert caller_now(world, begun).act(f"{asked['way']}/confirm").json["state"] == "work_ready"


def test_what_a_stand_in_proposed_he_or_the_absent_one_takes_back(programme, world, asked):
    stand_in = caller_now(world, asked["stand_in"])
    for caller in (stand_in, programme.mentor):
        propose(stand_in, asked)
        caller.act(f"{asked['way']}/take_back_readiness")
    entry = programme.coordinator.get(f"{asked['way']}/history").json["items"][-2]
    assert (entry["action"], entry["on_behalf_of"]) == ("take_back_readiness", str(asked["absent"]))


def test_what_the_absent_one_proposed_his_stand_in_takes_back(programme, world, asked):
    propose(programme.mentor, asked)
    stand_in = caller_now(world, asked["stand_in"])
    stand_in.act(f"{asked['way']}/decline_readiness", {"why": "Not yet."}, expect=403)

    shown = stand_in.act(f"{asked['way']}/take_back_readiness").json

    assert shown["readiness_proposed_by"] is None


def test_an_erasure_is_confirmed_by_none_of_those_who_had_a_hand_in_asking(programme):
    """No coordinator has a stand-in, and no token says so; the rule holds all the same."""
    actor = Actor(uuid4(), Role.COORDINATOR, partner_id=programme.partner_id, on_behalf_of=uuid4())

    assert actor.people == {actor.id, actor.on_behalf_of}
    man = programme.a_shedder()["id"]
    asked = programme.coordinator.post(f"/registry/shedders/{man}/erasures", {"asked_how": "spoken"}).json[
        "id"
    ]
    programme.coordinator.act(f"/registry/erasures/{asked}/confirm", expect=403)


def test_a_key_that_was_used_in_one_sign_in_takes_up_nothing_in_another(programme, world):
    caller, _, colleague, first = people(programme, Role.AMBASSADOR)
    cover = name(caller, colleague).json["id"]
    second = sign_in(world, colleague)
    key = {"Idempotency_Key": "take-up"}

    caller_now(world, first).post(f"{PLACE}/{cover}/take_up", expect=200, **key)
    caller_now(world, second).post(f"{PLACE}/{cover}/take_up", expect=422, **key)

    assert actor_now(world, first).on_behalf_of is not None
    assert actor_now(world, second).on_behalf_of is None
