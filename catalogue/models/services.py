"""Services with their versions, and what may have happened to whoever needs them."""

from django.db import models


class Category(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    names = models.JSONField()
    unofficial = models.JSONField(default=list)  # Languages in which it is our translation.
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.code


class Service(models.Model):
    """What a citizen applies for. What it says stands in its versions."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "Certificate"
        PHYSICAL = "physical", "Physical document"
        APPOINTMENT = "appointment", "Appointment"
        PAYMENT = "payment", "Payment only"
        INFORMATION = "information", "Information only"

    code = models.SlugField(max_length=60, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    agency = models.ForeignKey("places.Agency", on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    active = models.BooleanField(db_default=True)
    # The version in force; a case keeps the one under which it was started.
    current = models.ForeignKey(
        "ServiceVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.code


class ServiceVersion(models.Model):
    """What a service said from one moment on. Frozen once published: a trigger keeps it so."""

    class Source(models.TextChoices):
        PACK = "pack", "Country pack"
        EDIT = "edit", "Edit"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=4, choices=Source.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="version_number_from_one"
            ),
            # Of any other source no rule would ask who had approved it.
            models.CheckConstraint(
                condition=models.Q(source__in=["pack", "edit"]), name="version_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.number}"


class Need(models.Model):
    """What happened to somebody ("a child is born"), and the services that help."""

    code = models.SlugField(max_length=40, unique=True)
    names = models.JSONField()
    hints = models.JSONField()
    unofficial = models.JSONField(default=list)  # Languages in which it is our translation.
    position = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class NeedService(models.Model):
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="links")
    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "service"], name="need_names_a_service_once"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.service_id}"
