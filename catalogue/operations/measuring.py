"""Keeping what the cases of a month really took."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from catalogue.measuring import Measured
from catalogue.models import Service
from catalogue.models.measuring import MeasuredTime


def keep(figures: Mapping[str, Measured], *, month: date, at: datetime) -> int:
    """
    Keep the figures of a month, by the code of the service, and return how many there are.

    Safe to repeat: what was measured of the month before is replaced. A service that is not here
    (any more) is left out, and one without cases.

    :param month: its first day
    """
    services = dict(Service.objects.filter(code__in=figures).values_list("code", "pk"))
    rows = [
        MeasuredTime(
            service_id=services[code],
            month=month,
            cases=figure.cases,
            median_working_days=figure.median,
            ninth_decile=figure.ninth_decile,
            measured_at=at,
        )
        for code, figure in figures.items()
        if code in services and figure.cases
    ]
    with transaction.atomic():
        MeasuredTime.objects.filter(month=month).exclude(
            service_id__in=[row.service_id for row in rows]
        ).delete()
        MeasuredTime.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["service", "month"],
            update_fields=["cases", "median_working_days", "ninth_decile", "measured_at"],
        )
    return len(rows)


def is_kept(month: date, *, since: datetime) -> bool:
    """Say whether the figures of a month were kept since a moment, if there were any."""
    return MeasuredTime.objects.filter(month=month, measured_at__gte=since).exists()
