"""Official receipts (quittances), and that the money of one was taken back."""

from django.db import models

from payments.models.bills import Bill


class ReceiptSeries(models.Model):
    """The last number given to a beneficiary in a year. Locked last, and briefly."""

    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, related_name="+"
    )
    year = models.SmallIntegerField()
    last = models.IntegerField(db_default=1)

    class Meta:
        managed = False
        db_table = "payments_receipt_series"

    def __str__(self) -> str:
        return f"series #{self.pk} {self.year}"


class Receipt(models.Model):
    """What one beneficiary received by one payment of a bill; it names no payer. Append-only."""

    bill = models.ForeignKey(Bill, on_delete=models.DO_NOTHING, related_name="receipts")
    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, related_name="+"
    )
    number = models.CharField(max_length=96, unique=True)
    series_year = models.SmallIntegerField()
    series_no = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    lines = models.JSONField()  # Of each line: names, revenue_code, legal_source, amount_minor.
    rails = models.JSONField()  # The names, by language, of each rail that brought the money.
    template_version = models.SmallIntegerField()
    paid_at = models.DateTimeField()  # The bill's: tells its payments apart.
    issued_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_receipt"

    def __str__(self) -> str:
        return self.number


class ReceiptCancellation(models.Model):
    """Append-only: the money of a receipt was taken back, and the receipt counts no more."""

    receipt = models.OneToOneField(
        Receipt, on_delete=models.DO_NOTHING, primary_key=True, related_name="cancellation"
    )
    reason = models.CharField(max_length=40)
    cancelled_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_receipt_cancellation"

    def __str__(self) -> str:
        return f"receipt #{self.receipt_id} cancelled"
