"""The operator's commands, run as they are typed, on an embedded installation of their own."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from deploy.cli import cli
from deploy.environment import embedded_environment
from deploy.programme import Programme
from services.referrals.models import KnownMembership, Organisation
from services.registry.models import Partner, TimelineEntry
from shared.actor import system_actor
from shared.audit.sealing import Sealer
from shared.messaging import parked
from shared.messaging.events import Event
from shared.messaging.feed import LocalFeed
from shared.tokens import Verifier
from tests.shared.test_importing import FILES, MAN, MEN, put

HOME = "SBS_HOME"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run a command line in an installation in an empty folder."""
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    monkeypatch.delenv("SBS_DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def programme(command):
    """The same installation, opened."""
    opened = Programme(embedded_environment())
    opened.migrate()
    yield opened
    opened.dispose()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "files"
    place.mkdir()
    for name, lines in FILES.items():
        put(place / name, *lines)
    return place


def test_migrating_twice_is_as_good_as_once(command):
    assert command("migrate").exit_code == 0
    assert command("migrate").exit_code == 0


def test_a_folder_is_imported(command, folder, programme):
    done = command("import", folder)

    assert done.exit_code == 0, done.output
    assert "events delivered" in done.output


def test_a_refused_file_is_the_commands_failure(command, folder):
    put(folder / "shedders.csv", MEN, MAN, "M2,Omar,S9,2026-01-05,,,,,")

    assert command("import", folder, "--dry-run").exit_code == 1
    assert command("import", folder).exit_code == 1
    assert command("import", folder, "--skip-bad").exit_code == 0


def test_a_folder_that_is_not_there_is_named(command, tmp_path):
    done = command("import", tmp_path / "elsewhere")

    assert done.exit_code == 2
    assert "elsewhere" in done.output


def test_a_token_speaks_for_whom_it_names(command, folder, programme):
    command("import", folder)

    issued = command("token", "coordinator", "--for", "De Mussen").output.strip()

    with programme.registry.database.read() as session:
        partner_id = session.scalars(select(Partner.id)).one()
    actor = Verifier(programme.registry.settings.trusted_keys, "registry").actor(
        issued, programme.registry.clock.now()
    )
    assert (actor.role.value, actor.partner_id) == ("coordinator", partner_id)


def test_a_token_of_an_integrator_has_the_scopes_that_were_asked(command, programme):
    issued = command(
        "token", "integrator", "--scope", "events:read", "--scope", "figures:read"
    ).output.strip()

    actor = Verifier(programme.registry.settings.trusted_keys, "registry").actor(
        issued, programme.registry.clock.now()
    )
    assert (actor.role.value, actor.scopes) == ("integrator", {"events:read", "figures:read"})


def test_a_token_to_answer_for_an_organisation_names_it(command, programme):
    with programme.referrals.begin(system_actor()) as work:
        work.session.add(
            Organisation(
                name="Centrum", country="NL", municipality="Gouda", languages=[], external_ref="O1",
                ref_owner="programme", created_at=work.now,
            )
        )  # fmt: skip
        work.session.flush()
        organisation_id = work.session.scalars(select(Organisation.id)).one()

    issued = command("token", "integrator", "--scope", "referrals:read", "--for", "O1").output.strip()

    actor = Verifier(programme.referrals.settings.trusted_keys, "referrals").actor(
        issued, programme.referrals.clock.now()
    )
    assert (actor.organisation_id, actor.scopes) == (organisation_id, {"referrals:read"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("coordinator",), "Say with --for whom this coordinator speaks."),
        (("mentor", "--for", "T999"), "There is no such mentor: T999."),
        (("integrator",), "An integrator needs one --scope at least"),
        (("integrator", "--scope", "referrals:read"), "Say with --for whom this integrator speaks."),
        (("integrator", "--scope", "referrals:read", "--for", "O9"), "There is no such organisation: O9."),
        (("king",), "'king' is not one of"),
        (("evaluator", "--hours", "100000"), "100000"),
    ],
)
def test_a_token_for_nobody_is_refused_in_words(command, words, said):
    done = command("token", *words)

    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("variable", "value"), [("SBS_TIMEZONE", "Mars"), ("SBS_EXPIRE_AFTER_DAYS", "soon")])
