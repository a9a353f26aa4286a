"""What the application's login cannot do to money, whatever SQL it sends; a success beside each."""

import os
import shutil
import threading
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings

from kernel.country import BadPack
from payments.models import Allocation, BillLine, LedgerAccount, Movement, Rail
from payments.operations import billing, pack
from tests.payments.closing import days
from tests.payments.world import fee, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

DAY = NOON.date()
JOURNAL = (
    "INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at)"
    " VALUES ({id}, 'collection', {subject}, '{day}', now())"
)
MOVEMENT = (
    "INSERT INTO payments_movement (id, rail_id, external_id, leg, currency, amount_minor,"
    " occurred_at) VALUES ({id}, {rail}, 'M{id}', 'credit', 'RWF', {amount}, now())"
)
POSTINGS = (
    "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
    " VALUES {lines}"
)
ALLOCATION = (
    "INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
    " VALUES ({movement}, {line}, {journal}, {amount})"
)
SUSPENSE = (
    "INSERT INTO payments_suspense_item"
    " (movement_id, journal_id, reason, currency, amount_minor, opened_at)"
    " VALUES ({movement}, {journal}, 'UNKNOWN_REFERENCE', 'RWF', {amount}, now())"
)
PAID = (
    "UPDATE payments_bill SET state = 'PAID', paid_minor = total_minor, paid_at = now()"
    " WHERE id = {bill}"
)


def commit(session, *statements):
    """All statements in one transaction of the application's login, up to the commit."""
    try:
        for statement in statements:
            session.execute(statement)
        session.commit()
    finally:
        session.rollback()


def refused(rule):
    return pytest.raises(psycopg.DatabaseError, match=rule)


def line_of(bill):
    return BillLine.objects.get(bill_id=bill.id)


def account(code):
    return LedgerAccount.objects.get(code=code).pk


def came_in(world, number, amount, *, suspended=0):
    """A movement, its journal and its postings, as SQL; nothing of it is divided yet."""
    postings = [
        (account("clearing:mtn-rw:RWF"), amount),
        (account("suspense:mtn-rw:RWF"), -suspended),
        (account("payable:district-11:RWF"), suspended - amount),
    ]
    lines = ", ".join(
        f"({number}, {line_no}, {held}, 'RWF', {minor})"
        for line_no, (held, minor) in enumerate(postings, start=1)
        if minor
    )
    return (
        MOVEMENT.format(id=number, rail=world.mtn.pk, amount=amount),
        JOURNAL.format(id=number, subject=number, day=DAY),
        POSTINGS.format(lines=lines),
    )


def paying(world, number, bill):
    return (
        *came_in(world, number, bill.total_minor),
        ALLOCATION.format(
            movement=number, line=line_of(bill).pk, journal=number, amount=bill.total_minor
        ),
    )


def test_a_table_of_the_session_does_not_open_a_closed_day(world, as_application):
    issue(500)  # Opens the beneficiary's account.
    day_made = (
        "CREATE TEMP TABLE payments_ledger_day (day date, closed_at timestamptz)",
        f"INSERT INTO payments_ledger_day VALUES ('{DAY}', NULL)",
    )
    suspended = SUSPENSE.format(movement=9001, journal=9001, amount=5)
    commit(as_application, *day_made, *came_in(world, 9001, 5, suspended=5), suspended)

    days.close_through(DAY)
    with refused("closed or was never opened"):
        commit(as_application, *came_in(world, 9002, 5))


def test_a_table_of_the_session_does_not_lend_a_journal_lines(world, as_application):
    with refused("has no lines"):
        commit(
            as_application,
            "CREATE TEMP TABLE payments_posting (journal_id bigint)",
            "INSERT INTO payments_posting VALUES (9001)",
            JOURNAL.format(id=9001, subject=1, day=DAY),
        )


@pytest.mark.parametrize("table", ["payments_allocation", "payments_bill_line"])
def test_a_table_of_the_session_does_not_hide_what_a_line_was_given(world, as_application, table):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    line = line_of(bill).pk
    shadow = f"CREATE TEMP TABLE {table} (LIKE public.{table})"
    again = ALLOCATION.replace("payments_allocation", "public.payments_allocation").format(
        movement=9001, line=line, journal=9001, amount=500
    )
    with refused("takes more than it asks"):
        commit(as_application, *came_in(world, 9001, 500), shadow, again)


def test_a_bill_is_paid_by_money_alone(world, as_application):
    unpaid, paid = issue(500), issue(500)
    with refused("what is paid is not what was allocated"):
        commit(as_application, PAID.format(bill=unpaid.id))
    with refused("what is paid is not what was allocated"):
        commit(as_application, *paying(world, 9001, unpaid))

    commit(as_application, *paying(world, 9002, paid), PAID.format(bill=paid.id))
    assert state_of(paid) == ("PAID", 500)
    assert state_of(unpaid) == ("OPEN", 0)


