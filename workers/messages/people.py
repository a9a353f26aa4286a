"""News for people about themselves: codes, factors, their phone, drafts, what is forgotten."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import forgotten
from accounts import moving as phones
from accounts import operations as accounts
from accounts import queries as account_queries
from accounts.events import CodeRequested, FactorChanged, PhoneChangeAsked, PhoneChanged
from applications import operations as cases
from applications import queries as applications
from kernel.country import country
from kernel.events import Event
from notifications import operations as notifications
from workers.messages.telling import send_to

CODE_MINUTES = 10


def send_code(event: CodeRequested, at: datetime) -> None:
    try:
        digits = accounts.mint_code(code_id=event.subject_id, at=at)
    except (accounts.CodeAlreadyMinted, accounts.CodeExpired):
        return  # On its way already, or too late to be of use.
    code = account_queries.code(event.subject_id)
    template, context = "code", {"code": digits, "minutes": str(CODE_MINUTES)}
    by_email = accounts.is_email_code(code.purpose)
    if by_email:
        template = "email_code"
    if code.purpose.startswith(cases.CONSENT):
        asked = applications.consent_words(int(code.purpose.removeprefix(cases.CONSENT)))
        if asked is None:
            return  # Agreed to, or given up, meanwhile.
        template = "consent"
        context = {"code": digits, "organisation": asked.organisation, "fee": asked.fee}
    notifications.send(
        contact_id=code.contact_id,
        template=template,
        language=code.language,
        context=context,
        dedupe_key=f"{event.name}:{event.subject_id}",
        by_email=by_email,
        at=at,
    )


def tell_factor_changed(event: FactorChanged, at: datetime) -> None:
    """Tell whose account it is: what she did not do herself, somebody else has done."""
    # One moment, one message: an app and its recovery codes come together.
    occasion = f"{event.name}:{event.subject_id}:{event.occurred_at.timestamp():.0f}"
    holder = account_queries.holder(event.subject_id, at=at)
    if holder is None:
        # Staff without a phone here are told at the address with which they sign in.
        holder = accounts.know_staff_email(account_id=event.subject_id)
        send_to(holder, "factor_changed", {}, occasion, by_email=True, at=at)
        return
    send_to(holder, "factor_changed", {}, occasion, at=at)


def tell_phone_change(event: PhoneChangeAsked, at: datetime) -> None:
    """Tell the old number, which can stop it: whoever holds it did perhaps not ask."""
    change = phones.told(event.subject_id)
    if change is None:
        return  # Done or stopped meanwhile.
    until = change.effective_at.astimezone(country().zone)
    notifications.send(
        contact_id=change.old_contact_id,
        template="phone_change_counter" if change.at_counter else "phone_change",
        language=change.language,
        context={} if change.at_counter else {"until": f"{until:%d/%m/%Y %H:%M}"},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_phone_changed(event: PhoneChanged, at: datetime) -> None:
    change = phones.done(event.subject_id)
    notifications.send(
        contact_id=change.old_contact_id,
        template="phone_changed",
        language=change.language,
        context={},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_erasure(event: Event, at: datetime) -> None:
    """Tell whoever is to be forgotten how far it is: somebody else may have asked."""
    told = forgotten.told(event.subject_id)
    contact_id = account_queries.own_contact_id(told.person_id)
    if told.by_term or contact_id is None:
        return  # The term asked, or no phone is hers.
    template = f"erasure_{event.name.rpartition('.')[2]}"
    due_at = told.due_at.astimezone(country().zone) if told.due_at else None
    notifications.send(
        contact_id=contact_id,
        template=template,
        language=account_queries.contact(contact_id).language,
        context={"until": f"{due_at:%d/%m/%Y}"} if template == "erasure_approved" else {},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_draft_link(event: Event, at: datetime) -> None:
    """Send the link of a saved draft to the phone that showed itself; it opens nothing alone."""
    left = applications.left_to_phone(event.subject_id, at=at)
    if left is None:
        return  # Ended meanwhile, or left in another way.
    until = left.until.astimezone(country().zone)
    notifications.send(
        contact_id=left.contact_id,
        template="draft_link",
        language=account_queries.contact(left.contact_id).language,
        context={
            "link": settings.SITE_URL + reverse("applications:saved_short", args=[left.short]),
            "until": f"{until:%d/%m/%Y}",
        },
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )
