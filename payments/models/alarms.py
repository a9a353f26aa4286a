"""What about money needs a person, and what the invariants were found to hold."""

from django.conf import settings
from django.db import models

from payments import states


class Alarm(models.Model):
    """
    Something that no rule can put right. As long as it is open the same thing rings once.

    `subject` names it ("movement:17", an invariant's code); `facts` holds codes, ids and amounts,
    never anything of a person.
    """

    kind = models.CharField(max_length=30, choices=states.AlarmKind.choices)
    subject = models.CharField(max_length=120)
    rail_code = models.CharField(max_length=40, db_default="")
    facts = models.JSONField(db_default={})
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, db_default=None)
    # None: cleared by itself, because its cause was gone.
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )

    class Meta:
        managed = False
        db_table = "payments_alarm"

    def __str__(self) -> str:
        return f"alarm #{self.pk} {self.kind}"


class Check(models.Model):
    """How many rows broke one invariant at one moment. Append-only."""

    code = models.CharField(max_length=60)
    offending = models.BigIntegerField()
    checked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_check"

    def __str__(self) -> str:
        return f"{self.code}: {self.offending}"
