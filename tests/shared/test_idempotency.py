"""Idempotency-Key: sent again, a request gets the answer it got, and is not carried out again."""

import threading

from shared.http.idempotency import forget_old

PLACE = "/registry/shedders"


def body(programme, name="Yusuf"):
    return {"known_as": name, "shed_id": str(programme.shed_id)}


def men(programme):
    return len(programme.coordinator.get(PLACE).json["items"])


def test_the_same_request_gets_the_same_answer_and_happens_once(programme):
    first = programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")
    again = programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")

    assert again.json == first.json
    assert again.etag == first.etag
    assert again.headers["Location"] == first.headers["Location"]
    assert men(programme) == 1


def test_without_a_key_the_same_request_happens_twice(programme):
    programme.ambassador.post(PLACE, body(programme))
    programme.ambassador.post(PLACE, body(programme))

    assert men(programme) == 2


def test_a_key_with_another_body_is_refused(programme):
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")

    answer = programme.ambassador.post(PLACE, body(programme, "Piet"), expect=422, Idempotency_Key="k1")

    assert answer.json["type"] == "urn:sbs:problem:idempotency-key-reused"
    assert men(programme) == 1


def test_a_key_on_another_path_is_refused(programme):
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")

    programme.ambassador.post("/registry/activities", body(programme), expect=422, Idempotency_Key="k1")


def test_the_order_of_fields_makes_no_other_request(programme):
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")
    turned = dict(reversed(body(programme).items()))

    programme.ambassador.post(PLACE, turned, Idempotency_Key="k1")

    assert men(programme) == 1


def test_two_people_may_use_the_same_key(programme):
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")
    programme.coordinator.post(PLACE, body(programme), Idempotency_Key="k1")

    assert men(programme) == 2


def test_a_refused_request_may_be_mended_and_sent_with_the_same_key(programme):
    programme.ambassador.post(PLACE, body(programme, ""), expect=422, Idempotency_Key="k1")
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")

    assert men(programme) == 1


def test_a_transition_sent_again_is_not_a_second_one(programme):
    place = programme.a_referral("received")
    etag = programme.care_worker.get(place).etag

    for _ in range(2):
        answer = programme.care_worker.post(
            f"{place}/accept", {}, expect=200, If_Match=etag, Idempotency_Key="a1"
        )
        assert answer.json["state"] == "accepted"

    history = programme.coordinator.get(f"{place}/history").json["items"]
    assert [step["action"] for step in history].count("accept") == 1


def test_many_at_once_make_one(programme):
    """A double press, a retry that overtakes its request: one is carried out, the others get its answer."""
    answers = []

    def press():
        answers.append(
            programme.world.as_actor(programme.ambassador.actor).send(
                "POST", PLACE, body=body(programme), headers={"Idempotency_Key": "k1"}
            )
        )

    presses = [threading.Thread(target=press) for _ in range(8)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()

    assert men(programme) == 1
    assert {answer.status for answer in answers} <= {201, 409}
    made = {answer.json["id"] for answer in answers if answer.status == 201}
    assert len(made) == 1
    assert all(
        answer.json["type"] == "urn:sbs:problem:request-in-flight"
        for answer in answers
        if answer.status == 409
    )


def test_keys_are_forgotten_after_a_day(programme, world):
    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")
    world.clock.advance(hours=25)
    with world.work("registry") as work:
        forget_old(work.session, work.now)

    programme.ambassador.post(PLACE, body(programme), Idempotency_Key="k1")

    assert men(programme) == 2
