"""What somebody showed of herself and when, and how often she may try."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account
from accounts.models.persons import ContactPoint

# NIST SP 800-63B and OWASP ASVS 6.6: six digits, ten minutes, few guesses.
CODE_LIFE = timedelta(minutes=10)
CODE_ATTEMPTS_MAX = 5
STEP_UP_LIFE = timedelta(minutes=5)


class OneTimeCode(models.Model):
    """
    Six digits sent to a contact point, good once, for ten minutes, in the browser that asked.

    The row is written when it is asked for; the digits are drawn later, by the message's handler,
    and only their keyed hash stays.
    """

    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="codes")
    purpose = models.CharField(max_length=30)
    language = models.CharField(max_length=5)
    asked_at = models.DateTimeField()
    minted_at = models.DateTimeField(null=True)
    code_hash = models.BinaryField(max_length=32, null=True)
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(db_default=0)
    used_at = models.DateTimeField(null=True)
    session_binding = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts__gte=0, attempts__lte=CODE_ATTEMPTS_MAX),
                name="code_attempts_limited",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("asked_at") + CODE_LIFE), name="code_life_limited"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(used_at__lte=F("expires_at"), code_hash__isnull=False),
                name="code_used_in_its_life",
            ),
            models.CheckConstraint(
                condition=Q(minted_at__isnull=True, code_hash__isnull=True)
                | Q(minted_at__isnull=False, code_hash__isnull=False),
                name="code_minted_with_its_hash",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="code_by_expiry")]

    def __str__(self) -> str:
        return f"code #{self.pk}"


class CodeTraffic(models.Model):
    """
    How many codes were sent to a range of a million numbers in ten minutes, and how many typed.

    `number_range` is E.164 without the last six digits; the row names no person.
    """

    number_range = models.CharField(max_length=12)
    slot_at = models.DateTimeField()
    sent = models.IntegerField(db_default=0)
    used = models.IntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_range", "slot_at"], name="code_traffic_once_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("sent")), name="code_traffic_used_were_sent"
            ),
        ]
        indexes = [models.Index(fields=["slot_at"], name="code_traffic_by_slot")]

    def __str__(self) -> str:
        return f"codes of a range #{self.pk}"


class StepUp(models.Model):
    """She showed her password again, for one purpose, in this session; good once, five minutes."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="step_ups")
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    session_hash = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("at") + STEP_UP_LIFE), name="step_up_life_limited"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(used_at__gte=F("at"), used_at__lte=F("expires_at")),
                name="step_up_used_in_its_life",
            ),
        ]

    def __str__(self) -> str:
        return f"step-up #{self.pk}"


class Budget(models.Model):
    """
    How often one thing was done since its window began: codes to a number, wrong passwords.

    The key is a blind index, so that the table names nobody.
    """

    kind = models.CharField(max_length=30)
    key = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    spent = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="budget_once"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="budget_spent_not_negative"),
        ]
        indexes = [models.Index(fields=["started_at"], name="budget_by_start")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
