"""Who gets money that no rail can send back to its payer, and who says that money was hers."""

from django.db import models

from kernel.crypto import EncryptedTextField
from payments import states
from payments.models.asked import ByTwo
from payments.models.matches import Match
from payments.models.movements import Movement
from payments.models.refunds import Refund


def _later() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )


class Payee(ByTwo):
    """
    Whom a refund by hand is paid to: proven at a desk by one person, confirmed by another.

    It can be mended until it is confirmed; `paid_by` says that she has sent the money, and the
    provider's id of that stands in the refund's `handle`.
    """

    refund = models.OneToOneField(Refund, on_delete=models.DO_NOTHING, related_name="payee")
    account_kind = models.CharField(max_length=5, choices=states.PayeeAccount.choices)
    number = EncryptedTextField()  # E.164 for a phone, else as the bank writes it.
    number_index = models.BinaryField(max_length=32)
    bank = models.CharField(max_length=80, db_default="")
    holder = EncryptedTextField()
    code = models.CharField(max_length=200)  # The network's, as she showed it at the desk.
    document_kind = models.CharField(max_length=20, choices=states.DocumentKind.choices)
    proven_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, db_default=None)
    paid_by = _later()
    paid_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_payee"

    def __str__(self) -> str:
        return f"payee of refund #{self.refund_id}"


class Claim(models.Model):
    """
    Somebody's word that a collection in suspense is hers, its proof, and its answer.

    The answer is a match or a refund, which another person decides about, or a refusal.
    """

    number = models.CharField(max_length=20, unique=True)
    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="claims")
    code = models.CharField(max_length=200)  # As she typed it.
    phone = EncryptedTextField()
    phone_index = models.BinaryField(max_length=32)
    opened_at = models.DateTimeField()
    opened_by = _later()  # None: she did it herself.
    document_kind = models.CharField(max_length=20, db_default="")
    proven_by = _later()
    proven_at = models.DateTimeField(null=True, db_default=None)
    match = models.ForeignKey(
        Match, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="claims"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="claims"
    )
    refused_for = models.TextField(db_default="")
    answered_by = _later()
    answered_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_claim"

    def __str__(self) -> str:
        return f"claim {self.number}"
