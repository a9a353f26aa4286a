"""A reissue that nobody will sign is given up: its number stays, and another may be asked for."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.policies import NotGranted
from documents import operations
from documents.listing import family, newest_of
from documents.models import Paper
from kernel.models import AuditEntry
from tests.accounts.people import officer, person
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, finish, state
from tests.documents.life.test_acts import check_now
from tests.documents.life.test_any_order import look
from tests.documents.life.test_reissues import reissue
from tests.world import NOON

pytestmark = pytest.mark.django_db


def drawn(office: Office, old: int) -> int:
    new = reissue(office, old)
    worlds.draw(new.pk)
    return new.pk


def abandon(office: Office, paper_id: int, **more: int) -> None:
    operations.abandon(**{"paper_id": paper_id, "by_id": office.decider_id, "at": NOON, **more})


def test_what_nobody_signs_blocks_no_later_reissue(office: Office) -> None:
    old = worlds.issue(office.world)
    left = drawn(office, old)
    with pytest.raises(operations.AskedAlready):
        people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())

    abandon(office, left)
    check_now()
    assert (state(old), state(left)) == ("ISSUED", "ABANDONED")
    assert [one.id for one in family(old, today=NOON.date())] == [old]
    assert newest_of(old) == old
    second = people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())
    people.approve(office, second)
    new = Paper.objects.exclude(pk=left).get(replaces=old)
    finish(office, new.pk)
    check_now()

    assert (state(old), state(left), state(new.pk)) == ("SUPERSEDED", "ABANDONED", "ISSUED")
    assert newest_of(old) == new.pk
    numbers = Paper.objects.order_by("pk").values_list("series_no", flat=True)
    assert list(numbers) == [1, 2, 3]
    look({})  # Every invariant: no gap in the numbers, each paper with its files.
    written = AuditEntry.objects.get(act="paper.reissue.abandoned")
    assert (written.actor_id, written.subject_id) == (office.decider_id, left)


def test_only_a_drawn_reissue_is_abandoned_and_by_right(office: Office) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old)
    with pytest.raises(operations.NotNow):  # Not drawn yet: it has no number.
        abandon(office, new.pk)
    first = worlds.request(office.world)
    worlds.draw(first)
    for other in (old, first):
        with pytest.raises(operations.NotNow):
            abandon(office, other)
    worlds.draw(new.pk)
    with pytest.raises(NotGranted):
        abandon(office, new.pk, by_id=officer("paper.suspend", area_code="12"))
    abandon(office, new.pk)
    with pytest.raises(operations.NotNow):
        abandon(office, new.pk)


def test_what_was_being_signed_meanwhile_is_not_kept(office: Office) -> None:
    old = worlds.issue(office.world)
    new = drawn(office, old)
    sha256 = worlds.unsigned_sha256(new)
    worlds.order(office.world, {new: sha256}, officer_id=office.asker_id)
    signed = operations.sign(new, at=NOON)
    abandon(office, new)

    with pytest.raises(operations.NothingToSign):
        operations.record_signing(signed, at=NOON)
    operations.sign_through(new, at=NOON)
    assert operations.claim_for_signing(limit=9, now=NOON, until=NOON, paper_id=new) == []
    with pytest.raises(operations.MandateRefused):
        worlds.order(office.world, {new: sha256}, officer_id=office.asker_id)
    assert (state(old), state(new)) == ("ISSUED", "ABANDONED")


def test_postgresql_keeps_what_is_abandoned_as_it_is(office: Office) -> None:
    old = worlds.issue(office.world)
    plain = worlds.request(office.world)
    worlds.draw(plain)
    left = drawn(office, old)

    def refused(rule: str, statement: str, *values: object) -> None:
        with (
            pytest.raises(DatabaseError) as error,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
        assert error.value.__cause__.diag.constraint_name == rule

    told = """WITH told AS (INSERT INTO documents_paperchange (paper_id, source, target, changed_at)
        VALUES (%s, 'RENDERED', 'ABANDONED', now())) SELECT"""
    for paper_id, rule, more in (
        (plain, "paper_abandoned_is_a_reissue", ""),
        (left, "paper_frozen", ", withheld_at = now()"),
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(told, [paper_id])
            refused(
                rule,
                f"UPDATE documents_paper SET state = 'ABANDONED'{more} WHERE id = %s",
                paper_id,
            )
            transaction.set_rollback(True)
    abandon(office, left)
    refused("paper_frozen", "UPDATE documents_paper SET withheld_at = now() WHERE id = %s", left)
    item = """INSERT INTO documents_mandateitem (mandate_id, paper_id, sha256)
        SELECT id, %s, '' FROM documents_mandate LIMIT 1"""
    refused("abandoned_paper_is_not_signed", item, left)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=left).update(state="SIGNED")


def test_the_office_gives_it_up_on_a_page_that_asks_once_more(office: Office) -> None:
    old = worlds.issue(office.world)
    left = drawn(office, old)
    address = reverse("documents:paper_abandon", args=[left])
    decider = officer_at(office.decider_id)
    page = reverse("documents:paper", args=[left])

    assert address in decider.get(page).text
    assert "Its number stays given" in decider.get(address).text
    assert state(left) == "RENDERED"
    said = decider.post(address, follow=True).text
    assert "A new reissue may be asked for" in said
    assert "Abandoned: it will not be signed" in said
    assert state(left) == "ABANDONED"
    assert "moved on" in decider.post(address, follow=True).text
    assert officer_at(officer("paper.suspend", area_code="12")).get(address).status_code == 403


def test_nobody_gives_up_what_is_about_herself(office: Office) -> None:
    old = people.single(office)
    people.do(office, old, "reissue", cited_entry_id=people.cite())
    left = Paper.objects.get(replaces=old).pk
    worlds.draw(left)
    hers = officer(*people.ALL, area_code="12", person=person(national_id=people.HOLDER))
    with pytest.raises(operations.OwnPaper):
        abandon(office, left, by_id=hers)
    address = reverse("documents:paper_abandon", args=[left])
    assert officer_at(hers).get(address).status_code == 404
