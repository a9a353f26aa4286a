"""What we ask of providers, and how they have answered."""

from uuid import uuid4

from django.db import models

from payments import states
from payments.models.ledger import Rail


class Inquiry(models.Model):
    """
    A question about one movement, because a message that proves nothing told of it; or, once an
    hour, about the balance.

    `key` stands in the address for an answer by another road; `handle` is the provider's own name
    of the question; `told` is what the message said and the answer will not say again.
    """

    BALANCE = "balance"

    key = models.UUIDField(unique=True, default=uuid4)
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="inquiries")
    external_id = models.CharField(max_length=200)
    told = models.CharField(max_length=100, db_default="")
    state = models.CharField(
        max_length=10, choices=states.InquiryState.choices, db_default=states.InquiryState.WAITING
    )
    handle = models.CharField(max_length=100, db_default="")
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, db_default=None)
    answered_at = models.DateTimeField(null=True, db_default=None)
    next_at = models.DateTimeField(null=True, db_default=None)
    tries = models.SmallIntegerField(db_default=0)

    class Meta:
        managed = False
        db_table = "payments_inquiry"

    def __str__(self) -> str:
        return f"inquiry #{self.pk}"

    @property
    def is_about_balance(self) -> bool:
        # A payer may type that word as her reference: the movement's id is then the provider's.
        return self.told == self.BALANCE and self.external_id.startswith(f"{self.BALANCE}:")


class RailHealth(models.Model):
    """
    When a rail last answered and last failed to; up to when its list has been read; what it tells.

    `heard_at` is when a message of its last told of new money. The rest is what the last look (at
    `looked_at`) found: nothing has come since `quiet_since` although it should have, or what comes
    is late by `late_seconds` (the median).
    """

    rail = models.OneToOneField(
        Rail, on_delete=models.DO_NOTHING, primary_key=True, related_name="health"
    )
    answered_at = models.DateTimeField(null=True, db_default=None)
    troubled_at = models.DateTimeField(null=True, db_default=None)
    silent_since = models.DateTimeField(null=True, db_default=None)
    pulled_until = models.DateTimeField(null=True, db_default=None)
    next_pull_at = models.DateTimeField(null=True, db_default=None)
    counted_from = models.DateTimeField(null=True, db_default=None)
    counted_until = models.DateTimeField(null=True, db_default=None)
    heard_at = models.DateTimeField(null=True, db_default=None)
    quiet_since = models.DateTimeField(null=True, db_default=None)
    late_since = models.DateTimeField(null=True, db_default=None)
    late_seconds = models.IntegerField(null=True, db_default=None)
    looked_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_rail_health"

    def __str__(self) -> str:
        return f"health of rail #{self.rail_id}"
