"""Money in suspense that was meant for a bill after all."""

from django.db import models

from payments.models.bills import Bill
from payments.models.movements import Movement


class Match(models.Model):
    """
    What of a collection in suspense pays a bill; two people say so.

    It is posted when it is approved. Nothing of it changes but the decision, once.
    """

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="matches")
    bill = models.ForeignKey(Bill, on_delete=models.DO_NOTHING, related_name="matches")
    amount_minor = models.BigIntegerField()
    reason = models.TextField()
    maker = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    checker = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    approved = models.BooleanField(null=True, db_default=None)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_match"

    def __str__(self) -> str:
        return f"match #{self.pk}"
