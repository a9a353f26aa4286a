import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from kernel import references
from payments import ledger
from payments.gateways.prompt import Failure
from payments.models import Bill, PaymentAttempt, Rail
from payments.operations import billing, prompting
from payments.operations.asking_after import SUCCESS_UNREADABLE
from payments.operations.ringing import BY_ADDRESS, BY_NUMBER, BY_VISITOR
from payments.pages import ticket as tickets
from payments.states import AttemptState
from tests.accounts.people import citizen
from tests.payments.prompts import PHONE, RAIL, attempt, bill, contract_with, mtn_rail
from tests.payments.world import fee, make_world, post, telling

pytestmark = pytest.mark.django_db

NOBODY_LISTENS = "http://127.0.0.1:9"
OWN_PHONE = "+250788000444"


@pytest.fixture(autouse=True)
def rail(settings) -> Iterator[Rail]:
    settings.GATEWAYS = contract_with(NOBODY_LISTENS)
    settings.LANGUAGE_CODE = "en"
    return mtn_rail()


def page(issued) -> str:
    return reverse("payments:pay", args=[issued.key])


def press(client: Client, issued, **fields: str):
    return client.post(reverse("payments:prompt", args=[issued.key]), {"rail": RAIL, **fields})


def look(client: Client, issued) -> str:
    answer = client.get(page(issued))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def ask(issued) -> int:
    now = timezone.now()
    return prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=now)


def sign_in(client: Client, phone: str = OWN_PHONE) -> None:
    client.force_login(Account.objects.get(pk=citizen(phone=phone).account_id))


# --- the ticket


def test_the_ticket_shows_what_survives_a_trip_to_another_phone(client):
    issued = bill(amount_minor=1500, at=timezone.now())
    shown = look(client, issued)
    assert references.spaced(issued.reference) in shown
    assert references.spaced(references.rf(issued.reference)) in shown
    assert "1,500 RWF" in shown
    assert "Gasabo District" in shown
    assert "Ministerial Order of 2025, article 4" in shown
    assert "<title>Pay 1,500 RWF · Guichet</title>" in shown


def test_a_fee_without_a_checked_law_says_so_and_a_checked_one_does_not(client):
    now = timezone.now()
    assert "legal source not yet checked" in look(client, bill(at=now, checked=False))
    assert "legal source not yet checked" not in look(client, bill(at=now, checked=True))


def test_the_page_speaks_the_readers_language_and_marks_what_it_cannot_say_in_it(client):
    issued = bill(at=timezone.now())
    client.cookies["language"] = "fr"
    shown = look(client, issued)
    assert "Acte de naissance 1" in shown
    assert '<ol lang="en">' in shown  # The steps of this rail are told in English only.


def test_a_key_that_nobody_made_finds_nothing(client):
    assert client.get(reverse("payments:pay", args=[uuid4()])).status_code == 404
    assert client.get(reverse("payments:status", args=[uuid4()])).status_code == 404
    assert client.post(reverse("payments:prompt", args=[uuid4()])).status_code == 404


def test_a_reference_opens_no_page(client):
    issued = bill(at=timezone.now())
    assert client.get(f"/pay/{issued.reference}/").status_code == 404


def test_the_page_is_never_kept_by_a_cache(client):
    assert "no-store" in client.get(page(bill(at=timezone.now())))["Cache-Control"]


@pytest.mark.parametrize("lines", [1, 8])
def test_a_long_bill_costs_no_more_queries_than_a_short_one(
    client, lines, django_assert_num_queries
):
    issued = bill(at=timezone.now(), lines=lines)
    for position in range(lines):
        mtn_rail(code=f"other-{position}", kind="bycontract", position=position)
    with django_assert_num_queries(6):
        client.get(page(issued))


