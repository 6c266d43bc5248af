"""Forms made of schemas: every kind of field is asked, read and shown again; every error is at its field."""

from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_month_names
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.http.fields import (
    Code,
    Country,
    Day,
    FreeText,
    Language,
    Line,
    Moment,
    OpeningHours,
    Phone,
    Whole,
    several,
)
from shared.http.schemas import Input
from shared.languages import LANGUAGES
from shared.web.forms import Ask, errors_of, field_at, kind_of, shown
from shared.web.opening_hours import DAYS, in_words
from shared.web.reasons import reason
from shared.web.typed import filled

ZONE = ZoneInfo("Europe/Amsterdam")


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


Many = StrEnum("Many", {f"N{number}": f"n{number}" for number in range(12)})


class Inner(Input):
    line = Line(required=True)
    on = Day()


class Everything(Input):
    line = Line(required=True)
    words = FreeText(longest=40)
    secret = fields.String(metadata={"format": "password"})
    phone = Phone()
    country = Country()
    language = Language()
    day = Day()
    moment = Moment()
    whole = Whole(0, 100)
    yes = fields.Boolean()
    colour = Code(Colour)
    many_codes = Code(Many)
    colours = several(Code(Colour))
    hours = OpeningHours()
    lines = several(Line())
    some = fields.UUID()
    inner = fields.Nested(Inner)
    rows = fields.List(fields.Nested(Inner))


SCHEMA = Everything()
KINDS = {
    "line": "line",
    "words": "text",
    "secret": "password",
    "phone": "telephone",
    "country": "line",
    "language": "line",
    "day": "day",
    "moment": "moment",
    "whole": "whole",
    "yes": "yes",
    "colour": "one",
    "many_codes": "listed",
    "colours": "many",
    "hours": "week",
    "lines": "commas",
    "some": "line",
    "inner.line": "line",
    "inner.on": "day",
    "rows.0.line": "line",
    "rows.1.on": "day",
}
ASKS = [Ask(name, name) for name in KINDS]
AT = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "opens_at": "09:00", "closes_at": "17:00"}


@pytest.fixture(autouse=True)
def visit():
    """Words are looked up in the language of a visit."""
    with Flask("x").app_context():
        yield


def read(*names, **typed):
    return filled(SCHEMA, [Ask(name, name) for name in names], MultiDict(typed), ZONE)


def one(name, typed, errors=(), **options):
    (field,) = shown(SCHEMA, [Ask(name, name, **options)], typed, dict(errors))
    return field


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_kind_of_field_is_asked_in_its_way(name, kind):
    assert one(name, {}).kind == kind


def test_a_field_that_there_is_not_is_a_mistake_of_ours():
    for name in ("nothing", "inner.nothing", "line.more", "rows.0.nothing"):
        with pytest.raises((KeyError, AttributeError)):
            field_at(SCHEMA, name)


