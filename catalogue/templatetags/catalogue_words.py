"""How the catalogue's words and figures are told: in the reader's language, gaps said aloud."""

import json
from collections.abc import Collection, Mapping

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from accounts.states import Assurance
from catalogue.definition import Definition, Fee, Time
from catalogue.explaining import Glossary
from catalogue.kinds import KIND_WORDS, STAGE_WORDS
from catalogue.words import FALLBACK, Told, tell
from design.templatetags import components
from kernel.money import Money, to_decimal_text

register = template.Library()

# What could end a block of data within HTML, as Django's json_script writes it.
_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


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
        '<span lang="{}">{}</span> {}', words.language, words.text, _mark(words, here)
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
def kind_tag(kind: str) -> SafeString:
    """What kind of thing a service ends in."""
    return components.tag(KIND_WORDS[kind])


@register.simple_tag
def stage_tag(stage: str) -> SafeString:
    """How far somebody comes on this site."""
    return components.tag(STAGE_WORDS[stage], "good" if stage != "information" else "")


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


def _mark(words: Told, here: str) -> SafeString:
    """Say that a text is in another language than the page."""
    return format_html(
        '<span class="tag"><span aria-hidden="true">{}</span><span class="sr">{}</span></span>',
        words.language.upper(),
        gettext("in %(language)s") % {"language": _language_name(words.language, here)},
    )


def _language_name(code: str, here: str) -> str:
    try:
        name = Locale.parse(code).get_display_name(here)
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code


@register.simple_tag
def sure_in_words(wanted: Assurance) -> str:
    """How sure we must be of whoever applies, said before she starts."""
    return {
        Assurance.PHONE: gettext("A phone is enough to apply."),
        Assurance.MATCHED: gettext(
            "We compare your identity number and date of birth with the population register."
        ),
        Assurance.MET: gettext(
            "Before you apply, an officer must have met you once at a counter with your identity "
            "card."
        ),
    }[wanted]


@register.simple_tag
def explained(texts: Mapping[str, str] | Told, glossary: Glossary) -> SafeString:
    """A text on one line as `told` tells it, its terms linked to their meanings."""
    here = get_language() or FALLBACK
    words = texts if isinstance(texts, Told) else tell(dict(texts), here)
    if not words:
        return not_published()
    return _in_its_language(words, glossary.mark(words.text, words.language), here, "span")


@register.simple_tag
def prose(texts: Mapping[str, str] | Told, glossary: Glossary) -> SafeString:
    """
    The same of a longer text: a blank line parts paragraphs, lines that begin with "- " are a list.

    An editor's text is plain: what looks like HTML is shown as it was typed.
    """
    here = get_language() or FALLBACK
    words = texts if isinstance(texts, Told) else tell(dict(texts), here)
    if not words:
        return format_html("<p>{}</p>", not_published())
    blocks = [block for block in words.text.replace("\r", "").split("\n\n") if block.strip()]
    told_blocks = format_html_join(
        "\n", "{}", ((_block(block, words.language, glossary),) for block in blocks)
    )
    return _in_its_language(words, told_blocks, here, "div")


def _block(block: str, language: str, glossary: Glossary) -> SafeString:
    lines = [line.strip() for line in block.strip().split("\n")]
    if all(line.startswith("- ") for line in lines):
        items = ((glossary.mark(line[2:], language),) for line in lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    parts = ((glossary.mark(line, language),) for line in lines)
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", parts))


def _in_its_language(words: Told, marked: SafeString, here: str, element: str) -> SafeString:
    if not words.fallback:
        return marked
    shape = '<div lang="{}">{}</div> {}' if element == "div" else '<span lang="{}">{}</span> {}'
    return format_html(shape, words.language, marked, _mark(words, here))


@register.simple_tag
def about(service: Definition, agency: object, address: str) -> SafeString:
    """
    The same facts for machines, as schema.org's GovernmentService.

    A block of data is no script: the content security policy lets it stand.
    """
    here = get_language() or FALLBACK
    names = getattr(agency, "names", {})
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": service.name(here),
        "url": address,
        "description": tell(service.summary, here).text,
        "serviceOperator": {
            "@type": "GovernmentOrganization",
            "name": tell(dict(names), here).text,
        },
        "audience": {"@type": "Audience", "name": tell(service.who_may_apply, here).text},
        "offers": [
            {
                "@type": "Offer",
                "name": tell(fee.names, here).text,
                "price": to_decimal_text(fee.amount_minor, fee.currency),
                "priceCurrency": fee.currency,
            }
            for fee in service.fees
            if fee.amount_minor is not None
        ],
    }
    said = json.dumps({key: value for key, value in facts.items() if value}, ensure_ascii=False)
    block = mark_safe(said.translate(_IN_SCRIPT))  # noqa: S308 # Nothing in it can end the block.
    return format_html('<script type="application/ld+json">{}</script>', block)
