"""Money in suspense that was meant for a bill after all."""

from django.db import models

from payments import states
from payments.models.asked import Asked
from payments.models.bills import Bill
from payments.models.movements import Movement


class MatchSet(models.Model):
    """
    Matches that one person asked for in one act. Append-only.

    A split gives one collection to several bills and is decided as one; of a page of exact ones
    each is decided for itself. `key` comes with the form: sent twice, it is one.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=5, choices=states.MatchSetKind.choices)
    movement = models.ForeignKey(  # Which is split.
        Movement,
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="splits",
    )
    maker = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_match_set"

    def __str__(self) -> str:
        return f"match set #{self.pk}"


class Match(Asked):
    """
    What of a collection in suspense pays a bill; two people say so.

    It is posted when it is approved. Nothing of it changes but the decision, once.
    """

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="matches")
    bill = models.ForeignKey(Bill, on_delete=models.DO_NOTHING, related_name="matches")
    amount_minor = models.BigIntegerField()
    reason = models.TextField()
    set = models.ForeignKey(
        MatchSet,
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="matches",
    )

    class Meta:
        managed = False
        db_table = "payments_match"

    def __str__(self) -> str:
        return f"match #{self.pk}"
