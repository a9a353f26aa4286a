"""What is owed to a beneficiary, in batches, and the accounts that it is remitted to."""

from uuid import uuid4

from django.db import models

from payments import states
from payments.models.asked import Asked, ByTwo, InForce
from payments.models.ledger import Rail


class SettlementAccount(InForce):
    """
    The account to which a beneficiary's money goes: the state's own, named by two people.

    One of a beneficiary and currency is in force; the others stay to be read.
    """

    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, related_name="+"
    )
    currency = models.CharField(max_length=3)
    iban = models.CharField(max_length=34, db_default="")
    account_number = models.CharField(max_length=34, db_default="")  # Where there is no IBAN.
    holder_name = models.CharField(max_length=140)
    bank_name = models.CharField(max_length=140)
    bic = models.CharField(max_length=11, db_default="")
    reason = models.CharField(max_length=300)  # Who said so: a letter, an order.

    class Meta:
        managed = False
        db_table = "payments_settlement_account"

    def __str__(self) -> str:
        return f"settlement account #{self.pk}"

    @property
    def number(self) -> str:
        return self.iban or self.account_number


class Remittance(ByTwo):
    """
    One batch: allocations of one beneficiary and currency, paid to one account by one order.

    `amount_minor` is `gross_minor` less `taken_back_minor`; charges are shown, not taken off. Its
    allocations stand in `payments_remittance_line`, written and read by SQL.
    """

    key = models.UUIDField(unique=True, default=uuid4)
    number = models.CharField(max_length=40, unique=True)
    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, related_name="+"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    taken_back_minor = models.BigIntegerField(db_default=0)
    charges_minor = models.BigIntegerField(db_default=0)
    charges_journal_id = models.BigIntegerField(db_default=0)  # The last one counted in it.
    allocations = models.BigIntegerField()
    account = models.ForeignKey(
        SettlementAccount, on_delete=models.DO_NOTHING, related_name="remittances"
    )
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="+")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    state = models.CharField(
        max_length=12,
        choices=states.RemittanceState.choices,
        db_default=states.RemittanceState.BUILDING,
    )
    bank_receipt = models.CharField(max_length=100, db_default="")  # The bank's name of the order.
    ended_because = models.CharField(max_length=300, db_default="")
    cut_off = models.DateTimeField()
    built_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, db_default=None)
    approved_at = models.DateTimeField(null=True, db_default=None)
    sent_at = models.DateTimeField(null=True, db_default=None)
    acknowledged_at = models.DateTimeField(null=True, db_default=None)
    confirmed_at = models.DateTimeField(null=True, db_default=None)
    ended_at = models.DateTimeField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_remittance"

    def __str__(self) -> str:
        return f"remittance #{self.pk} {self.state}"


class RemittanceReport(models.Model):
    """What the bank said of a batch (pain.002), byte for byte. Append-only."""

    remittance = models.ForeignKey(Remittance, on_delete=models.DO_NOTHING, related_name="reports")
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    status = models.CharField(max_length=4)  # ISO 20022: "ACSC", "RJCT".
    reasons = models.JSONField()  # [{"code": "AC04", "text": "..."}]
    by = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_remittance_report"

    def __str__(self) -> str:
        return f"report #{self.pk} {self.status}"


class RemittanceRefusal(Asked):
    """
    That an approved batch came to nothing: brought by one person, believed or not by another.

    The bank refuses it, as its report says; or, without one, a person says why it never got it.
    """

    remittance = models.ForeignKey(Remittance, on_delete=models.DO_NOTHING, related_name="refusals")
    report = models.OneToOneField(
        RemittanceReport,
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="refusal",
    )
    reason = models.CharField(max_length=300, db_default="")

    class Meta:
        managed = False
        db_table = "payments_remittance_refusal"

    def __str__(self) -> str:
        return f"refusal #{self.pk}"