def test_wrong_settings_are_named_all_at_once(command, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("SBS_BROKER_URL", "redis://here")

    done = command("migrate")

    assert done.exit_code == 1
    assert variable in done.output
    assert "SBS_BROKER_URL" in done.output
    assert "redis://here" not in done.output


@pytest.fixture
def kept_aside(command, folder, programme):
    """An event that registry could not apply when it came, and can now."""
    command("import", folder)
    service = programme.registry
    with service.begin(system_actor()) as work:
        work.session.query(TimelineEntry).filter_by(what="referral.accepted").delete()
        document = next(
            d
            for d in LocalFeed(programme.referrals).read(0, 100).documents
            if "referral.accepted" in d["type"]
        )
        parked.park(work.session, Event.parse(document), "It was too early.", work.now)
    return service


def test_parked_events_are_listed_shown_and_retried(command, kept_aside):
    listed = command("parked", "list").output
    identity = listed.split()[0]
    shown = command("parked", "show", identity).output
    retried = command("parked", "retry", identity)

    assert "org" not in listed.split()[0]
    assert "It was too early." in listed
    assert json.loads(shown[shown.index("{") :])["type"] == "org.sbs.referral.accepted.v1"
    assert retried.exit_code == 0, retried.output
    assert "1 tried, 0 still parked" in retried.output
    assert command("parked", "list").output.strip() == "No event is parked."
    with kept_aside.database.read() as session:
        assert session.scalars(
            select(TimelineEntry.what).where(TimelineEntry.what == "referral.accepted")
        ).one()


def test_retrying_names_what_to_retry(command):
    assert command("parked", "retry").exit_code == 2
    assert command("parked", "show", "01a20cf2-e62b-7325-a183-ea271748762b").exit_code == 1


def test_the_audit_is_verified_and_a_man_given_his_log(command, folder, programme):
    command("import", folder)
    for worker in programme.workers():
        Sealer(worker.service).run()

    verified = command("audit", "verify")
    given = command("audit", "log", "M1")

    assert verified.exit_code == 0, verified.output
    assert verified.output.count("whole, up to") == 3
    assert given.exit_code == 0, given.output
    assert {line.split()[2] for line in given.output.splitlines()} == {"registry", "referrals", "mentoring"}
    assert "the operator: Import a CSV file" in given.output


def test_a_broken_audit_is_the_commands_failure(command, folder, programme):
    command("import", folder)
    Sealer(programme.registry).run()
    with programme.registry.database.engine.begin() as connection:
        connection.exec_driver_sql("drop trigger audit_record_refuses_update")
        connection.exec_driver_sql("update audit_record set items = 7 where id = 2")

    broken = command("audit", "verify")

    assert broken.exit_code == 1
    assert "registry: BROKEN. Record 2 (seal 2)" in broken.output


def test_a_log_of_nobody_is_refused_in_words(command):
    asked = command("audit", "log", "M999")

    assert asked.exit_code == 1
    assert "There is no man with this id or reference" in asked.output


def test_what_is_kept_of_others_events_is_checked_and_put_right(command, folder, programme):
    command("import", folder)
    with programme.referrals.begin(system_actor()) as work:
        work.session.execute(delete(KnownMembership))

    assert command("rebuild", "referrals", "--check").exit_code == 1
    done = command("rebuild", "referrals")

    assert done.exit_code == 0, done.output
    assert "known_membership" in done.output
    assert "put right" in done.output
    assert command("rebuild", "referrals", "--check").exit_code == 0
    assert command("rebuild", "registry", "--check").exit_code == 0
