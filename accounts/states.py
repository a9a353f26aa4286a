"""The small closed lists of this app, and the life of an erasure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts import events
from kernel.lifecycle import Lifecycle


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
    MET = "met", _("met at a counter")

    @property
    def rank(self) -> int:
        """The surer, the higher."""
        return list(type(self)).index(self)


class GuardianKind(TextChoices):
    """By what somebody may act for another."""

    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("guardian by order")


class SeenDocument(TextChoices):
    """What an officer compared the person before her with."""

    IDENTITY_CARD = "identity_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    REFUGEE_CARD = "refugee_card", _("Refugee or foreigner's card")


class Sex(TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")


class AbsenceKind(TextChoices):
    """Why an officer is away."""

    LEAVE = "leave", _("Leave")
    SICK = "sick", _("Illness")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")


class MailState(TextChoices):
    """What became of the mail with an invitation: once-only, as every message."""

    WAITING = "waiting", _("not sent yet")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    UNSURE = "unsure", _("perhaps sent")
    FAILED = "failed", _("not delivered")


class ErasureState(TextChoices):
    """How far it is that a person is forgotten here."""

    ASKED = "ASKED", _("Asked for")
    WAITING = "WAITING", _("Decided: it waits for its day")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Taken back")
    KEPT = "KEPT", _("Stopped: something keeps the data")
    RUNNING = "RUNNING", _("Being erased")
    DONE = "DONE", _("Erased")


_E = ErasureState

ERASURE_LIFECYCLE = Lifecycle[ErasureState](
    "accounts.erasure",
    {
        (_E.ASKED, _E.WAITING): events.ErasureApproved,
        (_E.ASKED, _E.DECLINED): events.ErasureDeclined,
        (_E.ASKED, _E.WITHDRAWN): events.ErasureWithdrawn,
        (_E.WAITING, _E.WITHDRAWN): events.ErasureWithdrawn,
        (_E.WAITING, _E.KEPT): events.ErasureKept,
        (_E.WAITING, _E.RUNNING): events.ErasureBegun,
        (_E.RUNNING, _E.DONE): events.ErasureDone,
    },
)

# In one of these, nothing is lost yet and she can take it back.
ERASURE_OPEN = (_E.ASKED, _E.WAITING)
