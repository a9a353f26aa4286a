"""Notes are for colleagues, and stay."""

import logging

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.policies import NotGranted
from applications import operations, queries
from applications.models import CaseNote
from tests.applications import world
from tests.world import NOON

pytestmark = pytest.mark.django_db
SAID = "Her uncle called: 1 1990 8 0000000 1 01"


def write(case, by_id, text=SAID):
    return operations.note(application_id=case.pk, by_id=by_id, text=text, at=NOON)


def test_a_note_is_read_by_colleagues_and_stands_nowhere_in_clear(uwase, staffed, caplog):
    case = world.taken(uwase, staffed.aline)
    with caplog.at_level(logging.DEBUG):
        write(case, staffed.bosco, f"  {SAID}\r\nShe calls again. ")
    [kept] = queries.notes(case.pk)
    assert (kept.text, kept.by_id) == (f"{SAID}\nShe calls again.", staffed.bosco)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM applications_casenote n")
        [(row,)] = cursor.fetchall()
    assert "uncle" not in row
    assert "uncle" not in caplog.text


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "zero\0byte"])
def test_a_note_is_one_to_two_thousand_characters_of_text(uwase, staffed, text):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.TextRefused):
        write(case, staffed.aline, text)
    write(case, staffed.aline, "é" * 2000)
    assert len(queries.notes(case.pk)) == 1


def test_only_those_at_its_desk_write_about_a_case(uwase, staffed):
    case = world.queued(uwase)
    own = world.officer(person_id=uwase.person_id)
    supervisor = world.officer(world.HOME, "case.supervise")
    with pytest.raises(NotGranted):
        write(case, staffed.far)
    with pytest.raises(operations.OwnCase):
        write(case, own)
    world.end_grants(staffed.aline, at=NOON - world.MINUTE)
    with pytest.raises(NotGranted):
        write(case, staffed.aline)
    write(case, supervisor)
    assert [one.by_id for one in queries.notes(case.pk)] == [supervisor]


def test_nobody_writes_about_a_case_that_lies_before_no_office(uwase, staffed):
    with pytest.raises(operations.NotNow):
        write(world.draft(uwase), staffed.aline)


def test_postgresql_changes_no_note_and_keeps_no_empty_one(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    write(case, staffed.aline)
    with pytest.raises(DatabaseError, match=r"denied|append-only"), transaction.atomic():
        CaseNote.objects.update(text="else")
    with pytest.raises(DatabaseError, match="note_has_words"), transaction.atomic():
        CaseNote.objects.create(application=case, by_id=staffed.aline, text="", at=NOON)
