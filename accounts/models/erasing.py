"""That somebody is to be forgotten here: asked for by one, decided by another, done later."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.persons import ContactPoint, Person
from accounts.states import ErasureState, SeenDocument
from kernel.crypto import EncryptedTextField

# No country lets her less time to take it back.
ERASURE_WAIT_MIN = timedelta(days=7)
S = ErasureState


class Erasure(models.Model):
    """
    One erasure of one person, from the asking to the day on which nothing names her any more.

    `asked_by` is her own login, or an officer's before whom she stood with a document. A rule asks
    where the term of her last case is over (`by_term`): then nobody asked and nobody decided.
    `kept_by` says which reasons stopped it on its day. `tombstone` is the contact point without a
    number to which her cases are moved. The two texts are emptied with everything else.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=10, choices=ErasureState.choices)
    by_term = models.BooleanField(default=False)
    document = models.CharField(max_length=20, choices=SeenDocument.choices, blank=True, default="")
    reason = EncryptedTextField(default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    because = EncryptedTextField(default="")
    due_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    kept_by = ArrayField(models.CharField(max_length=30), default=list)
    tombstone = models.ForeignKey(
        ContactPoint, null=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ErasureState.values), name="erasure_state_known"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=[S.ASKED, S.WAITING, S.RUNNING, S.DONE]),
                name="erasure_once_a_person",
            ),
            models.CheckConstraint(
                condition=Q(by_term=True, asked_by=None, decided_by=None, decided_at__isnull=False)
                | Q(by_term=False, asked_by__isnull=False),
                name="erasure_asked_by_somebody_or_a_term",
            ),
            models.CheckConstraint(
                condition=Q(by_term=True)
                | Q(decided_by=None, decided_at=None)
                | (
                    Q(decided_by__isnull=False, decided_at__gte=F("asked_at"))
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="erasure_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.WAITING, S.RUNNING, S.DONE, S.KEPT, S.DECLINED])
                | Q(decided_at__isnull=False),
                name="erasure_decided_before_it_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.WAITING, S.RUNNING, S.DONE, S.KEPT])
                | Q(due_at__isnull=False),
                name="erasure_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None)
                | Q(by_term=True)
                | Q(due_at__gte=F("decided_at") + ERASURE_WAIT_MIN),
                name="erasure_waits_for_her",
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=[S.RUNNING, S.DONE]) & Q(begun_at=None, tombstone=None))
                | Q(
                    state__in=[S.RUNNING, S.DONE],
                    begun_at__gte=F("due_at"),
                    tombstone__isnull=False,
                ),
                name="erasure_begins_on_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.ASKED, S.WAITING, S.RUNNING], ended_at=None)
                | (~Q(state__in=[S.ASKED, S.WAITING, S.RUNNING]) & Q(ended_at__gte=F("asked_at"))),
                name="erasure_ends_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stopped_by=None) | Q(state=S.WITHDRAWN), name="erasure_stopped_is_over"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="erasure_by_state"),
            models.Index(fields=["due_at"], name="erasure_due", condition=Q(state=S.WAITING)),
        ]

    def __str__(self) -> str:
        return f"erasure #{self.pk} {self.state}"
