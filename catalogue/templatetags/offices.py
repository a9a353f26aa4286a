"""How offices and measured times are told: hours, weekdays, what a service really took."""

from collections.abc import Mapping, Sequence
from datetime import time
from decimal import ROUND_CEILING, Decimal

from django import template
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from catalogue.measuring import ToldTime
from kernel.country import Hours

register = template.Library()

_HALF_A_DAY = Decimal("0.5")


@register.simple_tag
def open_hours(hours: Hours) -> SafeString:
    """From when until when: "08:00 to 12:00, 14:00 to 17:00"."""
    return format_html_join(", ", "{}", ((_span(opens, closes),) for opens, closes in hours))


@register.simple_tag
def open_days(week: Sequence[tuple[int, bool]]) -> str:
    """The days on which offices work: "Monday to Friday", or one after the other."""
    days = [day for day, works in week if works]
    names = [str(WEEKDAYS[day]) for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


@register.simple_tag
def really_took(measured: Mapping[str, ToldTime], code: str) -> SafeString:
    """What a service took in the newest month that was measured, or that nobody knows."""
    told = measured.get(code)
    if told is None:
        return _hint(gettext("not measured yet"))
    month = formats.date_format(told.month, "F Y")
    if told.median is None or told.ninth_decile is None:
        return _hint(gettext("%(month)s: too few to tell") % {"month": month})
    words = gettext("half within %(median)s, nine of ten within %(ninth)s")
    cases = ngettext("%(n)s case", "%(n)s cases", told.cases) % {
        "n": formats.number_format(told.cases, force_grouping=True)
    }
    return format_html(
        '{} <span class="hint">({}, {})</span>',
        words % {"median": _days(told.median), "ninth": _days(told.ninth_decile)},
        month,
        cases,
    )


def _days(days: Decimal) -> str:
    """Whole days, rounded up: within them it was done."""
    if days <= _HALF_A_DAY:
        return gettext("half a working day")
    n = int(days.to_integral_value(ROUND_CEILING))
    return ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}


def _span(opens: time, closes: time) -> str:
    return gettext("%(opens)s to %(closes)s") % {
        "opens": formats.time_format(opens, "H:i"),
        "closes": formats.time_format(closes, "H:i"),
    }


def _hint(text: str) -> SafeString:
    return format_html('<span class="hint">{}</span>', text)
