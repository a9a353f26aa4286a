from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.models import EventRow
from payments.gateways.prompt import Failure
from payments.models import PaymentAttempt
from payments.operations import billing, prompting
from tests.payments.mtn_server import Mtn, running
from tests.payments.prompts import PHONE, PHONE_E164, RAIL, attempt, bill, contract_with, mtn_rail
from tests.payments.world import fee, make_world, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
LEASE = 8 * SECOND
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def mtn(settings) -> Iterator[Mtn]:
    with running() as server:
        settings.GATEWAYS = contract_with(server.base_url)
        yield server


@pytest.fixture
def rail():
    return mtn_rail()


def ask(bill_id: int, *, phone: str = PHONE, rail_code: str = RAIL, at: datetime = NOON) -> int:
    return prompting.ask(bill_id=bill_id, rail_code=rail_code, phone=phone, at=at)


def claim(now: datetime = NOON, limit: int = 4) -> list[int]:
    return prompting.claim_prompts(limit=limit, now=now, until=now + LEASE)


def clock_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def news_of(attempt_id: int) -> list[str]:
    rows = EventRow.objects.filter(
        name__startswith="payments.prompt.", payload__subject_id=attempt_id
    )
    return list(rows.order_by("pk").values_list("name", flat=True))


# --- asking


def test_a_payer_is_asked_for_what_is_due(mtn, rail):
    issued = bill(amount_minor=500, lines=2)
    attempt_id = ask(issued.id)
    asked = attempt(attempt_id)
    assert (asked.state, asked.amount_minor, asked.currency) == ("CREATED", 1000, "RWF")
    assert asked.phone == PHONE_E164
    assert news_of(attempt_id) == ["payments.prompt.asked"]


@pytest.mark.parametrize("typed", ["+250788000101", "250788000101", "0788-000-101", " 788 000 101"])
def test_a_number_is_understood_as_people_type_it(rail, typed):
    assert prompting.payer_phone(typed, prefixes=["+25078"]) == PHONE_E164


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12",
        "0788",
        "+44 20 7946 0000",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        pytest.param("9" * 10_000, id="ten thousand digits"),
        "٠٧٨٨٠٠٠١٠",
        "\u202e0788000101\u202c0",
        "☎️☎️☎️",
        "\x00",
    ],
)
def test_what_is_no_number_of_this_country_is_refused(mtn, rail, typed):
    issued = bill()
    with pytest.raises(prompting.NotAPhone):
        ask(issued.id, phone=typed)
    assert not PaymentAttempt.objects.exists()


def test_a_number_of_another_network_is_refused(mtn, rail):
    issued = bill()
    with pytest.raises(prompting.OtherNetwork):
        ask(issued.id, phone="0722 000 101")


