"""
The account that each bank keeps for the state: what came, what was taken back, charged and swept.

Bookings are the truth of the sandbox; notifications may lie, be late or never leave, and the
statement (`statements.py`) tells the bookings. Times are unix seconds, amounts signed decimal text.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from starlette.applications import Starlette

from sandbox.settings import RailSettings
from sandbox.store import NotEnoughFunds, Store, now
from sandbox.twins import Answer

SCHEMA = """
CREATE TABLE IF NOT EXISTS bank_booking (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, what TEXT NOT NULL, external_id TEXT NOT NULL,
    original_id TEXT NOT NULL, reference TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS bank_booking_by_time ON bank_booking (bank, at);
CREATE INDEX IF NOT EXISTS bank_booking_by_payment ON bank_booking (bank, external_id);
"""
PAYMENT, REVERSAL, CHARGE, SWEEP = "payment", "reversal", "charge", "sweep"
REFERENCE_LENGTH_MAX = 60
SAID_OK = range(200, 300)
ZERO = Decimal(0)
# The caller delivers at once; the postman takes over if she dies.
_MARGIN_SECONDS = 15
# The rails of the country packs by the kind of their twin.
_RAILS = {"bank": "bank", "jenga": "equity", "kcb": "kcb", "govstack": "govstack"}


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money that a payer has ordered to be paid."""

    bank: str  # The twin's kind.
    id: str
    msisdn: str
    reference: str
    amount: Decimal
    currency: str
    channel: str
    service: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One delivery about a booking; `kind` begins with the twin's."""

    kind: str
    url: str
    body: bytes
    late_seconds: float = 0  # 0: told at once.


@dataclass(frozen=True, kw_only=True)
class Delivery:
    id: int
    is_late: bool


def rail(app: Starlette, kind: str) -> RailSettings:
    """Return what is set for the rail whose provider this twin plays."""
    settings: RailSettings = app.state.settings.rail(_RAILS[kind])
    return settings


def number(app: Starlette, kind: str) -> str:
    """Return the number of the state's account at this bank: BANK_ACCOUNT, KCB_ACCOUNT, ..."""
    of_rail = rail(app, kind)
    return of_rail.text("ACCOUNT", f"{of_rail.code}-001".upper())


def value(amount: str) -> Decimal | None:
    """Return a positive amount; None where the text is none."""
    try:
        found = Decimal(amount)
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None


async def pay(app: Starlette, payment: Payment, tellings: Sequence[Telling]) -> Answer:
    """Take the money from the wallet, book it, and tell it as the bank would."""
    store: Store = app.state.store
    try:
        with store.transaction():
            opening = app.state.world.opening_balance(payment.msisdn)
            store.take(payment.msisdn, payment.amount, opening)
            store.run(
                "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                payment.id,
                payment.msisdn,
                payment.reference,
                f"{payment.amount:f}",
                payment.currency,
                payment.channel,
                payment.service,
                payment.at,
            )
            book(
                store,
                bank=payment.bank,
                what=PAYMENT,
                external_id=payment.id,
                reference=payment.reference,
                amount=payment.amount,
                currency=payment.currency,
                at=payment.at,
            )
            deliveries = post(store, payment.id, tellings)
    except NotEnoughFunds:
        return Answer("REFUSED", reason="not enough funds")
    return Answer(await deliver(app, deliveries), payment_id=payment.id)


# --- bookings ---------------------------------------------------------------------------------


def balance(store: Store, bank: str, *, before: float | None = None) -> Decimal:
    """Return what the account holds now, or held at the end of the second before."""
    rows = store.rows(
        "SELECT amount FROM bank_booking WHERE bank = ? AND (? IS NULL OR at < ?)",
        bank,
        before,
        before,
    )
    return sum((Decimal(row["amount"]) for row in rows), ZERO)


def bookings(store: Store, bank: str, *, since: float, until: float) -> list[sqlite3.Row]:
    """Return the bookings from `since` on and before `until`, in their order."""
    return store.rows(
        "SELECT * FROM bank_booking WHERE bank = ? AND at >= ? AND at < ? ORDER BY at, id",
        bank,
        since,
        until,
    )


def book(
    store: Store,
    *,
    bank: str,
    what: str,
    external_id: str,
    amount: Decimal,
    currency: str,
    original_id: str = "",
    reference: str = "",
    at: float | None = None,
) -> sqlite3.Row:
    values = (bank, what, external_id, original_id, reference, f"{amount:f}", currency)
    [row] = store.rows(
        "INSERT INTO bank_booking (bank, what, external_id, original_id, reference, amount,"
        " currency, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        *values,
        now() if at is None else at,
    )
    return row


def payment_of(store: Store, bank: str, external_id: str) -> sqlite3.Row | None:
    return store.row(
        "SELECT * FROM bank_booking WHERE bank = ? AND external_id = ? AND what = ?",
        bank,
        external_id,
        PAYMENT,
    )


def is_reversed(store: Store, bank: str, payment_id: str) -> bool:
    found = store.row(
        "SELECT 1 FROM bank_booking WHERE bank = ? AND original_id = ? AND what = ?",
        bank,
        payment_id,
        REVERSAL,
    )
    return found is not None


def new_id(letters: str) -> str:
    return f"{letters}{secrets.randbelow(9 * 10**9) + 10**9}"


# --- telling ----------------------------------------------------------------------------------


async def tell(app: Starlette, subject: str, tellings: Sequence[Telling]) -> str:
    """Tell what nothing is booked for."""
    return await deliver(app, post(app.state.store, subject, tellings))


def post(store: Store, subject: str, tellings: Sequence[Telling]) -> list[Delivery]:
    """Queue what is to be told, inside the transaction that books it."""
    return [
        Delivery(
            id=store.post(
                kind=telling.kind,
                subject=subject,
                url=telling.url,
                body=telling.body,
                due_at=now() + (telling.late_seconds or _MARGIN_SECONDS),
            ),
            is_late=telling.late_seconds > 0,
        )
        for telling in tellings
    ]


async def deliver(app: Starlette, deliveries: Sequence[Delivery]) -> str:
    """Tell now what is not late; return NOTIFIED, WAITING, or BOOKED if nothing is to be told."""
    if not deliveries:
        return "BOOKED"
    at_once = [delivery.id for delivery in deliveries if not delivery.is_late]
    answers = [await app.state.postman.deliver(id_) for id_ in at_once]
    return "NOTIFIED" if any(status in SAID_OK for status in answers) else "WAITING"
