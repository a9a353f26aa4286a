"""
What a service says about itself: one frozen tree, the same in the pack's YAML and in the database.

A null or missing value is not known, and is shown as "not published"; it is never guessed.
`docs/country-pack.md` explains every key.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from accounts.states import Assurance
from catalogue import checks_editor, checks_find, checks_forms, returning, strict
from catalogue.parts import (
    ATTACHMENT_BYTES_MAX,
    ATTACHMENT_TYPES,
    Answered,
    Appeal,
    Attachment,
    Contact,
    Fee,
    Field,
    Group,
    Output,
    Reason,
    Returnable,
    Screen,
    Source,
    Time,
    Waiver,
)
from catalogue.strict import BadDefinition, Texts, between, check_code, once, one_of
from catalogue.words import tell
from registers.entries import REGISTERS

__all__ = [
    "Appeal",
    "Attachment",
    "BadDefinition",
    "Definition",
    "Fee",
    "Field",
    "Group",
    "Output",
    "Reason",
    "Returnable",
    "Source",
    "Time",
    "Waiver",
]

KINDS = ("certificate", "physical", "appointment", "payment", "information")
UNITS = ("working_days", "days", "months")
PAPER_KINDS = ("certificate", "extract", "record")
NATIONAL = "national"
VALID_MONTHS_MAX = 600
LOAD_MAX = 100
ATTACHMENTS_MAX = 15
APPEAL_DAYS_MAX = 366

_PREFIX = re.compile(r"[A-Z]{2,4}")


@dataclass(frozen=True, kw_only=True)
class Definition:
    code: str
    names: Texts
    category: str
    agency: str
    kind: str
    office_level: str
    applicable: bool
    sources: tuple[Source, ...]
    unofficial: tuple[str, ...] = ()  # Languages whose name is our translation.
    machine: tuple[str, ...] = ()  # Languages whose words a machine made and no person has read.
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    summary: Texts = field(default_factory=dict)
    who_may_apply: Texts = field(default_factory=dict)
    office: Texts = field(default_factory=dict)
    processed_by: Texts = field(default_factory=dict)
    needed: tuple[Texts, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    fees: tuple[Fee, ...] = ()
    time: Time | None = None
    output: Output | None = None
    steps: tuple[Texts, ...] = ()
    notes: tuple[Texts, ...] = ()
    area_field: str = ""
    form: tuple[Group, ...] = ()
    refusal_reasons: tuple[Reason, ...] = ()
    completion_reasons: tuple[Reason, ...] = ()
    case_prefix: str = ""
    takes_parts: bool = False  # Whether its bill may be paid in parts.
    second_approval: bool = False  # Whether a second officer confirms what the first approves.
    appeal: Appeal | None = None  # None: nobody has published where a refusal is appealed.
    assurance: str = ""  # How sure we are of who applies: see `assurance_wanted`.
    stage: str = ""  # How far it is on line, of checks_editor.STAGES: see `stage_reached`.
    waivers: tuple[Waiver, ...] = ()
    faq: tuple[Answered, ...] = ()
    before: tuple[Screen, ...] = ()  # Asked before anybody starts, and kept nowhere.
    contact: Contact | None = None
    load: int = 1  # How much a case weighs on an officer's desk, beside others'.

    @classmethod
    def from_dict(cls, raw: object) -> "Definition":
        """
        Read a definition strictly.

        :raises BadDefinition: naming the key that is wrong, as "form[0].fields[2].type: ..."
        """
        definition = strict.read(cls, raw)
        _check(definition)
        return definition

    def name(self, language: str) -> str:
        """Return the name in the language, else in English, else in any it has."""
        return tell(self.names, language).text

    @property
    def working_days(self) -> int | None:
        """The promise, where it is made in working days."""
        return self.time.value if self.time and self.time.unit == "working_days" else None

    @property
    def assurance_wanted(self) -> Assurance:
        """
        How sure we must be of whoever applies, or downloads the paper.

        Where the service does not say, a register that holds persons wants a match with it.
        """
        if self.assurance:
            return Assurance(self.assurance)
        register = self.output.register if self.output else ""
        return Assurance.MATCHED if register else Assurance.PHONE

    @property
    def stage_reached(self) -> str:
        """How far the service is on line: what it says, else what it can do."""
        if self.stage or not self.applicable:
            return self.stage or "information"
        if self.output and self.output.paper:
            return "paper"
        return "pay" if any(fee.amount_minor for fee in self.fees) else "apply"

    @property
    def promises(self) -> list[tuple[dict[str, object], list[Fee]]]:
        """When its fees go back, of those that cost or may; what is the same stands together."""
        return returning.together(fee for fee in self.fees if fee.amount_minor != 0)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its code, in the form's order; a repeated group is one, of rows."""
        return {f.code: f for group in self.form for f in group.asked}

    @cached_property
    def questions(self) -> tuple[Field, ...]:
        """Every question, those of the rows of a repeated group too."""
        return tuple(f for group in self.form for f in group.fields)

    @cached_property
    def lookups(self) -> tuple[Field, ...]:
        """The fields whose answer a register is asked about."""
        return tuple(f for f in self.fields.values() if f.lookup)

    @cached_property
    def slots(self) -> dict[str, Attachment]:
        """Every attachment that is given here, by its code, in the order of the list."""
        return {one.code: one for one in self.attachments if one.code}

    def group(self, code: str) -> Group | None:
        return next((g for g in self.form if g.code == code), None)

    def reason(self, code: str) -> Reason | None:
        """The refusal or completion reason of this code."""
        every = (*self.refusal_reasons, *self.completion_reasons)
        return next((r for r in every if r.code == code), None)


