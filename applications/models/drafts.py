"""What somebody answers before she has proved who she is."""

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q

from applications.models.cases import Application
from kernel.crypto import EncryptedTextField

DRAFT_LIFE = timedelta(days=30)


class SavedDraft(models.Model):
    """
    Answers that are nobody's yet, kept 30 days after the last; then only that there were some.

    `key` stands in the link, and opens nothing without the code: `code_hash` is of a code that was
    shown once, or the code goes to the phone of `contact`, which nobody has proved.
    """

    key = models.UUIDField(unique=True, default=uuid4)
    service_code = models.CharField(max_length=60)
    service_version = models.ForeignKey(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=10)
    answers = EncryptedTextField(null=True)
    contact = models.ForeignKey(
        "accounts.ContactPoint", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.BinaryField(null=True, max_length=32)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # When it was forgotten, or became a case.
    ended_at = models.DateTimeField(null=True)
    application = models.OneToOneField(
        Application, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, answers__isnull=False)
                | Q(ended_at__isnull=False, answers=None, contact=None, code_hash=None),
                name="ended_draft_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(application=None) | Q(ended_at__isnull=False),
                name="draft_that_became_a_case_is_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["changed_at", "id"],
                name="saved_draft_to_forget",
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
