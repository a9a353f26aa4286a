"""What authorities say of their certificates, kept for good: a paper's proof may rest on it."""

from django.db import models
from django.db.models import Q


class RevocationKind(models.TextChoices):
    CRL = "crl", "Revocation list"
    OCSP = "ocsp", "Answer about one certificate"


class RevocationSource(models.Model):
    """Where an authority publishes; a row that is due is the errand's own queue."""

    url = models.CharField(max_length=500)
    kind = models.CharField(max_length=4, choices=RevocationKind.choices)
    # The authority (PEM) whose signature it bears; of an answer, the certificate asked about too.
    issuer = models.TextField()
    certificate = models.TextField(blank=True, default="")
    # Of what identifies the row: url, kind, issuer and certificate.
    sha256 = models.CharField(max_length=64, unique=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    next_update = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    wanted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="revocation_source_due")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class RevocationSnapshot(models.Model):
    """Append-only: a list or an answer, byte for byte."""

    kind = models.CharField(max_length=4, choices=RevocationKind.choices)
    issuer_sha256 = models.CharField(max_length=64, help_text="of the authority's certificate, DER")
    # Of an answer: the serial number asked about, hexadecimal.
    serial = models.CharField(max_length=40, blank=True, default="")
    sha256 = models.CharField(max_length=64, unique=True)
    der = models.BinaryField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RevocationKind.CRL, serial="")
                | Q(Q(kind=RevocationKind.OCSP), ~Q(serial="")),
                name="revocation_answer_names_its_certificate",
            ),
            models.CheckConstraint(
                condition=Q(next_update=None) | Q(next_update__gt=models.F("this_update")),
                name="revocation_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["issuer_sha256", "serial", "-this_update"], name="revocation_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.this_update:%Y-%m-%d}"
