"""What a withdrawal turned out to be: its money leaves the account of what nothing explains."""

from datetime import datetime

from kernel import outbox
from payments import ledger, sql
from payments.models import Explanation
from payments.posting import accounts, holding, remitting
from payments.posting.matching import DoesNotFit
from payments.posting.refunding import NothingLeft, hold_money, left_minor
from payments.states import AccountRole, ExplanationAnswer, SuspenseReason

A = ExplanationAnswer


def explain(explanation_id: int, *, at: datetime) -> int:
    """
    Post what a withdrawal was; return how many bills are due again.

    A reversal takes its collection back as the provider's own word would have: first what stands in
    suspense, then what bill lines were paid, from the last. Inside the caller's transaction, which
    approves the explanation and holds it, and nothing that comes after it (docs/locking.md).

    :raises NothingLeft: if less is left of the collection
    :raises DoesNotFit: if the batch neither waits for exactly this money nor was given up while its
        lines wait still
    :raises NoOpenDay: if there is no day to post on
    """
    asked = Explanation.objects.select_related("movement__rail").get(pk=explanation_id)
    reopened = 0
    if asked.answer == A.REVERSAL:
        reopened = _take_back(asked, at=at)
    else:
        _move(asked, at=at)
    outbox.wake_after_commit()
    return reopened


def _take_back(asked: Explanation, *, at: datetime) -> int:
    gone, original_id = asked.movement, asked.original_id
    if original_id is None:
        raise DoesNotFit(asked.pk)
    ledger.open_rail_accounts([(gone.rail_id, gone.currency)])
    [day] = holding.hold_days([at], at=at)
    hold_money(original_id)
    if left_minor(original_id) < gone.amount_minor:
        raise NothingLeft(asked.pk)
    [(_, reopened)] = sql.run(
        "take_back",
        movement_id=[original_id],
        amount_minor=[gone.amount_minor],
        subject_id=[asked.pk],
        business_day=[day],
        occurred_at=[at],
        own_role=[AccountRole.UNEXPLAINED.value],
        kind="explained",
        reason=SuspenseReason.REVERSED.value,
        news="payments.collection.reversed",
        at=at,
    )
    return int(reopened)


def _move(asked: Explanation, *, at: datetime) -> None:
    gone = asked.movement
    batches = remitting.hold(ids=[asked.remittance_id]) if asked.remittance_id else []
    ledger.open_rail_accounts([(gone.rail_id, gone.currency)])
    other_id = _other_account(asked, batches)
    [day] = holding.hold_days([at], at=at)
    for batch in batches:
        if batch.is_given_up:
            remitting.resume(batch, at=at)
    sql.run(
        "post_pair",
        kind="explained",
        subject_id=asked.pk,
        own_id=accounts.of_rail(AccountRole.UNEXPLAINED, gone.rail, gone.currency),
        other_id=other_id,
        currency=gone.currency,
        amount_minor=-gone.amount_minor,
        business_day=day,
        at=at,
    )
    if batches:
        sql.run("confirm_remittances", remittance_id=[each.id for each in batches], at=at)
    if asked.refund_id:
        sql.run("end_refund", refund_id=asked.refund_id, external_id=gone.external_id, at=at)


def _other_account(asked: Explanation, batches: list[remitting.Batch]) -> int:
    gone = asked.movement
    if asked.answer in (A.SWEEP, A.CAME_BACK):
        return accounts.of_house(AccountRole.SWEEPS_IN_TRANSIT, gone.currency)
    if asked.answer == A.REFUND:
        return accounts.of_rail(AccountRole.REFUNDS_IN_TRANSIT, gone.rail, gone.currency)
    if asked.answer == A.LOSS:
        return accounts.of_rail(AccountRole.LOSSES, gone.rail, gone.currency)
    if asked.answer == A.CHARGE:
        return _charges(asked)
    for batch in batches:
        is_of = batch.is_of(gone.rail_id, gone.currency, gone.amount_minor)
        if is_of and (batch.is_awaited or batch.is_given_up):
            return accounts.of_beneficiary(
                AccountRole.REMITTANCE_IN_TRANSIT,
                batch.beneficiary_id,
                batch.beneficiary_code,
                gone.currency,
            )
    raise DoesNotFit(asked.pk)


def _charges(asked: Explanation) -> int:
    """Return the charges of whoever bears the rail's, as for one that the provider names."""
    rail, currency = asked.movement.rail, asked.movement.currency
    bearer = str(rail.tariff.get("bearer") or "")
    bearers = ledger.open_bearers([(rail.pk, bearer, currency)]) if bearer else {}
    if rail.pk in bearers:
        return accounts.of_beneficiary(AccountRole.CHARGES, bearers[rail.pk], bearer, currency)
    return accounts.of_rail(AccountRole.CHARGES, rail, currency)
