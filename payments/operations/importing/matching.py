"""What the ledger knows of the lines of a rail, and what each of them will be told as."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID
from zoneinfo import ZoneInfo

from payments import ledger, sql
from payments.gateways.base import Collection, Debit, Told
from payments.models import Rail
from payments.operations.importing import arriving, moving, pairing
from payments.operations.importing.lines import Line
from payments.operations.importing.pairing import Charge, Seen, Sighted
from payments.posting import holding, legs, remitting
from payments.states import Leg

_WORD = re.compile(r"[0-9A-Za-z-]{4,}")
_WORDS_MAX = 40

LEGS: dict[str, tuple[str, ...]] = {
    "": (),
    Leg.CREDIT: (Leg.CREDIT,),
    Leg.TRANSFER: (),  # Which one it is, `arriving` has found out.
    **{
        leg: tuple(one.value for one in legs.same(leg))
        for leg in (Leg.REVERSAL, Leg.CHARGE, Leg.SWEEP, Leg.PAYOUT, Leg.REMITTANCE)
    },
    # Nothing of it tells what it is: any debit with its id is meant, but a charge.
    Leg.WITHDRAWAL: (Leg.WITHDRAWAL, Leg.REVERSAL, Leg.PAYOUT, Leg.SWEEP, Leg.REMITTANCE),
}

# An id of money that came in is a payment's or an arrival's, and not both: nobody could tell which.
_NAMED: dict[str, tuple[str, ...]] = {
    **LEGS,
    Leg.CREDIT: (Leg.CREDIT, Leg.TRANSFER),
    Leg.TRANSFER: (Leg.CREDIT, Leg.TRANSFER),
}


def tell(
    lines: Sequence[Line], *, rail: Rail, is_advice: bool, zone: ZoneInfo, at: datetime
) -> list[tuple[int, Told]]:
    """
    Find out what each line is, and return what the engine is to be told, by the line's place.

    The rail is held. Takes hold of the refunds and the bills that the lines speak of. Lines of an
    amount of zero tell nothing.
    """
    keys, batches = _find_ordered(lines, rail, zone, is_advice=is_advice)
    _hold(lines, keys, batches, rail, at=at)
    _find_known(lines, rail, zone, is_advice=is_advice)
    keys |= batches
    return [(place, _told(line, keys.get(place))) for place, line in enumerate(lines) if line.leg]


def look(lines: Sequence[Line], *, rail: Rail, is_advice: bool, zone: ZoneInfo) -> None:
    """Find out which lines are known, as `tell` would; holds nothing, so it may change."""
    _find_ordered(lines, rail, zone, is_advice=is_advice)
    _find_known(lines, rail, zone, is_advice=is_advice)


def _find_ordered(
    lines: Sequence[Line], rail: Rail, zone: ZoneInfo, *, is_advice: bool
) -> tuple[dict[int, UUID], dict[int, UUID]]:
    """Find the debits that two people ordered; return the refunds and the batches they name."""
    keys = _named(lines, "statement_named_refunds", Leg.PAYOUT, rail, is_advice=is_advice)
    batches = _named(
        lines, "statement_named_remittances", Leg.REMITTANCE, rail, is_advice=is_advice
    )
    moving.name(lines, {place: _words(line) for place, line in _debits(lines)}, rail, zone)
    return keys, batches


def _find_known(lines: Sequence[Line], rail: Rail, zone: ZoneInfo, *, is_advice: bool) -> None:
    seen = _seen(lines, rail, is_advice=is_advice)
    arriving.find(lines, seen, rail, zone, is_advice=is_advice, words=_words)
    taken = pairing.by_ids(lines, seen, LEGS)
    pairing.by_sight(lines, _same_credits(lines, rail, zone, is_advice=is_advice), taken)
    pairing.name(lines, seen, _NAMED)
    _find_originals(lines, seen)
    pairing.by_sight(lines, _same_debits(lines, rail, zone, is_advice=is_advice), taken)
    pairing.charges(lines, _open_charges(lines, rail, zone, is_advice=is_advice), taken)


def _hold(
    lines: Sequence[Line],
    keys: dict[int, UUID],
    batches: dict[int, UUID],
    rail: Rail,
    *,
    at: datetime,
) -> None:
    """
    Hold all that is posted on, in the order of docs/locking.md.

    Before anybody looks for evidence: a callback that comes meanwhile waits for us, and what was
    posted before is seen.
    """
    names = [
        (rail.pk, name)
        for line in lines
        if line.leg in (Leg.REVERSAL, Leg.CHARGE)
        for name in (*line.ids, line.told_original)
        if name
    ]
    aliases = holding.known_names(names) if names else {}
    if names or keys:
        sql.run(
            "hold_refunds",
            rows=len(names) + len(keys),
            rail_id=[rail.pk] * (len(names) + len(keys)),
            original_id=[aliases[one].external_id if one in aliases else one[1] for one in names]
            + [""] * len(keys),
            key=[None] * len(names) + list(keys.values()),
        )
    if batches:
        remitting.hold(keys=set(batches.values()))
    ledger.open_rail_accounts([(rail.pk, rail.currency)])
    holding.hold_days([line.occurred_at for line in lines], at=at)
    holding.hold_bills([], also=list({line.reference for line in lines if line.is_referenced}))


def _told(line: Line, key: UUID | None) -> Told:
    if line.leg is None or line.leg is Leg.CREDIT:
        return Collection(
            external_id=line.external_id,
            reference=line.reference,
            amount_minor=line.amount_minor,
            currency=line.currency,
            occurred_at=line.occurred_at,
            other_ids=line.other_ids,
        )
    return Debit(
        leg=line.leg,
        external_id=line.external_id,
        amount_minor=abs(line.amount_minor),
        currency=line.currency,
        occurred_at=line.occurred_at,
        original_id=line.original_id,
        key=key,
        is_hearsay=line.is_hearsay,
        other_ids=line.other_ids if line.leg is Leg.TRANSFER or line.is_known else (),
    )


def _seen(lines: Sequence[Line], rail: Rail, *, is_advice: bool) -> dict[str, list[Seen]]:
    names = {name for line in lines for name in (*line.ids, line.own_id, line.told_original)}
    names.discard("")
    rows = sql.run(
        "statement_known_ids",
        rows=len(names),
        rail_id=rail.pk,
        external_id=list(names),
        is_advice=is_advice,
    )
    seen = defaultdict(list)
    for name, movement_id, leg, external_id, amount_minor, currency, has_line in rows:
        seen[name].append(Seen(movement_id, leg, external_id, amount_minor, currency, has_line))
    return seen


def _same_credits(
    lines: Sequence[Line], rail: Rail, zone: ZoneInfo, *, is_advice: bool
) -> list[Sighted]:
    asked = [
        (place, line)
        for place, line in enumerate(lines)
        if line.leg is Leg.CREDIT and not line.is_known and line.is_referenced
    ]
    if not asked:
        return []
    rows = sql.run(
        "statement_same_credits",
        rows=len(asked),
        rail_id=rail.pk,
        is_advice=is_advice,
        zone=zone.key,
        days=pairing.APART_DAYS_MAX,
        position=[place for place, _ in asked],
        reference=[line.reference for _, line in asked],
        amount_minor=[line.amount_minor for _, line in asked],
        currency=[line.currency for _, line in asked],
        booked_day=[line.booked_day for _, line in asked],
    )
    return [Sighted(*row) for row in rows]


def _find_originals(lines: Sequence[Line], seen: dict[str, list[Seen]]) -> None:
    """Name the collection that a reversal undoes or a charge is for: known, or told here too."""
    here = {
        name: line.external_id
        for line in reversed(lines)
        if line.leg is Leg.CREDIT
        for name in line.ids
    }
    for line in lines:
        if line.leg not in (Leg.REVERSAL, Leg.CHARGE):
            continue
        names = [name for name in (line.told_original, *line.ids) if name]
        known = (
            (name, one.external_id)
            for name in names
            for one in seen.get(name, ())
            if one.leg == Leg.CREDIT
        )
        told = ((name, here[name]) for name in names if name in here)
        unknown = ((name, name) for name in names)
        name, line.original_id = next(chain(known, told, unknown), ("", ""))
        line.is_hearsay = line.is_hearsay and name not in line.ids


def _same_debits(
    lines: Sequence[Line], rail: Rail, zone: ZoneInfo, *, is_advice: bool
) -> list[Sighted]:
    asked = [
        (place, line)
        for place, line in enumerate(lines)
        if line.leg is Leg.REVERSAL and not line.is_known and line.original_id
    ]
    if not asked:
        return []
    rows = sql.run(
        "statement_same_debits",
        rows=len(asked),
        rail_id=rail.pk,
        is_advice=is_advice,
        zone=zone.key,
        position=[place for place, _ in asked],
        original_id=[line.original_id for _, line in asked],
        amount_minor=[abs(line.amount_minor) for _, line in asked],
        currency=[line.currency for _, line in asked],
    )
    return [Sighted(*row) for row in rows]


def _open_charges(
    lines: Sequence[Line], rail: Rail, zone: ZoneInfo, *, is_advice: bool
) -> list[Charge]:
    days = [line.booked_day for line in lines if line.leg is Leg.CHARGE and not line.is_known]
    if not days:
        return []
    rows = sql.run(
        "statement_open_charges",
        rail_id=rail.pk,
        is_advice=is_advice,
        zone=zone.key,
        first_day=min(days) - timedelta(days=pairing.APART_DAYS_MAX),
    )
    return [Charge(*row) for row in rows]


def _named(
    lines: Sequence[Line], query: str, leg: Leg, rail: Rail, *, is_advice: bool
) -> dict[int, UUID]:
    """
    Return what a debit names that was ordered here, by the line's place; each order once.

    A line that names one is of that leg from now on.
    """
    asked = [(place, word, line) for place, line in _debits(lines) for word in _words(line)]
    if not asked:
        return {}
    rows = sql.run(
        query,
        rows=len(asked),
        rail_id=rail.pk,
        is_advice=is_advice,
        position=[place for place, _, _ in asked],
        word=[word for _, word, _ in asked],
        amount_minor=[-line.amount_minor for _, _, line in asked],
        currency=[line.currency for _, _, line in asked],
    )
    keys: dict[int, UUID] = {}
    for place, key in rows:
        if place not in keys and key not in keys.values():
            keys[place] = key
            lines[place].leg = leg
    return keys


def _debits(lines: Sequence[Line]) -> list[tuple[int, Line]]:
    """Return the debits of which nothing has told yet what they are, with their places."""
    return [(place, line) for place, line in enumerate(lines) if line.leg is Leg.WITHDRAWAL]


def _words(line: Line) -> list[str]:
    words = (word for text in line.texts for word in _WORD.findall(text))
    return list(dict.fromkeys((*line.ids, *line.payer_ids, *line.texts, *words)))[:_WORDS_MAX]
