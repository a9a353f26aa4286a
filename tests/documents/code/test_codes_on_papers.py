"""The code on each paper: signed once, kept, drawn, and read by cameras and copiers."""

from datetime import date, timedelta

import pytest
import zxingcpp
from django.db import DatabaseError, IntegrityError, transaction

from documents import claims, composing, operations
from documents.models import Credential, CredentialState, Paper, PaperClaims, Purpose
from documents.rendering import draw, qr
from documents.states import State
from tests.documents import papers
from tests.documents import world as worlds
from tests.documents.code import pictures, verifier
from tests.documents.world import LEASE, World
from tests.world import NOON
from workers import errands

CODE = papers.content().check_url + "#" + "2KCE3IQBEYCEQAABAIBQIBIGA6QFR2NF" * 16


def claimed(world: World, **more: object) -> int:
    paper_id = worlds.request(world, **more)
    assert operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE) == [paper_id]
    return paper_id


def scanned(paper_id: int) -> verifier.Scanned:
    paper = Paper.objects.get(pk=paper_id)
    kept = PaperClaims.objects.get(paper=paper)
    return verifier.read(claims.text("https://testserver", paper.verification_id, bytes(kept.cose)))


@pytest.fixture
def address(settings) -> None:
    settings.SITE_URL = "https://testserver"


def test_a_papers_code_says_what_the_paper_says(address, world):
    paper_id = claimed(world)
    operations.sign_claims(paper_id, at=NOON)

    read, paper = scanned(paper_id), Paper.objects.get(pk=paper_id)
    assert verifier.judge(read, verifier.keys(), now=NOON).flaw is None
    assert read.claims.number == paper.number
    assert read.claims.people == (claims.Person("Aline Chantal MUKAMANA", "1990-03-27"),)
    assert (read.claims.entry, read.claims.office) == ("1990/II/0413", "Kimironko Sector Office")
    assert (read.claims.status_list, read.claims.place) == (
        "https://testserver/status/0.cwt",
        paper_id & 131_071,
    )


def test_each_spouse_stands_on_the_code_of_a_marriage(address, world):
    paper_id = claimed(
        world, paper_type="marriage_certificate", cited_entry_id=worlds.cite_marriage()
    )
    operations.sign_claims(paper_id, at=NOON)

    people = scanned(paper_id).claims.people
    assert [(each.name.split()[-1], each.born_on) for each in people] == [
        ("HABIMANA", "1988-12-01"),
        ("MUKAMANA", "1988-12-01"),
    ]


def test_a_code_ends_with_the_last_day_in_the_countrys_time(address, world):
    paper_id = claimed(world)
    paper = Paper.objects.get(pk=paper_id)
    paper.valid_until = date(2027, 2, 28)

    ends = composing.claims_of(paper, at=NOON).expires_at
    assert ends.isoformat() == "2027-03-01T00:00:00+02:00"


def test_a_code_is_signed_once_whoever_draws_the_paper_again(world):
    paper_id = claimed(world)
    operations.sign_claims(paper_id, at=NOON)
    drawn = operations.render(paper_id)
    operations.sign_claims(paper_id, at=NOON + timedelta(hours=1))

    assert operations.render(paper_id) == drawn
    assert PaperClaims.objects.count() == 1


def test_a_paper_waits_while_the_key_for_codes_cannot_be_had(world):
    Credential.objects.filter(purpose=Purpose.QR).update(state=CredentialState.SUSPENDED)
    paper_id = worlds.request(world)
    with pytest.raises(operations.SignerUnavailable):
        operations.sign_claims(paper_id, at=NOON)
    assert errands.draw_papers(lambda: NOON) == 1
    assert Paper.objects.get(pk=paper_id).state == State.REQUESTED

    Credential.objects.filter(purpose=Purpose.QR).update(state=CredentialState.ACTIVE)
    later = NOON + LEASE * 2
    assert errands.draw_papers(lambda: later) == 1
    assert Paper.objects.get(pk=paper_id).state == State.RENDERED


def test_postgresql_refuses_facts_signed_by_another_key_too_late_or_changed(world):
    paper_id = claimed(world)
    qr_key = Credential.objects.get(purpose=Purpose.QR)
    seal = Credential.objects.get(purpose=Purpose.SEAL)

    def kept(**more: object) -> PaperClaims:
        values = {"paper_id": paper_id, "cose": b"x", "credential": qr_key, "created_at": NOON}
        with transaction.atomic():
            return PaperClaims.objects.create(**{**values, **more})

    for rule, more in {
        "paper_claims_by_a_live_credential": {"credential": seal},
        "paper_claims_by_a_live_credential ": {"created_at": NOON + timedelta(days=4000)},
        "paper_claims_fit_on_a_code": {"cose": b"x" * 901},
    }.items():
        with pytest.raises(IntegrityError) as refused:
            kept(**more)
        assert refused.value.__cause__.diag.constraint_name == rule.strip()
    waiting = worlds.request(world)
    with pytest.raises(IntegrityError) as refused:
        kept(paper_id=waiting)
    assert refused.value.__cause__.diag.constraint_name == "paper_claims_before_it_is_drawn"

    row = kept()
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperClaims.objects.filter(pk=row.pk).update(cose=b"y")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_a_symbol_with_facts_needs_no_more_modules_than_its_letters_do():
    # All in bytes it would be version 20; only "#" is no letter of the alphanumeric mode.
    assert qr.modules(CODE) == 77
    assert qr.modules(papers.content().check_url) < 40


@pictures.needs_poppler
@pictures.needs_zbar
@pytest.mark.parametrize("dpi", [72, 100, 150, 200, 300])
def test_a_worn_copy_is_read_at_any_resolution(tmp_path, dpi):
    facts = CODE.partition("#")[2]
    pdf = draw(papers.content(claims=facts))
    copied = pictures.page(pdf, tmp_path, dpi)
    assert zxingcpp.read_barcodes(copied)[0].text == CODE
    assert pictures.by_zbar(copied, tmp_path) == CODE
    if dpi >= 100:
        worn = pictures.worn(copied)
        assert zxingcpp.read_barcodes(worn)[0].text == CODE
        assert pictures.by_zbar(worn, tmp_path) == CODE
