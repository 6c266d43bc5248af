"""Each fault once while people work: nothing is lost and nothing doubled. `make faults` is the long form."""

import os

import pytest

from tests import backends, servers
from tests.faults.run import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),  # one after another: each needs a machine's breath
    pytest.mark.skipif(not servers.CAN_RUN and not backends.ALL, reason=servers.MISSING),
]


def test_whatever_fails_nothing_is_lost_and_nothing_doubled(tmp_path):
    seed = int(os.environ.get("SBS_TEST_SEED", "20261125"))

    result = run(tmp_path, seed=seed, events=100, kills=5, longest=45.0)

    print(result.table())
    assert result.men > 0
    assert result.wrong == []
