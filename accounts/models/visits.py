"""Where somebody is signed in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account


class Visit(models.Model):
    """
    One sitting at one browser, from signing in until it ends.

    `session_key` is that of Django's session, kept so long as the visit lives: whoever ends a visit
    deletes the session, and the browser is out with its next page. Of the address only the network
    is kept (IPv4 /24, IPv6 /48), of the browser only its kind.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="visits")
    session_key = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    strength = ArrayField(models.CharField(max_length=12), default=list)
    device = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=45, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("started_at")), name="visit_seen_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | (Q(ended_at__isnull=False, session_key="") & ~Q(end_reason="")),
                name="visit_ended_keeps_no_key",
            ),
            models.UniqueConstraint(
                fields=["session_key"], condition=Q(ended_at=None), name="visit_one_a_session"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-seen_at"], name="visit_by_account"),
            models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="visit_live"),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="visit_by_end"
            ),
        ]

    def __str__(self) -> str:
        return f"visit #{self.pk}"