class TestReading:
    @pytest.mark.parametrize(
        ("typed", "country", "value"),
        [
            ("06 1234 5678", "NL", "+31612345678"),
            ("0470 12 34 56", "BE", "+32470123456"),
            ("01 23 45 67 89", "FR", "+33123456789"),
            ("+33 1 23 45 67 89", "NL", "+33123456789"),
            ("0033 1 23 45 67 89", "NL", "+33123456789"),
            ("06 1234 5678", "", "06 1234 5678"),
            ("06 1234 5678", "nowhere", "06 1234 5678"),
            ("06 1234 567", "NL", "06 1234 567"),
            ("call me", "NL", "call me"),
            ("6 1234 5678", "NL", "+31612345678"),
            ("02 345 67 01", "BE", "+3223456701"),
            ("111222333", "NL", "111222333"),
            ("111.222.333", "NL", "111.222.333"),
            ("BSN 111222333", "NL", "BSN 111222333"),
        ],
    )
    def test_a_telephone_number_is_read_as_one_dials_it_there(self, typed, country, value):
        ask = Ask("phone", "phone", country=country)

        assert filled(SCHEMA, [ask], MultiDict({"phone": typed}), ZONE) == {"phone": value}

    @pytest.mark.parametrize(
        ("name", "typed", "value"),
        [
            ("line", "  Yusuf  ", "Yusuf"),
            ("words", "one\r\ntwo", "one\ntwo"),
            ("secret", "  spaces are part of it ", "  spaces are part of it "),
            ("whole", " 12 ", 12),
            ("whole", "012", 12),
            ("whole", "-3", "-3"),
            ("whole", "1,5", "1,5"),
            ("whole", "٣", "٣"),
            ("whole", "9" * 400, "9" * 400),
            ("yes", "true", True),
            ("yes", "false", False),
            ("yes", "perhaps", "perhaps"),
            ("colour", "red", "red"),
            ("some", "x", "x"),
        ],
    )
    def test_what_is_typed_becomes_a_value(self, name, typed, value):
        assert read(name, **{name: typed}) == {name: value}

    @pytest.mark.parametrize("name", KINDS)
    def test_what_is_left_empty_is_left_out(self, name):
        parts = {f"{name}-{part}": " " for part in ("day", "month", "year", "time")}

        assert read(name) == {}
        if name != "secret":
            assert read(name, **{name: " "} | parts) in ({}, {name: [" "]})

    def test_a_day_has_three_parts(self):
        assert read("day", **{"day-day": "7", "day-month": "3", "day-year": "2026"}) == {"day": "2026-03-07"}

    @pytest.mark.parametrize("month", ["maart", "mrt", "March", "mar.", "MARS", " mars "])
    def test_a_month_may_be_typed_by_its_name_in_any_language(self, month):
        assert read("day", **{"day-day": "7", "day-month": month, "day-year": "2026"}) == {
            "day": "2026-03-07"
        }

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("width", ["wide", "abbreviated"])
    def test_no_name_of_a_month_is_taken_for_another(self, language, width):
        for number, name in get_month_names(width, locale=language).items():
            typed = {"day-day": "7", "day-month": name, "day-year": "2026"}
            assert read("day", **typed) == {"day": f"2026-{number:02}-07"}
        for half in ("day", "month", "year"):
            typed = read("day", **{f"day-{half}": "7"})
            assert SCHEMA.validate(typed)["day"]

    @pytest.mark.parametrize("hour", ["9:30", "09:30", "09.30", "9.30", "09:30:00", "9u30", "9H30"])
    def test_an_hour_is_that_of_the_programmes_clocks(self, hour):
        on = {"moment-day": "1", "moment-month": "7", "moment-year": "2026", "moment-time": hour}

        assert read("moment", **on) == {"moment": "2026-07-01T09:30:00+02:00"}

    @pytest.mark.parametrize("hour", ["", "25:00", "half ten", "930", "<b>"])
    def test_what_is_no_hour_is_refused_and_not_guessed(self, hour):
        on = {"moment-day": "1", "moment-month": "7", "moment-year": "2026", "moment-time": hour}

        assert SCHEMA.validate({"line": "x"} | read("moment", **on))["moment"]

    def test_several_are_a_list(self):
        typed = MultiDict([("colours", "red"), ("colours", ""), ("colours", "green")])

        assert filled(SCHEMA, [Ask("colours", "")], typed, ZONE) == {"colours": ["red", "green"]}

    @pytest.mark.parametrize(
        ("typed", "lines"), [("a, b", ["a", "b"]), (" a ,, a,b,", ["a", "b"]), (" , ", []), ("a b", ["a b"])]
    )
    def test_what_nobody_can_choose_from_is_written_with_commas(self, typed, lines):
        assert read("lines", lines=typed) == ({"lines": lines} if lines else {})

    @pytest.mark.parametrize("hour", ["9", "9:00", "09.00", " 09:00 "])
    def test_a_week_is_a_rule_for_all_days_with_the_same_hours(self, hour):
        typed = {
            f"hours-{day}-{part}": at for day in ("SU", "MO") for part, at in (("from", hour), ("to", "17"))
        }

        assert read("hours", **typed) == {
            "hours": [{"rrule": "FREQ=WEEKLY;BYDAY=MO,SU", "opens_at": "09:00", "closes_at": "17:00"}]
        }

    @given(st.dictionaries(st.sampled_from(DAYS), st.tuples(st.times(), st.times()).filter(lambda at: f"{at[0]:%H:%M}" < f"{at[1]:%H:%M}")))  # fmt: skip
    def test_every_week_that_is_shown_is_typed_again_as_it_was(self, week):
        typed = {f"hours-{day}-{part}": f"{at:%H:%M}" for day, hours in week.items() for part, at in zip(("from", "to"), hours, strict=True)}  # fmt: skip
        rules = SCHEMA.load({"line": "x"} | read("hours", **typed)).get("hours", [])
        shown_again = one("hours", {"hours": rules}).typed

        assert shown_again["more"] == []
        again = {f"hours-{day}-{part}": at for day, _name, *hours in shown_again["days"] for part, at in zip(("from", "to"), hours, strict=True) if at}  # fmt: skip
        assert again == typed

    def test_what_is_within_goes_within(self):
        typed = {"inner.line": "x", "rows.1.line": "b", "rows.0.line": "a", "inner.on-day": "1"}
        typed |= {"inner.on-month": "2", "inner.on-year": "2026"}

        assert read("rows.0.line", "rows.1.line", "inner.line", "inner.on", **typed) == {
            "inner": {"line": "x", "on": "2026-02-01"},
            "rows": [{"line": "a"}, {"line": "b"}],
        }

    def test_only_what_is_asked_is_read(self):
        assert read("line", line="x", whole="5", **{"inner.line": "y"}) == {"line": "x"}

    def test_a_day_that_is_not_asked_but_filled_in_stays(self):
        asks = [Ask("day", "", hidden=True), Ask("moment", "", hidden=True)]
        typed = MultiDict({"day": "2026-03-07", "moment": "2026-03-07T10:00:00+01:00"})

        assert filled(SCHEMA, asks, typed, ZONE) == dict(typed)

    @given(st.dictionaries(st.sampled_from([*KINDS, *(f"{name}-{part}" for name in KINDS for part in ("day", "month", "year", "time"))]), st.text(), max_size=20))  # fmt: skip
    def test_whatever_is_typed_becomes_a_body_or_is_refused_by_the_schema(self, typed):
        values = filled(SCHEMA, ASKS, MultiDict(typed), ZONE)
        with suppress(ValidationError):
            SCHEMA.load(values)
        shown(SCHEMA, ASKS, MultiDict(typed), {})

    @given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    def test_every_day_can_be_typed(self, day):
        typed = {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}

        assert SCHEMA.load({"line": "x"} | read("day", **typed))["day"] == day

    @given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 12, 30)))
    def test_every_minute_can_be_typed(self, moment):
        typed = {f"moment-{part}": str(getattr(moment, part)) for part in ("day", "month", "year")}
        typed["moment-time"] = f"{moment:%H:%M}"
        got = SCHEMA.load({"line": "x"} | read("moment", **typed))["moment"]

        assert got.replace(tzinfo=None) == moment.replace(second=0, microsecond=0)


