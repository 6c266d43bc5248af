"""The checkpoints of a job that are still to be recorded."""

from datetime import date
from types import SimpleNamespace

from services.mentoring.domain.checkpoints import to_record

BEGAN = date(2026, 1, 5)


def weeks(ended_on=None, known=()):
    return [one.weeks for one in to_record(BEGAN, ended_on, [SimpleNamespace(weeks=one) for one in known])]


def test_each_that_nobody_recorded_is_to_be():
    assert weeks() == [4, 13, 26, 52]
    assert weeks(known=[13]) == [4, 26, 52]
    assert to_record(BEGAN, None, [])[0].due_on == date(2026, 2, 2)


def test_none_of_after_its_end():
    assert weeks(ended_on=date(2026, 2, 1)) == []
    assert weeks(ended_on=date(2026, 2, 2)) == [4]


def test_a_job_tells_them(programme):
    programme.a_pathway("employed")
    (job,) = programme.mentor.get("/mentoring/jobs").json["items"]

    assert job["checkpoints_to_record"][0] == {"weeks": 4, "due_on": "2026-03-30"}
