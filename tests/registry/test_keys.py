"""What is sealed is read back with the keys that there are, and with no other."""

import json
from dataclasses import replace

import pytest

from services.registry.settings import Settings
from services.registry.use_cases.keys import keyed_hash, seal, unseal
from shared.tokens import new_signing_key, public_keys

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture
def settings():
    key = new_signing_key()
    return Settings.from_environ(
        {
            "SBS_DATABASE_URL": "sqlite:///{service}.db",
            "SBS_TRUSTED_KEYS": public_keys(key),
            "SBS_SIGNING_KEY": key,
        }
    )


def test_what_was_sealed_is_opened_and_does_not_show(settings):
    sealed = seal(settings, "JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert unseal(settings, sealed) == "JBSWY3DPEHPK3PXP"
    assert unseal(settings, sealed[:-4] + "AAAA") is None


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    before, after = replace(settings, accounts_keys=(OLD,)), replace(settings, accounts_keys=(NEW, OLD))
    sealed = seal(before, "secret")

    assert unseal(after, sealed) == "secret"
    assert unseal(before, seal(after, "secret")) is None
    assert unseal(replace(settings, accounts_keys=(NEW,)), sealed) is None


def test_a_new_signing_key_keeps_what_was_sealed_when_the_old_one_is_named(settings):
    sealed = seal(settings, "secret")
    old = json.loads(settings.signing_key)["d"]

    assert unseal(replace(settings, accounts_keys=(old,)), sealed) == "secret"


def test_a_keyed_hash_is_the_same_for_the_same_text_and_key_alone(settings):
    other = replace(settings, accounts_keys=(NEW,))

    assert keyed_hash(settings, "noor@example.org") == keyed_hash(settings, "noor@example.org")
    assert keyed_hash(settings, "noor@example.org") != keyed_hash(settings, "noor@example.com")
    assert keyed_hash(settings, "noor@example.org") != keyed_hash(other, "noor@example.org")
