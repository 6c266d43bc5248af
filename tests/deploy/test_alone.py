"""The commands that run one service by itself, as far as they go without servers: tests/production has the rest."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from deploy.alone import service_of
from deploy.cli import cli
from shared.tokens import new_signing_key, public_keys

KEY = new_signing_key()


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run a command with the settings of referrals alone."""
    for name in ("SBS_DATABASE_URL", "SBS_SIGNING_KEY", "SBS_FEED_KEY", "SBS_TRUSTED_KEYS"):
        monkeypatch.delenv(name, raising=False)

    def run(*words, **settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(cli, words)

    return run


@pytest.fixture
def settings(tmp_path):
    return {"SBS_DATABASE_URL": f"sqlite:///{tmp_path}/own.db", "SBS_TRUSTED_KEYS": public_keys(KEY)}


@pytest.mark.parametrize("part", ["serve", "worker", "migrate"])
def test_nothing_is_made_up_where_a_setting_is_missing(command, part):
    done = command(part, "referrals")

    assert done.exit_code == 1
    assert "SBS_DATABASE_URL is not set." in done.output
    assert "SBS_TRUSTED_KEYS is not set." in done.output


def test_a_worker_needs_a_key_to_read_the_feeds(command, settings):
    done = command("worker", "referrals", **settings)

    assert done.exit_code == 1
    assert "SBS_FEED_KEY is not set" in done.output


def test_the_database_of_one_service_is_migrated(command, settings):
    assert command("migrate", "referrals", **settings).exit_code == 0

    service = service_of("referrals", settings)
    with service.database.read() as session:
        assert session.execute(text("select count(*) from referral")).scalar_one() == 0
    service.database.dispose()


def test_a_service_that_there_is_not_is_named(command):
    assert command("serve", "everything").exit_code == 2
