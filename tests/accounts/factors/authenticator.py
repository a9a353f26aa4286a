"""A software authenticator: what a phone does with a passkey, bytes and all."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
ORIGIN = "https://guichet.example"


@dataclass
class Authenticator:
    """Holds one key; `verifies` is whether it asks for a finger, `counts` whether it counts."""

    verifies: bool = True
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: bytes | None = None

    def create(self, told: dict[str, Any], *, origin: str = ORIGIN, **more: Any) -> str:
        """Return the RegistrationResponse in JSON to what the server asked."""
        self.handle = websafe_decode(told["user"]["id"])
        client = _client("webauthn.create", told, origin, **more)
        credential = AttestedCredentialData.create(
            bytes(16), self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(told["rp"]["id"], FLAG.AT, credential)
        made = AttestationObject.create("none", data, {})
        return self._told({"clientDataJSON": client, "attestationObject": made})

    def get(self, told: dict[str, Any], *, origin: str = ORIGIN, **more: Any) -> str:
        """Return the AuthenticationResponse in JSON to what the server asked."""
        client = _client("webauthn.get", told, origin, **more)
        data = self._data(told["rpId"])
        signed = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._told(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signed,
                "userHandle": self.handle or b"",
            }
        )

    def _data(self, rp_id: str, flags: Any = 0, credential: bytes = b"") -> AuthenticatorData:
        self.count += self.counts
        flags |= FLAG.UP | (FLAG.UV if self.verifies else 0)
        return AuthenticatorData.create(
            hashlib.sha256(rp_id.encode()).digest(), flags, self.count, credential
        )

    def _told(self, response: dict[str, bytes]) -> str:
        own = websafe_encode(self.credential_id)
        inner = {name: websafe_encode(bytes(value)) for name, value in response.items() if value}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": inner})


def _client(kind: str, told: dict[str, Any], origin: str, **more: Any) -> bytes:
    challenge = more.pop("challenge", told["challenge"])
    return bytes(CollectedClientData.create(kind, challenge, origin, **more))
