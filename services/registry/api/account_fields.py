"""The kinds of field that only accounts have: an email, a password, a code."""

import unicodedata
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.registry.use_cases import passwords
from shared.http.fields import LONGEST_EMAIL, Line

MOST_COMPOSED = 4
"""Of so many characters one may be composed; longer is refused first, for composing takes quadratic time."""


class Email(Line):
    """An email as it is signed in with: in small letters. Any text is taken where one is only looked up."""

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        super().__init__(longest=LONGEST_EMAIL, **kwargs)
        if new:
            self.validators.append(validate.Email())

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()


class Password(fields.String):
    """A password, in the one form it is kept in (NFKC); its characters are counted after that.

    Nothing is cut off and nothing forbidden. A new one has 12 characters at least, and may have 256.
    """

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        length = validate.Length(passwords.SHORTEST if new else 1, passwords.LONGEST)
        super().__init__(required=True, validate=length, metadata={"format": "password"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if len(text) > MOST_COMPOSED * passwords.LONGEST:
            raise ValidationError(f"It may have {passwords.LONGEST} characters at most.")
        if any(unicodedata.category(char) == "Cs" for char in text):
            raise ValidationError("It holds half a character.")
        return passwords.normal(text)


class Code(fields.String):
    """What an app shows (six digits), or a recovery code."""

    def __init__(self, **kwargs: Any) -> None:
        reason = "Write six digits, or a recovery code."
        super().__init__(validate=validate.Regexp(r"^[A-Za-z0-9 -]{6,40}\Z", error=reason), **kwargs)
