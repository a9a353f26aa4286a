"""No approval without its money: not by an officer, not by the register, not by raw SQL."""

import pytest
from django.db import IntegrityError, transaction

from applications import operations
from applications.models import Application, StatusChange
from tests.applications import world
from tests.applications.acts.world import approve, awaiting_second, second, want_second
from tests.applications.packing import FREE
from tests.payments.reversing import take_back
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_what_was_taken_back_a_moment_ago_is_not_approved_before_anybody_holds_it(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    take_back()
    with pytest.raises(operations.NotNow):
        approve(case, staffed.aline, world.birth_act(uwase))
    world.pay(case.bill_id)
    approve(case, staffed.aline, world.birth_act(uwase))
    assert world.fresh(case).status == "APPROVED"


def test_nor_is_it_seconded(uwase, staffed):
    want_second()
    case = awaiting_second(uwase, staffed.aline)
    take_back()
    with pytest.raises(operations.NotNow):
        second(case, staffed.bosco, world.birth_act(uwase))


def forge(case: Application, target: str, **changed: object) -> None:
    """Move a case as whoever has the application's login could."""
    StatusChange.objects.create(
        application=case,
        version=case.version + 1,
        source=case.status,
        target=target,
        changed_at=NOON,
        changed_by_id=case.officer_id,
        office_id=case.deciding_office_id,
        officer_id=case.officer_id,
    )
    Application.objects.filter(pk=case.pk).update(
        status=target, version=case.version + 1, **changed
    )


def test_postgresql_approves_no_case_whose_bill_lost_its_money(uwase, staffed):
    paid = world.approved(uwase, staffed.bosco, world.SINGLE)
    case = world.taken(uwase, staffed.aline)
    take_back()
    with pytest.raises(IntegrityError, match="is not paid"), transaction.atomic():
        forge(case, "APPROVED", cited_entry=paid.cited_entry_id)


def test_postgresql_lets_no_case_shake_off_its_bill(uwase, staffed):
    paid = world.approved(uwase, staffed.bosco, world.SINGLE)
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match="is not paid"), transaction.atomic():
        forge(case, "APPROVED", cited_entry=paid.cited_entry_id, bill=None)


def test_a_free_case_needs_no_bill(uwase, staffed):
    assert world.approved(uwase, staffed.aline, FREE).status == "APPROVED"


def test_money_taken_back_of_a_case_that_left_the_bill_stops_no_other(uwase, staffed):
    leaving, staying = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, leaving, staying)
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    operations.route(application_id=staying.pk, at=NOON)
    operations.withdraw(
        application_id=leaving.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    operations.take(application_id=staying.pk, by_id=staffed.aline, at=NOON)
    approve(world.fresh(staying), staffed.aline, world.person_entry(uwase))
    assert world.fresh(staying).status == "APPROVED"