def test_the_ways_without_a_contract_or_out_of_use_are_not_shown(client, settings):
    issued = bill(at=timezone.now())
    rails = settings.GATEWAYS["rails"]
    for code in ("asleep", "abroad", "bank"):
        rails = {**rails, code: {"kind": "bycontract", "rail_code": code, "secret": ["s"]}}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": rails}
    mtn_rail(code="no-contract", names={"en": "Nobody's Money"})
    mtn_rail(code="asleep", names={"en": "Sleeping Bank"}, kind="bycontract", active=False)
    mtn_rail(code="abroad", names={"en": "Foreign Bank"}, kind="bycontract", currency="KES")
    mtn_rail(code="bank", names={"en": "Good Bank"}, kind="bycontract")
    shown = look(client, issued)
    assert "Good Bank" in shown
    assert f"Enter {references.spaced(issued.reference)}." in shown.replace("\xa0", " ")
    for hidden in ("Nobody's Money", "Sleeping Bank", "Foreign Bank"):
        assert hidden not in shown


# --- asking a phone


def test_a_typed_number_is_asked(client):
    issued = bill(at=timezone.now())
    answer = press(client, issued, phone=PHONE)
    assert (answer.status_code, answer["Location"]) == (302, page(issued) + "#now")
    assert PaymentAttempt.objects.get().bill_id == issued.id
    shown = look(client, issued)
    assert "Asking 078 ••• ••01" in shown
    assert "Send the request to this phone" not in shown  # Nobody is to pay twice.


def test_her_own_number_is_one_press_and_is_masked(client):
    sign_in(client)
    issued = bill(at=timezone.now())
    shown = look(client, issued)
    assert "Send the request to my phone 078 ••• ••44" in shown
    assert "788000444" not in shown.replace(" ", "")
    press(client, issued, mine="1")
    assert attempt(PaymentAttempt.objects.get().pk).phone == OWN_PHONE


@pytest.mark.parametrize("signed_in", [True, False])
def test_of_several_networks_that_can_ask_one_button_stands_out(client, settings, signed_in):
    rails = settings.GATEWAYS["rails"] | contract_with(NOBODY_LISTENS, "another")["rails"]
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": rails}
    mtn_rail(code="another", names={"en": "Another Money"}, position=2)
    if signed_in:
        sign_in(client)
    shown = look(client, bill(at=timezone.now()))
    buttons = re.findall(r"<button ([^>]*)>Send the request", shown)
    assert len(buttons) >= 2
    assert [("ghost" in one) for one in buttons].count(False) == 1


def test_nobody_elses_number_is_offered_to_who_has_the_address(client):
    issued = bill(at=timezone.now())
    ask(issued)
    assert "Send the request to my phone" not in look(client, issued)
    assert press(client, issued, mine="1").status_code == 422


def test_her_own_number_at_another_network_is_not_offered(client):
    sign_in(client, "+250722000444")
    assert "Send the request to my phone" not in look(client, bill(at=timezone.now()))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the number of the phone that pays."),
        ("12", "This is not a mobile number of this country."),
        ("0722 000 101", "This number belongs to another network."),
        ("<script>alert(1)</script>", "This is not a mobile number of this country."),
        ("'; DROP TABLE payments_bill; --", "This is not a mobile number of this country."),
        ("\u202e101000", "This is not a mobile number of this country."),
        ("☎️ call me", "This is not a mobile number of this country."),
        pytest.param("7" * 10_000, "at most 40 characters", id="ten thousand digits"),
        ("0788\x00000101", "Null characters are not allowed."),
    ],
)
def test_a_number_that_cannot_be_asked_is_said_and_kept_harmless(client, typed, said):
    issued = bill(at=timezone.now())
    answer = press(client, issued, phone=typed)
    raw = answer.content.decode()
    assert answer.status_code == 422
    assert said in unescape(raw)
    assert f'href="#{RAIL}-phone"' in raw
    assert f'id="{RAIL}-phone"' in raw
    assert "<script>alert" not in raw
    assert "<title>Error: " in raw
    assert not PaymentAttempt.objects.exists()


