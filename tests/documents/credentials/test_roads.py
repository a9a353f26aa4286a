"""How a new credential gets its certificate: by request, from a service, for a key in a module."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.utils import timezone

from documents import custody, operations
from documents.models import (
    Credential,
    CredentialKey,
    CredentialRequest,
    Paper,
    PaperFile,
    Purpose,
    RevocationSnapshot,
    RevocationSource,
    Road,
)
from documents.operations import credentials
from documents.operations.credentials import BadCertificate, NotAwaited, Owner
from documents.pki import csr, open_authority
from documents.queries import final_file
from tests.documents import harness
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.credentials.heads import Heads
from tests.documents.custody import hsm
from tests.documents.world import World
from tests.sandbox_process import SandboxProcess
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db


@pytest.fixture
def heads(world: World) -> Heads:
    return people.appoint()


def trust(national: SandboxProcess, folder: Path, settings) -> None:
    """Trust the nation's authority besides development's own."""
    file = folder / "roots.pem"
    own = (folder / "pki" / "root.cer").read_text()
    file.write_text(own + national.get("/csc/authority.pem").text)
    settings.PKI_ROOTS = str(file)


def approved(world: World, heads: Heads, **how: object) -> CredentialRequest:
    request_id = people.ask(people.of_officer(world), heads, **{"road": Road.CSR, **how})
    people.decide(request_id, heads)
    people.make_keys()
    return CredentialRequest.objects.get(pk=request_id)


def receive(request: CredentialRequest, pem: str, heads: Heads) -> Credential:
    made = credentials.receive(request_id=request.pk, pem=pem, by_id=heads.asker, at=NOON)
    return Credential.objects.get(pk=made)


def answer(national: SandboxProcess, text: str) -> str:
    told = national.post("/csc/authority/certify", content=text)
    assert told.is_success, told.text
    return told.text


@pytest.fixture
def nation(world: World, national: SandboxProcess, tmp_path: Path, settings) -> SandboxProcess:
    trust(national, tmp_path, settings)
    return national


def test_the_national_authority_answers_our_request_and_the_paper_is_signed_by_it(
    world: World, heads: Heads, nation: SandboxProcess
) -> None:
    request = approved(world, heads)
    asked = x509.load_pem_x509_csr(request.key.csr.encode())
    assert asked.is_signature_valid
    assert "CN=Marie-Claire Uwase" in asked.subject.rfc4514_string()
    assert people.make_keys(NOON + timedelta(minutes=5)) == []

    made = receive(request, answer(nation, request.key.csr), heads)
    assert made.chain == ""
    assert (made.custody, made.key_ref) == ("pem", request.key.key_ref)
    paper_id = worlds.issue(world)
    assert PaperFile.objects.get(paper=paper_id, step="signed").credential_id == made.pk
    with pytest.raises(NotAwaited):
        receive(request, answer(nation, request.key.csr), heads)


def test_a_certificate_that_is_not_ours_or_not_fit_is_refused_by_name(
    world: World, heads: Heads, nation: SandboxProcess, tmp_path: Path, settings
) -> None:
    request = approved(world, heads)
    good = answer(nation, request.key.csr)
    other_key = custody.make_key("pem", "other.pem", custody.P256)
    asked = x509.load_pem_x509_csr(request.key.csr.encode())
    subject = csr.Subject("RW", "Rwanda", "", "1", "Marie-Claire Uwase")
    another = csr.request(subject, other_key, lambda data: custody.prove("pem", "other.pem", data))
    renamed = csr.request(
        csr.Subject("RW", "Rwanda", "", "1", "Somebody Else"),
        csr.public_key(request.key.csr),
        lambda data: custody.prove("pem", request.key.key_ref, data),
    )
    root = nation.get("/csc/authority.pem").text
    for reason, pem in {
        "unreadable": "no certificate",
        "key": answer(nation, another),
        "name": answer(nation, renamed),
    }.items():
        with pytest.raises(BadCertificate) as refused:
            receive(request, pem, heads)
        assert refused.value.reason == reason
    assert asked.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    ) == csr.public_key(request.key.csr)

    settings.PKI_ROOTS = str(tmp_path / "pki" / "root.cer")
    for pem in (good, good + root):
        with pytest.raises(BadCertificate) as refused:
            receive(request, pem, heads)
        assert refused.value.reason == "authority"
    with pytest.raises(BadCertificate) as refused:
        credentials.receive(
            request_id=request.pk, pem=good, by_id=heads.asker, at=NOON + timedelta(days=9000)
        )
    assert refused.value.reason == "dates"


def test_a_certificate_that_may_not_commit_signs_no_paper(world: World, heads: Heads) -> None:
    """Development's own authority, asked for a code's certificate for an officer's key."""
    request = approved(world, heads)
    authority = open_authority(
        world.pki, country_code="rw", country_name="Rwanda", site_url="https://g.example", at=NOON
    )
    public = csr.loaded(csr.public_key(request.key.csr))
    told = {"common_name": "Marie-Claire Uwase", "unit": "", "serial_name": "1", "key_ref": "x"}
    weak = authority.certify(public, **told, at=NOON, commits=False)
    with pytest.raises(BadCertificate) as refused:
        receive(request, weak.certificate + weak.chain, heads)
    assert refused.value.reason == "usage"
    fit = authority.certify(public, **told, at=NOON)
    with pytest.raises(BadCertificate) as refused:
        receive(request, fit.certificate, heads)
    assert refused.value.reason == "authority"
    assert receive(request, fit.certificate + fit.chain, heads).chain == fit.chain


