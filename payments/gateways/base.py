"""
What every provider can do and say, once its own words have been read.

A vendor is one module of this package with a `VENDOR`; `payments.gateways` finds it by itself.
Everything here is pure: it reads bytes and settings, and knows neither database nor clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from payments.states import Leg

# What the settings hold for one rail: `settings.GATEWAYS["rails"][rail_code]`.
Contract = Mapping[str, Any]


class Unreadable(Exception):
    """
    The message does not say what its kind must say.

    `reason` is a short code ("no_json", "bad_amount"); it quotes nothing of the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadSignature(Exception):
    """Nobody who holds a key of this rail has just said these bytes; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchDoor(Exception):
    """The provider has no business at this address, or not by this method."""

    def __init__(self, methods: Sequence[str] = ()) -> None:
        super().__init__()
        self.methods = tuple(methods)  # Those that the address does know; none: no such address.


# --- money ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is known of a message besides its bytes."""

    received_at: datetime
    external_hint: str  # What the vendor kept beside the bytes: an attempt's key, a reference.


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """Money that came in at a provider, as one message tells it."""

    external_id: str  # The provider's own id of the movement: one id, one movement.
    reference: str  # As told, unchecked; "" where the rail carries none.
    amount_minor: int
    currency: str
    occurred_at: datetime
    attempt_key: UUID | None = None  # Our own key, where the money answers a prompt of ours.
    # Telling details that have no reference may name the movement by another of its ids: a bank's
    # entry that carries the id of its own notification. The first that is known is meant.
    other_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Debit:
    """Money that left our account at a provider, or moved between accounts of ours."""

    leg: Leg  # Any but CREDIT; a WITHDRAWAL is what nothing of ours explains.
    external_id: str  # The provider's own id; with the leg it names one movement.
    amount_minor: int  # Positive.
    currency: str
    occurred_at: datetime
    original_id: str = ""  # REVERSAL, CHARGE: the external id of the collection it is about.
    key: UUID | None = None  # PAYOUT: our refund's key; REMITTANCE: our batch's.
    is_hearsay: bool = False  # The original's id stands in a field that the payer fills.
    other_ids: tuple[str, ...] = ()  # Its bank's other ids; it may be told again by them alone.


Told = Collection | Debit

# Returns nothing where the message is in order and tells of no money; raises Unreadable.
Parser = Callable[[bytes, Context], Sequence[Told]]


