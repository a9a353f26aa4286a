"""Entries of a statement as the lines that we keep: told apart, counted, with a meaning. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from payments.operations.importing import meaning
from payments.posting.soundness import YEARS, is_id
from payments.statements import Entry, Statement
from payments.states import Leg, LineFate

_PART = "\x1f"
_ITEM = "\x1e"
_IDS_MAX = 8


@dataclass(slots=True, kw_only=True)
class Line:
    """A booked entry on its way into the ledger; the last seven are found out one by one."""

    line_no: int
    fingerprint: bytes
    occurrence: int
    booked_day: date
    value_day: date | None
    amount_minor: int  # Signed.
    currency: str
    is_reversal: bool
    kind: str
    ids: tuple[str, ...]  # The bank's, best first.
    payer_ids: tuple[str, ...] = ()  # Free text: they choose among equals, and name nothing.
    told_original: str
    texts: tuple[str, ...]
    occurred_at: datetime
    leg: Leg | None
    reference: str
    # By which the ledger is told of it; empty until somebody has decided.
    external_id: str = ""
    other_ids: tuple[str, ...] = ()
    original_id: str = ""
    is_hearsay: bool = False  # Its original stands in a field that the payer fills.
    is_known: bool = False  # Its movement was told before.
    fate: LineFate | None = None
    movement_id: int | None = None

    @property
    def own_id(self) -> str:
        """Return the id that it has where its bank gives none, or one that is taken."""
        return f"stmt:{self.fingerprint.hex()[:32]}:{self.occurrence}"

    @property
    def is_untold(self) -> bool:
        """Say, once what is known is found, whether it is money of which nobody has told."""
        return self.leg is not None and not self.is_known

    @property
    def untold_minor(self) -> int:
        """Return how much it moves, in or out, by its own word alone."""
        return abs(self.amount_minor) if self.is_untold else 0

    @property
    def is_referenced(self) -> bool:
        return self.reference.isascii() and self.reference.isdigit()


def has_its_days(statement: Statement) -> bool:
    """Tell whether every booked entry has a day that the ledger can hold."""
    return all(
        (day := entry.booked_day or entry.value_day) is not None and day.year in YEARS
        for entry in statement.entries
        if entry.is_booked
    )


def of(statement: Statement, *, account: str, zone: ZoneInfo) -> list[Line]:
    """
    Return the booked entries, each with its fingerprint and its count among identical ones.

    A fingerprint says what the bank says of an entry, and nothing of how it was told: so that an
    overlapping file tells it again, and two that are the same are the first and the second.
    """
    counted: Counter[bytes] = Counter()
    lines = []
    for entry in statement.entries:
        if entry.is_booked:
            line = _line(entry, account, zone)
            line.is_hearsay = is_hearsay(statement.format)
            counted[line.fingerprint] += 1
            line.occurrence = counted[line.fingerprint]
            lines.append(line)
    return lines


def _line(entry: Entry, account: str, zone: ZoneInfo) -> Line:
    # One without a day does not come here: `has_its_days` has been asked.
    booked_day = entry.booked_day or entry.value_day or date.min
    leg = meaning.leg(entry)
    moment = entry.occurred_at or datetime.combine(booked_day, time(), zone)
    return Line(
        line_no=entry.line_no,
        fingerprint=_fingerprint(account, booked_day, entry),
        occurrence=0,
        booked_day=booked_day,
        value_day=entry.value_day,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        is_reversal=entry.is_reversal,
        kind=entry.kind,
        ids=tuple(filter(is_id, entry.bank_ids))[:_IDS_MAX],
        payer_ids=tuple(filter(is_id, entry.payer_ids))[:_IDS_MAX],
        told_original=entry.original_id if is_id(entry.original_id) else "",
        # Only what left us may name a refund, and only what came in a bill.
        texts=entry.references if leg is not None else (),
        occurred_at=moment.astimezone(UTC),
        leg=leg,
        reference=meaning.reference(entry.references) if leg is Leg.CREDIT else "",
    )


def _fingerprint(account: str, day: date, entry: Entry) -> bytes:
    said = (
        account,
        day.isoformat(),
        str(entry.amount_minor),
        entry.currency,
        "R" if entry.is_reversal else "",
        _ITEM.join((*entry.bank_ids, *entry.payer_ids)),
        _ITEM.join(entry.references),
    )
    return hashlib.sha256(_PART.join(said).encode(errors="surrogatepass")).digest()


def is_hearsay(statement_format: str) -> bool:
    """Tell whether its entries name what they undo in a field that payers fill (MT940's 61)."""
    return statement_format in ("mt940", "mt942")


def unknown(lines: Sequence[Line], known: set[tuple[bytes, int]]) -> list[Line]:
    return [line for line in lines if (line.fingerprint, line.occurrence) not in known]
