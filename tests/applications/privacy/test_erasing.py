"""A person is forgotten: by two people, after a while, and of books and papers nothing is lost."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import operations as accounts
from accounts.models import ContactPoint, Erasure, Person, PersonContact
from accounts.operations import NoSuchErasure
from accounts.policies import NotGranted
from accounts.states import ErasureState
from applications import operations
from applications.models import Application, CaseNote, ErasedCase, Refusal
from applications.states import Status
from kernel import audit_seals, erasing, files, retention
from kernel.erasing import Kept
from kernel.models import AuditEntry
from notifications.models import Message
from payments.operations import checking
from tests.accounts import people
from tests.applications import world
from tests.applications.attachments import giving
from tests.applications.privacy import forgetting
from tests.applications.privacy.forgetting import HER_DAY, LATER
from tests.kernel.uploads import specimens
from tests.world import NOON
from workers.errands import erasing as errand

pytestmark = pytest.mark.django_db


@pytest.fixture
def uwase(house):
    return people.citizen(family_name="Uwase", given_names="Marie-Louise")


@pytest.fixture
def aline(house):
    return world.officer(display_name="Aline")


def codes(kept: pytest.ExceptionInfo[Kept]) -> set[str]:
    return {reason.code for reason in kept.value.reasons}


def broken() -> dict[str, int]:
    """What of the books' own world is made up by the tests breaks rules before and after."""
    found = {}
    with connection.cursor() as cursor:
        for each in checking.stated():
            cursor.execute(each.sql)
            if rows := cursor.fetchall():
                found[each.code] = len(rows)
    return found


# --- what keeps her data -----------------------------------------------------------------------


def test_while_a_case_is_open_or_a_bill_unpaid_nothing_is_erased_and_she_reads_why(uwase):
    world.submit(uwase, world.draft(uwase))

    with pytest.raises(Kept) as kept:
        forgetting.asked(uwase, at=NOON)
    assert codes(kept) == {"case_open", "bill_unpaid"}
    assert all(str(reason.words) for reason in kept.value.reasons)
    assert not Erasure.objects.exists()


def test_until_the_time_for_an_appeal_is_over_a_refusal_keeps_her_data(uwase, aline):
    forgetting.refused(uwase, aline)
    kept_for = {reason.code for reason in erasing.kept_by(uwase.person_id, at=NOON)}
    assert kept_for <= {"appeal_term"}
    assert not erasing.kept_by(uwase.person_id, at=LATER)


def test_money_that_came_twice_keeps_her_data_until_it_is_given_back(uwase):
    draft = world.draft(uwase)
    sent = world.submit(uwase, draft)
    world.pay(sent.bill_id)
    world.pay(sent.bill_id, amount_minor=500)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)

    assert {"suspense"} <= {reason.code for reason in erasing.kept_by(uwase.person_id, at=LATER)}


def test_who_works_here_is_not_erased(uwase):
    people.staff(person_id=uwase.person_id)
    with pytest.raises(Kept) as kept:
        forgetting.asked(uwase)
    assert codes(kept) == {"staff"}


# --- two people, and a way back ----------------------------------------------------------------


def test_who_asks_at_the_counter_does_not_decide_and_neither_does_she_herself(uwase):
    entry = world.person_entry(uwase)
    asker = forgetting.asker()
    erasure_id = accounts.ask_erasure_at_counter(
        entry=entry, document="passport", reason="She moves away", by_id=asker, at=LATER
    )

    with pytest.raises(NotGranted):
        forgetting.decide(erasure_id, asker)
    herself = forgetting.decider(person_id=uwase.person_id)
    for other in (asker, herself):
        with pytest.raises(DatabaseError), transaction.atomic():
            Erasure.objects.filter(pk=erasure_id).update(
                decided_by_id=other, decided_at=LATER, due_at=HER_DAY
            )


def test_nobody_gets_both_rights_under_whatever_login():
    asker = people.officer("privacy.ask")
    person_id = Person.objects.get(staff_accounts=asker).pk
    with pytest.raises(DatabaseError, match="never lie in one hand"), transaction.atomic():
        people.officer("privacy.erase", person_id=person_id)


