"""Under the application's own login: what no page asks for, PostgreSQL refuses by name."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.models import (
    Application,
    CompletionRequest,
    HandOver,
    Reassignment,
    Refusal,
    StatusChange,
)
from tests.applications import world
from tests.applications.attacks.test_money_first import forge
from tests.applications.packing import HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


def refused(match: str):
    return pytest.raises(IntegrityError, match=match)


def told(case: Application, target: str, by_id: int | None, **changed: object) -> StatusChange:
    values: dict[str, object] = {
        "application": case,
        "version": case.version + 1,
        "source": case.status,
        "target": target,
        "changed_at": NOON,
        "changed_by_id": by_id,
        "office_id": case.deciding_office_id,
        "officer_id": case.officer_id,
    }
    return StatusChange.objects.create(**(values | changed))


def test_no_refusal_without_its_reason(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with refused("no reason"), transaction.atomic():
        told(case, "REFUSED", staffed.aline, note_code="differs")
    Refusal.objects.create(application=case, reason_code="differs", by_id=staffed.aline, at=NOON)
    with refused("no reason"), transaction.atomic():
        told(case, "REFUSED", staffed.aline, note_code="no_entry")
    told(case, "REFUSED", staffed.aline, note_code="differs")
    transaction.set_rollback(True)


def test_no_completion_that_asks_for_nothing(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with refused("asks for nothing"), transaction.atomic():
        told(case, "AWAITING_COMPLETION", staffed.aline)
    CompletionRequest.objects.create(
        application=case, asked={"reason": "unclear"}, asked_by_id=staffed.aline, asked_at=NOON
    )
    told(case, "AWAITING_COMPLETION", staffed.aline)
    transaction.set_rollback(True)


@pytest.mark.parametrize("target", ["APPROVED", "AWAITING_SECOND", "REFUSED"])
def test_no_decision_by_anybody_but_who_holds_it(uwase, staffed, target):
    case = world.taken(uwase, staffed.aline)
    Refusal.objects.create(application=case, reason_code="differs", by_id=staffed.bosco, at=NOON)
    for by_id in (staffed.bosco, None):
        with refused("not in her hands"), transaction.atomic():
            told(case, target, by_id, note_code="differs")
    with refused("not in her hands"), transaction.atomic():
        told(case, target, staffed.bosco, note_code="differs", officer_id=staffed.bosco)


def test_no_move_without_its_row_of_history(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    with refused("is at IN_QUEUE|no row of history"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(status="IN_QUEUE", version=99)
        commits()
    with refused("history ends at"), transaction.atomic():
        told(case, "IN_QUEUE", None)
        commits()


def test_no_hand_over_by_whoever_has_an_interest(uwase, staffed):
    case = world.queued(uwase)
    own = world.officer(person_id=uwase.person_id)
    with refused("an interest"), transaction.atomic():
        HandOver.objects.create(
            application=case,
            version=case.version,
            what="case",
            from_office_id=world.office_id(),
            to_office_id=world.office_id(NEIGHBOUR),
            by_id=own,
            at=NOON,
        )


def test_no_reassignment_by_whoever_has_an_interest(uwase, staffed):
    case = world.queued(uwase)
    own = world.officer(HOME, "case.supervise", person_id=uwase.person_id)
    with refused("an interest"), transaction.atomic():
        Reassignment.objects.create(
            application=case,
            version=case.version,
            office_id=world.office_id(),
            from_officer_id=None,
            to_officer_id=staffed.bosco,
            by_id=own,
            reason_code="late",
            at=NOON,
        )


def test_no_history_is_mended_afterwards(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    for change in (
        lambda: StatusChange.objects.filter(application=case).update(changed_by=staffed.bosco),
        lambda: StatusChange.objects.filter(application=case).delete(),
        lambda: Application.objects.filter(pk=case.pk).delete(),
        lambda: Application.objects.filter(pk=case.pk).update(version=0),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_no_jump_over_the_officer(uwase, staffed):
    for target in ("APPROVED", "ISSUED", "COLLECTED", "AWAITING_SIGNATURE"):
        with pytest.raises(DatabaseError), transaction.atomic():
            forge(world.queued(uwase), target)
