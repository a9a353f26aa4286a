"""What a statement tells is posted once, whoever told it before and however often it is told."""

from datetime import timedelta

import pytest
from django.db import connection

from payments.invariants import INVARIANTS
from payments.models import (
    Alarm,
    Evidence,
    Movement,
    Statement,
    StatementFile,
    StatementLine,
    SuspenseItem,
)
from payments.operations import importing
from payments.queries import statements as desk
from payments.states import Leg
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import (
    debit,
    in_flight,
    issue,
    make_world,
    post,
    state_of,
    telling,
)
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    made = make_world()
    made.mtn.accounts = ["5001"]
    made.mtn.save()
    return made


@pytest.fixture(autouse=True)
def _invariants_hold(world):
    yield
    with connection.cursor() as cursor:
        for one in INVARIANTS:
            cursor.execute(one.sql)
            # The callbacks of these tests are told without their messages.
            assert not cursor.fetchall() or one.code == "evidence_has_its_message", one.code


def lines():
    return list(StatementLine.objects.order_by("id"))


def fates():
    return [line.fate for line in lines()]


def test_money_that_only_the_statement_shows_pays_its_bill(world):
    bill = issue(500)

    report = bring(Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))

    assert state_of(bill) == ("PAID", 500)
    assert (report.lines, report.new, report.matched, report.is_posted) == (1, 1, 0, True)
    [line] = lines()
    assert (line.fate, line.movement.external_id) == ("POSTED", "FT1")
    assert Evidence.objects.get().source_id == line.pk
    assert Statement.objects.get().state == StatementFile.objects.get().state == "POSTED"


def test_what_callbacks_told_the_statement_proves_and_does_not_post_again(world):
    by_one_id, by_other_names = issue(500), issue(300)
    post(
        telling(world.bank, by_one_id.reference, 500, external_id="FT1"),
        telling(world.bank, by_other_names.reference, 300, external_id="CB-9"),
    )

    report = bring(
        Account().statement(
            Booking(amount=500, id="FT1", text="school"),
            Booking(amount=300, id="FT2", text=f"Pay {by_other_names.reference}"),
        )
    )

    assert (report.new, report.matched, report.suspense, report.differences) == (0, 2, 0, 0)
    assert Movement.objects.count() == 2
    assert all(one.evidence.count() == 2 for one in Movement.objects.all())


def test_a_reference_that_was_paid_twice_is_paid_twice(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="CB-1"))

    bring(
        Account().statement(
            Booking(amount=500, id="FT1", text=bill.reference),
            Booking(amount=500, id="FT2", text=bill.reference),
        )
    )

    assert fates() == ["MATCHED", "POSTED"]
    assert SuspenseItem.objects.get().reason == "ALREADY_PAID"


def test_the_statement_comes_first_and_the_callback_later(world):
    bill = issue(500)
    bring(Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))

    late_callback = telling(world.bank, bill.reference, 500, external_id="FT1")
    posted = post(late_callback)

    assert (posted.movements, posted.evidence) == (0, 1)
    assert state_of(bill) == ("PAID", 500)


def test_the_same_file_again_is_known(world):
    data = Account().statement(Booking(amount=500, id="FT1"), Booking(amount=-20, id="FT2"))
    bring(data)

    again = bring(data)

    assert (again.lines, again.new, again.known, again.is_posted) == (2, 0, 2, True)
    assert (Movement.objects.count(), StatementFile.objects.count()) == (2, 1)


def test_files_that_overlap_tell_each_line_once(world):
    monday, tuesday = Booking(amount=500, id="FT1"), Booking(amount=300, id="FT2", day=1)
    bring(written(monday, tuesday, closing=800, to_day=1))

    report = bring(
        written(tuesday, Booking(amount=70, id="FT3", day=2), opening=500, closing=870, day=1)
    )

    assert (report.known, report.new, report.is_posted) == (1, 1, True)
    assert sorted(Movement.objects.values_list("amount_minor", flat=True)) == [70, 300, 500]


def test_true_twins_are_two_payments_in_every_file_that_shows_them(world):
    twin = Booking(amount=500, text="school fees")
    bring(written(twin, twin, closing=1000))
    assert Movement.objects.count() == 2

    report = bring(written(twin, twin, twin, closing=1500, number=2))

    assert (report.known, report.new) == (2, 1)
    assert Movement.objects.count() == 3


def test_a_twin_on_the_next_page_of_the_day_is_a_payment_of_its_own(world):
    account, twin = Account(), Booking(amount=500, text="school fees")
    bring(account.statement(twin))

    report = bring(account.statement(twin))

    assert (report.known, report.new, report.is_posted) == (0, 1, True)
    assert [line.occurrence for line in lines()] == [1, 2]
    assert Movement.objects.count() == 2


def test_a_day_that_is_sent_again_in_other_bytes_is_known_also_when_the_balance_has_come_back(
    world,
):
    account, payment = Account(), Booking(amount=500, text="school fees")
    first = account.statement(payment)
    bring(first)
    bring(account.statement(Booking(amount=-500, id="FT2")))

    report = bring(first + b"\n")

    assert (report.known, report.new, report.is_posted) == (1, 0, True)
    assert Movement.objects.count() == 2


def test_twins_under_one_id_are_two_payments(world):
    bring(
        Account().statement(
            Booking(amount=500, id="FT1"),
            Booking(amount=500, id="FT1"),
            Booking(amount=70, id="FT1"),
        )
    )

    assert fates() == ["POSTED"] * 3
    assert Movement.objects.count() == 3


def test_two_payers_may_choose_the_same_words(world):
    one, other = issue(500), issue(500)

    bring(
        Account().statement(
            Booking(amount=500, id="FT1", end_to_end="INVOICE", text=one.reference),
            Booking(amount=500, id="FT2", end_to_end="INVOICE", text=other.reference),
        )
    )

    assert state_of(one) == state_of(other) == ("PAID", 500)


def test_two_pieces_of_evidence_that_disagree_are_one_payment_with_a_difference(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="FT1"))

    report = bring(Account().statement(Booking(amount=450, id="FT1", text=bill.reference)))

    assert (report.new, report.matched, report.differences) == (0, 1, 1)
    assert Movement.objects.get().amount_minor == 500


def test_a_reversal_that_only_the_statement_shows_opens_the_bill_again(world):
    bill, account = issue(500), Account()
    post(telling(world.bank, bill.reference, 500, external_id="CB-1"))
    bring(account.statement(Booking(amount=500, id="FT1", text=bill.reference)))

    report = bring(
        account.statement(Booking(amount=-500, id="FT1", is_reversal=True, day=1), day=1)
    )

    assert report.legs == {"reversal": 1}
    assert state_of(bill) == ("OPEN", 0)


def test_a_reversal_told_by_callback_is_not_taken_back_again(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="FT1"))
    post(debit(world.bank, Leg.REVERSAL, 500, external_id="RV-1", original="FT1"))

    report = bring(
        Account().statement(
            Booking(amount=500, id="FT1", text=bill.reference),
            Booking(amount=-500, id="FT1", is_reversal=True),
        )
    )

    assert (report.new, report.matched) == (0, 2)
    assert Movement.objects.filter(leg=Leg.WITHDRAWAL).count() == 0


def test_a_reversal_told_by_an_enquiry_is_known_by_the_statements_name_too(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="MP1"))
    # An enquiry says "taken back" of the payment, and has no name for the taking back.
    post(debit(world.bank, Leg.REVERSAL, 500, external_id="MP1", original="MP1"))

    report = bring(
        Account().statement(
            Booking(amount=500, id="MP1", text=bill.reference),
            Booking(amount=-500, id="CI1", is_reversal=True, original="MP1"),
        )
    )

    assert (report.new, report.matched) == (0, 2)
    [reversal] = Movement.objects.filter(leg=Leg.REVERSAL)
    assert [each.external_id for each in reversal.aliases.all()] == ["CI1"]


def test_a_reversal_waits_for_its_collection_and_not_for_ever(world):
    account = Account(balance=2000)
    report = bring(
        account.statement(
            Booking(amount=-500, id="FT1", is_reversal=True),
            Booking(amount=-300, id="FT2", is_reversal=True),
        )
    )
    assert (report.waiting, report.is_posted) == (2, True)
    post(telling(world.bank, "nobody's", 500, external_id="FT1"))

    importing.post_waiting(now=NOON)
    assert fates() == ["POSTED", "WAITING"]
    importing.post_waiting(now=NOON + timedelta(days=4))

    assert fates() == ["POSTED", "POSTED"]
    assert [line.movement.leg for line in lines()] == ["reversal", "withdrawal"]


def test_a_charge_is_posted_beside_the_payment_with_the_same_receipt(world):
    bill = issue(500)

    report = bring(
        Account().statement(
            Booking(amount=500, id="FT1", text=bill.reference),
            Booking(amount=-5, id="FT1", code="ACMT/MCOP/CHRG"),
        )
    )

    assert report.legs == {"charge": 1}
    charge = Movement.objects.get(leg="charge")
    assert (charge.amount_minor, charge.original.external_id) == (5, "FT1")


def test_money_that_left_and_that_nobody_ordered_is_a_withdrawal(world):
    report = bring(Account(balance=900).statement(Booking(amount=-500, id="FT1", text="cash")))

    assert report.legs == {"withdrawal": 1}


def test_a_refund_that_the_statement_names_is_done(world):
    post(telling(world.bank, "nobody's", 500, external_id="C1"))
    refund = in_flight(world.bank, "C1", 500)

    report = bring(
        Account(balance=900).statement(Booking(amount=-500, id="FT9", text=f"REF {refund.key}"))
    )

    refund.refresh_from_db()
    assert (report.legs, refund.state) == ({"payout": 1}, "DONE")


def test_a_sweep_arrives_as_a_transfer_and_is_no_income(world):
    bring(
        Account(number="5001", balance=900).statement(
            Booking(amount=-700, id="SWEEP-1", code="CAMT/ACCB/SWEP")
        ),
        rail="mtn-rw",
    )

    report = bring(
        Account().statement(
            Booking(amount=700, id="FT1", text="Settlement SWEEP-1"), Booking(amount=700, id="FT2")
        )
    )

    legs = dict(Movement.objects.values_list("leg", "external_id").order_by("id"))
    assert legs == {"sweep": "SWEEP-1", "transfer": "SWEEP-1", "credit": "FT2"}
    assert (report.suspense, report.legs) == (1, {"transfer": 1})


def test_what_is_pending_is_posted_when_it_is_booked(world):
    account = Account()
    pending = Booking(amount=500, id="FT1", status="PDNG")

    assert bring(account.statement(pending)).unbooked == 1
    assert Movement.objects.count() == 0
    bring(account.statement(Booking(amount=500, id="FT1", day=1), day=1))

    assert Movement.objects.count() == 1


def test_an_advice_and_the_statement_after_it_tell_of_one_payment(world):
    first, second = issue(500), issue(500)
    for number, bill in enumerate((first, second)):
        bring(
            written(
                Booking(amount=500, text=bill.reference),
                opening=None,
                closing=None,
                form="4",
                number=number,
            )
        )

    report = bring(
        Account().statement(
            Booking(amount=500, id="FT1", text=first.reference),
            Booking(amount=500, text=second.reference),
        )
    )

    assert (report.new, report.matched, report.is_posted) == (0, 2, True)
    assert Movement.objects.count() == 2


def test_a_statement_of_another_account_is_refused_and_kept(world):
    report = bring(Account(number="9999").statement(Booking(amount=500)))

    [said] = report.statements
    assert (said.state, said.held_back, report.refused) == ("REFUSED", "account", 1)
    assert (Movement.objects.count(), StatementFile.objects.count()) == (0, 1)


def test_a_rail_without_accounts_takes_nobodys_statement(world, settings):
    held = {**settings.GATEWAYS["rails"]["bank-rw"], "accounts": []}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"bank-rw": held}}

    told = bring(Account().statement(Booking(amount=500, id="FT1")))
    untold = bring(written(Booking(amount=500, id="FT1"), account="", closing=500))

    assert [one.held_back for one in (*told.statements, *untold.statements)] == ["account", "rail"]
    assert Movement.objects.count() == 0


