"""Settings: all faults are named at once, and nothing secret has a default."""

import json

import pytest

from deploy.environment import embedded_environment
from deploy.programme import Programme
from services.mentoring.settings import Settings as MentoringSettings
from services.referrals.settings import Settings
from services.registry.settings import Settings as RegistrySettings
from shared.secrets import signing_key
from shared.settings import SettingsError
from shared.tokens import ensure_keys, new_signing_key, public_keys

KEY = new_signing_key()
GOOD = {
    "SBS_DATABASE_URL": "sqlite:////tmp/{service}.db",
    "SBS_TRUSTED_KEYS": public_keys(new_signing_key()),
}


def test_each_service_gets_a_database_of_its_own():
    assert Settings.from_environ(GOOD).database_url == "sqlite:////tmp/referrals.db"
    assert MentoringSettings.from_environ(GOOD).database_url == "sqlite:////tmp/mentoring.db"


def test_a_plain_postgresql_url_gets_the_driver():
    url = Settings.from_environ(GOOD | {"SBS_DATABASE_URL": "postgresql://db/sbs_{service}"}).database_url

    assert url == "postgresql+psycopg://db/sbs_referrals"


def test_all_faults_are_named_together():
    wrong = {
        "SBS_DATABASE_URL": "mysql://x/{service}",
        "SBS_BROKER_URL": "redis://x",
        "SBS_TIMEZONE": "Mars/North",
        "SBS_EXPIRE_AFTER_DAYS": "0",
        "SBS_REOPEN_WITHIN_DAYS": "soon",
        "SBS_BROKER_NAMESPACE": "A b",
        "SBS_METRICS_BIND": "9100",
    }

    with pytest.raises(SettingsError) as error:
        Settings.from_environ(wrong)

    for name in [*wrong, "SBS_TRUSTED_KEYS"]:
        assert name in str(error.value)


def test_the_whole_programme_names_each_fault_once():
    with pytest.raises(SettingsError) as error:
        Programme({})

    assert str(error.value).count("SBS_DATABASE_URL is not set.") == 1
    assert str(error.value).count("SBS_TRUSTED_KEYS is not set.") == 1


def test_a_database_shared_by_all_services_is_refused():
    one = {
        "SBS_DATABASE_URL": "sqlite:////tmp/one.db",
        "SBS_SIGNING_KEY": KEY,
        "SBS_TRUSTED_KEYS": public_keys(KEY),
    }

    with pytest.raises(SettingsError, match="{service}"):
        Programme(one)


def test_a_service_by_itself_is_told_of_its_own_database_alone():
    assert Settings.from_environ(GOOD | {"SBS_DATABASE_URL": "sqlite:////tmp/one.db"}).database_url.endswith(
        "one.db"
    )


def test_a_key_that_opens_the_feeds_opens_nothing_else():
    with pytest.raises(
        SettingsError, match="SBS_FEED_KEYS is not right: a key in it is among SBS_TRUSTED_KEYS"
    ):
        Settings.from_environ(GOOD | {"SBS_FEED_KEYS": GOOD["SBS_TRUSTED_KEYS"]})


def test_a_worker_signs_with_a_key_that_the_others_know():
    feeds = {"SBS_FEED_KEY": KEY, "SBS_FEED_KEYS": public_keys(KEY)}
    assert Settings.from_environ(GOOD | feeds).feed_key == KEY

    with pytest.raises(SettingsError, match="SBS_FEED_KEY is not right: its public half"):
        Settings.from_environ(GOOD | feeds | {"SBS_FEED_KEY": new_signing_key()})


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "keys").write_text(GOOD["SBS_TRUSTED_KEYS"] + "\n")
    environ = {"SBS_DATABASE_URL": GOOD["SBS_DATABASE_URL"], "SBS_TRUSTED_KEYS_FILE": str(tmp_path / "keys")}

    assert Settings.from_environ(environ).trusted_keys == GOOD["SBS_TRUSTED_KEYS"]


def test_a_file_that_cannot_be_read_is_named():
    with pytest.raises(SettingsError, match="SBS_TRUSTED_KEYS_FILE cannot be read"):
        Settings.from_environ(GOOD | {"SBS_TRUSTED_KEYS_FILE": "/nowhere"})


REAL = GOOD | {
    "SBS_ORIGIN": "https://sbs.example.org",
    "SBS_DATABASE_URL": "postgresql://sbs_app:hL7-kkq2-Pw9-mmZ@db/sbs_{service}",
    "SBS_BROKER_URL": "amqp://sbs_app:tR4-vvc8-Xa1-ssQ@queue//",
}


def fault_of(**settings):
    with pytest.raises(SettingsError) as error:
        Settings.from_environ(REAL | settings)
    return str(error.value)


def test_for_real_strong_secrets_are_taken():
    assert Settings.from_environ(REAL).origin == "https://sbs.example.org"


@pytest.mark.parametrize("password", ["", "postgres", "guest", "password", "Short-1", "sbs_app"])
def test_for_real_a_short_or_default_password_is_refused_and_not_repeated(password):
    database = f"postgresql://sbs_app:{password}@db/sbs_{{service}}"
    broker = f"amqp://sbs_app:{password}@queue//"

    said = fault_of(SBS_DATABASE_URL=database, SBS_BROKER_URL=broker)

    assert "SBS_DATABASE_URL" in said
    assert "SBS_BROKER_URL" in said
    assert "Short-1" not in said


def test_a_database_behind_a_socket_or_a_certificate_needs_no_password():
    for url in ("postgresql:///sbs_{service}", "postgresql://db/sbs_{service}?sslcert=/run/cert"):
        Settings.from_environ(REAL | {"SBS_DATABASE_URL": url})


