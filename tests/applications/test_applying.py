"""Drafts, submitting, paying: from the first answer to the office's door."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Person
from accounts.operations import BudgetSpent
from applications import operations, queries
from applications.models import Application
from catalogue.models import ServiceVersion
from kernel import references
from payments import queries as bills
from payments.models import Bill, BillLine
from payments.operations import billing
from tests.accounts import people
from tests.applications import world
from tests.applications.packing import FREE, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db


# --- drafts


def test_a_draft_has_a_number_that_can_be_checked_and_is_not_a_reference(uwase):
    made = world.draft(uwase)
    assert references.normalise_case_number(made.number) == made.number
    assert made.number.startswith("BC-26-")
    assert made.status == "DRAFT"


def test_a_service_without_applications_opens_no_case(uwase):
    version = ServiceVersion.objects.get(service__code=world.BIRTH)
    version.pk, version.number = None, 2
    version.definition = version.definition | {"applicable": False}
    version.save(force_insert=True)
    version.service.current = version
    version.service.save()
    with pytest.raises(operations.NotApplicable):
        operations.start_draft(
            service_code=world.BIRTH,
            holder_id=uwase.person_id,
            account_id=uwase.account_id,
            contact_id=uwase.contact_id,
            language="en",
            at=NOON,
        )


def test_answers_are_kept_beside_those_that_were_given_before(uwase):
    made = world.draft(uwase)
    operations.save_answers(
        application_id=made.pk, holder_id=uwase.person_id, given={"reason": "work"}
    )
    answers = world.fresh(made).given
    assert (answers["reason"], answers["birth_place_code"]) == ("work", HOME)


def test_phones_among_the_answers_are_not_stored_in_clear(uwase):
    made = world.draft(uwase, FREE, call_me="+250788123456")
    kept = world.fresh(made)
    assert "call_me" not in kept.answers
    assert kept.given["call_me"] == "+250788123456"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT private_answers::text, answers::text FROM applications_application"
            " WHERE id = %s",
            [made.pk],
        )
        private, open_answers = cursor.fetchone()
    assert "788123456" not in private + open_answers


def test_an_answer_to_a_question_that_is_not_asked_is_refused(uwase):
    made = world.draft(uwase)
    with pytest.raises(operations.UnknownField):
        operations.save_answers(
            application_id=made.pk, holder_id=uwase.person_id, given={"salary": "9"}
        )


def test_somebody_else_cannot_write_into_a_draft(uwase):
    made, other = world.draft(uwase), people.citizen()
    with pytest.raises(operations.NotHers):
        operations.save_answers(
            application_id=made.pk, holder_id=other.person_id, given={"reason": "work"}
        )


def test_what_was_sent_in_cannot_be_changed(uwase):
    made = world.draft(uwase)
    world.submit(uwase, made)
    with pytest.raises(operations.NotNow):
        operations.save_answers(
            application_id=made.pk, holder_id=uwase.person_id, given={"reason": "work"}
        )


# --- submitting


def test_submitting_issues_one_bill_and_waits_for_it(uwase):
    made = world.draft(uwase)
    sent = world.submit(uwase, made)
    case = world.fresh(made)
    bill = bills.bill(sent.bill_id)
    assert (case.status, case.bill_id) == ("AWAITING_PAYMENT", sent.bill_id)
    assert (bill.total_minor, bill.currency, bill.state) == (500, "RWF", "OPEN")
    assert bill.reference != case.number
    assert bill.expires_at == NOON + timedelta(days=7)
    # It is received, decided and handed over at one office; later moves may part them.
    offices = (case.receiving_office, case.deciding_office, case.handing_office)
    assert [office.code for office in offices] == [f"sector-{HOME}"] * 3
    # Her clock: the office has promised nothing before she has paid.
    assert case.promised_at is None


def test_a_line_of_the_bill_goes_to_the_district_of_the_deciding_office(uwase):
    sent = world.submit(uwase, world.draft(uwase))
    line = BillLine.objects.get(bill_id=sent.bill_id)
    assert line.beneficiary.code == "district-12"
    assert line.charge_key.startswith("applications.case:")
    assert line.legal_checked is False


def test_a_bill_names_services_and_no_person(uwase):
    sent = world.submit(uwase, world.draft(uwase))
    name = Person.objects.get(pk=uwase.person_id).family_name
    description = bills.bill(sent.bill_id).description
    assert description["en"] == "Birth certificate"
    assert name not in str(description)


def test_many_cases_stand_on_one_bill(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    assert bills.bill(sent.bill_id).total_minor == 1000
    assert {case.pk for case in queries.on_bill(sent.bill_id)} == {birth.pk, single.pk}


def _take_parts(service):
    version = ServiceVersion.objects.get(service__code=service)
    version.pk, version.number = None, 2
    version.definition = version.definition | {"takes_parts": True}
    version.save(force_insert=True)
    version.service.current = version
    version.service.save()


def test_a_bill_takes_parts_where_every_service_on_it_does(uwase):
    _take_parts(world.BIRTH)
    birth, beside, single = (
        world.draft(uwase, service) for service in (world.BIRTH, world.BIRTH, world.SINGLE)
    )
    alone, mixed = world.submit(uwase, birth), world.submit(uwase, beside, single)

    assert Bill.objects.get(pk=alone.bill_id).takes_parts is True
    assert Bill.objects.get(pk=mixed.bill_id).takes_parts is False


def test_a_free_case_is_paid_at_once_and_a_costly_one_beside_it_is_not(uwase):
    free, costly = world.draft(uwase, FREE), world.draft(uwase)
    sent = world.submit(uwase, free, costly)
    assert world.fresh(free).status == "PAID"
    assert world.fresh(free).promised_at is not None
    here = world.fresh(free).deciding_office_id
    assert (world.fresh(free).receiving_office_id, world.fresh(free).handing_office_id) == (
        here,
        here,
    )
    assert world.fresh(costly).status == "AWAITING_PAYMENT"
    assert bills.bill(sent.bill_id).total_minor == 500


def test_only_free_cases_need_no_bill(uwase):
    sent = world.submit(uwase, world.draft(uwase, FREE))
    assert (sent.bill_id, sent.bill_key) == (None, None)


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "<script>"}, "reason"),
        ({"declaration": False}, "reason"),
        ({"father_name": "x" * 10_000}, "parents"),
        ({"birth_place_code": "1101"}, "sector"),
        ({"birth_place_code": "9999"}, "sector"),
        ({"district": ""}, "district"),
    ],
)
def test_what_the_form_would_not_accept_is_not_sent_in(uwase, changed, group):
    made = world.draft(uwase, **changed)
    with pytest.raises(operations.Incomplete) as refusal:
        world.submit(uwase, made)
    assert refusal.value.group_code == group
    assert world.fresh(made).status == "DRAFT"
    assert not Bill.objects.exists()


def test_a_case_sent_in_twice_is_billed_once(uwase):
    made = world.draft(uwase)
    world.submit(uwase, made)
    with pytest.raises(operations.NotNow):
        world.submit(uwase, made)
    assert Bill.objects.count() == 1


def test_cases_of_two_people_do_not_share_a_bill(uwase):
    shares_her_phone = people.citizen(phone=uwase.phone)
    with pytest.raises(operations.NotHers):
        world.submit(uwase, world.draft(uwase), world.draft(shares_her_phone))
    elsewhere = people.citizen()
    with pytest.raises(operations.NotTogether):
        world.submit(uwase, world.draft(uwase), world.draft(elsewhere))
    assert not Bill.objects.exists()


def test_a_case_that_does_not_exist_is_not_sent_in(uwase):
    with pytest.raises(operations.NoSuchCase):
        operations.submit(
            application_ids=[0], holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
        )


# --- paying


def test_a_paid_bill_pays_all_its_cases_and_starts_the_promise(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id)
    moved = operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    assert set(moved) == {birth.pk, single.pk}
    assert {world.fresh(case).status for case in (birth, single)} == {"PAID"}
    # One working day from Monday noon.
    assert world.fresh(birth).promised_at == NOON + timedelta(days=1)


def test_a_part_paid_bill_pays_no_case(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id, amount_minor=500)
    assert bills.bill(sent.bill_id).state == "PART_PAID"
    with pytest.raises(operations.BillNotPaid):
        operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    assert {world.fresh(case).status for case in (birth, single)} == {"AWAITING_PAYMENT"}


def test_news_of_payment_told_twice_moves_a_case_once(uwase):
    case = world.paid(uwase)
    assert operations.confirm_payment(bill_id=case.bill_id, at=NOON) == []
    assert world.fresh(case).version == case.version


def test_a_bill_that_expired_lets_its_cases_lapse_and_late_money_revives_them(uwase):
    made = world.draft(uwase)
    sent = world.submit(uwase, made)
    late = NOON + timedelta(days=8)
    billing.expire_due(now=late, limit=10)
    assert operations.lapse(bill_id=sent.bill_id, at=late) == [made.pk]
    assert world.fresh(made).status == "LAPSED"
    world.pay(sent.bill_id, at=late)
    operations.confirm_payment(bill_id=sent.bill_id, at=late)
    assert world.fresh(made).status == "PAID"


def test_a_late_word_of_expiry_does_not_lapse_a_case_whose_bill_lives(uwase):
    made = world.draft(uwase)
    sent = world.submit(uwase, made)
    assert operations.lapse(bill_id=sent.bill_id, at=NOON) == []
    assert world.fresh(made).status == "AWAITING_PAYMENT"


def test_money_taken_back_holds_a_case_where_it_was_and_money_restored_lets_it_go_on(
    uwase, staffed
):
    case = world.taken(uwase, staffed.aline)
    assert operations.hold_payment(bill_id=case.bill_id, at=NOON) == [case.pk]
    held = world.fresh(case)
    assert (held.status, held.held_from) == ("PAYMENT_HELD", "UNDER_REVIEW")
    with pytest.raises(operations.StalePage):
        operations.approve(
            application_id=case.pk,
            by_id=staffed.aline,
            version=case.version,
            entry=world.birth_act(uwase),
            at=NOON,
        )
    assert operations.restore_payment(bill_id=case.bill_id, at=NOON) == [case.pk]
    assert world.fresh(case).status == "UNDER_REVIEW"


# --- taking it back


def test_a_withdrawn_draft_ends(uwase):
    made = world.draft(uwase)
    operations.withdraw(
        application_id=made.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    assert world.fresh(made).status == "WITHDRAWN"


def test_withdrawing_the_only_case_of_a_bill_cancels_the_bill(uwase):
    made = world.draft(uwase)
    sent = world.submit(uwase, made)
    operations.withdraw(
        application_id=made.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    assert bills.bill(sent.bill_id).state == "CANCELLED"


def test_withdrawing_one_case_of_a_bill_replaces_the_bill_for_the_others(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    operations.withdraw(
        application_id=birth.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    old = bills.bill(sent.bill_id)
    staying = world.fresh(single)
    assert (old.state, old.successor_id) == ("REPLACED", staying.bill_id)
    assert bills.bill(staying.bill_id).total_minor == 500
    assert world.fresh(birth).status == "WITHDRAWN"


def test_a_part_paid_case_cannot_be_taken_back_before_its_money_is_settled(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id, amount_minor=500)
    with pytest.raises(operations.MoneyOnTheWay):
        operations.withdraw(
            application_id=birth.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
        )
    assert world.fresh(birth).status == "AWAITING_PAYMENT"


def test_an_approved_case_cannot_be_taken_back(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    with pytest.raises(operations.NotNow):
        operations.withdraw(
            application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
        )


def test_somebody_else_cannot_take_a_case_back(uwase):
    made, other = world.draft(uwase), people.citizen()
    with pytest.raises(operations.NotHers):
        operations.withdraw(
            application_id=made.pk, holder_id=other.person_id, by_id=other.account_id, at=NOON
        )


# --- finding without signing in


def test_number_and_phone_together_find_a_case_and_neither_alone(uwase):
    made = world.paid(uwase)
    local = uwase.phone.replace("+250", "0")
    found = operations.find(number=made.number.lower(), phone=local, address="a", at=NOON)
    assert found == made
    assert operations.find(number=made.number, phone="+250788999999", address="a", at=NOON) is None
    assert operations.find(number=made.number, phone="", address="a", at=NOON) is None
    assert operations.find(number="BC-26-00000000", phone=local, address="a", at=NOON) is None
    assert operations.find(number="' OR 1=1 --", phone=local, address="a", at=NOON) is None


def test_guessing_phones_for_one_number_runs_out(uwase):
    made = world.draft(uwase)
    for guess in range(20):
        operations.find(number=made.number, phone=f"+2507880000{guess:02d}", address="a", at=NOON)
    with pytest.raises(BudgetSpent):
        operations.find(number=made.number, phone=uwase.phone, address="b", at=NOON)
    assert Application.objects.filter(pk=made.pk).exists()
