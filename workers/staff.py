"""
Messages to members of staff about what they keep: pages that wait for a word, and drafts.

By email to the address with which they sign in; by SMS where this house has no mail server. Each
says how many, and never which: the desk tells that to whoever has signed in.
"""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from accounts import operations as accounts
from accounts import queries as account_queries
from catalogue import reminding
from catalogue.events import DraftApproved, DraftReturned, DraftSent, ReminderMade
from catalogue.reminding import Step
from kernel.country import country
from workers.messages.telling import send_to

_PAGES = {Step.DUE: "pages_due", Step.SOON: "pages_soon", Step.TOLD: "pages_told"}


def tell_pages_wait(event: ReminderMade, at: datetime) -> None:
    """Sum up all that waits for her now; nothing where it is done, or is hers no longer."""
    told = reminding.told(event.subject_id, at=at)
    if told is None:
        return
    template = _PAGES[told.step] if told.keeps else "pages_unkept"
    context = {"count": str(told.pages)}
    _send([told.account_id], template, context, f"{event.name}:{event.subject_id}", at)


def tell_draft_waits(event: DraftSent, at: datetime) -> None:
    """Tell those who may decide, once a day: the list of services has the rest."""
    told = reminding.deciders(event.subject_id, at=at)
    _send(told, "draft_waits", {}, f"{event.name}:{_day(event.occurred_at)}", at)


def tell_draft_returned(event: DraftReturned, at: datetime) -> None:
    """Tell its writers, once a day."""
    told = reminding.writers(event.subject_id, at=at)
    _send(told, "draft_returned", {}, f"{event.name}:{_day(event.occurred_at)}", at)


def tell_draft_approved(event: DraftApproved, at: datetime) -> None:
    """Tell its writers, once a day."""
    told = reminding.writers(event.subject_id, at=at)
    _send(told, "draft_approved", {}, f"{event.name}:{_day(event.occurred_at)}", at)


def _send(
    account_ids: Collection[int],
    template: str,
    context: dict[str, str],
    occasion: str,
    at: datetime,
) -> None:
    by_email = bool(settings.GATEWAYS["mail"]["host"])
    found = (
        [accounts.know_staff_email(account_id=one) for one in account_ids]
        if by_email
        else account_queries.reached(account_ids, at=at)
    )
    for where in found:
        occasion_hers = f"{occasion}:{where.account_id}"
        send_to(where, template, context, occasion_hers, by_email=by_email, at=at)


def _day(at: datetime) -> str:
    return at.astimezone(country().zone).date().isoformat()