def test_the_database_never_sees_the_number(mtn, rail):
    attempt_id = ask(bill().id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM payments_payment_attempt WHERE id = %s", [attempt_id])
        assert b"788000101" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("state", ["PAID", "CANCELLED", "EXPIRED"])
def test_a_bill_that_is_closed_prompts_nobody(mtn, rail, state):
    issued = bill()
    match state:
        case "PAID":
            post(telling(make_world().bank, issued.reference, issued.total_minor))
        case "CANCELLED":
            billing.cancel_bill(bill_id=issued.id, at=NOON)
        case "EXPIRED":
            billing.expire_due(now=issued.expires_at, limit=1)
    assert state_of(issued)[0] == state
    with pytest.raises(prompting.BillNotPayable):
        ask(issued.id)


def test_a_bill_whose_time_has_just_passed_prompts_nobody(mtn, rail):
    issued = bill()
    with pytest.raises(prompting.BillNotPayable):
        ask(issued.id, at=issued.expires_at)


def test_a_rail_without_a_contract_or_out_of_use_prompts_nobody(mtn):
    issued = bill()
    with pytest.raises(prompting.RailCannotPrompt):
        ask(issued.id)  # There is no such rail.
    mtn_rail(active=False)
    with pytest.raises(prompting.RailCannotPrompt):
        ask(issued.id)
    mtn_rail(code="other", currency="KES")
    with pytest.raises(prompting.RailCannotPrompt):
        ask(issued.id, rail_code="other")
    mtn_rail(code="no-contract")
    with pytest.raises(prompting.RailCannotPrompt):
        ask(issued.id, rail_code="no-contract")


@pytest.mark.parametrize("state", ["CREATED", "SENDING", "PENDING", "UNKNOWN"])
def test_while_a_prompt_is_undecided_no_second_one_is_asked_for(mtn, rail, state):
    issued = bill()
    walk(ask(issued.id), state)
    with pytest.raises(prompting.PromptUndecided):
        ask(issued.id)


def test_after_a_failed_prompt_she_may_try_again(mtn, rail):
    issued = bill()
    first = ask(issued.id)
    walk(first, "SENDING")
    prompting.record_failed(attempt_id=first, failure=Failure.DECLINED, at=NOON)
    assert ask(issued.id) != first


def test_a_reference_rings_nobodys_phone_all_day(mtn, rail):
    issued = bill()
    for _ in range(prompting.PROMPTS_PER_BILL_MAX):
        attempt_id = ask(issued.id)
        walk(attempt_id, "SENDING")
        prompting.record_failed(attempt_id=attempt_id, failure=Failure.DECLINED, at=NOON)
    with pytest.raises(prompting.TooManyPrompts):
        ask(issued.id)
    assert ask(issued.id, at=NOON + prompting.PROMPTS_WINDOW)


def test_the_database_too_refuses_a_second_live_prompt(mtn, rail):
    attempt_id = ask(bill().id)
    twin = attempt(attempt_id)
    twin.pk, twin.key = None, "7c0c3a55-94a9-4a8e-8d8c-0c8f2a6b1d11"
    with pytest.raises(IntegrityError, match="attempt_one_waiting_per_bill"), transaction.atomic():
        twin.save(force_insert=True)


# --- sending, once


def walk(attempt_id: int, state: str) -> None:
    """Bring a fresh attempt to a state by the operations themselves."""
    if state == "CREATED":
        return
    assert attempt_id in claim()
    if state == "PENDING":
        prompting.record_sent(attempt_id=attempt_id, at=NOON)
    elif state == "UNKNOWN":
        prompting.record_unknown(attempt_id=attempt_id, at=NOON)


def test_a_claimed_prompt_is_claimed_by_nobody_else(mtn, rail):
    attempt_id = ask(bill().id)
    assert claim() == [attempt_id]
    assert claim() == []
    assert attempt(attempt_id).state == "SENDING"


def test_a_claim_takes_no_more_than_its_limit(mtn, rail):
    for _ in range(3):
        ask(bill().id)
    assert len(claim(limit=2)) == 2


def test_a_prompt_reaches_the_network_and_waits_for_the_payer(mtn, rail):
    issued = bill()
    attempt_id = ask(issued.id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON + SECOND))
    sent = attempt(attempt_id)
    assert sent.state == "PENDING"
    assert sent.next_query_at == NOON + 6 * SECOND
    [call] = mtn.prompts
    assert call["headers"]["X-Reference-Id"] == str(sent.key)
    assert issued.reference.encode() in call["body"]
    assert news_of(attempt_id)[-1] == "payments.prompt.sent"


def test_a_prompt_is_sent_once_however_often_the_errand_runs(mtn, rail):
    attempt_id = ask(bill().id)
    claim()
    for _ in range(3):
        prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON + SECOND))
    assert len(mtn.prompts) == 1


def test_a_prompt_whose_lease_has_run_out_is_not_sent_by_its_late_worker(mtn, rail):
    attempt_id = ask(bill().id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON + LEASE))
    assert mtn.prompts == []
    assert attempt(attempt_id).state == "SENDING"


