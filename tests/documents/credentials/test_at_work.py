"""A key that is replaced while it works, and a paper that breaks, hold up nobody."""

import pytest
from django.db import transaction

from documents import operations
from documents.custody import SignerUnavailable
from documents.models import Paper, PaperClaims, PaperFile, Purpose
from documents.operations import credentials
from documents.operations.credentials import Owner
from documents.operations.revising import by_a_live_key
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.world import LEASE, World
from tests.world import NOON
from workers import errands
from workers.errands.papers import SIGNING_LEASE

pytestmark = pytest.mark.django_db


def ordered(world: World, father_name: str) -> int:
    paper_id = worlds.request(world, cited_entry_id=worlds.cite_birth(father_name=father_name))
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    return paper_id


def test_a_signature_by_a_key_replaced_meanwhile_is_made_again(world: World) -> None:
    paper_id = ordered(world, "Habimana Jean")
    made = operations.sign(paper_id, at=NOON)
    now = people.issue(people.of_officer(world), people.appoint())

    with pytest.raises(SignerUnavailable):
        operations.record_signing(made, at=NOON)
    assert not PaperFile.objects.filter(paper=paper_id, step="signed").exists()
    operations.sign_through(paper_id, at=NOON)
    assert PaperFile.objects.get(paper=paper_id, step="signed").credential_id == now.pk


def test_one_paper_that_breaks_holds_up_none_of_its_batch(world: World) -> None:
    """What was drawn of it is no PDF: the library that signs says so with an error of its own."""
    broken = worlds.request(world)
    assert operations.claim_for_rendering(
        limit=1, now=NOON, until=NOON + LEASE, paper_id=broken
    ) == [broken]
    operations.record_rendering(broken, b"%PDF-1.7 and nothing", at=NOON)
    worlds.order(world, {broken: worlds.unsigned_sha256(broken)})
    good = [ordered(world, name) for name in ("Habimana Paul", "Habimana Luc")]

    assert errands.sign_papers(lambda: NOON) == 3
    states = dict(Paper.objects.values_list("pk", "state"))
    assert states == {broken: "RENDERED", **dict.fromkeys(good, "ISSUED")}
    assert errands.sign_papers(lambda: NOON + SIGNING_LEASE) == 0
    assert errands.sign_papers(lambda: NOON + SIGNING_LEASE * 2) == 1


def test_facts_signed_by_a_key_replaced_meanwhile_are_not_kept(world: World) -> None:
    before = credentials.in_force(Purpose.QR, at=NOON)
    paper_id = worlds.request(world)
    operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE)
    people.issue(Owner(Purpose.QR), people.appoint(area_code=None))

    kept = {"paper_id": paper_id, "cose": b"facts", "created_at": NOON}
    with pytest.raises(SignerUnavailable), by_a_live_key(), transaction.atomic():
        PaperClaims.objects.create(credential=before, **kept)
    operations.sign_claims(paper_id, at=NOON)
    assert PaperClaims.objects.get(paper=paper_id).credential_id != before.pk
