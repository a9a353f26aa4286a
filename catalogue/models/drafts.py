"""What a service will say: its draft, every revision of it, and who decided what about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.states import ENDED, DraftState


class ServiceDraft(models.Model):
    """
    One service being edited; `base` is the version it began from, none for a new service.

    `revision` counts its changes, so that of two who edit at once the second is told. A trigger
    keeps each revision with its author, and lets none of them approve (`draft_two_people`).
    """

    code = models.SlugField(max_length=60)
    base = models.ForeignKey(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=1, db_default=1)
    section = models.CharField(max_length=60, blank=True, default="", db_default="")
    state = models.CharField(
        max_length=10, choices=DraftState.choices, default=DraftState.DRAFT, db_default="DRAFT"
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()
    # Its editor's wish until it is approved; from then on the moment from which it is in force.
    publish_from = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    version = models.OneToOneField(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, null=True, related_name="draft"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(state__in=ENDED), name="draft_one_of_a_service"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="draft_revision_from_one"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[DraftState.APPROVED, DraftState.PUBLISHED],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    publish_from__isnull=False,
                )
                | (
                    ~Q(state__in=[DraftState.APPROVED, DraftState.PUBLISHED])
                    & Q(approved_by__isnull=True, approved_at__isnull=True)
                ),
                name="draft_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(publish_from__gte=F("approved_at")),
                name="draft_never_from_the_past",
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.PUBLISHED, version__isnull=False)
                | (~Q(state=DraftState.PUBLISHED) & Q(version__isnull=True)),
                name="draft_published_is_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.code}"


class DraftRevision(models.Model):
    """What a draft said after one change, and who made it. A trigger writes it; append-only."""

    draft = models.ForeignKey(ServiceDraft, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    section = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} r{self.number}"


class DraftReview(models.Model):
    """A step of a draft: who moved it to which state, of which revision, with what words."""

    draft = models.ForeignKey(ServiceDraft, on_delete=models.PROTECT, related_name="reviews")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=DraftState.choices)
    words = models.CharField(max_length=1000, blank=True, default="", db_default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=DraftState.RETURNED, words=""),
                name="draft_returned_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.state}"
