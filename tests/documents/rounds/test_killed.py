"""A worker may be killed before anything is written: no number twice, and no paper lost."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from documents.models import Paper, PaperChange, PaperFile, Step
from documents.states import State
from kernel.models import EventRow
from tests.documents import world as worlds
from tests.documents.rounds.test_rounds import ask
from tests.documents.world import World
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db(transaction=True)

_WRITES = ("INSERT", "UPDATE")
# After every lease, and within the officer's order.
LATER = NOON + timedelta(minutes=1)


class Killed(BaseException):
    """Nobody catches it, and nobody tidies up."""


def killed_before(statement: int, work: Callable[[], object]) -> bool:
    """Do the work; False if it was done before its so-manieth statement that writes."""
    numbers = itertools.count(1)

    def counting(execute: Callable[..., Any], sql: str, *told: Any) -> Any:
        # What only reads has nothing to lose.
        if sql.startswith(_WRITES) and next(numbers) == statement:
            raise Killed
        return execute(sql, *told)

    with connection.execute_wrapper(counting):
        try:
            work()
        except Killed:
            return True
    return False


def again() -> None:
    """The sweep comes back, with another worker."""
    while errands.draw_papers(lambda: LATER) or errands.sign_papers(lambda: LATER):
        continue


def assert_whole(papers: list[int], steps: list[Step]) -> None:
    rows = list(Paper.objects.filter(pk__in=papers).order_by("series_no"))
    assert [row.series_no for row in rows] == list(range(1, len(papers) + 1))
    assert {row.state for row in rows} == {State.ISSUED}
    for paper_id in papers:
        revisions = PaperFile.objects.filter(paper_id=paper_id).order_by("revision")
        assert [each.step for each in revisions] == steps
        assert PaperChange.objects.filter(paper_id=paper_id, target=State.ISSUED).count() == 1
    told = EventRow.objects.filter(name="documents.paper.issued")
    assert sorted(told.values_list("payload__subject_id", flat=True)) == sorted(papers)


def test_killed_before_any_write_of_a_paper_that_the_office_seals(world: World) -> None:
    papers = []
    for statement in itertools.count(1):
        papers.append(ask(world))
        if not killed_before(statement, lambda: errands.draw_papers(lambda: NOON)):
            break
        again()
    assert len(papers) > 5
    assert_whole(papers, [Step.RENDERED, Step.SEALED])


@pytest.mark.parametrize("alone", [False, True])
def test_killed_before_any_write_of_an_officers_signature(
    world: World, alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if alone:
        monkeypatch.setattr(errands.papers.documents, "complete", lambda ids, **_: ids)
    papers = []
    for statement in itertools.count(1):
        papers.append(ask(world, sealed_only=False, officer_id=world.officer_id))
        errands.draw_papers(lambda: NOON)
        worlds.order(world, {papers[-1]: worlds.unsigned_sha256(papers[-1])})
        if not killed_before(statement, lambda: errands.sign_papers(lambda: NOON)):
            break
        again()
    assert len(papers) > 5
    assert_whole(papers, [Step.RENDERED, Step.SIGNED, Step.SEALED])
