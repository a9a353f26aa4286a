"""Somebody helps a citizen apply: who, for what fee, and how the citizen agreed to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.cases import Application, CompletionRequest
from applications.states import ConsentKind, SampleOutcome


def _somebody(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+"
    )


class Assistance(models.Model):
    """
    A helper applies with a person; the case is the person's, and begins with her consent.

    Kept as it was begun, but for the case that it leads to, and for its end when she revokes it.
    """

    helper = _somebody()
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=60)
    holder = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("accounts.ContactPoint", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    # What the helper says she takes for it. It is declared, and never collected here.
    fee_minor = models.BigIntegerField()
    fee_currency = models.CharField(max_length=3)
    begun_at = models.DateTimeField()
    application = models.OneToOneField(
        Application, null=True, on_delete=models.PROTECT, related_name="assistance"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="help_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(application__isnull=False),
                name="help_revoked_has_a_case",
            ),
        ]
        indexes = [models.Index(fields=["helper", "-id"], name="help_of_helper")]

    def __str__(self) -> str:
        return f"help #{self.pk}"


class HelpConsent(models.Model):
    """
    One consent of hers: to be helped with a case, or with mending what a completion asks for.

    It changes while it is asked for, and never once it is given.
    """

    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="consents")
    completion = models.ForeignKey(
        CompletionRequest, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ConsentKind.choices)
    # A plain number: codes are forgotten after a while, that one was shown is not.
    code_id = models.BigIntegerField(null=True)
    scan = models.ForeignKey(
        "kernel.StoredFile",
        null=True,
        on_delete=models.PROTECT,
        db_column="scan_sha256",
        related_name="+",
    )
    witness = _somebody(null=True)
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ConsentKind.values), name="help_consent_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(given_at=None)
                | Q(kind=ConsentKind.CODE, code_id__isnull=False)
                | Q(kind=ConsentKind.SLIP, scan__isnull=False, witness__isnull=False),
                name="help_consent_has_its_proof",
            ),
            models.UniqueConstraint(
                fields=["assistance"],
                condition=Q(completion=None),
                name="one_consent_to_apply",
            ),
            models.UniqueConstraint(
                fields=["completion"],
                condition=Q(completion__isnull=False),
                name="one_consent_a_completion",
            ),
        ]
        indexes = [
            models.Index(fields=["given_at"], name="slip_consent_by_day", condition=Q(kind="slip")),
        ]

    def __str__(self) -> str:
        return f"consent #{self.pk}"


class ConsentCheck(models.Model):
    """Appended: what a supervisor found when she looked at a signed slip again."""

    consent = models.OneToOneField(HelpConsent, on_delete=models.PROTECT, related_name="check_up")
    outcome = models.CharField(max_length=10, choices=SampleOutcome.choices)
    by = _somebody()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=SampleOutcome.values), name="help_check_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"check of consent #{self.consent_id}"
