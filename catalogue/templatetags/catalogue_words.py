"""How the catalogue's words and figures are told: in the reader's language, gaps said aloud."""

from collections.abc import Collection, Mapping

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from catalogue.definition import Fee, Time
from catalogue.words import FALLBACK, Told, tell
from design.templatetags import components
from kernel.money import Money

register = template.Library()


@register.simple_tag
def told(texts: Mapping[str, str] | Told) -> SafeString:
    """
    A text in the reader's language; in another one where hers is missing, and marked so.

    Where there is none at all the page says "not published".
    """
    here = get_language() or FALLBACK
    words = texts if isinstance(texts, Told) else tell(dict(texts), here)
    if not words:
        return not_published()
    if not words.fallback:
        return format_html("{}", words.text)
    return format_html(
        '<span lang="{}">{}</span> <span class="tag"><span aria-hidden="true">{}</span>'
        '<span class="sr">{}</span></span>',
        words.language,
        words.text,
        words.language.upper(),
        gettext("in %(language)s") % {"language": _language_name(words.language, here)},
    )


@register.simple_tag
def plainly(texts: Mapping[str, str] | Told) -> str:
    """The same text without marks, for titles and other places that hold no tags."""
    here = get_language() or FALLBACK
    return (texts if isinstance(texts, Told) else tell(dict(texts), here)).text


@register.simple_tag
def not_published() -> SafeString:
    """What stands where no source gives a value: it is never guessed."""
    return format_html('<span class="hint">{}</span>', gettext("not published"))


@register.simple_tag
def fee_in_short(fees: Collection[Fee]) -> SafeString:
    """What a service costs in one cell: an amount, "free", "from ..." or "not published"."""
    plain = [fee for fee in fees if not fee.variant and fee.when is None]
    known = [fee.amount_minor for fee in plain if fee.amount_minor is not None]
    if plain and len(known) == len(plain):
        total = sum(known)
        return _money(total, plain[0].currency) if total else format_html("{}", gettext("Free"))
    amounts = [(fee.amount_minor, fee.currency) for fee in fees if fee.amount_minor is not None]
    if not amounts:
        return not_published()
    least, currency = min(amounts)
    words = gettext("from %(amount)s")
    told_amount = Money(least, currency).format(get_language() or FALLBACK)
    return format_html('<span class="money">{}</span>', words % {"amount": told_amount})


@register.simple_tag
def amount(fee: Fee) -> SafeString:
    """The amount of one fee: money, "free" or "not published"."""
    if fee.amount_minor is None:
        return not_published()
    if fee.amount_minor == 0:
        return format_html("{}", gettext("Free"))
    return _money(fee.amount_minor, fee.currency)


@register.simple_tag
def goes_to(fee: Fee, beneficiaries: Mapping[str, Mapping[str, str]]) -> SafeString:
    """Whose money a fee is."""
    if fee.beneficiary == "district":
        return format_html("{}", gettext("the district of the office that decides"))
    return told(beneficiaries.get(fee.beneficiary, {}))


@register.simple_tag
def promised(time: Time | None) -> SafeString:
    """How long the office promises to take, or "not published"."""
    if time is None:
        return not_published()
    n = time.value
    words = {
        "working_days": ngettext("%(n)d working day", "%(n)d working days", n),
        "days": ngettext("%(n)d day", "%(n)d days", n),
        "months": ngettext("%(n)d month", "%(n)d months", n),
    }[time.unit]
    return format_html('<span class="money">{}</span>', words % {"n": n})


def _money(amount_minor: int, currency: str) -> SafeString:
    return components.money(amount_minor, currency)


def _language_name(code: str, here: str) -> str:
    try:
        name = Locale.parse(code).get_display_name(here)
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code
