"""A chain that validators would refuse is refused when it is handed in: else papers are."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from documents.pki import revocation
from documents.pki.csr import Subject
from documents.pki.judging import BadCertificate, judge
from tests.world import NOON

YEAR = timedelta(days=365)
SUBJECT = Subject("RW", "Rwanda", "", "1", "Uwase")
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies, content_commitment=not certifies,
        key_cert_sign=certifies, crl_sign=certifies, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def made(
    common: str, by: Pair | None = None, *, authority: bool = True, path: int | None = None,
    certifies: bool | None = None, more: x509.ExtensionType | None = None,
) -> Pair:  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, signing_key = (by[0].subject, by[1]) if by else (name(common), key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - YEAR)
        .not_valid_after(NOON + YEAR)
        .add_extension(x509.BasicConstraints(authority, path), critical=True)
        .add_extension(
            usage(certifies=authority if certifies is None else certifies), critical=True
        )
    )
    if more is not None:
        builder = builder.add_extension(more, critical=True)
    return builder.sign(signing_key, hashes.SHA256()), key


def text(*chain: Pair) -> str:
    return "".join(each[0].public_bytes(serialization.Encoding.PEM).decode() for each in chain)


@pytest.fixture
def root(tmp_path: Path, settings) -> Pair:
    top = made("Root", path=2)
    settings.PKI_ROOTS = str(tmp_path / "roots.pem")
    (tmp_path / "roots.pem").write_text(text(top))
    return top


def accepted(pem: str) -> str:
    return judge(pem, subject=SUBJECT, spki=None, at=NOON, commits=True).chain


def test_a_chain_of_authorities_that_may_is_taken_in(root: Pair) -> None:
    first = made("First", root, path=1)
    second = made("Second", first, path=0)
    hers = made("Uwase", second, authority=False)
    assert accepted(text(hers, first, second)) == text(second, first)


def test_a_chain_that_validators_refuse_is_refused(root: Pair) -> None:
    last = made("Last", root, path=0)
    beyond = made("Beyond", last, path=0)
    may_not = made("May not", root, path=0, certifies=False)
    elsewhere = x509.NameConstraints(
        permitted_subtrees=[x509.DirectoryName(name("Elsewhere"))], excluded_subtrees=None
    )
    elsewhere_only = made("Elsewhere only", root, path=0, more=elsewhere)
    unheard_of = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.7"), b"\x05\0")
    for above in ([beyond, last], [may_not], [elsewhere_only],
                  [made("Strange", root, path=0, more=unheard_of)]):  # fmt: skip
        hers = made("Uwase", above[0], authority=False)
        with pytest.raises(BadCertificate) as refused:
            accepted(text(hers, *above))
        assert refused.value.reason == "authority"


def test_of_two_roots_of_one_name_the_one_that_signed_is_meant(root: Pair, settings) -> None:
    """A root that gets a new key keeps its name."""
    newer = made("Root", path=2)
    Path(settings.PKI_ROOTS).write_text(text(root, newer))
    for top in (root, newer):
        hers = made("Uwase", top, authority=False)
        assert revocation.with_issuers([hers[0]]) == [(hers[0], top[0])]
    nobodys = made("Uwase", made("Root"), authority=False)
    assert revocation.with_issuers([nobodys[0]]) == []
