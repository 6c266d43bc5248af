"""The kinds of field that a value can be; each says once what is right, in words for whoever typed it."""

import re
from datetime import date
from enum import StrEnum
from typing import Any

import phonenumbers
from dateutil.rrule import rrulestr
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from shared.text import LONGEST_NAME, fold, holds_bsn, tidy, unprintable, visible, without_bsn

LONGEST_EMAIL = 254
LONGEST_SECRET = 100
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)


def _tidied(text: str) -> str:
    try:
        return tidy(text)
    except ValueError:
        raise ValidationError("It holds a character that cannot be kept.") from None


class Line(fields.String):
    """One line of text: no control characters, nothing that may be a BSN; trimmed, canonical Unicode."""

    def __init__(self, *, longest: int = LONGEST_NAME, **kwargs: Any) -> None:
        super().__init__(validate=_something_up_to(longest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = _tidied(str(super()._deserialize(value, attr, data, **kwargs)))
        if unprintable(text):
            raise ValidationError("It holds a character that cannot be kept.")
        if text and not visible(text):
            raise ValidationError("There is nothing to read in it.")
        if holds_bsn(text):
            raise ValidationError("This looks like a BSN, which is never stored.")
        return text


class EmailAddress(Line):
    """One e-mail address, that a letter can be sent to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=LONGEST_EMAIL, **kwargs)
        self.validators.append(validate.Email())


class FreeText(fields.String):
    """Several lines in someone's own words; a number that may be a BSN is taken out and marked."""

    def __init__(self, *, longest: int = 4000, **kwargs: Any) -> None:
        super().__init__(validate=_something_up_to(longest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = _tidied(str(super()._deserialize(value, attr, data, **kwargs)))
        if unprintable(text, allow="\n\r\t"):
            raise ValidationError("It holds a character that cannot be kept.")
        return without_bsn(text)


class SearchText(Line):
    """Part of a name, folded as names are for searching."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        folded = fold(text)
        if text and not folded:
            raise ValidationError("There is nothing to read in it.")
        return folded


class Phone(fields.String):
    """A telephone number with its country code, kept as E.164 (+31612345678)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=4, max=40), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        try:
            number = phonenumbers.parse(text.replace("00", "+", 1) if text.startswith("00") else text)
        except phonenumbers.NumberParseException:
            raise ValidationError("Write it with the country code, like +31 6 1234 5678.") from None
        if not phonenumbers.is_possible_number(number):
            raise ValidationError("No telephone number has this many digits.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Country(fields.String):
    """A country's two-letter code (ISO 3166-1), such as NL or GB."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_country, metadata={"pattern": "^[A-Z]{2}$"}, **kwargs)


class Language(fields.String):
    """A language's code (ISO 639), such as nl or ber."""

    def __init__(self, **kwargs: Any) -> None:
        reason = "Use a language's code in small letters, such as nl, fr or ber."
        super().__init__(validate=validate.Regexp(r"^[a-z]{2,3}\Z", error=reason), **kwargs)


class Day(fields.Date):
    """A calendar day, YYYY-MM-DD, between 1900 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_within_reach, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValidationError("Write a day as YYYY-MM-DD.")
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise ValidationError("There is no such day; write it as YYYY-MM-DD.") from None


class Moment(fields.AwareDateTime):
    """A date and time with its offset from UTC, between 1900 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=lambda moment: _within_reach(moment.date()), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("Write date and time as text, like 2026-03-02T09:30:00+01:00.")
        return super()._deserialize(value, attr, data, **kwargs)


class Secret(fields.String):
    """The secret of a link that works once."""

    def __init__(self, **kwargs: Any) -> None:
        reason = "This is not the secret of a link."
        pattern = rf"^[A-Za-z0-9_-]{{1,{LONGEST_SECRET}}}\Z"
        super().__init__(required=True, validate=validate.Regexp(pattern, error=reason), **kwargs)


class Whole(fields.Integer):
    """A whole number between two bounds."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(lowest, highest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise ValidationError("Write a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class YesOrNo(fields.Boolean):
    """True or false, and nothing that merely looks like it: to Python 0 and 1 are among them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError("Choose yes or no: true or false.")
        return super()._deserialize(value, attr, data, **kwargs)


class Code(fields.Enum[StrEnum]):
    """One of an enum's values."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(kind, by_value=fields.String, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("Not a valid string.")
        return super()._deserialize(value, attr, data, **kwargs)


def several(inner: fields.Field[Any], most: int = 20, **kwargs: Any) -> fields.List[Any]:
    """A list of at most `most` values, none of them twice."""
    return fields.List(inner, validate=[validate.Length(max=most), _no_twins], **kwargs)


def _check_rule(text: str) -> None:
    if len(text) > 200 or unprintable(text) or not text.upper().startswith("FREQ="):
        raise ValidationError("Write an RFC 5545 rule, like FREQ=WEEKLY;BYDAY=TU.")
    try:
        rrulestr(text)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        raise ValidationError("Write an RFC 5545 rule, like FREQ=WEEKLY;BYDAY=TU.") from None


class Opening(Schema):
    """When a place is open: days by an RFC 5545 rule, and the hours on those days."""

    class Meta:
        unknown = RAISE

    rrule = fields.String(
        required=True,
        validate=_check_rule,
        metadata={"example": "FREQ=WEEKLY;BYDAY=TU,TH", "description": "RFC 5545 RRULE"},
    )
    opens_at = fields.Time(required=True, format="%H:%M", metadata={"example": "10:00"})
    closes_at = fields.Time(required=True, format="%H:%M", metadata={"example": "16:00"})

    @validates_schema
    def closes_after_it_opens(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values["closes_at"] <= values["opens_at"]:
            raise ValidationError("It must be later than opens_at.", "closes_at")


class OpeningHours(fields.List[Any]):
    """When something is open or held: a list of `Opening`, loaded as the plain JSON that is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields.Nested(Opening), validate=validate.Length(max=20), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        openings: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        return [
            {**one, "opens_at": f"{one['opens_at']:%H:%M}", "closes_at": f"{one['closes_at']:%H:%M}"}
            for one in openings
        ]


def _something_up_to(longest: int) -> list[validate.Length]:
    """Two rules: who typed too much is not told to fill it in."""
    return [validate.Length(min=1), validate.Length(max=longest)]


def _country(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError("Use a country's two-letter code, such as NL, BE, FR or GB.")


def _within_reach(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError("A day must lie between 1900 and 2100.")


def _no_twins(values: list[Any]) -> None:
    if len({str(value) for value in values}) != len(values):
        raise ValidationError("Something is in this list twice.")
