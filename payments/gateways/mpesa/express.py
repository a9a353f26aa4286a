"""
M-Pesa Express (STK push): a prompt on the payer's phone, and what became of it.

The query tells neither amount nor receipt, and has been seen to contradict the callback. So it
decides failures only: a success waits for the receipt, which the callback, the list or the
statement brings and a transaction status proves.
"""

import base64
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract, Unreadable
from payments.gateways.mpesa import addresses, results
from payments.gateways.mpesa.line import Line, answer, error, was_not_taken
from payments.gateways.prompt import (
    Answer,
    Failure,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)

log = structlog.get_logger()

REFERENCE_CHARS_MAX = 12
DESCRIPTION = "Guichet"  # 13 characters at most; the phone shows the reference beside it.
CENTS = 100

# The page's result codes, and those that others have met. Any other decides nothing.
FAILURES: Mapping[str, Failure] = {
    "1": Failure.NOT_ENOUGH_MONEY,
    "2": Failure.LIMIT_REACHED,  # Below the least that M-Pesa moves.
    "3": Failure.LIMIT_REACHED,
    "4": Failure.LIMIT_REACHED,  # Of the day.
    "8": Failure.NOT_COMPLETED,  # Our account may hold no more.
    "17": Failure.NOT_COMPLETED,  # The same amount to the same receiver within two minutes.
    "1001": Failure.NOT_COMPLETED,  # Another prompt stands on her phone.
    "1019": Failure.NOT_ANSWERED,
    "1025": Failure.NETWORK_TROUBLE,
    "9999": Failure.NETWORK_TROUBLE,
    "1032": Failure.DECLINED,
    "1037": Failure.NOT_ANSWERED,
    "2001": Failure.DECLINED,  # A wrong PIN.
    "2028": Failure.NETWORK_TROUBLE,  # The short code is not allowed to ask phones.
    "8006": Failure.DECLINED,  # Her PIN is locked.
    "SFC_IC0003": Failure.NETWORK_TROUBLE,
}
# "The transaction is still under processing" comes with 4999, and with codes of failures too.
_NOT_YET = ("still under processing", "being processed")


class MpesaExpress:
    """The prompts of one pay bill number."""

    def __init__(
        self, *, rail_code: str, contract: Contract, clock: Callable[[], float] = time.time
    ) -> None:
        """:param clock: seconds since 1970; Daraja wants Nairobi's time in the password"""
        self._rail_code = rail_code
        self._contract = contract
        self._clock = clock
        self._line = Line(contract)

    def ask(self, prompt: Prompt) -> str:
        """Send an STK push and return its CheckoutRequestID; see `PromptGateway.ask`."""
        shillings, cents = divmod(prompt.amount_minor, CENTS)
        fits = shillings > 0 and not cents and len(prompt.reference) <= REFERENCE_CHARS_MAX
        if prompt.currency != results.CURRENCY or not fits:
            log.error("mpesa.not_whole_shillings", rail=self._rail_code)
            raise Refused(Failure.NETWORK_TROUBLE)
        phone = prompt.phone.removeprefix("+")
        words = {
            **self._password(),
            "TransactionType": "CustomerPayBillOnline",
            "Amount": str(shillings),
            "PartyA": phone,
            "PartyB": self._contract["short_code"],
            "PhoneNumber": phone,
            "CallBackURL": addresses.of_prompt(self._contract, prompt.key),
            "AccountReference": prompt.reference,
            "TransactionDesc": DESCRIPTION,
        }
        try:
            said = self._line.post("/mpesa/stkpush/v1/processrequest", words)
        except (*http.NEVER_LEFT, tokens.NoToken):
            raise NotSent from None
        except http.NO_ANSWER:
            raise Unclear from None
        return self._taken(said)

    def status(self, *, key: UUID, handle: str) -> Answer:
        """Ask what became of a push; see `PromptGateway.status`. Never says that money came."""
        if not handle:
            # The push's own answer never reached us, and Daraja knows it by no other name: the
            # callback, which has our key, or its end decides.
            return Answer(body=b"", outcome=Outcome.UNDECIDED)
        words = {**self._password(), "CheckoutRequestID": handle}
        try:
            said = self._line.post("/mpesa/stkpushquery/v1/query", words)
        except (*http.NO_ANSWER, tokens.NoToken):
            raise Unreachable from None
        return read_answer(said)

    def _taken(self, said: http.Said) -> str:
        told = answer(said)
        code = error(said)[0] or reading.text(told.get("ResponseCode"))
        if said.status == 200 and code == "0":
            handle = reading.text(told.get("CheckoutRequestID"))
            if not handle:
                raise Unclear
            return handle
        log.warning("mpesa.not_prompted", rail=self._rail_code, status=said.status, code=code[:40])
        if was_not_taken(said):
            raise NotSent
        if said.status < 500 and code:
            is_phone = "phonenumber" in error(said)[1].replace(" ", "")
            failure = Failure.NOT_A_CUSTOMER if is_phone else Failure.NETWORK_TROUBLE
            raise Refused(FAILURES.get(code, failure))
        raise Unclear

    def _password(self) -> dict[str, Any]:
        moment = datetime.fromtimestamp(self._clock(), reading.EAT).strftime("%Y%m%d%H%M%S")
        short_code = self._contract["short_code"]
        secret = f"{short_code}{self._contract['passkey']}{moment}"
        return {
            "BusinessShortCode": short_code,
            "Password": base64.b64encode(secret.encode()).decode(),
            "Timestamp": moment,
        }


def read_answer(said: http.Said) -> Answer:
    """
    Read what the query says of a push.

    :raises Unreachable: if it says nothing of it
    """
    code, described = error(said)
    has_refused = 400 <= said.status < 500 and bool(code) and not was_not_taken(said)
    if has_refused or any(word in described for word in _NOT_YET):
        # Daraja does answer, and what it says, such as a handle it has forgotten, decides nothing.
        return Answer(body=said.body, outcome=Outcome.UNDECIDED)
    told = answer(said)
    code = reading.text(told.get("ResultCode"))
    if said.status != 200 or not code:
        raise Unreachable
    described = reading.text(told.get("ResultDesc")).lower()
    failure = FAILURES.get(code)
    if failure is None or any(word in described for word in _NOT_YET):
        return Answer(body=said.body, outcome=Outcome.UNDECIDED)
    return Answer(body=said.body, outcome=Outcome.FAILED, failure=failure)


def read_callback(body: bytes) -> str:
    """Return the receipt that a callback claims, "" if it claims none; it proves neither."""
    try:
        told = reading.part(reading.part(reading.json_object(body), "Body"), "stkCallback")
        if reading.text(told.get("ResultCode")) != "0":
            return ""
        items = reading.part(told, "CallbackMetadata").get("Item")
        found = dict(results.pairs_of(items, name="Name"))
        return results.receipt(found.get("MpesaReceiptNumber"))
    except Unreadable:
        return ""
