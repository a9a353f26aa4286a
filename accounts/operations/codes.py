"""One-time codes: asked for by a browser, made by the message's handler, typed once."""

import secrets
from datetime import datetime
from hmac import compare_digest

import structlog
from django.db import transaction

from accounts import events, numbers
from accounts.limits import CODE_WAIT, CODE_WAITS_MAX, limit
from accounts.models import (
    CODE_ATTEMPTS_MAX,
    CODE_LIFE,
    Account,
    ContactPoint,
    OneTimeCode,
)
from accounts.operations import budgets, code_traffic
from accounts.states import AccountKind, ContactKind
from kernel import audit, outbox
from kernel.crypto import blind_index, keyed_hash

log = structlog.get_logger()

CODE_DIGITS = 6
_WAIT = "code.wait"


class CodeWrong(Exception):
    """Not the code that was sent to this browser."""


class CodeExpired(Exception):
    """The code is too old, or was used."""


class TooManyAttempts(Exception):
    """The code was guessed at too often and is dead."""


class CodeAlreadyMinted(Exception):
    """The digits were drawn before; nobody can read them again."""


def request_code(
    *, phone: str, purpose: str, binding: str, language: str, address: str, at: datetime
) -> int:
    """
    Write that a code is wanted, and return the id of its row; the digits are drawn later.

    Nothing here differs between a number that we know and one that we do not. `phone` is E.164,
    `binding` a secret of the browser's session; whoever types the code must show it again.
    `address` is the network address that asks.

    :raises accounts.numbers.NumberNotServed: before anything is written, for a number that no code
        is sent to
    :raises BudgetSpent: if this address, number, block, range or country had too many codes this
        hour, or the number's last one was a moment ago and nobody has typed it
    """
    region = numbers.region_of(phone)
    # The address first: who is refused by it must not use up the numbers of others.
    budgets.spend(limit("code.address"), address, at=at)
    # Before it is counted: who presses twice has one code, and loses none.
    budgets.wait(_WAIT, phone, first=CODE_WAIT, doublings_max=CODE_WAITS_MAX, at=at)
    # Narrow before wide: one angry number must not use up the country's hour.
    budgets.spend(limit("code.number"), phone, at=at)
    budgets.spend(limit("code.block"), numbers.block_of(phone), at=at)
    code_traffic.spend(phone, at=at)
    if not numbers.is_home(region):
        budgets.spend(limit("code.abroad"), region, at=at)
    budgets.spend(limit("code.all"), "", at=at)
    with transaction.atomic():
        contact_id = _contact(phone, language)
        code = OneTimeCode.objects.create(
            contact_id=contact_id,
            purpose=purpose,
            language=language,
            asked_at=at,
            expires_at=at + CODE_LIFE,
            session_binding=bind(binding),
        )
        outbox.publish(events.CodeRequested(subject_id=code.pk, occurred_at=at))
        code_traffic.count_sent(phone, at=at)
    log.info("code.requested", code_id=code.pk)
    return code.pk


def know_phone(*, phone: str, language: str) -> int:
    """
    Return the id of the contact point of a phone (E.164), made at the first time.

    Nobody has shown that the phone is hers, and none of its accounts is signed in by it.
    """
    return _contact(phone, language)


def account_at(*, contact_id: int, language: str) -> int:
    """Return the id of the citizen's account of a contact point, made at the first time."""
    with transaction.atomic():
        return int(_account(contact_id, language).pk)


def again_at(*, phone: str, at: datetime) -> datetime:
    """Return from when another code may be sent to this phone (E.164): `at`, if nothing hinders."""
    due = budgets.due_at(_WAIT, phone, first=CODE_WAIT, doublings_max=CODE_WAITS_MAX)
    return max(due, at) if due else at


def mint_code(*, code_id: int, at: datetime) -> str:
    """
    Draw the six digits, keep their keyed hash, and return them for the message.

    :raises CodeAlreadyMinted: the second time
    :raises CodeExpired: if it is too late for the message to be of use
    """
    with transaction.atomic():
        code = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
        if code is not None and code.minted_at is not None:
            raise CodeAlreadyMinted(code_id)
        if code is None or at >= code.expires_at:
            raise CodeExpired(code_id)
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        code.minted_at = at
        code.code_hash = _hash(code_id, digits)
        code.save(update_fields=["minted_at", "code_hash"])
    return digits


