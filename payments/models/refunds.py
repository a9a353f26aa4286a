"""Money of a collection that goes back to who paid it."""

from uuid import uuid4

from django.db import models

from payments import states
from payments.models.bills import Bill
from payments.models.movements import Movement


class Refund(models.Model):
    """
    One refund of all or some of a collection; proposed by a rule or asked for by its maker.

    `key` is the provider's idempotency key and our name for it in callbacks. The money leaves
    suspense or the bill when it is approved (`posting.hold_refund`).
    """

    key = models.UUIDField(unique=True, default=uuid4)
    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="refunds")
    # The bill that the money was meant for, where there is one.
    bill = models.ForeignKey(
        Bill, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="refunds"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.TextField()  # As the maker writes it, or the rule says it: never a name.
    rule = models.CharField(max_length=40, db_default="")  # "": a person asked without a proposal.
    state = models.CharField(max_length=14, choices=states.RefundState.choices)
    maker = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    checker = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    handle = models.CharField(max_length=100, db_default="")  # The provider's name of our order.
    external_id = models.CharField(max_length=200, db_default="")  # The provider's id of the money.
    failure_reason = models.CharField(max_length=60, db_default="")
    proposed_at = models.DateTimeField(null=True, db_default=None)
    requested_at = models.DateTimeField(null=True, db_default=None)
    decided_at = models.DateTimeField(null=True, db_default=None)
    sent_at = models.DateTimeField(null=True, db_default=None)
    ended_at = models.DateTimeField(null=True, db_default=None)
    next_query_at = models.DateTimeField(null=True, db_default=None)
    queries = models.SmallIntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True, db_default=None)
    # Paid by a person to a payee proven at a desk (`Payee`), because the rail cannot.
    by_hand = models.BooleanField(db_default=False)
    # Who decided that it was not paid by hand after all, or that nobody came for it.
    ended_by = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    # How it stands to what its fees promise; PostgreSQL compares when it is proposed or asked for.
    standing = models.CharField(max_length=10, choices=states.ReturnStanding.choices, db_default="")
    declined_for = models.TextField(db_default="")  # As the checker writes it: never a name.

    class Meta:
        managed = False
        db_table = "payments_refund"

    def __str__(self) -> str:
        return f"refund #{self.pk} {self.state}"
