"""The downtime book: numbered sheets that an office fills in by hand while it has no network."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application
from applications.states import SpoiledReason

LATE_MAX = timedelta(days=30)
"""How old a sheet may be when it is captured; what is older goes to the supervisor."""


def _somebody(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+"
    )


class DowntimeBook(models.Model):
    """Appended: sheets `first` to `last` of an office and a local year, for one service."""

    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    printed_by = _somebody()
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "year", "first"], name="book_follows_one_book"
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lt=F("first") + 50),
                name="book_has_its_sheets",
            ),
        ]

    def __str__(self) -> str:
        return f"book #{self.pk} {self.first}-{self.last}"


class DowntimeSheet(models.Model):
    """
    One numbered sheet. It ends once: captured as a case, or spoiled with a reason.

    `taken_by` took the citizen's paper at the counter, and `ended_by` typed it in, or declared it.
    """

    book = models.ForeignKey(DowntimeBook, on_delete=models.PROTECT, related_name="sheets")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=16, unique=True)
    application = models.OneToOneField(
        Application, null=True, on_delete=models.PROTECT, related_name="sheet"
    )
    received_at = models.DateTimeField(null=True)
    taken_by = _somebody(null=True)
    spoiled = models.CharField(max_length=12, choices=SpoiledReason.choices, default="")
    ended_by = _somebody(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="one_sheet_a_number"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{5}-[0-9]{2}-[0-9]{6}$"),
                name="sheet_code_well_formed",
            ),
            models.CheckConstraint(
                condition=Q(
                    application=None,
                    received_at=None,
                    taken_by=None,
                    spoiled="",
                    ended_by=None,
                    ended_at=None,
                )
                | Q(
                    application=None,
                    received_at=None,
                    taken_by=None,
                    spoiled__in=SpoiledReason.values,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                )
                | Q(
                    application__isnull=False,
                    received_at__isnull=False,
                    taken_by__isnull=False,
                    spoiled="",
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                ),
                name="sheet_is_open_captured_or_spoiled",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None)
                | Q(received_at__lte=F("ended_at"), received_at__gte=F("ended_at") - LATE_MAX),
                name="sheet_received_in_time",
            ),
        ]

    def __str__(self) -> str:
        return self.code
