"""Bills: issued, replaced, cancelled, expired. Only the posting engine takes money for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from kernel import outbox, references
from payments import events, ledger, queries
from payments.gateways.prompt import Failure
from payments.models import Bill, BillLine, PaymentAttempt
from payments.operations import health, prompting
from payments.queries import BillView
from payments.states import BILL_LIFECYCLE, AttemptState, BillState
from places import queries as places

log = structlog.get_logger()

LINES_MAX = 200
# Two draws in nine thousand million collide once in a very long time; five in a row never do.
_DRAWS_MAX = 5


class NothingToBill(Exception):
    """A bill needs at least one line, at most two hundred, each of a positive amount."""


class ChargeAlreadyBilled(Exception):
    """One of the charges stands on another bill that is open or paid."""


class BillNotOpen(Exception):
    """Money came, or the bill has ended: it can be neither replaced nor cancelled."""


class PhoneBeingAsked(BillNotOpen):
    """A phone may be being asked to pay the bill, or has said yes: first her answer is booked."""


class TermOver(BillNotOpen):
    """The bill waits to expire: money may be on its way by a rail that is silent just now."""


@dataclass(frozen=True, kw_only=True)
class NewLine:
    charge_key: str  # Names what is charged, across all bills: "applications.case:17:issuance".
    names: dict[str, str]
    amount_minor: int
    beneficiary_code: str
    revenue_code: str
    legal_source: str
    legal_checked: bool
    # When it goes back, as the service has it (`payments.returnable`); {}: nothing is published.
    returnable: Mapping[str, object] = field(default_factory=dict)
    # By how much the amount is less than the fee's own law asks, and the law that says so.
    waived_minor: int = 0
    waived_by: str = ""


def issue_bill(
    *,
    lines: Sequence[NewLine],
    currency: str,
    description: Mapping[str, str],
    payer_contact_id: int | None,
    at: datetime,
    expires_at: datetime,
    takes_parts: bool = False,
) -> BillView:
    """
    Issue one bill for all lines, under one new reference.

    :param description: the service or services in each language; a payer sees it, so no names
    :param takes_parts: whether a payer who asks first may pay less than all; money that has arrived
        is taken in any case
    :raises NothingToBill: without lines, or with one that asks nothing
    :raises ChargeAlreadyBilled: if another live bill has one of the charges
    :raises places.queries.NoBeneficiary: if a beneficiary's code is unknown
    """
    with transaction.atomic():
        bill = _new_bill(
            lines=lines,
            currency=currency,
            description=description,
            payer_contact_id=payer_contact_id,
            at=at,
            expires_at=expires_at,
            takes_parts=takes_parts,
        )
        _add_lines(bill, lines)
        outbox.publish(events.BillIssued(subject_id=bill.pk, occurred_at=at))
    return queries.bill(bill.pk)


def replace_bill(
    *,
    bill_id: int,
    lines: Sequence[NewLine],
    at: datetime,
    description: Mapping[str, str] | None = None,
) -> BillView:
    """
    Put a new bill in the place of an unpaid one; it keeps the term and the payer.

    Money that still comes on the old reference goes to the new bill if it is exactly its due.

    :return: the new bill
    :raises BillNotOpen: if the bill is no longer open, or has had money
    :raises TermOver: if its term has ended, although it has not expired yet
    :raises PhoneBeingAsked: while a prompt for the old bill has left and is undecided
    :raises ChargeAlreadyBilled: if a third bill has one of the charges
    """
    with transaction.atomic():
        unsent, old = _lock_with_unsent(bill_id)
        if old.state != BillState.OPEN:
            raise BillNotOpen(bill_id)
        if old.expires_at <= at:
            raise TermOver(bill_id)
        _call_off(old, unsent, at=at)
        new = _new_bill(
            lines=lines,
            currency=old.currency,
            description=old.description if description is None else description,
            payer_contact_id=old.payer_contact_id,
            at=at,
            expires_at=old.expires_at,
            takes_parts=old.takes_parts,
        )
        old.successor_id = new.pk
        _end(old, BillState.REPLACED, at=at)
        _add_lines(new, lines)
        outbox.publish(events.BillIssued(subject_id=new.pk, occurred_at=at))
    return queries.bill(new.pk)


def cancel_bill(*, bill_id: int, at: datetime) -> None:
    """
    Take a bill out of force; an expired one too, so that late money does not revive it.

    Safe to repeat.

    :raises BillNotOpen: if money has come for it, or another bill succeeded it
    :raises PhoneBeingAsked: while a prompt for it has left and is undecided
    """
    with transaction.atomic():
        unsent, bill = _lock_with_unsent(bill_id)
        if bill.state == BillState.CANCELLED:
            return
        if BillState.CANCELLED not in BILL_LIFECYCLE.targets(BillState(bill.state)):
            raise BillNotOpen(bill_id)
        _call_off(bill, unsent, at=at)
        if bill.paid_minor:
            # Expired in part: the parts stand on it until somebody refunds them.
            _refuse_late_money(bill)
        else:
            _end(bill, BillState.CANCELLED, at=at)


def refuse_late_money(*, bill_id: int) -> None:
    """Say that the price of an unpaid bill is no longer in force once its term has ended."""
    with transaction.atomic():
        _refuse_late_money(_lock(bill_id))


def keep_as_debt(*, bill_id: int, at: datetime) -> None:
    """
    Let a bill whose money was taken back stay due without a term: what it paid for was given.

    Safe to repeat; one that has been paid again in the meantime stays paid.

    :raises kernel.lifecycle.IllegalTransition: if it was cancelled or replaced
    :raises ChargeAlreadyBilled: if it had expired, and its charges stand on another bill since
    """
    with transaction.atomic():
        bill = _lock(bill_id)
        if bill.state in {BillState.OWED, BillState.PAID}:
            log.info("bill.no_new_debt", bill_id=bill_id, state=bill.state)
            return
        event = BILL_LIFECYCLE.event_for(BillState(bill.state), BillState.OWED)
        bill.state = BillState.OWED
        bill.save(update_fields=["state"])
        # An expired bill had let its charges go.
        with _charge_once():
            BillLine.objects.filter(bill=bill, live=False).update(live=True)
        outbox.publish(event(subject_id=bill.pk, occurred_at=at))
    log.info("bill.owed", bill_id=bill_id)


def prolong(*, bill_id: int, until: datetime, at: datetime) -> None:
    """
    Give a bill that was reopened time to be paid again; it becomes a debt if its term had ended.

    Safe to repeat: a term is never made shorter.

    :raises ChargeAlreadyBilled: if it had expired, and its charges stand on another bill since
    """
    with transaction.atomic():
        bill = _lock(bill_id)
        if bill.state == BillState.EXPIRED:
            keep_as_debt(bill_id=bill_id, at=at)
        elif bill.state in {BillState.OPEN, BillState.PART_PAID} and bill.expires_at < until:
            bill.expires_at = until
            bill.save(update_fields=["expires_at"])
            log.info("bill.prolonged", bill_id=bill_id)


def expire_due(*, now: datetime, limit: int) -> int:
    """
    Let bills expire whose term has passed, oldest first, at most `limit`; return how many did.

    A bill whose payer is being prompted, or may have been, waits: her answer decides. A yes that
    is heard of later still is late money, and revives the bill (post_collections.sql).
    """
    with transaction.atomic():
        waiting = prompting.money_may_come().filter(bill=OuterRef("pk"))
        # She may have paid on a rail that cannot tell us so just now.
        silent = {rail.currency for rail in health.silent(now=now)}
        due = list(
            Bill.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(state__in=[BillState.OPEN, BillState.PART_PAID], expires_at__lte=now)
            .exclude(currency__in=silent)
            .exclude(Exists(waiting))
            .order_by("expires_at", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        Bill.objects.filter(pk__in=due).update(state=BillState.EXPIRED)
        BillLine.objects.filter(bill_id__in=due).update(live=False)
        outbox.publish_many(
            events.BillExpired(subject_id=bill_id, occurred_at=now) for bill_id in due
        )
    return len(due)


def _new_bill(
    *,
    lines: Sequence[NewLine],
    currency: str,
    description: Mapping[str, str],
    payer_contact_id: int | None,
    at: datetime,
    expires_at: datetime,
    takes_parts: bool,
) -> Bill:
    if not 0 < len(lines) <= LINES_MAX or any(line.amount_minor <= 0 for line in lines):
        raise NothingToBill
    bill = Bill(
        currency=currency,
        total_minor=sum(line.amount_minor for line in lines),
        payer_contact_id=payer_contact_id,
        description=dict(description),
        issued_at=at,
        expires_at=expires_at,
        takes_parts=takes_parts,
    )
    for draws_left in reversed(range(_DRAWS_MAX)):
        bill.reference = references.new_reference()
        try:
            with transaction.atomic():
                bill.save(force_insert=True)
            break
        except IntegrityError as error:
            if _rule(error) != "bill_reference_once" or not draws_left:
                raise
    return bill


def _add_lines(bill: Bill, lines: Sequence[NewLine]) -> None:
    owners = {code: places.beneficiary(code) for code in {line.beneficiary_code for line in lines}}
    payables = ledger.open_payables(
        [(owner.pk, owner.code, bill.currency) for owner in owners.values()]
    )
    rows = [
        BillLine(
            bill=bill,
            line_no=line_no,
            charge_key=line.charge_key,
            beneficiary_id=owners[line.beneficiary_code].pk,
            payable_id=payables[owners[line.beneficiary_code].pk, bill.currency],
            currency=bill.currency,
            revenue_code=line.revenue_code,
            legal_source=line.legal_source,
            legal_checked=line.legal_checked,
            names=line.names,
            returnable=line.returnable,
            amount_minor=line.amount_minor,
            waived_minor=line.waived_minor,
            waived_by=line.waived_by,
        )
        for line_no, line in enumerate(lines, start=1)
    ]
    with _charge_once():
        BillLine.objects.bulk_create(rows)


@contextmanager
def _charge_once() -> Iterator[None]:
    """:raises ChargeAlreadyBilled: if a charge would stand on two bills in force"""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _rule(error) == "charge_on_one_live_bill":
            raise ChargeAlreadyBilled from error
        raise


def _lock(bill_id: int) -> Bill:
    bill = Bill.objects.select_for_update(no_key=True, of=("self",)).filter(pk=bill_id).first()
    if bill is None:
        raise queries.NoBill(bill_id)
    return bill


def _lock_with_unsent(bill_id: int) -> tuple[list[PaymentAttempt], Bill]:
    # Attempts before bills: docs/locking.md.
    unsent = PaymentAttempt.objects.select_for_update(no_key=True).filter(
        bill_id=bill_id, state=AttemptState.CREATED
    )
    return list(unsent.order_by("pk")), _lock(bill_id)


def _call_off(bill: Bill, unsent: list[PaymentAttempt], *, at: datetime) -> None:
    """End the prompts that never left; anything else that may bring money stops the caller."""
    # Read under the bill's lock: nobody can ask for a prompt any more. One that was asked for
    # before we had the lock is not ours, and stops us too.
    ours = [attempt.pk for attempt in unsent]
    if prompting.money_may_come().filter(bill=bill).exclude(pk__in=ours).exists():
        raise PhoneBeingAsked(bill.pk)
    for attempt in unsent:
        prompting.end(attempt, AttemptState.EXPIRED, failure=Failure.OVERTAKEN, at=at)


def _end(bill: Bill, state: BillState, *, at: datetime) -> None:
    event = BILL_LIFECYCLE.event_for(BillState(bill.state), state)
    bill.state = state
    bill.save(update_fields=["state", "successor"])
    # Its charges are free to stand on another bill.
    BillLine.objects.filter(bill=bill).update(live=False)
    outbox.publish(event(subject_id=bill.pk, occurred_at=at))
    log.info("bill.ended", bill_id=bill.pk, state=state.value)


def _refuse_late_money(bill: Bill) -> None:
    bill.revivable = False
    bill.save(update_fields=["revivable"])


def _rule(error: IntegrityError) -> str:
    """Return the name of the constraint that spoke."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