def test_a_rail_without_a_contract_has_the_accounts_of_the_pack(world, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    other = Account(number="5001").statement(Booking(amount=500, id="FT1"))

    assert bring(Account().statement(Booking(amount=500)), rail="mtn-rw").refused == 1
    assert bring(other, rail="mtn-rw").is_posted


@pytest.mark.parametrize(("accounts", "held"), [(["1"], ""), (["1", "2"], "rail"), ([], "rail")])
def test_a_statement_that_names_no_account_is_of_the_only_one(world, settings, accounts, held):
    mine = {**settings.GATEWAYS["rails"]["bank-rw"], "accounts": accounts}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"bank-rw": mine}}

    report = bring(written(Booking(amount=500, id="FT1"), account="", closing=500))

    assert [one.held_back for one in report.statements] == [held]


def test_a_statement_in_another_currency_is_refused(world):
    report = bring(written(Booking(amount=5), closing=5, currency="KES"))

    assert report.statements[0].held_back == "currency"


def test_a_statement_that_does_not_add_up_is_kept_with_an_alarm(world):
    report = bring(written(Booking(amount=500), closing=700))

    [said] = report.statements
    assert (said.state, said.held_back, said.difference_minor) == ("KEPT", "unbalanced", 200)
    assert Movement.objects.count() == 0
    assert Alarm.objects.get().kind == "statement_unbalanced"


def test_a_gap_is_kept_with_an_alarm_until_it_is_filled(world):
    account = Account()
    monday = account.statement(Booking(amount=500, id="FT1"))
    tuesday = account.statement(Booking(amount=300, id="FT2", day=1), day=1)
    wednesday = account.statement(Booking(amount=70, id="FT3", day=2), day=2)
    bring(monday)

    report = bring(wednesday)
    assert (report.statements[0].held_back, report.refused) == ("gap", 1)
    assert Alarm.objects.get().kind == "statement_gap"

    bring(tuesday)
    assert bring(wednesday).is_posted
    assert Movement.objects.count() == 3


def test_an_older_statement_goes_before_the_first(world):
    account = Account()
    monday = account.statement(Booking(amount=500, id="FT1"))
    bring(account.statement(Booking(amount=300, id="FT2", day=1), day=1))

    assert bring(monday).is_posted
    newest = Statement.objects.get(next=None)
    assert newest.closing_minor == 800
    assert newest.previous.opening_minor == 0


def test_a_statement_that_tells_an_old_day_in_another_way_is_kept(world):
    bring(written(Booking(amount=500, id="FT1"), closing=500))

    report = bring(
        written(Booking(amount=300, id="X"), Booking(amount=200, id="Y"), closing=500, number=9)
    )

    assert report.statements[0].held_back == "gap"
    assert Movement.objects.count() == 1


def test_the_desk_sees_what_is_held_back_and_what_waits(world):
    kept = bring(written(Booking(amount=500), closing=700)).statements[0].statement_id
    [view] = desk.held_for_a_person(now=NOON)
    assert (view, view.held_back) == (desk.statement(kept), "unbalanced")

    done = bring(Account(balance=900).statement(Booking(amount=-500, id="R", is_reversal=True)))
    assert desk.fates(done.statements[0].statement_id) == {"WAITING": 1}
    assert [line.original_id for line in desk.lines_waiting()] == ["R"]


def test_a_file_that_cannot_be_read_is_kept_byte_for_byte(world):
    data = Account().statement(Booking(amount=500))[:-40]

    with pytest.raises(importing.NotRead):
        bring(data)

    kept = StatementFile.objects.get()
    assert (kept.state, bytes(kept.body)) == ("UNREADABLE", data)
    assert Movement.objects.count() == 0


def test_reading_in_posts_nothing_and_posting_does_it_once(world):
    data = Account().statement(Booking(amount=500, id="FT1"))

    preview = importing.read_in(data=data, name="x", rail_code="bank-rw", at=NOON)
    assert (preview.new, Movement.objects.count()) == (1, 0)
    importing.post(file_id=preview.file_id, at=NOON)
    importing.post(file_id=preview.file_id, at=NOON)

    assert Movement.objects.count() == 1


@pytest.mark.parametrize(("number", "rail"), [("5001", "mtn-rw"), ("BANK-RW-001", "bank-rw")])
def test_the_rail_is_found_by_its_account(world, number, rail):
    report = bring(Account(number=number).statement(Booking(amount=500, id="FT1")), rail=None)

    assert report.statements[0].rail_code == rail
