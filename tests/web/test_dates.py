"""Days and hours as the country of the reader writes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g

from shared.web.language import day, moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def read_in():
    def read(language, write):
        with Flask("x").app_context():
            g.language = language
            return write()

    return read


@pytest.mark.parametrize(
    ("language", "on", "written"),
    [
        ("nl", "2026-03-01", "zo 1 maart 2026"), ("fr", "2026-03-01", "dim. 1er mars 2026"),
        ("fr", "2026-03-21", "sam. 21 mars 2026"), ("en", "2026-03-01", "Sun 1 March 2026"),
    ],
)  # fmt: skip
def test_a_day(read_in, language, on, written):
    assert read_in(language, lambda: day(on)) == written


def test_it_is_the_day_of_the_programmes_zone_that_is_the_first(read_in):
    late = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert read_in("fr", lambda: moment(late, AMSTERDAM)) == "dim. 1er mars 2026, 00:30"