def test_a_sending_that_outlives_its_time_is_asked_after_and_never_claimed_again(mtn, rail):
    attempt_id = ask(bill().id)
    claim()
    much_later = NOON + timedelta(minutes=1)
    assert claim(now=much_later) == []
    lost = attempt(attempt_id)
    assert (lost.state, lost.lease_until) == ("UNKNOWN", None)
    assert lost.next_query_at == much_later + prompting.FIRST_QUERY_AFTER


def test_the_last_of_a_batch_has_the_time_that_those_before_it_take(mtn, rail):
    claimed = [ask(bill().id) for _ in range(3)]
    claim()
    leases = [attempt(attempt_id).lease_until for attempt_id in claimed]
    assert leases == [NOON + LEASE + place * prompting.CALL_TIME for place in range(3)]


def test_what_the_network_refuses_has_failed_with_a_reason(mtn, rail):
    mtn.pay_status, mtn.pay_body = 400, {"code": "PAYER_NOT_FOUND"}
    attempt_id = ask(bill().id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON))
    failed = attempt(attempt_id)
    assert (failed.state, failed.failure_reason) == ("FAILED", "not_a_customer")
    assert failed.ended_at == NOON
    assert news_of(attempt_id)[-1] == "payments.prompt.ended"


def test_a_network_that_is_gone_leaves_the_prompt_open_and_not_failed(rail, settings):
    settings.GATEWAYS = contract_with(NOBODY_LISTENS)
    attempt_id = ask(bill().id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON))
    assert attempt(attempt_id).state == "CREATED"
    assert claim(now=NOON + SECOND) == []  # Not in a hot loop.
    assert claim(now=NOON + prompting.AGAIN_AFTER) == [attempt_id]


def test_a_prompt_goes_out_when_the_network_is_back(mtn, rail, settings):
    there = settings.GATEWAYS
    settings.GATEWAYS = contract_with(NOBODY_LISTENS)
    attempt_id = ask(bill().id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON))
    settings.GATEWAYS = there
    later = NOON + prompting.AGAIN_AFTER
    claim(now=later)
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(later))
    assert attempt(attempt_id).state == "PENDING"
    assert len(mtn.prompts) == 1


def test_nobody_is_prompted_long_after_she_asked(mtn, rail):
    attempt_id = ask(bill().id)
    later = NOON + prompting.LEAVES_WITHIN
    assert claim(now=later) == []
    gone = attempt(attempt_id)
    assert (gone.state, gone.failure_reason) == ("EXPIRED", "not_reached")


def test_an_answer_that_was_lost_leaves_the_prompt_unknown(mtn, rail):
    mtn.hangs_up = True
    attempt_id = ask(bill().id)
    claim()
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON))
    assert attempt(attempt_id).state == "UNKNOWN"
    assert claim(now=NOON + timedelta(minutes=2)) == []


def test_a_handle_that_no_table_can_hold_breaks_nothing(mtn, rail):
    attempt_id = ask(bill().id)
    claim()
    prompting.record_sent(attempt_id=attempt_id, handle="ws_CO_\ud800\0", at=NOON)
    assert attempt(attempt_id).state == "PENDING"
    assert attempt(attempt_id).handle == "ws_CO_?"


def test_a_late_answer_to_our_call_does_not_undo_what_is_known_since(mtn, rail):
    attempt_id = ask(bill().id)
    walk(attempt_id, "UNKNOWN")
    prompting.record_not_sent(attempt_id=attempt_id, at=NOON)
    assert attempt(attempt_id).state == "UNKNOWN"
    prompting.record_sent(attempt_id=attempt_id, at=NOON)
    prompting.record_unknown(attempt_id=attempt_id, at=NOON)
    assert attempt(attempt_id).state == "PENDING"
    prompting.record_failed(attempt_id=attempt_id, failure=Failure.DECLINED, at=NOON)
    prompting.record_sent(attempt_id=attempt_id, at=NOON)
    prompting.record_failed(attempt_id=attempt_id, failure=Failure.NOT_ARRIVED, at=NOON)
    assert attempt(attempt_id).failure_reason == "declined"


# --- a prompt that came too late


def bank_pays(issued, amount_minor: int) -> None:
    post(telling(make_world().bank, issued.reference, amount_minor))