@pytest.mark.parametrize("rail_code", ["", "nobody", "<b>", "\0", "x" * 9_000, "bank-rw"])
def test_a_rail_that_cannot_ask_is_refused(client, rail_code):
    issued = bill(at=timezone.now())
    answer = press(client, issued, phone=PHONE, rail=rail_code)
    assert answer.status_code == 409
    assert "This network cannot ask a phone at the moment." in answer.content.decode()


def test_a_second_press_does_not_ask_twice(client):
    issued = bill(at=timezone.now())
    press(client, issued, phone=PHONE)
    second = press(client, issued, phone=PHONE)
    assert second.status_code == 409
    assert "Do not pay twice." in second.content.decode()
    assert PaymentAttempt.objects.count() == 1


def test_a_forged_form_from_another_site_asks_nobody():
    issued = bill(at=timezone.now())
    assert press(Client(enforce_csrf_checks=True), issued, phone=PHONE).status_code == 403
    assert not PaymentAttempt.objects.exists()


def test_a_visit_asks_nobody(client):
    issued = bill(at=timezone.now())
    answer = client.get(reverse("payments:prompt", args=[issued.key]), {"rail": RAIL, "mine": "1"})
    assert (answer.status_code, answer["Location"]) == (302, page(issued))
    assert not PaymentAttempt.objects.exists()


def test_another_language_after_a_mistake_leads_back_to_the_page_itself(client):
    issued = bill(at=timezone.now())
    shown = press(client, issued, phone="12").content.decode()
    assert f'name="next" value="{page(issued)}"' in shown


# --- how often


def decline_all() -> None:
    now = timezone.now()
    for attempt_id in prompting.claim_prompts(limit=4, now=now, until=now + timedelta(seconds=8)):
        prompting.record_failed(attempt_id=attempt_id, failure=Failure.DECLINED, at=now)


def ring(client: Client, **fields: str) -> int:
    """Press for a bill of its own, as if the phone said no at once; return the answer's status."""
    address = fields.pop("address", "198.51.100.7")
    status = client.post(
        reverse("payments:prompt", args=[bill(at=timezone.now()).key]),
        {"rail": RAIL, **fields},
        REMOTE_ADDR=address,
    ).status_code
    decline_all()
    return status


def numbers(count: int) -> list[str]:
    return [f"0788 {number:06d}" for number in range(200_100, 200_100 + count)]


def test_nobodys_phone_is_rung_by_many_bills_many_browsers_and_many_addresses():
    rung = [
        ring(Client(), phone=PHONE, address=f"198.51.100.{number}")
        for number in range(BY_NUMBER.times)
    ]
    assert rung == [302] * BY_NUMBER.times
    issued = bill(at=timezone.now())
    refused = press(Client(), issued, phone="+250 788 000 101")
    assert refused.status_code == 429
    said = unescape(refused.content.decode())
    assert "Phones have been asked too often. Wait an hour" in said
    assert references.spaced(issued.reference) in said
    assert PaymentAttempt.objects.count() == BY_NUMBER.times
    assert ring(Client(), phone=numbers(1)[0]) == 302  # Another's phone has its own budget.


def test_her_own_phone_has_the_same_budget(client):
    sign_in(client)
    rung = [ring(client, mine="1") for _ in range(BY_NUMBER.times + 1)]
    assert rung == [302] * BY_NUMBER.times + [429]


def test_one_browser_does_not_ring_a_whole_town(client):
    typed = numbers(BY_VISITOR.times + 1)
    rung = [
        ring(client, phone=phone, address=f"198.51.100.{place}")
        for place, phone in enumerate(typed)
    ]
    assert rung == [302] * BY_VISITOR.times + [429]


def test_one_account_does_not_ring_a_whole_town_from_many_browsers():
    account = Account.objects.get(pk=citizen(phone=OWN_PHONE).account_id)

    def browser() -> Client:
        client = Client()
        client.force_login(account)
        return client

    rung = [
        ring(browser(), phone=phone, address=f"198.51.100.{place}")
        for place, phone in enumerate(numbers(BY_VISITOR.times + 1))
    ]
    assert rung == [302] * BY_VISITOR.times + [429]


