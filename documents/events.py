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


class PaperIssued(Event):
    """The office's seal is on it: the paper is out, and final."""

    name = "documents.paper.issued"
