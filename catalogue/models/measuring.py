"""How long a service really took, as it is told from above."""

from django.db import models
from django.db.models import F, Q

CASES_LEAST = 5
"""Of fewer cases nothing is told: it would say little, and might tell of one person."""


class MeasuredTime(models.Model):
    """
    The cases of a service that ended with its paper in a local month, named by its first day.

    Working days of this country, from the payment until the paper was there, without the time that
    was the applicant's: half of the cases took `median_working_days` at most, nine of ten
    `ninth_decile`. Both are None for fewer than CASES_LEAST cases.
    """

    service = models.ForeignKey(
        "catalogue.Service", on_delete=models.CASCADE, related_name="measured"
    )
    month = models.DateField()
    cases = models.PositiveIntegerField()
    median_working_days = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    ninth_decile = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "month"], name="measured_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="measured_by_whole_months"),
            models.CheckConstraint(condition=Q(cases__gte=1), name="measured_what_ended"),
            models.CheckConstraint(
                condition=Q(cases__lt=CASES_LEAST, median_working_days=None, ninth_decile=None)
                | Q(
                    cases__gte=CASES_LEAST,
                    median_working_days__isnull=False,
                    median_working_days__gte=0,
                    ninth_decile__isnull=False,
                    ninth_decile__gte=F("median_working_days"),
                ),
                name="measured_tells_of_enough_cases",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.month}"