def test_a_bill_is_not_issued_as_paid(world, as_application):
    line = line_of(issue(10))
    bill = (
        "INSERT INTO payments_bill"
        " (id, reference, currency, total_minor, paid_minor, state, issued_at, expires_at, paid_at)"
        " VALUES (9001, '858961326965', 'RWF', 10, {})"
    )
    its_line = (
        "INSERT INTO payments_bill_line (bill_id, line_no, charge_key, beneficiary_id, payable_id,"
        " currency, revenue_code, legal_source, legal_checked, names, amount_minor)"
        f" VALUES (9001, 1, 'mine', {line.beneficiary_id}, {line.payable_id}, 'RWF', '', '', false,"
        " '{}', 10)"
    )
    with refused("what is paid is not what was allocated"):
        commit(
            as_application,
            bill.format("10, 'PAID', now(), now() + interval '1 day', now()"),
            its_line,
        )
    commit(
        as_application, bill.format("0, 'OPEN', now(), now() + interval '1 day', NULL"), its_line
    )


def test_what_comes_in_is_posted_and_divided_to_the_last_unit(world, as_application):
    bill = issue(500)
    with refused("has no journal"):
        commit(as_application, MOVEMENT.format(id=9001, rail=world.mtn.pk, amount=5))
    with refused("is not divided as it came"):
        commit(as_application, *came_in(world, 9001, 5))
    with refused("is not divided as it came"):
        commit(
            as_application,
            *came_in(world, 9001, 505),
            SUSPENSE.format(movement=9001, journal=9001, amount=4),
            ALLOCATION.format(movement=9001, line=line_of(bill).pk, journal=9001, amount=500),
            PAID.format(bill=bill.id),
        )

    commit(
        as_application,
        *came_in(world, 9001, 505, suspended=5),
        SUSPENSE.format(movement=9001, journal=9001, amount=5),
        ALLOCATION.format(movement=9001, line=line_of(bill).pk, journal=9001, amount=500),
        PAID.format(bill=bill.id),
    )
    assert Movement.objects.get().amount_minor == 505


def test_money_in_suspense_pays_no_bill_a_second_time(world, as_application):
    bill = issue(500)
    post(telling(world.mtn, "", 500))
    movement = Movement.objects.get().pk
    with refused("is not divided as it came"):
        commit(
            as_application,
            "INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
            f" SELECT {movement}, {line_of(bill).pk}, j.id, 500 FROM payments_journal j",
            PAID.format(bill=bill.id),
        )
    # Nor does it grow by a journal of another's.
    with refused("is not divided as it came"):
        commit(
            as_application,
            *came_in(world, 9001, 5),
            SUSPENSE.format(movement=movement, journal=9001, amount=1),
        )
    assert not Allocation.objects.exists()


@pytest.mark.parametrize("suspended", [0, 4, 500])
def test_a_journal_posts_what_it_divides(world, as_application, suspended):
    """505 came: 500 for the bill and 5 too many, and so say the accounts."""
    bill = issue(500)
    divided = (
        SUSPENSE.format(movement=9001, journal=9001, amount=5),
        ALLOCATION.format(movement=9001, line=line_of(bill).pk, journal=9001, amount=500),
        PAID.format(bill=bill.id),
    )
    with refused("does not post what it divides"):
        commit(as_application, *came_in(world, 9001, 505, suspended=suspended), *divided)

    commit(as_application, *came_in(world, 9001, 505, suspended=5), *divided)


def test_charges_are_live_exactly_while_their_bill_is_in_force(world, as_application):
    bill = issue(500)
    free = f"UPDATE payments_bill_line SET live = false WHERE bill_id = {bill.id}"
    end = f"UPDATE payments_bill SET state = 'CANCELLED' WHERE id = {bill.id}"
    with refused("not live as it is"):
        commit(as_application, free)
    with refused("not live as it is"):
        commit(as_application, end)

    commit(as_application, free, end)
    with refused("not live as it is"):
        commit(as_application, free.replace("false", "true"))


def test_of_two_sessions_that_each_pay_the_whole_line_one_is_refused(world, as_application):
    bill = issue(500)
    first, second = paying(world, 9001, bill), paying(world, 9002, bill)
    heard = []

    def pay_again():
        with psycopg.connect(os.environ["DATABASE_URL"]) as rival:
            try:
                commit(rival, *second, PAID.format(bill=bill.id))
            except psycopg.DatabaseError as error:
                heard.append(str(error))

    for statement in first:
        as_application.execute(statement)
    paying_again = threading.Thread(target=pay_again)
    paying_again.start()
    paying_again.join(0.5)
    assert paying_again.is_alive()
    commit(as_application, PAID.format(bill=bill.id))
    paying_again.join(10)

    assert len(heard) == 1
    assert "takes more than it asks" in heard[0]
    assert state_of(bill) == ("PAID", 500)
    assert Allocation.objects.get().movement_id == 9001