def test_until_its_day_she_takes_it_back_and_nothing_was_erased(uwase):
    erasure_id = forgetting.decided(uwase)
    assert accounts.begin_due_erasures(now=HER_DAY - timedelta(days=2), limit=10) == 0

    accounts.take_back_erasure(
        erasure_id=erasure_id, person_id=uwase.person_id, account_id=uwase.account_id, at=LATER
    )
    assert accounts.begin_due_erasures(now=HER_DAY, limit=10) == 0
    assert Person.objects.get(pk=uwase.person_id).family_name == "Uwase"
    forgetting.asked(uwase)


def test_once_it_runs_there_is_no_way_back(uwase):
    erasure_id = forgetting.begun(uwase)
    with pytest.raises(NoSuchErasure):
        accounts.take_back_erasure(
            erasure_id=erasure_id, person_id=uwase.person_id, account_id=1, at=HER_DAY
        )


def test_what_she_begins_meanwhile_stops_it_on_its_day(uwase):
    erasure_id = forgetting.decided(uwase)
    world.submit(uwase, world.draft(uwase))

    accounts.begin_due_erasures(now=HER_DAY, limit=10)
    erasure = Erasure.objects.get(pk=erasure_id)
    assert erasure.state == ErasureState.KEPT
    assert "case_open" in erasure.kept_by


@pytest.mark.parametrize(
    "change",
    [
        "state = 'RUNNING'",  # Before its day, without a tombstone.
        "state = 'DONE'",
        "due_at = decided_at",
        "decided_by_id = asked_by_id",
        "person_id = person_id + 1",
    ],
)
def test_postgresql_lets_nobody_hurry_it(uwase, change):
    erasure_id = forgetting.decided(uwase)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_erasure SET {change} WHERE id = %s", [erasure_id])


# --- the day -----------------------------------------------------------------------------------


def test_nothing_names_her_afterwards_but_what_the_law_keeps(uwase, aline):
    case = forgetting.refused(uwase, aline)
    forgetting.drafts(uwase, 2)
    person = Person.objects.get(pk=uwase.person_id)
    needles = (
        "Uwase", "Marie-Louise", str(person.national_id), uwase.phone, "Umutesi Jean-Bosco",
    )  # fmt: skip
    assert "applications_casenote" in forgetting.places_of(*needles)

    done = forgetting.erased(uwase)

    assert done.state == ErasureState.DONE
    assert forgetting.places_of(*needles) <= forgetting.KEPT_IN
    case.refresh_from_db()
    assert (case.answers, case.given, case.contact_id) == ({}, {}, done.tombstone_id)
    assert case.status == Status.REFUSED
    assert Refusal.objects.get().note == ""
    assert Refusal.objects.get().reason_code
    assert CaseNote.objects.get().text == erasing.TOMBSTONE
    assert not PersonContact.objects.filter(person_id=uwase.person_id).exists()
    assert set(Application.objects.values_list("status", flat=True)) == {"REFUSED", "WITHDRAWN"}
    assert not Message.objects.filter(contact_id=uwase.contact_id, body__isnull=False).exists()


def test_ledger_register_papers_and_trace_are_whole_afterwards(uwase, aline):
    world.drawn(people.citizen(), aline)
    forgetting.refused(uwase, aline)
    before = broken()
    forgetting.erased(uwase)

    audit_seals.seal(at=HER_DAY)
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert broken() == before
    acts = AuditEntry.objects.filter(act__startswith="erasure.", subject_id=uwase.person_id)
    assert list(acts.order_by("pk").values_list("act", flat=True)) == [
        "erasure.asked", "erasure.approved", "erasure.begun", "erasure.done",
    ]  # fmt: skip


def test_her_documents_are_destroyed_and_what_somebody_else_gave_as_well_stays(uwase):
    other = people.citizen()
    same = specimens.picture(size=(64, 64))
    mine, theirs = world.draft(uwase, giving.IDENTITY), world.draft(other, giving.IDENTITY)
    giving.give(uwase, mine, data=same)
    giving.give(other, theirs, data=same)
    (alone,) = forgetting.drafts(uwase, 1)
    shared_sha = mine.attachments.get().file_id
    alone_sha = alone.attachments.get().file_id

    # A draft's file is given up with it; one that was sent in is needed.
    world.submit(other, theirs)
    forgetting.erased(uwase)

    with pytest.raises(files.FileMissing):
        files.read(alone_sha)
    assert files.read(shared_sha)


