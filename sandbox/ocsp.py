"""What an authority answers about one certificate (OCSP, RFC 6960), on good days and bad."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

FAULTS = frozenset({"down", "nonsense", "later", "unknown", "stranger", "another"})
_LASTS, _BACKDATED = timedelta(days=1), timedelta(minutes=1)


def answer(
    question: bytes, *, issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey,
    certified: dict[int, x509.Certificate], revoked: set[int], fault: str,
) -> bytes:  # fmt: skip
    """:raises ValueError: if it is no question, or about no certificate of this authority"""
    if fault == "nonsense":
        return b"<html>Sign in to the guest network</html>"
    if fault == "later":
        return _der(ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER))
    asked = ocsp.load_der_ocsp_request(question).serial_number
    if asked not in certified:
        raise ValueError("not a certificate of this authority")
    about = issuer if fault == "another" else certified[asked]
    now = datetime.now(UTC)
    is_revoked = asked in revoked
    status = ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD
    if fault == "unknown":
        status, is_revoked = ocsp.OCSPCertStatus.UNKNOWN, False
    made = ocsp.OCSPResponseBuilder().add_response(
        about, issuer, hashes.SHA1(), status, now - _BACKDATED, now + _LASTS,  # noqa: S303
        now - _BACKDATED if is_revoked else None,
        x509.ReasonFlags.key_compromise if is_revoked else None,
    )  # fmt: skip
    made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    signing_key = ec.generate_private_key(ec.SECP256R1()) if fault == "stranger" else key
    return _der(made.sign(signing_key, hashes.SHA256()))


def _der(response: ocsp.OCSPResponse) -> bytes:
    return response.public_bytes(serialization.Encoding.DER)
