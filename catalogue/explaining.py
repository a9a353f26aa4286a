"""Words of offices, explained where they stand: the first time on a page, by a link to its foot."""

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from catalogue.queries_found import TermCard

# More underlined words than this make a page harder to read, not easier.
PER_PAGE_MAX = 8
_SHORTEST = 4
_ASIDE = re.compile(r"\([^)]*\)")


class Glossary:
    """The terms of one page: which are known, and which have been met on it so far."""

    def __init__(self, terms: Sequence[TermCard]) -> None:
        self._terms = terms
        self._met: dict[str, TermCard] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, TermCard]]] = {}

    @property
    def met(self) -> list[TermCard]:
        """The terms that the page has marked, in the order in which they stand on it."""
        return list(self._met.values())

    def mark(self, text: str, language: str) -> SafeString:
        """
        Return the text as HTML, escaped, with each term's first occurrence linked to its meaning.

        :param language: the text's own
        """
        pattern, by_form = self._pattern(language)
        if not by_form:
            return format_html("{}", text)
        parts, done = [], 0
        for found in pattern.finditer(text):
            term = by_form[found[1].casefold()]
            if term.code in self._met or len(self._met) >= PER_PAGE_MAX:
                continue
            self._met[term.code] = term
            parts.append(escape(text[done : found.start()]))
            parts.append(format_html('<a class="term" href="#term-{}">{}</a>', term.code, found[0]))
            done = found.end()
        parts.append(escape(text[done:]))
        return format_html_join("", "{}", ((part,) for part in parts))

    def _pattern(self, language: str) -> tuple[re.Pattern[str], dict[str, TermCard]]:
        if language not in self._patterns:
            forms = {
                form.casefold(): term
                for term in self._terms
                for form in _forms(term.names.get(language, ""))
            }
            either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
            pattern = re.compile(rf"\b({either})(?:e?s)?\b", re.IGNORECASE)
            self._patterns[language] = (pattern, forms)
        return self._patterns[language]


def _forms(name: str) -> list[str]:
    """Return the ways in which a term is written: "Certificate / attestation" is two."""
    forms = (" ".join(form.split()) for form in _ASIDE.sub(" ", name).split("/"))
    return [form for form in forms if len(form) >= _SHORTEST]
