"""How news is told: of a case to whoever applied, and else to where an account is reached."""

from datetime import datetime

from accounts import queries as account_queries
from accounts.queries import Reached
from applications import queries as applications
from applications.queries import Addressee
from kernel.events import Event
from notifications import operations as notifications


def tell(event: Event, template: str, *, at: datetime, once: bool = True, **context: str) -> None:
    case = applications.addressee(event.subject_id)
    # What can happen twice to one case is told each time; the moment tells the two apart.
    occasion = "" if once else f":{event.occurred_at.isoformat()}"
    tell_case(
        case,
        template,
        context={"number": case.number, **context},
        dedupe_key=f"{event.name}:{event.subject_id}{occasion}",
        at=at,
    )


def tell_case(
    case: Addressee, template: str, *, context: dict[str, str], dedupe_key: str, at: datetime
) -> None:
    """Tell whoever applied by SMS; by email too where she has proved an address."""
    roads = [(case.contact_id, dedupe_key, False)]
    mail_id = account_queries.mail_of(case.person_id)
    if mail_id is not None:
        roads.append((mail_id, f"{dedupe_key}:email", True))
    for contact_id, key, by_email in roads:
        if not account_queries.contact(contact_id).value:
            continue  # She was forgotten; her paper lives on, and there is nobody to tell or call.
        notifications.send(
            contact_id=contact_id,
            template=template,
            language=case.language,
            context=context,
            dedupe_key=key,
            by_email=by_email,
            at=at,
        )


def send_to(
    where: Reached,
    template: str,
    context: dict[str, str],
    dedupe_key: str,
    *,
    by_email: bool = False,
    at: datetime,
) -> None:
    """Send to a place where an account is reached, in the language in which its holder reads."""
    notifications.send(
        contact_id=where.contact_id,
        template=template,
        language=where.language,
        context=context,
        dedupe_key=dedupe_key,
        by_email=by_email,
        at=at,
    )
