"""Who is here: an officer's absences, and the days of the week on which she works."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account
from accounts.states import AbsenceKind


class Absence(models.Model):
    """
    An officer is away from then to then; ended before, she is back since `ended_at`.

    Whoever stands in gets her new cases, as far as her own grants reach. No two absences of an
    account overlap (`absence_one_at_a_time`), and nobody stands in while she is away herself
    (`stand_in_is_here`): PostgreSQL keeps both.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="absences")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=AbsenceKind.choices)
    stand_in = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AbsenceKind.values), name="absence_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at")), name="absence_until_after_from"
            ),
            models.CheckConstraint(
                condition=Q(stand_in=None) | ~Q(stand_in=F("account")),
                name="stand_in_is_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="absence_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["account", "until_at"], name="absence_by_account")]

    def __str__(self) -> str:
        return f"absence #{self.pk}"


class WorkingWeek(models.Model):
    """The weekdays on which an officer works, Monday is 0; without a row, the country's week."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="working_week")
    weekdays = ArrayField(models.SmallIntegerField())
    entered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]) & Q(weekdays__len__gt=0),
                name="working_week_of_weekdays",
            ),
        ]

    def __str__(self) -> str:
        return f"week #{self.pk}"
