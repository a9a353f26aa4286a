"""The invariants of papers hold from request to issue, and each one finds what breaks it."""

import pytest

from documents import queries
from documents.invariants import INVARIANTS
from documents.models import PaperFile
from kernel import files
from tests import breaking
from tests.documents import world as worlds
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

ISSUED = "(SELECT max(id) FROM documents_paper WHERE state = 'ISSUED')"


@pytest.fixture
def issued(world):
    """One paper in each state."""
    worlds.issue(world)
    worlds.draw(worlds.request(world))
    worlds.request(world)


def test_every_invariant_holds_of_papers_as_they_come(issued, as_owner):
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_no_file_of_a_paper_is_erased_whoever_gave_it_too(issued):
    for paper_file in PaperFile.objects.all():
        assert queries.is_file(paper_file.sha256)
        with pytest.raises(files.FileNeeded):
            files.erase(paper_file.sha256, at=NOON)
        assert files.read(paper_file.sha256)


BREAKAGES = {
    "a number is left out": (
        "paper_numbers_gapless",
        "UPDATE documents_paper SET series_no = 7 WHERE state = 'RENDERED'",
    ),
    "a number was given to no paper": (
        "paper_numbers_gapless",
        "UPDATE documents_numberseries SET last = last + 1",
    ),
    "a series is forgotten": ("paper_numbers_gapless", "DELETE FROM documents_numberseries"),
    "a file was erased": (
        "paper_file_is_kept",
        (
            "UPDATE kernel_stored_file SET erased_at = now(), data_key = NULL WHERE sha256 = ("
            f"SELECT sha256 FROM documents_paperfile WHERE step = 'sealed' AND paper_id = {ISSUED})"
        ),
    ),
    "a file is not kept": (
        "paper_file_is_kept",
        (
            "DELETE FROM kernel_stored_file WHERE sha256 = (SELECT sha256"
            f" FROM documents_paperfile WHERE step = 'sealed' AND paper_id = {ISSUED})"
        ),
    ),
    "a file is kept under another hash": (
        "paper_file_is_kept",
        (
            f"UPDATE documents_paperfile SET sha256 = '{'a' * 64}'"
            f" WHERE step = 'signed' AND paper_id = {ISSUED}"
        ),
    ),
    "an issued paper has no seal": (
        "paper_has_its_files",
        f"DELETE FROM documents_paperfile WHERE step = 'sealed' AND paper_id = {ISSUED}",
    ),
    "a revision is left out": (
        "paper_revisions",
        (
            "UPDATE documents_paperfile SET revision = 5"
            f" WHERE step = 'sealed' AND paper_id = {ISSUED}"
        ),
    ),
    "a revision begins with something else": (
        "paper_revisions",
        (
            "UPDATE documents_paperfile SET previous_size = 1"
            f" WHERE step = 'signed' AND paper_id = {ISSUED}"
        ),
    ),
    "a proof says more than the file": (
        "paper_revisions",
        f"UPDATE documents_proof SET pades_level = 'B-LTA' WHERE paper_id = {ISSUED}",
    ),
    "a paper that nobody has drawn has a file": (
        "paper_has_its_files",
        (
            "UPDATE documents_paperfile SET paper_id ="
            " (SELECT id FROM documents_paper WHERE state = 'REQUESTED')"
            f" WHERE step = 'rendered' AND paper_id = {ISSUED}"
        ),
    ),
}


@pytest.mark.parametrize("what", BREAKAGES)
def test_what_breaks_an_invariant_is_found(issued, as_owner, what):
    code, *statements = BREAKAGES[what]
    assert code in breaking.found(as_owner, INVARIANTS, *statements)
