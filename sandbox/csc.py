"""
A signing service by the API of the Cloud Signature Consortium, and the authority behind it.

Any credentialID is a key: made at its first use, named by its suffix ("officer-7~Marie Uwase"), or
by itself. It is of P-256; where the credentialID begins with "rsa-" it is of RSA and signs
RSASSA-PSS, and with "old-rsa-" nothing but PKCS #1 v1.5. The authority certifies requests (PKCS
#10) too, as a national one would after its own checks, and publishes its revocation list.

  POST /csc/authority/certify      a request (PEM) -> certificate and chain; with ?answers=1 the
                                   certificate names no list, and asks to be asked about (OCSP)
  POST /csc/authority/ocsp         what it answers about one
  POST /csc/authority/revoke       {"serial": hexadecimal}
"""

import base64
import functools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox import ocsp
from sandbox.twins import Twin

TOKEN, PIN = "development-only-csc", "135790"
_DAY = timedelta(days=1)
_KEPT_MAX = 1000
_TOGETHER_MAX = 200
# RFC 4055, 3.1: SHA-256, MGF1 with SHA-256, a salt of 32 bytes.
_PSS = "1.2.840.113549.1.1.10"
_PSS_PARAMETERS = "MDSgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEFAKIDAgEg"

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """Made anew by each process: what it certified is worth nothing after a restart."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certified: dict[int, x509.Certificate] = {}
        self.revoked: set[int] = set()
        name = _name("Sandbox national authority - proves nothing")
        now = datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3650 * _DAY)
            .not_valid_after(now + 7300 * _DAY)
            .add_extension(x509.BasicConstraints(True, 0), critical=True)
            .add_extension(_usage(certifies=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )

    def certify(
        self, subject: x509.Name, public: Any, lists_at: str, answers_at: str = ""
    ) -> x509.Certificate:
        """Make a certificate that names the list, or where it is asked about."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 1825 * _DAY)
            .not_valid_after(now + 1825 * _DAY)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(_usage(certifies=False), critical=True)
            .add_extension(_told_at(lists_at, answers_at), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        made = builder.sign(self.key, hashes.SHA256())
        if len(self.certified) >= _KEPT_MAX:
            self.certified.clear()
        self.certified[made.serial_number] = made
        return made

    def revocation_list(self) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - timedelta(minutes=1))
            .next_update(now + _DAY)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for serial in sorted(self.revoked):
            line = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(line.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _told_at(lists_at: str, answers_at: str) -> x509.ExtensionType:
    place = x509.UniformResourceIdentifier(answers_at or lists_at)
    if answers_at:
        asked = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
        return x509.AuthorityInformationAccess([asked])
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])


class Service:
    def __init__(self) -> None:
        self.authority = Authority()
        self.keys: dict[str, tuple[Key, x509.Certificate]] = {}
        self.orders: dict[str, tuple[str, list[str]]] = {}
        self.authorised = 0

    def held(self, credential_id: str, lists_at: str) -> tuple[Key, x509.Certificate]:
        if credential_id not in self.keys:
            if len(self.keys) >= _KEPT_MAX:
                self.keys.clear()
            key = _made(credential_id)
            named = credential_id.rpartition("~")[2]
            made = self.authority.certify(_name(named), key.public_key(), lists_at)
            self.keys[credential_id] = (key, made)
        return self.keys[credential_id]


@functools.cache
def _service(app: Starlette) -> Service:
    return Service()


async def info(request: Request) -> Response:
    """Of one credential: its certificate, then its authority's."""
    said = await _body(request)
    if (refusal := _refusal(request)) is not None:
        return refusal
    credential_id = str(said.get("credentialID", ""))
    if not credential_id or credential_id.startswith("unknown"):
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    service = _service(request.app)
    key, certificate = service.held(credential_id, _lists_at(request))
    chain = [certificate, service.authority.certificate]
    return JSONResponse(
        {
            "key": {"status": "enabled", "algo": [_way(credential_id)], "len": key.key_size},
            "cert": {"status": "valid", "certificates": [_base64(each) for each in chain]},
            "authMode": "explicit",
            "multisign": _TOGETHER_MAX,
            "SCAL": "2",
        }
    )


async def authorize(request: Request) -> Response:
    """Give a SAD that is good once, for these hashes, to whoever knows the PIN."""
    said = await _body(request)
    if (refusal := _refusal(request)) is not None:
        return refusal
    proofs = said.get("authData") or [{"id": "PIN", "value": said.get("PIN")}]
    if {"id": "PIN", "value": PIN} not in proofs:
        return JSONResponse({"error": "invalid_pin"}, status_code=400)
    many = len(_hashes(said))
    if many != said.get("numSignatures") or not 0 < many <= _TOGETHER_MAX:
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    service, sad = _service(request.app), secrets.token_urlsafe(16)
    if len(service.orders) >= _KEPT_MAX:
        service.orders.clear()
    service.authorised += 1
    service.orders[sad] = (str(said.get("credentialID")), _hashes(said))
    return JSONResponse({"SAD": sad, "expiresIn": 60})