def test_a_request_that_is_never_answered_is_overtaken_by_another(
    world: World, heads: Heads, nation: SandboxProcess
) -> None:
    forgotten = approved(world, heads)
    newer = approved(world, heads)
    late = answer(nation, forgotten.key.csr)
    with pytest.raises(NotAwaited):
        receive(forgotten, late, heads)
    assert receive(newer, answer(nation, newer.key.csr), heads)


@pytest.fixture(params=[custody.P256, custody.RSA3072])
def in_module(
    request: pytest.FixtureRequest, world: World, heads: Heads, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, settings,
) -> hsm.Hsm:  # fmt: skip
    """Officer and office have their keys in a hardware module."""
    module = hsm.plugged_into(tmp_path, monkeypatch, settings)
    for owner in (people.of_officer(world), Owner(Purpose.SEAL, office_id=world.office_id)):
        made = people.issue(owner, heads, custody_kind="pkcs11", algorithm=request.param)
        assert made.custody == "pkcs11"
    return module


def test_a_paper_is_signed_and_sealed_by_keys_in_a_module(
    world: World, in_module: hsm.Hsm, tmp_path: Path
) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(final_file(worlds.issue(world)))
    said = harness.pdfsig(file)
    assert said.count("Signature is Valid.") == 2
    for key in CredentialKey.objects.all():
        assert not (world.pki / "keys" / key.key_ref).exists()


@pytest.mark.parametrize("in_module", [custody.P256], indirect=True)
def test_a_module_that_goes_in_the_middle_of_a_batch_delays_papers_and_loses_none(
    world: World, in_module: hsm.Hsm
) -> None:
    papers = [worlds.request(world, cited_entry_id=worlds.cite_birth()) for _ in range(3)]
    worlds.order(world, {paper_id: worlds.draw(paper_id) for paper_id in papers})

    def states() -> list[str]:
        rows = Paper.objects.filter(pk__in=papers).order_by("pk")
        return list(rows.values_list("state", flat=True))

    assert operations.claim_for_signing(
        limit=1, now=NOON, until=NOON + worlds.LEASE, paper_id=papers[0]
    )
    operations.sign_through(papers[0], at=NOON)
    in_module.unplug()
    errands.sign_papers(lambda: NOON)
    assert states() == ["ISSUED", "RENDERED", "RENDERED"]
    in_module.plug_in()
    later = NOON + timedelta(minutes=5)
    errands.sign_papers(lambda: later)
    assert states() == ["ISSUED"] * 3


