"""
An address at which a citizen wants to be told too: proved by a code, and never a way to sign in.

Staff have an address with which they sign in; what concerns their account goes there where they
have no phone here.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from accounts import events
from accounts.limits import limit
from accounts.models import CODE_LIFE, Account, ContactPoint, OneTimeCode, PersonContact
from accounts.operations import budgets
from accounts.operations.codes import CodeWrong, bind, refusal_of
from accounts.operations.contacts import NotReachedHere, bound_to
from accounts.queries import Reached
from accounts.states import ContactKind
from kernel import audit, outbox
from kernel.crypto import blind_index

log = structlog.get_logger()

EMAIL = "email:"
"""How the purpose of a code begins that shows an address."""


def is_email_code(purpose: str) -> bool:
    return purpose.startswith(EMAIL)


def ask_email(
    *,
    person_id: int,
    account_id: int,
    email: str,
    binding: str,
    language: str,
    address: str,
    at: datetime,
) -> int:
    """
    Send a code to the address that she says is hers; return the code's id.

    :param binding: a secret of the browser's session; whoever types the code shows it again
    :param address: the network address that asks
    :raises NotReachedHere: if she is not bound to the phone that is signed in
    :raises BudgetSpent: after too many
    """
    budgets.spend(limit("code.address"), address, at=at)
    budgets.spend(limit("code.number"), email, at=at)
    with transaction.atomic():
        _require_hers(person_id, account_id)
        code = OneTimeCode.objects.create(
            contact_id=_contact(email, language),
            purpose=f"{EMAIL}{person_id}",
            language=language,
            asked_at=at,
            expires_at=at + CODE_LIFE,
            session_binding=bind(binding),
        )
        outbox.publish(events.CodeRequested(subject_id=code.pk, occurred_at=at))
    log.info("code.requested", code_id=code.pk)
    return code.pk


def prove_email(
    *, person_id: int, account_id: int, code_id: int, typed: str, binding: str, at: datetime
) -> None:
    """
    Take the code of her address: from now on she is told there too, and nowhere else by email.

    :raises CodeWrong, CodeExpired, TooManyAttempts: as `check_code`
    :raises NotReachedHere: as `ask_email`
    """
    with transaction.atomic():
        rows = OneTimeCode.objects.select_for_update()
        code = rows.filter(pk=code_id, purpose=f"{EMAIL}{person_id}").first()
        refusal = refusal_of(code, typed=typed, binding=binding, at=at)
        if code is not None and refusal is None:
            _require_hers(person_id, account_id)
            code.used_at = at
            code.save(update_fields=["used_at"])
            _bind_to(person_id, code, by_id=account_id, at=at)
    # Raised outside the transaction, so that the attempt stays counted.
    if code is None or refusal is not None:
        raise refusal or CodeWrong


def remove_email(*, person_id: int, account_id: int, at: datetime) -> bool:
    """
    Write to her by email no longer.

    :return: False if she has no address here
    :raises NotReachedHere: as `ask_email`
    """
    with transaction.atomic():
        _require_hers(person_id, account_id)
        ended = bool(_live(person_id).update(until_at=at))
        if ended:
            _record("email.removed", person_id, by_id=account_id, at=at)
    return ended


def know_staff_email(*, account_id: int) -> Reached:
    """Return where staff are written to by email: the address with which they sign in."""
    account = Account.objects.get(pk=account_id)
    language = account.language or settings.LANGUAGE_CODE
    return Reached(account_id, _contact(account.login, language), language)


def _bind_to(person_id: int, code: OneTimeCode, *, by_id: int, at: datetime) -> None:
    contact = ContactPoint.objects.select_for_update().get(pk=code.contact_id)
    contact.verified_at = contact.verified_at or at
    contact.language = code.language
    contact.save(update_fields=["verified_at", "language"])
    _live(person_id).exclude(contact=contact).update(until_at=at)
    _, is_new = PersonContact.objects.get_or_create(
        person_id=person_id, contact=contact, until_at=None, defaults={"from_at": at}
    )
    if is_new:
        _record("email.added", person_id, by_id=by_id, at=at)


def _live(person_id: int):  # type: ignore[no-untyped-def]
    return PersonContact.objects.filter(
        person_id=person_id, until_at=None, contact__kind=ContactKind.EMAIL
    )


def _require_hers(person_id: int, account_id: int) -> None:
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    if not bound_to(person_id).filter(contact_id=account.contact_id).exists():
        raise NotReachedHere(person_id)


def _contact(email: str, language: str) -> int:
    # Insert first, then read: the same statements for an address that we know and one we do not.
    index = blind_index(ContactKind.EMAIL, email)
    ContactPoint.objects.bulk_create(
        [ContactPoint(kind=ContactKind.EMAIL, value=email, value_index=index, language=language)],
        ignore_conflicts=True,
    )
    return ContactPoint.objects.values_list("pk", flat=True).get(
        kind=ContactKind.EMAIL, value_index=index
    )


def _record(act: str, person_id: int, *, by_id: int, at: datetime) -> None:
    audit.record(act=act, actor_id=by_id, subject="accounts.person", subject_id=person_id, at=at)
    log.info(act, person_id=person_id)
