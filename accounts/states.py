"""The small closed lists of this app; nothing here walks from state to state."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccountKind(TextChoices):
    CITIZEN = "citizen", _("citizen")
    STAFF = "staff", _("staff")


class ContactKind(TextChoices):
    PHONE = "phone", _("phone")
    EMAIL = "email", _("email")


class Assurance(TextChoices):
    """How sure we are that this is the person."""

    PHONE = "phone", _("by phone only")
    MATCHED = "matched", _("matched to the population register")
    COUNTER = "counter", _("met at a counter")


class Sex(TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")


class AbsenceKind(TextChoices):
    """Why an officer is away."""

    LEAVE = "leave", _("Leave")
    SICK = "sick", _("Illness")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")
