"""The release before does not know the life of papers: it comes back only while none has lived."""

from pathlib import Path

import psycopg
import pytest

from documents.migrations import __path__ as migrations
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office

pytestmark = pytest.mark.django_db(transaction=True)

REVERSE = Path(migrations[0]).parent / "sql" / "0004_life_reverse.sql"


def go_back(as_owner: psycopg.Connection) -> None:
    """Take the rules of 0004 back, and undo that."""
    with as_owner.transaction(force_rollback=True):
        as_owner.execute(REVERSE.read_text())


def test_issued_papers_go_back(office: Office, as_owner: psycopg.Connection) -> None:
    worlds.issue(office.world)
    go_back(as_owner)


@pytest.mark.parametrize("lived", ["suspended", "asked about", "copied", "good until a day"])
def test_what_became_of_papers_is_not_forgotten_by_going_back(
    office: Office, as_owner: psycopg.Connection, lived: str
) -> None:
    paper_id = worlds.issue(office.world, valid_days=9 if lived == "good until a day" else None)
    if lived == "suspended":
        people.do(office, paper_id, "suspend")
    if lived == "asked about":
        people.ask(office, paper_id, "revoke")
    if lived == "copied":
        people.copy(office, paper_id)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="papers have lived on"):
        go_back(as_owner)
