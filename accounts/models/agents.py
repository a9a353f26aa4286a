"""Who helps citizens apply without being staff: a licence, and what came from a phone to us."""

from django.db import models
from django.db.models import F, Q

from accounts.models.logins import Account
from accounts.models.persons import ContactPoint
from kernel.crypto import EncryptedTextField


def _account(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(Account, null=null, on_delete=models.PROTECT, related_name="+")


def _told_whole(name: str, *, because: bool = False) -> Q:
    """Either nobody has done it, or somebody at a moment, with a reason where one is asked."""
    by, at = f"{name}_by", f"{name}_at"
    done = Q(**{f"{by}__isnull": False, f"{at}__isnull": False})
    if because:
        done &= ~Q(**{f"{name}_because": ""})
    return Q(**{f"{by}__isnull": True, f"{at}__isnull": True}) | done


class Agent(models.Model):
    """
    A licence to help people apply, for money that is declared: a kiosk, a shop, a cyber café.

    Registered by one person and confirmed by another; suspended and ended by one. It never comes
    back: a new one takes two people again. Who holds a row helps only while one is in force.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="licences")
    licence = models.CharField(max_length=40)
    business = models.CharField(max_length=120)
    agency = models.ForeignKey("places.Agency", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", on_delete=models.PROTECT, related_name="+")
    phone = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    # For any service that has no fee of its own, in the country's minor units.
    fee_minor = models.BigIntegerField()
    fee_currency = models.CharField(max_length=3)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    registered_by = _account()
    registered_at = models.DateTimeField()
    confirmed_by = _account(null=True)
    confirmed_at = models.DateTimeField(null=True)
    suspended_by = _account(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_because = models.CharField(max_length=200, blank=True, db_default="", default="")
    ended_by = _account(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="agent_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at")), name="agent_until_after_from"
            ),
            models.CheckConstraint(
                condition=_told_whole("confirmed"), name="agent_confirmed_by_somebody"
            ),
            models.CheckConstraint(
                condition=_told_whole("suspended", because=True),
                name="agent_suspended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=_told_whole("ended", because=True), name="agent_ended_with_a_reason"
            ),
            models.UniqueConstraint(
                fields=["licence"], condition=Q(ended_at=None), name="agent_licence_once"
            ),
        ]
        indexes = [models.Index(fields=["licence"], name="agent_by_licence")]

    def __str__(self) -> str:
        return f"agent #{self.pk}"


class AgentFee(models.Model):
    """What an agent takes for one service, where it is not what she takes for any. Appended."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="fees")
    service_code = models.CharField(max_length=60)
    fee_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "service_code"], name="agent_fee_once"),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0), name="agent_service_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"fee of agent #{self.agent_id}"


class IncomingText(models.Model):
    """A text that a phone sent to us, kept before anybody reads it."""

    # The gateway's own id: told twice, it is one text.
    gateway_id = models.CharField(max_length=80, unique=True)
    # Null where nobody here was ever reached at the number.
    contact = models.ForeignKey(ContactPoint, null=True, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"text #{self.pk}"
