"""
A time stamp authority (RFC 3161): a root that never changes, and beneath it a certificate a year.

Everybody can read its root's key: what it stamps proves nothing. Its clock is the machine's until
it is told another, so that years can pass in a test.

  POST /tsa             a time stamp
  GET  /tsa/root.cer    its root
  GET  /tsa/tsa.crl     what it has revoked
  GET  /tsa/asked       how often it was asked for a stamp
  POST /tsa/revoke      {"on": true or false}: what it has stamped with is revoked, or is not
  POST /tsa/clock       {"now": ISO time, or "" for the machine's}
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import SLOW_SECONDS
from sandbox.twins import Twin

_ROOT = Path(__file__).with_name("keys") / "tsa-development-only.pem"
# A certificate signs for a year and is believed for three: stamps must be renewed before that.
_SIGNS, _LASTS = timedelta(days=365), timedelta(days=3 * 365)
_LIST_LASTS = timedelta(days=7)
_BACKDATED = timedelta(minutes=10)
_QUESTION_BYTES_MAX = 4096
# How many certificates it sends along when its tokens grow: an answer stays below 32 kB.
_GROWS_MAX = 40
_POLICY = "1.3.6.1.4.1.99999.1"  # Nobody's.
_ANSWER = "application/timestamp-reply"


@dataclass
class _Unit:
    """The key that stamps now, with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: asn1_x509.Certificate
    since: datetime


@dataclass
class _Authority:
    ahead: timedelta = timedelta()
    asked: int = 0
    units: list[_Unit] = field(default_factory=list)
    last: cms.ContentInfo | None = None
    revoked: set[int] = field(default_factory=set)

    def now(self) -> datetime:
        return (datetime.now(UTC) + self.ahead).replace(microsecond=0)

    def unit(self, lists_at: str) -> _Unit:
        now = self.now()
        for unit in self.units:
            if unit.since <= now < unit.since + _SIGNS:
                return unit
        self.units.append(_new_unit(now, lists_at))
        return self.units[-1]


_AUTHORITY = _Authority()


async def stamp(request: Request) -> Response:
    """Answer a TimeStampReq with a TimeStampResp, as RFC 3161, 3.4 has it over HTTP."""
    faults = request.app.state.faults
    _AUTHORITY.asked += 1
    if faults.is_on("tsa", "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    if spoiled := _instead(faults.get("tsa", "")):
        return spoiled
    body = await request.body()
    if len(body) > _QUESTION_BYTES_MAX:
        return Response(status_code=413)
    try:
        question = tsp.TimeStampReq.load(body, strict=True)
        digest = question["message_imprint"]["hashed_message"].native
    except (ValueError, TypeError):
        return Response(status_code=400)
    nonce = question["nonce"].native
    if faults.is_on("tsa", "wrong_nonce"):
        nonce = (nonce or 0) ^ 1
    if faults.is_on("tsa", "wrong_hash"):
        digest = bytes(len(digest))
    token = _AUTHORITY.last if faults.is_on("tsa", "replay") else None
    token = token or await run_in_threadpool(
        _token, digest, question["message_imprint"]["hash_algorithm"], nonce,
        lists_at=str(request.url_for("tsa_lists")), fault=faults.get("tsa", ""),
    )  # fmt: skip
    _AUTHORITY.last = token
    answer = tsp.TimeStampResp(
        {"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token}
    )
    return Response(answer.dump(), media_type=_ANSWER)


def _instead(fault: str) -> Response | None:
    """Return what is said in place of a stamp on a bad day."""
    rejection = tsp.PKIStatusInfo({"status": "rejection"})
    match fault:
        case "down":
            return Response("maintenance", status_code=503)
        case "nonsense":
            return Response(secrets.token_bytes(300), media_type=_ANSWER)
        case "endless":
            return Response(bytes(4 * 1024 * 1024), media_type=_ANSWER)
        case "page":
            return Response("<html>Sign in to the guest network</html>", media_type="text/html")
        case "refuses":
            return Response(tsp.TimeStampResp({"status": rejection}).dump(), media_type=_ANSWER)
    return None


async def root_certificate(_: Request) -> Response:
    return Response(
        _root()[0].public_bytes(serialization.Encoding.DER), media_type="application/pkix-cert"
    )


async def revocation_list(request: Request) -> Response:
    if request.app.state.faults.is_on("tsa", "down"):
        return Response("maintenance", status_code=503)
    certificate, key = _root()
    now = _AUTHORITY.now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificate.subject)
        .last_update(now - _BACKDATED)
        .next_update(now + _LIST_LASTS)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for serial in sorted(_AUTHORITY.revoked):
        line = x509.RevokedCertificateBuilder().serial_number(serial)
        builder = builder.add_revoked_certificate(line.revocation_date(now - _BACKDATED).build())
    made = builder.sign(key, hashes.SHA256())
    return Response(
        made.public_bytes(serialization.Encoding.DER), media_type="application/pkix-crl"
    )


async def revoke(request: Request) -> Response:
    """{"on": true}: the keys so far were stolen, and a thief stamps with them; or not."""
    serials = {unit.certificate.serial_number for unit in _AUTHORITY.units}
    _AUTHORITY.revoked = serials if (await request.json()).get("on") else set()
    return JSONResponse({"revoked": len(_AUTHORITY.revoked)})


async def asked(_: Request) -> Response:
    return JSONResponse({"asked": _AUTHORITY.asked})


async def clock(request: Request) -> Response:
    told = (await request.json()).get("now", "")
    real = datetime.now(UTC)
    _AUTHORITY.ahead = datetime.fromisoformat(told) - real if told else timedelta()
    return JSONResponse({"now": _AUTHORITY.now().isoformat()})


def _root() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    text = _ROOT.read_bytes()
    key = serialization.load_pem_private_key(text[text.index(b"-----BEGIN PRIVATE") :], None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the root's key is of an elliptic curve")
    return x509.load_pem_x509_certificate(text), key


def _new_unit(now: datetime, lists_at: str, issuer: x509.Name | None = None) -> _Unit:
    """Return a key and its certificate; with an `issuer`, one that our root has never heard of."""
    root, root_key = _root()
    if issuer is not None:
        root_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Guichet sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Time stamps since {now:%Y-%m-%d}"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .add_extension(
            x509.CRLDistributionPoints(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier(lists_at)], None, None, None
                    )
                ]
            ),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return _Unit(key, asn1_x509.Certificate.load(der), now)