def test_a_movement_is_not_spent_by_two_sessions(world, as_application):
    one, other = issue(500), issue(500)
    post(telling(world.mtn, "", 500))
    movement = Movement.objects.get().pk
    spend = (
        "INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
        f" SELECT {movement}, {{line}}, j.id, 500 FROM payments_journal j"
    )
    with psycopg.connect(os.environ["DATABASE_URL"]) as rival:
        rival.execute(spend.format(line=line_of(other).pk))
        rival.execute(PAID.format(bill=other.id))
        with refused("is not divided as it came"):
            commit(as_application, spend.format(line=line_of(one).pk), PAID.format(bill=one.id))
        with refused("is not divided as it came"):
            rival.commit()


def test_a_ledger_account_serves_whom_it_was_opened_for(world, as_application):
    post(telling(world.mtn, issue(500).reference, 500))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        commit(
            as_application,
            f"UPDATE payments_ledger_account SET rail_id = {world.bank.pk} WHERE role = 'charges'",
        )
    # And one that is needed for the first time is still opened.
    post(telling(world.mtn, issue(500).reference, 8, currency="KES"))
    assert LedgerAccount.objects.filter(code="suspense:mtn-rw:KES").exists()


@pytest.mark.parametrize("change", ["code = 'stolen'", "kind = 'bycontract'", "currency = 'KES'"])
def test_a_rail_keeps_its_name_its_gateway_and_its_currency(world, as_application, change):
    with refused("is frozen"):
        commit(as_application, f"UPDATE payments_rail SET {change} WHERE id = {world.mtn.pk}")
    commit(as_application, f"UPDATE payments_rail SET active = false WHERE id = {world.mtn.pk}")


@pytest.mark.parametrize(
    "change",
    [
        "key = gen_random_uuid()",
        "bill_id = {other}",
        "rail_id = {bank}",
        "phone = '\\x01'",
        "currency = 'KES'",
        "amount_minor = 1",
        "created_at = now() - interval '1 day'",
    ],
)
def test_what_a_phone_was_asked_for_stays_as_it_was_asked(world, as_application, change):
    bill, other = issue(500), issue(700)
    commit(
        as_application,
        "INSERT INTO payments_payment_attempt"
        " (bill_id, rail_id, phone, currency, amount_minor, created_at)"
        f" VALUES ({bill.id}, {world.mtn.pk}, '\\x00', 'RWF', 500, now())",
    )
    with refused("is frozen"):
        commit(
            as_application,
            "UPDATE payments_payment_attempt SET "
            + change.format(other=other.id, bank=world.bank.pk),
        )
    commit(as_application, "UPDATE payments_payment_attempt SET state = 'EXPIRED', queries = 1")


def test_a_fee_no_longer_in_force_is_never_in_force_again(world, as_application):
    bill = issue(500)
    billing.expire_due(now=NOON + timedelta(days=8), limit=10)
    revivable = "UPDATE payments_bill SET revivable = {}"
    commit(as_application, revivable.format("true"), revivable.format("false"))
    with refused("is frozen"):
        commit(as_application, revivable.format("true"))
    post(telling(world.mtn, bill.reference, 500))
    assert state_of(bill) == ("EXPIRED", 0)


def test_the_engine_and_billing_keep_every_rule(world):
    paid, late, parted, replaced = issue(500, 300), issue(400), issue(70), issue(50)
    billing.expire_due(now=NOON + timedelta(days=8), limit=2)
    heir = billing.replace_bill(bill_id=replaced.id, lines=[fee(50)], at=NOON)
    post(
        telling(world.mtn, paid.reference, 800),
        telling(world.mtn, late.reference, 450),
        telling(world.bank, parted.reference, 30),
        telling(world.bank, parted.reference, 60),
        telling(world.mtn, "", 5),
        telling(world.mtn, replaced.reference, 50),
    )
    assert [state_of(bill) for bill in (paid, late, parted, heir)] == [
        ("PAID", 800),
        ("PAID", 400),
        ("PAID", 70),
        ("PAID", 50),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: mtn", "kind: bycontract", "its kind is .mtn. and cannot become .bycontract."),
        ("currency: RWF", "currency: KES", "its currency is .RWF. and cannot become .KES."),
    ],
    ids=["kind", "currency"],
)
def test_a_pack_gives_no_rail_another_kind_or_currency(world, tmp_path, old, new, message):
    for name in ("country.yaml", "rails.yaml"):
        shutil.copy(settings.BASE_DIR / "countries" / "rw" / name, tmp_path / name)
    file = tmp_path / "rails.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadPack, match=message):
        pack.load(tmp_path)

    file.write_text(text, encoding="utf-8")
    assert "changed" in {change.what for change in pack.load(tmp_path)}
    assert Rail.objects.get(code="mtn-rw").names != {"en": "mtn-rw"}
