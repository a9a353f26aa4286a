"""Money that moved, who told of it, and where it stands."""

from django.db import models

from payments import states
from payments.models.bills import Bill, BillLine, PaymentAttempt
from payments.models.ledger import Journal, Rail


class Movement(models.Model):
    """Money that moved at a provider: one row however often and by whatever road it is told."""

    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="movements")
    external_id = models.CharField(max_length=200)
    leg = models.CharField(max_length=10, choices=states.Leg.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=200)  # As told.
    attempt = models.ForeignKey(
        PaymentAttempt, on_delete=models.DO_NOTHING, null=True, related_name="movements"
    )
    # The collection that a reversal takes back, or that a charge is for.
    original = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="+")
    refund = models.OneToOneField(  # Which a payout pays.
        "Refund",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="payout",
    )
    remittance_id = models.BigIntegerField(null=True, db_default=None)  # Which batch it pays.
    occurred_at = models.DateTimeField()
    first_heard_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_movement"

    def __str__(self) -> str:
        return f"movement #{self.pk}"


class MovementAlias(models.Model):
    """Another id by which a provider may tell of a movement alone. Append-only."""

    pk = models.CompositePrimaryKey("rail_id", "external_id", "leg")
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="+")
    external_id = models.CharField(max_length=200)
    leg = models.CharField(
        max_length=10, choices=states.Leg.choices, db_default=states.Leg.CREDIT.value
    )
    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="aliases")

    class Meta:
        managed = False
        db_table = "payments_movement_alias"

    def __str__(self) -> str:
        return f"another name of movement #{self.movement_id}"


class Evidence(models.Model):
    """One sighting of a movement. `source_id` is the message's id for source "message"."""

    pk = models.CompositePrimaryKey("movement_id", "source", "source_id")
    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="evidence")
    source = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    source_at = models.DateTimeField()  # Finds the message's partition.

    class Meta:
        managed = False
        db_table = "payments_evidence"

    def __str__(self) -> str:
        return f"{self.source} #{self.source_id}"


class Difference(models.Model):
    """A message that tells a known movement with another amount or reference. Append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="differences")
    told_currency = models.CharField(max_length=3)
    told_amount_minor = models.BigIntegerField()
    told_reference = models.CharField(max_length=12)  # Normalised; "" where none can be read.
    source = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    source_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_difference"

    def __str__(self) -> str:
        return f"difference #{self.pk}"


class Allocation(models.Model):
    """What a movement paid of a bill line; negative where it was taken back. Append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="allocations")
    line = models.ForeignKey(BillLine, on_delete=models.DO_NOTHING, related_name="allocations")
    journal = models.ForeignKey(Journal, on_delete=models.DO_NOTHING, related_name="allocations")
    amount_minor = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "payments_allocation"

    def __str__(self) -> str:
        return f"allocation #{self.pk}"


class SuspenseItem(models.Model):
    """
    An entry of suspense, with its reason: money that arrived and fits no bill. Append-only.

    Money that leaves suspense is an entry too, with a negative amount and a reason of its own.
    """

    movement = models.ForeignKey(
        Movement, on_delete=models.DO_NOTHING, related_name="suspense_items"
    )
    journal = models.OneToOneField(
        Journal, on_delete=models.DO_NOTHING, related_name="suspense_item"
    )
    # The bill that the payer named, where there is one.
    bill = models.ForeignKey(
        Bill, on_delete=models.DO_NOTHING, null=True, related_name="suspense_items"
    )
    reason = models.CharField(max_length=30, choices=states.SuspenseReason.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_suspense_item"

    def __str__(self) -> str:
        return f"suspense #{self.pk} {self.reason}"
