"""
Asking a phone through Airtel (USSD push) and asking after it (transaction enquiry).

`status.success: true` of a push says that it was taken and nothing more; only the enquiry, asked
under our own token, proves money. It names no amount: Airtel has what we asked for, and so the
parser leaves amount and currency to the attempt.
"""

from collections.abc import Sequence
from uuid import UUID

import phonenumbers
import structlog

from kernel.money import to_decimal_text
from payments.gateways import http, reading, tokens
from payments.gateways.airtel import codes, wire
from payments.gateways.base import Collection, Context, Contract, Debit, Told, Unreadable
from payments.gateways.prompt import (
    Answer,
    Failure,
    NeverHeard,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)
from payments.states import Leg

log = structlog.get_logger()

SUCCEEDED, REVERSED = "TS", "TR"

# In place of amount and currency: "what the attempt, or the refund, of this key asked for".
AS_ASKED_MINOR = 0
AS_ASKED_CURRENCY = ""


class AirtelCollections:
    """The collections product of one Airtel country, with the keys of one contract."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        """:param contract: see `wire.Line`"""
        self._rail_code = rail_code
        self._line = wire.Line(rail_code=rail_code, contract=contract)

    def ask(self, prompt: Prompt) -> str:
        """Send a USSD push; see `PromptGateway.ask`."""
        where = {"country": self._line.country, "currency": prompt.currency}
        body = {
            "reference": prompt.reference,
            "subscriber": {**where, "msisdn": national(prompt.phone)},
            "transaction": {
                "amount": number(prompt.amount_minor, prompt.currency),
                **where,
                "id": transaction_id(prompt.key),
            },
        }
        try:
            said = self._line.post(f"/merchant/{self._line.version}/payments/", body)
        except (*http.NEVER_LEFT, tokens.NoToken):
            raise NotSent from None
        except http.NO_ANSWER:
            raise Unclear from None
        settle(said, rail_code=self._rail_code, line=self._line)
        return ""

    def status(self, *, key: UUID, handle: str = "") -> Answer:
        """Ask what became of a push; see `PromptGateway.status`."""
        return read_answer(enquire(self._line, key))


def settle(said: http.Said, *, rail_code: str, line: wire.Line) -> wire.Told:
    """
    Return an answer to an order (push, refund) if Airtel has taken it.

    :raises Refused: if it will not, for good
    :raises NotSent: if it was not admitted
    :raises Unclear: at anything that is not certain: then only an enquiry tells
    """
    told = wire.read_leniently(said.body)
    if (said.status == 200 and told.is_success) or codes.KNOWN_ALREADY in told.codes:
        return told
    if said.status in {401, 403, 429} or codes.BAD_SIGNATURE in told.codes:
        if codes.BAD_SIGNATURE in told.codes:
            line.forget_key()
        log.error("airtel.not_admitted", rail=rail_code, status=said.status)
        raise NotSent
    certain = said.status != 408 and said.status < 500 and not told.codes & codes.AMBIGUOUS
    failure = codes.first(told.codes, codes.CERTAIN_REFUSALS) if certain else None
    log.warning("airtel.not_taken", rail=rail_code, status=said.status, codes=sorted(told.codes))
    if failure is None:
        raise Unclear
    raise Refused(failure)


def enquire(line: wire.Line, key: UUID) -> bytes:
    """
    Return what Airtel says of the transaction that we named by this key.

    :raises NeverHeard: if it knows none of this name
    :raises Unreachable: if it gave no answer that can be read
    """
    try:
        said = line.get(f"/standard/v1/payments/{transaction_id(key)}")
        told = wire.read(said.body)
    except (*http.NO_ANSWER, tokens.NoToken, Unreadable):
        raise Unreachable from None
    if told.state:
        if said.status == 200:
            return said.body
    elif told.codes & codes.NOT_FOUND:
        # A bare 404 may be a wrong address of ours: only Airtel's own word counts.
        raise NeverHeard
    raise Unreachable


def read_answer(body: bytes) -> Answer:
    """
    Read an enquiry's answer; a reversed transaction brought money before it lost it.

    :raises Unreachable: if it is no JSON object
    """
    try:
        told = wire.read(body)
    except Unreadable:
        raise Unreachable from None
    match told.state:
        case "TS" | "TR":
            return Answer(body=body, outcome=Outcome.MONEY)
        case "TF":
            failure = codes.first(told.codes, codes.FAILURES) or Failure.NOT_COMPLETED
            return Answer(body=body, outcome=Outcome.FAILED, failure=failure)
        case "TE":
            return Answer(body=body, outcome=Outcome.FAILED, failure=Failure.NOT_ANSWERED)
        case _:
            return Answer(body=body, outcome=Outcome.UNDECIDED)


def parse_status(body: bytes, context: Context) -> Sequence[Told]:
    """
    Return the money that an enquiry's answer proves: what came in, and that it was taken back.

    Amount and currency are AS_ASKED: the poster puts in what the attempt asked for, because Airtel
    tells neither. Its key is the collection's `attempt_key` and the reversal's `key`. There is no
    time either: the money is dated when we heard of it.

    :raises Unreadable: if it says TS or TR and lacks what money needs
    """
    told = wire.read(body)
    if told.state not in {SUCCEEDED, REVERSED}:
        return ()
    transaction = told.transaction
    money_id = reading.external_id(transaction.get("airtel_money_id"))
    attempt_key = key_of(context.external_hint)
    if attempt_key is None:
        raise Unreadable("no_key")
    # Airtel repeats our id; where it is something else ("false" was seen) it contradicts nothing.
    if key_of(transaction.get("id")) not in {None, attempt_key}:
        raise Unreadable("other_transaction")
    collection = Collection(
        external_id=money_id,
        reference="",
        amount_minor=AS_ASKED_MINOR,
        currency=AS_ASKED_CURRENCY,
        occurred_at=context.received_at,
        attempt_key=attempt_key,
    )
    if told.state == SUCCEEDED:
        return (collection,)
    reversal = Debit(
        leg=Leg.REVERSAL,
        external_id=money_id,
        amount_minor=AS_ASKED_MINOR,
        currency=AS_ASKED_CURRENCY,
        occurred_at=context.received_at,
        original_id=money_id,
        key=attempt_key,
    )
    return (collection, reversal)


def transaction_id(key: UUID) -> str:
    """Return our key as Airtel takes it: 32 letters and digits, no dashes."""
    return key.hex


def national(phone: str) -> str:
    """Return a number of E.164 without its country's code, as Airtel wants it."""
    return str(phonenumbers.parse(phone).national_number)


def number(amount_minor: int, currency: str) -> int | float:
    """Return an amount as JSON's number: whole where it is whole."""
    text = to_decimal_text(amount_minor, currency)
    whole, _, rest = text.partition(".")
    # Python writes the shortest text that means the same number: 12.5 for 12.50, never 12.499.
    return float(text) if rest.strip("0") else int(whole)


def key_of(said: object) -> UUID | None:
    """Return the key of ours that this is, with dashes or without; None if it is none."""
    try:
        return UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None
