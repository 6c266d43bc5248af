"""The ways in which each person's task is walked: small, a telephone, a desk; each language; script or none; at night."""

import pytest

WAYS = [
    pytest.param(320, "nl", True, False, id="320-nl"),
    pytest.param(390, "fr", False, False, id="390-fr-no-javascript"),
    pytest.param(1280, "en", True, False, id="1280-en"),
    pytest.param(320, "en", False, False, id="320-en-no-javascript"),
    pytest.param(390, "nl", True, True, id="390-nl-at-night"),
    pytest.param(1280, "fr", False, False, id="1280-fr-no-javascript"),
]
in_each_way = pytest.mark.parametrize(("width", "language", "javascript", "night"), WAYS)
