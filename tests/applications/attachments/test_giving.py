"""What an applicant gives stands with her case; what she may not, does not."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.operations import BudgetSpent
from applications import operations
from applications.models import Attachment
from applications.queries import attachments
from kernel import files, uploads
from tests.accounts import people
from tests.applications import world
from tests.applications.attachments.giving import (
    IDENTITY,
    ask_anew,
    before_officer,
    complete_draft,
    give,
    take_back,
)
from tests.kernel.uploads import specimens
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_photo_is_kept_clean_and_stands_under_its_slot(citizen):
    case = world.draft(citizen, IDENTITY)
    give(citizen, case, data=specimens.photo_with_secrets())
    (there,) = attachments.of(case.pk)
    assert (there.code, there.media_type, there.pages) == ("photo", "image/jpeg", 1)
    assert b"Uwase" not in files.read(there.sha256)


def test_another_file_takes_the_place_of_the_first_and_both_are_remembered(citizen):
    case = world.draft(citizen, IDENTITY)
    give(citizen, case)
    second = give(citizen, case, data=specimens.picture("PNG"))
    assert [one.id for one in attachments.of(case.pk)] == [second]
    assert Attachment.objects.filter(application=case).count() == 2


def test_what_is_taken_back_is_there_no_more_and_twice_is_as_good_as_once(citizen):
    case = complete_draft(citizen)
    take_back(citizen, case)
    take_back(citizen, case)
    assert attachments.of(case.pk) == []


def test_a_case_is_not_sent_in_without_the_file_that_is_required(citizen):
    case = world.draft(citizen, IDENTITY)
    give(citizen, case, "letter", specimens.pdf())
    with pytest.raises(operations.Incomplete) as refusal:
        world.submit(citizen, case)
    assert refusal.value.group_code == "documents"
    give(citizen, case)
    world.submit(citizen, case)


@pytest.mark.parametrize(
    ("code", "data", "why"),
    [
        ("photo", specimens.pdf(), uploads.Why.WRONG_KIND),
        ("letter", specimens.pdf_with_file(), uploads.Why.EMBEDDED),
        ("letter", b"<html>", uploads.Why.UNKNOWN),
    ],
)
def test_a_file_that_is_not_taken_leaves_the_one_that_stands(citizen, code, data, why):
    case = world.draft(citizen, IDENTITY)
    first = give(citizen, case, code, specimens.picture())
    with pytest.raises(uploads.Refused) as refusal:
        give(citizen, case, code, data)
    assert refusal.value.why == why
    assert [one.id for one in attachments.of(case.pk)] == [first]


def test_there_is_no_slot_that_the_service_does_not_name(citizen):
    case = world.draft(citizen, IDENTITY)
    for code in ("visa", "", "../photo"):
        with pytest.raises(operations.NoSuchSlot):
            give(citizen, case, code)


def test_nobody_gives_a_file_with_the_case_of_another(citizen):
    case = world.draft(citizen, IDENTITY)
    with pytest.raises(operations.NotHers):
        give(people.citizen(), case)


def test_after_sixty_files_in_an_hour_nobody_looks_at_another(citizen):
    case = world.draft(citizen, IDENTITY)
    for _ in range(60):
        with pytest.raises(uploads.Refused):
            give(citizen, case, data=b"no photo")
    with pytest.raises(BudgetSpent):
        give(citizen, case)


def test_what_was_sent_in_stays_as_it_was(citizen, staffed):
    case = before_officer(citizen, staffed.aline)
    with pytest.raises(operations.NotNow):
        give(citizen, case)
    with pytest.raises(operations.NotNow):
        take_back(citizen, case)


def test_a_file_that_an_officer_asks_for_is_given_anew_and_only_that_one(citizen, staffed):
    case = ask_anew(before_officer(citizen, staffed.aline), staffed.aline, "photo")
    with pytest.raises(operations.NoSuchSlot):
        give(citizen, case, "letter")
    with pytest.raises(operations.Incomplete):
        _complete(citizen, case)
    give(citizen, case, data=specimens.picture("PNG"), at=NOON + world.MINUTE)
    _complete(citizen, case)
    assert world.fresh(case).status == "UNDER_REVIEW"
    assert [one.media_type for one in attachments.of(case.pk)] == ["image/png"]


def test_an_officer_cannot_ask_for_a_file_that_the_service_does_not_name(citizen, staffed):
    case = before_officer(citizen, staffed.aline)
    with pytest.raises(operations.UnknownField):
        ask_anew(case, staffed.aline, "visa")


# --- said again by PostgreSQL -----------------------------------------------------------------


def _complete(citizen, case):
    operations.complete(
        application_id=case.pk,
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        given={},
        at=NOON,
    )


def _refused(sql: str, *values: object) -> str:
    with (
        pytest.raises(IntegrityError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return refusal.value.__cause__.diag.constraint_name


def _insert(like: int, **changed: object) -> tuple[str, list[object]]:
    row = Attachment.objects.filter(pk=like).values().get() | changed
    del row["id"]
    row["sha256"] = row.pop("file_id")
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    return (
        f"INSERT INTO applications_attachment ({names}) VALUES ({marks})",
        list(row.values()),
    )


def test_postgresql_keeps_one_file_a_slot_and_its_bounds(citizen):
    like = give(citizen, world.draft(citizen, IDENTITY))
    for changed, rule in (
        ({}, "one_attachment_a_slot"),
        ({"code": "letter", "pages": 51}, "attachment_pages_bounded"),
        ({"code": "letter", "check_state": "unsure"}, "attachment_check_known"),
        ({"code": "letter", "check_state": "waiting"}, "attachment_waits_until"),
        ({"code": "letter", "removed_at": NOON}, "attachment_begins_standing"),
        ({"code": ""}, "attachment_in_its_turn"),
    ):
        sql, values = _insert(like, **changed)
        assert _refused(sql, *values) == rule


def test_postgresql_keeps_a_case_to_twenty_files(citizen):
    case = world.draft(citizen, IDENTITY)
    like = give(citizen, case)
    for place in range(19):
        sql, values = _insert(like, code=f"slot-{place}")
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
    sql, values = _insert(like, code="one-more")
    assert _refused(sql, *values) == "attachments_not_too_many"


def test_postgresql_keeps_what_was_given(citizen, staffed):
    case = before_officer(citizen, staffed.aline)
    (there,) = attachments.of(case.pk)
    take = "UPDATE applications_attachment SET removed_at = now(), removed_by_id = %s WHERE id = %s"
    assert _refused(take, citizen.account_id, there.id) == "attachment_removed_in_its_turn"
    sql, values = _insert(there.id, code="letter")
    assert _refused(sql, *values) == "attachment_in_its_turn"
    ask_anew(case, staffed.aline, "photo")
    assert _refused(sql, *values) == "attachment_was_asked_for"
    unsay = "UPDATE applications_attachment SET check_state = 'harmful' WHERE id = %s"
    assert _refused(unsay, there.id) == "attachment_checked_once"
