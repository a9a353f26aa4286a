"""Days closed by two signatures, and the differences that they were closed with."""

from django.db import models

from payments.models.ledger import LedgerDay, Rail


class DifferenceKind(models.TextChoices):
    """What may not agree on a day; `payments_differences_of_day` finds it."""

    NOT_ON_STATEMENT = "not_on_statement"
    NEVER_TOLD = "never_told"
    AMOUNTS_DIFFER = "amounts_differ"
    REFERENCES_DIFFER = "references_differ"
    CHARGE_NOT_TARIFF = "charge_not_tariff"
    DEBIT_UNEXPLAINED = "debit_unexplained"
    BALANCE_OFF = "balance_off"
    STATEMENT_MISSING = "statement_missing"
    STATEMENT_GAP = "statement_gap"
    LINE_WAITING = "line_waiting"
    ALARM_UNANSWERED = "alarm_unanswered"
    INBOX_NOT_EMPTY = "inbox_not_empty"
    NOT_ARRIVED = "not_arrived"


class CloseDifference(models.Model):
    """
    A difference that somebody has taken; it carries forward until it is settled.

    `subject` names what differs ("movement:17", "statement:mtn-rw:2026-11-23"). Nothing changes
    but owner and note, and that it is settled, once: by its cause (`settled_by` is None) or by
    a person.
    """

    day_found = models.ForeignKey(
        LedgerDay, on_delete=models.DO_NOTHING, db_column="day_found", related_name="+"
    )
    kind = models.CharField(max_length=20, choices=DifferenceKind.choices)
    subject = models.CharField(max_length=120)
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, null=True, related_name="+")
    currency = models.CharField(max_length=3, db_default="")
    amount_minor = models.BigIntegerField(db_default=0)  # Signed where a balance is off.
    owner = models.ForeignKey("accounts.Account", on_delete=models.DO_NOTHING, related_name="+")
    note = models.TextField()
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, db_default=None)
    settled_by = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    settled_note = models.TextField(db_default="")

    class Meta:
        managed = False
        db_table = "payments_close_difference"

    def __str__(self) -> str:
        return f"difference #{self.pk} {self.kind}"


class Close(models.Model):
    """
    One day, prepared by one person and signed by another. Once signed, nothing of it changes.

    `record` says all that was signed, with the seal of the day before (`previous_sha256`, None for
    the first), and `sha256` seals it together with the summary that was drawn of it; PostgreSQL
    makes both, and `sealing` says how. `totals` and `differences` are what the day was signed
    with; those that were settled since the record before, too. `sealed_at` is by PostgreSQL's own
    clock.
    """

    day = models.OneToOneField(
        LedgerDay,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_column="day",
        related_name="close",
    )
    zone = models.CharField(max_length=60)
    prepared_by = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, related_name="+"
    )
    prepared_at = models.DateTimeField()
    prepared_journals = models.BigIntegerField()
    signed_by = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        null=True,
        db_default=None,
        related_name="+",
    )
    signed_at = models.DateTimeField(null=True, db_default=None)
    sealed_at = models.DateTimeField(null=True, db_default=None)
    previous_sha256 = models.BinaryField(null=True, db_default=None)
    journals = models.BigIntegerField(null=True, db_default=None)
    totals = models.JSONField(null=True, db_default=None)
    differences = models.JSONField(null=True, db_default=None)
    record = models.TextField(null=True, db_default=None)  # noqa: DJ001 - none until it is signed.
    summary = models.BinaryField(null=True, db_default=None)
    sha256 = models.BinaryField(null=True, db_default=None)

    class Meta:
        managed = False
        db_table = "payments_close"

    def __str__(self) -> str:
        return f"close of {self.pk}"
