"""A desk that pays back what a rail cannot, for the tests of refunds."""

from datetime import datetime, timedelta

from payments.models import Movement, Refund
from payments.operations import paying_out, refunding
from payments.states import DocumentKind, PayeeAccount
from tests.payments import deciding
from tests.payments.world import World, issue, post, telling
from tests.world import NOON

SOON = NOON + timedelta(minutes=1)
PHONE = "0788 123 456"


def paid_twice(world: World, *, external_id: str = "FT25AGAIN") -> Movement:
    """A bill of 500 that was paid by phone and then again at the bank, which pays nothing back."""
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500))
    post(telling(world.bank, bill.reference, 500, external_id=external_id))
    return Movement.objects.get(external_id=external_id)


def approved(movement: Movement, maker: int, checker: int, *, at: datetime = NOON) -> Refund:
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=movement.amount_minor,
        reason="paid twice",
        by_id=maker,
        at=at,
    )
    deciding.approve(refund_id=refund_id, by_id=checker, at=at)
    return Refund.objects.get(pk=refund_id)


def proof(**more: object) -> paying_out.Proof:
    return paying_out.Proof(
        **{
            "code": "ft25 again",
            "document_kind": DocumentKind.NATIONAL_ID,
            "account_kind": PayeeAccount.PHONE,
            "number": PHONE,
            "holder": "Claudine Umutesi",
            **more,
        }
    )


def confirm(refund: Refund, checker: int, *, at: datetime = SOON) -> None:
    paying_out.confirm(
        refund_id=refund.pk,
        proven_at=refund.payee.proven_at,
        by_id=checker,
        step_up_id=deciding.step_up(checker, at=at),
        at=at,
    )


def proven(refund: Refund, maker: int, checker: int) -> Refund:
    paying_out.prove(refund_id=refund.pk, proof=proof(), by_id=maker, at=NOON)
    refund = Refund.objects.get(pk=refund.pk)
    confirm(refund, checker)
    return Refund.objects.get(pk=refund.pk)
