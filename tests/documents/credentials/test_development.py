"""Development keys: made in seconds, once, readable by their owner, refused in production."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from documents import checks, custody, operations
from documents.custody import Holder, SignerUnavailable
from documents.models import STATE_LEVEL, Credential, Purpose
from documents.operations import credentials
from tests.accounts.people import staff
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db


def certificate(credential: Credential) -> x509.Certificate:
    return x509.load_pem_x509_certificate(credential.certificate.encode())


def test_repeating_the_command_issues_only_what_is_missing(world: World) -> None:
    before = set(Credential.objects.values_list("pk", flat=True))

    again = operations.issue_development_credentials(at=NOON)
    assert (again.officers, again.offices, again.retired) == (0, 0, 0)
    newcomer = staff(display_name="Newcomer")
    operations.issue_development_credentials(at=NOON)

    added = Credential.objects.exclude(pk__in=before).get()
    assert added.account_id == newcomer.pk


def test_certificates_are_fit_for_signing_and_chain_to_the_root(world: World) -> None:
    root = x509.load_pem_x509_certificate((world.pki / "root.cer").read_bytes())
    assert isinstance(root.public_key().curve, ec.SECP384R1)
    for credential in Credential.objects.all():
        leaf = certificate(credential)
        issuing = x509.load_pem_x509_certificate(credential.chain.encode())
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.digital_signature
        # Who signs a paper commits to it; a key of the state signs codes and lists, and no paper.
        assert usage.content_commitment == (credential.purpose not in STATE_LEVEL)
        assert not usage.key_cert_sign
        leaf.verify_directly_issued_by(issuing)
        issuing.verify_directly_issued_by(root)
        assert f"{leaf.serial_number:x}" == credential.serial


def test_the_state_has_a_key_for_codes_and_one_for_its_list(world: World) -> None:
    held = {purpose: credentials.in_force(purpose, at=NOON) for purpose in STATE_LEVEL}
    assert {each.purpose for each in held.values() if each} == set(STATE_LEVEL)
    assert credentials.in_force("qr", at=NOON + timedelta(days=731)) is None
    assert credentials.in_force("officer", at=NOON) is None
    hers = credentials.in_force("officer", account_id=world.officer_id, at=NOON)
    assert hers is not None
    assert hers.account_id == world.officer_id

    code = held[Purpose.QR]
    assert code
    signed = custody.sign_raw(code.custody, Holder.of(code), b"facts")
    public = certificate(code).public_key()
    public.verify(signed, b"facts", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signed, b"other facts", ec.ECDSA(hashes.SHA256()))
    assert custody.sign_raw(code.custody, Holder.of(code), b"facts") == signed
    with pytest.raises(SignerUnavailable):
        custody.sign_raw("none", Holder.of(code), b"facts")


def test_the_state_has_no_two_active_keys_for_one_purpose(world: World) -> None:
    code = credentials.in_force("qr", at=NOON)
    assert code
    code.pk, code.serial = None, "ab"
    with pytest.raises(IntegrityError, match="credential_one_active_of_the_state"):
        code.save(force_insert=True)


def test_only_the_owner_may_read_a_key(world: World) -> None:
    for key in [*world.pki.glob("*.key"), *world.pki.glob("keys/*")]:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((world.pki / "keys").stat().st_mode) == 0o700


def test_a_credential_that_ran_out_is_replaced(world: World) -> None:
    operations.issue_development_credentials(at=NOON + timedelta(days=731))

    assert Credential.objects.filter(state="retired").count() == 5
    assert Credential.objects.filter(state="active").count() == 5


def test_revoked_certificates_stand_on_the_list(world: World) -> None:
    lost = Credential.objects.filter(account_id=world.officer_id).get()
    (world.pki / "keys" / lost.key_ref).unlink()
    operations.issue_development_credentials(at=NOON)

    revoked = x509.load_der_x509_crl((world.pki / "issuing.crl").read_bytes())
    assert [entry.serial_number for entry in revoked] == [int(lost.serial, 16)]


def test_production_refuses_keys_in_files(world: World, settings) -> None:
    credential = Credential.objects.filter(account_id=world.officer_id).get()
    holder = Holder(
        credential_id=credential.pk,
        certificate=credential.certificate,
        chain=credential.chain,
        key_ref=credential.key_ref,
    )
    assert custody.signer("pem", holder) is custody.signer("pem", holder)
    assert checks.no_keys_in_files() == []

    settings.PRODUCTION = True
    with pytest.raises(SignerUnavailable):
        custody.signer("pem", holder)
    with pytest.raises(CommandError, match="refused in production"):
        call_command("make_development_pki")
    assert checks.no_keys_in_files() == []
    settings.DOCUMENTS_CUSTODY = "pem"
    assert [error.id for error in checks.no_keys_in_files()] == ["documents.E001"]


def test_production_without_a_custody_is_warned_that_papers_will_wait(settings) -> None:
    assert checks.custody_is_named(["default"]) == []
    settings.PRODUCTION = True
    assert [warning.id for warning in checks.custody_is_named(["default"])] == ["documents.W003"]
    assert "documents.W003" in [each.id for each in run_checks(databases=["default"])]
    settings.DOCUMENTS_CUSTODY = "hsm"
    assert checks.custody_is_named(["default"]) == []


def test_authorities_that_stamp_without_a_root_are_warned_of(settings, tmp_path: Path) -> None:
    def said() -> list[str]:
        return [each.id for each in checks.time_stamps_are_trusted(["default"])]

    settings.PKI_DIR = tmp_path
    settings.TIMESTAMP_AUTHORITIES = [{"url": "https://stamps.example", "seconds": 2.0}]
    assert said() == []
    settings.PRODUCTION = True
    assert said() == ["documents.W006"]
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "theirs.cer").write_text("PEM")
    assert said() == []


def test_a_custody_that_lacks_what_it_needs_is_refused_at_the_start(settings) -> None:
    def said() -> list[str]:
        return [each.id for each in (*checks.custody_can_be_reached(), *checks.roots_are_named())]

    assert said() == []
    settings.DOCUMENTS_CUSTODY = "drawer"
    assert said() == ["documents.E005"]
    settings.DOCUMENTS_CUSTODY = "pkcs11"
    assert said() == ["documents.E006"]
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN_FILE = "so", "t", "pin"
    assert said() == []
    settings.PRODUCTION = True
    assert said() == ["documents.W005"]
    settings.PKI_ROOTS = "roots.pem"
    assert said() == []
    settings.DOCUMENTS_CUSTODY, settings.CSC_URL = "csc", "http://service.example"
    settings.CSC_TOKEN_FILE, settings.CSC_PIN_FILE = "token", "pin"
    assert said() == ["documents.E007"]


def test_a_key_of_somebody_else_is_no_key(world: World) -> None:
    hers = Credential.objects.get(account_id=world.officer_id)
    his = Credential.objects.get(account_id=world.other_officer_id)

    for key_ref in (his.key_ref, "../root.key", "absent.pem"):
        with pytest.raises(SignerUnavailable):
            custody.signer(
                "pem",
                Holder(
                    credential_id=hers.pk,
                    certificate=hers.certificate,
                    chain=hers.chain,
                    key_ref=key_ref,
                ),
            )
    with pytest.raises(SignerUnavailable):
        custody.signer("hsm", Holder(credential_id=1, certificate="", chain="", key_ref=""))