def test_for_real_the_key_of_a_demonstration_is_refused(tmp_path):
    ensure_keys(tmp_path)
    demo = (tmp_path / "trusted.jwks").read_text()

    assert "demonstration" in fault_of(SBS_TRUSTED_KEYS=demo)
    assert Settings.from_environ(GOOD | {"SBS_TRUSTED_KEYS": demo}).trusted_keys == demo


def test_for_real_no_key_is_made_where_none_is_set(tmp_path):
    environ = {"SBS_HOME": str(tmp_path), "SBS_ORIGIN": "https://sbs.example.org"}

    with pytest.raises(SettingsError, match="SBS_TRUSTED_KEYS is not set"):
        Programme(embedded_environment(environ))
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("{", "not JSON"),
        ('{"keys": []}', "JWK set"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "Ed25519"),
        ('{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "short"}]}', "Ed25519"),
    ],
)
def test_trusted_keys_that_are_none_or_too_short_are_refused(keys, fault):
    assert fault in fault_of(SBS_TRUSTED_KEYS=keys)


def test_a_private_key_among_the_trusted_ones_is_refused():
    keys = f'{{"keys": [{new_signing_key()}]}}'

    assert "private key" in fault_of(SBS_TRUSTED_KEYS=keys)


@pytest.mark.parametrize("key", ["{}", "secret", '{"kty": "OKP", "crv": "Ed25519", "x": "abc", "d": "abc"}'])
def test_a_signing_key_that_is_none_or_too_short_is_refused(key):
    with pytest.raises(ValueError, match="it "):
        signing_key(key)
    assert signing_key(new_signing_key())


@pytest.mark.parametrize("origin", ["sbs.example.org", "ftp://x", "https://x/path", "https://"])
def test_an_origin_that_is_none_is_refused(origin):
    assert "SBS_ORIGIN" in fault_of(SBS_ORIGIN=origin)


def registry_fault_of(**changes):
    with pytest.raises(SettingsError) as error:
        RegistrySettings.from_environ(GOOD | changes)
    return str(error.value)


def test_the_registry_signs_with_a_key_that_the_services_trust():
    key = new_signing_key()
    trusted = {"SBS_TRUSTED_KEYS": public_keys(key)}

    assert RegistrySettings.from_environ(GOOD | trusted | {"SBS_SIGNING_KEY": key}).signing_key == key
    assert "SBS_SIGNING_KEY is not set" in registry_fault_of()
    assert "not among SBS_TRUSTED_KEYS" in registry_fault_of(SBS_SIGNING_KEY=key)
    assert key not in registry_fault_of(SBS_SIGNING_KEY=key)


def test_for_real_the_registry_does_not_sign_with_the_key_of_a_demonstration(tmp_path):
    ensure_keys(tmp_path)
    keys = {
        "SBS_TRUSTED_KEYS": (tmp_path / "trusted.jwks").read_text(),
        "SBS_SIGNING_KEY": (tmp_path / "signing.jwk").read_text(),
    }

    assert RegistrySettings.from_environ(GOOD | keys)
    assert "SBS_SIGNING_KEY is not right" in registry_fault_of(**keys, SBS_ORIGIN="https://sbs.example.org")


@pytest.mark.parametrize("name", ["SBS_SIGN_IN_IDLE_MINUTES", "SBS_SIGN_IN_LONGEST_HOURS"])
@pytest.mark.parametrize("value", ["0", "never", "-5"])
def test_a_sign_in_has_limits(name, value):
    assert name in registry_fault_of(**{name: value})


def test_a_proxy_has_a_long_secret_or_none():
    key = new_signing_key()
    keys = {"SBS_TRUSTED_KEYS": public_keys(key), "SBS_SIGNING_KEY": key}

    assert RegistrySettings.from_environ(GOOD | keys).edge_secret is None
    assert RegistrySettings.from_environ(GOOD | keys | {"SBS_EDGE_SECRET": "s" * 32}).edge_secret == "s" * 32
    for bad in ("s" * 31, "s" * 32 + '"', "s" * 32 + "; x"):
        assert "SBS_EDGE_SECRET is not right" in registry_fault_of(SBS_EDGE_SECRET=bad)
        assert bad not in registry_fault_of(SBS_EDGE_SECRET=bad)


def test_no_proxy_is_believed_unless_it_is_said():
    assert Settings.from_environ(GOOD).proxies == 0
    assert Settings.from_environ(GOOD | {"SBS_PROXIES": "1"}).proxies == 1
    with pytest.raises(SettingsError, match="SBS_PROXIES"):
        Settings.from_environ(GOOD | {"SBS_PROXIES": "2"})


def test_the_keys_of_accounts_are_ones_own_or_come_from_the_signing_key():
    key = new_signing_key()
    good = GOOD | {"SBS_TRUSTED_KEYS": public_keys(key), "SBS_SIGNING_KEY": key}

    assert RegistrySettings.from_environ(good).accounts_keys == (json.loads(key)["d"],)
    own = RegistrySettings.from_environ(good | {"SBS_ACCOUNTS_KEY": "n" * 32 + ", " + "o" * 32})
    assert own.accounts_keys == ("n" * 32, "o" * 32)
    assert "n" * 32 not in repr(own)
    for bad in ("n" * 31, "n" * 32 + ",", "n" * 32 + ",o"):
        assert "SBS_ACCOUNTS_KEY is not right" in registry_fault_of(SBS_ACCOUNTS_KEY=bad)
        assert bad not in registry_fault_of(SBS_ACCOUNTS_KEY=bad)


@pytest.mark.parametrize("value", ["0", "never", "745"])
def test_a_link_has_its_time(value):
    assert "SBS_LINK_HOURS" in registry_fault_of(SBS_LINK_HOURS=value)
