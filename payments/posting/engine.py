"""The engine: from what is told to movements, journals, allocations and news."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from kernel import outbox
from payments import ledger, sql
from payments.gateways.base import Collection, Debit
from payments.posting import collecting, debiting, holding, naming, ordering
from payments.posting.ordering import Piece
from payments.posting.tellings import Posted, Telling, sum_up


def post(tellings: Sequence[Telling], *, at: datetime) -> Posted:
    """
    Post what is new of this money, keep all of it as evidence, publish what follows.

    Inside the caller's transaction: collections first, in their order, then debits in theirs, but
    for a collection told after a debit that opens its bill again. A movement that is known
    already, or told twice here, is posted once; a telling that differs from it is noted as a
    difference. A debit whose original is unknown is left out and returned as
    waiting, unless it is its last try.

    :raises kernel.outbox.NotInTransaction: outside `transaction.atomic()`
    :raises NoOpenDay: if there is no day to post on
    """
    if not connection.in_atomic_block:
        raise outbox.NotInTransaction
    if not tellings:
        return Posted()
    tellings = naming.as_arrivals(tellings)
    arrivals = [
        (position, one) for position, one in enumerate(tellings) if isinstance(one.told, Collection)
    ]
    debits = [
        (position, one) for position, one in enumerate(tellings) if isinstance(one.told, Debit)
    ]
    credited = naming.resolve([one for _, one in arrivals])
    debited = debiting.prepare(debits, credited) if debits else None
    return _post(credited, debited, [position for position, _ in arrivals], at=at)


def _post(
    credited: list[naming.Named],
    debited: debiting.Prepared | None,
    positions: list[int],
    *,
    at: datetime,
) -> Posted:
    moved = [(one.telling.rail_id, one.collection.currency) for one in credited]
    moments = [one.collection.occurred_at for one in credited]
    if debited:
        moved += debited.moved()
        moments += debited.moments()
    ledger.open_rail_accounts(moved)
    days = holding.hold_days(moments, at=at)
    aims = holding.hold_bills(
        [one.collection for one in credited], also=debited.bill_references if debited else ()
    )
    credited, debited = _sighted(credited, debited)
    came, went = days[: len(credited)], days[len(credited) :]
    if debited is None:
        return _post_piece(credited, None, came, went, aims, at=at)
    pieces = ordering.pieces(credited, positions, aims, debited.asked)
    if len(pieces) == 1:
        return _post_piece(credited, debited, came, went, aims, at=at)
    return sum_up([_post_some(each, credited, debited, came, went, aims, at=at) for each in pieces])


def _sighted(
    credited: list[naming.Named], debited: debiting.Prepared | None
) -> tuple[list[naming.Named], debiting.Prepared | None]:
    """Find the collections that only a statement has told, for debits that speak of them too."""
    sighted = naming.sight(credited)
    renamed = {
        (before.telling.rail_id, before.external_id): after.external_id
        for before, after in zip(credited, sighted, strict=True)
        if after.is_sighted
    }
    if debited is not None and renamed:
        debited = debited.renamed(renamed)
    return sighted, debited


def _post_some(
    piece: Piece,
    credited: list[naming.Named],
    debited: debiting.Prepared,
    came: list[date],
    went: list[date],
    aims: list[holding.Aim],
    *,
    at: datetime,
) -> Posted:
    return _post_piece(
        [credited[place] for place in piece.credits],
        debited.only(piece.debits) if piece.debits else None,
        [came[place] for place in piece.credits],
        [went[place] for place in piece.debits],
        [aims[place] for place in piece.credits],
        at=at,
    )


def _post_piece(
    credited: list[naming.Named],
    debited: debiting.Prepared | None,
    came_on: list[date],
    went_on: list[date],
    aims: list[holding.Aim],
    *,
    at: datetime,
) -> Posted:
    came = collecting.collect(credited, days=came_on, aims=aims, at=at)
    went = debiting.debit(debited, days=went_on, at=at) if debited else None
    kept = [*came.sightings, *(went.sightings if went else ())]
    evidence, differences = _keep_evidence(kept, at=at)
    if went:
        differences += debiting.note_differences(went, at=at)
    if came.movements or (went and went.movements):
        outbox.wake_after_commit()
    return Posted(
        movements=came.movements + (went.movements if went else 0),
        bills_paid=came.bills_paid,
        bills_part_paid=came.bills_part_paid,
        suspended=came.suspended,
        evidence=evidence,
        differences=differences,
        debits=went.movements if went else 0,
        bills_reopened=went.bills_reopened if went else 0,
        unexplained=went.unexplained if went else 0,
        waiting=went.waiting if went else (),
    )


def _keep_evidence(kept: Sequence[collecting.Sighting], *, at: datetime) -> tuple[int, int]:
    if not kept:
        return 0, 0
    [(evidence, differences)] = sql.run(
        "keep_evidence",
        rows=len(kept),
        rail_id=[one.telling.rail_id for one in kept],
        leg=[one.leg for one in kept],
        external_id=[one.external_id for one in kept],
        currency=[one.telling.told.currency for one in kept],
        amount_minor=[one.telling.told.amount_minor for one in kept],
        reference=[one.reference for one in kept],
        known_reference=[one.known_reference for one in kept],
        source=[one.telling.source for one in kept],
        source_id=[one.telling.source_id for one in kept],
        source_at=[one.telling.source_at for one in kept],
        at=at,
    )
    return evidence, differences