async def asked(request: Request) -> Response:
    """How often signatures were authorised."""
    return JSONResponse({"authorised": _service(request.app).authorised})


async def sign_hash(request: Request) -> Response:
    said = await _body(request)
    if (refusal := _refusal(request)) is not None:
        return refusal
    service, hashed = _service(request.app), _hashes(said)
    order = service.orders.pop(str(said.get("SAD")), None)
    if order != (said.get("credentialID"), hashed):
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    credential_id = str(said["credentialID"])
    key, _ = service.held(credential_id, _lists_at(request))
    if said.get("signAlgo") != _way(credential_id):
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    if request.app.state.faults.is_on("csc", "strange"):
        key = _made("")
    try:
        made = [_signed(key, base64.b64decode(each), said) for each in hashed]
    except ValueError:
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    return JSONResponse({"signatures": [base64.b64encode(each).decode() for each in made]})


def _made(credential_id: str) -> Key:
    if credential_id.startswith(("rsa-", "old-rsa-")):
        return rsa.generate_private_key(65537, 3072)
    return ec.generate_private_key(ec.SECP256R1())


def _way(credential_id: str) -> str:
    """How a key signs: ecdsa-with-SHA256, or one of RSA's."""
    if credential_id.startswith("old-rsa-"):
        return "1.2.840.113549.1.1.11"
    return _PSS if credential_id.startswith("rsa-") else "1.2.840.10045.4.3.2"


def _signed(key: Key, digest: bytes, said: dict[str, Any]) -> bytes:
    """:raises ValueError: if the parameters of RSASSA-PSS are not those of SHA-256"""
    hashed = utils.Prehashed(hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(digest, ec.ECDSA(hashed))
    if said.get("signAlgoParams") != _PSS_PARAMETERS:
        raise ValueError(said.get("signAlgoParams"))
    return key.sign(digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashed)


async def certify(request: Request) -> Response:
    """POST a request for a certificate as PEM -> the certificate and its chain as PEM."""
    try:
        asked = x509.load_pem_x509_csr(await request.body())
    except ValueError:
        return PlainTextResponse("not a request\n", status_code=400)
    if not asked.is_signature_valid:
        return PlainTextResponse("not signed by its own key\n", status_code=400)
    authority = _service(request.app).authority
    answers_at = (
        f"{request.base_url}csc/authority/ocsp" if "answers" in request.query_params else ""
    )
    made = authority.certify(asked.subject, asked.public_key(), _lists_at(request), answers_at)
    return PlainTextResponse(_pem(made) + _pem(authority.certificate))


async def answer(request: Request) -> Response:
    authority, fault = _service(request.app).authority, request.app.state.faults.get("ocsp", "")
    if fault == "down":
        return Response(status_code=503)
    try:
        told = ocsp.answer(
            await request.body(), issuer=authority.certificate, key=authority.key,
            certified=authority.certified, revoked=authority.revoked, fault=fault,
        )  # fmt: skip
    except ValueError:
        return Response(status_code=400)
    return Response(told, media_type="application/ocsp-response")


async def revoke(request: Request) -> Response:
    serial = int(str((await _body(request)).get("serial", "")), 16)
    _service(request.app).authority.revoked.add(serial)
    return JSONResponse({"revoked": f"{serial:x}"})


async def root(request: Request) -> Response:
    return PlainTextResponse(_pem(_service(request.app).authority.certificate))


async def revocation_list(request: Request) -> Response:
    if request.app.state.faults.is_on("csc", "down"):
        return Response(status_code=503)
    told = _service(request.app).authority.revocation_list()
    return Response(told, media_type="application/pkix-crl")


def _refusal(request: Request) -> Response | None:
    if request.app.state.faults.is_on("csc", "down"):
        return JSONResponse({"error": "unavailable"}, status_code=503)
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    return None


def _hashes(said: dict[str, Any]) -> list[str]:
    found = said.get("hashes") or said.get("hash") or []
    return [str(each) for each in found]


def _lists_at(request: Request) -> str:
    return f"{request.base_url}csc/authority.crl"


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_cert_sign=certifies,
        crl_sign=certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


TWIN = Twin(
    kind="csc",
    routes=[
        *[
            Route(f"/csc/csc/{version}/{name}", does, methods=["POST"])
            for version in ("v1", "v2")
            for name, does in (
                ("credentials/info", info),
                ("credentials/authorize", authorize),
                ("signatures/signHash", sign_hash),
            )
        ],
        Route("/csc/asked", asked),
        Route("/csc/authority/certify", certify, methods=["POST"]),
        Route("/csc/authority/ocsp", answer, methods=["POST"]),
        Route("/csc/authority/revoke", revoke, methods=["POST"]),
        Route("/csc/authority.pem", root),
        Route("/csc/authority.crl", revocation_list),
    ],
    faults={"csc": frozenset({"down", "strange"}), "ocsp": ocsp.FAULTS},
)
