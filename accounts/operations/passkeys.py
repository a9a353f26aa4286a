"""
Passkeys (WebAuthn level 3): made, shown, named and removed.

The cryptography and the parsing are Yubico's `fido2`; the rules here are ours: a challenge is
drawn for one account, purpose and browser and is used once, the origin is this site's to the
letter, the authenticator must have asked for a finger, a face or a PIN, and its counter never
falls.
"""

import ipaddress
import json
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from fido2.cose import ES256, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.limits import limit
from accounts.models import CHALLENGE_LIFE, Account, Passkey, PasskeyChallenge
from accounts.models.factors import CREDENTIAL_BYTES_MAX, CREDENTIAL_ID_BYTES_MAX
from accounts.operations import budgets, factors, recovery
from accounts.operations.using_up import consume_step_up
from accounts.states import AccountKind
from kernel.crypto import blind_index

ADD_PURPOSE, SIGN_IN_PURPOSE, SECOND_PURPOSE = "add", "sign-in", "second"
PASSKEYS_MAX = 10
NAME_MAX = PURPOSE_MAX = 60
_ANSWER_MAX = 20_000  # An attestation with its certificates is a few thousand bytes.
# Codes of algorithms are the only numbers that an answer holds (COSE: -65535 to 65535).
_NUMBER_MAX = 65_535
_ALGORITHMS = (ES256.ALGORITHM, EdDSA.ALGORITHM, RS256.ALGORITHM)
_VERIFIED = UserVerificationRequirement.REQUIRED
# What parsing strangers' CBOR and JSON can raise.
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    struct.error,
    RecursionError,
    OverflowError,
)


class TooManyPasskeys(Exception):
    """Ten passkeys are enough for anybody."""


class NotHere(Exception):
    """This site's address is a bare number or not protected, where browsers make no passkeys."""


@dataclass(frozen=True)
class Site:
    """Whom passkeys are made for: the host of `SITE_URL`, and its origin to the letter."""

    rp_id: str
    origin: str


