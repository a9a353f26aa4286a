"""Appeals of whoever was refused, and papers that wait at a counter until they are collected."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application, Refusal
from applications.states import Collector, ProofKind
from kernel.crypto import EncryptedTextField


def _somebody() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class Appeal(models.Model):
    """
    Appended: the applicant does not agree with a refusal. A case is appealed once.

    What came of it is where the case went. `version` is the case's after it was appealed.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="appeal")
    version = models.PositiveIntegerField()
    refusal = models.OneToOneField(Refusal, on_delete=models.PROTECT, related_name="+")
    # Hers: numbers and names of people are never stored in clear.
    text = EncryptedTextField()
    by = _somebody()
    at = models.DateTimeField()
    # The first moment at which it would have been too late.
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at__lt=F("closes_at")), name="appeal_within_its_term"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal #{self.pk}"


class ReadyPaper(models.Model):
    """
    A paper that lies ready at an office for whoever is to collect it.

    The code is what its last message says to the applicant's phone; of it only a hash is kept.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="ready_paper"
    )
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    by = _somebody()
    ready_at = models.DateTimeField()
    code_hash = models.BinaryField(null=True)
    code_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    # When she was reminded, and when the supervisor was told that nobody came.
    reminded_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(reminded_at__isnull=False),
                name="ready_paper_reminds_before_it_tells",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "ready_at"], name="ready_paper_of_office"),
            models.Index(fields=["ready_at"], name="ready_paper_untold", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"ready #{self.pk}"


class GivenPaper(models.Model):
    """
    Appended: to whom a paper was given at the counter, on which proof.

    Of the proof's number the last three characters alone are kept. Without the applicant's code
    the paper is given only once a second officer has seen it too (`GivenWitness`).
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="given_papers"
    )
    collector = models.CharField(max_length=10, choices=Collector.choices)
    proof = models.CharField(max_length=20, choices=ProofKind.choices)
    proof_ends = models.CharField(max_length=3)
    # Of another: who she is, and what gives her the authority.
    authority = EncryptedTextField(default="")
    with_code = models.BooleanField()
    by = _somebody()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(collector__in=Collector.values), name="collector_known"
            ),
            models.CheckConstraint(condition=Q(proof__in=ProofKind.values), name="proof_known"),
            models.CheckConstraint(
                condition=Q(proof_ends__regex=r"^[0-9A-Z]{3}$"), name="proof_ends_in_three"
            ),
        ]

    def __str__(self) -> str:
        return f"given #{self.pk}"


class GivenWitness(models.Model):
    """Appended: a second officer saw the proof of somebody who had no code."""

    given = models.OneToOneField(GivenPaper, on_delete=models.PROTECT, related_name="witness")
    by = _somebody()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"witness #{self.pk}"
