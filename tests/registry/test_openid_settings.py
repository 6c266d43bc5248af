"""The settings of an OpenID provider: all of them or none, every fault named at once, nothing weak over https."""

import pytest

from services.registry.settings import Settings
from shared.settings import SettingsError
from shared.tokens import new_signing_key, public_keys
from tests.openid import CLAIM_MAP

KEY = new_signing_key()
GOOD = {
    "SBS_DATABASE_URL": "sqlite:////tmp/{service}.db",
    "SBS_TRUSTED_KEYS": public_keys(KEY),
    "SBS_SIGNING_KEY": KEY,
    "SBS_ORIGIN": "https://sbs.example.org",
}
OPENID = {
    "SBS_OPENID_ISSUER": "https://accounts.example.org/realms/one",
    "SBS_OPENID_CLIENT_ID": "sbs",
    "SBS_OPENID_CLIENT_SECRET": "long-enough-for-anybody",
    "SBS_OPENID_ROLES": CLAIM_MAP,
    "SBS_OPENID_SECOND_FACTOR": "mfa otp",
}


def test_without_any_of_them_there_is_no_provider():
    assert Settings.from_environ(GOOD).openid is None


def test_with_all_of_them_there_is_one(tmp_path):
    (tmp_path / "roles.toml").write_text(CLAIM_MAP, "utf-8")
    (tmp_path / "secret").write_text("long-enough-for-anybody\n", "utf-8")
    given = {name: OPENID[name] for name in OPENID if not name.endswith(("SECRET", "ROLES"))}
    files = {
        "SBS_OPENID_ROLES_FILE": str(tmp_path / "roles.toml"),
        "SBS_OPENID_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
    }

    openid = Settings.from_environ(GOOD | given | files).openid

    assert openid.registration.redirect_uri == "https://sbs.example.org/registry/openid/callback"
    assert openid.registration.client_secret == "long-enough-for-anybody"
    assert openid.second_factor == {"mfa", "otp"}
    assert openid.only is False
    assert "long-enough" not in repr(openid)


@pytest.mark.parametrize("missing", OPENID)
def test_one_of_them_missing_is_a_fault(missing):
    with pytest.raises(SettingsError, match=f"{missing} is not set"):
        Settings.from_environ(GOOD | {name: OPENID[name] for name in OPENID if name != missing})


def test_passwords_are_not_refused_without_a_provider():
    with pytest.raises(SettingsError, match="SBS_OPENID_ISSUER is not set"):
        Settings.from_environ(GOOD | {"SBS_OPENID_ONLY": "yes"})


def test_all_faults_are_named_together():
    wrong = {
        "SBS_OPENID_ISSUER": "http://accounts.example.org",
        "SBS_OPENID_CLIENT_SECRET": "secret",
        "SBS_OPENID_ROLES": "roles = 1",
        "SBS_OPENID_ONLY": "perhaps",
    }

    with pytest.raises(SettingsError) as error:
        Settings.from_environ(GOOD | wrong)

    for name in [*wrong, "SBS_OPENID_CLIENT_ID", "SBS_OPENID_SECOND_FACTOR"]:
        assert f"{name} is not" in str(error.value)


@pytest.mark.parametrize(
    "issuer", ["ftp://x", "accounts.example.org", "https://x/?a=b", "https://x/#a", "https://"]
)
def test_an_issuer_is_a_url(issuer):
    with pytest.raises(SettingsError, match="SBS_OPENID_ISSUER is not right"):
        Settings.from_environ(GOOD | OPENID | {"SBS_OPENID_ISSUER": issuer})


def test_a_demonstration_on_http_may_have_one_on_http():
    settings = Settings.from_environ(
        GOOD | OPENID | {"SBS_ORIGIN": "http://127.0.0.1:8000", "SBS_OPENID_ISSUER": "http://127.0.0.1:9400"}
    )

    assert settings.openid.registration.redirect_uri == "http://127.0.0.1:8000/registry/openid/callback"


@pytest.mark.parametrize(
    ("claims", "had"),
    [
        ({"amr": ["pwd", "otp"]}, True), ({"acr": "mfa"}, True), ({"amr": ["pwd"]}, False), ({}, False),
        ({"amr": "mfa"}, False), ({"amr": [{"mfa": 1}]}, False), ({"acr": ["mfa"]}, False),
    ],
)  # fmt: skip
def test_a_second_factor_is_what_the_operator_calls_one(claims, had):
    assert Settings.from_environ(GOOD | OPENID).openid.had_second_factor(claims) is had


def test_where_the_provider_always_asks_for_one_it_was_used():
    always = Settings.from_environ(GOOD | OPENID | {"SBS_OPENID_SECOND_FACTOR": "always"})

    assert always.openid.had_second_factor({})
