"""The life of a paper. Superseding and revoking come with their two-person rule, never without."""

from django.db import models

from documents import events
from kernel.lifecycle import Lifecycle


class State(models.TextChoices):
    REQUESTED = "REQUESTED", "Requested"
    RENDERED = "RENDERED", "Drawn"
    SIGNED = "SIGNED", "Signed by the officer"
    ISSUED = "ISSUED", "Issued"


LIFECYCLE = Lifecycle[State](
    "documents.paper",
    {
        (State.REQUESTED, State.RENDERED): events.PaperRendered,
        (State.RENDERED, State.SIGNED): events.PaperSigned,
        (State.SIGNED, State.ISSUED): events.PaperIssued,
        # A paper that the register issues by itself carries the office's seal alone.
        (State.RENDERED, State.ISSUED): events.PaperIssued,
    },
)
