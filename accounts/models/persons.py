"""
Who there is, and how they are reached.

A person is not a phone: several persons may share a contact point, and a contact point signs in
before anybody behind it has proved who she is.
"""

from django.db import models
from django.db.models import F, Q

from accounts.states import Assurance, ContactKind, Sex
from kernel.crypto import EncryptedTextField


class Person(models.Model):
    """A human being; her national number is encrypted and found by a blind index."""

    family_name = models.CharField(max_length=120)
    given_names = models.CharField(max_length=160, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    national_id = EncryptedTextField(null=True)
    national_id_index = models.BinaryField(max_length=32, null=True, unique=True)
    assurance = models.CharField(
        max_length=10, choices=Assurance.choices, db_default=Assurance.PHONE
    )
    matched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(national_id__isnull=True, national_id_index__isnull=True)
                | Q(national_id__isnull=False, national_id_index__isnull=False),
                name="national_id_with_its_index",
            ),
            models.CheckConstraint(
                condition=~Q(assurance=Assurance.MATCHED)
                | Q(matched_at__isnull=False, national_id__isnull=False, born_on__isnull=False),
                name="matched_person_has_identity",
            ),
            models.CheckConstraint(
                condition=Q(assurance__in=Assurance.values), name="assurance_known"
            ),
        ]

    def __str__(self) -> str:
        return f"person #{self.pk}"


class ContactPoint(models.Model):
    """A phone (E.164) or an email address, whoever holds it."""

    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    value = EncryptedTextField()
    value_index = models.BinaryField(max_length=32)
    language = models.CharField(max_length=5)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value_index"], name="contact_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ContactKind.values), name="contact_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class PersonContact(models.Model):
    """From when to when a person could be reached here."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="persons")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "contact"],
                condition=Q(until_at__isnull=True),
                name="person_reached_once_here",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
                name="person_contact_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"person #{self.person_id} at contact #{self.contact_id}"