def site() -> Site | None:
    """Return the site that passkeys belong to; None where browsers would refuse to make one."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_safe = parts.scheme == "https" or host == "localhost"
        return Site(host, f"{parts.scheme}://{parts.netloc}") if host and is_safe else None
    return None


def ask(
    *, account_id: int | None, purpose: str, binding: str, address: str, at: datetime
) -> dict[str, Any]:
    """
    Draw a challenge and return what the browser's `navigator.credentials` is to be told, as JSON.

    :param account_id: None to sign in whoever has a passkey
    :param binding: the secret of the browser's session
    :raises NotHere: where no passkey can be made or shown
    :raises BudgetSpent: after many from one network address
    :raises TooManyPasskeys: if another is to be added to ten
    """
    server = _server()
    budgets.spend(limit("passkey.address"), address, at=at)
    challenge = secrets.token_bytes(32)
    hers = list(Passkey.objects.filter(account=account_id, removed_at=None)) if account_id else []
    known = [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one.credential_id)
        )
        for one in hers
    ]
    if purpose == ADD_PURPOSE:
        if len(hers) >= PASSKEYS_MAX:
            raise TooManyPasskeys
        options: Any = server.register_begin(
            _user(Account.objects.get(pk=account_id or 0)),
            known,
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_VERIFIED,
            challenge=challenge,
        )[0]
    else:
        options = server.authenticate_begin(
            known or None, user_verification=_VERIFIED, challenge=challenge
        )[0]
    PasskeyChallenge.objects.create(
        challenge=challenge,
        account_id=account_id,
        purpose=purpose,
        binding=_binding(binding),
        asked_at=at,
        expires_at=at + CHALLENGE_LIFE,
    )
    told: dict[str, Any] = json.loads(json.dumps(dict(options.public_key)))
    return told


def add(
    *,
    account_id: int,
    name: str,
    answer: str,
    binding: str,
    at: datetime,
    step_up_id: int | None = None,
    session_key: str = "",
) -> list[str]:
    """
    Keep a passkey that the browser has just made.

    Staff show a step-up; of citizens, who have no password, the page asks a fresh sign-in.

    :param answer: the browser's RegistrationResponse in JSON
    :return: ten recovery codes to show once, where a staff account had no factor before; else none
    :raises NotRight: if it was not made here, now, for her, or is known already
    :raises StepUpRefused: if a member of staff did not just prove who she is
    :raises TooManyPasskeys: after ten
    """
    server = _server()
    try:
        parsed = RegistrationResponse.from_dict(_read(answer))
        client = parsed.response.client_data
    except _UNREADABLE:
        raise factors.refuse(account_id, "passkey unreadable", at=at) from None
    if not _use_up(client.challenge, account_id, ADD_PURPOSE, binding, at=at):
        raise factors.refuse(account_id, "passkey challenge", at=at)
    try:
        made = server.register_complete(_state(client.challenge), parsed)
        credential = _checked(made, client.cross_origin)
    except _UNREADABLE:
        raise factors.refuse(account_id, "passkey made elsewhere", at=at) from None
    with transaction.atomic():
        account = factors.lock(account_id)
        is_staff = account.kind == AccountKind.STAFF
        if is_staff:
            consume_step_up(
                step_up_id=step_up_id,
                account_id=account_id,
                purpose=factors.CHANGE_PURPOSE,
                session_key=session_key,
                at=at,
            )
        has = factors.enrolled(account_id)
        if has.passkeys >= PASSKEYS_MAX:
            raise TooManyPasskeys
        try:
            with transaction.atomic():
                kept = Passkey.objects.create(
                    account=account,
                    name=name[:NAME_MAX],
                    credential_id=credential.credential_id,
                    credential=bytes(credential),
                    sign_count=made.counter,
                    added_at=at,
                )
        except IntegrityError:
            raise factors.NotRight from None
        factors.changed(account_id, "factor.passkey_added", by_id=account_id, what=kept.pk, at=at)
        return recovery.replace(account_id, at=at) if is_staff and not has else []


def accept(
    *,
    account_id: int | None,
    answer: str,
    purpose: str,
    binding: str,
    at: datetime,
    address: str = "",
) -> Passkey:
    """
    Accept what a passkey signed, and return the passkey.

    :param account_id: whose it must be; None to learn it from the passkey
    :param answer: the browser's AuthenticationResponse in JSON
    :raises NotRight: for anything but an answer to a challenge of this browser, account and
        purpose, signed here by a passkey in force whose counter has not fallen
    :raises BudgetSpent: while too many were wrong
    """
    passkey, parsed = _found(answer)
    whose = account_id or (passkey.account_id if passkey else 0)
    factors.spend_guess(whose, address, at=at)
    wrong = _wrong(passkey, parsed, account_id, purpose, binding, at=at)
    if passkey is None or parsed is None or wrong:
        if whose:
            raise factors.refuse(whose, wrong, at=at)
        raise factors.NotRight
    count = parsed.response.authenticator_data.counter
    # A counter that does not grow tells of a copy (WebAuthn 6.1.1); passkeys that are carried from
    # phone to phone keep it at 0.
    grown = Q(sign_count__lt=count) | (Q(sign_count=0) if count == 0 else Q(pk=None))
    if not Passkey.objects.filter(grown, pk=passkey.pk, removed_at=None).update(
        sign_count=count, used_at=at
    ):
        raise factors.refuse(whose, "passkey counter", at=at)
    factors.forgive_guess(whose, address)
    return passkey


def name_passkey(*, account_id: int, passkey_id: int, name: str) -> None:
    """:raises NoSuchFactor: if it is not hers"""
    hers = Passkey.objects.filter(pk=passkey_id, account=account_id, removed_at=None)
    if not hers.update(name=name[:NAME_MAX]):
        raise factors.NoSuchFactor(passkey_id)


def remove_passkey(
    *,
    account_id: int,
    passkey_id: int,
    at: datetime,
    step_up_id: int | None = None,
    session_key: str = "",
) -> None:
    """
    :raises StepUpRefused: if a member of staff did not just prove who she is
    :raises LastFactor: if she must keep it
    :raises NoSuchFactor: if it is not hers
    """
    with transaction.atomic():
        account = factors.lock(account_id)
        if account.kind == AccountKind.STAFF:
            consume_step_up(
                step_up_id=step_up_id,
                account_id=account_id,
                purpose=factors.CHANGE_PURPOSE,
                session_key=session_key,
                at=at,
            )
        hers = Passkey.objects.filter(pk=passkey_id, account=account_id, removed_at=None)
        if not hers.exists():
            raise factors.NoSuchFactor(passkey_id)
        has = factors.allow_removal(account)
        hers.update(removed_at=at)
        if has.count == 1:
            factors.end_recovery(account_id, at=at)
        factors.changed(
            account_id, "factor.passkey_removed", by_id=account_id, what=passkey_id, at=at
        )


def passkeys_of(account_id: int) -> list[Passkey]:
    """Return the passkeys in force, the oldest first."""
    return list(Passkey.objects.filter(account=account_id, removed_at=None).order_by("pk"))


def _server() -> Fido2Server:
    here = site()
    if here is None:
        raise NotHere
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name="Guichet", id=here.rp_id),
        # The library's own rule lets subdomains in.
        verify_origin=lambda origin: origin == here.origin,
    )
    server.timeout = int(CHALLENGE_LIFE.total_seconds() * 1000)  # type: ignore[assignment]
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one)
        for one in _ALGORITHMS
    ]
    return server


def _user(account: Account) -> PublicKeyCredentialUserEntity:
    # What her device shows in its list of keys; a citizen's phone number stays with us.
    name = account.email or "Guichet"
    return PublicKeyCredentialUserEntity(
        id=_handle(account.pk), name=name, display_name=account.display_name or name
    )


def _handle(account_id: int) -> bytes:
    """Return the account's name among authenticators: it tells strangers nothing."""
    return blind_index("passkey.user", str(account_id))


