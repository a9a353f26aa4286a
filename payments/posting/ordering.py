"""Where a batch is cut, so that it comes to the same as its tellings one after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from payments import sql
from payments.posting.holding import Aim
from payments.posting.judging import Asked
from payments.posting.naming import Named
from payments.states import Leg


class Piece(NamedTuple):
    """Some of a batch's collections and then some of its debits, by their places among them."""

    credits: list[int]
    debits: list[int]


def pieces(
    credited: Sequence[Named],
    positions: Sequence[int],
    aims: Sequence[Aim],
    asked: Sequence[Asked],
) -> list[Piece]:
    """
    Cut a batch where a reversal opens a bill again that a later telling of it pays; bills are held.

    A debit of a collection that is told after it waits for that one.

    :param positions: of the collections in the batch
    """
    whole = [Piece(list(range(len(credited))), list(range(len(asked))))]
    reversals = [one.position for one in asked if one.debit.leg == Leg.REVERSAL]
    if not reversals or not positions or max(positions) < min(reversals):
        return whole
    here = {
        (one.telling.rail_id, one.external_id): place
        for place, one in reversed(list(enumerate(credited)))
    }
    opens = _bills_of(asked)
    debits = []
    for place, one in enumerate(asked):
        original = here.get((one.telling.rail_id, one.debit.original_id))
        if original is None:
            debits.append((one.position, opens[place]))
            continue
        if one.debit.leg == Leg.REVERSAL and (bill_id := aims[original].heir_id):
            opens[place].add(bill_id)
        debits.append((max(one.position, positions[original]), opens[place]))
    heirs = [aim.heir_id for aim in aims]
    return cut(list(zip(positions, heirs, strict=True)), debits)


def cut(
    credited: Sequence[tuple[int, int | None]], debited: Sequence[tuple[int, Collection[int]]]
) -> list[Piece]:
    """
    Cut before each collection for a bill that a debit before it may open again. Pure.

    :param credited: position and bill of each collection
    :param debited: position of each debit, and the bills that it may open
    """
    steps = sorted(
        [(position, False, place) for place, (position, _) in enumerate(credited)]
        + [(position, True, place) for place, (position, _) in enumerate(debited)]
    )
    found = [Piece([], [])]
    opened: set[int] = set()
    for _, is_debit, place in steps:
        if is_debit:
            found[-1].debits.append(place)
            opened.update(debited[place][1])
            continue
        if credited[place][1] in opened:
            found.append(Piece([], []))
            opened = set()
        found[-1].credits.append(place)
    for piece in found:
        piece.debits.sort()
    return found


def _bills_of(asked: Sequence[Asked]) -> dict[int, set[int]]:
    """Return the bills that each reversal's original pays already, by its place."""
    reversals = [(place, one) for place, one in enumerate(asked) if one.debit.leg == Leg.REVERSAL]
    rows = sql.run(
        "bills_of_collections",
        rows=len(reversals),
        position=[place for place, _ in reversals],
        rail_id=[one.telling.rail_id for _, one in reversals],
        original_id=[one.debit.original_id for _, one in reversals],
    )
    bills = defaultdict(set)
    for place, bill_id in rows:
        bills[place].add(bill_id)
    return bills
