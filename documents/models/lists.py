"""What verifiers fetch, as it was last signed."""

from django.db import models
from django.db.models import Q


class PublicList(models.Model):
    """
    The trust list, or one status list; a row that is due is the errand's own queue.

    Only the newest is kept: each says all that the one before it said.
    """

    class Kind(models.TextChoices):
        TRUST = "trust", "Trust list"
        STATUS = "status", "Status list"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    number = models.PositiveIntegerField(default=0, help_text="of a status list")
    body = models.BinaryField(null=True)
    made_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    # How often it became untrue: what changes while it is being signed is not forgotten.
    changes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="trust", number=0) | Q(kind="status"),
                name="public_list_known",
            ),
            models.CheckConstraint(
                condition=Q(body=None, made_at=None) | Q(body__isnull=False, made_at__isnull=False),
                name="public_list_has_its_time",
            ),
            models.UniqueConstraint(fields=["kind", "number"], name="public_list_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
