"""What became of a prompt: only the network's answer under our own token counts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from kernel.models import EventRow
from payments.models import Bill, InboundMessage, Inbox, Movement, PaymentAttempt, SuspenseItem
from payments.operations import asking_after, billing, prompting
from payments.posting import post_inbox
from tests.payments.mtn_server import Mtn, running
from tests.payments.prompts import PHONE, attempt, bill, contract_with
from tests.payments.world import fee, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
LEASE = 8 * SECOND
NOBODY_LISTENS = "http://127.0.0.1:9"
RAIL = "mtn-rw"


@pytest.fixture
def mtn(settings) -> Iterator[Mtn]:
    world = make_world()
    type(world.mtn).objects.filter(pk=world.mtn.pk).update(prefixes=["+25078"])
    with running() as server:
        settings.GATEWAYS = contract_with(server.base_url, RAIL)
        yield server


def clock_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def prompted(issued, *, at: datetime = NOON) -> int:
    """A prompt that the network has taken."""
    attempt_id = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=at)
    prompting.claim_prompts(limit=4, now=at, until=at + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(at))
    assert attempt(attempt_id).state == "PENDING"
    return attempt_id


def money(issued, **other: object) -> dict[str, object]:
    return {
        "financialTransactionId": "529186712",
        "externalId": issued.reference,
        "amount": str(issued.total_minor),
        "currency": "RWF",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000101"},
        "status": "SUCCESSFUL",
        **other,
    }


def ask_status(attempt_id: int, *, at: datetime = NOON + 5 * SECOND) -> PaymentAttempt:
    asking_after.ask_status(attempt_id=attempt_id, clock=clock_at(at))
    return attempt(attempt_id)


def claim(now: datetime) -> list[int]:
    return asking_after.claim_queries(limit=4, now=now, until=now + LEASE)


def state_of(issued) -> str:
    return Bill.objects.get(pk=issued.id).state


# --- success


def test_money_that_the_network_confirms_pays_the_bill(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = money(issued)
    paid = ask_status(attempt_id)
    assert (paid.state, paid.external_id, paid.next_query_at) == ("SUCCEEDED", "529186712", None)

    post_inbox(batch_max=10, now=NOON + 6 * SECOND)
    assert state_of(issued) == "PAID"
    assert Movement.objects.get().attempt_id == attempt_id


def test_until_a_yes_is_booked_nobody_is_asked_again_and_the_bill_stays_in_force(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = money(issued)
    assert ask_status(attempt_id).state == "SUCCEEDED"
    with pytest.raises(prompting.PromptUndecided):
        prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON + 6 * SECOND)
    with pytest.raises(billing.PhoneBeingAsked):
        billing.cancel_bill(bill_id=issued.id, at=NOON + 6 * SECOND)
    with pytest.raises(billing.PhoneBeingAsked):
        billing.replace_bill(bill_id=issued.id, lines=[fee(300)], at=NOON + 6 * SECOND)
    assert billing.expire_due(now=issued.expires_at, limit=10) == 0

    post_inbox(batch_max=10, now=NOON + 7 * SECOND)
    assert state_of(issued) == "PAID"


def test_a_yes_that_brought_too_little_lets_her_be_asked_for_the_rest(mtn):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    mtn.status_body = money(issued, amount="5")
    ask_status(attempt_id)
    post_inbox(batch_max=10, now=NOON + 6 * SECOND)
    rest = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON + 7 * SECOND)
    assert attempt(rest).amount_minor == 495


def test_the_networks_answer_is_kept_to_the_byte(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = json.dumps(money(issued), indent=3).encode()
    ask_status(attempt_id)
    kept = InboundMessage.objects.get()
    assert bytes(kept.body) == mtn.status_body
    assert (kept.kind, kept.auth, kept.rail_code) == ("mtn.status", "valid", RAIL)
    assert kept.external_hint == str(attempt(attempt_id).key)
    assert Inbox.objects.filter(message_id=kept.pk).exists()


def test_the_same_success_heard_twice_is_money_once(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = money(issued)
    ask_status(attempt_id)
    ask_status(attempt_id, at=NOON + 6 * SECOND)
    post_inbox(batch_max=10, now=NOON + 7 * SECOND)
    assert Movement.objects.count() == 1
    ended = EventRow.objects.filter(name="payments.prompt.ended", payload__subject_id=attempt_id)
    assert ended.count() == 1


def test_success_is_absorbing(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = money(issued)
    ask_status(attempt_id)
    mtn.status_body = {"status": "FAILED", "reason": "EXPIRED"}
    assert ask_status(attempt_id).state == "SUCCEEDED"
    assert asking_after.hint(rail_code=RAIL, key=attempt(attempt_id).key, at=NOON) is True
    assert claim(NOON + timedelta(hours=1)) == []


def test_a_late_success_beats_a_failure_told_before(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = {"status": "FAILED", "reason": "COULD_NOT_PERFORM_TRANSACTION"}
    assert ask_status(attempt_id).state == "FAILED"
    assert claim(NOON + timedelta(hours=1)) == []  # Nobody asks without a reason.

    mtn.status_body = money(issued)
    asking_after.hint(rail_code=RAIL, key=attempt(attempt_id).key, at=NOON + 60 * SECOND)
    assert claim(NOON + 60 * SECOND) == [attempt_id]
    assert ask_status(attempt_id, at=NOON + 61 * SECOND).state == "SUCCEEDED"


def test_the_payer_may_be_quicker_than_the_answer_to_our_own_call(mtn):
    issued = bill()
    attempt_id = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON)
    prompting.claim_prompts(limit=4, now=NOON, until=NOON + LEASE)
    mtn.status_body = money(issued)
    asking_after.hint(rail_code=RAIL, key=attempt(attempt_id).key, at=NOON)
    assert claim(NOON) == [attempt_id]
    assert ask_status(attempt_id).state == "SUCCEEDED"
    prompting.record_sent(attempt_id=attempt_id, at=NOON + 6 * SECOND)
    assert attempt(attempt_id).state == "SUCCEEDED"


def test_less_than_was_asked_does_not_pay_the_bill(mtn):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    mtn.status_body = money(issued, amount="5")
    ask_status(attempt_id)
    post_inbox(batch_max=10, now=NOON + 6 * SECOND)
    assert state_of(issued) == "PART_PAID"


def test_a_prompt_that_succeeds_after_the_bill_was_paid_elsewhere_is_kept_aside(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    post(telling(make_world().bank, issued.reference, issued.total_minor))
    mtn.status_body = money(issued)
    assert ask_status(attempt_id).state == "SUCCEEDED"
    post_inbox(batch_max=10, now=NOON + 6 * SECOND)
    assert state_of(issued) == "PAID"
    assert SuspenseItem.objects.get().reason == "ALREADY_PAID"


def test_a_success_that_cannot_be_read_is_kept_for_a_person_and_asked_for_again(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    mtn.status_body = money(issued, financialTransactionId="")
    waiting = ask_status(attempt_id)
    assert (waiting.state, waiting.failure_reason) == ("FAILED", "success_unreadable")
    assert waiting.next_query_at is not None
    assert InboundMessage.objects.count() == 1


# --- what decides nothing


def test_a_callback_that_the_status_contradicts_pays_nothing(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    # The callback said SUCCESSFUL; all it can do is make the question due.
    asking_after.hint(rail_code=RAIL, key=attempt(attempt_id).key, at=NOON + SECOND)
    mtn.status_body = {"status": "FAILED", "reason": {"code": "APPROVAL_REJECTED"}}
    [claimed] = claim(NOON + SECOND)
    failed = ask_status(claimed, at=NOON + 2 * SECOND)
    assert (failed.state, failed.failure_reason) == ("FAILED", "declined")
    post_inbox(batch_max=10, now=NOON + 3 * SECOND)
    assert state_of(issued) == "OPEN"
    assert not Movement.objects.exists()


def test_a_callback_makes_the_question_due_and_tells_of_it(mtn):
    attempt_id = prompted(bill())
    assert claim(NOON + SECOND) == []
    assert asking_after.hint(rail_code=RAIL, key=attempt(attempt_id).key, at=NOON + SECOND) is True
    assert claim(NOON + SECOND) == [attempt_id]
    assert EventRow.objects.filter(name="payments.prompt.status_query_due").count() == 1


def test_a_callback_for_a_prompt_that_we_never_made_is_told_so(mtn):
    assert asking_after.hint(rail_code=RAIL, key=uuid4(), at=NOON) is False
    assert not EventRow.objects.filter(name="payments.prompt.status_query_due").exists()


def test_a_network_that_is_gone_leaves_a_prompt_as_it_is(mtn, settings):
    attempt_id = prompted(bill())
    settings.GATEWAYS = contract_with(NOBODY_LISTENS, RAIL)
    for minutes in (1, 20, 600):
        assert ask_status(attempt_id, at=NOON + timedelta(minutes=minutes)).state == "PENDING"
    assert not InboundMessage.objects.exists()


def test_an_unclear_prompt_is_found_again_when_the_network_is_back(mtn):
    issued = bill()
    mtn.hangs_up = True
    attempt_id = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON)
    prompting.claim_prompts(limit=4, now=NOON, until=NOON + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=clock_at(NOON))
    assert ask_status(attempt_id).state == "UNKNOWN"
    mtn.hangs_up = False
    assert ask_status(attempt_id, at=NOON + 15 * SECOND).state == "PENDING"
    mtn.status_body = money(issued)
    assert ask_status(attempt_id, at=NOON + 30 * SECOND).state == "SUCCEEDED"
    assert len(mtn.prompts) == 1  # Asked after, never sent again.


def test_a_prompt_that_the_network_never_heard_of_fails_only_when_it_cannot_be_on_its_way(mtn):
    attempt_id = prompted(bill())
    mtn.status_status, mtn.status_body = 404, {"code": "RESOURCE_NOT_FOUND"}
    assert ask_status(attempt_id, at=NOON + 5 * SECOND).state == "PENDING"
    lost = ask_status(attempt_id, at=NOON + asking_after.ARRIVES_WITHIN)
    assert (lost.state, lost.failure_reason) == ("FAILED", "not_arrived")


# --- when


def test_questions_are_asked_less_and_less_often(mtn):
    attempt_id = prompted(bill())
    now, pauses = NOON + 5 * SECOND, []
    assert attempt(attempt_id).next_query_at == now
    for _ in range(5):
        due = ask_status(attempt_id, at=now).next_query_at
        pauses.append(int((due - now).total_seconds()))
        now = due
    assert pauses == [10, 20, 40, 80, 160]


def test_the_pause_never_grows_beyond_a_quarter_of_an_hour(mtn, settings):
    attempt_id = prompted(bill())
    settings.GATEWAYS = contract_with(NOBODY_LISTENS, RAIL)
    PaymentAttempt.objects.filter(pk=attempt_id).update(queries=31_999)
    for _ in range(3):
        due = ask_status(attempt_id).next_query_at
    assert due == NOON + 5 * SECOND + asking_after.LONGEST_PAUSE


def test_two_workers_do_not_ask_the_same_question(mtn):
    attempt_id = prompted(bill())
    due = NOON + 5 * SECOND
    assert claim(due) == [attempt_id]
    assert claim(due) == []
    assert claim(due + LEASE) == [attempt_id]  # The first worker died.


def test_a_prompt_that_nobody_answers_expires_and_she_may_try_again(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    later = NOON + asking_after.DECIDED_WITHIN
    expired = ask_status(attempt_id, at=later)
    assert (expired.state, expired.failure_reason) == ("EXPIRED", "not_answered")
    assert expired.next_query_at == later + 10 * SECOND  # Late news is still looked for.
    assert prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=later)


def test_late_news_of_an_expired_prompt_is_taken(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    ask_status(attempt_id, at=NOON + asking_after.DECIDED_WITHIN)
    mtn.status_body = money(issued)
    paid = ask_status(attempt_id, at=NOON + timedelta(hours=2))
    assert (paid.state, paid.failure_reason) == ("SUCCEEDED", "")


def test_an_expired_prompt_is_asked_after_for_a_day_and_no_longer(mtn):
    attempt_id = prompted(bill())
    ask_status(attempt_id, at=NOON + asking_after.DECIDED_WITHIN)
    assert ask_status(attempt_id, at=NOON + timedelta(hours=23)).next_query_at is not None
    assert ask_status(attempt_id, at=NOON + timedelta(hours=25)).next_query_at is None


def test_an_expired_prompt_that_is_told_to_have_failed_is_left_in_peace(mtn):
    attempt_id = prompted(bill())
    ask_status(attempt_id, at=NOON + asking_after.DECIDED_WITHIN)
    mtn.status_body = {"status": "FAILED", "reason": "EXPIRED"}
    told = ask_status(attempt_id, at=NOON + timedelta(hours=1))
    assert (told.state, told.next_query_at) == ("EXPIRED", None)


# --- a term that ends while a phone is asked


def test_a_term_that_ends_while_a_phone_is_asked_waits_for_the_answer(mtn):
    issued = bill()
    asked_at = issued.expires_at - 30 * SECOND
    attempt_id = prompted(issued, at=asked_at)
    after = issued.expires_at + 30 * SECOND
    assert billing.expire_due(now=after, limit=10) == 0

    mtn.status_body = money(issued)
    ask_status(attempt_id, at=after)
    post_inbox(batch_max=10, now=after)
    assert state_of(issued) == "PAID"
    assert billing.expire_due(now=after, limit=10) == 0


def test_a_no_after_the_term_lets_the_bill_expire(mtn):
    issued = bill()
    attempt_id = prompted(issued, at=issued.expires_at - 30 * SECOND)
    after = issued.expires_at + 30 * SECOND
    mtn.status_body = {"status": "FAILED", "reason": "APPROVAL_REJECTED"}
    ask_status(attempt_id, at=after)
    assert billing.expire_due(now=after, limit=10) == 1


def test_a_yes_that_is_heard_of_after_prompt_and_bill_have_expired_revives_the_bill(mtn):
    issued = bill()
    attempt_id = prompted(issued, at=issued.expires_at - 30 * SECOND)
    after = issued.expires_at + asking_after.DECIDED_WITHIN
    assert ask_status(attempt_id, at=after).state == "EXPIRED"
    assert billing.expire_due(now=after, limit=10) == 1

    mtn.status_body = money(issued)
    ask_status(attempt_id, at=after + timedelta(hours=1))
    post_inbox(batch_max=10, now=after + timedelta(hours=1))
    assert state_of(issued) == "PAID"


def test_a_prompt_whose_money_another_road_proved_has_succeeded(mtn):
    issued = bill()
    attempt_id = prompted(issued)
    rail = attempt(attempt_id).rail
    by_list = telling(rail, issued.reference, issued.total_minor, external_id="P1")
    answered = replace(by_list.told, attempt_key=attempt(attempt_id).key)
    post(replace(by_list, told=answered))

    asking_after.ask_status(attempt_id=attempt_id, clock=clock_at(NOON + 5 * SECOND))

    ended = attempt(attempt_id)
    assert (ended.state, ended.external_id, ended.next_query_at) == ("SUCCEEDED", "P1", None)


def test_a_network_that_never_answers_is_left_to_its_statement(mtn, settings):
    attempt_id = prompted(bill())
    settings.GATEWAYS = contract_with(NOBODY_LISTENS, RAIL)

    late = NOON + asking_after.LEFT_TO_STATEMENT
    asking_after.ask_status(attempt_id=attempt_id, clock=clock_at(late - SECOND))
    assert attempt(attempt_id).state == "PENDING"
    asking_after.ask_status(attempt_id=attempt_id, clock=clock_at(late))

    assert attempt(attempt_id).state == "EXPIRED"
    assert attempt(attempt_id).next_query_at is None
