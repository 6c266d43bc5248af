"""A device that makes passkeys and signs with them, as WebAuthn lays down, in a few lines; and bad ones."""

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from tests.world import World

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@contextmanager
def at_a_name(world: World, origin: str = ORIGIN) -> Iterator[None]:
    """For as long as it lasts, the registry is reached by a host name: without one there are no passkeys."""
    service = world.programme.registry
    kept = service.settings
    service.settings = replace(kept, origin=origin)
    try:
        yield
    finally:
        service.settings = kept


@dataclass
class Device:
    """One passkey. What it says of where it is and of its owner can be wrong, for tests."""

    origin: str = ORIGIN
    party: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    steps: int = 1
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: str | None = None

    def make(self, options: dict[str, Any], challenge: str | None = None) -> dict[str, Any]:
        """What `navigator.credentials.create` gives."""
        self.handle = options["user"]["id"]
        key = self._cose()
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + key
        data = self._data(HAS_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge or options["challenge"])
        return self._credential(
            clientDataJSON=bytes_to_base64url(client), attestationObject=bytes_to_base64url(attestation)
        )

    def sign(self, options: dict[str, Any], challenge: str | None = None, **other: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.count += self.steps
        data = self._data()
        client = self._client("webauthn.get", challenge or options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts: dict[str, Any] = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": self.handle,
        }
        return self._credential(**parts | other)

    def _data(self, more: int = 0) -> bytes:
        party = hashlib.sha256(self.party.encode()).digest()
        return party + struct.pack(">BI", self.flags | more, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _credential(self, **response: Any) -> dict[str, Any]:
        identity = bytes_to_base64url(self.credential_id)
        return {"id": identity, "rawId": identity, "type": "public-key", "response": response}


def a_copy(device: Device) -> Device:
    """The same key in other hands, with the count it had when it was copied."""
    return replace(device)
