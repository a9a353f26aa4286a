"""News for whoever applied with a helper, and answers to the texts that she sends about it."""

from datetime import datetime

from accounts import queries as account_queries
from applications import operations as cases
from applications import queries as applications
from applications.events import HelpTextUnclear
from kernel.country import country
from kernel.events import Event
from notifications import operations as notifications
from workers.messages.telling import tell


def tell_helped(event: Event, at: datetime) -> None:
    """Tell her whose case it is, who helps with it, and how she ends that."""
    words = applications.helper_words(event.subject_id)
    if words is not None:
        word = stop_word(applications.addressee(event.subject_id).language)
        tell(event, "helped", at=at, organisation=words.organisation, word=word)


def tell_help_ended(event: Event, at: datetime) -> None:
    tell(event, "help_ended", at=at)


def tell_how_to_stop(event: HelpTextUnclear, at: datetime) -> None:
    """Answer a text that fits nothing, once a day: two machines must not write to each other."""
    text = account_queries.incoming_text(event.subject_id)
    day = at.astimezone(country().zone).date()
    notifications.send(
        contact_id=text.contact_id,
        template="how_to_stop",
        language=text.language,
        context={"word": stop_word(text.language)},
        dedupe_key=f"{event.name}:{text.contact_id}:{day}",
        at=at,
    )


def stop_word(language: str) -> str:
    """Return the word that ends a help, in the reader's language where we know one."""
    return cases.STOP_WORDS.get(language, cases.STOP_WORDS["en"])
