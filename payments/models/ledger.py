"""Rails, and double entry: accounts, days, journals and their postings."""

from django.db import models

from payments import states


class Rail(models.Model):
    """One account of ours at one provider, into which payers pay."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)  # "mtn", "bycontract": which gateway speaks with it
    provider = models.CharField(max_length=60)
    names = models.JSONField()
    currency = models.CharField(max_length=3)
    prefixes = models.JSONField()  # ["+25078", "+25079"]: phones that it serves
    steps = models.JSONField()  # {"en": ["Dial *182#", ...]}: how a payer pays a reference
    # Its numbers at the provider, as statements name them: ["4002011234567"].
    accounts = models.JSONField(db_default=[])
    # What the provider keeps of what, and who bears it: {"bearer": "treasury", ...}; without a
    # beneficiary's code under "bearer", the rail bears it.
    tariff = models.JSONField(db_default={})
    # Money that only a statement brought by hand tells of: so much a day by one person, in minor
    # units of `currency`; beyond, another confirms it.
    by_hand_max_minor = models.BigIntegerField(db_default=0)
    # The newest movement of all when payers were shown it for the last time; kept by PostgreSQL.
    retired_after_movement = models.BigIntegerField(db_default=0, editable=False)
    by_contract = models.BooleanField()
    active = models.BooleanField()  # Whether payers are shown it; news of money is always taken.
    position = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "payments_rail"
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.code


class LedgerAccount(models.Model):
    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=states.AccountKind.choices)
    role = models.CharField(max_length=21, choices=states.AccountRole.choices)
    currency = models.CharField(max_length=3)
    rail = models.ForeignKey(
        Rail, on_delete=models.DO_NOTHING, null=True, related_name="ledger_accounts"
    )
    beneficiary = models.ForeignKey(
        "places.Beneficiary", on_delete=models.DO_NOTHING, null=True, related_name="+"
    )

    class Meta:
        managed = False
        db_table = "payments_ledger_account"

    def __str__(self) -> str:
        return self.code


class LedgerDay(models.Model):
    """A day on which journals may stand. Without its row, or once closed, it takes none."""

    day = models.DateField(primary_key=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "payments_ledger_day"

    def __str__(self) -> str:
        return self.day.isoformat()


class Journal(models.Model):
    """One business fact in the ledger; `kind` and `subject_id` name it, once. Append-only."""

    # "collection" or another leg: the subject is the movement, of a remittance that was paid under
    # "remitted". "refund" and "refund_returned": the refund. "remittance",
    # "remittance_returned", "remittance_resumed" and "remittance_sent_back": the batch. "float":
    # the top-up. "match": the match. "explained": the explanation. "write_off", "unclaimed",
    # "returned" and "arrived": the release.
    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    business_day = models.ForeignKey(
        LedgerDay, on_delete=models.DO_NOTHING, db_column="business_day", related_name="journals"
    )
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    reverses = models.OneToOneField(
        "self", on_delete=models.DO_NOTHING, null=True, related_name="reversed_by"
    )

    class Meta:
        managed = False
        db_table = "payments_journal"

    def __str__(self) -> str:
        return f"journal #{self.pk}"


class Posting(models.Model):
    """One line of a journal: debit is positive, credit negative. Append-only."""

    pk = models.CompositePrimaryKey("journal_id", "line_no")
    journal = models.ForeignKey(Journal, on_delete=models.DO_NOTHING, related_name="postings")
    line_no = models.SmallIntegerField()
    account = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, related_name="postings")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "payments_posting"

    def __str__(self) -> str:
        return f"journal #{self.journal_id}, line {self.line_no}"
