"""Whatever two people and the registers do, in any order: over is over, and one is in force."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents import operations
from documents.invariants import INVARIANTS
from documents.models import Paper, PaperChange
from documents.operations.reissuing import EntryIsOld
from documents.states import IN_FORCE
from tests.documents.life import people
from tests.documents.life.people import LATER, Office
from tests.documents.life.test_acts import check_now

pytestmark = pytest.mark.django_db

REFUSALS = (
    operations.NotNow,
    operations.AskedAlready,
    operations.NoCopy,
    EntryIsOld,
)
OVER = {"SUPERSEDED", "REVOKED", "ENDED"}


class Story:
    """One paper, its copies and its reissues; each step takes a paper of them by its place."""

    def __init__(self, office: Office, first: int) -> None:
        self.office = office
        self.papers = [first]
        self.told = 0

    def act(self, kind: str, place: int) -> None:
        people.do(self.office, self._paper(place), kind)

    def reissue(self, place: int) -> None:
        old = self._paper(place)
        people.do(self.office, old, "reissue", cited_entry_id=people.cite())
        self.papers.append(Paper.objects.get(replaces=old).pk)

    def copy(self, place: int) -> None:
        self.papers.append(people.copy(self.office, self._paper(place)))

    def finish(self, place: int) -> None:
        paper_id = self._paper(place)
        if people.state(paper_id) == "REQUESTED":
            people.finish(self.office, paper_id)

    def tell(self, place: int) -> None:
        self.told += 1
        kind = ("marriage", "death", "move", "correction")[place % 4]
        entry_kind = "population" if kind == "correction" else ""
        event = people.tell(kind, people.HOLDER, number=self.told, entry_kind=entry_kind)
        operations.end_for_event(event_id=event, at=LATER)

    def _paper(self, place: int) -> int:
        return self.papers[place % len(self.papers)]


STEPS: dict[str, Callable[[Story, int], None]] = {
    "suspend": lambda story, place: story.act("suspend", place),
    "resume": lambda story, place: story.act("resume", place),
    "revoke": lambda story, place: story.act("revoke", place),
    "reissue": Story.reissue,
    "copy": Story.copy,
    "finish": Story.finish,
    "tell": Story.tell,
}


def undone() -> transaction.Atomic:
    """What a test case opens around a test: undone after it, and to files as if none were open."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5)), min_size=3, max_size=9
    )
)
def test_over_is_over_and_one_original_is_in_force(
    office: Office, steps: list[tuple[str, int]]
) -> None:
    with undone():
        story = Story(office, people.single(office, officer_id=None, sealed_only=True))
        over: dict[int, str] = {}
        for step, place in steps:
            try:
                with undone():
                    STEPS[step](story, place)
                    check_now()
            except REFUSALS:
                pass
            over = look(over)
        transaction.set_rollback(True)


def look(over: dict[int, str]) -> dict[int, str]:
    """Hold the papers against what must be true of them, and return which are over."""
    states = dict(Paper.objects.values_list("pk", "state"))
    assert {paper: states[paper] for paper in over} == over
    originals = Paper.objects.filter(copy_of=None, state__in=IN_FORCE, officer=None)
    assert originals.count() <= 1
    for paper_id, was in states.items():
        changes = PaperChange.objects.filter(paper=paper_id).order_by("pk")
        edges = list(changes.values_list("source", "target"))
        assert [source for source, _ in edges[1:]] == [target for _, target in edges[:-1]]
        assert edges[-1][1] == was
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.code
    return {paper: state for paper, state in states.items() if state in OVER}
