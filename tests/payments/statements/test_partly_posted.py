"""A file of which a part was posted: each part keeps who confirmed it."""

import pytest
from django.db import connection

from payments import sql
from payments.models import Rail, Statement, StatementFile
from payments.operations import importing
from tests.accounts import people
from tests.payments.statements.books import Booking, bring, written
from tests.payments.statements.desks import (
    LIST,
    at_desk,
    brought,
    lets_one_person,
    page,
    pressed,
    unheard,
    work,
)
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon")]


def with_a_gap() -> bytes:
    """Write two statements of one account in one file: 500 came in, and days later 70."""
    early = written(Booking(amount=500, id="FT1"), opening=0, closing=500, number=1)
    late = written(Booking(amount=70, id="FT3", day=5), opening=900, closing=970, number=3, day=5)
    inner = late[late.index(b"<Stmt>") : late.index(b"</M>")]
    return early.replace(b"</M>", inner + b"</M>")


def between() -> bytes:
    return written(Booking(amount=400, id="FT2", day=2), opening=500, closing=900, number=2, day=2)


def looks_again(officer_id: int, file_id: int) -> None:
    assert at_desk(officer_id).post(f"{LIST}files/{file_id}/again/").status_code == 302
    assert work() == 1


def confirmers() -> list[tuple[str, int | None]]:
    rows = Statement.objects.filter(file__name="november.xml").order_by("place")
    return list(rows.values_list("state", "confirmed_by_id"))


def hers_alone(world, officer_id: int) -> int:
    since = NOON.replace(year=2000)
    return sql.run("statement_made_by_hand", rail_id=world.bank.pk, by_id=officer_id, since=since)[
        0
    ][0]


def test_who_confirmed_a_part_stands_when_the_rest_is_looked_at_anew(world, first, second):
    lets_one_person(world, 100)
    file_id = brought(first, with_a_gap())
    pressed(second, file_id)
    assert work() == 1
    assert confirmers() == [("POSTED", second), ("KEPT", None)]

    looks_again(first, file_id)
    assert confirmers() == [("POSTED", second), ("KEPT", None)]
    assert hers_alone(world, first) == 0
    shown = page(at_desk(first), f"{LIST}files/{file_id}/")
    assert shown.count("confirmed by") == 1

    # So what she may make alone today is still all hers.
    small_id = brought(
        first, written(Booking(amount=90, id="X1"), opening=None, closing=None, form="4")
    )
    pressed(first, small_id)
    work()
    assert StatementFile.objects.get(pk=small_id).state == "POSTED"
    assert hers_alone(world, first) == 90


def test_the_rest_needs_a_confirmation_of_its_own(world, first, second):
    file_id = brought(first, with_a_gap())
    pressed(second, file_id)
    work()
    bring(between())
    with pytest.raises(importing.NeedsSecond):
        bring(with_a_gap(), by_id=first)
    looks_again(first, file_id)
    assert "Somebody else must confirm it" in pressed(first, file_id)
    pressed(second, file_id)
    work()
    assert confirmers() == [("POSTED", second), ("POSTED", second)]


def test_the_rest_may_be_posted_by_one_where_it_is_little(world, first, second):
    lets_one_person(world, 100)
    file_id = brought(first, with_a_gap())
    pressed(second, file_id)
    work()
    bring(between())
    looks_again(first, file_id)
    pressed(first, file_id)
    work()
    assert confirmers() == [("POSTED", second), ("POSTED", None)]
    assert hers_alone(world, first) == 70


def test_nobody_is_written_over_whoever_confirmed_a_statement(world, first, second):
    file_id = brought(first, with_a_gap())
    pressed(second, file_id)
    work()
    for name in (None, first):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_statement SET confirmed_by_id = %s WHERE file_id = %s",
                [name, file_id],
            )
    assert confirmers() == [("POSTED", second), ("KEPT", None)]


@pytest.mark.parametrize("rail", ["bank\0rw", "\0", "nobody"])
def test_a_file_is_of_a_rail_that_there_is(first, rail):
    file_id = brought(first, unheard(500))
    again = at_desk(first).post(f"{LIST}files/{file_id}/again/", {"rail": rail})
    assert again.status_code == 404
    upload = at_desk(first).post(f"{LIST}upload/", {"rail": rail})
    assert upload.status_code == 422
    looks_again(first, file_id)


def test_whoever_has_a_file_read_anew_may_bring_those_of_its_rail(world, first):
    file_id = brought(first, unheard(500))
    other = Rail.objects.exclude(pk=world.bank.pk).order_by("code").first()
    theirs = people.officer("statement.import", rail_code=other.code)
    hers = people.officer("statement.import", rail_code=world.bank.code)
    url = f"{LIST}files/{file_id}/again/"
    for rail in ("", other.code, world.bank.code):
        assert at_desk(theirs).post(url, {"rail": rail}).status_code == 403
    assert at_desk(hers).post(url, {"rail": other.code}).status_code == 403
    for rail in ("", world.bank.code):
        assert at_desk(hers).post(url, {"rail": rail}).status_code == 302
        assert work() == 1
