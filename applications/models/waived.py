"""What the law took off a case altogether: a fee of which no bill tells."""

from django.db import models
from django.db.models import Q

from applications.models.cases import Application


class WaivedCharge(models.Model):
    """
    Appended when a case is sent in: a fee that a waiver made nothing, which stands on no bill.

    What a waiver left a part of stands on the bill's line (`payments.models.BillLine`).
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fee_code = models.CharField(max_length=60)
    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3)
    waived_minor = models.BigIntegerField()
    law = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "fee_code"], name="charge_waived_once_of_a_case"
            ),
            models.CheckConstraint(
                condition=Q(waived_minor__gt=0) & ~Q(law=""), name="charge_waived_by_a_law"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="charge_waived_on_a_day")]

    def __str__(self) -> str:
        return f"#{self.pk}"
