"""Where things are and who receives: areas, agencies, beneficiaries, offices; a pack seeds them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


def told(names: dict[str, str], language: str) -> str:
    """Return the name in the language, else in English, else in any language it has."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


class Area(models.Model):
    """
    A unit of the country's own division, at one of the pack's levels.

    `path` holds the codes from the top down to this area ("1/11/1101"), so that "within" needs
    no recursion. An area that a later pack no longer names is kept, inactive: old cases cite it.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    name_alt = models.CharField(max_length=100, blank=True, db_default="")
    names = models.JSONField(default=dict)  # Only where the languages differ.
    level = models.PositiveSmallIntegerField()  # 1 is the top.
    level_name = models.CharField(max_length=20)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=120)
    active = models.BooleanField(db_default=True)
    # A point within it, in degrees of WGS 84; None where no source gives one.
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=1, parent=None)
                | models.Q(level__gt=1, parent__isnull=False),
                name="area_top_or_child",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="area_lies_on_the_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="area_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["level_name", "name"], name="area_by_level"),
            # "gesenyi" still finds Gisenyi.
            GinIndex(fields=["name"], name="area_name_trigrams", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["name_alt"], name="area_alt_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def told(self, language: str) -> str:
        return str(self.names.get(language) or self.name)


class AreaChange(models.Model):
    """
    An area that a reform dissolved, and one that follows it; a split area has several rows.

    `old_code` is what old cases cite, whether or not this database ever held the area.
    """

    old_code = models.CharField(max_length=20)
    old_name = models.CharField(max_length=100)
    new = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    law = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old_code", "new"], name="area_change_told_once"),
            models.CheckConstraint(
                condition=~models.Q(law="") & ~models.Q(old_code="") & ~models.Q(old_name=""),
                name="area_change_names_its_law",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_code} -> #{self.new_id}"


class Agency(models.Model):
    """Who answers for services. `charter` is its own published word to whom it serves."""

    code = models.SlugField(max_length=40, unique=True)
    names = models.JSONField()
    charter = models.JSONField(db_default={})

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.code

    def told(self, language: str) -> str:
        return told(self.names, language)


class Beneficiary(models.Model):
    """Whose money a fee is: the bill's lines and the ledger's payables name one by code."""

    class Kind(models.TextChoices):
        AGENCY = "agency", "Agency"
        DISTRICT = "district", "District"
        TREASURY = "treasury", "Treasury"

    code = models.SlugField(max_length=60, unique=True)
    names = models.JSONField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name_plural = "beneficiaries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="agency", agency__isnull=False, area=None)
                | models.Q(kind="district", area__isnull=False, agency=None)
                | models.Q(kind="treasury", area=None, agency=None),
                name="beneficiary_fits_its_kind",
            ),
            models.UniqueConstraint(
                fields=["area"], name="beneficiary_one_an_area", condition=models.Q(kind="district")
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Office(models.Model):
    """
    A counter where cases are decided.

    `by_rule` marks an office that no register of offices names: the pack made it by rule, one for
    each area of a level, and knows neither its address nor its telephone. `head` is the title of
    whoever leads it and names no person. A `one_stop` office takes what several agencies decide.
    """

    code = models.SlugField(max_length=60, unique=True)
    names = models.JSONField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    level = models.CharField(max_length=20)  # A level of areas, or "national".
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_default="")
    active = models.BooleanField(db_default=True)
    by_rule = models.BooleanField(db_default=False)
    head = models.JSONField(db_default={})
    address = models.CharField(max_length=200, blank=True, db_default="")
    email = models.EmailField(blank=True, db_default="")
    one_stop = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="national", area=None)
                | (~models.Q(level="national") & models.Q(area__isnull=False)),
                name="office_has_its_area",
            ),
        ]
        indexes = [models.Index(fields=["area", "level"], name="office_by_area")]

    def __str__(self) -> str:
        return self.code

    def told(self, language: str) -> str:
        return told(self.names, language)


class PackLoad(models.Model):
    """Which pack stands in this database: loading the same bytes again is not needed."""

    country = models.CharField(max_length=10, unique=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.country} {self.sha256[:12]}"
