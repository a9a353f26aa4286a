"""The number of a paper, typed by somebody else: good and about her, or not; no more is told."""

from datetime import timedelta

import pytest

from documents import queries
from documents.models import Paper
from tests.documents import world as worlds
from tests.world import NOON

pytestmark = pytest.mark.django_db

HERS, ANOTHERS = "1199078000000104", "1198880000000042"
TODAY = NOON.date()


def good(number: str, national_id: str = HERS, **more: object) -> bool:
    return queries.is_good(number, national_id=national_id, **({"today": TODAY} | more))


def test_a_paper_that_is_out_is_good_for_whom_it_is_about_and_for_nobody_else(world):
    number = Paper.objects.get(pk=worlds.issue(world)).number
    assert number
    assert good(number)
    assert good(number.lower().replace("-", " "))
    assert not good(number, ANOTHERS)
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    assert not good(wrong)
    assert not good("")


def test_what_is_not_out_yet_or_no_more_good_is_not_good(world):
    paper_id = worlds.request(world)
    worlds.draw(paper_id)
    drawn = Paper.objects.get(pk=paper_id)
    assert not drawn.number or not good(drawn.number)
    issued = Paper.objects.get(pk=worlds.issue(world))
    after = (issued.valid_until or TODAY) + timedelta(days=1)
    assert good(issued.number, today=after) is (issued.valid_until is None)
