"""The ways in which each person's task is walked: small, a telephone, a desk; each language; script or none."""

import pytest

WAYS = [
    pytest.param(320, "nl", True, id="320-nl"),
    pytest.param(390, "fr", False, id="390-fr-no-javascript"),
    pytest.param(1280, "en", True, id="1280-en"),
    pytest.param(320, "en", False, id="320-en-no-javascript"),
    pytest.param(390, "nl", True, id="390-nl"),
    pytest.param(1280, "fr", False, id="1280-fr-no-javascript"),
]
in_each_way = pytest.mark.parametrize(("width", "language", "javascript"), WAYS)
