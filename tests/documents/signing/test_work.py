"""What does it by itself, what does it by command, and how the tables came to be."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from documents import operations
from documents.models import PaperFile, Proof
from documents.operations import stamping
from tests.documents import world as worlds
from tests.documents.signing.conftest import Outside
from tests.documents.world import LEASE, World
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db

TOMORROW = NOON + timedelta(days=1)


def told(*arguments: str, at) -> str:
    output = io.StringIO()
    with time_machine.travel(at, tick=True):
        call_command("augment_papers", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_says_what_it_did_and_stops_where_it_is_told(
    world: World, outside: Outside
) -> None:
    papers = [worlds.issue(world, cited_entry_id=worlds.cite_birth(father_name=name))
              for name in ("Habimana Jean", "Habimana Paul")]  # fmt: skip
    outside.day_of_lists(TOMORROW)
    assert "Papers due: 2.\nDone: waiting 2." in told(at=TOMORROW)

    later = TOMORROW + stamping.NOT_PROVEN + LEASE
    outside.day_of_lists(later)
    assert "Papers due: 2.\nDone: augmented 1." in told("--limit", "1", at=later)
    assert "Papers due: 1.\nDone: augmented 1." in told(at=later)
    assert "Papers due: 0.\nDone: nothing." in told(at=later)
    assert set(Proof.objects.filter(paper__in=papers).values_list("pades_level", flat=True)) == {
        "B-LTA"
    }


def test_the_errand_waits_for_lists_and_leaves_what_must_wait(
    world: World, outside: Outside
) -> None:
    paper_id = worlds.issue(world)
    outside.day_of_lists(TOMORROW)

    assert errands.augment_papers(lambda: TOMORROW) == 1
    assert errands.augment_papers(lambda: TOMORROW) == 0
    later = TOMORROW + stamping.NOT_PROVEN + LEASE
    outside.day_of_lists(later)
    assert errands.augment_papers(lambda: later) == 1
    assert Proof.objects.get(pk=paper_id).pades_level == "B-LTA"
    assert errands.augment_papers(lambda: later) == 0


def test_the_errand_that_signs_renews_its_lease_before_each_paper(
    world: World, outside: Outside
) -> None:
    papers = []
    for name in ("Habimana Jean", "Habimana Paul"):
        paper_id = worlds.request(world, cited_entry_id=worlds.cite_birth(father_name=name))
        worlds.order(world, {paper_id: worlds.draw(paper_id)})
        papers.append(paper_id)
    times = iter(NOON + timedelta(seconds=seconds) for seconds in range(0, 60, 5))

    # The second paper's turn comes after the lease of both has run out, and nobody has taken it.
    assert errands.sign_papers(lambda: next(times)) == 2

    sealed = PaperFile.objects.filter(paper__in=papers, step="sealed")
    assert sealed.count() == 2
    assert operations.claim_for_signing(limit=4, now=TOMORROW, until=TOMORROW) == []


def test_where_nobody_stamps_papers_are_issued_and_nothing_is_due(world: World, settings) -> None:
    settings.TIMESTAMP_AUTHORITIES = []
    paper_id = worlds.issue(world)

    assert Proof.objects.get(pk=paper_id).pades_level == "B-B"
    assert errands.augment_papers(lambda: TOMORROW) == 0


def test_papers_that_stay_without_a_time_or_without_proof_ring(
    world: World, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    worlds.issue(world)
    outside.sandbox.faults(tsa="down")
    worlds.issue(world, cited_entry_id=worlds.cite_birth(father_name="Habimana Paul"))

    errands.look_after_keys(now=NOON + stamping.STAMPED_WITHIN)
    assert "papers.not_proven" not in capsys.readouterr().out
    errands.look_after_keys(now=NOON + stamping.PROVEN_WITHIN + timedelta(minutes=5))
    (told,) = [one for one in capsys.readouterr().out.splitlines() if "papers.not_proven" in one]
    assert '"unstamped": 1, "unproven": 1' in told