def check_code(
    *, code_id: int, typed: str, binding: str, at: datetime, act: str = "citizen.signed_in"
) -> Account:
    """
    Accept the code once, and return the citizen's account of the phone, made at the first time.

    `act` is what the audit says that she did by it.

    :raises CodeWrong: if the digits differ, or another browser types them
    :raises CodeExpired: if it is older than ten minutes, or was used
    :raises TooManyAttempts: once five guesses were wrong
    """
    with transaction.atomic():
        code = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
        refusal = refusal_of(code, typed=typed, binding=binding, at=at)
        if code is None or refusal is not None:
            account: Account | None = None
        else:
            code.used_at = at
            code.save(update_fields=["used_at"])
            account = _citizen(code, act=act, at=at)
            phone = code.contact.value
            # Whoever types her codes waits for none.
            budgets.stop_waiting(_WAIT, phone)
            code_traffic.count_used(phone, asked_at=code.asked_at)
    # Raised outside the transaction, so that the attempt stays counted.
    if account is None:
        raise refusal or CodeWrong
    log.info(act, account_id=account.pk)
    return account


def refusal_of(
    code: OneTimeCode | None, *, typed: str, binding: str, at: datetime
) -> Exception | None:
    """Count a try at a locked code, and return what speaks against it, or None."""
    if code is None or not compare_digest(bytes(code.session_binding), bind(binding)):
        return CodeWrong()
    if code.used_at is not None or at >= code.expires_at:
        return CodeExpired()
    if code.attempts >= CODE_ATTEMPTS_MAX:
        return TooManyAttempts()
    code.attempts += 1
    code.save(update_fields=["attempts"])
    expected = bytes(code.code_hash or b"")
    if compare_digest(expected, _hash(code.pk, typed)):
        return None
    audit.record(
        act="citizen.code_wrong",
        actor_id=None,
        subject="accounts.contactpoint",
        subject_id=code.contact_id,
        at=at,
    )
    return TooManyAttempts() if code.attempts >= CODE_ATTEMPTS_MAX else CodeWrong()


def _contact(phone: str, language: str) -> int:
    index = blind_index(ContactKind.PHONE, phone)
    # Insert first, then read: the same statements for a number that we know and one that we do not.
    ContactPoint.objects.bulk_create(
        [ContactPoint(kind=ContactKind.PHONE, value=phone, value_index=index, language=language)],
        ignore_conflicts=True,
    )
    return ContactPoint.objects.values_list("pk", flat=True).get(
        kind=ContactKind.PHONE, value_index=index
    )


def _citizen(code: OneTimeCode, *, act: str, at: datetime) -> Account | None:
    contact = ContactPoint.objects.select_for_update().get(pk=code.contact_id)
    if contact.verified_at is None:
        contact.verified_at = at
    # Only who has shown the code chooses in which language this phone is written to.
    contact.language = code.language
    contact.save(update_fields=["verified_at", "language"])
    account = _account(contact.pk, code.language)
    if not account.is_active:
        return None
    audit.record(
        act=act,
        actor_id=account.pk,
        subject="accounts.account",
        subject_id=account.pk,
        at=at,
    )
    return account


def _account(contact_id: int, language: str) -> Account:
    account, made = Account.objects.get_or_create(
        contact_id=contact_id,
        defaults={
            "kind": AccountKind.CITIZEN,
            "login": f"c:{contact_id}",
            "language": language,
        },
    )
    if made:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def bind(binding: str) -> bytes:
    """Return what is kept of the browser's secret."""
    return keyed_hash("accounts.binding", binding)


def _hash(code_id: int, digits: str) -> bytes:
    # The row's id is the salt: equal digits of two rows have different hashes.
    return keyed_hash("accounts.code", f"{code_id}:{digits}")