def test_a_key_waits_for_its_module_and_is_made_when_it_is_back(
    world: World, heads: Heads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    module = hsm.plugged_into(tmp_path, monkeypatch, settings)
    request_id = people.ask(people.of_officer(world), heads, custody_kind="pkcs11")
    people.decide(request_id, heads)
    module.unplug()
    assert errands.make_keys(lambda: NOON) == 1
    assert not CredentialKey.objects.exists()
    module.plug_in()
    assert errands.make_keys(lambda: NOON) == 0
    assert errands.make_keys(lambda: NOON + timedelta(minutes=5)) == 1
    assert CredentialRequest.objects.get(pk=request_id).credential_made.custody == "pkcs11"


def test_a_signing_service_brings_key_and_certificate(
    world: World, heads: Heads, service: SandboxProcess, tmp_path: Path, settings
) -> None:
    trust(service, tmp_path, settings)
    how = {"road": Road.SERVICE, "custody_kind": "csc", "algorithm": ""}
    named = f"officer-{world.officer_id}~Marie-Claire Uwase"
    request_id = people.ask(people.of_officer(world), heads, key_ref=named, **how)
    people.decide(request_id, heads)
    service.faults(csc="down")
    errands.make_keys(lambda: NOON)
    assert not Credential.objects.filter(request=request_id).exists()
    service.faults()
    errands.make_keys(lambda: NOON + timedelta(minutes=5))

    made = Credential.objects.get(request=request_id)
    paper_id = worlds.issue(world)
    assert PaperFile.objects.get(paper=paper_id, step="signed").credential_id == made.pk

    round_of = {
        paper_id: worlds.draw(paper_id) for paper_id in (worlds.request(world) for _ in range(3))
    }
    worlds.order(world, round_of)
    before = service.get("/csc/asked").json()["authorised"]
    assert errands.sign_papers(lambda: NOON) == 3
    assert service.get("/csc/asked").json()["authorised"] == before + 1
    signed = PaperFile.objects.filter(paper__in=round_of, step="signed")
    assert [each.credential_id for each in signed] == [made.pk] * 3
    assert set(Paper.objects.filter(pk__in=round_of).values_list("state", flat=True)) == {"ISSUED"}


def test_a_service_that_names_somebody_else_gives_no_credential(
    world: World, heads: Heads, service: SandboxProcess, tmp_path: Path, settings
) -> None:
    trust(service, tmp_path, settings)
    how = {"road": Road.SERVICE, "custody_kind": "csc", "algorithm": ""}
    request_id = people.ask(people.of_officer(world), heads, key_ref="x~Another Person", **how)
    people.decide(request_id, heads)
    assert errands.make_keys(lambda: NOON) == 1
    assert not Credential.objects.filter(request=request_id).exists()


def test_lists_of_the_national_authority_are_fetched_and_kept(
    world: World, heads: Heads, nation: SandboxProcess
) -> None:
    request = approved(world, heads)
    receive(request, answer(nation, request.key.csr), heads)
    now = timezone.now()  # The authority dates its lists by the true time.
    errands.look_after_keys(now=now)
    source = RevocationSource.objects.get()
    before = RevocationSnapshot.objects.count()

    nation.faults(csc="down")
    assert errands.fetch_revocation_lists(lambda: now) == 1
    source.refresh_from_db()
    assert (source.failures, source.due_at) == (1, now + timedelta(minutes=5))
    nation.faults()
    assert errands.fetch_revocation_lists(lambda: now) == 0
    assert errands.fetch_revocation_lists(lambda: now + timedelta(minutes=5)) == 1
    source.refresh_from_db()
    assert source.failures == 0
    assert source.due_at > now + timedelta(minutes=5)
    assert RevocationSnapshot.objects.count() == before + 1
    errands.look_after_keys(now=now)
    assert RevocationSource.objects.count() == 1


@pytest.fixture
def asked_about(
    world: World, heads: Heads, nation: SandboxProcess
) -> tuple[Credential, RevocationSource]:
    """Her certificate names no list: its authority is asked about it alone."""
    request = approved(world, heads)
    told = nation.post("/csc/authority/certify?answers=1", content=request.key.csr)
    made = receive(request, told.text, heads)
    errands.look_after_keys(now=NOON)
    return made, RevocationSource.objects.get(kind="ocsp")


def test_an_authority_that_answers_about_one_certificate_stops_a_key(
    asked_about: tuple[Credential, RevocationSource], nation: SandboxProcess
) -> None:
    made, source = asked_about
    now = timezone.now()
    credentials.fetch(source.pk, clock=lambda: now)
    good = RevocationSnapshot.objects.get(kind="ocsp")
    assert good.serial == made.serial
    assert credentials.in_force("officer", account_id=made.account_id, at=NOON) == made

    nation.post("/csc/authority/revoke", {"serial": made.serial}).raise_for_status()
    later = timezone.now() + timedelta(seconds=5)
    credentials.fetch(source.pk, clock=lambda: later)
    made.refresh_from_db()
    assert made.state == "suspended"


@pytest.mark.parametrize("fault", ["down", "nonsense", "later", "unknown", "stranger", "another"])
def test_an_authority_that_answers_badly_is_asked_again_and_nothing_is_kept(
    asked_about: tuple[Credential, RevocationSource], nation: SandboxProcess, fault: str
) -> None:
    made, source = asked_about
    now = timezone.now()
    nation.faults(ocsp=fault)
    credentials.fetch(source.pk, clock=lambda: now)
    source.refresh_from_db()
    assert (source.failures, source.due_at) == (1, now + timedelta(minutes=5))
    assert not RevocationSnapshot.objects.filter(kind="ocsp").exists()

    nation.faults()
    credentials.fetch(source.pk, clock=lambda: now)
    assert RevocationSnapshot.objects.get(kind="ocsp").serial == made.serial
