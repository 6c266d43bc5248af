"""What each sees of a referral, in every state and with consent given or withdrawn (`referral_fields.csv`)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.referrals.domain.lifecycles import ReferralState
from services.referrals.models import Referral
from services.referrals.use_cases.consequences import expire_overdue
from shared.actor import Role
from tests.builders.people import ROADS
from tests.permissions.test_table import read
from tests.world import moment

TABLE = read("referral_fields.csv")
GROUPS = {
    "need": {"need_category", "urgency", "language", "neighbourhood"},
    "disclosure": {"disclosure", "reason_in_words"},
    "outcomes": {"outcomes"},
    "sentence": {"sentence"},
}
WORD = "Kanarie"
ROLES = ("care_worker", "ambassador", "coordinator")


@pytest.fixture
def referred(programme, world):
    """Brings a referral into a state, every word of it marked."""

    def refer(state):
        man = programme.a_shedder()["id"]
        consent = programme.a_consent(man)["id"]
        world.deliver()
        disclosure = {"name": WORD, "phone": "+31612345678", "language": "nl"}
        values = {
            "reason_in_words": WORD,
            "neighbourhood": "Centrum",
            "language": "nl",
            "disclosure": disclosure,
        }
        place = f"/referrals/referrals/{programme.a_draft(man, **values)['id']}"
        for who, action, body in ROADS["requested" if state == "expired" else state]:
            told = {"sentence": "He is well."} if action in ("complete", "fail") else {}
            getattr(programme, who).act(f"{place}/{action}", body | told)
        if state == "expired":
            overdue(world)
        return place, consent

    return refer


def overdue(world):
    with world.work("referrals") as work:
        long_ago = world.clock.today() - timedelta(days=400)
        work.session.execute(update(Referral).values(answer_due_on=long_ago))
    with world.work("referrals") as work:
        assert expire_overdue(work)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['state']}-consent-{row['consent']}")
def test_each_sees_of_a_referral_what_the_table_says(row, referred, programme, world):
    place, consent = referred(row["state"])
    if row["consent"] == "withdrawn":
        programme.coordinator.post(f"/registry/consents/{consent}/withdraw", expect=200)
        world.deliver()

    client = world.caller(
        Role.INTEGRATOR, scopes=frozenset({"referrals:read"}), organisation_id=programme.organisation_id
    )
    callers = [(role, getattr(programme, role)) for role in ROLES] + [("care_worker", client)]
    for role, caller in callers:
        answer = caller.send("GET", place)
        assert seen(answer) == row[role], (role, caller.actor.role)
        if row[role] in ("not found", "nothing"):
            assert WORD not in answer.text


def seen(answer):
    """The groups of fields of which something is said, in the words of the table."""
    if answer.status == 404:
        return "not found"
    said = {name for name, value in answer.json.items() if value not in (None, [])}
    groups = [name for name, fields in GROUPS.items() if fields <= answer.json.keys() and fields & said]
    assert {name for group in groups for name in GROUPS[group]} >= said & set().union(*GROUPS.values())
    return " ".join(groups) or "nothing"


def test_every_state_has_its_row():
    assert {row["state"] for row in TABLE if row["consent"] == "given"} == set(ReferralState)


@pytest.fixture
def answered(referred, programme):
    """A referral under way on which both sides wrote much."""
    place, consent = referred("requested")
    keyed = {"Idempotency_Key": "accept", "If_Match": "*"}
    programme.care_worker.post(f"{place}/accept", {"remark": WORD}, expect=200, **keyed)
    asked = programme.care_worker.post(
        f"{place}/questions", {"question": WORD}, expect=201, Idempotency_Key="ask"
    ).json["id"]
    programme.ambassador.act(f"/referrals/questions/{asked}/answer", {"answer": WORD})
    visit = {"starts_at": moment("2030-03-04"), "place": WORD}
    booked = programme.care_worker.post(
        f"{place}/appointments", visit, expect=201, Idempotency_Key="book"
    ).json["id"]
    return place, consent, asked, booked


def ways_of_a_receiver(answered):
    place, _, asked, booked = answered
    more = ("", "/history", "/questions", "/appointments")
    return [
        *(f"{place}{part}" for part in more),
        *("/referrals/referrals", f"/referrals/questions/{asked}", f"/referrals/appointments/{booked}"),
    ]


def test_while_consent_holds_the_receiver_reads_all_of_it(answered, programme):
    """Else the next tests would prove nothing."""
    for way in ways_of_a_receiver(answered):
        assert WORD in programme.care_worker.get(way).text, way


def withdraw(answered, programme, world):
    programme.coordinator.post(f"/registry/consents/{answered[1]}/withdraw", expect=200)
    world.deliver()


def test_after_consent_is_withdrawn_the_receiver_reads_no_word_of_it_anywhere(answered, programme, world):
    withdraw(answered, programme, world)

    for way in ways_of_a_receiver(answered):
        answer = programme.care_worker.get(way)
        assert WORD not in answer.text, way
        assert "mental_health" not in answer.text, way


def test_a_filter_does_not_tell_what_the_fields_hide(answered, programme, world):
    listed = "/referrals/referrals?need_category=mental_health"
    assert programme.care_worker.get(listed).json["items"]
    withdraw(answered, programme, world)

    assert programme.care_worker.get(listed).json["items"] == []
    assert programme.care_worker.get("/referrals/referrals?urgency=routine").json["items"] == []
    assert programme.ambassador.get(listed).json["items"]


def test_a_repeated_request_gives_back_no_word_after_consent_is_withdrawn(answered, programme, world):
    place = answered[0]
    repeats = [
        (f"{place}/accept", {"remark": WORD}, 200, "accept"),
        (f"{place}/questions", {"question": WORD}, 201, "ask"),
        (f"{place}/appointments", {"starts_at": moment("2030-03-04"), "place": WORD}, 201, "book"),
    ]

    def again(path, body, status, key):
        headers = {"Idempotency_Key": key, "If_Match": "*"}
        return programme.care_worker.post(path, body, expect=status, **headers)

    assert all(WORD in again(*repeat).text for repeat in repeats)
    withdraw(answered, programme, world)

    for repeat in repeats:
        assert WORD not in again(*repeat).text, repeat[0]


def test_a_repeated_request_gives_nothing_to_whom_the_thing_is_hidden_from(programme, world):
    """An ambassador who was released gets 404 where his own earlier answer named the man."""
    body = {"known_as": WORD, "shed_id": str(programme.shed_id)}
    programme.ambassador.post("/registry/shedders", body, Idempotency_Key="k")
    released = {"shed_id": str(programme.shed_id)}
    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/release_from_shed", released)

    answer = programme.ambassador.post("/registry/shedders", body, expect=404, Idempotency_Key="k")

    assert WORD not in answer.text
