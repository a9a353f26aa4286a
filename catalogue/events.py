"""What the catalogue has news of. The subject is the draft, or the reminder."""

from kernel.events import Event


class DraftSent(Event):
    """Its editor holds it for finished: somebody else reads it."""

    name = "catalogue.draft.sent"


class DraftTakenBack(Event):
    """Its editor goes on with it before anybody decided."""

    name = "catalogue.draft.taken_back"


class DraftReturned(Event):
    """The second person wants something else first, or stopped it before its day."""

    name = "catalogue.draft.returned"


class DraftReopened(Event):
    """What came back is edited again."""

    name = "catalogue.draft.reopened"


class DraftApproved(Event):
    """The second person agrees: it is published from its day on."""

    name = "catalogue.draft.approved"


class DraftDiscarded(Event):
    """Nobody goes on with it."""

    name = "catalogue.draft.discarded"


class DraftPublished(Event):
    """It is in force: `version` is what cases are started under from now on."""

    name = "catalogue.draft.published"


class ReminderMade(Event):
    """Pages that she answers for wait for a word: she is told once that day."""

    name = "catalogue.reminder.made"
