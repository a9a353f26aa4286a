"""The table of DESIGN section 6, the database's copy of it, and what guards both."""

from itertools import pairwise

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from applications import operations
from applications.models import Application, Refusal, StatusChange
from applications.states import LIFECYCLE, Status
from kernel.lifecycle import IllegalTransition
from kernel.models import EventRow, LifecycleEdge
from tests.applications import world
from tests.world import NOON

S = Status
pytestmark = pytest.mark.django_db


def test_the_database_knows_the_same_edges_as_the_table():
    rows = LifecycleEdge.objects.filter(lifecycle="applications.case")
    assert set(rows.values_list("source", "target")) == {
        (str(source), str(target)) for source, target in LIFECYCLE.edges()
    }


def test_the_table_knows_every_status():
    assert LIFECYCLE.states() == set(Status)


@pytest.mark.parametrize(
    "road",
    [
        [S.DRAFT, S.AWAITING_PAYMENT, S.PAID, S.IN_QUEUE, S.UNDER_REVIEW, S.APPROVED],
        [S.APPROVED, S.AWAITING_SIGNATURE, S.ISSUED, S.READY_FOR_COLLECTION, S.COLLECTED],
        [S.DRAFT, S.PAID],
        [S.AWAITING_PAYMENT, S.LAPSED, S.PAID],
        [S.PAID, S.APPROVED, S.ISSUED],
        [S.UNDER_REVIEW, S.AWAITING_COMPLETION, S.UNDER_REVIEW],
        [S.UNDER_REVIEW, S.AWAITING_SECOND, S.APPROVED],
        [S.AWAITING_SECOND, S.UNDER_REVIEW, S.IN_QUEUE],
        [S.UNDER_REVIEW, S.REFUSED, S.UNDER_APPEAL, S.IN_QUEUE],
        [S.AWAITING_SIGNATURE, S.PAYMENT_HELD, S.AWAITING_SIGNATURE],
        [S.UNDER_REVIEW, S.WITHDRAWN],
    ],
)
def test_every_road_of_the_design_can_be_walked(road):
    for source, target in pairwise(road):
        LIFECYCLE.event_for(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (S.DRAFT, S.IN_QUEUE),
        (S.AWAITING_PAYMENT, S.IN_QUEUE),
        (S.IN_QUEUE, S.APPROVED),
        (S.APPROVED, S.WITHDRAWN),
        (S.ISSUED, S.WITHDRAWN),
        (S.REFUSED, S.APPROVED),
        (S.ISSUED, S.PAYMENT_HELD),
    ],
)
def test_no_other_road_can(source, target):
    with pytest.raises(IllegalTransition):
        LIFECYCLE.event_for(source, target)


def test_the_whole_way_is_told_move_by_move(uwase, staffed, commits, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.drawn(uwase, staffed.aline)
    operations.conclude(application_id=case.pk, at=NOON)
    commits()
    told = list(case.history.order_by("version").values_list("source", "target"))
    assert told == [
        ("", "DRAFT"),
        ("DRAFT", "AWAITING_PAYMENT"),
        ("AWAITING_PAYMENT", "PAID"),
        ("PAID", "IN_QUEUE"),
        ("IN_QUEUE", "UNDER_REVIEW"),
        ("UNDER_REVIEW", "APPROVED"),
        ("APPROVED", "AWAITING_SIGNATURE"),
        ("AWAITING_SIGNATURE", "ISSUED"),
    ]
    published = EventRow.objects.filter(
        name__startswith="applications.", payload__subject_id=case.pk
    )
    assert list(published.order_by("pk").values_list("name", flat=True)) == [
        f"applications.case.{fact}"
        for fact in (
            "submitted",
            "paid",
            "queued",
            "taken",
            "approved",
            "signature_awaited",
            "issued",
        )
    ]


# --- what PostgreSQL refuses by itself --------------------------------------------------------


def refused(constraint: str, *, at_commit: bool = False):
    """The next change is refused by this rule."""
    return pytest.raises(DatabaseError, match=constraint)


def test_postgresql_refuses_an_edge_that_is_not_in_the_table(uwase):
    made = world.draft(uwase)
    with refused("no edge from DRAFT to ISSUED"), transaction.atomic():
        Application.objects.filter(pk=made.pk).update(status="ISSUED")


def test_postgresql_refuses_a_case_that_does_not_begin_as_a_draft(uwase):
    made = world.draft(uwase)
    made.pk, made.number, made.status = None, "BC-26-00000000", "PAID"
    with refused("begins as DRAFT"), transaction.atomic():
        made.save(force_insert=True)


def test_postgresql_refuses_a_move_without_its_row_of_history(uwase, commits):
    made = world.draft(uwase)
    commits()
    with refused("has no row of history"), transaction.atomic():
        Application.objects.filter(pk=made.pk).update(status="WITHDRAWN")
        commits()


def test_postgresql_refuses_a_row_of_history_without_its_move(uwase, commits):
    made = world.draft(uwase)
    commits()
    with refused("history ends at WITHDRAWN"), transaction.atomic():
        StatusChange.objects.create(
            application=made, version=9, source="DRAFT", target="WITHDRAWN", changed_at=NOON
        )
        commits()


def test_postgresql_refuses_an_officer_with_an_interest(uwase, staffed):
    case = world.queued(uwase)
    own = world.officer(person_id=uwase.person_id)
    with refused("interest"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer_id=own)


def test_postgresql_refuses_a_decision_by_somebody_with_an_interest(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    own = world.officer(person_id=uwase.person_id)
    with refused("interest"), transaction.atomic():
        StatusChange.objects.create(
            application=case,
            version=99,
            source="UNDER_REVIEW",
            target="REFUSED",
            changed_at=NOON,
            changed_by_id=own,
        )


def test_postgresql_refuses_approval_without_a_cited_entry(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with refused("approved_case_cites_an_entry"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(status="APPROVED", decided_at=NOON)


def test_postgresql_refuses_another_entry_once_one_is_cited(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    with refused("its entry and its paper stay"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(cited_entry=None, paper=None)


def test_postgresql_refuses_one_paper_for_two_cases(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    other = world.taken(uwase, staffed.aline)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=other.pk).update(
            paper_id=case.paper_id, cited_entry_id=case.cited_entry_id
        )


def test_postgresql_refuses_new_answers_when_it_is_not_the_applicants_turn(uwase):
    made = world.draft(uwase)
    world.submit(uwase, made)
    with refused("answers change only"), transaction.atomic():
        Application.objects.filter(pk=made.pk).update(answers={})


@pytest.mark.parametrize("number", ["bc-26-12345678", "BC-2026-12345678", "BC-26-1234567", ""])
def test_postgresql_refuses_a_malformed_case_number(uwase, number):
    made = world.draft(uwase)
    made.pk, made.number = None, number
    with refused("case_number_well_formed"), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.parametrize("table", ["applications_statuschange", "applications_refusal"])
def test_history_and_refusals_can_only_be_appended_to(uwase, staffed, table):
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        reason_code="no_entry",
        at=NOON,
    )
    assert Refusal.objects.count() == 1
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_application_role_cannot_delete_a_case(uwase):
    made = world.draft(uwase)
    with refused("permission denied"), transaction.atomic():
        Application.objects.filter(pk=made.pk)._raw_delete("default")
