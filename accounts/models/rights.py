"""What somebody may do."""

from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account


class Grant(models.Model):
    """
    This account may do this act, on this service or rail, for this beneficiary, in this area, from
    then to then.

    Codes are kept as text because services, rails and most acts live on floors above. "*" means
    any service, rail or beneficiary of money; no area means the whole country. Given by one person
    and confirmed by another; the triggers of migration 0002 keep giver, confirmer and holder three
    people.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    act = models.CharField(max_length=60)
    service_code = models.CharField(max_length=60, db_default="*", default="*")
    area = models.ForeignKey("places.Area", on_delete=models.PROTECT, null=True, related_name="+")
    rail_code = models.CharField(max_length=30, db_default="*", default="*")
    beneficiary_code = models.CharField(max_length=60, db_default="*", default="*")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    # Why, in the words of whoever gave or ended it; about an office's work, never about a citizen.
    given_because = models.CharField(max_length=200, blank=True, db_default="", default="")
    ended_because = models.CharField(max_length=200, blank=True, db_default="", default="")
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_by=F("account")), name="grant_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("given_by")) & ~Q(confirmed_by=F("account"))),
                name="grant_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="grant_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="grant_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")),
                name="grant_until_after_from",
            ),
        ]
        indexes = [
            models.Index(
                fields=["act", "account"],
                name="grant_in_force",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["account"], name="grant_by_account"),
        ]

    def __str__(self) -> str:
        return f"grant #{self.pk} {self.act}"
