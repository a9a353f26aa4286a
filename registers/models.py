"""The entries on which papers rest, kept as they were read."""

from django.db import models

from kernel.crypto import EncryptedTextField


class CitedEntry(models.Model):
    """What a register said when a paper was decided upon. Appended, never changed."""

    class Kind(models.TextChoices):
        BIRTH = "birth"
        MARRIAGE = "marriage"
        POPULATION = "population"

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
                condition=models.Q(kind__in=["birth", "marriage", "population"]),
            ),
            models.CheckConstraint(
                name="cited_entry_source_known",
                condition=models.Q(source__in=["gateway", "paper", "population"]),
            ),
            models.CheckConstraint(
                name="cited_entry_act_has_its_place",
                condition=models.Q(kind="population")
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