def _check(d: Definition) -> None:
    """What no type can say: codes that stand once, words that are known, links that lead."""
    check_code(d.code, "code")
    one_of(d.kind, KINDS, "kind")
    if not d.names:
        raise BadDefinition("names: at least one language")
    if not d.sources:
        raise BadDefinition("sources: at least one")
    for i, source in enumerate(d.sources):
        if not source.url.startswith(("https://", "http://")):
            raise BadDefinition(f"sources[{i}].url: no web address")
    if d.time:
        one_of(d.time.unit, UNITS, "time.unit")
        between(d.time.value, 0, 1_000, "time.value")
    if d.output:
        _check_output(d.output)
    between(d.load, 1, LOAD_MAX, "load")
    _check_care(d)
    if d.appeal:
        _check_appeal(d.appeal)
    checks_forms.check(d)
    _check_attachments(d)
    _check_fees(d)
    checks_editor.check(d)
    checks_find.check(d)
    once([r.code for r in d.refusal_reasons], "refusal_reasons")
    once([r.code for r in d.completion_reasons], "completion_reasons")
    if d.applicable:
        _check_applicable(d)


def _check_care(d: Definition) -> None:
    if d.second_approval and not (d.output and d.output.paper):
        raise BadDefinition("second_approval: there is no paper to approve")
    if d.assurance:
        one_of(d.assurance, tuple(Assurance.values), "assurance")


def _check_output(output: Output) -> None:
    one_of(output.kind, PAPER_KINDS, "output.kind")
    between(output.valid_months, 0, VALID_MONTHS_MAX, "output.valid_months")
    if output.register:
        one_of(output.register, REGISTERS, "output.register")
    if output.paper and not output.register:
        raise BadDefinition("output.register: a paper is read from a register")
    if output.by_register and not output.paper:
        raise BadDefinition("output.by_register: there is no paper to issue")
    if output.by_register_ours and not output.by_register:
        raise BadDefinition("output.by_register_ours: nothing was chosen")


def _check_appeal(appeal: Appeal) -> None:
    between(appeal.days, 1, APPEAL_DAYS_MAX, "appeal.days")
    if not appeal.body:
        raise BadDefinition("appeal.body: at least one language")
    if appeal.law_checked and not appeal.law:
        raise BadDefinition("appeal.law_checked: nothing to check without a law")


def _check_attachments(d: Definition) -> None:
    once([each.code for each in d.attachments if each.code], "attachments")
    for i, each in enumerate(d.attachments):
        where = f"attachments[{i}]"
        if each.code:
            check_code(each.code, f"{where}.code")
        elif each.required:
            raise BadDefinition(f"{where}.code: what is required is given under a code")
        for kind in each.types:
            one_of(kind, ATTACHMENT_TYPES, f"{where}.types")
        if not each.types:
            raise BadDefinition(f"{where}.types: at least one")
        between(each.max_bytes, 1, ATTACHMENT_BYTES_MAX, f"{where}.max_bytes")
    if len(d.slots) > ATTACHMENTS_MAX:
        raise BadDefinition(f"attachments: more than {ATTACHMENTS_MAX} with a code")


def _check_fees(d: Definition) -> None:
    once([fee.code for fee in d.fees], "fees")
    for i, fee in enumerate(d.fees):
        where = f"fees[{i}]"
        if not re.fullmatch(r"[A-Z]{3}", fee.currency):
            raise BadDefinition(f"{where}.currency: no ISO 4217 code")
        if fee.amount_minor is not None:
            between(fee.amount_minor, 0, 10**12, f"{where}.amount_minor")
        if fee.legal_checked and not fee.legal_source:
            raise BadDefinition(f"{where}.legal_checked: nothing to check without a legal_source")
        if fee.returnable:
            returning.check(fee.returnable, f"{where}.returnable")


def _check_applicable(d: Definition) -> None:
    """What an application cannot do without."""
    if not d.form:
        raise BadDefinition("form: a service that can be applied for has one")
    if not _PREFIX.fullmatch(d.case_prefix):
        raise BadDefinition("case_prefix: two to four capital letters")
    if d.output is None:
        raise BadDefinition("output: missing")
    if not d.refusal_reasons:
        raise BadDefinition("refusal_reasons: at least one")
    for i, fee in enumerate(d.fees):
        if fee.amount_minor is None and not fee.variant:
            raise BadDefinition(f"fees[{i}].amount_minor: missing")
    asked = d.fields.get(d.area_field)
    if d.office_level != NATIONAL and (asked is None or asked.type != "area" or not asked.required):
        raise BadDefinition(f'area_field: no required area field "{d.area_field}"')
