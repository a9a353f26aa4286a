"""When a fee goes back, in the reader's words: the same on every page that asks for money."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.pages.words import words
from payments.returnable import Terms
from payments.states import ReturnWhen

register = template.Library()

# Each ends the sentence "You get it back ...".
CASES: Mapping[str, Promise] = {
    ReturnWhen.BEFORE_DECISION: _("if you withdraw before the office has decided"),
    ReturnWhen.IF_REFUSED: _("if the application is refused"),
    ReturnWhen.ON_ERROR: _("if the office cannot give what you paid for"),
}


@register.simple_tag
def when_returned(kept: Mapping[str, Any]) -> SafeString:
    """When one fee goes back, by which law, and where that was read; nothing is guessed."""
    terms = Terms.read(kept)
    parts = [format_html("{}", _when(terms)), _in_words(terms), _law(terms), _source(terms)]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


@register.simple_tag
def always_returned() -> SafeString:
    """What holds whatever a fee says."""
    return format_html("{}", gettext("What you pay twice or by mistake you always get back."))


def _when(terms: Terms) -> str:
    if not terms.is_published:
        return gettext("When this fee is given back is not published. Ask the office.")
    if ReturnWhen.NEVER in terms.when:
        return gettext("You do not get it back once it is paid.")
    # Between two of those cases.
    either = gettext(", or ")
    cases = either.join(str(words) for when, words in CASES.items() if when in terms.when)
    return gettext("You get it back %(cases)s.") % {"cases": cases} if cases else ""


def _in_words(terms: Terms) -> SafeString | str:
    said = words(terms.words)
    return format_html('<span lang="{}">{}</span>', said.language, said.text) if said.text else ""


def _law(terms: Terms) -> SafeString | str:
    if not terms.is_published:
        return ""
    if not terms.law:
        return gettext("No law is published for this; ask the office.")
    return format_html("{}", gettext("By law: %(law)s.") % {"law": terms.law})


def _source(terms: Terms) -> SafeString | str:
    if not terms.source:
        return ""
    return format_html('<a href="{}" rel="noreferrer">{}</a>', terms.source, gettext("Source"))
