"""Bad input, tried by name: a 4xx problem that says what is wrong; never a 500, never half a change."""

import json

import pytest

HUGE = 10**400
DEEP = "[" * 20_000 + "]" * 20_000


def register(programme, **values):
    body = {"known_as": "Yusuf", "shed_id": str(programme.shed_id)} | values
    return programme.ambassador.send("POST", "/registry/shedders", body=body)


def nobody_new(programme):
    return programme.coordinator.get("/registry/shedders").json["items"] == []


WRONG_VALUES = {
    "NUL": ("known_as", "a\x00b"),
    "control character": ("known_as", "a\x07b"),
    "lone surrogate": ("known_as", "a\ud800b"),
    "line break in a name": ("known_as", "a\nb"),
    "empty": ("known_as", ""),
    "white space only": ("known_as", "   "),
    "too long": ("known_as", "a" * 201),
    "a heap of marks": ("known_as", "a" + "\u0315\u0316" * 16),
    "a number for a text": ("known_as", 7),
    "null for what is required": ("known_as", None),
    "a list for a text": ("known_as", ["a"]),
    "an object for a text": ("known_as", {"a": 1}),
    "a BSN as a name": ("known_as", "111222333"),
    "a BSN with spaces": ("external_ref", "111 222 333"),
    "no identifier": ("shed_id", "shed"),
    "a number for an identifier": ("shed_id", 12),
    "another's shed": ("shed_id", "00000000-0000-0000-0000-000000000007"),
    "huge number": ("birth_year", HUGE),
    "negative number": ("birth_year", -1),
    "fraction": ("birth_year", 1970.5),
    "number as text": ("birth_year", "1970"),
    "true for a number": ("birth_year", True),
    "no such day": ("joined_on", "2026-02-30"),
    "a day to come": ("joined_on", "2026-12-31"),
    "a day long ago": ("joined_on", "1492-10-12"),
    "a moment for a day": ("joined_on", "2026-01-01T10:00:00Z"),
    "week date": ("joined_on", "2026-W01-1"),
    "no phone": ("phone", "call me"),
    "phone without country": ("phone", "0612345678"),
    "phone with too many digits": ("phone", "+31" + "6" * 30),
    "no e-mail": ("email", "nobody"),
    "a language by name": ("languages", ["Dutch"]),
    "a language twice": ("languages", ["nl", "nl"]),
    "text for a list": ("languages", "nl"),
    "too many": ("languages", [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(30)]),
    "unknown field": ("colour", "blue"),
    "mass assignment": ("id", "00000000-0000-0000-0000-000000000007"),
    "another's owner field": ("ref_owner", "programme"),
}


@pytest.mark.parametrize(("field", "value"), WRONG_VALUES.values(), ids=WRONG_VALUES.keys())
def test_a_wrong_value_is_refused_and_named(programme, field, value):
    answer = register(programme, **{field: value})

    assert answer.status == 422, answer
    assert answer.type == "application/problem+json"
    assert any(pointer.startswith(f"/{field}") for pointer in answer.problem_on())
    assert nobody_new(programme)


WRONG_BODIES = {
    "not JSON": (b"{", "application/json", 400),
    "not UTF-8": (b'{"known_as": "\xff\xfe"}', "application/json", 400),
    "UTF-16": ('{"known_as": "a"}'.encode("utf-16"), "application/json", 400),
    "a name twice": (b'{"known_as": "a", "known_as": "b"}', "application/json", 400),
    "NaN": (b'{"birth_year": NaN}', "application/json", 400),
    "endless number": (b'{"birth_year": ' + b"9" * 5000 + b"}", "application/json", 400),
    "deeply nested": (DEEP.encode(), "application/json", 400),
    "an array": (b"[]", "application/json", 422),
    "null": (b"null", "application/json", 422),
    "a text": (b'"a"', "application/json", 422),
    "nothing": (b"", "application/json", 422),
    "a form": (b"known_as=a", "application/x-www-form-urlencoded", 415),
    "XML": (b"<a/>", "application/xml", 415),
    "no content type": (b'{"known_as": "a"}', None, 415),
    "10 MB": (b'{"known_as": "' + b"a" * 10_000_000 + b'"}', "application/json", 413),
}


@pytest.mark.parametrize(("raw", "content_type", "status"), WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
def test_a_body_that_is_not_right_is_refused(programme, raw, content_type, status):
    answer = programme.ambassador.send("POST", "/registry/shedders", raw=raw, content_type=content_type)

    assert answer.status == status, answer
    assert answer.type == "application/problem+json"
    assert nobody_new(programme)


def test_a_bsn_in_free_text_is_taken_out_and_marked(programme):
    answer = register(programme, interests="Chess. My BSN is 111222333, call me.")

    assert answer.status == 201
    assert answer.json["interests"] == "Chess. My BSN is [number removed: it may be a BSN], call me."


def test_names_are_kept_as_they_are_written(programme):
    for name in ("Zoë's Piet", "李 M.", "محمد", "O'Brien-van 't Hof", "a" * 200):
        assert register(programme, known_as=name).json["known_as"] == name


def test_a_phone_number_is_kept_one_way_however_it_is_written(programme):
    for written in ("+31 6 1234 5678", "0031612345678", "+31-6-12345678"):
        assert register(programme, phone=written).json["phone"] == "+31612345678"


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 101])
def test_an_idempotency_key_must_be_plain(programme, key):
    body = {"known_as": "Yusuf", "shed_id": str(programme.shed_id)}

    answer = programme.ambassador.send(
        "POST", "/registry/shedders", body=body, headers={"Idempotency_Key": key}
    )

    assert answer.status == 422
    assert answer.json["errors"][0]["header"] == "Idempotency-Key"


