"""Who was met at a counter, and who moves from one phone to another."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.persons import ContactPoint, Person
from accounts.states import SeenDocument

NOTE_MAX = 300
# No country lets the old phone less time to stop a change.
PHONE_CHANGE_WAIT_MIN = timedelta(hours=24)


class Meeting(models.Model):
    """Append-only: a person stood before an officer, who compared her with a document."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="meetings")
    # The phone that was bound to her then, and that she said is hers; none was if null.
    contact = models.ForeignKey(ContactPoint, null=True, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=20, choices=SeenDocument.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document__in=SeenDocument.values), name="meeting_document_known"
            ),
        ]

    def __str__(self) -> str:
        return f"meeting #{self.pk}"


class PhoneChange(models.Model):
    """
    A person moves from one phone to another: she asks herself, or an officer for whom she met.

    The new number shows itself by a code (`proven_at`). The old one ends at `effective_at`; sooner
    only where somebody confirms it: she, by a code on the old phone, or a second officer. Until
    then whoever holds the old phone can stop it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phone_changes")
    old_contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    new_contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    at_counter = models.BooleanField(default=False)
    document = models.CharField(max_length=20, choices=SeenDocument.choices, blank=True, default="")
    note = models.CharField(max_length=NOTE_MAX, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(old_contact=F("new_contact")), name="phone_change_to_another"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at=None, stopped_at=None),
                name="phone_change_once",
            ),
            models.CheckConstraint(
                condition=Q(proven_at=None, effective_at=None)
                | Q(
                    proven_at__gte=F("asked_at"),
                    effective_at__gte=F("proven_at") + PHONE_CHANGE_WAIT_MIN,
                ),
                name="phone_change_proven_then_waits",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None)
                | (
                    Q(proven_at__isnull=False, stopped_at=None)
                    & (Q(confirmed_at__isnull=False) | Q(done_at__gte=F("effective_at")))
                ),
                name="phone_change_waits_or_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(at_counter=False)
                | (
                    ~Q(document="")
                    & (Q(done_at=None) | Q(confirmed_at__isnull=False))
                    & (Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")))
                ),
                name="phone_change_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="phone_change_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                name="phone_change_stopped_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                name="phone_change_due",
                condition=Q(done_at=None, stopped_at=None, effective_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"phone change #{self.pk}"