def _binding(secret: str) -> bytes:
    return blind_index("passkey.binding", secret)


def _read(answer: str) -> Any:
    if len(answer) > _ANSWER_MAX:
        raise ValueError("too long")
    return json.loads(answer, parse_int=_small)


def _small(digits: str) -> int:
    """Return a number, because the library makes so many bytes of one where bytes belong."""
    number = int(digits)
    if abs(number) > _NUMBER_MAX:
        raise ValueError("too large a number")
    return number


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": _VERIFIED}


def _use_up(
    challenge: bytes, account_id: int | None, purpose: str, binding: str, *, at: datetime
) -> bool:
    """Return whether this challenge was open for exactly this, and is now used."""
    opened = PasskeyChallenge.objects.filter(
        challenge=challenge,
        purpose=purpose,
        binding=_binding(binding),
        used_at=None,
        asked_at__lte=at,
        expires_at__gt=at,
    )
    whose = opened.filter(account=account_id) if account_id else opened.filter(account=None)
    return whose.update(used_at=at) == 1


def _checked(made: AuthenticatorData, cross_origin: bool) -> AttestedCredentialData:
    credential = made.credential_data
    if credential is None or cross_origin or credential.public_key.get(3) not in _ALGORITHMS:
        raise ValueError("not one of ours")
    if len(credential.credential_id) > CREDENTIAL_ID_BYTES_MAX:
        raise ValueError("its id is longer than WebAuthn allows")
    if len(bytes(credential)) > CREDENTIAL_BYTES_MAX:
        raise ValueError("its key is longer than any that we know")
    return credential


def _found(answer: str) -> tuple[Passkey | None, AuthenticationResponse | None]:
    try:
        parsed = AuthenticationResponse.from_dict(_read(answer))
        read = (parsed.raw_id, parsed.response.client_data.challenge)
        if not all(isinstance(one, bytes) for one in read):
            return None, None
    except _UNREADABLE:
        return None, None
    known = Passkey.objects.select_related("account").filter(
        credential_id=parsed.raw_id, removed_at=None, account__is_active=True
    )
    return known.first(), parsed


def _wrong(
    passkey: Passkey | None,
    parsed: AuthenticationResponse | None,
    account_id: int | None,
    purpose: str,
    binding: str,
    *,
    at: datetime,
) -> str:
    """Return what is wrong with the answer, as a code for the audit; "" if nothing is."""
    if parsed is None:
        return "passkey unreadable"
    client = parsed.response.client_data
    # Used up whatever comes of it: one challenge, one try.
    if not _use_up(client.challenge, account_id, purpose, binding, at=at):
        return "passkey challenge"
    if passkey is None or account_id not in {None, passkey.account_id}:
        return "passkey of another"
    handle = parsed.response.user_handle
    if (handle is not None and handle != _handle(passkey.account_id)) or client.cross_origin:
        return "passkey of another"
    try:
        _server().authenticate_complete(
            _state(client.challenge),
            [AttestedCredentialData(bytes(passkey.credential))],
            parsed,
        )
    except _UNREADABLE:
        return "passkey signature"
    return ""
