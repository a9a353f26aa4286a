"""What is approved stays within what two people set: at once, and on one day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.policies import NotGranted
from payments import posting
from payments.models import Limit, Movement, Refund
from payments.operations.controlling import limits
from tests.accounts import people
from tests.payments.world import make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

ACT = "refund.decide"


@pytest.fixture
def world():
    return make_world()


def asked(by_id, **more):
    values = {"act": ACT, "rail_code": "*", "currency": "RWF"}
    values |= {"per_act_minor": 500, "per_day_minor": 800, "reason": "decree 4", **more}
    return limits.ask(**values, by_id=by_id, at=NOON)


def in_force(**more):
    maker, checker = people.officer("remittance.ask"), people.officer("remittance.decide")
    limit_id = asked(maker, **more)
    limits.decide(limit_id=limit_id, approved=True, by_id=checker, at=NOON)
    return limit_id


def within(amount_minor, *, rail_code="mtn-rw", at=NOON, currency="RWF"):
    with transaction.atomic():
        limits.require_within(
            account_id=1,
            act=ACT,
            rail_code=rail_code,
            currency=currency,
            amount_minor=amount_minor,
            at=at,
        )


def test_where_nobody_set_a_limit_nothing_limits(world):
    within(10**9)


def test_at_once_and_on_one_day(world):
    in_force()
    within(500)
    with pytest.raises(limits.OverLimit) as at_once:
        within(501)
    assert (at_once.value.limit_minor, at_once.value.is_daily) == (500, False)

    approve(world, 500)
    within(300)
    with pytest.raises(limits.OverLimit) as of_day:
        within(301)
    assert (of_day.value.left_minor, of_day.value.is_daily) == (300, True)
    within(500, at=NOON + timedelta(days=1))
    within(10**9, currency="KES")


def approve(world, amount_minor, *, at=NOON):
    """Approve a refund by SQL, as an operation would."""
    name = f"C{amount_minor}"
    post(telling(world.mtn, "", amount_minor, external_id=name))
    refund = _requested(world, name, amount_minor)
    Refund.objects.filter(pk=refund.pk).update(
        state="APPROVED", checker=people.staff(), decided_at=at
    )
    return refund


def _requested(world, name, amount_minor):
    with transaction.atomic():
        refund = Refund.objects.create(
            movement=Movement.objects.get(external_id=name),
            currency="RWF",
            amount_minor=amount_minor,
            reason="paid twice",
            state="REQUESTED",
            maker=people.staff(),
        )
        posting.hold_refund(refund.pk, at=NOON)
    return refund


def test_postgresql_says_it_again(world):
    in_force()
    approve(world, 450)
    with pytest.raises(IntegrityError, match="above the limit of the day"), transaction.atomic():
        approve(world, 400)
    with pytest.raises(IntegrityError, match="above the limit of one act"), transaction.atomic():
        approve(world, 501)
    approve(world, 350)


def test_a_limit_of_one_rail_says_nothing_of_another(world):
    in_force(rail_code="bank-rw")
    within(501, rail_code="mtn-rw")
    with pytest.raises(limits.OverLimit):
        within(501, rail_code="bank-rw")


def test_a_limit_counts_once_another_has_approved_it_and_ends_the_one_before(world):
    maker, checker = people.officer("remittance.ask"), people.officer("remittance.decide")
    waiting = asked(maker)
    within(10**9)
    with pytest.raises(limits.LimitDecided):
        asked(maker)
    both = people.officer("remittance.ask", "remittance.decide")
    own = asked(both, rail_code="mtn-rw")
    with pytest.raises(limits.SamePerson):
        limits.decide(limit_id=own, approved=True, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        limits.decide(limit_id=own, approved=True, by_id=maker, at=NOON)
    limits.decide(limit_id=waiting, approved=True, by_id=checker, at=NOON)
    with pytest.raises(limits.LimitDecided):
        limits.decide(limit_id=waiting, approved=False, by_id=checker, at=NOON)
    later = asked(maker, per_act_minor=9, per_day_minor=9)
    limits.decide(limit_id=later, approved=True, by_id=checker, at=NOON + timedelta(hours=1))
    assert Limit.objects.get(pk=waiting).until_at == NOON + timedelta(hours=1)
    with pytest.raises(limits.OverLimit):
        within(10, at=NOON + timedelta(hours=2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_act_minor": 0},
        {"per_day_minor": 1},
        {"act": "case.decide"},
        {"rail_code": "nowhere"},
        {"reason": " "},
    ],
)
def test_what_cannot_be_a_limit_is_refused(world, wrong):
    with pytest.raises(limits.BadLimit):
        asked(people.officer("remittance.ask"), **wrong)


@pytest.mark.parametrize(
    "change", [{"per_act_minor": 999}, {"until_at": None}, {"approved": False}, {"maker_id": 1}]
)
def test_raw_sql_changes_nothing_of_a_limit(world, change):
    limit_id = in_force()
    Limit.objects.filter(pk=limit_id).update(until_at=NOON + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Limit.objects.filter(pk=limit_id).update(**change)


def test_a_limit_does_not_begin_decided(world):
    with pytest.raises(IntegrityError, match="cannot begin decided"), transaction.atomic():
        Limit.objects.create(
            act=ACT,
            currency="RWF",
            per_act_minor=5,
            per_day_minor=5,
            zone="UTC",
            reason="x",
            maker=people.staff(),
            checker=people.staff(),
            approved=True,
            asked_at=NOON,
            decided_at=NOON,
            from_at=NOON,
        )
