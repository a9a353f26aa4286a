"""What we order from Daraja under the initiator's name, its list, and our addresses."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from payments.gateways.base import Asked
from payments.gateways.mpesa import VENDOR, registering
from payments.gateways.mpesa.balance import MpesaBalance
from payments.gateways.mpesa.inquiry import MpesaInquiries
from payments.gateways.mpesa.pull import MpesaPull
from payments.gateways.mpesa.registering import NotRegistered
from payments.gateways.mpesa.reversal import MpesaReversals
from payments.gateways.prompt import (
    NotSent,
    Refused,
    Unclear,
    Unreachable,
)
from payments.gateways.refund import RefundOrder
from tests.payments.daraja_server import TAKEN, Daraja, running
from tests.payments.mpesa_words import KEY, REFERENCE, SECRET, contract, page, row
from tests.world import NOON

NOBODY_LISTENS = "http://127.0.0.1:9"
ORDER = RefundOrder(
    key=KEY,
    movement_id="SKL51ZDR4F",
    attempt_key=None,
    amount_minor=500_00,
    movement_minor=500_00,
    currency="KES",
    reference=REFERENCE,
)


@pytest.fixture
def daraja() -> Iterator[Daraja]:
    with running() as server:
        yield server


def held(url: str, **other: Any) -> dict[str, Any]:
    # Tokens are shared by consumer key: each test is its own.
    return contract(url, consumer_key=str(uuid4()), **other)


def reversals(url: str) -> MpesaReversals:
    return MpesaReversals(rail_code="mpesa-ke", contract=held(url))


def inquiries(url: str) -> MpesaInquiries:
    return MpesaInquiries(rail_code="mpesa-ke", contract=held(url))


def error(code: str, message: str = "words") -> dict[str, str]:
    return {"requestId": "1", "errorCode": code, "errorMessage": message}


# --- asking about a receipt


def test_a_receipt_is_asked_after_under_the_initiators_name(daraja: Daraja) -> None:
    asked = inquiries(daraja.url).ask(external_id="SKL51ZDR4F", key=KEY)
    assert asked == Asked(handle=TAKEN["OriginatorConversationID"])
    assert daraja.asked[-1]["path"] == "/mpesa/transactionstatus/v1/query"
    base = f"https://guichet.example/callbacks/mpesa-ke/{SECRET}"
    assert daraja.said == {
        "Initiator": "guichet",
        "SecurityCredential": "credential",
        "CommandID": "TransactionStatusQuery",
        "TransactionID": "SKL51ZDR4F",
        "PartyA": "600966",
        "IdentifierType": "4",
        "ResultURL": f"{base}/result/inquiry/{KEY}",
        "QueueTimeOutURL": f"{base}/timeout/inquiry/{KEY}",
        "Remarks": "Status",
        "Occasion": "",
    }


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, error("400.002.02")),
        (500, error("500.003.02")),
        (200, {**TAKEN, "ResponseCode": "1"}),
        (200, {"ResponseCode": "0"}),
        (200, b"<html>"),
    ],
)
def test_a_question_that_was_not_taken_is_asked_again(
    daraja: Daraja, status: int, words: object
) -> None:
    daraja.status, daraja.words = status, words
    with pytest.raises(Unreachable):
        inquiries(daraja.url).ask(external_id="SKL51ZDR4F", key=KEY)


def test_the_balance_comes_by_the_other_road(daraja: Daraja) -> None:
    gateway = MpesaBalance(rail_code="mpesa-ke", contract=held(daraja.url))
    assert gateway.balance(key=KEY).handle == TAKEN["OriginatorConversationID"]
    assert daraja.said["CommandID"] == "AccountBalance"
    assert daraja.said["ResultURL"].endswith(f"/result/balance/{KEY}")
    daraja.status = 500
    with pytest.raises(Unreachable):
        gateway.balance(key=KEY)


# --- paying back


def test_a_refund_reverses_the_whole_payment(daraja: Daraja) -> None:
    assert reversals(daraja.url).send(ORDER) == TAKEN["OriginatorConversationID"]
    assert daraja.asked[-1]["path"] == "/mpesa/reversal/v1/request"
    told = daraja.said
    assert (told["CommandID"], told["TransactionID"]) == ("TransactionReversal", "SKL51ZDR4F")
    assert (told["Amount"], told["ReceiverParty"]) == ("500", "600966")
    assert told["RecieverIdentifierType"] == "11"  # Their spelling.
    assert told["ResultURL"].endswith(f"/result/refund/{KEY}")


def test_a_part_is_not_sent_because_no_page_names_a_partial_reversal(daraja: Daraja) -> None:
    with pytest.raises(Refused):
        reversals(daraja.url).send(replace(ORDER, amount_minor=300_00))
    assert daraja.asked == []


def test_a_fraction_that_came_in_goes_back_as_it_came(daraja: Daraja) -> None:
    order = RefundOrder(
        key=KEY,
        movement_id="SKL51ZDR4F",
        attempt_key=None,
        amount_minor=500_05,
        movement_minor=500_05,
        currency="KES",
        reference="",
    )
    reversals(daraja.url).send(order)
    assert daraja.said["Amount"] == "500.05"


@pytest.mark.parametrize(
    ("status", "words", "certain"),
    [
        (400, error("400.002.02"), Refused),
        (200, {**TAKEN, "ResponseCode": "2001"}, Refused),
        (500, error("500.003.02"), NotSent),
        (429, b"", NotSent),
        (500, error("500.003.1001"), Unclear),
        (200, b"<html>", Unclear),
        (200, {"ResponseCode": "0"}, Unclear),
    ],
)
def test_what_became_of_an_order_is_certain_or_unclear(
    daraja: Daraja, status: int, words: object, certain: type[Exception]
) -> None:
    daraja.status, daraja.words = status, words
    with pytest.raises(certain):
        reversals(daraja.url).send(ORDER)
    assert len(daraja.questions) == 1


def test_a_line_that_breaks_leaves_a_refund_unclear(daraja: Daraja) -> None:
    with pytest.raises(NotSent):
        reversals(NOBODY_LISTENS).send(ORDER)
    daraja.hangs_up = True
    with pytest.raises(Unclear):
        reversals(daraja.url).send(ORDER)


def test_a_refund_is_asked_after_by_its_handle_and_told_at_the_door(daraja: Daraja) -> None:
    order = RefundOrder(
        key=KEY,
        movement_id="SKL51ZDR4F",
        attempt_key=None,
        amount_minor=500_00,
        movement_minor=500_00,
        currency="KES",
        reference=REFERENCE,
        handle="1-2-3",
    )
    assert reversals(daraja.url).status(order) is None
    assert daraja.said["OriginalConversationID"] == "1-2-3"
    assert daraja.said["ResultURL"].endswith(f"/result/refund-status/{KEY}")
    with pytest.raises(Unreachable):
        reversals(NOBODY_LISTENS).status(order)


def test_a_refund_without_a_handle_waits_for_its_first_answer(daraja: Daraja) -> None:
    assert reversals(daraja.url).status(ORDER) is None
    assert daraja.asked == []


# --- the list


def pull(daraja: Daraja, *, hours: int = 2) -> list[bytes]:
    gateway = MpesaPull(rail_code="mpesa-ke", contract=held(daraja.url))
    return list(gateway.pull(since=NOON - timedelta(hours=hours), until=NOON))


def test_the_list_is_read_row_by_row_until_it_is_empty(daraja: Daraja) -> None:
    first = page(row(), row(transactionId="SKL51ZDR4G"))
    second = page(row(transactionId="SKL51ZDR4H"))
    daraja.pages = [first, second, page(code="1001")]
    assert pull(daraja) == [first, second]
    said = [json.loads(call["body"]) for call in daraja.questions]
    assert [words["OffSetValue"] for words in said] == ["0", "2", "3"]
    assert said[0] == {
        "ShortCode": "600966",
        "StartDate": "2026-11-23 11:00:00",  # In Nairobi.
        "EndDate": "2026-11-23 13:00:00",
        "OffSetValue": "0",
    }


def test_nothing_older_than_48_hours_is_asked_for(daraja: Daraja) -> None:
    daraja.words = page(code="1001")
    assert pull(daraja, hours=400) == []
    assert daraja.said["StartDate"] == "2026-11-21 13:00:00"


def test_a_list_that_does_not_mind_the_row_comes_to_an_end(daraja: Daraja) -> None:
    daraja.words = page(row())
    assert len(pull(daraja)) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, page(row())), (200, b"<html>"), (200, page(row(), code="1002")), (200, b"[]")],
)
def test_a_list_of_which_a_page_is_missing_is_none(
    daraja: Daraja, status: int, words: object
) -> None:
    daraja.status, daraja.pages, daraja.words = status, [page(row()), words], words
    with pytest.raises(Unreachable):
        pull(daraja)


def test_a_list_without_end_is_none(daraja: Daraja, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.gateways.mpesa.pull.PAGES_MAX", 2)
    daraja.pages = [page(row(transactionId=f"R{number}")) for number in range(4)]
    with pytest.raises(Unreachable):
        pull(daraja)


# --- the initiator's credential


def test_a_credential_of_the_portal_is_sent_as_it_is(daraja: Daraja) -> None:
    with_it = held(daraja.url, security_credential="from the portal")
    MpesaReversals(rail_code="mpesa-ke", contract=with_it).send(ORDER)
    assert [json.loads(one["body"])["SecurityCredential"] for one in daraja.questions] == [
        "from the portal"
    ]


def test_without_a_credential_nothing_is_ordered(daraja: Daraja) -> None:
    without = held(daraja.url, security_credential="")
    with pytest.raises(NotSent):
        MpesaReversals(rail_code="mpesa-ke", contract=without).send(ORDER)
    assert daraja.asked == []


def test_we_make_no_credential_ourselves() -> None:
    """Safaricom wants a padding that we do not use: the portal does it, and it alone."""
    named = {setting.name: setting for setting in VENDOR.settings}
    assert not named["SECURITY_CREDENTIAL"].optional
    assert not {"INITIATOR_PASSWORD", "CERTIFICATE"} & named.keys()


# --- registering


def test_addresses_are_registered_once_for_payments_and_once_for_the_list(daraja: Daraja) -> None:
    daraja.pages = [
        {"OriginatorCoversationID": "6e86-45dd", "ResponseCode": "0"},
        {"ResponseRefID": "1", "ResponseStatus": "1001"},  # It was there already.
    ]
    assert len(list(registering.register(held(daraja.url, door="till-1")))) == 2
    told = [json.loads(call["body"]) for call in daraja.questions]
    base = f"https://guichet.example/callbacks/till-1/{SECRET}"
    assert told[0] == {
        "ShortCode": "600966",
        "ResponseType": "Completed",
        "ConfirmationURL": f"{base}/confirmation",
        "ValidationURL": f"{base}/validation",
    }
    assert told[1]["RequestType"] == "Pull"
    assert told[1]["NominatedNumber"] == "254700000000"


def test_without_a_number_the_list_is_not_registered(daraja: Daraja) -> None:
    ours = held(daraja.url, door="till-1", pull_number="", response_type="")
    daraja.words = {"ResponseCode": "0"}
    [_, told] = registering.register(ours)
    assert "MPESA_PULL_NUMBER" in told
    assert daraja.said["ResponseType"] == "Completed"


def test_what_daraja_would_not_take_is_not_tried(daraja: Daraja) -> None:
    with pytest.raises(registering.addresses.BadAddress):
        list(registering.register(held(daraja.url)))
    assert daraja.asked == []


def test_a_refused_registration_is_said(daraja: Daraja) -> None:
    ours = held(daraja.url, door="till-1")
    daraja.words = {"ResponseCode": "1"}
    with pytest.raises(NotRegistered):
        list(registering.register(ours))
    daraja.status, daraja.words = 500, error("500.003.1001", "URLs are already registered")
    with pytest.raises(NotRegistered, match=r"500\.003\.1001"):
        list(registering.register(ours))
    with pytest.raises(Unreachable):
        list(registering.register(held(NOBODY_LISTENS, door="till-1")))
