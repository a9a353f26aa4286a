"""The files that stand with a case: what its applicant gave, and what an officer scanned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.cases import Application


class CheckState(models.TextChoices):
    """What the virus scanner said; a file that waits is shown to nobody."""

    WAITING = "waiting", _("Not checked yet")
    CLEAN = "clean", _("Checked")
    HARMFUL = "harmful", _("Harmful: it cannot be opened")


class Attachment(models.Model):
    """
    Appended: a file under the code of a slot of the service, or an officer's scan under none.

    Its name is not kept: it may name a person, or lie. A row changes twice at most: when the
    scanner has spoken, and when the file is taken back or another takes its place.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="attachments"
    )
    code = models.CharField(max_length=60, blank=True)
    file = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, db_column="sha256", related_name="+"
    )
    pages = models.PositiveSmallIntegerField()
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    attached_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)
    check_state = models.CharField(max_length=10, choices=CheckState.choices)
    # When the scanner is asked again; null once it has spoken.
    check_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code"],
                name="one_attachment_a_slot",
                condition=Q(removed_at=None) & ~Q(code=""),
            ),
            models.CheckConstraint(
                condition=Q(pages__gte=1, pages__lte=50), name="attachment_pages_bounded"
            ),
            models.CheckConstraint(
                condition=Q(check_state__in=CheckState.values), name="attachment_check_known"
            ),
            models.CheckConstraint(
                condition=Q(check_state=CheckState.WAITING, check_due_at__isnull=False)
                | (~Q(check_state=CheckState.WAITING) & Q(check_due_at=None)),
                name="attachment_waits_until",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_due_at", "id"],
                name="attachment_to_check",
                condition=Q(check_state=CheckState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.code or 'scan'}"
