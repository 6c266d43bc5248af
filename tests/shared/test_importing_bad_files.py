"""Files as people really send them: what is taken, and what is said of what is not."""

import io

import pytest

from deploy.import_folder import import_folder
from services.registry.models import Shedder
from shared.actor import Role
from shared.http.body import LONGEST_UPLOAD
from tests.shared.test_importing import MAN, MEN, SHED, SHEDS, count, put, run


@pytest.fixture
def sheds(world, tmp_path):
    """A folder whose sheds are there already."""
    put(tmp_path / "sheds.csv", SHEDS, SHED)
    assert import_folder(world.programme, tmp_path, dry_run=False, skip_bad=False)
    (tmp_path / "sheds.csv").unlink()
    return tmp_path


@pytest.mark.parametrize(
    ("content", "known_as"),
    [
        (f"\ufeff{MEN}\n{MAN}\n", "Ali B."),
        (f"{MEN}\r\n{MAN}\r\n", "Ali B."),
        (f"{MEN}\n\n{MAN}\n\n", "Ali B."),
        (f'{MEN}\n"M1","Ali ""de Kok"" B.",S1,2026-01-05,,,,,\n', 'Ali "de Kok" B.'),
        ("known_as,joined_on,shed_ref,shedder_ref\n Ali B. , 2026-01-05 ,S1,M1\n", "Ali B."),
    ],
    ids=["byte-order mark", "CRLF", "empty lines", "quotes", "other order and spaces"],
)
def test_a_file_is_taken_however_the_sheet_was_saved(world, sheds, capsys, content, known_as):
    (sheds / "shedders.csv").write_bytes(content.encode())

    went_well, said = run(world, sheds, capsys)

    assert went_well, said
    with world.work("registry") as work:
        assert work.session.query(Shedder).one().known_as == known_as


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (b"", "line 1, column shedder_ref: There must be such a column."),
        (b"\xff\xfe\x00", "This is not UTF-8"),
        (
            f"{MEN}\n{MAN}\nM2,J\xe9r\xf4me,S1,2026-01-05,,,,,\n".encode("latin-1"),
            "line 3: This is not UTF-8",
        ),
        (f"{MEN}\n{MAN}\nM2,A\x00B,S1,2026-01-05,,,,,\n".encode(), "line 3: It holds a character"),
        (f"{MEN.replace(',', ';')}\n".encode(), "line 1: The columns are parted by semicolons."),
        (f"{MEN},shoe_size\n{MAN},42\n".encode(), "line 1, column shoe_size: This column is not known."),
        (f"{MEN},phone\n{MAN},\n".encode(), "line 1, column phone: There are two such columns."),
        (b"shedder_ref,known_as\nM1,Ali\n", "line 1, column shed_ref: There must be such a column."),
        (f'{MEN}\n"M1,Ali\n'.encode(), "This is not comma-separated text"),
    ],
)
def test_what_is_no_such_file_is_refused_in_plain_words(world, sheds, capsys, content, said_of_it):
    (sheds / "shedders.csv").write_bytes(content)

    went_well, said = run(world, sheds, capsys)

    assert not went_well
    assert f"shedders.csv, {said_of_it}" in said or said_of_it in said
    assert count(world, Shedder) == 0


@pytest.mark.parametrize(
    ("row", "said_of_it"),
    [
        ("M1,Ali", "line 2: It has 2 cells, and the header 9."),
        ("M1,,S1,2026-01-05,,,,,", "line 2, column known_as:"),
        ("M1,Ali,S9,2026-01-05,,,,,", "line 2, column shed_ref: There is no shed with this reference"),
        ("M1,Ali,S1,2026-03-03,,,,,", "line 2, column joined_on: This day is still to come."),
        ("M1,Ali,S1,2026-01-05,2026-01-04,,,,", "line 2, column left_on: It lies before joined_on."),
        ("M1,Ali,S1,5-1-2026,,,,,", "line 2, column joined_on: Write a day as YYYY-MM-DD."),
        ("M1,Ali,S1,2026-01-05,,19x0,,,", "line 2, column birth_year: Write a whole number."),
        ("M1,Ali,S1,2026-01-05,,1" + "0" * 400 + ",,,", "line 2, column birth_year:"),
        ("M1,Ali,S1,2026-01-05,,,dutch,,", "line 2, column languages: Use a language's code"),
        ("M1,Ali,S1,2026-01-05,,,,,0612", "line 2, column phone: Write it with the country code"),
        ("M1,Ali 111222333,S1,2026-01-05,,,,,", "line 2, column known_as: This looks like a BSN"),
        ("M1," + "A" * 50_000 + ",S1,2026-01-05,,,,,", "line 2, column known_as:"),
        (f"{MAN}\n{MAN}", "line 3, column shedder_ref: The same stands in line 2 already."),
    ],
)
def test_a_bad_row_is_named_by_line_column_and_reason(world, sheds, capsys, row, said_of_it):
    put(sheds / "shedders.csv", MEN, row)

    went_well, said = run(world, sheds, capsys)

    assert not went_well
    assert f"shedders.csv, {said_of_it}" in said
    assert count(world, Shedder) == 0


