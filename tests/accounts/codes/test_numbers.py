"""To whom a code is sent: nobody earns by having messages sent to numbers of his own."""

from datetime import timedelta

import phonenumbers
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from phonenumbers import PhoneNumberType

from accounts import numbers, pumping
from accounts import operations as accounts
from accounts.models import Budget, CodeTraffic, ContactPoint, OneTimeCode
from accounts.operations import budgets
from kernel import addresses
from kernel.models import EventRow
from tests.accounts.people import citizen
from tests.world import NOON

pytestmark = pytest.mark.django_db

SLOT = pumping.slot_of(NOON) - timedelta(minutes=10)
PUMPED = "+250788"


def ask(phone: str, at=NOON, address: str = "203.0.113.7") -> int:
    return accounts.request_code(
        phone=phone, purpose="sign_in", binding="mine", language="en", address=address, at=at
    )


def of_type(kind: int) -> list[str]:
    """Return an example number of this type for each region of the world that has one."""
    found = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    written = phonenumbers.PhoneNumberFormat.E164
    return [phonenumbers.format_number(number, written) for number in found if number]


@pytest.mark.parametrize(
    "kind",
    [
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.FIXED_LINE,
    ],
    ids=lambda kind: f"type-{kind}",
)
def test_a_number_that_pays_its_owner_is_served_nowhere(kind, settings):
    settings.CODE_COUNTRIES = tuple(phonenumbers.SUPPORTED_REGIONS)
    examples = of_type(kind)
    assert examples
    for phone in examples:
        # Some plans cannot tell a fixed line from a mobile: those say "either", and are served.
        told = phonenumbers.number_type(phonenumbers.parse(phone))
        if told == PhoneNumberType.FIXED_LINE_OR_MOBILE:
            continue
        with pytest.raises(numbers.NumberNotServed):
            numbers.region_of(phone)


@pytest.mark.parametrize(
    "phone",
    ["+250900123456", "+882161234567", "+12125550123", "+4479111234", "250788000101", "", "+", "x"],
)
def test_a_number_that_is_not_served_leaves_no_row(phone):
    with CaptureQueriesContext(connection) as asked, pytest.raises(numbers.NumberNotServed):
        ask(phone)
    assert len(asked) == 0
    for rows in (OneTimeCode, ContactPoint, Budget, CodeTraffic, EventRow):
        assert not rows.objects.exists()


def test_phones_of_another_country_are_served_where_the_installation_says_so(settings):
    abroad = "+25779561234"
    with pytest.raises(numbers.NumberNotServed):
        ask(abroad)
    settings.CODE_COUNTRIES = ("BI",)
    settings.ACCOUNTS_LIMITS = {"code.abroad": 1}
    assert ask(abroad)
    with pytest.raises(accounts.BudgetSpent, match=r"code\.abroad"):
        ask("+25771561234")
    assert ask("+250788000101")


def sent_and_used(sent: int, used: int, slot=SLOT, number_range: str = PUMPED) -> None:
    CodeTraffic.objects.create(number_range=number_range, slot_at=slot, sent=sent, used=used)


@pytest.mark.parametrize(
    ("sent", "used", "is_alarmed"),
    [(99, 0, False), (100, 0, True), (100, 19, True), (100, 20, False), (5_000, 999, True)],
)
def test_a_range_is_alarmed_where_enough_was_sent_and_too_little_typed(sent, used, is_alarmed):
    sent_and_used(sent, used)
    assert pumping.is_alarmed(PUMPED, at=NOON) == is_alarmed
    expected = [pumping.Alarm(PUMPED, sent, used)] if is_alarmed else []
    assert pumping.alarms(at=NOON) == expected


def test_codes_of_this_moment_and_of_long_ago_alarm_nobody():
    sent_and_used(500, 0, slot=pumping.slot_of(NOON))
    sent_and_used(500, 0, slot=pumping.slot_of(NOON) - timedelta(minutes=70))
    assert pumping.alarms(at=NOON) == []
    assert pumping.alarms(at=NOON + timedelta(minutes=10)) == [pumping.Alarm(PUMPED, 500, 0)]


