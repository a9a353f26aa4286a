"""Two at once, on real transactions: one decides, the other is told."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from applications import operations
from applications.models import Application
from documents.models import Paper
from tests.accounts import people
from tests.applications import world
from tests.applications.world import officer
from tests.countries.packs import load
from tests.world import NOON

HOLD = timedelta(minutes=30)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(db, small_pack):
    with transaction.atomic():
        load(small_pack)
    return officer(), officer()


def at_once(*calls):
    """Run the calls in threads of their own that start together; return what each one raised."""
    barrier = threading.Barrier(len(calls))
    raised = [None] * len(calls)

    def run(place, call):
        try:
            barrier.wait()
            call()
        except Exception as error:
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_officers_who_take_at_once_one_has_it_and_the_other_is_told(office):
    aline, bosco = office
    case = world.queued(people.citizen())
    raised = at_once(
        lambda: operations.take(application_id=case.pk, by_id=aline, at=NOON),
        lambda: operations.take(application_id=case.pk, by_id=bosco, at=NOON),
    )
    assert sorted(type(one).__name__ for one in raised) == ["HeldByAnother", "NoneType"]
    assert world.fresh(case).officer_id in office


def test_two_decisions_at_once_one_counts_and_the_other_page_is_stale(office):
    aline, _ = office
    uwase = people.citizen()
    case = world.taken(uwase, aline)
    raised = at_once(
        lambda: operations.approve(
            application_id=case.pk,
            by_id=aline,
            version=case.version,
            entry=world.birth_act(uwase),
            at=NOON,
        ),
        lambda: operations.refuse(
            application_id=case.pk,
            by_id=aline,
            version=case.version,
            reason_code="no_entry",
            at=NOON,
        ),
    )
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "StalePage"]
    decided = world.fresh(case)
    assert (decided.status == "APPROVED") == Paper.objects.exists()


@pytest.mark.parametrize("round_", range(6))
def test_a_hold_that_just_ended_lets_the_colleague_take_or_the_officer_approve(office, round_):
    aline, bosco = office
    uwase = people.citizen()
    case = world.taken(uwase, aline)
    ended = NOON + HOLD
    calls = [
        lambda: operations.approve(
            application_id=case.pk,
            by_id=aline,
            version=case.version,
            entry=world.birth_act(uwase),
            at=ended,
        ),
        lambda: operations.take(application_id=case.pk, by_id=bosco, at=ended),
    ]
    # Whoever starts first has the better chance: each goes first in turn.
    raised = at_once(*(calls if round_ % 2 else reversed(calls)))
    approving, taking = raised if round_ % 2 else reversed(raised)
    now = world.fresh(case)
    if approving is None:
        assert type(taking) is operations.NotNow
        assert (now.status, now.officer_id) == ("APPROVED", aline)
    else:
        assert type(approving) is operations.StalePage
        assert taking is None
        assert (now.status, now.officer_id) == ("UNDER_REVIEW", bosco)
    assert Paper.objects.count() == (1 if approving is None else 0)
    assert now.history.count() == now.version


def test_whoever_lost_the_case_cannot_decide_it_with_a_fresh_page_either(office):
    aline, bosco = office
    case = world.taken(people.citizen(), aline)
    operations.take(application_id=case.pk, by_id=bosco, at=NOON + HOLD)
    version = world.fresh(case).version
    raised = at_once(
        *[
            lambda by_id=by_id: operations.refuse(
                application_id=case.pk,
                by_id=by_id,
                version=version,
                reason_code="no_entry",
                at=NOON + HOLD,
            )
            for by_id in (aline, bosco)
        ]
    )
    assert type(raised[0]) in {operations.NotHeld, operations.StalePage}
    assert raised[1] is None
    assert world.fresh(case).refusals.get().by_id == bosco


def test_a_case_approved_eight_times_at_once_has_one_paper(office):
    aline, _ = office
    uwase = people.citizen()
    case = world.taken(uwase, aline)
    entry = world.birth_act(uwase)
    raised = at_once(
        *[
            lambda: operations.approve(
                application_id=case.pk, by_id=aline, version=case.version, entry=entry, at=NOON
            )
        ]
        * 8
    )
    assert [type(one).__name__ for one in raised].count("NoneType") == 1
    assert Paper.objects.count() == 1


def test_a_bill_paid_is_told_by_many_workers_and_every_case_moves_once(office):
    uwase = people.citizen()
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id)
    raised = at_once(*[lambda: operations.confirm_payment(bill_id=sent.bill_id, at=NOON)] * 6)
    assert raised == [None] * 6
    for case in Application.objects.all():
        assert case.status == "PAID"
        assert case.history.filter(target="PAID").count() == 1


def test_a_case_sent_in_twice_at_once_is_billed_once(office):
    uwase = people.citizen()
    made = world.draft(uwase)
    raised = at_once(*[lambda: world.submit(uwase, made)] * 4)
    assert sorted(type(one).__name__ for one in raised) == ["NoneType"] + ["NotNow"] * 3


def test_routing_by_many_workers_gives_each_case_one_officer(office):
    uwase = people.citizen()
    cases = [world.paid(uwase) for _ in range(4)]
    raised = at_once(
        *[
            lambda pk=case.pk: operations.route(application_id=pk, at=NOON)
            for case in cases
            for _ in range(2)
        ]
    )
    assert raised == [None] * 8
    for case in cases:
        assert case.history.filter(target="IN_QUEUE").count() == 1
        assert world.fresh(case).officer_id in office