def test_a_bill_that_was_paid_while_its_prompt_waited_rings_nobody(mtn, rail):
    issued = bill()
    attempt_id = ask(issued.id)
    bank_pays(issued, issued.total_minor)
    assert claim() == []
    late = attempt(attempt_id)
    assert (late.state, late.failure_reason, late.ended_at) == ("EXPIRED", "overtaken", NOON)
    assert news_of(attempt_id)[-1] == "payments.prompt.ended"


def test_a_bill_that_was_paid_in_part_meanwhile_is_asked_for_anew_and_not_in_full(mtn, rail):
    issued = bill(amount_minor=500)
    whole = ask(issued.id)
    bank_pays(issued, 200)
    assert claim() == []
    assert attempt(whole).failure_reason == "overtaken"
    rest = ask(issued.id)
    assert claim() == [rest]
    assert attempt(rest).amount_minor == 300


def test_a_bill_whose_time_passes_while_its_prompt_waits_rings_nobody(mtn, rail):
    issued = bill()
    asked_at = issued.expires_at - SECOND
    attempt_id = ask(issued.id, at=asked_at)
    assert claim(now=issued.expires_at) == []
    assert attempt(attempt_id).state == "EXPIRED"


def test_what_is_overtaken_does_not_keep_the_others_waiting(mtn, rail):
    paid, open_bill = bill(), bill()
    overtaken, waiting = ask(paid.id), ask(open_bill.id)
    bank_pays(paid, paid.total_minor)
    assert claim() == [waiting]
    assert attempt(waiting).lease_until == NOON + LEASE
    assert attempt(overtaken).state == "EXPIRED"


def test_a_bill_that_is_paid_between_claim_and_call_rings_nobody(mtn, rail):
    issued = bill()
    attempt_id = ask(issued.id)
    claim()
    bank_pays(issued, issued.total_minor)
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON + SECOND))
    assert mtn.prompts == []
    claim(now=NOON + SECOND + prompting.AGAIN_AFTER)
    assert (attempt(attempt_id).state, attempt(attempt_id).failure_reason) == (
        "EXPIRED",
        "overtaken",
    )


# --- taking a bill out of force while its payer is asked


def replace(bill_id: int) -> None:
    billing.replace_bill(bill_id=bill_id, lines=[fee(300)], at=NOON)


def cancel(bill_id: int) -> None:
    billing.cancel_bill(bill_id=bill_id, at=NOON)


WAYS_OUT = pytest.mark.parametrize(
    ("take_out", "left"), [(cancel, "CANCELLED"), (replace, "REPLACED")]
)


@WAYS_OUT
def test_a_prompt_that_never_left_ends_with_its_bill(mtn, rail, take_out, left):
    issued = bill()
    make_world()
    attempt_id = ask(issued.id)
    take_out(issued.id)
    assert state_of(issued) == (left, 0)
    gone = attempt(attempt_id)
    assert (gone.state, gone.failure_reason) == ("EXPIRED", "overtaken")
    assert claim() == []


@WAYS_OUT
@pytest.mark.parametrize("state", ["SENDING", "PENDING", "UNKNOWN"])
def test_while_a_phone_may_be_asked_the_bill_stays_in_force(mtn, rail, take_out, left, state):
    issued = bill()
    make_world()
    attempt_id = ask(issued.id)
    walk(attempt_id, state)
    with pytest.raises(billing.PhoneBeingAsked):
        take_out(issued.id)
    assert state_of(issued) == ("OPEN", 0)
    assert attempt(attempt_id).state == state


@WAYS_OUT
def test_after_a_no_the_bill_can_be_taken_out_of_force(mtn, rail, take_out, left):
    issued = bill()
    make_world()
    attempt_id = ask(issued.id)
    walk(attempt_id, "PENDING")
    prompting.record_failed(attempt_id=attempt_id, failure=Failure.DECLINED, at=NOON)
    take_out(issued.id)
    assert state_of(issued) == (left, 0)
