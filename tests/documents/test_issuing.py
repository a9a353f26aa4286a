"""From request to sealed file: once, in order, and by nobody else."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from accounts.operations import StepUpRefused
from documents import operations, queries, verdicts
from documents.custody import certificates
from documents.models import (
    Mandate,
    MandateItem,
    NumberSeries,
    Paper,
    PaperChange,
    PaperFile,
    Step,
)
from documents.operations import requesting
from documents.states import State
from kernel.models import EventRow
from registers import queries as registers
from tests.accounts import people
from tests.accounts.people import officer
from tests.documents import world as worlds
from tests.documents.world import LEASE, World
from tests.world import NOON

pytestmark = pytest.mark.django_db


def events(paper_id: int) -> list[str]:
    rows = EventRow.objects.filter(name__startswith="documents.", payload__subject_id=paper_id)
    return list(rows.order_by("pk").values_list("name", flat=True))


def signatures(data: bytes) -> list:
    folder = Path(settings.PKI_DIR)
    context = ValidationContext(
        trust_roots=certificates((folder / "root.cer").read_text()),
        other_certs=certificates((folder / "issuing.cer").read_text()),
        crls=[crl.CertificateList.load((folder / "issuing.crl").read_bytes())],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=NOON,
    )
    found = PdfFileReader(io.BytesIO(data)).embedded_signatures
    return [validate_pdf_signature(each, context) for each in found]


def test_a_paper_walks_from_request_to_two_valid_signatures(world: World) -> None:
    paper_id = worlds.issue(world)

    paper = queries.paper(paper_id)
    assert paper.state == State.ISSUED
    assert paper.number == "BC-SECTOR1209-2026-000001-" + paper.number[-1]
    officer, seal = signatures(queries.final_file(paper_id))
    assert officer.bottom_line
    assert seal.bottom_line
    assert officer.signing_cert.subject.native["common_name"] == "Marie-Claire Uwase"
    assert seal.signing_cert.subject.native["common_name"] == "Kimironko Sector Office"
    assert officer.signer_reported_dt == NOON
    assert events(paper_id) == [
        "documents.paper.requested",
        "documents.paper.rendered",
        "documents.paper.mandated",
        "documents.paper.signed",
        "documents.paper.issued",
    ]
    assert list(PaperChange.objects.order_by("pk").values_list("source", "target")) == [
        ("", "REQUESTED"),
        ("REQUESTED", "RENDERED"),
        ("RENDERED", "SIGNED"),
        ("SIGNED", "ISSUED"),
    ]


def test_a_paper_that_the_register_issues_by_itself_carries_the_seal_alone(world: World) -> None:
    paper_id = worlds.issue(world, officer_id=None, sealed_only=True)

    (seal,) = signatures(queries.final_file(paper_id))
    assert seal.bottom_line
    assert events(paper_id)[-1] == "documents.paper.issued"


def test_the_same_purpose_gives_the_same_paper(world: World) -> None:
    entry = worlds.cite_birth()
    first = worlds.request(world, purpose_key="applications.case:7", cited_entry_id=entry)
    again = worlds.request(world, purpose_key="applications.case:7", cited_entry_id=entry)
    another = worlds.request(world, purpose_key="applications.case:8", cited_entry_id=entry)

    assert first == again != another
    assert events(first) == ["documents.paper.requested"]


def test_a_paper_has_an_officer_or_is_sealed_only(world: World) -> None:
    with pytest.raises(operations.OfficerMissing):
        worlds.request(world, officer_id=None)
    with pytest.raises(operations.OfficerMissing):
        worlds.request(world, sealed_only=True)


def test_a_paper_says_only_what_the_register_says(world: World) -> None:
    with pytest.raises(operations.FactsDiffer, match="family_name"):
        worlds.request(world, facts={"family_name": "SOMEBODY"})
    with pytest.raises(operations.FactsMissing, match="born_on"):
        worlds.request(world, cited_entry_id=worlds.cite_birth(born_on=""))
    with pytest.raises(operations.FactsRefuse, match="register"):
        worlds.request(world, paper_type="marriage_certificate")
    with pytest.raises(operations.UnknownPaperType):
        worlds.request(world, paper_type="passport")

    paper = Paper.objects.get(pk=worlds.request(world, facts={"family_name": "MUKAMANA"}))
    assert paper.facts["birth_place"] == "Kimironko, Gasabo, City of Kigali"
    assert "father_name" not in paper.facts  # Filiation stands only on the full record.


def test_a_record_states_filiation(world: World) -> None:
    paper = Paper.objects.get(pk=worlds.request(world, kind="record"))

    assert paper.facts["father_name"] == "Habimana Jean"


def test_nobody_is_certified_single_whom_the_register_calls_married(world: World) -> None:
    married = worlds.cite_person(marital_status="married")
    with pytest.raises(operations.FactsRefuse, match="marital_status"):
        worlds.request(world, paper_type="single_status", cited_entry_id=married)

    worlds.issue(world, paper_type="single_status", cited_entry_id=worlds.cite_person())


def test_two_spouses_stand_on_a_marriage_certificate(world: World) -> None:
    paper_id = worlds.issue(
        world, paper_type="marriage_certificate", cited_entry_id=worlds.cite_marriage()
    )

    assert queries.paper(paper_id).number.startswith("MC-")


def test_a_mandate_names_the_files_as_they_are_and_the_officer_herself(world: World) -> None:
    paper_id = worlds.request(world)
    sha256 = worlds.draw(paper_id)
    other = hashlib.sha256(b"another file").hexdigest()

    with pytest.raises(operations.MandateRefused):
        worlds.order(world, {paper_id: other})
    with pytest.raises(operations.MandateRefused):
        worlds.order(world, {paper_id: sha256}, officer_id=world.other_officer_id)
    with pytest.raises(operations.MandateRefused):
        worlds.order(world, {paper_id: sha256, paper_id + 1000: sha256})
    with pytest.raises(operations.MandateRefused):
        worlds.order(world, {})
    with pytest.raises(operations.MandateRefused):
        worlds.order(world, {paper_id: sha256}, until=NOON + timedelta(days=2))
    assert not Mandate.objects.exists()

    worlds.order(world, {paper_id: sha256})
    assert MandateItem.objects.get().sha256 == sha256


def test_a_step_up_is_the_officers_own_fresh_and_used_once(world: World) -> None:
    first = worlds.request(world)
    second = worlds.request(world)
    hashes = {first: worlds.draw(first)}
    later = {second: worlds.draw(second)}
    hers = worlds.step_up(world.officer_id)

    with pytest.raises(StepUpRefused):
        worlds.order(world, hashes, step_up_id=worlds.step_up(world.other_officer_id))
    with pytest.raises(StepUpRefused):
        worlds.order(world, hashes, step_up_id=worlds.step_up(world.officer_id, "refund"))
    with pytest.raises(StepUpRefused):
        worlds.order(world, hashes, step_up_id=hers, at=NOON + timedelta(minutes=6))

    worlds.order(world, hashes, step_up_id=hers)
    with pytest.raises(StepUpRefused):
        worlds.order(world, later, step_up_id=hers)


def test_the_officers_key_is_used_only_behind_her_mandate(world: World) -> None:
    paper_id = worlds.request(world)
    sha256 = worlds.draw(paper_id)

    assert operations.claim_for_signing(limit=4, now=NOON, until=NOON + LEASE) == []
    with pytest.raises(operations.NoMandate):
        operations.sign(paper_id, at=NOON)

    worlds.order(world, {paper_id: sha256})
    late = NOON + timedelta(hours=2)
    assert operations.claim_for_signing(limit=4, now=late, until=late + LEASE) == []
    with pytest.raises(operations.NoMandate):
        operations.sign(paper_id, at=late)
    made = operations.sign(paper_id, at=NOON)
    with pytest.raises(operations.NoMandate):
        operations.record_signing(made, at=late)
    assert operations.record_signing(made, at=NOON) == State.SIGNED


def test_a_closed_officers_key_signs_nothing_more(world: World) -> None:
    ordered, at_work = worlds.request(world), worlds.request(world)
    worlds.order(world, {each: worlds.draw(each) for each in (ordered, at_work)})
    made = operations.sign(at_work, at=NOON)

    people.close_account(account_id=world.officer_id, by_id=officer("staff.manage"), at=NOON)
    later = NOON + timedelta(minutes=10)

    assert operations.claim_for_signing(limit=4, now=later, until=later + LEASE) == []
    with pytest.raises(operations.NoMandate):
        operations.sign_through(ordered, at=later)
    with pytest.raises(operations.NoMandate):
        operations.record_signing(made, at=later)
    # Both wait as they were, for an order of an officer in office.
    assert {queries.paper(each).state for each in (ordered, at_work)} == {State.RENDERED}


def test_what_she_signed_in_office_is_sealed_after_she_left(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    operations.record_signing(operations.sign(paper_id, at=NOON), at=NOON)

    people.close_account(account_id=world.officer_id, by_id=officer("staff.manage"), at=NOON)
    operations.sign_through(paper_id, at=NOON + timedelta(minutes=10))

    assert queries.paper(paper_id).state == State.ISSUED


def test_the_database_refuses_a_closed_officers_signature(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    values = worlds.following(paper_id) | {
        "step": Step.SIGNED,
        "credential": worlds.Credential.objects.get(state="active", account=world.officer_id),
    }

    with transaction.atomic():
        PaperFile.objects.create(**values)
        transaction.set_rollback(True)
    people.close_account(account_id=world.officer_id, by_id=officer("staff.manage"), at=NOON)
    with pytest.raises(IntegrityError, match="no mandate in force"), transaction.atomic():
        PaperFile.objects.create(**values)


def test_the_database_refuses_a_signature_without_a_mandate(world: World) -> None:
    paper_id = worlds.request(world)
    sha256 = worlds.draw(paper_id)
    hers = {"account": world.officer_id}
    credential = worlds.Credential.objects.get(state="active", **hers)

    def signed(**more: object) -> None:
        values = worlds.following(paper_id) | {"step": Step.SIGNED, "credential": credential}
        PaperFile.objects.create(**{**values, **more})

    with pytest.raises(IntegrityError, match="no mandate in force"), transaction.atomic():
        signed()
    worlds.order(world, {paper_id: sha256})
    others = worlds.Credential.objects.get(state="active", account=world.other_officer_id)
    with pytest.raises(IntegrityError, match="by its officer"), transaction.atomic():
        signed(credential=others)
    with pytest.raises(IntegrityError, match="no mandate in force"), transaction.atomic():
        signed(created_at=NOON + timedelta(hours=3))
    with pytest.raises(IntegrityError, match="nothing to seal"), transaction.atomic():
        signed(
            step=Step.SEALED,
            credential=worlds.Credential.objects.get(state="active", office=world.office_id),
        )
    signed()


def test_the_database_refuses_a_mandate_for_another_hash_or_officer(world: World) -> None:
    paper_id = worlds.request(world)
    sha256 = worlds.draw(paper_id)

    def given(officer_id: int) -> Mandate:
        return Mandate.objects.create(
            officer_id=officer_id,
            step_up_id=worlds.step_up(officer_id),
            created_at=NOON,
            until=NOON + timedelta(hours=1),
        )

    with pytest.raises(IntegrityError, match="not drawn with that hash"), transaction.atomic():
        MandateItem.objects.create(
            mandate=given(world.officer_id), paper_id=paper_id, sha256="cd" * 32
        )
    with pytest.raises(IntegrityError, match="not the mandate's officer"), transaction.atomic():
        MandateItem.objects.create(
            mandate=given(world.other_officer_id), paper_id=paper_id, sha256=sha256
        )
    MandateItem.objects.create(mandate=given(world.officer_id), paper_id=paper_id, sha256=sha256)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents_paper SET facts = '{}'",
        "UPDATE documents_paper SET officer_id = NULL, sealed_only = true",
        "UPDATE documents_paper SET number = 'BC-1'",
        "UPDATE documents_paper SET state = 'REQUESTED', rendered_at = NULL, issued_at = NULL",
        "UPDATE documents_paper SET state = 'SIGNED', issued_at = NULL",
        "UPDATE documents_paper SET cited_entry_id = NULL",
        "DELETE FROM documents_paper",
        "UPDATE documents_paperfile SET sha256 = repeat('0', 64)",
        "DELETE FROM documents_paperfile",
        "UPDATE documents_mandate SET until = until + interval '1 day'",
        "DELETE FROM documents_mandateitem",
        "UPDATE documents_paperchange SET target = 'ISSUED'",
        "UPDATE documents_numberseries SET last = last + 2",
        "UPDATE documents_numberseries SET last = last - 1",
        "DELETE FROM documents_numberseries",
        "UPDATE documents_credential SET key_ref = 'mine.pem'",
        "DELETE FROM documents_credential",
    ],
)
def test_the_application_cannot_rewrite_what_was_issued(world: World, change: str) -> None:
    worlds.issue(world)

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_number_that_no_paper_bears_is_refused_at_commit(world: World, commits) -> None:
    worlds.issue(world)

    NumberSeries.objects.update(last=F("last") + 1)
    with pytest.raises(IntegrityError, match="on no paper"):
        commits()


def test_a_crash_anywhere_goes_on_where_it_stopped(world: World) -> None:
    paper_id = worlds.request(world)
    later = NOON + LEASE * 2

    # Died after the claim: the number stays.
    assert operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE) == [paper_id]
    number = queries.paper(paper_id).number
    assert operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE) == []
    assert operations.claim_for_rendering(limit=1, now=later, until=later + LEASE) == [paper_id]
    # Died between drawing and recording; two drew; both record.
    operations.sign_claims(paper_id, at=later)
    drawn = operations.render(paper_id)
    assert operations.render(paper_id) == drawn
    operations.record_rendering(paper_id, drawn, at=later)
    operations.record_rendering(paper_id, drawn, at=later)
    worlds.order(world, {paper_id: worlds.unsigned_sha256(paper_id)}, at=NOON)
    # Died after the officer's signature was made, and once more after it was recorded.
    operations.sign(paper_id, at=later)
    first = operations.sign(paper_id, at=later)
    second = operations.sign(paper_id, at=later)
    assert operations.record_signing(first, at=later) == State.SIGNED
    assert operations.record_signing(second, at=later) == State.SIGNED
    assert operations.claim_for_signing(limit=1, now=later + LEASE, until=later + LEASE * 2) == [
        paper_id
    ]
    operations.sign_through(paper_id, at=later)
    operations.sign_through(paper_id, at=later)

    assert queries.paper(paper_id).number == number
    assert PaperFile.objects.filter(paper=paper_id).count() == 3
    assert all(each.bottom_line for each in signatures(queries.final_file(paper_id)))


def test_a_paper_that_cannot_be_drawn_holds_up_no_other(world: World, monkeypatch) -> None:
    cited = worlds.cite_birth(family_name="漢字")
    with pytest.raises(operations.CannotBeDrawn):
        worlds.request(world, cited_entry_id=cited)
    with monkeypatch.context() as before:
        # Asked for by a house whose fonts had these letters.
        before.setattr(requesting, "require_drawable", lambda *_paper: None)
        strange = worlds.request(world, cited_entry_id=cited)
    assert operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE) == [strange]
    operations.sign_claims(strange, at=NOON)
    with pytest.raises(operations.CannotBeDrawn, match=r"U\+5B57 U\+6F22"):
        operations.render(strange)

    ordinary = worlds.request(world)
    later = NOON + LEASE * 2
    until = later + LEASE
    assert operations.claim_for_rendering(limit=1, now=later, until=until) == [ordinary]
    assert operations.claim_for_rendering(limit=1, now=later, until=until) == [strange]


def test_a_paper_waits_while_the_signer_is_gone_and_heals(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    seal = worlds.key_file(world, office=world.office_id)
    seal.rename(seal.with_suffix(".away"))

    with pytest.raises(operations.SignerUnavailable):
        operations.sign_through(paper_id, at=NOON)
    assert queries.paper(paper_id).state == State.SIGNED
    with pytest.raises(queries.NotIssued):
        queries.final_file(paper_id)

    seal.with_suffix(".away").rename(seal)
    operations.sign_through(paper_id, at=NOON)
    assert queries.paper(paper_id).state == State.ISSUED


def test_a_lost_key_is_replaced_by_the_command(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    worlds.key_file(world, account=world.officer_id).unlink()
    with pytest.raises(operations.SignerUnavailable):
        operations.sign_through(paper_id, at=NOON)

    issued = operations.issue_development_credentials(at=NOON)

    assert (issued.officers, issued.offices, issued.retired) == (1, 0, 1)
    operations.sign_through(paper_id, at=NOON)
    assert all(each.bottom_line for each in signatures(queries.final_file(paper_id)))


def test_a_preview_is_a_specimen_and_leaves_no_trace(world: World) -> None:
    data = queries.preview(
        paper_type="birth_certificate",
        language="fr",
        entry=registers.cited_entry(worlds.cite_birth()),
        office_id=world.office_id,
        officer_id=world.officer_id,
        at=NOON,
    )

    assert data.startswith(b"%PDF-1.7")
    assert not Paper.objects.exists()
    assert verdicts.by_file(data, at=NOON) == verdicts.NOT_OURS
