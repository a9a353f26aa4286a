"""What the fuzzer begins with: small messages of our own writing, and the samples where present."""

import json
from pathlib import Path

from config.stack.home import ROOT
from tests.payments import mpesa_words
from tests.payments.statements import made

SAMPLES = ROOT.parent / "shared" / "samples"
REFERENCE = "858961326965"
KEY = str(mpesa_words.KEY)


def _bytes(*told: object) -> list[bytes]:
    return [json.dumps(one).encode() for one in told]


def _samples(*patterns: str) -> list[bytes]:
    return [found.read_bytes() for one in patterns for found in sorted(SAMPLES.glob(one))]


_PAID = {"id": "BK1", "amount": "500", "currency": "RWF", "paid_at": "2026-11-23T12:00:00+02:00"}
BYCONTRACT = _bytes(
    _PAID | {"reference": REFERENCE},
    _PAID | {"type": "reversal", "original_id": "BK0", "amount": "1,500.00", "currency": "KES"},
    _PAID | {"type": "charge", "amount": 12.5},
    {"reference": "8589 6132 6965"},
)

_STATUS = {"success": True, "response_code": "DP00800001001"}
_MONEY = {"airtel_money_id": "MP210603.1234.L06941", "id": KEY, "message": "words"}
AIRTEL = _bytes(
    {"data": {"transaction": _MONEY | {"status": "TS"}}, "status": _STATUS},
    {"data": {"transaction": _MONEY | {"status": "TR"}}, "status": _STATUS},
    {"transaction": _MONEY | {"status_code": "TS"}, "hash": "YWJj"},
) + _samples("callbacks/airtel_*")

MTN = _bytes(
    {
        "financialTransactionId": "1",
        "amount": "500",
        "currency": "RWF",
        "status": "SUCCESSFUL",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000101"},
    },
    {"status": "FAILED", "reason": {"code": "PAYER_NOT_FOUND"}},
) + _samples("callbacks/mtn_*")

JENGA = _bytes(
    {
        "callbackType": "IPN",
        "transaction": {
            "date": "2026-10-05 14:15:20",
            "reference": "EQ1",
            "amount": 150,
            "currency": "KES",
            "billNumber": REFERENCE,
            "serviceCharge": 5.25,
            "status": "SUCCESS",
        },
        "bank": {"transactionType": "C"},
    }
) + _samples("callbacks/jenga_*")

KCB = _bytes(
    {
        "transactionReference": "FT1",
        "timestamp": "2021111103005",
        "transactionAmount": "20,000.00",
        "currency": "KES",
        "customerReference": REFERENCE,
        "requestId": "R1",
    },
    {
        "header": {"messageID": "1", "timeStamp": "20250519133100"},
        "requestPayload": {
            "additionalData": {
                "notificationData": {
                    "businessKey": REFERENCE,
                    "transactionAmt": "1000",
                    "transactionDate": "Mon May 19 13:30:54 EAT 2025",
                    "transactionID": "T1",
                    "currency": "KES",
                }
            }
        },
    },
) + _samples("callbacks/kcb_*")

GOVSTACK = _bytes({"requestId": "R1", "billId": REFERENCE, "paymentReferenceID": "P1"})

MPESA_INQUIRY = [mpesa_words.status(), mpesa_words.status(code=1), *_samples("callbacks/mpesa_T*")]
MPESA_REFUND = [
    mpesa_words.reversal(),
    mpesa_words.reversal(code=1),
    mpesa_words.status(),
    *_samples("callbacks/mpesa_R*"),
]
MPESA_PULL = [
    mpesa_words.page(mpesa_words.row()),
    mpesa_words.page(code="1001"),
    *_samples("callbacks/mpesa_pull*"),
]
MPESA = [
    mpesa_words.payment(),
    mpesa_words.callback(),
    mpesa_words.callback(1032),
    mpesa_words.result(),
    *MPESA_INQUIRY,
    *_samples("callbacks/mpesa_*"),
]

CAMT = [
    made.camt(
        made.balance("OPBD", "0"),
        made.balance("CLBD", "500"),
        made.entry(details=made.detail("500", remittance=f"<Ustrd>{REFERENCE}</Ustrd>")),
    ),
    *_samples("camt/*.xml"),
]
MT940 = [
    made.mt940(":61:2611201121RC500,NTRFCUSTOMER-1//BANK-1", ":86:166?20EREF+E2E-1?21SVWZ+1"),
    *_samples("mt940/*.sta", "mt940/*.txt"),
]
CSV = [
    made.mpesa(f"TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,100.00,true,,,,{REFERENCE}"),
    *_samples("csv/*.csv"),
]

TYPED = [
    text.encode()
    for text in (
        REFERENCE,
        "8589 6132 6965",
        "RF74858961326965",
        "85896I326965",
        f"school fees {REFERENCE} july",
        "858961326956",
        "8589\uff16",
    )
]


PAIN002 = [
    (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr>'
        b"<MsgId>R1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>RM1</OrgnlMsgId>"
        b"<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>"
        b"<OrgnlEndToEndId>RM202600000001</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>"
        b"<Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf></TxInfAndSts>"
        b"</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ),
]


def write(name: str, found: list[bytes], folder: Path) -> None:
    """Put the seeds of one target where the fuzzer looks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(found):
        (folder / f"seed-{name}-{number:02d}").write_bytes(one)
