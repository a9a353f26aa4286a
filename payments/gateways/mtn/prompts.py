"""
MTN MoMo Collections: requesttopay and its status (momodeveloper.mtn.com, API description).

A callback of MTN is not signed and is delivered once: it only hints. What `status` answers under
our own token is the proof.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog

from kernel.money import to_decimal_text
from payments.gateways import http, reading, tokens
from payments.gateways.base import (
    Collection,
    Context,
    Contract,
    Heard,
    Hint,
    NoSuchDoor,
    Reply,
    Unreadable,
)
from payments.gateways.mtn import wire
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

log = structlog.get_logger()

KEPT = Reply(200, b'{"status": "kept"}')

# The reasons of MTN's page "common errors"; any other is trouble of the network.
FAILURES: Mapping[str, Failure] = {
    "NOT_ENOUGH_FUNDS": Failure.NOT_ENOUGH_MONEY,
    "LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED": Failure.NOT_ENOUGH_MONEY,
    "REJECTED": Failure.DECLINED,
    "APPROVAL_REJECTED": Failure.DECLINED,
    "EXPIRED": Failure.NOT_ANSWERED,
    "TIMEOUT": Failure.NOT_ANSWERED,
    # The five minutes for an approval have passed.
    "COULD_NOT_PERFORM_TRANSACTION": Failure.NOT_ANSWERED,
    "PAYER_LIMIT_REACHED": Failure.LIMIT_REACHED,
    "PAYER_NOT_FOUND": Failure.NOT_A_CUSTOMER,
    "INTERNAL_PROCESSING_ERROR": Failure.NOT_COMPLETED,
}

# Of the same page: "reference ID not found".
NOT_FOUND = "RESOURCE_NOT_FOUND"

# MTN answers these with a status of 500, and yet nothing has been asked of anybody.
CERTAIN_REFUSALS = frozenset(
    {
        "PAYER_NOT_FOUND",
        "PAYEE_NOT_FOUND",
        "PAYEE_NOT_ALLOWED_TO_RECEIVE",
        "NOT_ALLOWED",
        "NOT_ALLOWED_TARGET_ENVIRONMENT",
        "INVALID_CALLBACK_URL_HOST",
        "INVALID_CURRENCY",
    }
)


class MtnCollections:
    """The collections product of one MTN country, with the keys of one contract."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        """:param contract: see `wire.Line`"""
        self._rail_code = rail_code
        self._callback_base = contract["callback_base"].rstrip("/")
        self._line = wire.Line("collection", contract=contract)

    def ask(self, prompt: Prompt) -> str:
        """Send a request to pay; see `PromptGateway.ask`."""
        body = {
            "amount": to_decimal_text(prompt.amount_minor, prompt.currency),
            "currency": prompt.currency,
            "externalId": prompt.reference,
            "payer": {"partyIdType": "MSISDN", "partyId": prompt.phone.removeprefix("+")},
            "payerMessage": f"Guichet {prompt.reference}",
            "payeeNote": prompt.reference,
        }
        callback = f"{self._callback_base}/callbacks/{self._rail_code}/requesttopay/{prompt.key}"
        extra = {"X-Reference-Id": str(prompt.key), "X-Callback-Url": callback}
        try:
            said = self._line.call("POST", "/v1_0/requesttopay", json=body, extra=extra)
        except (*http.NEVER_LEFT, tokens.NoToken):
            raise NotSent from None
        except http.NO_ANSWER:
            raise Unclear from None
        settle(said, rail_code=self._rail_code)
        return ""

    def status(self, *, key: UUID, handle: str = "") -> Answer:
        """Ask what became of a request to pay; see `PromptGateway.status`."""
        return read_answer(enquire(self._line, f"/v1_0/requesttopay/{key}"))


def settle(said: http.Said, *, rail_code: str) -> None:
    """
    Return if MTN has taken an order (request to pay, refund).

    :raises Refused: if it will not, for good
    :raises NotSent: if it was not admitted
    :raises Unclear: at trouble of MTN's own, or of something between MTN and us
    """
    # A conflict means that MTN has this key already, and the key is nobody's but ours.
    if said.status in {202, 409}:
        return
    code = wire.code(said)
    if said.status in {401, 429}:
        log.error("mtn.not_admitted", rail=rail_code, status=said.status)
        raise NotSent
    # A 404 or a 408 without a code of MTN's is the word of some proxy, not MTN's no.
    is_mtns = said.status == 400 or (code and 400 <= said.status < 500)
    if is_mtns or code in CERTAIN_REFUSALS:
        log.warning("mtn.refused", rail=rail_code, status=said.status, code=code)
        raise Refused(FAILURES.get(code, Failure.NETWORK_TROUBLE))
    raise Unclear


def enquire(line: wire.Line, path: str) -> bytes:
    """
    Return what MTN says of an order that we named.

    :raises NeverHeard: if it says that it knows none of this name
    :raises Unreachable: if it gave no answer
    """
    try:
        said = line.call("GET", path)
    except (*http.NO_ANSWER, tokens.NoToken):
        raise Unreachable from None
    if said.status == 404 and wire.code(said) == NOT_FOUND:
        # A bare 404 may be a wrong address of ours: only MTN's own word counts.
        raise NeverHeard
    if said.status != 200:
        raise Unreachable
    return said.body


def hear(heard: Heard, contract: Contract) -> Hint:
    """
    Take MTN's unsigned callback: which attempt it is about stands in the address that MTN got.

    :raises NoSuchDoor: at any other address
    """
    match heard.path:
        case ("requesttopay", key):
            if heard.method not in {"POST", "PUT"}:
                raise NoSuchDoor(("POST", "PUT"))
            try:
                attempt_key = UUID(key)
            except ValueError:
                raise NoSuchDoor from None
            return Hint(kind="mtn.callback", reply=KEPT, attempt_key=attempt_key)
    raise NoSuchDoor


def read_answer(body: bytes) -> Answer:
    """
    Read a status answer; whatever is neither SUCCESSFUL nor FAILED decides nothing.

    :raises Unreachable: if it is no JSON object
    """
    try:
        answer = reading.json_object(body)
    except Unreadable:
        raise Unreachable from None
    match answer.get("status"):
        case "SUCCESSFUL":
            return Answer(body=body, outcome=Outcome.MONEY)
        case "FAILED":
            code = wire.reason_code(answer.get("reason"))
            failure = FAILURES.get(code, Failure.NETWORK_TROUBLE)
            return Answer(body=body, outcome=Outcome.FAILED, failure=failure)
        case _:
            return Answer(body=body, outcome=Outcome.UNDECIDED)


def parse_status(body: bytes, context: Context) -> tuple[Collection, ...]:
    """
    Return the money that a status answer proves; nothing while it proves none.

    The answer carries no time: the money is dated when we heard of it. The attempt is known by
    `context.external_hint`, the X-Reference-Id that we asked after.

    :raises Unreadable: if the answer says SUCCESSFUL and lacks what a collection needs
    """
    answer = reading.json_object(body)
    if answer.get("status") != "SUCCESSFUL":
        return ()
    external_id = reading.external_id(answer.get("financialTransactionId"))
    currency = reading.text(answer.get("currency"))
    try:
        attempt_key = UUID(context.external_hint)
    except ValueError:
        attempt_key = None
    money = Collection(
        external_id=external_id,
        reference=reading.text(answer.get("externalId")),
        amount_minor=reading.amount_minor(answer.get("amount"), currency),
        currency=currency,
        occurred_at=context.received_at,
        attempt_key=attempt_key,
    )
    return (money,)


def payer(kind: str, body: bytes) -> str:
    """Return the phone (E.164) that a status answer says has paid; "" if it says none."""
    if kind != "mtn.status":
        return ""
    try:
        told = reading.part(reading.json_object(body), "payer")
    except Unreadable:
        return ""
    number = reading.text(told.get("partyId")).removeprefix("+")
    is_phone = told.get("partyIdType") == "MSISDN" and number.isascii() and number.isdigit()
    return f"+{number}" if is_phone else ""
