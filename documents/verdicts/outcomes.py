"""What a verdict says: nine outcomes, three parts, and what a file showed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from documents.states import Standing


class Outcome(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    COULD_NOT_CHECK = "could_not_check"


class Integrity(StrEnum):
    INTACT = "intact"
    ALTERED = "altered"
    NOT_COMPARED = "not_compared"


class Status(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Issuer(StrEnum):
    OURS = "ours"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


class Finding(StrEnum):
    """What exactly the file or the question showed; it refines the outcome's words."""

    NONE = ""
    DRAFT = "draft"  # Ours before it was sealed.
    ADDED = "added"  # Ours, and something behind it.
    ARCHIVED = "archived"  # The same, and no page changed.
    CHANGED = "changed"  # Our signature, on other bytes than these.
    CUT_OFF = "cut_off"
    UNSIGNED = "unsigned"  # Our number, and no signature.
    RESIGNED = "resigned"  # Our number, and somebody else's signature.
    KEY_WITHDRAWN = "key_withdrawn"
    OTHER_FILE = "other_file"  # Another hash than the paper's.
    LOCKED = "locked"
    FOREIGN = "foreign"  # Signed by somebody else.
    PRETENDS = "pretends"  # Signed by somebody else, who shows our certificate.
    UNREADABLE = "unreadable"
    LOST = "lost"  # Our signatures in order, on bytes that we do not know.
    BUSY = "busy"


class NotAPdf(Exception):
    """The file is no PDF, or larger than 5 MB."""


@dataclass(frozen=True)
class Holder:
    """Whom the paper is about, as it is drawn on it."""

    name: str
    born_on: date | None


@dataclass(frozen=True)
class Entry:
    """The register entry that the paper cites, as it is drawn on it; "" where it has none."""

    office: str
    year: int | None
    volume: str
    act_number: str


@dataclass(frozen=True)
class PublicPaper:
    """
    What a holder of the paper, its code or its file is told: the same as stands on it.

    With it a reader sees that a name, a date or a number was drawn over.
    """

    number: str
    paper_type: str
    kind: str
    titles: dict[str, str]
    holders: tuple[Holder, ...] = field(repr=False)
    entry: Entry | None
    office: dict[str, str]
    issued_at: datetime
    valid_until: date | None
    signed_by_officer: bool
    copy: str
    copy_no: int


@dataclass(frozen=True)
class Verdict:
    """
    :ivar since: the day in the country's zone from which the standing holds; the last day of an
        expired paper
    :ivar reason: the class of a revocation's reason, such as "court_order", or ""
    :ivar paper_id: for the house's own use, where the asker holds the paper; never told
    """

    outcome: Outcome
    integrity: Integrity
    status: Status
    issuer: Issuer
    finding: Finding = Finding.NONE
    since: date | None = None
    reason: str = ""
    paper: PublicPaper | None = None
    paper_id: int | None = None


NOT_OURS = Verdict(Outcome.NOT_OURS, Integrity.NOT_COMPARED, Status.UNKNOWN, Issuer.NOT_OURS)
COULD_NOT_CHECK = Verdict(
    Outcome.COULD_NOT_CHECK, Integrity.NOT_COMPARED, Status.UNKNOWN, Issuer.UNKNOWN
)
ALTERED = Verdict(Outcome.ALTERED, Integrity.ALTERED, Status.UNKNOWN, Issuer.UNKNOWN)

OF_STANDING = {standing: Outcome(standing.value) for standing in Standing}
