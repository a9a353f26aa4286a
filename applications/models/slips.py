"""The slips that an office writes about a case; the documents app draws, seals and keeps them."""

from django.db import models
from django.db.models import Q

from applications.models.cases import Application
from applications.states import ONCE_A_CASE, SlipKind


class CaseSlip(models.Model):
    """Appended: a slip about a case as it stood at one version of it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="slips")
    kind = models.CharField(max_length=20, choices=SlipKind.choices)
    version = models.PositiveIntegerField()
    # 0 the first; 1 the one of its appeal.
    hearing = models.PositiveSmallIntegerField(default=0, db_default=0)
    paper = models.OneToOneField("documents.Paper", on_delete=models.PROTECT, related_name="+")
    # What an apology promises instead.
    due_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SlipKind.values), name="case_slip_kind_known"
            ),
            models.UniqueConstraint(
                fields=["application", "kind", "version"], name="case_slip_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["application", "kind", "hearing"],
                condition=Q(kind__in=ONCE_A_CASE),
                name="case_slip_once_a_case",
            ),
            models.CheckConstraint(
                condition=Q(kind=SlipKind.APOLOGY, due_at__isnull=False)
                | (~Q(kind=SlipKind.APOLOGY) & Q(due_at=None)),
                name="apology_promises_anew",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"], name="apology_by_time", condition=Q(kind=SlipKind.APOLOGY)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class DaySlip(models.Model):
    """Appended: the register of a day that is over, as one office had it."""

    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    paper = models.OneToOneField("documents.Paper", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="register_of_a_day_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.day}"
