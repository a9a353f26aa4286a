"""The columns of whatever one person asks for and another decides."""

from datetime import datetime
from typing import ClassVar

from django.db import models


class ByTwo(models.Model):
    """Made by one person, checked by another."""

    maker = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    checker = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )

    class Meta:
        abstract = True


class Asked(ByTwo):
    """Asked for by one, decided by another, once."""

    approved = models.BooleanField(null=True, db_default=None)  # None: nobody has decided.
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, db_default=None)

    decision: ClassVar[tuple[str, ...]] = ("approved", "checker", "decided_at")

    class Meta:
        abstract = True

    def decide(self, *, approved: bool, by_id: int, at: datetime) -> None:
        """Write what the second person says into a locked row."""
        self.approved, self.checker_id, self.decided_at = approved, by_id, at
        self.save(update_fields=self.decision)


class InForce(Asked):
    """In force from the decision until a later one ends it."""

    from_at = models.DateTimeField(null=True, db_default=None)
    until_at = models.DateTimeField(null=True, db_default=None)

    decision = (*Asked.decision, "from_at")

    class Meta:
        abstract = True

    def decide(self, *, approved: bool, by_id: int, at: datetime) -> None:
        """Write what the second person says into a locked row: from now on, or never."""
        self.from_at = at if approved else None
        super().decide(approved=approved, by_id=by_id, at=at)
