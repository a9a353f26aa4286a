"""What is approved stays within what two people set: at once, and on one day."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account, Grant
from accounts.policies import NotGranted
from kernel.models import AuditEntry
from payments import posting
from payments.models import Limit, LimitDefault, Movement, Refund
from payments.operations.controlling import limits
from tests.accounts import people
from tests.payments.world import post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

ACT = "refund.decide"
_numbers = count(1)


def asked(by_id, **more):
    values = {"act": ACT, "rail_code": "*", "currency": "RWF"}
    values |= {"per_act_minor": 500, "per_person_minor": 700, "per_day_minor": 800}
    values |= {"reason": "decree 4", **more}
    return limits.ask(**values, by_id=by_id, at=NOON)


def in_force(**more):
    maker, checker = people.officer("limit.ask"), people.officer("limit.decide")
    limit_id = asked(maker, **more)
    limits.decide(limit_id=limit_id, approved=True, by_id=checker, at=NOON)
    return limit_id


def within(amount_minor, *, rail_code="mtn-rw", at=NOON, currency="RWF", by_id=1):
    with transaction.atomic():
        limits.require_within(
            account_id=by_id,
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
    assert (at_once.value.limit_minor, at_once.value.reach) == (500, "act")

    approve(world, 500)
    within(300)
    with pytest.raises(limits.OverLimit) as of_day:
        within(301)
    assert (of_day.value.left_minor, of_day.value.reach) == (300, "day")
    within(500, at=NOON + timedelta(days=1))
    within(10**9, currency="KES")


def approve(world, amount_minor, *, at=NOON, by=None):
    """Approve a refund by SQL, as an operation would."""
    name = f"C{next(_numbers)}"
    post(telling(world.mtn, "", amount_minor, external_id=name))
    refund = _requested(world, name, amount_minor)
    Refund.objects.filter(pk=refund.pk).update(
        state="APPROVED", checker=by or people.staff(), decided_at=at
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
    maker, checker = people.officer("limit.ask"), people.officer("limit.decide")
    waiting = asked(maker)
    within(10**9)
    with pytest.raises(limits.LimitDecided):
        asked(maker)
    both = people.officer("limit.ask", "limit.decide")
    own = asked(both, rail_code="mtn-rw")
    with pytest.raises(limits.SamePerson):
        limits.decide(limit_id=own, approved=True, by_id=both, at=NOON)
    with pytest.raises(NotGranted):
        limits.decide(limit_id=own, approved=True, by_id=maker, at=NOON)
    limits.decide(limit_id=waiting, approved=True, by_id=checker, at=NOON)
    with pytest.raises(limits.LimitDecided):
        limits.decide(limit_id=waiting, approved=False, by_id=checker, at=NOON)
    later = asked(maker, per_act_minor=9, per_person_minor=9, per_day_minor=9)
    limits.decide(limit_id=later, approved=True, by_id=checker, at=NOON + timedelta(hours=1))
    assert Limit.objects.get(pk=waiting).until_at == NOON + timedelta(hours=1)
    with pytest.raises(limits.OverLimit):
        within(10, at=NOON + timedelta(hours=2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_act_minor": 0},
        {"per_day_minor": 1},
        {"per_person_minor": 499},
        {"per_person_minor": 801},
        {"act": "case.decide"},
        {"rail_code": "nowhere"},
        {"reason": " "},
    ],
)
def test_what_cannot_be_a_limit_is_refused(world, wrong):
    with pytest.raises(limits.BadLimit):
        asked(people.officer("limit.ask"), **wrong)


@pytest.mark.parametrize(
    "change", [{"per_act_minor": 999}, {"until_at": None}, {"approved": False}, {"maker_id": 1}]
)
def test_raw_sql_changes_nothing_of_a_limit(world, change):
    limit_id = in_force()
    in_force()  # Which ends the first.
    with pytest.raises(IntegrityError), transaction.atomic():
        Limit.objects.filter(pk=limit_id).update(**change)


def test_a_limit_does_not_begin_decided(world):
    with pytest.raises(IntegrityError, match="cannot begin decided"), transaction.atomic():
        Limit.objects.create(
            act=ACT,
            currency="RWF",
            per_act_minor=5,
            per_person_minor=5,
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


# --- one person's share of the day


def test_nobody_approves_all_of_the_day_alone_not_even_by_two_accounts(world):
    in_force()
    decider = people.staff()
    again = people.staff(person_id=decider.person_id)
    approve(world, 400, by=decider)
    within(300, by_id=decider.pk)
    for hers in (decider.pk, again.pk):
        with pytest.raises(limits.OverLimit) as hers_is_spent:
            within(301, by_id=hers)
        assert (hers_is_spent.value.left_minor, hers_is_spent.value.reach) == (300, "person")
    within(400, by_id=people.staff().pk)


def test_postgresql_counts_what_one_person_approved(world):
    in_force()
    decider = people.staff()
    again = people.staff(person_id=decider.person_id)
    approve(world, 400, by=decider)
    with pytest.raises(IntegrityError, match="above what one person"), transaction.atomic():
        approve(world, 301, by=again)
    approve(world, 300, by=again)
    approve(world, 100)


def test_what_was_decided_keeps_its_day(world):
    refund = approve(world, 400)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(decided_at=NOON - timedelta(days=1))


@pytest.mark.parametrize("at", [None, NOON + timedelta(days=365 * 300)])
def test_nothing_is_approved_on_no_day_or_on_one_to_come(world, at):
    with pytest.raises(IntegrityError, match="approved at the time"), transaction.atomic():
        approve(world, 400, at=at)
    approve(world, 400)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_approved_on_a_day_that_is_over(world, as_owner):
    """As on real books, where the clock has nothing ahead of it: else each day gave its limit."""
    as_owner.execute("UPDATE payments_close_clock SET ahead = '0'")
    try:
        [(now,)] = as_owner.execute("SELECT now()").fetchall()
        for gone in (timedelta(hours=2), timedelta(days=700)):
            with pytest.raises(IntegrityError, match="approved at the time"), transaction.atomic():
                approve(world, 400, at=now - gone)
        with transaction.atomic():
            approve(world, 400, at=now - timedelta(minutes=5))
            transaction.set_rollback(True)
    finally:
        as_owner.execute("UPDATE payments_close_clock SET ahead = '3660 days'")


# --- who sets it


def test_a_limits_day_is_the_day_of_these_books(world):
    row = {"act": ACT, "currency": "RWF", "per_act_minor": 5, "per_person_minor": 5}
    row |= {"per_day_minor": 5, "reason": "x", "maker": people.staff(), "asked_at": NOON}
    with pytest.raises(IntegrityError, match="zone of these books"), transaction.atomic():
        Limit.objects.create(**row, zone="Pacific/Kiritimati")
    Limit.objects.create(**row, zone="Africa/Kigali")


def test_whoever_is_bound_by_a_limit_does_not_decide_about_it(world):
    maker = people.officer("limit.ask", ACT)
    limit_id = asked(maker)
    bound = people.officer("limit.decide", ACT, rail_code="*")
    person_id = Account.objects.values_list("person_id", flat=True).get(pk=bound)
    other_login = people.officer("limit.decide", person_id=person_id)
    for hers in (bound, other_login):
        with pytest.raises(limits.BindsHerself):
            limits.decide(limit_id=limit_id, approved=True, by_id=hers, at=NOON)
        with pytest.raises(IntegrityError, match="binds herself"), transaction.atomic():
            Limit.objects.filter(pk=limit_id).update(
                approved=True, checker=hers, decided_at=NOON, from_at=NOON
            )
    limits.decide(limit_id=limit_id, approved=True, by_id=people.officer("limit.decide"), at=NOON)


@pytest.mark.parametrize(
    "later",
    [
        {"from_at": NOON + timedelta(hours=1), "is_confirmed": True},
        {"from_at": NOON - timedelta(hours=1), "is_confirmed": False},
    ],
)
def test_whoever_will_be_bound_by_a_limit_does_not_decide_about_it_before(world, later):
    limit_id = asked(people.officer("limit.ask"))
    her = people.officer("limit.decide")
    granted(her, **later)
    with pytest.raises(limits.BindsHerself):
        limits.decide(limit_id=limit_id, approved=True, by_id=her, at=NOON)
    with pytest.raises(IntegrityError, match="binds herself"), transaction.atomic():
        Limit.objects.filter(pk=limit_id).update(
            approved=True, checker=her, decided_at=NOON, from_at=NOON
        )
    limits.decide(limit_id=limit_id, approved=False, by_id=her, at=NOON)


@pytest.mark.parametrize("ends", ["until_at", "ended_at"])
def test_whoever_was_bound_before_decides(world, ends):
    limit_id = asked(people.officer("limit.ask"))
    her = people.officer("limit.decide")
    over = {ends: NOON - timedelta(hours=1)} | (
        {"ended_by": people.staff()} if ends == "ended_at" else {}
    )
    granted(her, from_at=NOON - timedelta(days=2), is_confirmed=True, **over)
    limits.decide(limit_id=limit_id, approved=True, by_id=her, at=NOON)
    assert Limit.objects.get(pk=limit_id).approved


def granted(her, *, from_at, is_confirmed, **more):
    before = NOON - timedelta(days=3)
    giver, confirmer = people.givers(before)
    if is_confirmed:
        more |= {"confirmed_by": confirmer, "confirmed_at": before}
    Grant.objects.create(
        account_id=her, act=ACT, from_at=from_at, given_by=giver, given_at=before, **more
    )


def test_the_trace_says_what_a_limit_was_and_what_it_is(world):
    first, second = in_force(), in_force(per_act_minor=600)
    told = {
        entry.subject_id: entry.detail for entry in AuditEntry.objects.filter(act="limit.approved")
    }
    names = ("per_act_minor", "per_person_minor", "per_day_minor")
    assert [told[first][f"before_{name}"] for name in names] == [None, None, None]
    assert [told[first][f"after_{name}"] for name in names] == [500, 700, 800]
    assert [told[second][f"before_{name}"] for name in names] == [500, 700, 800]
    assert [told[second][f"after_{name}"] for name in names] == [600, 700, 800]


def test_the_right_to_remit_sets_no_limit(world):
    with pytest.raises(NotGranted):
        asked(people.officer("remittance.ask", "sweep.ask"))
    limit_id = asked(people.officer("limit.ask"))
    with pytest.raises(NotGranted):
        limits.decide(
            limit_id=limit_id,
            approved=True,
            by_id=people.officer("remittance.decide", "sweep.decide"),
            at=NOON,
        )


# --- the house's own, from the pack


@pytest.fixture
def default():
    return LimitDefault.objects.create(
        act=ACT,
        currency="RWF",
        per_act_minor=50,
        per_person_minor=60,
        per_day_minor=70,
        zone="Africa/Kigali",
    )


def test_the_packs_limit_holds_until_two_people_set_another(world, default):
    within(50)
    with pytest.raises(limits.OverLimit) as at_once:
        within(51)
    assert (at_once.value.limit_minor, at_once.value.reach) == (50, "act")
    with pytest.raises(IntegrityError, match="above the limit of one act"), transaction.atomic():
        approve(world, 51)
    approve(world, 50)
    with pytest.raises(limits.OverLimit):
        within(21)

    in_force(rail_code="mtn-rw")  # Of one rail: the house's stands beside it.
    with pytest.raises(limits.OverLimit):
        within(51)
    in_force()
    within(500)
    approve(world, 400)


def test_the_packs_limit_is_lowered_and_never_raised_or_deleted(default):
    rows = LimitDefault.objects.filter(pk=default.pk)
    for raised in ({"per_act_minor": 51}, {"per_person_minor": 61}, {"per_day_minor": 71}):
        with pytest.raises(IntegrityError, match="two people raise"), transaction.atomic():
            rows.update(**raised)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(act="remittance.decide")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    rows.update(per_act_minor=40)
    with pytest.raises(limits.OverLimit):
        within(41)


def test_a_limit_ends_only_with_the_one_that_follows(world, default):
    limit_id = in_force()
    with pytest.raises(IntegrityError, match="ends with"), transaction.atomic():
        _end(limit_id)
    in_force(per_act_minor=40)
    _speak()


def _end(limit_id):
    Limit.objects.filter(pk=limit_id).update(until_at=NOON + timedelta(days=1))
    _speak()


def _speak():
    """Let deferred triggers speak."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
