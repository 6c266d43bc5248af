"""An appointment's lifecycle, whatever people do."""

from hypothesis import given

from services.referrals.domain.lifecycles import APPOINTMENT
from tests.lifecycles import FEW, declared, drive, moves_of

TO_COME = {"booked", "rescheduled"}
TABLE = {
    "reschedule": (TO_COME, "rescheduled", {"care_worker"}),
    "attend": (TO_COME, "attended", {"care_worker"}),
    "miss": (TO_COME, "missed", {"care_worker"}),
    "cancel": (TO_COME, "cancelled", {"care_worker"}),
    "take_back": ({"attended", "missed"}, "booked", {"care_worker"}),
}
BODIES = {
    "reschedule": {"starts_at": "2026-03-02T08:30:00+00:00", "asked_by": "shedder", "why": "He was ill."},
    "cancel": {"asked_by": "organisation", "why": "Nobody was there."},
    "take_back": {"why": "It was another man."},
}


def test_the_declared_rows_are_those_of_the_domain():
    assert declared(APPOINTMENT) == TABLE


@FEW
@given(moves=moves_of(TABLE, ["care_worker", "care_worker", "coordinator", "ambassador"]))
def test_whatever_people_do_an_appointment_is_where_the_table_says(programme, moves):
    referral = programme.a_referral("accepted")
    body = {"starts_at": "2026-03-02T08:00:00+00:00"}
    appointment = programme.care_worker.post(f"{referral}/appointments", body).json

    drive(programme, f"/referrals/appointments/{appointment['id']}", TABLE, "booked", moves, BODIES)
