"""What officers ordered is signed in rounds: one statement for all, and each as good as alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import operations
from documents.custody import SignerUnavailable
from documents.models import Credential, Paper, PaperFile
from documents.operations import completing
from documents.states import State
from tests.documents import world as worlds
from tests.documents.rounds.test_rounds import ask, clock, statements, states
from tests.documents.world import World
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db(transaction=True)


def ordered(world: World, papers: int) -> list[int]:
    """Return papers that are drawn, and that their officer has ordered signed."""
    asked = [ask(world, sealed_only=False, officer_id=world.officer_id) for _ in range(papers)]
    while errands.draw_papers(clock):
        continue
    worlds.order(world, {paper_id: worlds.unsigned_sha256(paper_id) for paper_id in asked})
    return asked


def test_ordered_papers_are_out_after_one_round(world: World) -> None:
    asked = ordered(world, 5)

    assert errands.sign_papers(clock) == 5

    assert states(asked) == [State.ISSUED] * 5
    for paper_id in asked:
        revisions = PaperFile.objects.filter(paper_id=paper_id).order_by("revision")
        assert [each.step for each in revisions] == ["rendered", "signed", "sealed"]
        changes = Paper.objects.get(pk=paper_id).changes.order_by("pk")
        assert list(changes.values_list("target", flat=True)) == [
            State.REQUESTED, State.RENDERED, State.SIGNED, State.ISSUED,
        ]  # fmt: skip


def test_a_round_is_as_the_papers_would_be_one_by_one(world: World) -> None:
    (together,) = ordered(world, 1)
    operations.claim_for_signing(limit=1, now=NOON, until=NOON + worlds.LEASE)
    alone = operations.sign(together, at=NOON)

    assert operations.complete([together], clock=clock) == []

    kept = PaperFile.objects.get(paper_id=together, step="signed")
    assert kept.size == len(alone.data)
    assert (kept.pades_level, kept.credential_id) == (alone.level, alone.credential_id)


def queries_of_a_round(world: World, papers: int) -> int:
    asked = ordered(world, papers)
    operations.claim_for_signing(limit=papers, now=NOON, until=NOON + worlds.LEASE)
    with CaptureQueriesContext(connection) as seen:
        assert operations.complete(asked, clock=clock) == []
    return statements(seen)


def test_a_round_of_eight_asks_the_database_as_often_as_a_round_of_one(world: World) -> None:
    assert queries_of_a_round(world, 8) == queries_of_a_round(world, 1) <= 20


def test_what_nobody_ordered_is_not_signed(world: World) -> None:
    (named,) = ordered(world, 1)
    unnamed = ask(world, sealed_only=False, officer_id=world.officer_id)
    errands.draw_papers(clock)

    assert operations.complete([named, unnamed], clock=clock) == [unnamed]

    assert states([named, unnamed]) == [State.ISSUED, State.RENDERED]


def test_a_paper_withheld_while_keys_were_at_work_is_neither_signed_nor_sealed(
    world: World, monkeypatch
) -> None:
    doubtful, good = ordered(world, 2)
    usual = completing.seal_all

    def and_meanwhile(*args, **kwargs):
        operations.withhold(doubtful, at=NOON)
        return usual(*args, **kwargs)

    monkeypatch.setattr(completing, "seal_all", and_meanwhile)
    errands.sign_papers(clock)

    assert states([doubtful, good]) == [State.RENDERED, State.ISSUED]


def test_without_the_offices_key_the_officers_signature_is_kept(world: World) -> None:
    (paper_id,) = ordered(world, 1)
    Credential.objects.filter(office_id=world.office_id).update(state="suspended")

    errands.sign_papers(clock)

    assert states([paper_id]) == [State.SIGNED]


def test_a_key_that_cannot_be_had_leaves_all_to_go_alone(world: World, monkeypatch) -> None:
    asked = ordered(world, 3)

    def away(*args, **kwargs):
        raise SignerUnavailable

    monkeypatch.setattr(completing.custody, "signer", away)

    assert operations.complete(asked, clock=clock) == asked
    assert states(asked) == [State.RENDERED] * 3


def test_a_round_that_breaks_is_signed_one_by_one(world: World, monkeypatch) -> None:
    asked = ordered(world, 3)

    def broken(*args, **kwargs):
        raise LookupError

    monkeypatch.setattr(completing, "certify_all", broken)
    errands.sign_papers(clock)

    assert states(asked) == [State.ISSUED] * 3
