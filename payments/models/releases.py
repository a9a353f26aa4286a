"""What two people decide about money that nothing explains: debits, and suspense without an end."""

from django.db import models

from payments import states
from payments.models.asked import Asked
from payments.models.movements import Movement
from payments.models.refunds import Refund


class Explanation(Asked):
    """
    What a withdrawal turned out to be; two people say so.

    It is posted when it is approved: out of unexplained, to where such money stands. Nothing of it
    changes but the decision, once.
    """

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="explanations")
    answer = models.CharField(max_length=10, choices=states.ExplanationAnswer.choices)
    # Which collection it takes back, which batch or refund it paid, as which transfer it came back.
    original = models.ForeignKey(
        Movement, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="+"
    )
    remittance_id = models.BigIntegerField(null=True, db_default=None)
    transfer = models.ForeignKey(
        Movement, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="+"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "payments_explanation"

    def __str__(self) -> str:
        return f"explanation #{self.pk}"


class Release(Asked):
    """
    Money of a collection that leaves suspense for good; two people say so.

    Posted when it is approved: written off, to the treasury's account of what nobody claimed,
    back to the batch that it was, or to what is between our accounts, as the sweep that it was.
    """

    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="releases")
    kind = models.CharField(max_length=10, choices=states.ReleaseKind.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.TextField()
    # Of what nobody claimed: after how many days that is so, and which law says it ("": the pack).
    term_days = models.IntegerField(null=True, db_default=None)
    law = models.TextField(db_default="")
    # Which batch came back, where that is what it was.
    remittance_id = models.BigIntegerField(null=True, db_default=None)
    # Which sweep of another rail arrived, where that is what it was.
    sweep = models.ForeignKey(
        Movement, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="arrivals"
    )

    class Meta:
        managed = False
        db_table = "payments_release"

    def __str__(self) -> str:
        return f"release #{self.pk}"
