"""What the officers' desk keeps: how many cases wait where, and the views that an officer saved."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.states import Status

TALLIED = (
    Status.IN_QUEUE,
    Status.UNDER_REVIEW,
    Status.AWAITING_COMPLETION,
    Status.AWAITING_SECOND,
    Status.APPROVED,
    Status.AWAITING_SIGNATURE,
    Status.UNDER_APPEAL,
    Status.PAYMENT_HELD,
    Status.READY_FOR_COLLECTION,
)
"""States that are counted: of a case that is before an office and is not over."""

VIEWS_MAX = 20


class Tally(models.Model):
    """
    How many cases of a service are in a state, before an office and with an officer.

    The sum of `n` is exact in every snapshot: the trigger `tally_follows` appends what a move takes
    away and adds, in the move's own transaction, and `applications_roll_up_tally` puts such rows
    together. Nobody writes it by hand. Plain columns, so that no move waits for an office's row.
    """

    deciding_office = models.ForeignKey(
        "places.Office",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    service_code = models.CharField(max_length=60)
    status = models.CharField(max_length=24)
    n = models.IntegerField()
    rolled = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deciding_office", "officer", "service_code", "status"],
                name="tally_rolled_once",
                condition=Q(rolled=True),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="tally_not_rolled", condition=Q(rolled=False)),
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.status}"


class SavedView(models.Model):
    """
    A queue that an officer asks for again and again, by a name of hers.

    `filter` holds codes and ids of `queries.views.KEYS`, never a person. `place` orders her views
    and bounds them: PostgreSQL keeps her to `VIEWS_MAX`.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    filter = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "place"], name="saved_view_in_its_place"),
            models.UniqueConstraint(fields=["account", "name"], name="saved_view_named_once"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=VIEWS_MAX), name="saved_views_not_too_many"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
