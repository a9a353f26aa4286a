"""What somebody has beside her password: an app that makes codes, passkeys, codes on paper."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account
from kernel.crypto import EncryptedTextField

CHALLENGE_LIFE = timedelta(minutes=5)
APP_CONFIRM_WITHIN = timedelta(minutes=15)
RECOVERY_CODES = 10


class CodeApp(models.Model):
    """
    An authenticator app (RFC 6238: SHA-1, six digits, 30 seconds) that shares a secret with us.

    It counts once a right code has confirmed it. `last_step` is the number of the last period of
    30 seconds whose code was accepted: it only grows, so that no code is good twice. The secret
    (base32) is forgotten when the app is removed.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="code_apps")
    secret = EncryptedTextField(null=True)
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(confirmed_at__isnull=False, removed_at__isnull=True),
                name="one_code_app_an_account",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, secret__isnull=False)
                | Q(removed_at__isnull=False, secret__isnull=True),
                name="code_app_secret_forgotten",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | Q(
                    last_step__isnull=False,
                    confirmed_at__gte=F("begun_at"),
                    confirmed_at__lt=F("begun_at") + APP_CONFIRM_WITHIN,
                ),
                name="code_app_confirmed_by_a_code",
            ),
        ]

    def __str__(self) -> str:
        return f"code app #{self.pk}"


CREDENTIAL_ID_BYTES_MAX = 1023
"""WebAuthn level 3, 4: credential id. PostgreSQL keeps both lengths: accounts/sql/factors.sql."""
CREDENTIAL_BYTES_MAX = 4096


class Passkey(models.Model):
    """
    A key pair (WebAuthn level 3) whose private half stays in her phone, computer or token.

    `credential` is what the authenticator attested: its id, the credential's id and public key.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=CREDENTIAL_ID_BYTES_MAX)
    credential = models.BinaryField(max_length=CREDENTIAL_BYTES_MAX)
    sign_count = models.BigIntegerField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One that was removed may be added again.
            models.UniqueConstraint(
                fields=["credential_id"], condition=Q(removed_at=None), name="passkey_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="passkey_named"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="passkey_count_not_below"),
        ]
        indexes = [models.Index(fields=["account"], name="passkey_by_account")]

    def __str__(self) -> str:
        return f"passkey #{self.pk}"


class PasskeyChallenge(models.Model):
    """
    What an authenticator is to sign: drawn for one purpose and one browser, used once.

    `account` is None where nobody is known yet: signing in with a passkey alone.
    """

    challenge = models.BinaryField(max_length=32, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=60)
    binding = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("asked_at") + CHALLENGE_LIFE),
                name="passkey_challenge_life_limited",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(used_at__gte=F("asked_at"), used_at__lt=F("expires_at")),
                name="passkey_challenge_used_in_its_life",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="passkey_challenge_by_expiry")]

    def __str__(self) -> str:
        return f"challenge #{self.pk}"


class RecoveryCode(models.Model):
    """A code on paper, good once where the app or passkey is not at hand; only its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(ended_at__isnull=True),
                name="recovery_code_used_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="recovery_code_left",
            )
        ]

    def __str__(self) -> str:
        return f"recovery code #{self.pk}"


class FactorReset(models.Model):
    """All her factors are lost: one administrator asks to take them away, another decides."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="factor_resets")
    note = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(decided_at__isnull=True), name="factor_reset_asked"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="factor_reset_says_why"),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    approved__isnull=False,
                    decided_by__isnull=False,
                    decided_at__gte=F("asked_at"),
                ),
                name="factor_reset_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("account"))
                & (
                    Q(decided_by__isnull=True)
                    | (
                        ~Q(decided_by=F("account"))
                        & (Q(approved=False) | ~Q(decided_by=F("asked_by")))
                    )
                ),
                name="factor_reset_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"factor reset #{self.pk}"
