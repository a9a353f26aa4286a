"""The parts of a definition: questions, fees, times, attachments, reasons, outputs."""

from calendar import monthrange
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from catalogue.strict import Texts
from catalogue.words import Told, tell

ATTACHMENT_TYPES = ("pdf", "image")
ATTACHMENT_BYTES_MAX = 5 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a fact was read: an address, and what to know about it (date, copy, part)."""

    url: str
    note: str = ""

    @property
    def site(self) -> str:
        """The address short enough to read: its host and the last part of its path."""
        parts = urlsplit(self.url)
        last = parts.path.rstrip("/").rpartition("/")[2]
        return f"{parts.hostname or ''}/…/{last}"[:48] if last else parts.hostname or ""


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    labels: Texts


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One question. Its code is the key of the answer.

    A field of type "area" asks for an area of `level_name`; with `within` only for those inside
    the area that an earlier field asked for, so that nobody scrolls through a whole country.
    """

    code: str
    type: str
    labels: Texts
    hints: Texts = field(default_factory=dict)
    required: bool = True
    options: tuple[Option, ...] = ()
    max_length: int = 0  # 0: the type's own.
    level_name: str = ""
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The questions of one page."""

    code: str
    titles: Texts
    fields: tuple[Field, ...]

    def title(self, language: str) -> Told:
        return tell(self.titles, language)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """True where the answer to the field is this value."""

    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Returnable:
    """
    When a fee goes back (`payments.states.ReturnWhen`), by which law, and where that was read.

    What is paid twice or by mistake always goes back, whatever stands here.
    """

    when: tuple[str, ...]
    words: Texts = field(default_factory=dict)
    law: str = ""  # "": no law is published.
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Fee:
    """
    One amount in minor units and whose money it is: "district" or a beneficiary's code.

    A `variant` is another price of the same thing, chosen at the office: it is shown and never
    billed. `when` makes the fee depend on an answer.
    """

    code: str
    names: Texts
    currency: str
    beneficiary: str
    amount_minor: int | None = None
    revenue_code: str = ""
    legal_source: str = ""
    legal_checked: bool = False
    variant: bool = False
    when: Condition | None = None
    returnable: Returnable | None = None

    @property
    def promise(self) -> dict[str, object]:
        """When it goes back, as a bill's line keeps it (`payments.returnable.Terms.read`)."""
        if self.returnable is None:
            return {}
        kept = {key: value for key, value in asdict(self.returnable).items() if value}
        return {**kept, "when": list(self.returnable.when)}


@dataclass(frozen=True, kw_only=True)
class Time:
    """How long the office promises to take."""

    value: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """
    A file that an applicant gives. With a code she gives it here; without one, these are words.

    `types` are of `ATTACHMENT_TYPES`; a limit is ours unless a source names a smaller one.
    """

    names: Texts
    code: str = ""
    required: bool = False
    types: tuple[str, ...] = ATTACHMENT_TYPES
    max_bytes: int = ATTACHMENT_BYTES_MAX
    format: str = ""
    max_size: str = ""
    conditions: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason that an officer may give."""

    code: str
    labels: Texts

    def label(self, language: str) -> Told:
        return tell(self.labels, language)


@dataclass(frozen=True, kw_only=True)
class Appeal:
    """
    Until when, and to whom, whoever is refused may appeal; `days` are days of the calendar.

    `law` is the text that says so; None: none is published, and the term is our assumption.
    """

    days: int
    body: Texts
    law: str | None = None
    law_checked: bool = False

    def last_day(self, refused_on: date) -> date:
        """Return the last day of the term: the day of the decision itself does not count."""
        return refused_on + timedelta(days=self.days)


@dataclass(frozen=True, kw_only=True)
class Output:
    """
    What comes back: `paper` is a type that documents can draw, `register` where it is read.

    With `by_register` the office seals it without any officer, wherever the register's entry and
    the answers agree; `by_register_ours` says that no source tells so: a choice of this house.
    """

    names: Texts
    paper: str | None = None
    kind: str = "certificate"  # Or extract, or record: three contents of one paper.
    register: str = ""
    by_register: bool = False
    by_register_ours: bool = False
    delivery: Texts = field(default_factory=dict)
    validity: Texts = field(default_factory=dict)
    valid_months: int = 0  # 0: until something ends it.

    def last_day(self, issued_on: date) -> date | None:
        """
        Return the last day on which the paper may be relied on; None: no term.

        Counted as terms in months are: it ends with the day of the same number, or with the
        month's last where that has none (Regulation 1182/71, article 3).
        """
        if not self.valid_months:
            return None
        years, month = divmod(issued_on.month - 1 + self.valid_months, 12)
        year, month = issued_on.year + years, month + 1
        return date(year, month, min(issued_on.day, monthrange(year, month)[1]))
