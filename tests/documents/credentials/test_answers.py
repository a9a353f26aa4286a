"""What authorities say is read, or refused by name; nothing that they send breaks an errand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from documents.pki import revocation
from documents.pki.revocation import BadAnswer
from tests.world import NOON

LASTS = timedelta(days=90)
CA_KEY, ITS_KEY, OTHER_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, *, answers: bool, until: datetime = NOON + LASTS
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - LASTS)
        .not_valid_after(until)
    )
    if answers:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        made = made.add_extension(usage, critical=False)
    return made.sign(CA_KEY, hashes.SHA256())


AUTHORITY = certificate("Authority", CA_KEY, answers=False)
LEAF = certificate("Uwase", OTHER_KEY, answers=False)
ANSWERER = certificate("Answers", ITS_KEY, answers=True)
ENDED = certificate("Answers", ITS_KEY, answers=True, until=NOON - timedelta(days=1))


def answer(
    by: x509.Certificate, key: ec.EllipticCurvePrivateKey, *beside: x509.Certificate,
    says: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
) -> bytes:  # fmt: skip
    made = ocsp.OCSPResponseBuilder().add_response(
        LEAF, AUTHORITY, hashes.SHA1(), says, NOON, NOON + LASTS, None, None
    )
    made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, by)
    if beside:
        made = made.certificates(beside)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    "told",
    [
        answer(AUTHORITY, CA_KEY),
        answer(AUTHORITY, CA_KEY, AUTHORITY),
        answer(ANSWERER, ITS_KEY, ANSWERER),
        answer(ANSWERER, ITS_KEY, ANSWERER, AUTHORITY),
    ],
)
def test_an_answer_is_believed_whatever_certificates_come_with_it(told: bytes) -> None:
    read = revocation.read_answer(told, LEAF, AUTHORITY)
    assert read.serial == f"{LEAF.serial_number:x}"


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"no answer",
        answer(LEAF, OTHER_KEY, LEAF),
        answer(certificate("Answers", ITS_KEY, answers=False), ITS_KEY, ANSWERER)[:-1],
        answer(ANSWERER, ITS_KEY),
    ],
)
def test_an_answer_by_nobody_who_may_is_refused(told: bytes) -> None:
    with pytest.raises(BadAnswer):
        revocation.read_answer(told, LEAF, AUTHORITY)


def revoked(add: Callable[[x509.CertificateRevocationListBuilder], object] | None = None) -> bytes:
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named("Authority"))
        .last_update(NOON)
        .next_update(NOON + LASTS)
        .add_extension(x509.CRLNumber(9), critical=False)
    )
    if add:
        made = add(made)
    return made.sign(CA_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_what_changed_since_another_list_is_not_taken_for_the_whole() -> None:
    assert revocation.read_list(revoked(), AUTHORITY).this_update == NOON
    part = revoked(lambda made: made.add_extension(x509.DeltaCRLIndicator(8), critical=True))
    with pytest.raises(BadAnswer, match="not the whole list"):
        revocation.read_list(part, AUTHORITY)


@pytest.mark.django_db
def test_a_list_of_the_future_hides_none_that_comes_before_it() -> None:
    read = revocation.read_list(revoked(), AUTHORITY)
    with pytest.raises(BadAnswer, match="dates"):
        revocation.keep(read, at=NOON - timedelta(hours=1))
    assert revocation.keep(read, at=NOON)
    assert not revocation.keep(read, at=NOON)


@pytest.mark.parametrize(
    "scope",
    [
        {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})},
        {"only_contains_attribute_certs": True},
        {"indirect_crl": True},
    ],
)
def test_a_list_of_some_certificates_or_reasons_is_not_taken_for_the_whole(scope: dict) -> None:
    usual = {
        "full_name": [x509.UniformResourceIdentifier("http://lists.example/1.crl")],
        "relative_name": None, "only_contains_user_certs": False,
        "only_contains_ca_certs": False, "only_some_reasons": None, "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }  # fmt: skip

    def scoped(**how: object) -> bytes:
        point = x509.IssuingDistributionPoint(**{**usual, **how})
        return revoked(lambda made: made.add_extension(point, critical=True))

    assert revocation.read_list(scoped(), AUTHORITY).this_update == NOON
    with pytest.raises(BadAnswer, match="not the whole list"):
        revocation.read_list(scoped(**scope), AUTHORITY)


def test_an_answer_by_one_whose_certificate_had_ended_is_refused() -> None:
    told = answer(ANSWERER, ITS_KEY, ANSWERER)
    assert revocation.read_answer(told, LEAF, AUTHORITY)
    with pytest.raises(BadAnswer, match="ended"):
        revocation.read_answer(answer(ENDED, ITS_KEY, ENDED), LEAF, AUTHORITY)


def test_an_authority_that_does_not_know_the_certificate_has_said_nothing() -> None:
    told = answer(AUTHORITY, CA_KEY, says=ocsp.OCSPCertStatus.UNKNOWN)
    with pytest.raises(BadAnswer, match="unknown"):
        revocation.read_answer(told, LEAF, AUTHORITY)
