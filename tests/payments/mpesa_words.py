"""What Daraja says, in shapes of our own writing after its portal pages; and a contract with it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from payments.gateways.base import Collection, Context
from tests.world import NOON

SHORT_CODE = "600966"
SECRET = "a-secret-segment-of-tests"
KEY = UUID("6f8f9b1a-6a55-4f7b-9c2b-0a6f1f3c5d7e")
REFERENCE = "858961326965"
HANDLE = "3213-416199-2"
SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "callbacks"
PAID_AT = datetime(2026, 11, 21, 9, 13, 25, tzinfo=UTC)  # 12:13:25 in Nairobi.


def contract(url: str = "http://127.0.0.1:9/mpesa", **other: Any) -> dict[str, Any]:
    return {
        "kind": "mpesa",
        "rail_code": "mpesa-ke",
        "callback_base": "https://guichet.example",
        "url": url,
        "consumer_key": "consumer",
        "consumer_secret": "consumer secret",
        "short_code": SHORT_CODE,
        "passkey": "passkey",
        "initiator": "guichet",
        "security_credential": "credential",
        "callback_key": [SECRET],
        "door": "",
        "response_type": "Completed",
        "pull_number": "254700000000",
        **other,
    }


def payment(**other: object) -> bytes:
    """Return what validation and confirmation say of a payment."""
    told = {
        "TransactionType": "Pay Bill",
        "TransID": "SKL51ZDR4F",
        "TransTime": "20261121121325",
        "TransAmount": "500.00",
        "BusinessShortCode": SHORT_CODE,
        "BillRefNumber": REFERENCE,
        "InvoiceNumber": "",
        "OrgAccountBalance": "2500.00",
        "ThirdPartyTransID": "",
        "MSISDN": "2547 ***** 126",
        "FirstName": "NYOTA",
        "MiddleName": "",
        "LastName": None,
        **other,
    }
    return json.dumps(told).encode()


def callback(code: object = 0, *, items: object = None) -> bytes:
    """Return what is said of a prompt."""
    told: dict[str, object] = {
        "MerchantRequestID": "29115-34620561-1",
        "CheckoutRequestID": "ws_CO_191220191020363925",
        "ResultCode": code,
        "ResultDesc": "words",
    }
    usual = [
        {"Name": "Amount", "Value": 500.0},
        {"Name": "MpesaReceiptNumber", "Value": "SKL51ZDR4F"},
        {"Name": "Balance"},
        {"Name": "TransactionDate", "Value": 20261121121325},
        {"Name": "PhoneNumber", "Value": 254708374149},
    ]
    if str(code) == "0":
        told["CallbackMetadata"] = {"Item": usual if items is None else items}
    return json.dumps({"Body": {"stkCallback": told}}).encode()


def pairs(told: dict[str, object]) -> list[dict[str, object]]:
    return [
        {"Key": key} if value is None else {"Key": key, "Value": value}
        for key, value in told.items()
    ]


def result(
    parameters: object = None, *, code: object = 0, handle: str = HANDLE, **other: object
) -> bytes:
    """Return what became of a command, with these parameters."""
    told: dict[str, object] = {
        "ResultType": 0,
        "ResultCode": code,
        "ResultDesc": "words",
        "OriginatorConversationID": handle,
        "ConversationID": "AG_20261121_0000493344ae97d86f75",
        "TransactionID": "SKL0000000",
        "ReferenceData": {"ReferenceItem": {"Key": "Occasion"}},
    }
    if parameters is not None:
        told["ResultParameters"] = {"ResultParameter": parameters}
    told |= other
    gone = [name for name, value in told.items() if value == "absent"]
    return json.dumps({"Result": {k: v for k, v in told.items() if k not in gone}}).encode()


def status(*, code: object = 0, handle: str = HANDLE, **other: object) -> bytes:
    """Return the transaction status of a payment into our short code."""
    told: dict[str, object] = {
        "DebitPartyName": "254708374149 - NYOTA",
        "CreditPartyName": f"{SHORT_CODE} - Guichet",
        "OriginatorConversationID": "3211-416020-3",
        "InitiatedTime": 20261121121320,
        "DebitAccountType": "MMF Account For Customer",
        "TransactionReason": None,
        "ReasonType": "Pay Bill Online",
        "TransactionStatus": "Completed",
        "FinalisedTime": "20261121121325",
        "Amount": "500.00",
        "ConversationID": "AG_20261121_000041b09c22e613d6c9",
        "ReceiptNo": "SKL51ZDR4F",
        **other,
    }
    said = {key: value for key, value in told.items() if value != "absent"}
    return result(pairs(said), code=code, handle=handle)


def reversal(*, code: object = 0, handle: str = HANDLE, **other: object) -> bytes:
    """Return the result of a reversal."""
    if code != 0:
        return result(code=code, handle=handle)
    told: dict[str, object] = {
        "DebitAccountBalance": "Utility Account|KES|7722179.62|7722179.62|0.00|0.00",
        "Amount": 500.0,
        "TransCompletedTime": 20261122132711,
        "OriginalTransactionID": "SKL51ZDR4F",
        "Charge": 0.0,
        "CreditPartyPublicName": "254708374149 - NYOTA",
        "DebitPartyPublicName": f"{SHORT_CODE} - Guichet",
        **other,
    }
    said = {key: value for key, value in told.items() if value != "absent"}
    return result(pairs(said), handle=handle, TransactionID="SKM52PAWR9")


def page(*rows: object, code: object = "1000") -> bytes:
    """Return a page of the list of payments."""
    told = {"ResponseRefID": "1-2-3", "ResponseCode": code, "ResponseMessage": "words"}
    return json.dumps({**told, "Response": [list(rows)]}).encode()


def row(**other: object) -> dict[str, object]:
    return {
        "transactionId": "SKL51ZDR4F",
        "trxDate": "2026-11-21T12:13:25",
        "msisdn": 708374149,
        "sender": "MPESA",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": REFERENCE,
        "amount": "500.00",
        "organizationname": "Guichet",
        **other,
    }


def sample(name: str) -> bytes:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not on this machine")
    return (SAMPLES / f"mpesa_{name}.json").read_bytes()


def context(hint: str = REFERENCE) -> Context:
    return Context(received_at=NOON, external_hint=hint)


def paid(**other: object) -> Collection:
    told: dict[str, object] = {
        "external_id": "SKL51ZDR4F",
        "reference": REFERENCE,
        "amount_minor": 500_00,
        "currency": "KES",
        "occurred_at": PAID_AT,
        **other,
    }
    return Collection(**told)  # type: ignore[arg-type]
