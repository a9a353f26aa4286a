"""What our RSA keys sign is RSASSA-PSS, in every custody, as other people's programs see it."""

import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms, pem
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.sign.signers.pdf_cms import SimpleSigner

from documents import custody, fast
from documents.custody import Holder
from documents.custody.csc import held_certificates
from documents.operations.credentials.making import csr
from tests.documents import harness
from tests.documents.custody import hsm
from tests.documents.fast import keys
from tests.documents.fast.files import drawn, judged
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

DATA = b"facts"
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def public_of(holder: Holder) -> rsa.RSAPublicKey:
    spki = custody.certificates(holder.certificate)[0].public_key.dump()
    public = serialization.load_der_public_key(spki)
    assert isinstance(public, rsa.RSAPublicKey)
    return public


def openssl(*words: str | Path) -> str:
    run = subprocess.run(
        [harness.needs("openssl"), *words], capture_output=True, text=True, check=False
    )
    return run.stdout + run.stderr


@pytest.mark.parametrize("place", ["pem", "pkcs11"])
def test_a_key_of_rsa_signs_by_pss_and_not_by_pkcs1(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    hsm.plugged_into(tmp_path, monkeypatch, settings)
    spki = custody.make_key(place, "officer-7", custody.RSA3072)
    public = serialization.load_der_public_key(spki)
    assert isinstance(public, rsa.RSAPublicKey)
    signature = custody.prove(place, "officer-7", DATA)
    public.verify(signature, DATA, PSS, hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signature, DATA, padding.PKCS1v15(), hashes.SHA256())

    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "key.pem").write_bytes(pem.armor("PUBLIC KEY", spki))
    wanted = ("rsa_padding_mode:pss", "rsa_pss_saltlen:32", "rsa_mgf1_md:sha256")
    options = [word for option in wanted for word in ("-sigopt", option)]
    said = openssl(
        "dgst", "-sha256", "-verify", tmp_path / "key.pem", *options,
        "-signature", tmp_path / "signature", tmp_path / "data",
    )  # fmt: skip
    assert "Verified OK" in said


@pytest.mark.parametrize("place", ["pem", "pkcs11"])
def test_a_request_for_a_certificate_of_rsa_is_understood_by_openssl(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    hsm.plugged_into(tmp_path, monkeypatch, settings)
    spki = custody.make_key(place, "seal-3", custody.RSA3072)
    subject = csr.Subject("RW", "Rwanda", "", "1", "Kimironko Sector Office")
    asked = csr.request(subject, spki, lambda data: custody.prove(place, "seal-3", data))
    (tmp_path / "request.pem").write_text(asked)
    said = openssl("req", "-in", tmp_path / "request.pem", "-verify", "-noout", "-text")
    assert "verify OK" in said
    assert "Signature Algorithm: rsassaPss" in said


def test_a_signature_that_an_older_release_made_is_no_proof_of_a_key_today(tmp_path: Path) -> None:
    old = keys._key(keys.RSA)
    assert isinstance(old, rsa.RSAPrivateKey)
    spki = old.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert custody.verifies(spki, old.sign(DATA, PSS, hashes.SHA256()), DATA)
    assert not custody.verifies(spki, old.sign(DATA, padding.PKCS1v15(), hashes.SHA256()), DATA)


def test_a_paper_that_an_older_release_signed_goes_on_verifying(tmp_path: Path) -> None:
    now = keys.signer("Marie-Claire Uwase", keys.RSA)
    before = SimpleSigner(
        signing_key=now.signing_key, signing_cert=now.signing_cert,
        cert_registry=now.cert_registry, embed_roots=False,
    )  # fmt: skip
    for signer, how in ((before, "sha256_rsa"), (now, "rsassa_pss")):
        paper = fast.sign(
            drawn(), signer, "Officer", reason="Certified by the officer", certifies=True,
            at=NOON, reserve=8192,
        )  # fmt: skip
        (found,) = judged(paper)
        assert found.bottom_line
        assert found.pkcs7_signature_mechanism == how
        (tmp_path / "paper.pdf").write_bytes(paper)
        assert "Signature is Valid." in harness.pdfsig(tmp_path / "paper.pdf")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_key_of_rsa_at_a_service_signs_by_pss(
    version: str, service: SandboxProcess, settings
) -> None:
    settings.CSC_VERSION = version
    hers = Holder(7, *held_certificates("rsa-7"), "rsa-7")
    signature = custody.sign_raw("csc", hers, DATA)
    public_of(hers).verify(signature, DATA, PSS, hashes.SHA256())
    service.faults(csc="strange")
    with pytest.raises(custody.SignerUnavailable, match="not its own"):
        custody.sign_raw("csc", hers, DATA)


def test_a_service_whose_rsa_key_knows_pkcs1_alone_is_refused(service: SandboxProcess) -> None:
    with pytest.raises(custody.NoSuchSigner, match="RSASSA-PSS"):
        held_certificates("old-rsa-7")
    assert held_certificates("rsa-8")


def test_the_cms_names_the_salt_and_the_hash_of_what_was_signed() -> None:
    made = fast.cms.skeleton(keys.signer("Kimironko Sector Office", keys.RSA))
    named = cms.SignedDigestAlgorithm.load(made.signature_algorithm)
    assert named["algorithm"].native == "rsassa_pss"
    told = named["parameters"].native
    assert told["hash_algorithm"]["algorithm"] == "sha256"
    assert told["mask_gen_algorithm"]["parameters"]["algorithm"] == "sha256"
    assert told["salt_length"] == 32
