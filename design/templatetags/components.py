"""
The parts that pages are made of.

Each tag answers with safe HTML that needs no script and no inline style; every text given to it
is escaped, so it may come from a citizen.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from design import icons, style
from kernel import references
from kernel.money import Money

register = template.Library()

TONES = frozenset({"", "good", "warn", "bad"})
STORY_STATES = {"done": "", "next": "next", "later": "later"}


@register.simple_tag
def stylesheet() -> str:
    """The address of the stylesheet of the country in force."""
    return style.sheet().address


@register.simple_tag
def icon(name: str, usual: str = "") -> SafeString:
    """A picture beside words that say the same; `usual` where a name from data has no picture."""
    return icons.drawn(name, usual)


@register.simple_tag
def tag(text: object, tone: str = "") -> SafeString:
    """A word in a coloured pill; tone "good", "warn", "bad" or "". The word carries the sense."""
    if tone not in TONES:
        raise ValueError(f"no such tone: {tone}")
    return format_html('<span class="tag {}">{}</span>', tone, text)


@register.simple_tag
def ticket_reference(reference: str) -> SafeString:
    """The payment reference (12 digits) in large groups of four."""
    return format_html(
        '<p class="ref"><data value="{}">{}</data></p>', reference, references.spaced(reference)
    )


@register.simple_tag
def money(amount_minor: int, currency: str) -> SafeString:
    """An amount in minor units for this reader, kept on one line: "2,500 RWF"."""
    return format_html('<span class="money">{}</span>', money_text(amount_minor, currency))


@register.simple_tag
def money_text(amount_minor: int, currency: str) -> str:
    """The same without markup, for titles and attributes."""
    return Money(amount_minor, currency).format(get_language() or "en")


@register.simple_tag
def when(moment: dt.datetime | dt.date | None, style: str = "") -> SafeString:
    """
    A time as people say it, in the country's zone; style "short" leaves out the weekday and year.

    A date is told without an hour. None is told as "not known".
    """
    if moment is None:
        return format_html("{}", gettext("not known"))
    local = timezone.localtime(moment) if isinstance(moment, dt.datetime) else moment
    text = formats.date_format(local, "j F" if style == "short" else "l j F Y")
    if isinstance(local, dt.datetime):
        text = f"{text}, {formats.time_format(local, 'H:i')}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.inclusion_tag("design/story.html")
def story(items: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """
    What happened, whose turn it is, what comes next.

    :param items: dicts of `text`, `time` (datetime or None), `state` ("done", "next", "later")
        and `note`
    """
    return {"items": [dict(item, css=STORY_STATES[item["state"]]) for item in items]}


@register.inclusion_tag("design/summary_list.html")
def summary_list(rows: Iterable[Sequence[Any]]) -> dict[str, object]:
    """Rows of (label, value) or (label, value, change_url, change_label)."""
    return {"rows": [(*row, "", "")[:4] for row in rows]}


@register.inclusion_tag("design/way.html")
def way(steps: Sequence[str], here: int) -> dict[str, object]:
    """
    How far one has come.

    :param steps: what each step is called, in order
    :param here: the number of the step that this page is, from 1
    """
    return {"steps": steps, "here": here}


@register.inclusion_tag("design/empty.html")
def empty(text: str, hint: str = "", url: str = "", label: str = "") -> dict[str, object]:
    """What stands where there is nothing yet: that it is so, and what can be done about it."""
    return {"text": text, "hint": hint, "url": url, "label": label}


@register.inclusion_tag("design/error_summary.html")
def error_summary(form: BaseForm | str | None) -> dict[str, object]:
    """The list of what has to be corrected, each linked to its field; nothing where all is well."""
    errors: list[tuple[str, str]] = []
    if isinstance(form, BaseForm) and form.is_bound:  # Django hands on "" for an unset name.
        errors += [("#form-errors", str(error)) for error in form.non_field_errors()]
        for field in form:
            # A group of boxes has no label of its own: the link goes to its first box.
            target = f"#{field.id_for_label or f'{field.auto_id}_0'}"
            # The label tells which of several "is required" this one is.
            name = str(field.label).rstrip("?: ")
            pattern = gettext("%(name)s: %(error)s")
            errors += [(target, pattern % {"name": name, "error": e}) for e in field.errors]
    return {"errors": errors}


@register.simple_tag
def back_link(url: str, label: str = "") -> SafeString:
    """The way back to the page that this one was reached from."""
    return format_html('<p class="back"><a href="{}">{}</a></p>', url, label or gettext("Back"))


@register.inclusion_tag("design/pages.html")
def pages(newer_url: str = "", older_url: str = "") -> dict[str, object]:
    """The page before and the page after, by key and never by count."""
    return {"newer_url": newer_url, "older_url": older_url}


@register.simple_tag
def link(name: str, *args: object) -> str:
    """The address of a named page of any floor, or "" where this site has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def nav_item(context: Context, name: str, label: str, *, room: bool = False) -> SafeString:
    """
    A list item with a link, marked where the reader stands; nothing for an unknown page.

    :param room: whether the pages below that address are marked as well
    """
    url = link(name)
    if not url:
        return SafeString("")
    request: HttpRequest | None = context.get("request")
    path = request.path if request is not None else ""
    current = ""
    if path == url:
        current = SafeString(' aria-current="page"')
    elif room and path.startswith(url):
        current = SafeString(' aria-current="true"')
    return format_html('<li><a href="{}"{}>{}</a></li>', url, current, label)
