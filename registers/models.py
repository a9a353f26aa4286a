"""The entries on which papers rest, kept as they were read, and what registers tell afterwards."""

from datetime import UTC, date, datetime, timedelta

from django.db import models

from kernel.crypto import EncryptedTextField


class CitedEntry(models.Model):
    """What a register said when a paper was decided upon. Appended, never changed."""

    class Kind(models.TextChoices):
        BIRTH = "birth"
        MARRIAGE = "marriage"
        POPULATION = "population"
        CRIMINAL = "criminal"

    class Source(models.TextChoices):
        GATEWAY = "gateway"
        PAPER = "paper"
        POPULATION = "population"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+"
    )
    office_code = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    volume = models.CharField(max_length=40, blank=True)
    act_number = models.CharField(max_length=40, blank=True)
    registered_on = models.DateField(null=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    # A JSON list. Apart from the facts, because a national number is never stored in clear.
    national_ids = EncryptedTextField()
    cited_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "cited entries"
        constraints = [
            models.CheckConstraint(
                name="cited_entry_kind_known",
                condition=models.Q(kind__in=["birth", "marriage", "population", "criminal"]),
            ),
            models.CheckConstraint(
                name="cited_entry_source_known",
                condition=models.Q(source__in=["gateway", "paper", "population"]),
            ),
            models.CheckConstraint(
                name="cited_entry_act_has_its_place",
                condition=models.Q(kind__in=["population", "criminal"])
                | (
                    models.Q(year__isnull=False, registered_on__isnull=False)
                    & ~models.Q(act_number="")
                ),
            ),
            models.CheckConstraint(
                name="cited_entry_facts_hashed",
                condition=models.Q(facts_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PaperEntry(models.Model):
    """Appended: the scan of an act that no gateway held, and who typed its facts."""

    entry = models.OneToOneField(CitedEntry, on_delete=models.PROTECT, related_name="on_paper")
    scan = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, db_column="scan_sha256", related_name="+"
    )
    # An account's id: accounts stand above registers.
    read_by = models.BigIntegerField(help_text="the account that read it")
    read_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "paper entries"

    def __str__(self) -> str:
        return f"paper entry #{self.pk}"


class EntryPerson(models.Model):
    """Appended: whom a cited entry concerns, by a keyed index that nobody can read back."""

    entry = models.ForeignKey(CitedEntry, on_delete=models.PROTECT, related_name="people")
    person_index = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_index", "entry"], name="entry_names_a_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"entry #{self.entry_id}"


class Feed(models.Model):
    """How far a register's list of events has been read. One reader at a time, by its lease."""

    class Name(models.TextChoices):
        CIVIL = "civil"
        POPULATION = "population"
        CRIMINAL = "criminal"

    name = models.CharField(max_length=12, choices=Name.choices, unique=True)
    cursor = models.CharField(max_length=200, blank=True, db_default="", default="")
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)  # Of the last answer that was understood.
    trouble = models.CharField(max_length=60, blank=True, db_default="", default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__in=["civil", "population", "criminal"]), name="feed_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class FeedPage(models.Model):
    """
    An answer of a register's feed, byte for byte, kept before it is understood.

    Its body is forgotten once the feed has gone on and 90 days are over; the hash stays.
    """

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="pages")
    cursor = models.CharField(max_length=200, blank=True)  # After which it was asked for.
    sha256 = models.CharField(max_length=64)
    body = EncryptedTextField(null=True)  # Its bytes, one character each (Latin-1).
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "cursor", "sha256"], name="feed_page_once"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="feed_page_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"page #{self.pk} of feed #{self.feed_id}"


class RegisterEvent(models.Model):
    """Appended: one thing that a register says has happened. The register's id makes it once."""

    class Kind(models.TextChoices):
        DEATH = "death"
        MARRIAGE = "marriage"
        MOVE = "move"
        CORRECTION = "correction"

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="events")
    page = models.ForeignKey(FeedPage, on_delete=models.PROTECT, related_name="events")
    source_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Of a correction: which kind of entry was corrected.
    entry_kind = models.CharField(max_length=20, blank=True)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(help_text="by the register's own clock")
    national_ids = EncryptedTextField()
    # How many people it concerns: rows of `EventPerson`, all of them written with it.
    persons = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "source_id"], name="register_event_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["death", "marriage", "move", "correction"]),
                name="register_event_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind="correction",
                    entry_kind__in=["birth", "marriage", "population", "criminal"],
                )
                | (~models.Q(kind="correction") & models.Q(entry_kind="")),
                name="register_event_corrects_an_entry",
            ),
            # As registers.feed reads them.
            models.CheckConstraint(
                condition=models.Q(
                    happened_on__gte=date(1900, 1, 1),
                    happened_on__lte=models.F("read_at") + timedelta(days=1),
                    recorded_at__gte=datetime(1900, 1, 1, tzinfo=UTC),
                    recorded_at__lte=models.F("read_at") + timedelta(days=1),
                ),
                name="register_event_in_our_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class EventPerson(models.Model):
    """Appended: whom an event concerns, by the same index as `EntryPerson`."""

    event = models.ForeignKey(RegisterEvent, on_delete=models.PROTECT, related_name="people")
    person_index = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_index", "event"], name="event_names_a_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"event #{self.event_id}"


class StrangeEvent(models.Model):
    """
    What a feed told and we could not take in. It is open until somebody has looked at it.

    The bytes stand in its page, which is kept as long; the digest makes the same row one.
    """

    class Why(models.TextChoices):
        NOT_UNDERSTOOD = "not_understood"
        # The register told something else before, by the same id of its own.
        CONTRADICTS = "contradicts"

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="strange_events")
    page = models.ForeignKey(FeedPage, on_delete=models.PROTECT, related_name="strange_events")
    position = models.PositiveIntegerField(help_text="in its page, from 0")
    digest = models.BinaryField(max_length=32)
    why = models.CharField(max_length=14, choices=Why.choices)
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, db_default="", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "digest"], name="strange_event_once"),
            models.CheckConstraint(
                condition=models.Q(why__in=["not_understood", "contradicts"]),
                name="strange_event_why_known",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, note="")
                | models.Q(settled_at__isnull=False, note__regex=r"\S"),
                name="strange_event_settled_with_a_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["page"],
                name="strange_event_open",
                condition=models.Q(settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.pk}"


class Family(models.Model):
    """
    A member of staff whose family the population register is asked for, each day anew.

    The row is its own queue. `told_at` is the last answer; `warned_at` says that somebody was told
    of its silence since.
    """

    # A person's id: accounts stand above registers.
    person = models.BigIntegerField(unique=True, help_text="the person of the member of staff")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "families"
        indexes = [models.Index(fields=["due_at"], name="family_due")]

    def __str__(self) -> str:
        return f"family #{self.pk}"


class Relative(models.Model):
    """A parent, child or spouse of hers, by an index that is compared and never read back."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="relatives")
    person_index = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_index", "family"], name="relative_once"),
        ]

    def __str__(self) -> str:
        return f"relative #{self.pk}"
