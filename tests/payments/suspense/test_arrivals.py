"""A sweep of ours that its bank told before it was known here: by two people it has arrived."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts import operations as accounts
from accounts import policies as grants
from accounts.operations import StepUpRefused
from accounts.queries import SamePerson
from payments import ledger
from payments.models import Alarm, Movement, OpenItem, Rail, Release
from payments.operations import arrivals, floating, own_money, releasing, watching
from payments.queries import arrivals as queries
from payments.queries import control
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.payments.books import balance, check_all
from tests.payments.control.allowed import allow_sweeps
from tests.payments.refusing import refused
from tests.payments.settling import explained, withdrawal
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.suspense.stray import stray
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + 2 * DAY


def swept(
    rail: Rail, amount_minor: int = 200, *, external_id: str = "SW-0001", at=NOON
) -> Movement:
    post(debit(rail, Leg.SWEEP, amount_minor, external_id=external_id, occurred_at=at), at=LATER)
    return Movement.objects.get(external_id=external_id, rail=rail)


def came(world, amount_minor: int = 200, *, external_id: str = "A1", at=NOON + HOUR, **more):
    told = more.pop("typed", "transfer from MTN")
    return stray(world, told, amount_minor, external_id=external_id, at=at, **more)


@pytest.fixture
def arrived(world) -> Movement:
    """What the bank told first, and nobody here knew."""
    return came(world, rail=world.bank)


@pytest.fixture
def sweep(world, arrived) -> Movement:
    """What the wallet told the day after."""
    return swept(world.mtn)


def ask(credit: Movement, sweep: Movement, **changed) -> int:
    usual = {"by_id": people.officer("release.ask"), "reason": "the wallet's letter", "at": LATER}
    return arrivals.ask(movement_id=credit.pk, sweep_id=sweep.pk, **{**usual, **changed})


def stepped_up(by_id: int) -> int:
    return accounts.step_up(
        account_id=by_id,
        password=people.PASSWORD,
        purpose=arrivals.PURPOSE,
        session_key="s",
        at=LATER,
    ).pk


def decide(release_id: int, by_id: int = 0, *, approved: bool = True) -> None:
    by_id = by_id or people.officer("release.decide")
    arrivals.decide(
        release_id=release_id,
        approved=approved,
        by_id=by_id,
        step_up_id=stepped_up(by_id),
        at=LATER,
    )


def rings() -> int:
    return Alarm.objects.filter(kind=AlarmKind.SWEEP_NOT_ARRIVED, cleared_at=None).count()


def test_what_the_bank_told_before_the_wallet_is_ours_by_two_people(sweep, arrived) -> None:
    watching.watch(NOON + 6 * DAY)
    assert (rings(), balance("suspense", "bank-rw"), balance("sweeps_in_transit")) == (1, -200, 200)

    release_id = ask(arrived, sweep)
    assert balance("suspense", "bank-rw") == -200
    decide(release_id)

    assert (balance("suspense", "bank-rw"), balance("sweeps_in_transit")) == (0, 0)
    assert (balance("clearing", "mtn-rw"), balance("clearing", "bank-rw")) == (-200, 200)
    assert not OpenItem.objects.filter(pk=arrived.pk).exists()
    assert control.swept() == []
    watching.watch(NOON + 7 * DAY)
    assert rings() == 0
    check_all()


def test_a_debit_that_two_people_called_a_sweep_later_arrives_so_too(world, arrived) -> None:
    allow_sweeps(world.mtn)
    gone = withdrawal(world.mtn, 200)
    with pytest.raises(own_money.CannotBe):
        ask(arrived, gone)
    explained(gone, "sweep")
    decide(ask(arrived, gone))
    assert (balance("suspense", "bank-rw"), balance("sweeps_in_transit")) == (0, 0)
    watching.watch(NOON + 6 * DAY)
    assert rings() == 0
    check_all()


def test_a_line_that_names_a_sweep_that_has_arrived_is_somebody_elses_money(world, sweep, arrived):
    decide(ask(arrived, sweep))
    bring(written(Booking(amount=200, id="A2", text="SWEEP SW-0001"), opening=200, closing=400))
    again = Movement.objects.get(external_id="A2")
    assert again.leg == Leg.CREDIT
    with pytest.raises(own_money.CannotBe):
        ask(again, sweep)
    check_all()


def test_an_arrival_that_is_told_twice_is_posted_once(world) -> None:
    told = Booking(amount=200, id="A1", text="SWEEP SW-0001")
    bring(written(told, opening=None, closing=None, form="4"))
    swept(world.mtn)
    bring(Account().statement(told), at=LATER)
    assert [one.leg for one in Movement.objects.filter(rail=world.bank)] == [Leg.CREDIT]
    decide(ask(Movement.objects.get(external_id="A1"), Movement.objects.get(external_id="SW-0001")))
    assert balance("clearing", "bank-rw") == 200
    check_all()


@pytest.mark.parametrize("amount", [199, 201])
def test_a_sweep_arrives_whole(world, sweep, amount) -> None:
    other = came(world, amount, external_id="A2", rail=world.bank)
    with pytest.raises(own_money.CameInPart) as refusal:
        ask(other, sweep)
    assert (refusal.value.came_minor, refusal.value.whole_minor) == (amount, 200)
    check_all()


def test_money_of_the_same_rail_of_another_time_or_without_a_word_is_no_arrival(world, sweep):
    no_arrivals = (
        came(world, external_id="SAME RAIL"),
        came(world, external_id="BEFORE", rail=world.bank, at=NOON - 25 * HOUR),
    )
    for credit in no_arrivals:
        with pytest.raises(own_money.CannotBe):
            ask(credit, sweep)
    in_time = came(world, external_id="THAT DAY", rail=world.bank, at=NOON - 20 * HOUR)
    with pytest.raises(own_money.CannotBe):
        ask(in_time, sweep, reason="  ")
    with pytest.raises(own_money.CannotBe):
        ask(in_time, in_time)
    decide(ask(in_time, sweep))


def test_after_thirty_days_nobody_says_that_it_has_arrived(world) -> None:
    late = came(world, rail=world.bank, at=NOON + 10 * DAY)
    too_old = swept(world.mtn, external_id="OLD", at=NOON - 21 * DAY)
    with pytest.raises(own_money.CannotBe):
        ask(late, too_old)
    with refused("arrival_is_its_whole_sweep"):
        wanted(late, too_old)
    ask(late, swept(world.mtn, at=NOON - 20 * DAY))


def test_what_has_arrived_does_not_arrive_again(world, sweep, arrived) -> None:
    post(debit(world.bank, Leg.TRANSFER, 200, external_id="SW-0001"))
    with pytest.raises(own_money.CannotBe):
        ask(arrived, sweep)
    with refused("arrival_is_its_whole_sweep"):
        wanted(arrived, sweep)
    check_all()


def test_what_arrives_as_a_transfer_meanwhile_is_not_approved(world, sweep, arrived) -> None:
    release_id = ask(arrived, sweep)
    post(debit(world.bank, Leg.TRANSFER, 200, external_id="SW-0001"))
    with pytest.raises(own_money.CannotBe):
        decide(release_id)
    decide(release_id, approved=False)
    assert balance("suspense", "bank-rw") == -200
    check_all()


def test_a_transfer_after_the_word_of_two_people_is_refused(world, sweep, arrived) -> None:
    decide(ask(arrived, sweep))
    check_all()
    with refused("sweep_arrives_once"):
        post(debit(world.bank, Leg.TRANSFER, 200, external_id="SW-0001"), at=LATER)


def test_a_sweep_that_filled_a_float_has_arrived(world, sweep, arrived) -> None:
    filled = floating.ask(
        rail_code="bank-rw",
        amount_minor=200,
        reason="moved by letter",
        by_id=people.officer("refund.ask"),
        at=NOON,
    )
    floating.confirm(top_up_id=filled, by_id=people.officer("refund.decide"), at=NOON)
    with pytest.raises(own_money.CannotBe):
        ask(arrived, sweep)
    swept(world.mtn, external_id="SW-0002")
    decide(ask(arrived, sweep))
    assert balance("sweeps_in_transit") == 0
    check_all()


def test_each_is_asked_once_and_decided_once(world, sweep, arrived) -> None:
    second_sweep = swept(world.mtn, external_id="SW-0002")
    second_credit = came(world, external_id="A2", rail=world.bank)
    release_id = ask(arrived, sweep)
    for credit, gone in ((arrived, second_sweep), (second_credit, sweep)):
        with pytest.raises(own_money.AlreadyAsked):
            ask(credit, gone)
    decide(release_id)
    with pytest.raises(own_money.AlreadyDecided):
        decide(release_id)
    decide(ask(second_credit, second_sweep))
    check_all()


def test_what_is_declined_stays_and_may_be_asked_again(sweep, arrived) -> None:
    decide(ask(arrived, sweep), approved=False)
    assert OpenItem.objects.get(pk=arrived.pk).amount_minor == 200
    check_all()
    decide(ask(arrived, sweep))
    check_all()


def test_one_person_cannot_do_both_and_a_password_is_asked(sweep, arrived) -> None:
    both = people.officer("release.ask", "release.decide")
    release_id = ask(arrived, sweep, by_id=both)
    with pytest.raises(SamePerson):
        decide(release_id, both)
    with pytest.raises(grants.NotGranted):
        decide(release_id, people.officer("release.ask"))
    with pytest.raises(grants.NotGranted):
        ask(arrived, sweep, by_id=people.officer("release.decide"))
    with pytest.raises(StepUpRefused):
        arrivals.decide(
            release_id=release_id, approved=True, by_id=people.officer("release.decide"), at=LATER
        )
    with connection.cursor() as cursor, refused("two_persons"):
        cursor.execute(
            "UPDATE payments_release SET approved = true, checker_id = %s, decided_at = now()",
            [both],
        )
    # Where no password is asked, nothing is decided about it.
    with pytest.raises(Release.DoesNotExist):
        releasing.approve(release_id=release_id, by_id=people.officer("release.decide"), at=LATER)


def test_money_that_was_taken_meanwhile_is_no_arrival(world, sweep, arrived) -> None:
    release_id = ask(arrived, sweep)
    post(debit(world.bank, Leg.REVERSAL, 200, original="A1", external_id="BACK"), at=LATER)
    with pytest.raises(own_money.CannotBe):
        decide(release_id)
    check_all()


def test_postgresql_refuses_what_is_not_all_of_an_open_sweep_of_another_rail(
    world, sweep, arrived
) -> None:
    less = came(world, 199, external_id="LESS", rail=world.bank)
    more = came(world, 201, external_id="MORE", rail=world.bank)
    same_rail = came(world, external_id="SAME")
    ledger.open_rail_accounts([(world.bank.pk, "USD")])
    post(telling(world.bank, "x", 200, external_id="USD", currency="USD"))
    dollars = Movement.objects.get(external_id="USD")
    for credit in (less, more, same_rail, dollars):
        with refused("arrival_is_its_whole_sweep"):
            wanted(credit, sweep)
    with refused("arrival_is_its_whole_sweep"):
        wanted(arrived, sweep, amount_minor=100)
    with refused("arrival_is_its_whole_sweep"):
        wanted(arrived, withdrawal(world.mtn, 200))
    with refused("release_arrived_names_its_sweep"):
        wanted(arrived, sweep, kind="write_off")
    wanted(arrived, sweep)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            (
                "UPDATE payments_release SET approved = true, checker_id = {checker},"
                " decided_at = now() WHERE id = {release}"
            ),
            "release_is_posted",
        ),
        (
            (
                "INSERT INTO payments_journal"
                " (kind, subject_id, business_day, occurred_at, posted_at)"
                " SELECT 'arrived', {release}, max(day), now(), now() FROM payments_ledger_day"
            ),
            "journal_has_lines",
        ),
        ("UPDATE payments_release SET sweep_id = movement_id", "never changes|frozen"),
    ],
)
def test_postgresql_holds_decision_and_journal_together(sweep, arrived, statement, rule) -> None:
    release_id = ask(arrived, sweep)
    check_all()
    told = statement.format(release=release_id, checker=people.officer("release.decide"))
    with connection.cursor() as cursor, refused(rule):
        cursor.execute(told)


@pytest.mark.parametrize(
    ("typed", "amount", "left", "why"),
    [
        ("SWEEP S1-2026.7 MTN", 200, NOON - 20 * DAY, (True, True, False)),
        ("sweep s1-2026.7", 190, NOON, (True, False, True)),
        ("from MTN", 200, NOON - 4 * DAY, (False, True, True)),
        ("from MTN", 200, NOON - 6 * DAY, (False, True, False)),
        ("from MTN", 190, NOON, None),
        ("SWEEP S1-2026.7", 200, NOON - 31 * DAY, None),
    ],
)
def test_a_sweep_is_proposed_that_is_named_or_of_that_amount(world, typed, amount, left, why):
    swept(world.mtn, external_id="S1-2026.7", at=left)
    credit = came(world, amount, rail=world.bank, typed=typed)
    found = queries.sweeps_for(credit)
    assert [(one.names_it, one.is_whole, one.is_near) for one in found] == ([why] if why else [])
    proposed = why is not None and (why[0] or (why[1] and why[2]))
    assert bool(queries.proposed_for(credit)) == proposed


def test_the_other_leg_is_no_longer_proposed_where_somebody_asks_about_another(world, sweep):
    first = came(world, external_id="A1", rail=world.bank)
    second = came(world, external_id="A2", rail=world.bank)
    ask(first, sweep)
    assert queries.proposed_for(second) == []
    assert [one.movement_id for one in queries.proposed_for(first)] == [sweep.pk]


def wanted(credit: Movement, sweep: Movement, **changed) -> None:
    """By raw hand: what the operation refuses before."""
    usual = {"kind": "arrived", "amount_minor": credit.amount_minor}
    with transaction.atomic():
        Release.objects.create(
            movement=credit,
            sweep=sweep,
            currency=credit.currency,
            reason="x",
            maker_id=people.staff().pk,
            asked_at=LATER,
            **{**usual, **changed},
        )
