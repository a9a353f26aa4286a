"""How the law of a fee is told, and who pays less than it asks."""

from datetime import date

from django import template
from django.utils import dateformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from catalogue.definition import Definition, Fee, Waiver
from catalogue.words import FALLBACK, tell
from kernel.country import country
from kernel.money import Money

register = template.Library()

_WHOLE = 100


@register.simple_tag
def in_force(fee: Fee) -> SafeString:
    """Since when, and until which day, the law of a fee holds, as people write days."""
    told_days = (
        (word, day, dateformat.format(date.fromisoformat(day), "j F Y"))
        for word, day in (
            (gettext("in force since"), fee.legal_from),
            (gettext("until"), fee.legal_until),
        )
        if day
    )
    return format_html_join(" ", '{} <time datetime="{}">{}</time>', told_days)


@register.simple_tag
def pays_less(waiver: Waiver, service: Definition) -> str:
    """What a waiver leaves to pay, and of which fees where that is not all of them."""
    here = get_language() or FALLBACK
    meant = [fee for fee in service.fees if fee.code in waiver.fees]
    if waiver.percent == _WHOLE or waiver.amount_minor == 0:
        words = gettext("nothing to pay")
    elif waiver.amount_minor is not None:
        currency = next((fee.currency for fee in (*meant, *service.fees)), country().currency)
        words = gettext("%(amount)s instead") % {
            "amount": Money(waiver.amount_minor, currency).format(here)
        }
    else:
        words = gettext("%(percent)d %% less") % {"percent": waiver.percent}
    names = ", ".join(tell(fee.names, here).text for fee in meant)
    return f"{names}: {words}" if names else words


@register.simple_tag
def proof_of(waiver: Waiver, service: Definition) -> str:
    """Which document proves that the waiver holds."""
    names = service.slots[waiver.evidence].names
    return gettext("give this document: %(name)s") % {
        "name": tell(names, get_language() or FALLBACK).text
    }
