"""What happens to a paper. The subject of each event is the paper's id."""

from kernel.events import Event


class PaperRequested(Event):
    """A paper is to be made: it waits to be drawn."""

    name = "documents.paper.requested"


class PaperRendered(Event):
    """The paper is drawn and numbered. A sealed-only paper goes on by itself."""

    name = "documents.paper.rendered"


class PaperMandated(Event):
    """The officer has stepped up and ordered that exactly this file be signed."""

    name = "documents.paper.mandated"


class PaperSigned(Event):
    """The officer's signature certifies the paper; the office's seal is still missing."""

    name = "documents.paper.signed"


class PaperAbandoned(Event):
    """A drawn reissue will not be signed: what it was to replace may be reissued anew."""

    name = "documents.paper.abandoned"


class PaperIssued(Event):
    """The office's seal is on it: the paper is out, and final."""

    name = "documents.paper.issued"


class PaperSuspended(Event):
    """Nobody may rely on the paper until it is resumed."""

    name = "documents.paper.suspended"


class PaperResumed(Event):
    """The paper may be relied on again."""

    name = "documents.paper.resumed"


class PaperSuperseded(Event):
    """Another paper has taken its place."""

    name = "documents.paper.superseded"


class PaperRevoked(Event):
    """The office has withdrawn the paper, for a reason that it states."""

    name = "documents.paper.revoked"


class PaperEnded(Event):
    """The register says since when the paper is no longer true."""

    name = "documents.paper.ended"


class CredentialApproved(Event):
    """A second person agrees to a new credential: its key is to be made. Subject: the request."""

    name = "documents.credential.approved"


class CredentialIssued(Event):
    """A credential signs from now on; the one before it, if any, is retired."""

    name = "documents.credential.issued"


class CredentialSuspended(Event):
    """The key signs nothing until two people let it."""

    name = "documents.credential.suspended"


class CredentialResumed(Event):
    """The key signs again."""

    name = "documents.credential.resumed"


class CredentialRetired(Event):
    """Another took its place, or its time is over; what it signed stays good."""

    name = "documents.credential.retired"


class CredentialRevoked(Event):
    """The key is not to be trusted any more: the authority's list must say so at once."""

    name = "documents.credential.revoked"


class CredentialEnding(Event):
    """The certificate runs out soon, and no other is ready."""

    name = "documents.credential.ending"


class CredentialEnded(Event):
    """The certificate has run out, and papers wait for another."""

    name = "documents.credential.ended"