def _token(
    digest: bytes,
    algorithm: algos.DigestAlgorithm,
    nonce: int | None,
    *,
    lists_at: str,
    fault: str,
) -> cms.ContentInfo:
    now = _AUTHORITY.now()
    unit = _AUTHORITY.unit(lists_at)
    if fault == "stranger":
        nobody = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody")])
        unit = _new_unit(now, lists_at, issuer=nobody)
    if fault == "expired":
        unit = _new_unit(now - _LASTS - timedelta(days=1), lists_at)
    beside = [unit.certificate] * (_AUTHORITY.asked % _GROWS_MAX if fault == "grows" else 0)
    said = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": {"hash_algorithm": algorithm, "hashed_message": digest},
            "serial_number": secrets.randbits(63),
            "gen_time": now,
            "ordering": False,
            **({} if nonce is None else {"nonce": nonce}),
        }
    ).dump()
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(said),
            },
            "certificates": [unit.certificate, *beside],
            "signer_infos": [_signature(unit, said)],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _signature(unit: _Unit, said: bytes) -> cms.SignerInfo:
    # pyHanko states no types here.
    attribute: Any = simple_cms_attribute
    attributes = cms.CMSAttributes(
        [
            attribute("content_type", "tst_info"),
            attribute("message_digest", _sha256(said)),
            attribute("signing_certificate_v2", as_signing_certificate_v2(unit.certificate)),
        ]
    )
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": unit.certificate.issuer,
                    "serial_number": unit.certificate.serial_number,
                }
            },
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": unit.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )


def _sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


TWIN = Twin(
    kind="tsa",
    routes=(
        Route("/tsa", stamp, methods=["POST"]),
        Route("/tsa/root.cer", root_certificate, methods=["GET"]),
        Route("/tsa/tsa.crl", revocation_list, methods=["GET"], name="tsa_lists"),
        Route("/tsa/asked", asked, methods=["GET"]),
        Route("/tsa/revoke", revoke, methods=["POST"]),
        Route("/tsa/clock", clock, methods=["POST"]),
    ),
    faults={
        "tsa": frozenset(
            {
                "down", "slow", "nonsense", "endless", "page", "refuses", "wrong_nonce",
                "wrong_hash", "stranger", "replay", "expired", "grows",
            }
        )
    },
)  # fmt: skip
