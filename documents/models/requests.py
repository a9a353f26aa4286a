"""What is asked for of credentials by one person, and decided by another."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.states import STATE_LEVEL, Purpose


def owned_by_purpose() -> Q:
    """An officer's is an account's, a seal an office's, and the state's own nobody's."""
    return (
        Q(purpose=Purpose.OFFICER, account__isnull=False, office=None)
        | Q(purpose=Purpose.SEAL, account=None, office__isnull=False)
        | Q(purpose__in=STATE_LEVEL, account=None, office=None)
    )


class Asked(models.TextChoices):
    ISSUE = "issue", "A new credential"
    REVOKE = "revoke", "Revoke it"
    # In a hurry one person is enough to stop a key; two let it sign again.
    SUSPEND = "suspend", "Suspend it"
    RESUME = "resume", "Let it sign again"


class Road(models.TextChoices):
    """How a new credential gets its certificate."""

    OWN = "own", "Development's own authority"
    CSR = "csr", "A request that the national authority answers"
    SERVICE = "service", "The signing service that keeps the key"
    NONE = "", "-"


class CredentialRequest(models.Model):
    """What was asked for. Only its lease changes; what became of it stands in other tables."""

    asked = models.CharField(max_length=8, choices=Asked.choices)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey(
        "places.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Which is to be revoked, suspended or resumed; a new one has none yet.
    credential = models.ForeignKey(
        "documents.Credential", on_delete=models.PROTECT, null=True, related_name="requests"
    )
    road = models.CharField(max_length=8, choices=Road.choices, blank=True, default=Road.NONE)
    custody = models.CharField(max_length=12, blank=True, default="")
    algorithm = models.CharField(max_length=12, blank=True, default="")
    # The service's name of a key that it keeps; other keys are named when they are made.
    key_ref = models.CharField(max_length=200, blank=True, default="")
    common_name = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=24, blank=True, default="")
    note = models.CharField(max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=owned_by_purpose(), name="credential_request_of_its_owner"
            ),
            models.CheckConstraint(
                condition=Q(asked=Asked.ISSUE, credential=None)
                & ~Q(road=Road.NONE)
                & ~Q(custody="")
                & ~Q(common_name="")
                | ~Q(asked=Asked.ISSUE) & Q(credential__isnull=False, road=Road.NONE),
                name="credential_request_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(asked=Asked.REVOKE) | ~Q(reason=""),
                name="credential_request_says_why",
            ),
            # Codes and lists are signed with ES256, which is P-256 (RFC 7518 3.4, RFC 9053 2.1).
            # A service's key has its kind already; its certificate is judged.
            models.CheckConstraint(
                condition=~Q(purpose__in=STATE_LEVEL) | Q(algorithm__in=("", "P-256")),
                name="credential_request_of_the_state_is_p256",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.asked} {self.purpose}"


class CredentialDecision(models.Model):
    """Append-only: what somebody else decided about a request; yes, behind her step-up."""

    request = models.OneToOneField(
        CredentialRequest, on_delete=models.PROTECT, related_name="decision"
    )
    approved = models.BooleanField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    step_up = models.OneToOneField(
        "accounts.StepUp", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=False) | Q(step_up__isnull=False),
                name="credential_approved_by_step_up",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.request_id} {'approved' if self.approved else 'declined'}"


class CredentialKey(models.Model):
    """Append-only: the key made for an approved request, and what the authority is to sign."""

    request = models.OneToOneField(CredentialRequest, on_delete=models.PROTECT, related_name="key")
    key_ref = models.CharField(max_length=200, unique=True)
    csr = models.TextField(help_text="PEM: PKCS #10")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.request_id}"
