"""The people of a programme, each at the pages of his own."""

import pytest

from tests.builders.people import Programme101
from tests.web.visiting import Visitor, visiting


@pytest.fixture
def worker(programme: Programme101) -> Visitor:
    return visiting(programme.care_worker)


@pytest.fixture
def coordinator(programme: Programme101) -> Visitor:
    return visiting(programme.coordinator)


@pytest.fixture
def ambassador(programme: Programme101) -> Visitor:
    return visiting(programme.ambassador)
