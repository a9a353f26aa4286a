"""What a review of security found in cases: each claim was false once."""

import copy
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import operations as accounts
from applications import operations, policies, queries
from applications.models import Application
from catalogue.models import Service, ServiceVersion
from documents import operations as documents
from documents import queries as papers
from documents.models import Credential, PaperFile
from kernel.models import AuditEntry
from payments import queries as bills
from tests.accounts import people
from tests.applications import packing, world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db

OF_OFFICE = queries.Filter(queries.Shown.OFFICE)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


# --- never her own case -------------------------------------------------------------------------


def test_an_officer_of_whom_nobody_knows_who_she_is_may_have_an_interest_in_every_case():
    asked = {"account_id": 1, "holder_id": 60, "applicant_id": 2}
    assert policies.has_interest(person_id=None, **asked)
    assert not policies.has_interest(person_id=50, **asked)


def test_postgresql_lays_no_case_before_an_account_without_a_person(uwase, staffed):
    case = world.queued(uwase)
    nobody = people.staff(person=None)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer=nobody)
    assert refused.value.__cause__.diag.constraint_name == "officer_is_another"
    assert Application.objects.filter(pk=case.pk).update(officer_id=staffed.bosco) == 1


def test_an_account_without_a_person_sees_no_case_in_any_list(uwase, staffed):
    world.queued(uwase)
    seen = queries.reach(account_id=staffed.aline, person_id=None, at=NOON)
    assert not queries.page(seen, OF_OFFICE, at=NOON).cases
    assert queries.page(world.reach(staffed.aline), OF_OFFICE, at=NOON).cases


def test_her_own_case_goes_to_the_colleague_and_is_not_there_for_her(house):
    her = people.citizen()
    officer = world.officer(person_id=her.person_id)
    colleague = world.officer()
    for _ in range(3):
        assert world.queued(her).officer_id == colleague
    case = world.queued(her)
    with pytest.raises(operations.OwnCase):
        operations.take(application_id=case.pk, by_id=officer, at=NOON)
    page = reverse("applications:desk_case", args=[case.number])
    assert officer_at(officer).get(page).status_code == 404
    assert officer_at(colleague).get(page).status_code == 200


# --- who read it --------------------------------------------------------------------------------


def test_the_case_that_a_refused_action_shows_again_is_recorded_as_read(uwase, staffed, registers):
    entry = world.birth_act(uwase)
    registers.acts["birth", entry.national_ids[0]] = [world.act_as_json(entry)]
    case = world.queued(uwase)
    read = AuditEntry.objects.filter(act="case.read", subject_id=str(case.pk))
    browser = officer_at(staffed.aline)
    refused = browser.post(reverse("applications:release", args=[case.number]))
    assert refused.status_code == 409
    assert "Mukamana Rose" in text_of(refused)
    assert read.count() == 1
    browser.get(reverse("applications:desk_case", args=[case.number]))
    assert read.count() == 2
    assert set(read.values_list("actor_id", flat=True)) == {staffed.aline}


# --- money taken back and restored --------------------------------------------------------------