class TestShowing:
    @given(st.text(max_size=50))
    def test_what_was_typed_is_shown_as_it_was(self, text):
        for name in ("line", "words", "phone", "whole", "colour", "inner.line"):
            assert one(name, MultiDict({name: text})).typed == text

    def test_a_day_is_shown_in_its_parts(self):
        typed = {"day-day": "31", "day-month": "x", "day-year": ""}

        assert one("day", MultiDict(typed)).typed | {"time": ""} == {
            "day": "31", "month": "x", "year": "", "time": "",
        }  # fmt: skip

    def test_a_secret_is_never_shown(self):
        assert one("secret", MultiDict({"secret": "x"})).typed == ""

    def test_several_are_shown_as_several(self):
        typed = MultiDict([("colours", "red"), ("colours", "green")])

        assert one("colours", typed).typed == ["red", "green"]

    @pytest.mark.parametrize(
        ("name", "value", "typed"),
        [
            ("line", None, ""),
            ("words", "x", "x"),
            ("whole", 0, "0"),
            ("whole", 12, "12"),
            ("yes", True, "true"),
            ("yes", False, "false"),
            ("yes", None, ""),
            ("colour", Colour.RED, "red"),
            ("colours", ["red"], ["red"]),
            ("colours", None, []),
            ("lines", ["a", "b"], "a, b"),
            ("lines", None, ""),
            ("secret", "x", ""),
        ],
    )
    def test_what_the_api_has_is_filled_in_as_one_would_type_it(self, name, value, typed):
        assert one(name, {name: value}).typed == typed

    def test_so_is_a_day_of_the_apis(self):
        assert one("day", {"day": "2026-03-07"}).typed == {
            "day": "7", "month": "3", "year": "2026", "time": "",
        }  # fmt: skip
        assert one("day", {"day": None}).typed["year"] == ""

    def test_the_choices_are_the_codes_or_those_that_are_given(self):
        assert [value for value, _ in one("colour", {}).choices] == ["red", "green"]
        assert [value for value, _ in one("yes", {}).choices] == ["true", "false"]
        assert one("some", {}, choices=(("a", "A"),)).kind == "one"
        assert one("some", {}, choices=tuple((str(n), "") for n in range(30))).kind == "listed"
        assert one("colour", {}, hidden=True).kind == "hidden"

    @pytest.mark.parametrize("name", KINDS)
    def test_a_link_leads_to_what_one_can_type_in(self, name):
        field = one(name, {})

        assert "." not in field.id
        first = {"day": "-day", "moment": "-day", "week": "-MO-from"}
        assert field.target == field.id + first.get(field.kind, "")

    def test_what_is_required_is_what_the_schema_requires(self):
        assert [field.ask.name for field in shown(SCHEMA, ASKS, {}, {}) if field.required] == [
            "line", "inner.line", "rows.0.line",
        ]  # fmt: skip


