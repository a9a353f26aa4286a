"""Who may act for whom: a parent for her child, a guardian for whom an order names."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.persons import Person
from accounts.states import GuardianKind

NOTE_MAX = 300


class Guardianship(models.Model):
    """
    One person may act for another, from the decision until a day, or until it is ended.

    `approved` is None while it waits for an officer. What the civil register says of a parent
    stands at once, and then `decided_by` is nobody. `until_on` is the first day on which it holds
    no more: the ward's majority, or the end of the order. `proof_sha256` names the file that was
    given, `area_code` where the ward lives: whose officers decide.
    """

    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guards")
    ward = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    kind = models.CharField(max_length=10, choices=GuardianKind.choices)
    until_on = models.DateField()
    proof_sha256 = models.CharField(max_length=64, blank=True, default="")
    area_code = models.CharField(max_length=20)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=NOTE_MAX, blank=True, default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(guardian=F("ward")), name="guardian_of_another"),
            models.CheckConstraint(
                condition=Q(kind__in=GuardianKind.values), name="guardian_kind_known"
            ),
            models.UniqueConstraint(
                fields=["guardian", "ward"],
                condition=Q(ended_at=None) & (Q(approved=None) | Q(approved=True)),
                name="guardian_once",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None, decided_by=None)
                | Q(approved__isnull=False, decided_at__isnull=False),
                name="guardian_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved=None)
                | Q(decided_by__isnull=False)
                | Q(approved=True, kind=GuardianKind.PARENT),
                name="guardian_register_knows_parents_only",
            ),
            models.CheckConstraint(
                condition=Q(approved=True, decided_by=None) | ~Q(proof_sha256=""),
                name="guardian_shows_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="guardian_two_people",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("asked_at"), ended_by__isnull=False),
                name="guardian_ended_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["area_code", "asked_at"],
                name="guardian_waiting",
                condition=Q(approved=None, ended_at=None),
            ),
            models.Index(fields=["proof_sha256"], name="guardian_proof"),
        ]

    def __str__(self) -> str:
        return f"guardianship #{self.pk}"