@pytest.fixture
def drawing(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"


def test_a_paid_case_that_was_held_before_routing_reaches_its_office_when_restored(uwase, staffed):
    case = world.paid(uwase)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    operations.route(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "PAYMENT_HELD"
    operations.restore_payment(bill_id=case.bill_id, at=NOON)
    assert world.fresh(case).status == "IN_QUEUE"


def test_a_case_whose_paper_was_drawn_while_it_was_held_can_be_signed_when_restored(
    uwase, staffed, drawing
):
    case = world.approved(uwase, staffed.aline)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    world.draw(case)
    assert world.fresh(case).status == "PAYMENT_HELD"
    operations.restore_payment(bill_id=case.bill_id, at=NOON)
    assert world.fresh(case).status == "AWAITING_SIGNATURE"
    waiting = queries.to_sign(world.reach(staffed.aline), at=NOON)
    assert [one.pk for one in waiting] == [case.pk]


def test_a_case_whose_paper_is_not_drawn_yet_is_restored_as_approved(uwase, staffed, drawing):
    case = world.approved(uwase, staffed.aline)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    operations.restore_payment(bill_id=case.bill_id, at=NOON)
    assert world.fresh(case).status == "APPROVED"


def ordered(citizen, staffed):
    """Return a case whose paper its officer has ordered signed."""
    documents.issue_development_credentials(at=NOON - 5 * MINUTE)
    case = world.drawn(citizen, staffed.aline)
    stepped = accounts.step_up(
        account_id=staffed.aline,
        password=people.PASSWORD,
        purpose="case.sign",
        session_key="hers",
        at=NOON,
    )
    operations.order_signatures(
        paper_hashes={case.paper_id: papers.unsigned_sha256s([case.paper_id])[case.paper_id]},
        by_id=staffed.aline,
        step_up_id=stepped.pk,
        until=NOON + 15 * MINUTE,
        at=NOON,
    )
    return case


def test_the_paper_of_a_held_case_is_signed_by_nobody_until_the_case_goes_on(
    uwase, staffed, drawing
):
    case = ordered(uwase, staffed)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    assert documents.claim_for_signing(limit=4, now=NOON, until=NOON + MINUTE) == []
    documents.sign_through(case.paper_id, at=NOON)
    assert papers.paper(case.paper_id).issued_at is None
    assert world.fresh(case).status == "PAYMENT_HELD"

    operations.restore_payment(bill_id=case.bill_id, at=NOON)
    assert documents.claim_for_signing(limit=4, now=NOON, until=NOON + MINUTE) == [case.paper_id]
    documents.sign_through(case.paper_id, at=NOON)
    operations.conclude(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "ISSUED"


def test_a_key_at_work_when_the_case_is_held_signs_nothing(uwase, staffed, drawing):
    case = ordered(uwase, staffed)
    signed = documents.sign(case.paper_id, at=NOON)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    with pytest.raises(documents.Withheld):
        documents.record_signing(signed, at=NOON)


def test_a_paper_that_the_officer_signed_is_not_sealed_while_its_case_is_held(
    uwase, staffed, drawing
):
    case = ordered(uwase, staffed)
    documents.record_signing(documents.sign(case.paper_id, at=NOON), at=NOON)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    documents.sign_through(case.paper_id, at=NOON)
    assert papers.paper(case.paper_id).issued_at is None


def test_a_case_whose_paper_was_issued_a_moment_ago_is_not_held(uwase, staffed, drawing):
    case = ordered(uwase, staffed)
    documents.sign_through(case.paper_id, at=NOON)
    assert world.fresh(case).status == "AWAITING_SIGNATURE"
    assert operations.hold_payment(bill_id=case.bill_id, at=NOON) == []
    assert world.fresh(case).status == "ISSUED"


def test_postgresql_refuses_a_signature_on_a_withheld_paper(uwase, staffed, drawing):
    case = ordered(uwase, staffed)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    file = PaperFile.objects.get(paper_id=case.paper_id)
    credential = Credential.objects.get(account_id=staffed.aline)
    with pytest.raises(DatabaseError, match="is withheld"), transaction.atomic():
        PaperFile.objects.create(
            paper_id=case.paper_id,
            revision=2,
            step="signed",
            sha256="0" * 64,
            size=file.size + 1,
            previous_size=file.size,
            pades_level="B-B",
            credential=credential,
            created_at=NOON,
        )


# --- the price in force -------------------------------------------------------------------------


def publish(service: str = world.BIRTH, **changed: object) -> ServiceVersion:
    """Publish another version of the service; `fee` sets its price, `drop` takes a field away."""
    held = Service.objects.select_related("current").get(code=service)
    definition = copy.deepcopy(held.current.definition)
    if "fee" in changed:
        for fee in definition["fees"]:
            fee["amount_minor"] = changed["fee"]
    for group in definition["form"]:
        group["fields"] = [
            field | {"required": True} if field["code"] == changed.get("ask") else field
            for field in group["fields"]
            if field["code"] != changed.get("drop")
            and field.get("when", {}).get("field", "") != changed.get("drop")
        ]
    if "applicable" in changed:
        definition["applicable"] = changed["applicable"]
    made = ServiceVersion.objects.create(
        service=held,
        number=held.current.number + 1,
        definition=definition,
        published_at=NOON,
        source="pack",
    )
    Service.objects.filter(pk=held.pk).update(current=made)
    return made


def test_an_old_draft_is_billed_at_the_price_in_force_when_it_is_sent_in(uwase):
    made = world.draft(uwase)
    now = publish(fee=99_000)
    sent = world.submit(uwase, made, at=NOON + timedelta(days=365))
    assert bills.bill(sent.bill_id).total_minor == 99_000
    assert world.fresh(made).service_version_id == now.pk


def test_an_answer_that_the_service_now_asks_for_is_missed_and_one_it_dropped_is_left_out(uwase):
    made = world.draft(uwase)
    before = made.service_version_id
    publish(ask="mother_name", drop="reason")
    with pytest.raises(operations.Incomplete):
        world.submit(uwase, made)
    assert world.fresh(made).service_version_id == before
    assert operations.renew_draft(application_id=made.pk, holder_id=uwase.person_id)
    assert not operations.renew_draft(application_id=made.pk, holder_id=uwase.person_id)
    assert "reason" not in world.fresh(made).given
    operations.save_answers(
        application_id=made.pk, holder_id=uwase.person_id, given={"mother_name": "Mukamana Rose"}
    )
    assert world.submit(uwase, made).bill_id is not None


def test_the_review_never_sends_in_at_a_price_that_she_has_not_seen(uwase):
    made = world.draft(uwase)
    browser = citizen_at(uwase)
    page = reverse("applications:review", args=[made.number])
    assert "99,000" not in text_of(browser.get(page))
    publish(fee=99_000)
    again = browser.post(page)
    assert again.status_code == 200
    assert "has changed since you began" in text_of(again)
    assert "99,000" in text_of(again)
    assert world.fresh(made).status == "DRAFT"
    assert browser.post(page).status_code == 302
    sent = world.fresh(made)
    assert bills.bill(sent.bill_id).total_minor == 99_000


def test_a_draft_of_a_service_that_takes_no_applications_any_more_is_not_sent_in(uwase):
    made, other = world.draft(uwase), world.draft(uwase, world.SINGLE)
    Service.objects.filter(code=world.BIRTH).update(active=False)
    with pytest.raises(operations.NotApplicable):
        world.submit(uwase, made)
    answer = citizen_at(uwase).post(reverse("applications:review", args=[made.number]), follow=True)
    assert "takes no applications now" in text_of(answer)
    assert world.submit(uwase, other).bill_id is not None


# --- two withdrawals on one bill ----------------------------------------------------------------


def test_a_bill_that_a_withdrawal_replaced_meanwhile_is_read_again(uwase, monkeypatch):
    first, second, third = (world.draft(uwase) for _ in range(3))
    world.submit(uwase, first, second, third)
    hers = {"holder_id": uwase.person_id, "by_id": uwase.account_id, "at": NOON}
    read = queries.on_bill
    withdrawn = []

    def racing(bill_id: int) -> list[Application]:
        if not withdrawn:
            withdrawn.append(first.pk)
            operations.withdraw(application_id=first.pk, **hers)
        return read(bill_id)

    monkeypatch.setattr(queries, "on_bill", racing)
    operations.withdraw(application_id=second.pk, **hers)
    assert world.fresh(first).status == world.fresh(second).status == "WITHDRAWN"
    left = world.fresh(third)
    assert left.status == "AWAITING_PAYMENT"
    bill = bills.bill(left.bill_id)
    assert bill.state == "OPEN"
    alone = world.submit(uwase, world.draft(uwase))
    assert bill.total_minor == bills.bill(alone.bill_id).total_minor


# --- budgets ------------------------------------------------------------------------------------


def begin(person_id: int, account_id: int, contact_id: int, service: str, at=NOON) -> str:
    return operations.start_draft(
        service_code=service,
        holder_id=person_id,
        account_id=account_id,
        contact_id=contact_id,
        language="en",
        at=at,
    )


def test_a_person_begins_twenty_cases_an_hour_and_no_more(uwase):
    other = people.citizen()
    hers = (uwase.person_id, uwase.account_id, uwase.contact_id)
    services = [*packing.CARRIED, packing.FREE]
    for number in range(20):
        begun = begin(*hers, services[number % 4])
        operations.save_answers(
            application_id=world.case(begun).pk,
            holder_id=uwase.person_id,
            given={"reason": "school"},
        )
    with pytest.raises(accounts.BudgetSpent, match=r"draft\.person"):
        begin(*hers, world.BIRTH)
    answer = citizen_at(uwase).post(reverse("applications:start", args=[world.BIRTH]))
    assert answer.status_code == 429
    assert world.draft(other).status == "DRAFT"
    assert begin(*hers, world.BIRTH, at=NOON + timedelta(hours=1))


def test_tracking_is_counted_by_the_ipv6_network(house):
    guess = {"number": "BC-26", "phone": "+250788000101"}
    for number in range(60):
        assert track(guess, f"2001:db8:1:2::{number:x}").status_code == 200
    assert track(guess, "2001:db8:1:2:ffff::1").status_code == 429
    assert track(guess, "2001:db8:1:3::1").status_code == 200


def track(guess: dict[str, str], address: str):
    return Client(REMOTE_ADDR=address).post(reverse("applications:track"), guess)
