"""What a page says of its own words: that some are in another language, or nobody's reading."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, get_language_info, gettext, override
from django.utils.translation import gettext_noop as _

from design.wording import Share

PARTLY = _("Not everything is said in this language yet: the rest is in %(language)s.")
MACHINE = _(
    "The words of this page in %(language)s were translated by a machine and not yet read by a "
    "person."
)


@dataclass(frozen=True)
class Note:
    """A sentence, and the language that it is in: that may be another one than the page's."""

    words: str
    language: str


def told(share: Share) -> tuple[Note, ...]:
    """Return what is to be known of a page in the reader's language, of which so much is said."""
    here, found = get_language() or settings.LANGUAGE_CODE, []
    if share.missing:
        # What a language lacks, Django says in the country's own, and only then in English.
        found.append(_note(PARTLY, here, about=settings.LANGUAGE_CODE))
    if share.machine:
        found.append(_note(MACHINE, here, about=here))
    return tuple(found)


def _note(english: str, here: str, *, about: str) -> Note:
    words = gettext(english)
    with override(settings.LANGUAGE_CODE):
        usual = gettext(english)
    language = "en" if words == english else settings.LANGUAGE_CODE if words == usual else here
    return Note(words % {"language": _name(about, here)}, language)


def _name(language: str, here: str) -> str:
    try:
        info = get_language_info(language)
    except KeyError:  # Neither Django nor the settings know this language.
        return language.upper()
    return str(info["name_local"] if language == here else info["name_translated"])
