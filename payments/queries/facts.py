"""The fact that a journal is about, where two people decided it: what, why and who."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from payments.models import FloatTopUp, Match, Refund
from payments.models.releases import Explanation, Release
from payments.models.remittances import Remittance


@dataclass(frozen=True, slots=True)
class FactView:
    """`movement_id` is the collection or debit that it is about, where it is about one."""

    reason: str
    state: str  # "": it is decided once, and was.
    asked_at: datetime | None
    decided_at: datetime | None
    maker_id: int | None
    checker_id: int | None
    movement_id: int | None = None
    bill_id: int | None = None
    number: str = ""  # Of a remittance, as its key is.
    key: UUID | None = None


def fact(kind: str, subject_id: int) -> FactView | None:
    """Return what was decided; None of a movement, which nobody here decided. With one query."""
    ask = _ASKED.get(kind)
    return ask(subject_id) if ask else None


def _refund(refund_id: int) -> FactView:
    row = Refund.objects.get(pk=refund_id)
    return FactView(
        reason=row.reason,
        state=row.state,
        asked_at=row.requested_at,
        decided_at=row.decided_at,
        maker_id=row.maker_id,
        checker_id=row.checker_id,
        movement_id=row.movement_id,
        bill_id=row.bill_id,
    )


def _decided(row: Match | Explanation | Release, bill_id: int | None = None) -> FactView:
    return FactView(
        reason=row.reason,
        state="",
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        maker_id=row.maker_id,
        checker_id=row.checker_id,
        movement_id=row.movement_id,
        bill_id=bill_id,
    )


def _match(match_id: int) -> FactView:
    row = Match.objects.get(pk=match_id)
    return _decided(row, row.bill_id)


def _explanation(explanation_id: int) -> FactView:
    return _decided(Explanation.objects.get(pk=explanation_id))


def _release(release_id: int) -> FactView:
    row = Release.objects.get(pk=release_id)
    told = _decided(row)
    return replace(told, reason=f"{row.reason}: {row.law}") if row.law else told


def _top_up(top_up_id: int) -> FactView:
    row = FloatTopUp.objects.get(pk=top_up_id)
    return FactView(row.reason, "", row.asked_at, row.confirmed_at, row.maker_id, row.checker_id)


def _remittance(remittance_id: int) -> FactView:
    row = Remittance.objects.get(pk=remittance_id)
    return FactView(
        reason=row.ended_because,
        state=row.state,
        asked_at=row.built_at,
        decided_at=row.approved_at,
        maker_id=row.maker_id,
        checker_id=row.checker_id,
        number=row.number,
        key=row.key,
    )


_ASKED: Mapping[str, Callable[[int], FactView]] = {
    "refund": _refund,
    "refund_returned": _refund,
    "match": _match,
    "explained": _explanation,
    "write_off": _release,
    "unclaimed": _release,
    "returned": _release,
    "arrived": _release,
    "float": _top_up,
    "remittance": _remittance,
    "remittance_returned": _remittance,
    "remittance_resumed": _remittance,
    "remittance_sent_back": _remittance,
}
