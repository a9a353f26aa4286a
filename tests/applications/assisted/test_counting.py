"""How many applied alone is counted honestly, signed slips are looked at again, both are told."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.events import CodeRequested
from applications import operations, queries
from applications.events import ConsentGiven, ConsentRevoked
from applications.models import ConsentCheck, HelpConsent
from applications.queries import assisting
from kernel.models import EventRow
from notifications.models import Message
from tests.accounts import people
from tests.applications import world
from tests.applications.assisted.world import (
    agreed,
    agreed_on_paper,
    begin,
    client,
    helper,
    revoke,
    send_in,
)
from tests.applications.packing import FAR, HOME
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEXT_MONTH = (NOON.replace(day=1) + 40 * DAY).replace(day=10)
JULY = (date(NOON.year, NOON.month, 1), (NOON.replace(day=1) + 32 * DAY).date().replace(day=1))


@pytest.fixture
def chantal(house):
    return helper(HOME, "case.receive", display_name="Chantal")


@pytest.fixture
def supervisor(house):
    return helper(HOME, "case.supervise", display_name="Solange")


def told(event):
    return event.from_payload(EventRow.objects.get(name=event.name).payload)


def counted():
    return [
        (one.office_id, one.by_self, one.assisted, one.undeclared)
        for one in queries.shares(since=JULY[0], until=JULY[1])
    ]


def apply_alone(phone, times, *, at=NOON):
    for _ in range(times):
        citizen = people.citizen(phone=phone)
        world.submit(citizen, world.draft(citizen), at=at)


# --- self and assisted ------------------------------------------------------------------------


def test_alone_and_assisted_are_counted_by_office_and_month(esther, rose, uwase):
    world.submit(uwase, world.draft(uwase))
    send_in(agreed(esther, rose), esther)
    world.draft(uwase)
    assert counted() == [(world.office_id(), 1, 1, 0)]


def test_a_family_on_one_phone_is_alone_and_a_crowd_is_not(house, supervisor):
    apply_alone("+250780555001", 5)
    assert counted() == [(world.office_id(), 5, 0, 0)]
    assert queries.recurring_phones(account_id=supervisor, at=NOON) == []
    apply_alone("+250780555001", 1)
    assert counted() == [(world.office_id(), 0, 0, 6)]


def test_many_within_a_year_but_few_within_a_month_are_alone(house):
    apply_alone("+250780555001", 3, at=NOON - 31 * DAY)
    apply_alone("+250780555001", 3)
    assert counted() == [(world.office_id(), 3, 0, 0)]


def test_her_supervisor_sees_the_phone_in_part_and_no_other_does(house, supervisor):
    apply_alone("+250780555042", 6)
    [found] = queries.recurring_phones(account_id=supervisor, at=NOON)
    assert (found.office_id, found.persons, found.masked) == (world.office_id(), 6, "•••• 42")
    far = helper(FAR, "case.supervise")
    assert queries.recurring_phones(account_id=far, at=NOON) == []


# --- slips looked at again --------------------------------------------------------------------


def test_of_few_slips_three_are_drawn_the_same_for_everybody(esther, chantal, supervisor):
    for _ in range(4):
        agreed_on_paper(esther, client(), chantal)
    drawn = assisting.sample(account_id=supervisor, at=NEXT_MONTH)
    assert len(drawn) == 3
    other = helper(HOME, "case.supervise")
    assert assisting.sample(account_id=other, at=NEXT_MONTH + DAY) == drawn
    assert assisting.sample(account_id=supervisor, at=NOON) == []
    assert assisting.sample(account_id=helper(FAR, "case.supervise"), at=NEXT_MONTH) == []


def test_a_supervisor_says_once_what_she_found(esther, rose, chantal, supervisor):
    agreed_on_paper(esther, rose, chantal)
    consent = HelpConsent.objects.get()

    def check(outcome, by_id=supervisor, at=NEXT_MONTH):
        operations.check_slip(consent_id=consent.pk, by_id=by_id, outcome=outcome, at=at)

    with pytest.raises(operations.NoSuchConsent):
        check("good", at=NOON)
    with pytest.raises(operations.NoSuchConsent):
        check("fine")
    check("doubtful")
    check("good")
    assert ConsentCheck.objects.get().outcome == "doubtful"


def test_nobody_checks_what_she_helped_with_or_witnessed(esther, rose):
    both = helper(HOME, "case.supervise", "case.receive")
    agreed_on_paper(esther, rose, both)
    consent = HelpConsent.objects.get()
    with pytest.raises(operations.WitnessIsHelper):
        operations.check_slip(consent_id=consent.pk, by_id=both, outcome="good", at=NEXT_MONTH)
    for one in (both, esther):
        with pytest.raises(IntegrityError, match="checked by another"), transaction.atomic():
            ConsentCheck.objects.create(consent=consent, outcome="good", by_id=one, at=NEXT_MONTH)


# --- both are told ----------------------------------------------------------------------------


def test_her_phone_asks_for_consent_with_helper_and_fee_and_no_service(esther, rose):
    begin_ = begin(esther, rose, fee_minor=1500)
    operations.ask_consent_code(
        consent_id=begin_.pk, helper_id=esther, binding="b", address="::1", at=NOON
    )
    messages.send_code(told(CodeRequested), NOON)
    message = Message.objects.get()
    assert message.template == "consent"
    body = message.body
    assert "1,500 RWF" in body
    assert "only if you agree" in body
    assert "irth" not in body
    assert "Rose" not in body


def test_she_is_told_who_helps_and_that_it_ended(esther, rose):
    case = agreed(esther, rose)
    revoke(case)
    messages.tell_helped(told(ConsentGiven), NOON)
    messages.tell_help_ended(told(ConsentRevoked), NOON)
    assert sorted(Message.objects.values_list("template", flat=True)) == ["help_ended", "helped"]
    assert {one.contact_id for one in Message.objects.all()} == {case.contact_id}