class TestErrors:
    @pytest.mark.parametrize(
        ("pointer", "name"),
        [
            ("/line", "line"),
            ("/inner/line", "inner.line"),
            ("/inner", "inner.line"),
            ("/rows/1/on", "rows.1.on"),
            ("/rows", "rows.0.line"),
            ("/rows/1", "rows.1.on"),
            ("/colours/3", "colours"),
        ],
    )
    def test_each_stands_at_its_field(self, pointer, name):
        problem = {"errors": [{"pointer": pointer, "detail": "Wrong."}]}

        assert errors_of(problem, ASKS) == ({name: "Wrong."}, [])

    @pytest.mark.parametrize("entry", [{"pointer": "/else"}, {"pointer": ""}, {"header": "If-Match"}, {}])
    def test_what_is_of_no_field_is_said_all_the_same(self, entry):
        assert errors_of({"errors": [{**entry, "detail": "Wrong."}]}, ASKS) == ({}, ["Wrong."])

    def test_a_name_that_only_begins_alike_is_another(self):
        problem = {"errors": [{"pointer": "/colour", "detail": "A"}, {"pointer": "/lin", "detail": "B"}]}

        assert errors_of(problem, ASKS) == ({"colour": "A"}, ["B"])

    def test_it_is_found_at_its_field_when_it_is_shown(self):
        assert one("line", {}, {"line": "Wrong."}).error == "Wrong."
        assert one("line", {}, {"words": "Wrong."}).error is None

    @given(st.dictionaries(st.sampled_from(sorted(KINDS)), st.text(max_size=60), max_size=12))
    def test_none_that_a_schema_finds_is_lost(self, typed):
        values = filled(SCHEMA, ASKS, MultiDict(typed), ZONE)
        found = SCHEMA.validate(values)
        entries = [{"pointer": f"/{name}", "detail": "x"} for name in found]
        by_field, others = errors_of({"errors": entries}, ASKS)

        assert len(by_field) == len(found)
        assert others == []

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"line": ""}, "Fill this in."),
            ({}, "Fill this in."),
            ({"line": None}, "Fill this in."),
            ({"line": "x", "words": "y" * 41}, "Write at most 40 characters."),
            ({"line": "x", "colour": "blue"}, "Choose one of these."),
            ({"line": "x", "whole": 101}, "Write a number from 0 to 100."),
            ({"line": "x", "some": "y"}, "This is not right."),
            (
                {"line": "x", "moment": "2026-12-02 10"},
                "There is no such day, or no such hour. Write the hour like 9:30 or 14:00.",
            ),
            (
                {"line": "x", "moment": "y"},
                "There is no such day, or no such hour. Write the hour like 9:30 or 14:00.",
            ),
            ({"line": "x", "hours": [AT | {"opens_at": ""}]}, "Write the hours"),
            ({"line": "x", "hours": [AT | {"closes_at": "01:00"}]}, "It must end later"),
            ({"line": "x", "day": "2026-02-31"}, "There is no such day."),
            ({"line": "x", "day": "2026-february-1"}, "Write day, month and year in numbers."),
            ({"line": "x", "more": "y"}, "This is not asked."),
        ],
    )
    def test_a_reason_is_said_to_a_person(self, value, said):
        found = SCHEMA.validate(value)
        while not isinstance(found, list):
            found = next(iter(found.values()))

        assert reason(found[0]).startswith(said)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", "Monday"),
        ("freq=weekly;byday=tu,sa", "Tuesday, Saturday"),
        ("FREQ=DAILY", "Every day"),
        ("FREQ=MONTHLY;BYDAY=1MO", "By the rule FREQ=MONTHLY;BYDAY=1MO"),
    ],
)
def test_a_rule_is_said_in_words_and_one_that_no_week_can_say_is_kept_beside_it(rule, words):
    assert in_words(AT | {"rrule": rule}) == f"{words} 09:00–17:00"
    field = one("hours", {"hours": [AT | {"rrule": rule}]})
    kept = [text for _, text in field.typed["more"]]
    assert kept == ([] if "day" in words and "Every" not in words else [f"{words} 09:00–17:00"])


def test_a_kind_is_found_for_every_field():
    assert {name: kind_of(field_at(SCHEMA, name)) for name in ("line", "words", "colours")} == {
        "line": "line", "words": "text", "colours": "many",
    }  # fmt: skip
