"""Who looked: a kind and a minute, never a person, and never at the answer's cost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from documents import operations, queries
from documents.models import Look, LookKind, Paper
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db


def kinds(paper_id: int) -> list[str]:
    return list(Look.objects.filter(paper=paper_id).order_by("pk").values_list("kind", flat=True))


def test_each_way_of_checking_leaves_a_look(client: Client, world: World) -> None:
    paper_id = worlds.issue(world)
    paper, data = Paper.objects.get(pk=paper_id), queries.final_file(paper_id)

    client.head(f"/V/{paper.verification_id}")
    assert kinds(paper_id) == []
    client.get(f"/V/{paper.verification_id}")
    client.get(f"/api/papers/{paper.verification_id}/")
    file = SimpleUploadedFile("paper.pdf", data, content_type="application/pdf")
    client.post("/verify/", {"by_file": "1", "file": file})
    assert kinds(paper_id) == ["page", "api", "file"]
    looked = queries.looks(paper_id)
    assert (looked.count, looked.last_at) == (3, looked.recent[0].at)


def test_a_forgery_that_begins_with_the_paper_is_seen_by_its_holder(
    client: Client, world: World
) -> None:
    paper_id = worlds.issue(world)
    forged = forging.drawn_over(queries.final_file(paper_id))

    file = SimpleUploadedFile("paper.pdf", forged, content_type="application/pdf")
    page = client.post("/verify/", {"by_file": "1", "file": file})
    assert "What we issued" in page.text
    assert kinds(paper_id) == ["file"]


def test_nobody_who_does_not_hold_the_paper_leaves_a_look(client: Client, world: World) -> None:
    paper = Paper.objects.get(pk=worlds.issue(world))

    client.get("/V/0000000000000000")
    client.post("/verify/", {"number": paper.number, "code": "0" * 16})
    assert not Look.objects.exists()


def test_a_thousand_looks_in_a_minute_are_one_row(world: World) -> None:
    paper_id = worlds.issue(world)

    for second in (0, 1, 59):
        at = NOON + timedelta(seconds=second)
        operations.note_look(paper_id=paper_id, kind=LookKind.PAGE, at=at)
    operations.note_look(paper_id=paper_id, kind=LookKind.FILE, at=NOON)
    operations.note_look(paper_id=paper_id, kind=LookKind.PAGE, at=NOON + timedelta(minutes=1))
    assert kinds(paper_id) == ["page", "file", "page"]


@pytest.mark.django_db(transaction=True)
def test_a_look_that_cannot_be_written_takes_nothing_from_the_answer(
    client: Client, world: World
) -> None:
    paper = Paper.objects.get(pk=worlds.issue(world))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE documents_look IN SHARE MODE")
        page = client.get(f"/V/{paper.verification_id}")
    finally:
        other.rollback()
        other.close()
    assert page.status_code == 200
    assert "Genuine and current" in page.text
    assert kinds(paper.pk) == []


def test_a_look_is_never_changed_and_kept_for_13_months(world: World) -> None:
    paper_id, now = worlds.issue(world), timezone.now()
    for at in (now - timedelta(days=397), now - timedelta(days=300)):
        operations.note_look(paper_id=paper_id, kind=LookKind.PAGE, at=at)

    for statement in (
        "UPDATE documents_look SET kind = 'api'",
        "DELETE FROM documents_look WHERE at > now() - interval '396 days'",
        "TRUNCATE documents_look",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert operations.forget_looks(now=now, limit=100) == 1
    assert Look.objects.count() == 1


def test_nobody_looks_at_a_paper_that_is_not_out(world: World) -> None:
    paper_id = worlds.request(world)

    operations.note_look(paper_id=paper_id, kind=LookKind.PAGE, at=NOON)
    assert not Look.objects.exists()


def test_a_look_names_nobody() -> None:
    assert {field.name for field in Look._meta.get_fields()} == {
        "id", "paper", "kind", "consent", "at"
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_paper_that_an_operation_holds_is_answered_at_once(client: Client, world: World) -> None:
    paper = Paper.objects.get(pk=worlds.issue(world))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT FROM documents_paper WHERE id = %s FOR UPDATE", [paper.pk])
        # Its foreign key would wait for that row as long as the operation lasts.
        page = client.get(f"/V/{paper.verification_id}")
    finally:
        other.rollback()
        other.close()
    assert "Genuine and current" in page.text
    assert kinds(paper.pk) == []
