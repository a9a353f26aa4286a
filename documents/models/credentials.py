"""The credentials that sign papers; never their keys."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models.requests import CredentialRequest, owned_by_purpose
from documents.states import OVER, STATE_LEVEL, CredentialState, Purpose


class Credential(models.Model):
    """
    A certificate, and where its key lies; never the key.

    `key_ref` is a name that the custody understands: a file under PKI_DIR, or a label in an HSM.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey(
        "places.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    certificate = models.TextField(help_text="PEM")
    chain = models.TextField(help_text="PEM: the issuing authorities, without the root")
    custody = models.CharField(max_length=12)
    key_ref = models.CharField(max_length=200)
    serial = models.CharField(max_length=40, unique=True, help_text="hexadecimal")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=CredentialState.choices, default=CredentialState.ACTIVE
    )
    issued_at = models.DateTimeField()
    # What it was asked for by; development's own, of keys in files, were asked for by nobody.
    request = models.OneToOneField(
        CredentialRequest, on_delete=models.PROTECT, null=True, related_name="credential_made"
    )
    # Since when it signs no more, and why: a code of RFC 5280, 5.3.1, where it was revoked.
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=owned_by_purpose(), name="credential_of_its_owner"),
            models.CheckConstraint(
                condition=Q(state__in=CredentialState.values), name="credential_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, ended_at__isnull=False)
                | Q(~Q(state__in=OVER), ended_at=None),
                name="credential_over_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state=CredentialState.ACTIVE),
                name="credential_one_active_an_officer",
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(state=CredentialState.ACTIVE),
                name="credential_one_active_an_office",
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=Q(state=CredentialState.ACTIVE, purpose__in=STATE_LEVEL),
                name="credential_one_active_of_the_state",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose} {self.state}"


class CredentialNotice(models.Model):
    """
    Append-only: what was told once of a credential, that it ends soon or has ended; or what its
    authority told of it, which stops it.
    """

    class About(models.TextChoices):
        ENDING = "ending", "It ends soon"
        ENDED = "ended", "It has ended"
        NAMED = "named", "Its authority revoked it"

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="notices")
    about = models.CharField(max_length=8, choices=About.choices)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "about"], name="credential_told_once_of_each"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.credential_id} {self.about}"
