"""How staff come: an invitation by mail, and the state's directory that vouches for somebody."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account
from accounts.states import MailState

INVITATION_LIFE = timedelta(hours=72)


class Invitation(models.Model):
    """
    A link, sent to an account's own address, by which she sets her password: once, within 72 hours.

    The row is written when somebody invites; the secret in the link is drawn later, by the errand
    that sends it, and only its keyed hash stays. No second one of an account is open beside it.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invitations")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    mail = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("at"), expires_at__lte=F("at") + INVITATION_LIFE),
                name="invitation_life_limited",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None)
                | Q(
                    accepted_at__gte=F("at"),
                    accepted_at__lt=F("expires_at"),
                    token_hash__isnull=False,
                    revoked_at=None,
                ),
                name="invitation_accepted_in_its_life",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="invitation_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(mail__in=MailState.values), name="invitation_mail_known"
            ),
            models.CheckConstraint(
                condition=~Q(mail=MailState.SENDING)
                | Q(lease_until__isnull=False, token_hash__isnull=False),
                name="invitation_sending_is_leased",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(mail__in=[MailState.WAITING, MailState.SENDING]),
                name="invitation_due",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation #{self.pk}"


class DirectorySubject(models.Model):
    """Whom the state's directory means by a subject: one account, until that is ended."""

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="subjects")
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=Q(ended_at=None),
                name="directory_subject_one_account",
            ),
            models.UniqueConstraint(
                fields=["issuer", "account"],
                condition=Q(ended_at=None),
                name="directory_account_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"subject #{self.pk}"
