"""
Codes of an authenticator app: RFC 6238 with what all apps do, SHA-1, six digits, 30 seconds.

An app is begun with a fresh secret, counts from its first right code, and each code is good once.
"""

import base64
import os
import re
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import IntegrityError, transaction

from accounts.models import APP_CONFIRM_WITHIN, CodeApp, Passkey
from accounts.operations import factors, recovery
from accounts.operations.using_up import consume_step_up

ISSUER = "Guichet"
DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20  # RFC 4226, 4: as long as the hash.


class JustOver(factors.NotRight):
    """
    It was right until a moment ago: she types the one that her app shows now.

    Of the next period's code nothing is said: whoever guessed it would only have to wait.
    """


class AppKnown(Exception):
    """She has an app already: it is removed before another is added."""


def code_at(secret: str, step: int) -> str:
    """Return the six digits of one period of 30 seconds since 1970."""
    key = base64.b32decode(secret)
    # SHA-1 because authenticator apps know nothing else; HMAC does not need it free of collisions.
    app = TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return app.generate(step * STEP_SECONDS).decode()


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """
    Return the number of the period if this is its code: a code lives 30 seconds (ASVS 6.5.5).

    :raises JustOver: if it is the code of the period before
    """
    now = int(at.timestamp()) // STEP_SECONDS
    code = typed.encode()
    if constant_time.bytes_eq(code_at(secret, now).encode(), code):
        return now
    if constant_time.bytes_eq(code_at(secret, now - 1).encode(), code):
        raise JustOver
    return None


def cleaned(typed: str) -> str:
    """Return six digits as typed with spaces, or "" for anything else."""
    digits = re.sub(r"[\s\-]+", "", typed)
    return digits if re.fullmatch(r"[0-9]{6}", digits, re.ASCII) else ""


def begin_app(*, account_id: int, step_up_id: int | None, session_key: str, at: datetime) -> int:
    """
    Draw a secret for a new app and return the app's id; it counts for nothing yet.

    :raises StepUpRefused: if she did not just prove who she is
    :raises AppKnown: if she has one
    """
    with transaction.atomic():
        factors.lock(account_id)
        consume_step_up(
            step_up_id=step_up_id,
            account_id=account_id,
            purpose=factors.CHANGE_PURPOSE,
            session_key=session_key,
            at=at,
        )
        if factors.enrolled(account_id).code_app:
            raise AppKnown
        CodeApp.objects.filter(account=account_id, confirmed_at=None, removed_at=None).update(
            removed_at=at, secret=None
        )
        secret = base64.b32encode(os.urandom(SECRET_BYTES)).decode()
        return CodeApp.objects.create(account_id=account_id, secret=secret, begun_at=at).pk


def begun(*, account_id: int, app_id: int | None, at: datetime) -> CodeApp:
    """:raises NoSuchFactor: if the app is not hers, confirmed, removed, or begun long ago"""
    app = CodeApp.objects.filter(
        pk=app_id or 0,
        account=account_id,
        confirmed_at=None,
        removed_at=None,
        begun_at__gt=at - APP_CONFIRM_WITHIN,
    ).first()
    if app is None:
        raise factors.NoSuchFactor(app_id)
    return app


def address_of(app: CodeApp, name: str) -> str:
    """Return what the QR code says to the app (Google's Key URI Format)."""
    label = quote(f"{ISSUER}:{name}", safe="")
    asked = {"secret": app.secret, "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode({**asked, 'algorithm': 'SHA1'})}"


def confirm_app(*, account_id: int, app_id: int | None, typed: str, at: datetime) -> list[str]:
    """
    Let a begun app count from now on, proved by its first code.

    :return: ten recovery codes to show once, where she had no factor before; else none
    :raises NotRight: if that is not its code
    :raises BudgetSpent: after too many wrong ones
    :raises NoSuchFactor: if no such app was begun in the last quarter of an hour
    """
    app = begun(account_id=account_id, app_id=app_id, at=at)
    factors.spend_guess(account_id, "", at=at)
    try:
        step = matching_step(app.secret, cleaned(typed), at)
    except JustOver:
        factors.forgive_guess(account_id, "")
        raise
    if step is None:
        raise factors.refuse(account_id, "code app", at=at)
    with transaction.atomic():
        factors.lock(account_id)
        is_first = not factors.enrolled(account_id)
        # Begun when she had none, perhaps by whoever knew her password alone: not beside the one
        # that she has added since.
        since = Passkey.objects.filter(account=account_id, removed_at=None)
        if since.filter(added_at__gte=app.begun_at).exists():
            raise factors.NoSuchFactor(app_id)
        try:
            with transaction.atomic():
                confirmed = CodeApp.objects.filter(
                    pk=app.pk, confirmed_at=None, removed_at=None
                ).update(confirmed_at=at, last_step=step)
        except IntegrityError:
            raise AppKnown from None
        if not confirmed:
            raise factors.NoSuchFactor(app_id)
        factors.changed(account_id, "factor.app_added", by_id=account_id, what=app.pk, at=at)
        codes = recovery.replace(account_id, at=at) if is_first else []
    factors.forgive_guess(account_id, "")
    return codes


def accept(account_id: int, typed: str, *, at: datetime) -> bool:
    """
    Return whether this is a fresh code of her app, never accepted; the caller counts guesses.

    :raises JustOver: if it was, until this period began
    """
    app = CodeApp.objects.filter(
        account=account_id, confirmed_at__isnull=False, removed_at=None
    ).first()
    if app is None:
        return False
    step = matching_step(app.secret, typed, at)
    if step is None:
        return False
    # One statement: of two that send the same code at once, the second finds it accepted.
    fresh = CodeApp.objects.filter(pk=app.pk, last_step__lt=step, removed_at=None)
    return fresh.update(last_step=step) == 1


def remove_app(*, account_id: int, step_up_id: int | None, session_key: str, at: datetime) -> None:
    """
    :raises StepUpRefused: if she did not just prove who she is
    :raises LastFactor: if she must keep it
    :raises NoSuchFactor: if she has none
    """
    with transaction.atomic():
        account = factors.lock(account_id)
        consume_step_up(
            step_up_id=step_up_id,
            account_id=account_id,
            purpose=factors.CHANGE_PURPOSE,
            session_key=session_key,
            at=at,
        )
        app = CodeApp.objects.filter(
            account=account_id, confirmed_at__isnull=False, removed_at=None
        ).first()
        if app is None:
            raise factors.NoSuchFactor
        has = factors.allow_removal(account)
        CodeApp.objects.filter(pk=app.pk).update(removed_at=at, secret=None)
        if has.count == 1:
            factors.end_recovery(account_id, at=at)
        factors.changed(account_id, "factor.app_removed", by_id=account_id, what=app.pk, at=at)
