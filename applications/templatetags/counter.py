"""What whoever comes to a counter must know."""

from django import template
from django.utils.dates import WEEKDAYS

from kernel.country import country
from places.queries import Office

register = template.Library()


@register.simple_tag
def opening_hours(office: Office) -> str:
    """The days and hours of an office, as its country's pack has them: "Monday: 08:00 to 17:00"."""
    here = country()
    days = ", ".join(str(WEEKDAYS[day]) for day in here.working_week)
    hours = here.hours_by_office.get(office.code, here.office_hours)
    return f"{days}: " + ", ".join(f"{begin:%H:%M}\u2013{end:%H:%M}" for begin, end in hours)
