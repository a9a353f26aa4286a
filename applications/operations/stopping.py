"""A help ended by a text: the word, and the number of the case, from the phone on that case."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import queries as accounts
from applications.events import HelpTextUnclear
from applications.models import Assistance
from applications.operations.assisting import end_locked
from applications.operations.moving import lock
from kernel import audit, outbox
from kernel.references import normalise_case_number

log = structlog.get_logger()

# In each language of the packs, the first word of the text that ends a help.
STOP_WORDS = {
    "en": "STOP",
    "fr": "ARRET",
    "rw": "HAGARIKA",
    "rn": "HAGARIKA",
    "sw": "SIMAMISHA",
}
_HEARD = frozenset({*STOP_WORDS.values(), "ARRÊT"})


def stop_by_text(*, text_id: int, at: datetime) -> None:
    """
    End the help that a text names, or tell of a text that fits nothing.

    A case of another phone is as little there as none: whoever guesses numbers learns nothing.
    What is ended already stays so, in silence: its end was told to this phone.
    """
    text = accounts.incoming_text(text_id)
    number = case_to_stop(text.text)
    with transaction.atomic():
        case_id = (
            Assistance.objects.filter(contact_id=text.contact_id, application__number=number)
            .values_list("application_id", flat=True)
            .first()
            if number
            else None
        )
        if case_id is None:
            outbox.publish(HelpTextUnclear(subject_id=text_id, occurred_at=at))
            return
        lock(case_id)
        found = Assistance.objects.select_for_update().get(application_id=case_id)
        if found.revoked_at is not None:
            return
        end_locked(found, at=at)
        audit.record(
            act="case.help_stopped",
            actor_id=None,
            subject="applications.application",
            subject_id=case_id,
            reason="text",
            at=at,
        )


def case_to_stop(text: str) -> str | None:
    """Return the number of the case that "STOP <number>" names, or None for anything else."""
    word, _, rest = text.strip().partition(" ")
    if word.upper().rstrip(":,.") not in _HEARD:
        return None
    return normalise_case_number(rest)