def test_a_phone_of_the_family_stays_and_hers_alone_is_emptied(uwase):
    husband = people.citizen(phone=uwase.phone)
    forgetting.erased(uwase)
    assert ContactPoint.objects.get(pk=husband.contact_id).value == uwase.phone

    alone = people.citizen()
    forgetting.erased(alone)
    assert ContactPoint.objects.get(pk=alone.contact_id).value == ""
    again = people.citizen(phone=alone.phone)
    assert again.contact_id != alone.contact_id


def test_whoever_was_killed_is_gone_on_for_by_the_next(uwase, monkeypatch):
    forgetting.drafts(uwase, 3)
    forgetting.begun(uwase)
    seen, really = [], operations.erase_next_case

    def killed(**told):
        if len(seen) == 2:
            raise SystemExit
        seen.append(told)
        return really(**told)

    with monkeypatch.context() as patch:
        patch.setattr(errand.applications, "erase_next_case", killed)
        with pytest.raises(SystemExit):
            errand.erase_persons(forgetting.clock)
    assert ErasedCase.objects.count() == 2

    assert errand.erase_persons(forgetting.clock) == 0  # Its lease has not ended.
    late = HER_DAY + timedelta(minutes=3)
    while errand.erase_persons(lambda: late):
        pass
    assert ErasedCase.objects.count() == 3
    assert Erasure.objects.get().state == ErasureState.DONE


def test_a_case_costs_few_statements_and_the_number_of_cases_does_not_matter(uwase):
    forgetting.drafts(uwase, 20)
    forgetting.begun(uwase)
    with CaptureQueriesContext(connection) as asked:
        while errand.erase_persons(forgetting.clock):
            pass
    assert Erasure.objects.get().state == ErasureState.DONE
    assert len(asked) <= 60 * 20


# --- what PostgreSQL says to it ----------------------------------------------------------------


def test_nobody_empties_a_case_without_an_erasure(uwase, aline):
    case = forgetting.refused(uwase, aline)
    for statement in (
        "UPDATE applications_application SET answers = '{}' WHERE id = %s",
        "UPDATE applications_refusal SET note = '' WHERE application_id = %s",
        "UPDATE applications_casenote SET text = text WHERE application_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [case.pk])


def test_an_erasure_empties_and_writes_nothing_else(uwase, aline):
    case = forgetting.refused(uwase, aline)
    forgetting.begun(uwase)
    for statement in (
        "UPDATE applications_application SET answers = '{\"a\": 1}' WHERE id = %s",
        "UPDATE applications_refusal SET note = 'she was right' WHERE application_id = %s",
        "UPDATE applications_refusal SET reason_code = 'other' WHERE application_id = %s",
        "DELETE FROM applications_casenote WHERE application_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [case.pk])


def test_nothing_is_begun_for_whoever_is_erased_and_she_stays_nobody(uwase):
    (again,) = forgetting.drafts(uwase, 1)
    forgetting.erased(uwase)
    again.pk, again.number = None, "FI-26-12345678"
    with pytest.raises(DatabaseError, match="nothing is begun"), transaction.atomic():
        again.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.filter(pk=uwase.person_id).update(family_name="Uwase")
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonContact.objects.create(
            person_id=uwase.person_id, contact_id=uwase.contact_id, from_at=HER_DAY
        )


# --- by the term of the law --------------------------------------------------------------------


def test_where_the_law_names_a_term_the_night_erases_by_the_same_way(uwase, monkeypatch):
    forgetting.drafts(uwase, 1)
    other = people.citizen()
    world.submit(other, world.draft(other))
    told = {"cases": {"days": 100, "source": "Regulation 7/2026, art. 9"}}
    monkeypatch.setattr(retention, "of_pack", lambda key: told if key == "retention" else {})

    while retention.forget_now(now=LATER):
        pass
    assert list(Erasure.objects.values_list("person_id", "by_term")) == [(uwase.person_id, True)]
    accounts.begin_due_erasures(now=LATER, limit=10)
    while errand.erase_persons(lambda: LATER):
        pass
    assert Person.objects.get(pk=uwase.person_id).family_name == f"P-{uwase.person_id}"
    assert Person.objects.get(pk=other.person_id).given_names == "Claudine"
