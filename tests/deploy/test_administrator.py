"""The command that makes the first administrator."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from deploy.cli import cli
from deploy.environment import embedded_environment
from deploy.programme import Programme
from services.registry.models import Account
from services.registry.use_cases.links import use_link
from shared.audit.deed import Action, by_command
from shared.audit.records import AuditRecord
from tests.builders.accounts import PASSWORD


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run the command in an installation in an empty folder."""
    monkeypatch.setenv("SBS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SBS_DATABASE_URL", raising=False)
    return lambda email, *more: CliRunner().invoke(cli, ["administrator", email, "--name", "Noor", *more])


@pytest.fixture
def registry(command):
    programme = Programme(embedded_environment())
    programme.migrate()
    yield programme.registry
    programme.dispose()


def come(registry, done):
    """Use the link that was printed."""
    secret = done.stdout.strip().rpartition("/")[2]
    deed = by_command("use_link", Action.UPDATE)
    use_link(registry, deed, values={"secret": secret, "password": PASSWORD})


def all_of(registry, model):
    with registry.database.read() as session:
        return session.scalars(select(model)).all()


def test_the_first_administrator_comes_by_the_link_that_is_printed(command, registry):
    done = command("Noor@Example.org")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("http://127.0.0.1:8000/registry/pages/link/")
    assert "It works once" in done.stderr
    assert "Open it in a browser" in done.stderr
    come(registry, done)
    (account,) = all_of(registry, Account)
    assert (account.email, account.role, account.state) == ("noor@example.org", "administrator", "active")


def test_the_command_is_on_record(command, registry):
    command("noor@example.org")

    (record,) = all_of(registry, AuditRecord)
    (account,) = all_of(registry, Account)
    assert (record.operation, record.via, record.object_id) == ("make_administrator", "command", account.id)
    assert record.right == "the operator's command"


def test_while_there_is_one_another_must_be_asked_for(command, registry):
    come(registry, command("noor@example.org"))

    refused = command("second@example.org")

    assert refused.exit_code == 1
    assert "--another" in refused.stderr
    assert len(all_of(registry, Account)) == 1
    assert command("second@example.org", "--another").exit_code == 0
    assert command("noor@example.org", "--another").exit_code == 1
    assert len(all_of(registry, Account)) == 2


def test_whose_link_was_lost_gets_a_new_one(command, registry):
    lost, given = command("noor@example.org"), command("noor@example.org")

    assert lost.stdout != given.stdout
    come(registry, given)
    assert len(all_of(registry, Account)) == 1


@pytest.mark.parametrize("email", ["noor", ""])
def test_what_is_no_email_makes_nobody(command, registry, email):
    refused = command(email)

    assert refused.exit_code == 1
    assert "email" in refused.stderr
    assert all_of(registry, Account) == []
