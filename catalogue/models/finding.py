"""What people look for and find: entries of the search, references, terms, answers, remarks."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from catalogue.models.services import Service, ServiceVersion

REMARK_MAX = 1_000
MISSED_WORD_MAX = 30


class Directory(models.Model):
    """Another site's list of services: whose it is, when it was read, who must be thanked."""

    code = models.SlugField(max_length=40, unique=True)
    site = models.CharField(max_length=60)
    address = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    read_on = models.DateField()
    licence = models.CharField(max_length=60)
    licence_url = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    attribution = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "directories"

    def __str__(self) -> str:
        return self.code


class Reference(models.Model):
    """A service that another site of the state gives: what it is called there, and where it is."""

    directory = models.ForeignKey(Directory, on_delete=models.CASCADE)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=300)
    agency = models.CharField(max_length=120)
    agency_code = models.SlugField(max_length=120)
    ministry = models.CharField(max_length=160)
    # Empty where the directory has no address that a browser could open.
    url = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(url="") | Q(url__regex=r"^https?://[^/\s]+\S*$"),
                name="reference_leads_to_a_web_address",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SearchEntry(models.Model):
    """
    One phrase by which a service or a reference is found, folded (see `catalogue.words`).

    `weight`, by `catalogue.operations.indexing`, says how much of the thing the phrase tells.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True)
    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, null=True)
    language = models.CharField(max_length=10)
    weight = models.PositiveSmallIntegerField()
    folded = models.TextField()
    words = models.GeneratedField(
        expression=SearchVector("folded", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [GinIndex(fields=["words"], name="search_words")]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, reference__isnull=True)
                | Q(service__isnull=True, reference__isnull=False),
                name="search_entry_finds_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.folded


class SearchWord(models.Model):
    """A word of the entries, and in how many of them it stands: what a slip is compared with."""

    word = models.TextField(primary_key=True)
    entries = models.PositiveIntegerField()

    class Meta:
        indexes = [
            GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class Term(models.Model):
    """A word that an office uses, explained. `in_place`: also on the pages where it stands."""

    code = models.SlugField(max_length=60, unique=True)
    names = models.JSONField()
    meanings = models.JSONField()
    in_place = models.BooleanField()

    def __str__(self) -> str:
        return self.code


class Question(models.Model):
    """What people of the country ask of the whole site, and the answer."""

    code = models.SlugField(max_length=60, unique=True)
    asked = models.JSONField()
    answers = models.JSONField()
    unofficial = models.JSONField(default=list)  # Languages in which it is our translation.
    source = models.CharField(max_length=400, blank=True)
    position = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class MissedSearch(models.Model):
    """
    One word that was looked for on a day and that nothing here contains.

    No person, no address, no time of day, and never the whole of what was typed.
    """

    day = models.DateField()
    word = models.CharField(max_length=MISSED_WORD_MAX)
    language = models.CharField(max_length=10)
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "word", "language"], name="missed_word_counted_once_a_day"
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="missed_word_was_looked_for"),
            # Numbers are whose they are: of a card, of a phone.
            models.CheckConstraint(
                condition=~Q(word__regex=r"[0-9@]"), name="missed_word_is_nobodys_number"
            ),
        ]

    def __str__(self) -> str:
        return self.word


class Remark(models.Model):
    """What somebody said of a service's page, in the version that she read. No person is kept."""

    class Verdict(models.TextChoices):
        RIGHT = "right", "Right"
        WRONG = "wrong", "Wrong"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="remarks")
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    words = models.TextField(max_length=REMARK_MAX, blank=True)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_pagereport"
        indexes = [models.Index(fields=["service", "at"], name="page_reports_of_a_service")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["right", "wrong"]), name="page_report_verdict_known"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("words"), REMARK_MAX),
                name="page_report_words_short",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.verdict}"
