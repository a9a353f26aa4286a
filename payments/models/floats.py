"""Money set apart at a provider to pay refunds from."""

from django.db import models

from payments.models.asked import ByTwo
from payments.models.ledger import Rail


class FloatTopUp(ByTwo):
    """
    Money of ours that a provider moved to where it pays refunds from; two people say so.

    It is posted when it is confirmed: out of sweeps in transit, into the rail's refund float.
    """

    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="top_ups")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_float_top_up"

    def __str__(self) -> str:
        return f"float top-up #{self.pk}"