def test_one_address_does_not_ring_a_whole_town_from_many_browsers(settings):
    settings.PRODUCTION = True
    rung = [ring(Client(), phone=phone) for phone in numbers(BY_ADDRESS.times + 1)]
    assert rung == [302] * BY_ADDRESS.times + [429]


def test_what_rang_nobody_is_not_counted(client):
    issued = bill(at=timezone.now())
    press(client, issued, phone=PHONE)
    for _ in range(2 * BY_NUMBER.times):
        assert press(client, issued, phone=PHONE).status_code == 409  # It is being asked already.
        assert press(client, issued, phone="12").status_code == 422
    decline_all()
    assert press(client, issued, phone=PHONE).status_code == 302


def test_who_may_ring_no_more_uses_up_nobodys_budget(client):
    assert [ring(client, phone=phone) for phone in numbers(BY_VISITOR.times)][-1] == 302
    for _ in range(2 * BY_NUMBER.times):
        assert ring(client, phone=PHONE) == 429
    assert ring(Client(), phone=PHONE) == 302


# --- what has become of it


@pytest.mark.parametrize("failure", list(Failure))
def test_a_failure_is_said_in_her_words_and_she_may_try_again(client, failure):
    issued = bill(at=timezone.now())
    now = timezone.now()
    attempt_id = ask(issued)
    prompting.claim_prompts(limit=1, now=now, until=now + timedelta(seconds=8))
    prompting.record_failed(attempt_id=attempt_id, failure=failure, at=now)
    shown = look(client, issued)
    assert str(tickets.FAILURE_WORDS[failure]) in shown
    assert "Send the request to this phone" in shown


def test_a_yes_that_nobody_can_read_does_not_say_that_nothing_was_taken(client):
    issued = bill(at=timezone.now())
    now = timezone.now()
    attempt_id = ask(issued)
    prompting.claim_prompts(limit=1, now=now, until=now + timedelta(seconds=8))
    prompting.record_sent(attempt_id=attempt_id, at=now)
    PaymentAttempt.objects.filter(pk=attempt_id).update(
        state=AttemptState.FAILED, failure_reason=SUCCESS_UNREADABLE
    )

    shown = look(client, issued)

    assert "Do not pay again" in shown
    assert "Nothing has been taken" not in shown


def say_yes(attempt_id: int, external_id: str) -> None:
    now = timezone.now()
    prompting.claim_prompts(limit=1, now=now, until=now + timedelta(seconds=8))
    prompting.record_sent(attempt_id=attempt_id, at=now)
    asked = prompting.lock(attempt_id)
    asked.external_id = external_id
    prompting.end(asked, AttemptState.SUCCEEDED, failure=None, at=now)


def test_a_yes_that_waits_to_be_booked_asks_nobody_again(client, rail):
    issued = bill(at=timezone.now())
    say_yes(ask(issued), "T-yes")
    assert "The network has your payment." in look(client, issued)
    assert press(client, issued, phone=PHONE).status_code == 409


def test_a_yes_that_brought_too_little_leaves_a_way_to_pay_the_rest(client, rail):
    make_world()
    ledger.open_rail_accounts([(rail.pk, "RWF")])
    issued = bill(amount_minor=500, at=timezone.now())
    say_yes(ask(issued), "T-yes")
    post(telling(rail, issued.reference, 200, external_id="T-yes"), at=timezone.now())
    shown = look(client, issued)
    assert "The network has your payment." not in shown
    assert "Send the request to this phone" in shown