def test_every_bad_row_is_told_and_lines_are_counted_as_an_editor_does(world, sheds, capsys):
    put(sheds / "shedders.csv", MEN, '"M1","Ali\nB.",S1,2026-01-05,,,,,', "M2,Omar,S9,2026-01-05,,,,,")

    _, said = run(world, sheds, capsys)

    assert "shedders.csv, line 2, column known_as: It holds a character that cannot be kept." in said
    assert "shedders.csv, line 4, column shed_ref:" in said


def upload(caller, content, name="shedders.csv", expect=200, **fields):
    data = {"file": (io.BytesIO(content), name), **fields}
    return caller.send("POST", "/registry/imports", data=data, expect=expect)


@pytest.fixture
def own_shed(programme):
    """A shed of the coordinator's own, by his own reference."""
    answer = upload(programme.coordinator, f"{SHEDS}\n{SHED}\n".encode(), "sheds.csv")
    assert answer.json["new"] == 1
    return programme


def test_an_upload_is_the_same_import(own_shed):
    answer = upload(own_shed.coordinator, f"{MEN}\n{MAN}\n".encode())
    again = upload(own_shed.coordinator, f"{MEN}\n{MAN}\n".encode())

    assert (answer.json["new"], answer.json["already_there"]) == (1, 0)
    assert (again.json["new"], again.json["already_there"]) == (0, 1)


def test_a_refused_upload_is_a_problem_that_names_every_line(own_shed, world):
    bad = f"{MEN}\n{MAN}\nM2,Omar,S9,2026-01-05,,,,,\nM3,Bas,S1,2026-13-05,,,,,\n".encode()

    answer = upload(own_shed.coordinator, bad, expect=422)

    assert answer.type == "application/problem+json"
    assert answer.json["type"] == "urn:sbs:problem:file-refused"
    assert [(fault["line"], fault["column"]) for fault in answer.json["errors"]] == [
        (3, "shed_ref"),
        (4, "joined_on"),
    ]
    assert count(world, Shedder) == 0


def test_an_upload_can_be_rehearsed_and_can_leave_bad_rows_out(own_shed, world):
    bad = f"{MEN}\n{MAN}\nM2,Omar,S9,2026-01-05,,,,,\n".encode()

    rehearsed = upload(own_shed.coordinator, bad, dry_run="true").json
    assert (rehearsed["refused"], rehearsed["bad"][0]["line"]) == (True, 3)
    assert count(world, Shedder) == 0

    taken = upload(own_shed.coordinator, bad, skip_bad="true").json
    assert (taken["new"], taken["refused"]) == (1, False)
    assert "M2,Omar" in taken["bad_rows"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("holiday.csv", {}), ("shedders.csv", {"dry_run": "maybe"}), ("shedders.csv", {"x": "1"})],
)
def test_an_upload_says_what_it_takes(own_shed, name, fields):
    upload(own_shed.coordinator, f"{MEN}\n{MAN}\n".encode(), name, expect=422, **fields)


def test_an_upload_is_for_those_who_may_import_and_for_what_is_theirs(own_shed, world):
    other = world.caller(Role.COORDINATOR, partner_id=own_shed.mentor_id)
    for role, relation in (
        (Role.AMBASSADOR, {"ambassador_id": own_shed.ambassador_id}),
        (Role.CARE_WORKER, {"organisation_id": own_shed.organisation_id}),
        (Role.ADMINISTRATOR, {}),
        (Role.EVALUATOR, {}),
    ):
        upload(world.caller(role, **relation), f"{MEN}\n{MAN}\n".encode(), expect=403)

    answer = upload(other, f"{MEN}\n{MAN}\n".encode(), expect=422)

    assert "none of yours" in answer.json["errors"][0]["detail"]


def test_an_upload_without_a_file_or_as_json_is_refused(own_shed):
    own_shed.coordinator.post("/registry/imports", {"file": "x"}, expect=415)
    own_shed.coordinator.send("POST", "/registry/imports", data={"dry_run": "true"}, expect=422)


@pytest.mark.parametrize("line", ["name", "name," * 30, "n" * 50_000])
def test_a_file_of_some_size_is_read_to_its_end(own_shed, line):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="sheds.csv"\r\n\r\nname\r\n'
    raw = part + f"{line}\r\n".encode() * (1_000_000 // len(line)) + b"--x--\r\n"
    kind = "multipart/form-data; boundary=x"

    own_shed.coordinator.send("POST", "/registry/imports", raw=raw, content_type=kind, expect=422)


def test_an_upload_beyond_all_measure_is_refused(own_shed):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="shedders.csv"\r\n\r\n'
    raw = part + b"x" * LONGEST_UPLOAD + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"

    own_shed.coordinator.send("POST", "/registry/imports", raw=raw, content_type=kind, expect=413)
