"""The life of a draft, from its first words to the day on which the service says them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue import events
from kernel.lifecycle import Lifecycle


class DraftState(TextChoices):
    DRAFT = "DRAFT", _("being edited")
    IN_REVIEW = "IN_REVIEW", _("waits for a second person")
    RETURNED = "RETURNED", _("returned to its editor")
    APPROVED = "APPROVED", _("approved, waits for its day")
    PUBLISHED = "PUBLISHED", _("published")
    DISCARDED = "DISCARDED", _("given up")


S = DraftState

DRAFT_LIFECYCLE = Lifecycle[DraftState](
    "catalogue.draft",
    {
        (S.DRAFT, S.IN_REVIEW): events.DraftSent,
        (S.IN_REVIEW, S.DRAFT): events.DraftTakenBack,
        (S.IN_REVIEW, S.RETURNED): events.DraftReturned,
        (S.IN_REVIEW, S.APPROVED): events.DraftApproved,
        (S.RETURNED, S.DRAFT): events.DraftReopened,
        (S.DRAFT, S.DISCARDED): events.DraftDiscarded,
        (S.RETURNED, S.DISCARDED): events.DraftDiscarded,
        (S.APPROVED, S.PUBLISHED): events.DraftPublished,
        (S.APPROVED, S.RETURNED): events.DraftReturned,
    },
)

# Nobody goes on with one of these.
ENDED = (S.PUBLISHED, S.DISCARDED)
# These may be edited.
EDITABLE = (S.DRAFT, S.RETURNED)
