"""Reading a request's body: bounded, strictly JSON, and checked against its schema only when it is used.

The order of answers is fixed: 401, 404, 403, 409, 412 or 428, and only then 422. So a use case
gets `Values`, which are read and checked when the first of them is asked for, after its guards.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from shared.errors import FieldError, InvalidInput
from shared.http.schemas import from_text

LONGEST_JSON = 256 * 1024
LONGEST_UPLOAD = 32 * 1024 * 1024


class Values(Mapping[str, Any]):
    """A body's values, checked when first looked at. Raises `InvalidInput` then, and nothing before."""

    def __init__(self, check: Callable[[], Mapping[str, Any]]) -> None:
        self._check = check
        self._checked: Mapping[str, Any] | None = None

    def _values(self) -> Mapping[str, Any]:
        if self._checked is None:
            self._checked = self._check()
        return self._checked

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


def json_body(schema: Schema) -> tuple[Values, Any]:
    """The request's JSON as `Values`, and as it was sent. Raises 400, 413 or 415 at once."""
    request.max_content_length = LONGEST_JSON
    raw = request.get_data()
    if not raw:
        sent: Any = {}
    else:
        if request.mimetype != "application/json":
            raise UnsupportedMediaType("Send the body as application/json.")
        sent = _parse(raw)
    return Values(lambda: load(schema, sent)), sent


def load(schema: Schema, sent: Any, where: str = "body") -> Mapping[str, Any]:
    """Check plain values against a schema. Raises `InvalidInput`."""
    try:
        if not isinstance(sent, dict):
            raise InvalidInput([FieldError((), "The body must be a JSON object.")])
        loaded: Mapping[str, Any] = schema.load(sent)
        return loaded
    except ValidationError as error:
        messages = error.messages
        assert isinstance(messages, dict)
        raise InvalidInput.from_messages(messages, where) from None


def query(schema: Schema) -> Mapping[str, Any]:
    """The request's query parameters; unknown ones, and a parameter given twice, are refused."""
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if repeated:
        raise InvalidInput([FieldError((name,), "Give it once.", "query") for name in repeated])
    return load(schema, from_text(schema, request.args.to_dict()), "query")


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except _NameTwice as error:
        raise BadRequest(f"An object in the body has {json.dumps(str(error))} twice.") from None
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None


class _NameTwice(Exception):
    """A name stands twice in an object; readers differ on which of its values counts."""


def _no_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        raise _NameTwice(counted.most_common(1)[0][0][:100])
    return values


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
