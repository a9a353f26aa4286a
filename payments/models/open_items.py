"""What stands in suspense now, who holds it, and what may become of it by rule."""

from django.db import models

from payments import states
from payments.models.ledger import Rail
from payments.models.movements import Movement


class OpenItem(models.Model):
    """
    A collection of which something stands in suspense; gone when nothing does.

    PostgreSQL keeps it by the entries of suspense and by the holds; the application writes only
    `unclaimed_since`.
    """

    movement = models.OneToOneField(
        Movement, on_delete=models.DO_NOTHING, primary_key=True, related_name="open_item"
    )
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="open_items")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # What stands there, not what came.
    reason = models.CharField(max_length=30, choices=states.SuspenseReason.choices)
    opened_at = models.DateTimeField()
    # When a rule found it past its legal term; two people still decide.
    unclaimed_since = models.DateTimeField(null=True, db_default=None)
    held_by = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    held_until = models.DateTimeField(null=True, db_default=None)
    hold_note = models.TextField(db_default="")

    class Meta:
        managed = False
        db_table = "payments_open_item"

    def __str__(self) -> str:
        return f"open item #{self.pk}"


class Hold(models.Model):
    """Who looks into an open item and until when; without an end, it is lifted. Append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="holds")
    by = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    until_at = models.DateTimeField(null=True, db_default=None)
    note = models.TextField(db_default="")
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_hold"

    def __str__(self) -> str:
        return f"hold #{self.pk}"


class SuspenseRule(models.Model):
    """What the country's pack says of suspense in a currency; None where no source says it."""

    currency = models.CharField(max_length=3, primary_key=True)
    write_off_max_minor = models.BigIntegerField(null=True)
    legal_term_days = models.IntegerField(null=True)
    loss_max_minor = models.BigIntegerField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_suspense_rule"

    def __str__(self) -> str:
        return f"suspense in {self.currency}"
