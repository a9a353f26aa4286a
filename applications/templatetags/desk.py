"""What the desk's pages are made of: the fields of an act, working time, an office's name."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from places.queries import Office

register = template.Library()


@register.simple_tag
def act_of(version: int | str) -> SafeString:
    """The version that she decides on, and the key that makes what is sent twice happen once."""
    return format_html(
        '<input type="hidden" name="version" value="{}">'
        '<input type="hidden" name="key" value="{}">',
        version,
        uuid4(),
    )


@register.filter
def draft_of(application: object, account_id: int) -> str:
    """The name under which her browser keeps what she writes about the case as it is now."""
    return (
        f"{account_id}:{getattr(application, 'number', '')}:{getattr(application, 'version', '')}"
    )


@register.simple_tag
def worked(seconds: int) -> str:
    """Seconds of working time, of either sign, as people say them: "3 h 20 min"."""
    minutes = abs(seconds) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


@register.simple_tag
def office_told(office: Office) -> str:
    """The office's name in the reader's language."""
    return office.told(get_language() or "en")


@register.simple_tag
def away_days(from_at: datetime, until_at: datetime) -> tuple[date, date]:
    """The first and the last day of an absence: it ends as the day after its last one begins."""
    first = timezone.localtime(from_at).date()
    return first, timezone.localtime(until_at - timedelta(microseconds=1)).date()


@register.filter
def days_told(weekdays: Iterable[int]) -> str:
    """Weekdays, Monday is 0, as people write them short: "Mon, Wed"."""
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in weekdays)


@register.filter
def service_told(code: str, names: dict[str, str]) -> str:
    """The service's name in the reader's language, its code where it is no longer offered."""
    return names.get(code, code)
