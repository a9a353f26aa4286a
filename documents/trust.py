"""
What verifiers trust, as they can read it: keys as JWKS and as a COSE key set, and one signed list.

Only the state's own keys are published here, which belong to no person. A retired key stays on the
list, because what it signed stays good.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from documents import cose, custody, statuslist
from documents.custody import Holder, SignerUnavailable
from documents.models import STATE_LEVEL, Credential, Purpose
from documents.operations.credentials import believed, in_force
from documents.pki.judging import signs_es256
from documents.pki.roots import roots

log = structlog.get_logger()

LIST_LIFE = timedelta(days=30)
_COORDINATE_BYTES = 32
# COSE_Key (RFC 9052 section 7, RFC 9053 section 7.1.1).
_KTY, _KID, _ALG, _CRV, _X, _Y = 1, 2, 3, -1, -2, -3
_EC2, _P256 = 2, 1


@dataclass(frozen=True)
class PublicKey:
    """One of the state's keys, as it is published."""

    key_id: bytes
    purpose: str
    state: str
    since: datetime
    until: datetime
    public: ec.EllipticCurvePublicKey
    certificates: tuple[bytes, ...]  # DER, its own first, without the root

    @property
    def coordinates(self) -> tuple[bytes, bytes]:
        point = self.public.public_numbers()
        return point.x.to_bytes(_COORDINATE_BYTES), point.y.to_bytes(_COORDINATE_BYTES)


def state_keys() -> list[PublicKey]:
    """
    Return every key that the state has had for codes and lists, oldest first.

    One of another kind than P-256 is passed over: ES256 signs nothing with it.
    """
    keys = []
    for each in believed().filter(purpose__in=STATE_LEVEL).order_by("pk"):
        try:
            keys.append(_published(each))
        except SignerUnavailable:
            log.error("trust.key_of_another_kind", credential_id=each.pk)  # noqa: TRY400
    return keys


def jwks() -> dict[str, object]:
    """Return the keys as a JSON Web Key Set (RFC 7517)."""
    return {"keys": [jwk(each) for each in state_keys()]}


def jwk(key: PublicKey) -> dict[str, object]:
    x, y = key.coordinates
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(x),
        "y": _base64url(y),
        "kid": _base64url(key.key_id),
        "use": "sig",
        "alg": "ES256",
        # Of the certificates themselves, as RFC 7517 section 4.7 wants: base64, not base64url.
        "x5c": [base64.b64encode(each).decode() for each in key.certificates],
        "x5t#S256": _base64url(hashlib.sha256(key.certificates[0]).digest()),
    }


def cose_keys() -> bytes:
    """Return the keys as a COSE_KeySet (RFC 9052 section 7)."""
    made = []
    for key in state_keys():
        x, y = key.coordinates
        made.append({_KTY: _EC2, _KID: key.key_id, _ALG: cose.ES256, _CRV: _P256, _X: x, _Y: y})
    return cose.dumps(made)


def trust_list(*, at: datetime) -> dict[str, str]:
    """
    Return the list of keys, signed, as a flattened JSON Web Signature (RFC 7515 section 7.2.2).

    :raises SignerUnavailable: if its key cannot be had now
    """
    credential = _in_force(Purpose.TRUST_LIST, at)
    own = _published(credential)
    protected = _json64(
        {
            "alg": "ES256",
            "typ": "guichet-trust-list+jws",
            "kid": _base64url(own.key_id),
            "x5c": [base64.b64encode(each).decode() for each in own.certificates],
        }
    )
    payload = _json64(
        {
            "iss": settings.SITE_URL,
            "iat": int(at.timestamp()),
            "exp": int((at + LIST_LIFE).timestamp()),
            "keys": [_listed(each) for each in state_keys()],
            "status_lists": [statuslist.address(n) for n in range(statuslist.count())],
            "roots": [{"name": each.name, "sha256": each.sha256} for each in fingerprints()],
        }
    )
    der = custody.sign_raw(
        credential.custody, Holder.of(credential), f"{protected}.{payload}".encode()
    )
    return {"protected": protected, "payload": payload, "signature": _base64url(_raw(der))}


def status_list(number: int, *, at: datetime) -> bytes:
    """
    Return a status list, signed by the key for codes.

    :raises SignerUnavailable: if that key cannot be had now
    """
    credential = _in_force(Purpose.QR, at)
    _published(credential)
    return statuslist.token(
        number,
        key_id=cose.key_id(credential.certificate),
        sign=partial(custody.sign_raw, credential.custody, Holder.of(credential)),
        at=at,
    )


@dataclass(frozen=True)
class Fingerprint:
    """A root as a person compares it."""

    name: str
    sha256: str  # In capitals, with colons, as certificate viewers show it.
    ends_at: datetime


def fingerprints() -> list[Fingerprint]:
    return [
        Fingerprint(
            name=each.subject.rfc4514_string(),
            sha256=_with_colons(hashlib.sha256(each.public_bytes(Encoding.DER)).digest()),
            ends_at=each.not_valid_after_utc,
        )
        for each in roots()
    ]


def _listed(key: PublicKey) -> Mapping[str, object]:
    return {
        "purpose": key.purpose,
        "status": key.state,
        "from": int(key.since.timestamp()),
        "until": int(key.until.timestamp()),
        "jwk": jwk(key),
    }


def _published(credential: Credential) -> PublicKey:
    """:raises SignerUnavailable: if its key is not of P-256"""
    own = x509.load_pem_x509_certificate(credential.certificate.encode())
    chain = x509.load_pem_x509_certificates(credential.chain.encode())
    public = own.public_key()
    if not signs_es256(public):
        raise SignerUnavailable(f"credential {credential.pk} has no P-256 key")
    return PublicKey(
        key_id=cose.key_id(credential.certificate),
        purpose=credential.purpose,
        state=credential.state,
        since=credential.not_before,
        until=credential.ended_at or credential.not_after,
        public=public,
        certificates=tuple(each.public_bytes(Encoding.DER) for each in (own, *chain)),
    )


def _in_force(purpose: Purpose, at: datetime) -> Credential:
    credential = in_force(purpose, at=at)
    if credential is None:
        raise SignerUnavailable(f"no credential for {purpose} is in force")
    return credential


def _raw(der: bytes) -> bytes:
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)


def _json64(value: object) -> str:
    return _base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _with_colons(data: bytes) -> str:
    return data.hex(":").upper()
