"""Telling the catalogue what its services really took."""

from datetime import datetime, time

from applications.queries import measuring as cases
from catalogue.operations import measuring as catalogue
from kernel.country import country


def measure_times(*, now: datetime) -> None:
    """
    Measure the last month that is over, once in each night, and tell the catalogue.

    Asked for every hour, so that a night that was missed is made up for. The figures are read in
    one transaction and kept in another: nothing changes between the two but by another such job,
    which finds the same.
    """
    month = cases.last_month(now)
    zone = country().zone
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    if not catalogue.is_kept(month, since=midnight):
        catalogue.keep(cases.measured(month), month=month, at=now)
