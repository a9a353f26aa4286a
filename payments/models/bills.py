"""What is to be paid, and our asking a phone for it."""

from uuid import uuid4

from django.db import models

from kernel.crypto import EncryptedTextField
from payments import states
from payments.models.ledger import LedgerAccount, Rail


class Bill(models.Model):
    """What a payer is asked for, under one reference; its lines may serve many cases."""

    key = models.UUIDField(unique=True, default=uuid4)  # For addresses of pages: unguessable.
    reference = models.CharField(max_length=12, unique=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(db_default=0)
    state = models.CharField(
        max_length=10, choices=states.BillState.choices, db_default=states.BillState.OPEN
    )
    payer_contact = models.ForeignKey(
        "accounts.ContactPoint", on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    description = models.JSONField()  # {"en": "Birth certificate"}: the service, never a person.
    # Whether late money may still pay it: the app that priced it says no when the fee changes.
    revivable = models.BooleanField(db_default=True)
    # Whether a payer may pay it in parts; money that comes in parts anyway is taken.
    takes_parts = models.BooleanField(db_default=False)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, db_default=None)
    successor = models.OneToOneField(
        "self", on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="predecessor"
    )

    class Meta:
        managed = False
        db_table = "payments_bill"

    def __str__(self) -> str:
        return f"bill #{self.pk}"


class BillLine(models.Model):
    """One fee: whose money it is, by which law. Frozen once issued, but for `live`."""

    bill = models.ForeignKey(Bill, on_delete=models.DO_NOTHING, related_name="lines")
    line_no = models.SmallIntegerField()
    charge_key = models.CharField(max_length=120)  # What is charged: "case 17, fee issuance".
    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, related_name="+"
    )
    payable = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, related_name="+")
    currency = models.CharField(max_length=3)
    revenue_code = models.CharField(max_length=60)
    legal_source = models.TextField()
    legal_checked = models.BooleanField()
    names = models.JSONField()
    # When it goes back, as its service had it when the bill was issued (`payments.returnable`).
    returnable = models.JSONField(db_default={})
    amount_minor = models.BigIntegerField()
    # By how much it is less than the fee's own law asks, and the law that says so; 0 and "".
    waived_minor = models.BigIntegerField(db_default=0)
    waived_by = models.TextField(db_default="")
    live = models.BooleanField(db_default=True)  # Whether the charge is taken by this bill.

    class Meta:
        managed = False
        db_table = "payments_bill_line"
        ordering = ("bill_id", "line_no")

    def __str__(self) -> str:
        return f"bill #{self.bill_id}, line {self.line_no}"


class PaymentAttempt(models.Model):
    """
    One payment prompt on a payer's phone. Once-only: SENDING is committed before the call.

    `key` is the network's idempotency key (MTN: X-Reference-Id) and our name for it in callbacks.
    At most one attempt of a bill may be CREATED, SENDING or PENDING.
    """

    key = models.UUIDField(unique=True)
    bill = models.ForeignKey(Bill, on_delete=models.DO_NOTHING, related_name="attempts")
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="attempts")
    phone = EncryptedTextField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=states.AttemptState.choices, db_default=states.AttemptState.CREATED
    )
    # The network's own name of the question, where our key is not enough to ask after it.
    handle = models.CharField(max_length=100, db_default="")
    external_id = models.CharField(max_length=100, db_default="")
    failure_reason = models.CharField(max_length=60, db_default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, db_default=None)
    ended_at = models.DateTimeField(null=True, db_default=None)
    next_query_at = models.DateTimeField(null=True, db_default=None)
    queries = models.SmallIntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True, db_default=None)
    # By which the phone is found without being read; None: made before there was one.
    phone_index = models.BinaryField(max_length=32, null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_payment_attempt"

    def __str__(self) -> str:
        return f"attempt #{self.pk}"
