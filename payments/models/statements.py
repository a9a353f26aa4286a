"""Statements of our accounts at providers, and what their lines came to."""

from django.db import models

from payments import states
from payments.models.ledger import Rail
from payments.models.movements import Movement


class StatementFile(models.Model):
    """
    A file byte for byte, once.

    Its state, its rail and who confirms it may change, until it is posted.
    """

    sha256 = models.BinaryField(unique=True)
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, null=True, related_name="+")
    name = models.CharField(max_length=200)
    bytes = models.IntegerField()
    body = models.BinaryField()
    state = models.CharField(
        max_length=10,
        choices=states.StatementFileState.choices,
        db_default=states.StatementFileState.KEPT,
    )
    problem = models.CharField(max_length=40, db_default="")  # Why it cannot be read: a code.
    by = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    # Another than `by`, who stands for what is posted of it next.
    confirmed_by = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    imported_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_statement_file"

    def __str__(self) -> str:
        return f"statement file #{self.pk}"


class Statement(models.Model):
    """
    One account between two balances; an advice has not both and proves none.

    `account` is the rail's own name of the account where it has one. `problems` are the reader's;
    `held_back` says why it is not posted: "unbalanced", "gap", "account", "currency", "rail",
    "day". The posted statements of an account make a chain by `previous`.
    """

    file = models.ForeignKey(StatementFile, on_delete=models.DO_NOTHING, related_name="statements")
    place = models.IntegerField()
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, null=True, related_name="+")
    account = models.CharField(max_length=200)
    is_advice = models.BooleanField()
    format = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=200)
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    entries = models.IntegerField()
    difference_minor = models.BigIntegerField(null=True)
    problems = models.JSONField(db_default=[])
    state = models.CharField(
        max_length=10, choices=states.StatementState.choices, db_default=states.StatementState.KEPT
    )
    held_back = models.CharField(max_length=20, db_default="")
    previous = models.OneToOneField(
        "self", on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="next"
    )
    imported_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, db_default=None)
    confirmed_by = models.ForeignKey(  # Of its file, when it was posted; PostgreSQL writes it.
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )

    class Meta:
        managed = False
        db_table = "payments_statement"

    def __str__(self) -> str:
        return f"statement #{self.pk}"


class StatementLine(models.Model):
    """
    A booked line of a posted statement. Append-only, but that a waiting one finds its movement.

    `external_id` is the id by which it was told to the ledger; `original_id` that of the
    collection which it undoes or is charged for.
    """

    statement = models.ForeignKey(Statement, on_delete=models.DO_NOTHING, related_name="lines")
    line_no = models.IntegerField()
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="+")
    account = models.CharField(max_length=200)
    is_advice = models.BooleanField()
    fingerprint = models.BinaryField()
    occurrence = models.IntegerField()
    booked_day = models.DateField()
    value_day = models.DateField(null=True)
    amount_minor = models.BigIntegerField()  # Signed: positive is money in.
    currency = models.CharField(max_length=3)
    is_reversal = models.BooleanField()
    kind = models.CharField(max_length=10)
    external_id = models.CharField(max_length=200)
    original_id = models.CharField(max_length=200, db_default="")
    fate = models.CharField(max_length=10, choices=states.LineFate.choices)
    movement = models.ForeignKey(
        Movement, on_delete=models.DO_NOTHING, null=True, related_name="statement_lines"
    )

    class Meta:
        managed = False
        db_table = "payments_statement_line"

    def __str__(self) -> str:
        return f"statement line #{self.pk}"