# --- what providers say to us -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A request that reached a door of ours, its body within limits."""

    method: str
    path: tuple[str, ...]  # What follows /callbacks/<rail>/.
    headers: Mapping[str, str]  # Names in lower case.
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Signed by the provider: it is kept, and posted. `kind` has a parser."""

    kind: str  # "kcb.notification"
    reply: Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """
    Proves nothing: it is kept and starts a question to the provider.

    About an attempt of ours by its key or by the network's handle for it, or about a movement by
    the provider's id. `told` is kept beside the question, for the parser of the answer: what the
    answer itself does not carry (a reference, an attempt's key).
    """

    kind: str  # "mtn.callback"
    reply: Reply
    attempt_key: UUID | None = None
    handle: str = ""
    movement: str = ""
    told: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """
    The answer to a question or an order of ours that came by another road.

    `key` was in the address that only the provider was told: that of the inquiry, of the refund or
    of the attempt. `handle` is the provider's name of our question and must be the one it gave us.
    """

    kind: str  # Of the message that is kept: "mpesa.result".
    reply: Reply
    key: UUID
    handle: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Payable:
    """
    What a payer is told before she pays: service and amount, never a name.

    `reason` is "" if the reference can be paid now, else "not_a_reference", "unknown_reference",
    "already_paid", "expired", "cancelled" or "replaced".
    """

    reference: str
    reason: str
    due_minor: int = 0
    currency: str = ""
    takes_parts: bool = False
    service: str = ""  # In the country's first language.
    description: Mapping[str, str] | None = None  # The service by language.

    @property
    def is_payable(self) -> bool:
        return not self.reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """The provider asks what a reference is for, before money moves; it is not kept."""

    reference: str  # As typed.
    reply: Callable[[Payable], Reply]


Verdict = News | Hint | Answered | Question

# What a door makes of what it heard. Pure. Raises BadSignature (401), Unreadable (only from a
# Question: 400), NoSuchDoor (404, 405). News, hints and answers are never refused for their words.
Hear = Callable[[Heard, Contract], Verdict]


# --- what we say to providers -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a provider said to a question of ours, to the byte; or that it will say it elsewhere."""

    body: bytes = b""
    handle: str = ""  # Not empty: the answer comes to the door as `Answered` with this handle.


class InquiryGateway(Protocol):
    """A rail that can be asked about one movement by its id. Never called inside a transaction."""

    def ask(self, *, external_id: str, key: UUID) -> Asked:
        """
        Ask what the provider knows of a movement; the bytes are kept as `<kind>.inquiry`.

        :param key: of our question; stands in the address for an answer by another road
        :raises payments.gateways.prompt.NeverHeard: if the provider knows no such movement
        :raises payments.gateways.prompt.Unreachable: if it gave no answer that can be read
        """


class BalanceGateway(Protocol):
    """A rail that can be asked what it holds for us. Never called inside a transaction."""

    def balance(self, *, key: UUID) -> Asked:
        """
        Ask what the provider holds for us now; the bytes are kept as `<kind>.balance`.

        :param key: of our question; stands in the address for an answer by another road
        :raises payments.gateways.prompt.Unreachable: if it gave no answer that can be read
        """


class PullGateway(Protocol):
    """A rail that lists what has been paid. Never called inside a transaction."""

    def pull(self, *, since: datetime, until: datetime) -> Sequence[bytes]:
        """
        Return the pages of all that was paid between the two; each is kept as `<kind>.pull`.

        :raises payments.gateways.prompt.Unreachable: if one of them cannot be had
        """


@dataclass(frozen=True, slots=True)
class RefundTold:
    """What an answer that came by another road says became of a refund."""

    outcome: Literal["done", "failed", "undecided"]
    reason: str = ""  # A short code where it failed.


def tells_balance(read: Callable[[bytes], tuple[int, str] | None]) -> Parser:
    """Return the parser of `<kind>.balance`: it moves no money, and is set aside if unreadable."""

    def parse(body: bytes, context: Context) -> Sequence[Told]:
        read(body)
        return ()

    return parse


# --- a vendor ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One variable of the environment: `<RAIL>_<name>`; the contract holds it as `name.lower()`.

    `usual` is what holds outside production. "{sandbox}" and "{site}" in it are put in. An
    `optional` one may be missing in production. A secret must then be of its own.
    """

    name: str
    form: Literal["address", "text", "secret", "secrets"]
    usual: str = ""
    optional: bool = False
    is_account: bool = False  # It is the number under which statements tell of our account.
    choices: tuple[str, ...] = ()  # The words that it may have, where not any will do.
    # Returns what is wrong with a value as the end of a sentence ("must be ..."), or "". Called
    # with the value and whether this is production.
    check: Callable[[str, bool], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """Everything that one provider's protocol can do; what it cannot do is left out."""

    kind: str  # As the country pack names it; the first word of the kinds of its messages.
    settings: tuple[Setting, ...] = ()
    parsers: Mapping[str, Parser] = field(default_factory=dict)  # By kind of message.
    hear: Hear | None = None
    # Each is made from the rail's code and its contract.
    prompts: Callable[[str, Contract], Any] | None = None  # PromptGateway
    refunds: Callable[[str, Contract], Any] | None = None  # RefundGateway
    inquiries: Callable[[str, Contract], InquiryGateway] | None = None
    pulls: Callable[[str, Contract], PullGateway] | None = None
    # None where the contract leaves it out. Goes with a parser `tells_balance(read_balance)`.
    balances: Callable[[str, Contract], BalanceGateway | None] | None = None
    # Reads what the provider holds for us, in minor units, and the currency; None where the bytes
    # are in order and tell none.
    read_balance: Callable[[bytes], tuple[int, str] | None] | None = None
    # Reads an answer about a refund that came by another road: what became of it, and why not.
    read_refund: Callable[[bytes], RefundTold] | None = None
    # Reads the payer's phone (E.164) out of kept bytes of this kind; "" where they tell none.
    payer: Callable[[str, bytes], str] | None = None
    # Whether a refund of less than the whole movement is possible, and whether the provider pays
    # it out of the float that we keep for it (else out of what it holds for us).
    refunds_in_part: bool = False
    refunds_from_float: bool = False
    # Whether its news of money carries a signature: else only our questions and its statements
    # prove anything.
    signs: bool = False
