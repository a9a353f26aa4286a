"""The parts of a definition: questions, fees, times, attachments, reasons, outputs."""

from calendar import monthrange
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from catalogue.strict import Texts
from catalogue.words import Told, tell

PAPERS = "papers"
"""In place of a register: the papers that were issued here, and are good today."""
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
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return self.url[:48]
        last = parts.path.rstrip("/").rpartition("/")[2]
        return f"{parts.hostname or ''}/…/{last}"[:48] if last else parts.hostname or ""


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    labels: Texts


@dataclass(frozen=True, kw_only=True)
class Condition:
    """
    What must hold of the answers: one test of one field, or several conditions together.

    In a file the keys are `is`, `is_not`, `in`, `filled`, `all` and `any`; `value` is the older
    word for `is`. `catalogue.conditions.holds` reads it. An answer that was not given is not
    anything: `is_not` holds for it, `is` and `in` do not.
    """

    field: str = ""
    is_: str = ""
    is_not: str = ""
    in_: tuple[str, ...] = ()
    filled: bool | None = None
    value: str = ""
    all_: tuple["Condition", ...] = ()
    any_: tuple["Condition", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """
    What an answer must keep to, beside its type.

    `min` and `max` are of whole numbers. `pattern` is a regular expression that the whole text
    fits, and `message` says in words what it wants. `after` and `before` bound a date, the day
    itself included: a date ("2020-01-31"), "today", "today-18y" (d, m or y), or the code of an
    earlier date field.
    """

    min: int | None = None
    max: int | None = None
    pattern: str = ""
    message: Texts = field(default_factory=dict)
    after: str = ""
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """How often a group of questions may be answered; each time is a row."""

    most: int
    least: int = 0
    names: Texts = field(default_factory=dict)  # What one row is: "Child".


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """
    What a register is asked about an answer: it says yes or no, and nothing of its own is shown.

    Of a person: whether her number goes with the family name that the text `name` asks for, and
    with the day, or the year, that `born` asks for. Of a record: whether `register`, a kind of
    act or `PAPERS`, holds it of the `person` whose number a field of this code asks for; "": the
    applicant.
    """

    name: str = ""
    born: str = ""
    register: str = ""
    person: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The codes of the other answers that are asked about with it."""
        return tuple(code for code in (self.name, self.born, self.person) if code)


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One question. Its code is the key of the answer.

    A field of type "area" asks for an area of `level_name`; with `within` only for those inside
    the area that an earlier field asked for, so that nobody scrolls through a whole country.
    `when` it is not asked, it has no answer. A field of type "rows" stands in no file: it is how
    a repeated group reads among the fields, and `fields` are the questions of a row.
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
    when: Condition | None = None
    rules: Rules | None = None
    lookup: Lookup | None = None  # Of a person or a record only.
    repeat: Repeat | None = None  # Of a field of type "rows" only.
    fields: tuple["Field", ...] = ()  # Of a field of type "rows" only.


@dataclass(frozen=True, kw_only=True)
class Group:
    """
    The questions of one page.

    With `repeat` they are asked once a row, and the answer to the group, under its own code, is
    a list of rows: each the answers of a row by field code.
    """

    code: str
    titles: Texts
    fields: tuple[Field, ...]
    help: Texts = field(default_factory=dict)
    when: Condition | None = None
    repeat: Repeat | None = None

    def title(self, language: str) -> Told:
        return tell(self.titles, language)

    @property
    def asked(self) -> tuple[Field, ...]:
        """The questions as answers know them: a repeated group is one question of rows."""
        if self.repeat is None:
            return self.fields
        return (
            Field(
                code=self.code,
                type="rows",
                labels=self.titles,
                required=self.repeat.least > 0,
                repeat=self.repeat,
                fields=self.fields,
            ),
        )


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
    legal_from: str = ""  # ISO days on which that source came and goes; "": not published.
    legal_until: str = ""
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
    when: Condition | None = None  # Asked for only then.


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """
    A rule by which fees are less or nothing, the law that says so, and what proves it.

    It holds where `when` does, for the fees named (none: for all). Either `percent` of each fee is
    waived, or the fee is `amount_minor` instead. `evidence` is the code of an attachment, which
    is required then. A waiver by somebody's discretion is no rule and stands in no definition.
    """

    code: str
    names: Texts
    law: str
    when: Condition
    fees: tuple[str, ...] = ()
    percent: int = 0
    amount_minor: int | None = None
    evidence: str = ""


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


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A question that people ask of the service, and the answer."""

    asked: Texts
    answers: Texts
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An answer with which nobody may apply: why, and another service that may help instead."""

    value: str
    words: Texts
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """
    A question before anybody starts: is this service for her?

    Its answers are asked for, compared and forgotten. They are no part of an application.
    """

    code: str
    labels: Texts
    options: tuple[Option, ...]
    hints: Texts = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()

    def stop(self, value: str) -> Stop | None:
        return next((each for each in self.stops if each.value == value), None)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask about the service, where a source says it."""

    phone: str = ""
    email: str = ""
    url: str = ""
    words: Texts = field(default_factory=dict)
    source: str = ""
