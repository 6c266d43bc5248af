"""Importing a folder of CSV files: what is told of a bad row, and what is left when one is bad."""

import csv
import io

import pytest
from sqlalchemy import text

from deploy.import_folder import MODULES, import_folder
from services.registry.models import Consent, Session, Shed, Shedder
from shared.actor import Role
from shared.http import imports_api

SHEDS = "shed_ref,name,partner,country,municipality,neighbourhood,focus,opened_on,closed_on,capacity"
SHED = "S1,Shed 1,De Mussen,NL,Den Haag,Loosduinen,sport,2025-01-06,,12"
MEN = "shedder_ref,known_as,shed_ref,joined_on,left_on,birth_year,languages,neighbourhood,phone"
MAN = "M1,Ali B.,S1,2026-01-05,,1960,nl;ar,Loosduinen,+31612345678"
ORGANISATIONS = (
    "organisation_ref,name,country,municipality,service_ref,service_name,need_category,promised_days,"
    "taking_referrals,languages"
)
ORGANISATION = "O1,Centrum,NL,Den Haag,V1,Intake,mental_health,10,yes,nl"
CONSENTS = "shedder_ref,purpose,organisation_ref,given_on,withdrawn_on,method,wording_version,language"
SESSIONS = "shed_ref,activity,held_on,mode,anonymous_headcount,shedder_refs"
FILES = {
    "sheds.csv": [SHEDS, SHED],
    "shedders.csv": [MEN, MAN],
    "ambassadors.csv": ["ambassador_ref,name,shed_ref,trained_on", "A1,Mehmet D.,S1,2025-02-01"],
    "organisations.csv": [ORGANISATIONS, ORGANISATION],
    "consents.csv": [CONSENTS, "M1,referral,O1,2026-01-06,,spoken,1,nl", "M1,mentoring,,2026-01-06,,signed,1,nl"],
    "sessions.csv": [SESSIONS, "S1,weekly sport,2026-01-12,in_shed,3,M1"],
    "referrals.csv": [
        "referral_ref,shedder_ref,shed_ref,ambassador_ref,organisation_ref,service_ref,need_category,urgency,"
        "sent_on,answered_on,answer,reason,concluded_on,outcome",
        "R1,M1,S1,A1,O1,V1,mental_health,routine,2026-01-10,2026-01-14,accepted,,,",
    ],
    "mentors.csv": [
        "mentor_ref,name,country,municipality,trained_on,vog_on,sectors,languages,capacity",
        "T1,Kees M.,NL,Den Haag,2025-09-18,2025-08-14,construction;transport,nl;tr,12",
    ],
    "pathways.csv": [
        "pathway_ref,shedder_ref,mentor_ref,enrolled_on,work_ready_on,job_started_on,sector,hours_per_week,"
        "contract,checkpoint_13w,checkpoint_26w",
        "P1,M1,T1,2026-01-08,,,,,,,",
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A whole small programme, as files."""
    for name, lines in FILES.items():
        put(tmp_path / name, *lines)
    return tmp_path


def put(path, *lines, end="\n"):
    path.write_bytes((end.join(lines) + end).encode())


def run(world, folder, capsys, *, dry_run=False, skip_bad=False):
    """Import it; gives whether nothing was refused, and what was printed."""
    went_well = import_folder(world.programme, folder, dry_run=dry_run, skip_bad=skip_bad)
    return went_well, capsys.readouterr().out


def count(world, model, service="registry"):
    with world.work(service) as work:
        return work.session.query(model).count()


def trace(world):
    """Everything that services have told, which is everything that was changed."""
    return {service: len(world.told(service)) for service in world.programme.services}


def test_a_whole_folder_is_taken_and_told_everywhere(world, folder, capsys):
    went_well, said = run(world, folder, capsys)

    assert went_well, said
    assert [count(world, model) for model in (Shed, Shedder, Consent, Session)] == [1, 1, 2, 1]
    assert "referral.accepted" in world.told_types("referrals")
    assert "pathway.enrolled" in world.told_types("mentoring")


def test_importing_twice_changes_nothing(world, folder, capsys):
    run(world, folder, capsys)
    before = trace(world)

    went_well, said = run(world, folder, capsys)

    assert went_well
    assert "1 there already" in said
    assert trace(world) == before


def test_a_past_referral_has_its_place_by_the_day_it_was_sent_and_not_by_that_of_its_import(
    world, folder, capsys
):
    run(world, folder, capsys)
    earlier = "R0,M1,S1,A1,O1,V1,mental_health,routine,2026-01-07,2026-01-09,declined,no_capacity,,"
    put(folder / "referrals.csv", FILES["referrals.csv"][0], earlier)
    went_well, said = run(world, folder / "referrals.csv", capsys)
    assert went_well, said
    with world.work("registry") as work:
        partner_id = work.session.query(Shed).one().partner_id

    listed = world.caller(Role.COORDINATOR, partner_id=partner_id).get("/referrals/referrals").json["items"]

    assert [one["requested_on"] for one in listed] == ["2026-01-10", "2026-01-07"]
    assert [one["created_at"][:10] for one in listed] == ["2026-01-10", "2026-01-07"]


def test_a_dry_run_of_a_whole_folder_checks_all_of_it_and_changes_nothing(world, folder, capsys):
    went_well, said = run(world, folder, capsys, dry_run=True)

    assert went_well, said
    assert "pathways.csv               1 would be new" in said
    assert "Nothing was changed." in said
    assert trace(world) == {"registry": 0, "referrals": 0, "mentoring": 0}


def test_a_dry_run_counts_with_what_is_there(world, folder, capsys):
    run(world, folder, capsys)
    put(folder / "shedders.csv", MEN, MAN, MAN.replace("M1", "M2"))

    _, said = run(world, folder, capsys, dry_run=True)

    assert "1 would be new, 1 there already" in said
    assert count(world, Shedder) == 1


def test_one_bad_row_refuses_its_file_whole(world, folder, capsys):
    put(folder / "shedders.csv", MEN, MAN, "M2,Omar,S1,2026-02-30,,,,,")

    went_well, said = run(world, folder, capsys)

    assert not went_well
    assert "shedders.csv, line 3, column joined_on: There is no such day; write it as YYYY-MM-DD." in said
    assert count(world, Shed) == 1
    assert count(world, Shedder) == 0
    assert "shedder.registered" not in world.told_types("registry")


def test_skipping_bad_rows_gives_them_back_to_mend(world, folder, capsys):
    put(folder / "shedders.csv", MEN, MAN, "M2,Omar,S1,2026-02-30,,,,,", "M3,,S1,2026-01-05,,,,,")

    went_well, said = run(world, folder, capsys, skip_bad=True)

    to_mend = folder / "shedders.bad.csv"
    rows = list(csv.DictReader(io.StringIO(to_mend.read_text("utf-8"))))
    assert went_well
    assert str(to_mend) in said
    assert [row["shedder_ref"] for row in rows] == ["M2", "M3"]
    assert "joined_on" in rows[0]["what_is_wrong"]
    assert count(world, Shedder) == 1


def test_the_mended_file_can_be_imported_as_it_is(world, folder, capsys):
    put(folder / "shedders.csv", MEN, MAN, "M2,Omar,S1,2026-02-30,,,,,")
    run(world, folder, capsys, skip_bad=True)
    mended = (folder / "shedders.bad.csv").read_text("utf-8").replace("2026-02-30", "2026-02-28")
    (folder / "shedders.csv").write_text(mended, "utf-8")

    went_well, said = run(world, folder / "shedders.csv", capsys)

    assert went_well, said
    assert count(world, Shedder) == 2


def test_a_folder_without_such_files_says_what_files_are_called(world, tmp_path, capsys):
    went_well, said = run(world, tmp_path, capsys)

    assert not went_well
    assert "sheds.csv" in said


@pytest.mark.parametrize("importer", [one for module in MODULES.values() for one in module.IMPORTERS])
def test_the_columns_of_the_example_are_those_that_are_known(importer):
    assert importer.columns
    assert set(FILES[importer.file][0].split(",")) == set(importer.columns)


class TestPastConsents:
    """History that comes in late takes nothing back of what a man has said since."""

    def states(self, world):
        with world.work("registry") as work:
            rows = work.session.query(Consent).where(Consent.purpose == "referral")
            return [row.state.value for row in rows.order_by(Consent.given_on)]

    def consents(self, world, folder, capsys, *rows):
        put(folder / "consents.csv", CONSENTS, *rows)
        return run(world, folder / "consents.csv", capsys)

    @pytest.fixture
    def loaded(self, world, folder, capsys):
        put(folder / "consents.csv", CONSENTS, "M1,mentoring,,2026-01-06,,signed,1,nl")
        (folder / "referrals.csv").unlink()
        run(world, folder, capsys)
        return folder

    def test_an_older_one_does_not_become_active_beside_a_later_withdrawal(self, world, loaded, capsys):
        self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-06,2026-02-01,spoken,1,nl")

        self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-02,,spoken,1,nl")

        assert self.states(world) == ["replaced", "withdrawn"]

    def test_an_older_one_does_not_replace_a_later_one(self, world, loaded, capsys):
        self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-06,,spoken,1,nl")

        self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-02,,spoken,1,nl")

        assert self.states(world) == ["replaced", "active"]

    def test_a_later_one_replaces_it_though_it_was_withdrawn_itself(self, world, loaded, capsys):
        rows = ("M1,referral,O1,2026-01-02,,spoken,1,nl", "M1,referral,O1,2026-01-06,2026-02-01,spoken,1,nl")

        self.consents(world, loaded, capsys, *rows)

        assert self.states(world) == ["replaced", "withdrawn"]
        types = [one for one in world.told_types("registry") if one.startswith("consent.")]
        assert types[-3:] == ["consent.given", "consent.given", "consent.withdrawn"]

    def test_a_withdrawal_that_a_later_file_tells_of_is_carried_out(self, world, loaded, capsys):
        self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-06,,spoken,1,nl")

        _, said = self.consents(world, loaded, capsys, "M1,referral,O1,2026-01-06,2026-02-01,spoken,1,nl")

        assert self.states(world) == ["withdrawn"]
        assert "is withdrawn now" in said
        assert world.told_types("registry")[-1] == "consent.withdrawn"


class TestWhatGoesOnNeedsWhatItWouldNeedToday:
    def test_an_open_referral_needs_consent(self, world, folder, capsys):
        put(folder / "consents.csv", CONSENTS, "M1,mentoring,,2026-01-06,,signed,1,nl")

        went_well, said = run(world, folder, capsys)

        assert not went_well
        assert "referrals.csv, line 2, column organisation_ref" in said

    def test_a_match_that_goes_on_needs_consent(self, world, folder, capsys):
        put(folder / "consents.csv", CONSENTS, "M1,referral,O1,2026-01-06,,spoken,1,nl")

        went_well, said = run(world, folder, capsys)

        assert not went_well
        assert "pathways.csv, line 2, column shedder_ref" in said

    def test_a_checkpoint_has_come(self, world, folder, capsys):
        row = "P1,M1,T1,2026-01-08,2026-01-20,2026-02-01,care,24,temporary,employed,"
        put(folder / "pathways.csv", FILES["pathways.csv"][0], row)

        went_well, said = run(world, folder, capsys)

        assert not went_well
        assert "pathways.csv, line 2, column checkpoint_13w" in said

    def test_there_is_one_match_of_two_people(self, world, folder, capsys):
        run(world, folder, capsys)
        stopped = "update pathway set state = 'stopped'"
        with world.work("mentoring") as work:
            work.session.execute(text(stopped))
        put(folder / "pathways.csv", FILES["pathways.csv"][0], "P2,M1,T1,2026-02-08,,,,,,,")

        went_well, said = run(world, folder, capsys)

        assert not went_well
        assert "pathways.csv, line 2, column mentor_ref" in said


class TestWhatAVolunteerIsTold:
    def test_the_mended_rest_is_imported_under_the_name_it_was_given(self, world, folder, capsys):
        put(folder / "shedders.csv", MEN, MAN, MAN.replace("M1", "M2").replace("1960", "nineteen"))
        run(world, folder, capsys, skip_bad=True)
        rest = folder / "shedders.bad.csv"
        rest.write_text(rest.read_text().replace("nineteen", "1961"))

        went_well, said = run(world, rest, capsys)

        assert went_well, said
        assert count(world, Shedder) == 2

    def test_a_rest_that_somebody_is_mending_is_not_written_over(self, world, folder, capsys):
        put(folder / "shedders.csv", MEN, MAN.replace("1960", "nineteen"))
        (folder / "shedders.bad.csv").write_text("mended by hand")

        run(world, folder, capsys, skip_bad=True)

        assert (folder / "shedders.bad.csv").read_text() == "mended by hand"
        assert "nineteen" in (folder / "shedders.bad1.csv").read_text()

    def test_a_dry_run_looks_at_the_files_after_a_refused_one(self, world, folder, capsys):
        put(folder / "shedders.csv", MEN, MAN.replace("1960", "nineteen"))
        put(folder / "mentors.csv", FILES["mentors.csv"][0], "T1,Kees M.,NL,Den Haag,soon,,,,12")

        went_well, said = run(world, folder, capsys, dry_run=True)

        assert not went_well
        assert "shedders.csv, line 2, column birth_year" in said
        assert "mentors.csv, line 2, column trained_on" in said

    def test_a_slip_in_the_name_of_a_file_is_told(self, world, folder, capsys):
        (folder / "shedders.csv").rename(folder / "shedder.csv")

        _, said = run(world, folder, capsys, dry_run=True)

        assert "shedder.csv" in said
        assert "Did you mean shedders.csv?" in said

    def test_a_row_that_differs_from_what_is_kept_is_told_and_not_taken(self, world, folder, capsys):
        run(world, folder, capsys)
        put(folder / "shedders.csv", MEN, MAN.replace("Ali B.", "Ali Bey"))

        went_well, said = run(world, folder / "shedders.csv", capsys)

        assert went_well
        assert "line 2): It is there already, and differs from what is kept (known_as)" in said
        with world.work("registry") as work:
            assert work.session.query(Shedder).one().known_as == "Ali B."

    def test_a_few_files_are_imported_at_a_time(self, programme):
        """Each holds a thread and the database for long: one more is told to try again."""
        file = {"file": (io.BytesIO(SHEDS.encode()), "sheds.csv")}
        held = [imports_api._AT_ONCE.acquire(blocking=False) for _ in range(2)]
        try:
            answer = programme.coordinator.send("POST", "/registry/imports", data=file)
        finally:
            for _ in held:
                imports_api._AT_ONCE.release()

        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"

    def test_references_that_cannot_be_asked_for_are_503_and_nothing_is_taken(self, programme, world):
        """Here nothing answers at the origin over HTTP, where the other service would be asked."""
        before = trace(world)
        file = {"file": (io.BytesIO("\n".join(FILES["consents.csv"]).encode()), "consents.csv")}

        answer = programme.coordinator.send("POST", "/registry/imports", data=file)

        assert answer.status == 503
        assert trace(world) == before