@pytest.mark.parametrize("path", ["/registry/shedders/abc", "/registry/shedders/%00", "/registry/shedders/1"])
def test_what_is_no_identifier_is_not_found(programme, path):
    assert programme.ambassador.send("GET", path).status == 404


def test_a_search_must_ask_for_something(programme):
    answer = programme.ambassador.send("POST", "/registry/shedders/search", body={})

    assert answer.status == 422
    assert answer.problem_on() == ["/name"]


def test_like_wildcards_in_a_search_are_plain_characters(programme):
    register(programme, known_as="Yusuf")
    register(programme, known_as="100% Piet")

    found = programme.ambassador.post("/registry/shedders/search", {"name": "%"}, expect=200).json["items"]

    assert [man["known_as"] for man in found] == ["100% Piet"]


def test_a_problem_never_repeats_what_was_sent(programme):
    """An error text must not carry a man's data into logs and screens."""
    answer = register(programme, known_as="x" * 300, phone="Yusuf's secret number")

    assert "secret" not in answer.text
    assert "xxx" not in answer.text


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Basic abc", "Bearer a b", "bearer \x00"])
def test_a_header_that_is_no_bearer_token_is_401(programme, authorization):
    answer = programme.world.anonymous().send(
        "GET", "/registry/sheds", headers={"Authorization": authorization}
    )

    assert answer.status == 401


def test_a_duplicated_json_name_does_not_slip_past(programme):
    raw = json.dumps({"known_as": "Good", "shed_id": str(programme.shed_id)})[:-1] + ', "known_as": ""}'

    answer = programme.ambassador.send("POST", "/registry/shedders", raw=raw.encode())

    assert answer.status in (400, 422)
    assert nobody_new(programme)


def test_a_name_that_grows_when_it_is_folded_is_found_all_the_same(programme):
    """U+FDFA is one character, and eighteen when it is made comparable."""
    man = programme.a_shedder(known_as="\ufdfa" * 200)

    found = programme.coordinator.post("/registry/shedders/search", {"name": "\ufdfa"}, expect=200)

    assert [one["id"] for one in found.json["items"]] == [man["id"]]


@pytest.mark.parametrize("name", ["\u200b", "\u200b\u2060", "\u202e", "\u00a0"], ids=ascii)
def test_a_name_in_which_there_is_nothing_to_read_is_refused(programme, name):
    body = {"known_as": name, "shed_id": str(programme.shed_id)}

    assert programme.coordinator.post("/registry/shedders", body, expect=422).problem_on() == ["/known_as"]


def test_an_unknown_field_with_a_lone_surrogate_for_a_name_is_refused(programme):
    raw = b'{"\\ud800": 1, "known_as": "A", "shed_id": "x"}'

    answer = programme.coordinator.send("POST", "/registry/shedders", raw=raw)

    assert answer.status == 422
    assert "/\ud800" in answer.problem_on()


def test_a_body_full_of_unknown_fields_gets_a_bounded_answer(programme):
    raw = json.dumps({f"f{nth}": 1 for nth in range(10_000)}).encode()

    answer = programme.coordinator.send("POST", "/registry/shedders", raw=raw)

    assert answer.status == 422
    assert len(answer.json["errors"]) == 100


def test_a_body_full_of_one_name_is_refused_without_counting_it_again_and_again(programme):
    raw = b"{" + b",".join(b'"n%d":1' % (nth // 2) for nth in range(20_000)) + b"}"

    answer = programme.coordinator.send("POST", "/registry/shedders", raw=raw)

    assert answer.status == 400
    assert "twice" in answer.json["detail"]


@pytest.mark.parametrize("tag", ["1", 'W/"1"', '"1', '"1", 2', "abc"])
def test_an_etag_without_its_quotes_is_said_to_be_so(programme, tag):
    answer = programme.coordinator.patch(
        f"/registry/sheds/{programme.shed_id}", {"name": "New"}, expect=422, If_Match=tag
    )

    assert answer.json["errors"][0]["header"] == "If-Match"


def test_references_of_a_kind_that_the_service_does_not_have_are_refused(programme):
    body = {"kind": "shed", "refs": ["S1"]}

    answer = programme.coordinator.post("/registry/references", body, expect=422)

    assert answer.problem_on() == ["/kind"]