def test_an_unclear_prompt_says_not_to_pay_in_another_way(client):
    issued = bill(at=timezone.now())
    now = timezone.now()
    attempt_id = ask(issued)
    prompting.claim_prompts(limit=1, now=now, until=now + timedelta(seconds=8))
    prompting.record_unknown(attempt_id=attempt_id, at=now)
    shown = look(client, issued)
    assert "Do not pay in another way until this page says more" in shown
    assert "Send the request to this phone" not in shown


def test_a_paid_bill_says_so_and_leads_on(client):
    issued = bill(at=timezone.now())
    post(telling(make_world().bank, issued.reference, issued.total_minor), at=timezone.now())
    shown = look(client, issued)
    assert "<h1>It is paid</h1>" in shown
    assert reverse("applications:mine") in shown
    assert "Send the request to this phone" not in shown
    assert "data-live-url" not in shown


def test_a_part_paid_bill_asks_for_the_rest(client):
    issued = bill(amount_minor=500, at=timezone.now())
    post(telling(make_world().bank, issued.reference, 200), at=timezone.now())
    shown = look(client, issued)
    assert "Still to pay" in shown
    assert "<title>Pay 300 RWF" in shown
    press(client, issued, phone=PHONE)
    assert PaymentAttempt.objects.get().amount_minor == 300


def test_a_bill_whose_time_has_passed_asks_for_nothing_before_the_sweep_has_come(client):
    issued = bill(at=timezone.now() - timedelta(days=6))
    assert Bill.objects.get(pk=issued.id).state == "OPEN"
    shown = look(client, issued)
    assert "This reference has expired" in shown
    assert "Send the request to this phone" not in shown
    assert press(client, issued, phone=PHONE).status_code == 409


def test_a_replaced_bill_leads_to_its_successor(client):
    issued = bill(at=timezone.now())
    new = billing.replace_bill(bill_id=issued.id, lines=[fee(300, to="gasabo")], at=timezone.now())
    shown = look(client, issued)
    assert "This reference has been replaced" in shown
    assert page(new) in shown
    assert "Send the request to this phone" not in shown


def test_a_cancelled_bill_asks_for_nothing(client):
    issued = bill(at=timezone.now())
    billing.cancel_bill(bill_id=issued.id, at=timezone.now())
    shown = look(client, issued)
    assert "Nothing is due any more." in shown
    assert "Send the request to this phone" not in shown


# --- the live status


def seen(issued, html: str) -> str:
    [url] = re.findall(r'data-live-url="([^"]+)"', html)
    assert url.startswith(reverse("payments:status", args=[issued.key]))
    return url


def test_the_status_tells_of_the_prompt_without_a_new_page(client):
    issued = bill(at=timezone.now())
    html = look(client, issued)
    [version] = re.findall(r'data-live-version="(\w+)"', html)
    url = seen(issued, html)
    before = client.get(url).json()
    assert (before["version"], before["over"]) == (version, False)

    ask(issued)
    after = client.get(url).json()
    assert after["version"] != version
    assert after["over"] is False
    assert "Asking 078" in after["html"]


def test_the_status_asks_for_a_new_page_once_money_has_come(client):
    issued = bill(at=timezone.now())
    url = seen(issued, look(client, issued))
    post(telling(make_world().bank, issued.reference, issued.total_minor), at=timezone.now())
    told = client.get(url).json()
    assert (told["over"], told["html"]) == (True, "")


def test_without_a_script_a_link_asks_again(client):
    issued = bill(at=timezone.now())
    ask(issued)
    assert re.search(rf'<a [^>]*href="{page(issued)}#now">Look again</a>', look(client, issued))


# --- people


def test_the_page_names_no_person_and_no_full_number(client):
    sign_in(client)
    issued = bill(at=timezone.now())
    ask(issued)
    shown = look(client, issued)
    assert "788000101" not in shown.replace(" ", "")
    assert "788000444" not in shown.replace(" ", "")


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+250788123412", "078 ••• ••12"), ("+254712345678", "071 ••• ••78")],
)
def test_a_masked_number_shows_its_start_and_its_end(phone, shown):
    assert tickets.masked(phone) == shown