def test_an_alarmed_range_gets_few_codes_and_the_others_as_ever(settings):
    settings.ACCOUNTS_LIMITS = {"code.alarmed": 2}
    sent_and_used(400, 3)
    assert ask("+250788000101")
    assert ask("+250788999102")
    with pytest.raises(accounts.BudgetSpent, match=r"code\.alarmed"):
        ask("+250788500103")
    assert ask("+250783000104")
    # When people of the range type their codes again, the alarm is over.
    CodeTraffic.objects.filter(sent=400).update(used=100)
    assert ask("+250788500105")


def test_codes_are_counted_when_sent_and_when_typed_in_the_slot_that_sent_them():
    code_id = ask("+250788000101", at=NOON + timedelta(minutes=9))
    ask("+250788000102", at=NOON)
    digits = accounts.mint_code(code_id=code_id, at=NOON + timedelta(minutes=10))
    accounts.check_code(
        code_id=code_id, typed=digits, binding="mine", at=NOON + timedelta(minutes=12)
    )
    row = CodeTraffic.objects.get()
    assert (row.number_range, row.sent, row.used) == (PUMPED, 2, 1)
    assert row.slot_at == pumping.slot_of(NOON)


def test_the_waits_between_codes_that_nobody_types_grow_to_a_quarter_of_an_hour():
    at = NOON
    for minutes in (1, 2, 4, 8, 16, 16):
        budgets.wait("tests.wait", "key", first=timedelta(minutes=1), doublings_max=5, at=at)
        due = at + timedelta(minutes=minutes)
        with pytest.raises(accounts.BudgetSpent) as spent:
            budgets.wait(
                "tests.wait",
                "key",
                first=timedelta(minutes=1),
                doublings_max=5,
                at=due - timedelta(seconds=1),
            )
        assert spent.value.again_at == due
        at = due


def test_who_is_refused_for_a_moment_loses_none_of_the_hours_codes():
    ask("+250788000101")
    for second in range(1, 20):
        with pytest.raises(accounts.BudgetSpent, match=r"code\.wait"):
            ask("+250788000101", at=NOON + timedelta(seconds=second))
    for minute in (1, 3, 7, 15):
        assert ask("+250788000101", at=NOON + timedelta(minutes=minute))


def test_who_types_her_code_waits_for_none():
    her = citizen(phone="+250788000101")
    code_id = ask(her.phone)
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    accounts.check_code(code_id=code_id, typed=digits, binding="mine", at=NOON)
    assert accounts.again_at(phone=her.phone, at=NOON) == NOON
    assert ask(her.phone)
    assert accounts.again_at(phone=her.phone, at=NOON) == NOON + timedelta(minutes=1)


def test_a_clock_that_is_set_back_gives_no_code_more_and_locks_nobody_out(settings):
    settings.ACCOUNTS_LIMITS = {"code.number": 3}
    ahead = NOON + timedelta(hours=9)
    for minute in (0, 1):
        ask("+250788000101", at=ahead + timedelta(minutes=minute))
    # The hour's budget goes on counting; the growing wait does not hold for nine hours.
    assert ask("+250788000101", at=NOON)
    with pytest.raises(accounts.BudgetSpent, match=r"code\.number"):
        ask("+250788000101", at=NOON + timedelta(minutes=30))


def test_every_address_of_one_subscriber_is_one_address(rf):
    one = addresses.address(rf.get("/", REMOTE_ADDR="2001:db8:1:2::1"))
    other = addresses.address(rf.get("/", REMOTE_ADDR="2001:db8:1:2:ffff:ffff:ffff:ffff"))
    neighbour = addresses.address(rf.get("/", REMOTE_ADDR="2001:db8:1:3::1"))
    assert one == other
    assert one != neighbour
