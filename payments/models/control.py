"""Spending control: answers to alarms, limits by role and day, the accounts that sweeps go to."""

from django.db import models

from payments.models.alarms import Alarm
from payments.models.asked import Asked, InForce
from payments.models.ledger import Rail


class AlarmAnswerCode(models.TextChoices):
    """What a person found out about an alarm."""

    PROVIDER_MISTAKE = "provider_mistake"
    OWN_MISTAKE = "own_mistake"
    ALLOWED = "allowed"
    CLAIMED_BACK = "claimed_back"
    REPAIRED = "repaired"
    REPORTED = "reported"  # To the police, the auditor, the provider's fraud desk.
    EXPLAINED = "explained"  # By two people: the debit is posted as what it was.


class AlarmAnswer(models.Model):
    """What somebody found out about an alarm. Append-only."""

    alarm = models.ForeignKey(Alarm, on_delete=models.DO_NOTHING, related_name="answers")
    account = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    answer = models.CharField(max_length=20, choices=AlarmAnswerCode.choices)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_alarm_answer"

    def __str__(self) -> str:
        return f"answer to alarm #{self.alarm_id}"


class Limit(InForce):
    """
    How much may be approved at once, and on a local day by one person and by all together.

    Minor units; rail "*" adds up all rails. Where none is in force over all rails, the pack's is
    (`LimitDefault`).
    """

    act = models.CharField(max_length=60)
    rail_code = models.CharField(max_length=40, db_default="*")
    currency = models.CharField(max_length=3)
    per_act_minor = models.BigIntegerField()
    per_person_minor = models.BigIntegerField()
    per_day_minor = models.BigIntegerField()
    zone = models.CharField(max_length=60)  # In which a day has its end.
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "payments_limit"

    def __str__(self) -> str:
        return f"limit #{self.pk}"


class LimitDefault(models.Model):
    """What the country's pack allows over all rails together, until two people set another."""

    act = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    per_act_minor = models.BigIntegerField()
    per_person_minor = models.BigIntegerField()
    per_day_minor = models.BigIntegerField()
    zone = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "payments_limit_default"

    def __str__(self) -> str:
        return f"limit of {self.act} in {self.currency}"


class SweepAccount(InForce):
    """The treasury's account that a rail's balance may be swept to."""

    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="sweep_accounts")
    account = models.CharField(max_length=60)
    bank = models.CharField(max_length=100)
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "payments_sweep_account"

    def __str__(self) -> str:
        return f"sweep account #{self.pk}"


class Move(Asked):
    """The order to move what a retired rail holds to the account that its sweeps go to."""

    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="moves")
    sweep_account = models.ForeignKey(
        SweepAccount, on_delete=models.DO_NOTHING, related_name="moves"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "payments_move"

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what whoever carries it out writes beside the payment, and statements repeat."""
        return f"MV{self.pk:06d}"


class MoveEnd(Asked):
    """That an order to move is given up, because nobody can carry it out."""

    move = models.ForeignKey(Move, on_delete=models.DO_NOTHING, related_name="ends")
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "payments_move_end"

    def __str__(self) -> str:
        return f"end of {self.move_id}"
