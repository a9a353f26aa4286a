"""What reached nobody by SMS is a call of the office, until somebody says what came of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import operations
from applications.models import Call, CallResult, Look
from applications.operations.calling import NoSuchCall, record_call
from kernel.models import AuditEntry
from notifications import operations as notifications
from notifications.events import MessageFailed
from notifications.models import Message
from tests.accounts import people
from tests.applications import packing, world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON
from workers import messages
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db
PAGE = reverse("applications:calls")


def undelivered(case, template: str, event: str = "applications.case.refused") -> None:
    """The gateway has refused a message about the case for good, and the worker hears of it."""
    message_id = notifications.send(
        contact_id=case.contact_id,
        template=template,
        language="en",
        context={"number": case.number},
        dedupe_key=f"{event}:{case.pk}:{NOON.isoformat()}:{template}",
        at=NOON,
    )
    notifications.claim_messages(limit=9, now=NOON, until=NOON + timedelta(seconds=8))
    notifications.record_failed(message_id=message_id, reason="no such number", at=NOON)
    for _ in range(2):  # The relay may deliver it twice.
        messages.ask_for_call(MessageFailed(subject_id=message_id, occurred_at=NOON), NOON)


@pytest.fixture
def case(uwase, staffed):
    made = world.queued(uwase)
    undelivered(made, "refused")
    return made


def test_an_undelivered_refusal_is_a_call_of_its_office(case, staffed, uwase):
    assert ROUTES[MessageFailed] == (messages.ask_for_call,)
    page = text_of(officer_at(staffed.aline).get(PAGE))
    assert case.number in page
    assert uwase.phone in page
    assert "It is refused" in page
    counter = world.officer(packing.HOME, "case.receive")
    assert case.number in text_of(officer_at(counter).get(PAGE))
    assert Look.objects.get(application=case, account_id=counter).seen == "line"
    assert case.number not in text_of(officer_at(staffed.far).get(PAGE))
    assert "Nobody waits for a call." in text_of(officer_at(staffed.far).get(PAGE))


def test_what_is_asked_for_anew_and_what_went_by_mail_is_no_call(uwase, staffed):
    case = world.queued(uwase)
    undelivered(case, "paid", "applications.case.paid")
    assert not Call.objects.exists()
    undelivered(case, "issued", "applications.case.issued")
    Message.objects.update(channel="email")
    failed = Message.objects.latest("pk")
    before = Call.objects.count()
    messages.ask_for_call(MessageFailed(subject_id=failed.pk, occurred_at=NOON), NOON)
    assert Call.objects.count() == before == 1


def test_who_was_told_is_off_the_list_and_it_is_written_down(case, staffed):
    browser, call = officer_at(staffed.aline), Call.objects.get()
    for nonsense in ({}, {"call": "x", "result": "told"}, {"call": call.pk, "result": "shouted"}):
        browser.post(PAGE, nonsense)
    assert Call.objects.get().done_at is None
    browser.post(PAGE, {"call": call.pk, "result": "told"})
    assert case.number not in text_of(browser.get(PAGE))
    entry = AuditEntry.objects.get(act="case.called")
    assert (entry.actor_id, entry.detail["result"]) == (staffed.aline, "told")
    with pytest.raises(NoSuchCall):
        record_call(call_id=call.pk, result=CallResult.TOLD, by_id=staffed.aline, at=NOON)
    # What happens to the case later is another call.
    undelivered(case, "issued", "applications.case.issued")
    assert Call.objects.filter(done_at=None).count() == 1


def test_three_times_nobody_answers_and_it_is_given_up(case, staffed):
    call = Call.objects.get()
    for done in (False, False, True):
        record_call(call_id=call.pk, result=CallResult.NO_ANSWER, by_id=staffed.aline, at=NOON)
        assert (Call.objects.get().done_at is not None) is done
    assert Call.objects.get().tries == 3


def test_nobody_of_elsewhere_and_nobody_with_an_interest_records_a_call(case, staffed, uwase):
    call = Call.objects.get()
    herself = world.officer(person_id=uwase.person_id)
    for by_id in (staffed.far, herself, people.staff().pk):
        with pytest.raises(NoSuchCall):
            record_call(call_id=call.pk, result=CallResult.TOLD, by_id=by_id, at=NOON)
    assert case.number not in text_of(officer_at(herself).get(PAGE))


def test_without_a_right_at_the_desk_there_is_no_list(case):
    assert officer_at(people.staff().pk).get(PAGE).status_code == 403
    assert citizen_at(people.citizen()).get(PAGE).status_code == 302


def test_postgresql_answers_for_a_call_once(case, staffed, refused_by):
    call = Call.objects.filter(pk=Call.objects.get().pk)
    record_call(call_id=call.get().pk, result=CallResult.TOLD, by_id=staffed.aline, at=NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        call.update(tries=2, result="no_answer", done_at=None)
    assert refused_by(refused.value) == "call_answered_once"


def test_a_draft_of_no_office_is_nobodys_call(uwase):
    case = world.draft(uwase)
    operations.ask_call(application_id=case.pk, template="late", at=NOON)
    assert not Call.objects.exists()


def test_a_list_of_many_costs_no_more_queries(uwase, staffed, django_assert_max_num_queries):
    browser = officer_at(staffed.aline)
    for more in (1, 3):
        for _ in range(more):
            undelivered(world.queued(uwase), "refused")
        browser.get(PAGE)
        with django_assert_max_num_queries(12):
            browser.get(PAGE)
