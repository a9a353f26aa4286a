"""What two people decide about withdrawals and suspense, as the operations post it."""

from datetime import datetime, timedelta

from django.db import transaction

from payments import posting
from payments.models import Explanation, Movement, Release
from payments.states import Leg, ReleaseKind
from tests.accounts.people import staff
from tests.payments.control.allowed import allow_sweeps, allow_write_offs
from tests.payments.world import debit, post
from tests.world import NOON

TERM = timedelta(days=365)  # After which money is unclaimed.


def withdrawal(rail, amount_minor: int, *, external_id: str = "W1") -> Movement:
    """Money that left the rail, and that nobody here ordered."""
    post(debit(rail, Leg.WITHDRAWAL, amount_minor, external_id=external_id))
    return Movement.objects.get(rail=rail, external_id=external_id, leg=Leg.WITHDRAWAL)


def asked(gone: Movement, answer: str, *, at: datetime = NOON, **named: object) -> Explanation:
    if answer in ("loss", "charge"):
        allow_write_offs(currency=gone.currency)
    if answer == "sweep":
        allow_sweeps(gone.rail)
    return Explanation.objects.create(
        movement=gone,
        answer=answer,
        reason="the bank wrote so",
        maker=staff(),
        asked_at=at,
        **named,
    )


def explain(explanation: Explanation, *, at: datetime = NOON) -> int:
    """A second person says yes; return how many bills are due again."""
    with transaction.atomic():
        held = Explanation.objects.select_for_update(no_key=True, of=("self",))
        held.get(pk=explanation.pk)
        Explanation.objects.filter(pk=explanation.pk).update(
            approved=True, checker=staff(), decided_at=at
        )
        return posting.explain(explanation.pk, at=at)


def explained(gone: Movement, answer: str, **named: object) -> Explanation:
    explanation = asked(gone, answer, **named)
    explain(explanation)
    return explanation


def wanted(
    collection: Movement,
    kind: str,
    amount_minor: int,
    *,
    at: datetime = NOON,
    sweep: Movement | None = None,
) -> Release:
    """One person asks: within any limit, and of what nobody claimed when its term is over."""
    allow_write_offs(currency=collection.currency)
    is_unclaimed = kind == ReleaseKind.UNCLAIMED
    return Release.objects.create(
        movement=collection,
        kind=kind,
        currency=collection.currency,
        amount_minor=amount_minor,
        reason="nobody came",
        law="Law 1/2020" if is_unclaimed else "",
        term_days=TERM.days if is_unclaimed else None,
        sweep=sweep,
        maker=staff(),
        asked_at=at + TERM if is_unclaimed else at,
    )


def release(one: Release, *, at: datetime = NOON) -> None:
    """A second person says yes."""
    with transaction.atomic():
        Release.objects.select_for_update(no_key=True, of=("self",)).get(pk=one.pk)
        Release.objects.filter(pk=one.pk).update(approved=True, checker=staff(), decided_at=at)
        posting.release(one.pk, at=at)


def released(
    collection: Movement, kind: str, amount_minor: int, *, sweep: Movement | None = None
) -> Release:
    one = wanted(collection, kind, amount_minor, sweep=sweep)
    release(one)
    return one
