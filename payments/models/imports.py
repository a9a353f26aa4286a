"""Statements at the desk: what a look found, the posting in the background, the watched folder."""

from django.db import models

from payments import states
from payments.models.ledger import Rail
from payments.models.statements import Statement, StatementFile


class StatementPreview(models.Model):
    """
    What posting a statement would do, as the last look found it.

    `follows`: "first", "next" (on `before`), "earlier" (goes before the first one), "known",
    "advice", "gap" (not on `before`, the account's last one), or "held" for another reason.
    `made_lines` are money, in and out, of which nobody had told, counted where somebody brought the
    file by hand; `second_why` says why another must confirm them: "unsigned", "above", or "".
    `first_lines`, `last_lines` and `made_first` hold {"day", "amount_minor", "currency", "id",
    "reference"}.
    """

    statement = models.OneToOneField(
        Statement, on_delete=models.DO_NOTHING, primary_key=True, related_name="preview"
    )
    follows = models.CharField(max_length=10)
    before = models.ForeignKey(
        Statement, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="+"
    )
    new_lines = models.IntegerField()
    known_lines = models.IntegerField()
    made_lines = models.IntegerField(db_default=0)
    made_minor = models.BigIntegerField(db_default=0)
    made_first = models.JSONField(db_default=[])
    second_why = models.CharField(max_length=10, db_default="")
    first_lines = models.JSONField(db_default=[])
    last_lines = models.JSONField(db_default=[])
    made_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_statement_preview"

    def __str__(self) -> str:
        return f"preview of statement #{self.statement_id}"


class UnpostedLine(models.Model):
    """A booked line that posted nothing: told before, or of a statement that is held back."""

    KNOWN = "KNOWN"
    REFUSED = "REFUSED"

    pk = models.CompositePrimaryKey("statement_id", "line_no")
    statement = models.ForeignKey(
        Statement, on_delete=models.DO_NOTHING, related_name="unposted_lines"
    )
    line_no = models.IntegerField()
    booked_day = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    external_id = models.CharField(max_length=200)
    fate = models.CharField(max_length=10)

    class Meta:
        managed = False
        db_table = "payments_unposted_line"

    def __str__(self) -> str:
        return f"line {self.line_no} of statement #{self.statement_id}"


class Import(models.Model):
    """
    A file that somebody said to read or to post, and how far that is. Its row is its own queue.

    `rail` is whose statement somebody said it is. `problem`: "unreadable", "broken", "second"
    (somebody else must confirm it). The counts are lines, and stand there when it is posted.
    """

    file = models.ForeignKey(StatementFile, on_delete=models.DO_NOTHING, related_name="imports")
    step = models.CharField(
        max_length=10, choices=states.ImportStep.choices, db_default=states.ImportStep.POST
    )
    rail = models.ForeignKey(
        Rail, on_delete=models.DO_NOTHING, null=True, db_default=None, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=states.ImportState.choices, db_default=states.ImportState.QUEUED
    )
    by = models.ForeignKey(  # None: the watched folder.
        "accounts.Account", on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, db_default=None)
    ended_at = models.DateTimeField(null=True, db_default=None)
    lease_until = models.DateTimeField(null=True, db_default=None)
    tries = models.SmallIntegerField(db_default=0)
    problem = models.CharField(max_length=40, db_default="")
    lines_total = models.IntegerField(db_default=0)
    lines_done = models.IntegerField(db_default=0)
    new_lines = models.IntegerField(db_default=0)
    known_lines = models.IntegerField(db_default=0)
    matched_lines = models.IntegerField(db_default=0)
    suspense_lines = models.IntegerField(db_default=0)
    refused_lines = models.IntegerField(db_default=0)
    waiting_lines = models.IntegerField(db_default=0)
    empty_lines = models.IntegerField(db_default=0)

    class Meta:
        managed = False
        db_table = "payments_import"

    def __str__(self) -> str:
        return f"import #{self.pk} {self.state}"


class WatchedFile(models.Model):
    """A file of the watched folder that has been taken in, or why it was not."""

    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="+")
    name = models.CharField(max_length=200)
    bytes = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    file = models.ForeignKey(
        StatementFile, on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    problem = models.CharField(max_length=40, db_default="")
    seen_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_watched_file"

    def __str__(self) -> str:
        return f"watched file #{self.pk}"
