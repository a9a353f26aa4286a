"""The desk sees how often a paper was checked, and by nobody's name."""

import pytest
from django.test import Client
from django.urls import reverse

from documents import operations
from documents.models import LookKind
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office
from tests.documents.life.test_pages import asker, text
from tests.documents.world import World
from tests.world import NOON

__all__ = ["asker"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(world: World) -> Office:
    return people.open_office(world)


def test_the_desk_sees_how_often_a_paper_was_checked(office: Office, asker: Client) -> None:
    paper_id = worlds.issue(office.world)
    page = reverse("documents:paper", args=[paper_id])
    assert "Nobody has checked it yet." in text(asker, page)

    for kind in (LookKind.PAGE, LookKind.FILE):
        operations.note_look(paper_id=paper_id, kind=kind, at=NOON)
    assert "Checked 2 times in the last 13 months, last on" in text(asker, page)


def test_a_paper_that_is_not_out_is_checked_by_nobody(office: Office, asker: Client) -> None:
    paper_id = worlds.request(office.world)
    worlds.draw(paper_id)

    assert "Who checked it" not in text(asker, reverse("documents:paper", args=[paper_id]))
