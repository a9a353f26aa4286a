"""The invariants of a paper's life hold, and each one finds what breaks it."""

import pytest

from documents.invariants import INVARIANTS
from tests import breaking
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, do
from tests.documents.life.test_reissues import reissue

pytestmark = pytest.mark.django_db(transaction=True)

BREAKAGES = {
    "a paper is revoked and its history does not know": (
        "paper_is_as_told",
        "UPDATE documents_paper SET state = 'REVOKED' WHERE state = 'SUSPENDED'",
    ),
    "nobody asked for what happened": (
        "paper_is_as_told",
        "UPDATE documents_paperchange SET act_id = NULL WHERE target = 'SUSPENDED'",
    ),
    "a replaced paper comes back": (
        "paper_one_in_force",
        "UPDATE documents_paper SET state = 'ISSUED' WHERE state = 'SUPERSEDED'",
    ),
    "a copy is worth more than its original": (
        "paper_one_in_force",
        "UPDATE documents_paper SET state = 'ISSUED' WHERE copy = 'duplicate'",
    ),
}


@pytest.fixture
def lived(office: Office) -> None:
    """A paper that was reissued, and one that was suspended with its duplicate."""
    old = worlds.issue(office.world)
    people.finish(office, reissue(office, old).pk)
    original = people.single(office)
    people.finish(office, people.copy(office, original))
    do(office, original, "suspend")


def test_every_invariant_holds_of_papers_that_have_lived(lived, as_owner) -> None:
    assert breaking.found(as_owner, INVARIANTS) == {}


@pytest.mark.parametrize("what", BREAKAGES)
def test_what_breaks_an_invariant_is_found(lived, as_owner, what: str) -> None:
    code, *statements = BREAKAGES[what]
    assert code in breaking.found(as_owner, INVARIANTS, *statements)
