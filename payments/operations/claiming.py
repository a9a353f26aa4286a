"""
Claims: somebody says that a collection in suspense is hers.

She opens one herself where code and phone are both hers, else an officer does at a desk. An
officer notes the document that she showed; then it is answered by a match or a refund, which
another person decides about, or refused with a reason.
"""

import secrets
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import policies as grants
from accounts import queries as accounts
from kernel import audit
from kernel.crypto import blind_index
from payments import posting, queries
from payments.models import Claim, Movement
from payments.operations import finding, matching, prompting, refunding
from payments.operations.refunding import REASON_CHARS_MAX, OwnMoney, SaysNothing
from payments.policies import ASK_MATCH, ASK_REFUND
from payments.queries.finding import spellings
from payments.states import DocumentKind, Leg

log = structlog.get_logger()

_CODE_MAX = 200


class NothingToClaim(Exception):
    """Nothing of this collection stands in suspense."""


class NotHers(Exception):
    """This code and this phone tell of no money together, or the code is of other money."""


class ClaimedAlready(Exception):
    """This phone has claimed it, and waits for the answer; `number` is that claim's."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class ClaimAnswered(Exception):
    """The claim has its proof, or its answer, already."""


class NotProven(Exception):
    """No officer has noted a document of hers."""


def open_own(*, code: str, phone: str, address: str, at: datetime) -> str:
    """
    Open a claim by whoever knows code and phone; return its number.

    Counted as a search, so call it outside a transaction.

    :raises NotHers: if the two tell of no money together
    :raises NothingToClaim: if it does not stand in suspense
    :raises ClaimedAlready: if she waits for the answer to one
    :raises prompting.NotAPhone: if it is none of this country
    :raises accounts.operations.BudgetSpent: if it was tried too often
    """
    found = finding.find(code=code, phone=phone, address=address, at=at).collections
    if not found:
        raise NotHers
    stands = [one.movement_id for one in found if one.suspense_minor > 0]
    if not stands:
        raise NothingToClaim
    return _open(stands[0], code=code, phone=prompting.e164(phone), by_id=None, at=at)


def open_at_desk(*, movement_id: int, code: str, phone: str, by_id: int, at: datetime) -> str:
    """
    Open a claim for somebody who stands at a desk with the network's SMS; return its number.

    :raises NotHers: if the code is of other money
    :raises OwnMoney: if it is the officer's own phone
    :raises NothingToClaim, ClaimedAlready, prompting.NotAPhone: as `open_own`
    :raises accounts.policies.NotGranted: if she may not ask for matches on this rail
    """
    number = prompting.e164(phone)
    movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
    _require(by_id, ASK_MATCH.code, movement, at)
    names = [movement.external_id, *movement.aliases.values_list("external_id", flat=True)]
    if not set(spellings(code)) & {spelt for name in names for spelt in spellings(name)}:
        raise NotHers
    if accounts.is_own_phone(account_id=by_id, phone=number, at=at):
        raise OwnMoney
    return _open(movement_id, code=code, phone=number, by_id=by_id, at=at)


def prove(*, claim_id: int, document_kind: DocumentKind, by_id: int, at: datetime) -> None:
    """
    Note that she showed a document and the network's SMS at a desk.

    :raises ClaimAnswered: if that is noted, or the claim answered
    :raises OwnMoney: if it is the officer's own phone
    :raises accounts.policies.NotGranted: if she may not ask for matches on this rail
    """
    with transaction.atomic():
        claim = _lock(claim_id, ASK_MATCH.code, by_id=by_id, at=at)
        if claim.proven_at is not None:
            raise ClaimAnswered
        claim.document_kind, claim.proven_by_id, claim.proven_at = document_kind, by_id, at
        claim.save(update_fields=["document_kind", "proven_by", "proven_at"])
        _note("claim.proven", claim, by_id=by_id, at=at)


def answer_with_match(*, claim_id: int, reference: str, by_id: int, at: datetime) -> int:
    """
    Ask that the money pay the bill of this reference; return the match's id.

    :param reference: as typed
    :raises NotProven: if she has shown nothing
    :raises ClaimAnswered: if it has its answer
    :raises queries.NoBill: if it is nobody's reference
    :raises matching.NothingToMatch, matching.BillTakesNoMoney, matching.AlreadyAsked: as `ask`
    :raises accounts.policies.NotGranted: if she may not ask for matches on this rail
    """
    with transaction.atomic():
        claim = _lock_proven(claim_id, ASK_MATCH.code, by_id=by_id, at=at)
        bill = queries.bill_by_reference(reference)
        refunding.refuse_own(bill.id, by_id=by_id, at=at)
        claim.match_id = matching.ask(
            movement_id=claim.movement_id,
            bill_id=bill.id,
            amount_minor=min(posting.stands_in_suspense(claim.movement_id), bill.due_minor),
            reason=f"claim {claim.number}",
            by_id=by_id,
            at=at,
        )
        _answer(claim, "match", by_id=by_id, at=at)
        return claim.match_id


def answer_with_refund(*, claim_id: int, by_id: int, at: datetime, by_hand: bool = False) -> int:
    """
    Ask that what stands in suspense of the money go back; return the refund's id.

    :param by_hand: to be paid to a payee proven at a desk, whatever the rail can
    :raises NotProven, ClaimAnswered: as `answer_with_match`
    :raises refunding.NothingToRefund, refunding.RefundInWhole: as `refunding.ask`
    :raises accounts.policies.NotGranted: if she may not ask for refunds on this rail
    """
    with transaction.atomic():
        claim = _lock_proven(claim_id, ASK_REFUND.code, by_id=by_id, at=at)
        claim.refund_id = refunding.ask(
            movement_id=claim.movement_id,
            amount_minor=posting.stands_in_suspense(claim.movement_id),
            reason=f"claim {claim.number}",
            by_hand=by_hand,
            by_id=by_id,
            at=at,
        )
        _answer(claim, "refund", by_id=by_id, at=at)
        return claim.refund_id


def refuse(*, claim_id: int, reason: str, by_id: int, at: datetime) -> None:
    """
    Say that it is not hers; the money stays in suspense.

    :raises SaysNothing: without a reason
    :raises ClaimAnswered: if it has its answer
    :raises accounts.policies.NotGranted: if she may not ask for matches on this rail
    """
    if not reason.strip():
        raise SaysNothing
    with transaction.atomic():
        claim = _lock(claim_id, ASK_MATCH.code, by_id=by_id, at=at)
        claim.refused_for = reason.strip()[:REASON_CHARS_MAX]
        _answer(claim, "refused_for", by_id=by_id, at=at)


def _open(movement_id: int, *, code: str, phone: str, by_id: int | None, at: datetime) -> str:
    if posting.stands_in_suspense(movement_id) <= 0:
        raise NothingToClaim
    index = blind_index("phone", phone)
    waiting = Claim.objects.filter(movement_id=movement_id, phone_index=index, answered_at=None)
    if (known := waiting.first()) is not None:
        raise ClaimedAlready(known.number)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                number=_number(at),
                movement_id=movement_id,
                code=code.strip()[:_CODE_MAX],
                phone=phone,
                phone_index=index,
                opened_at=at,
                opened_by_id=by_id,
            )
            _note("claim.opened", claim, by_id=by_id, at=at)
    except IntegrityError as error:
        if "claim_open_once" not in str(error):
            raise
        raise ClaimedAlready(waiting.get().number) from None
    return claim.number


def _number(at: datetime) -> str:
    # Too many to try: a number alone opens nothing, but it must not tell how many there are.
    return f"CL-{at:%y}-{secrets.randbelow(10**10):010d}"


def _lock(claim_id: int, act: str, *, by_id: int, at: datetime) -> Claim:
    rows = Claim.objects.select_for_update(no_key=True, of=("self",))
    claim = rows.select_related("movement__rail").get(pk=claim_id)
    _require(by_id, act, claim.movement, at)
    if claim.answered_at is not None:
        raise ClaimAnswered(claim_id)
    if accounts.is_own_phone(account_id=by_id, phone=claim.phone, at=at):
        raise OwnMoney
    return claim


def _lock_proven(claim_id: int, act: str, *, by_id: int, at: datetime) -> Claim:
    claim = _lock(claim_id, act, by_id=by_id, at=at)
    if claim.proven_at is None:
        raise NotProven
    return claim


def _answer(claim: Claim, how: str, *, by_id: int, at: datetime) -> None:
    claim.answered_by_id, claim.answered_at = by_id, at
    claim.save(update_fields=[how, "answered_by", "answered_at"])
    _note("claim.answered", claim, by_id=by_id, at=at, detail=how)


def _require(account_id: int, act: str, movement: Movement, at: datetime) -> None:
    grants.require(
        account_id=account_id, act=act, area_code=None, rail_code=movement.rail.code, at=at
    )


def _note(act: str, claim: Claim, *, by_id: int | None, at: datetime, detail: str = "") -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.claim",
        subject_id=claim.pk,
        detail={"answer": detail} if detail else {},
        at=at,
    )
    log.info(act, claim_id=claim.pk)
