"""The list's filter and the paper's own page say one thing of what a paper is worth today."""

from datetime import date, timedelta

import pytest

from documents import listing
from documents.models import Paper
from documents.states import OUT, Standing, State, standing
from tests.documents.life import people
from tests.documents.life.people import Office, do

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


def lived(office: Office) -> None:
    """Papers in every state there is after the issue, with and without a last day."""
    for days in (None, 1, 30):
        ways = [people.single(office, valid_days=days) for _ in range(4)]
        do(office, ways[1], "suspend")
        do(office, ways[2], "revoke")
        do(office, ways[3], "reissue", cited_entry_id=people.cite())
        people.finish(office, Paper.objects.get(replaces=ways[3]).pk)
    ended = people.single(office)
    people.tell("marriage", people.HOLDER)
    people.operations.end_if_over(paper_id=ended, at=people.LATER)


@pytest.mark.parametrize("later", [-1, 0, 1, 29, 30, 400])
def test_each_standing_lists_exactly_its_papers(office: Office, later: int) -> None:
    lived(office)
    today = TODAY + timedelta(days=later)
    papers = list(Paper.objects.all())
    assert {paper.state for paper in papers} == set(OUT)
    for one in Standing:
        listed = listing.lines(None, today=today, state=one.value)
        worth = {p.pk for p in papers if standing(p.state, p.valid_until, today) is one}
        assert {line.id for line in listed} == worth, one
        assert all(line.standing is one for line in listed)


def test_what_is_not_out_has_no_standing() -> None:
    for state in set(State) - set(OUT):
        assert standing(state, None, TODAY) is None
