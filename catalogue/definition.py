"""
What a service says about itself: one frozen tree, the same in the pack's YAML and in the database.

A null or missing value is not known, and is shown as "not published"; it is never guessed.
`docs/country-pack.md` explains every key.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from catalogue import returning, strict
from catalogue.parts import (
    ATTACHMENT_BYTES_MAX,
    ATTACHMENT_TYPES,
    Appeal,
    Attachment,
    Fee,
    Field,
    Group,
    Output,
    Reason,
    Returnable,
    Source,
    Time,
)
from catalogue.strict import BadDefinition, Texts
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
]

KINDS = ("certificate", "physical", "appointment", "payment", "information")
FIELD_TYPES = (
    "text", "textarea", "choice", "boolean", "date", "area", "person", "phone", "email",
)  # fmt: skip
UNITS = ("working_days", "days", "months")
PAPER_KINDS = ("certificate", "extract", "record")
NATIONAL = "national"
VALID_MONTHS_MAX = 600
LOAD_MAX = 100
FIELDS_MAX = 100
ATTACHMENTS_MAX = 15
# Pages of every application, so that no group of questions may take their address.
TAKEN_PAGES = ("documents", "review")
LENGTH_MAX = 4_000
APPEAL_DAYS_MAX = 366

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,59}")
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
    def promises(self) -> list[tuple[dict[str, object], list[Fee]]]:
        """When its fees go back, of those that cost or may; what is the same stands together."""
        return returning.together(fee for fee in self.fees if fee.amount_minor != 0)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its code, in the form's order."""
        return {f.code: f for group in self.form for f in group.fields}

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
    _code(d.code, "code")
    _one_of(d.kind, KINDS, "kind")
    if not d.names:
        raise BadDefinition("names: at least one language")
    if not d.sources:
        raise BadDefinition("sources: at least one")
    for i, source in enumerate(d.sources):
        if not source.url.startswith(("https://", "http://")):
            raise BadDefinition(f"sources[{i}].url: no web address")
    if d.time:
        _one_of(d.time.unit, UNITS, "time.unit")
        _between(d.time.value, 0, 1_000, "time.value")
    if d.output:
        _check_output(d.output)
    _between(d.load, 1, LOAD_MAX, "load")
    if d.second_approval and not (d.output and d.output.paper):
        raise BadDefinition("second_approval: there is no paper to approve")
    if d.appeal:
        _check_appeal(d.appeal)
    _check_form(d)
    _check_attachments(d)
    _check_fees(d)
    _once([r.code for r in d.refusal_reasons], "refusal_reasons")
    _once([r.code for r in d.completion_reasons], "completion_reasons")
    if d.applicable:
        _check_applicable(d)


def _check_output(output: Output) -> None:
    _one_of(output.kind, PAPER_KINDS, "output.kind")
    _between(output.valid_months, 0, VALID_MONTHS_MAX, "output.valid_months")
    if output.register:
        _one_of(output.register, REGISTERS, "output.register")
    if output.paper and not output.register:
        raise BadDefinition("output.register: a paper is read from a register")
    if output.by_register and not output.paper:
        raise BadDefinition("output.by_register: there is no paper to issue")
    if output.by_register_ours and not output.by_register:
        raise BadDefinition("output.by_register_ours: nothing was chosen")


def _check_appeal(appeal: Appeal) -> None:
    _between(appeal.days, 1, APPEAL_DAYS_MAX, "appeal.days")
    if not appeal.body:
        raise BadDefinition("appeal.body: at least one language")
    if appeal.law_checked and not appeal.law:
        raise BadDefinition("appeal.law_checked: nothing to check without a law")


def _check_form(d: Definition) -> None:
    _once([g.code for g in d.form], "form")
    seen: dict[str, Field] = {}
    for i, group in enumerate(d.form):
        _code(group.code, f"form[{i}].code")
        if group.code in TAKEN_PAGES:
            raise BadDefinition(f'form[{i}].code: "{group.code}" is a page of every application')
        if not group.fields:
            raise BadDefinition(f"form[{i}].fields: at least one")
        for j, f in enumerate(group.fields):
            where = f"form[{i}].fields[{j}]"
            _check_field(f, seen, where)
            if f.code in seen:
                raise BadDefinition(f'{where}.code: "{f.code}" stands twice')
            seen[f.code] = f
            if len(seen) > FIELDS_MAX:
                raise BadDefinition(f"form: more than {FIELDS_MAX} fields")


def _check_field(f: Field, earlier: dict[str, Field], where: str) -> None:
    _code(f.code, f"{where}.code")
    _one_of(f.type, FIELD_TYPES, f"{where}.type")
    _between(f.max_length, 0, LENGTH_MAX, f"{where}.max_length")
    if (f.type == "choice") != bool(f.options):
        raise BadDefinition(f"{where}.options: a choice has options, and nothing else does")
    _once([o.value for o in f.options], f"{where}.options")
    if (f.type == "area") != bool(f.level_name):
        raise BadDefinition(f"{where}.level_name: an area has a level, and nothing else does")
    if f.within and (f.within not in earlier or earlier[f.within].type != "area"):
        raise BadDefinition(f'{where}.within: no earlier area field "{f.within}"')


def _check_attachments(d: Definition) -> None:
    _once([each.code for each in d.attachments if each.code], "attachments")
    for i, each in enumerate(d.attachments):
        where = f"attachments[{i}]"
        if each.code:
            _code(each.code, f"{where}.code")
        elif each.required:
            raise BadDefinition(f"{where}.code: what is required is given under a code")
        for kind in each.types:
            _one_of(kind, ATTACHMENT_TYPES, f"{where}.types")
        if not each.types:
            raise BadDefinition(f"{where}.types: at least one")
        _between(each.max_bytes, 1, ATTACHMENT_BYTES_MAX, f"{where}.max_bytes")
    if len(d.slots) > ATTACHMENTS_MAX:
        raise BadDefinition(f"attachments: more than {ATTACHMENTS_MAX} with a code")


def _check_fees(d: Definition) -> None:
    _once([fee.code for fee in d.fees], "fees")
    for i, fee in enumerate(d.fees):
        where = f"fees[{i}]"
        if not re.fullmatch(r"[A-Z]{3}", fee.currency):
            raise BadDefinition(f"{where}.currency: no ISO 4217 code")
        if fee.amount_minor is not None:
            _between(fee.amount_minor, 0, 10**12, f"{where}.amount_minor")
        if fee.legal_checked and not fee.legal_source:
            raise BadDefinition(f"{where}.legal_checked: nothing to check without a legal_source")
        if fee.when and fee.when.field not in d.fields:
            raise BadDefinition(f'{where}.when.field: no field "{fee.when.field}"')
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


def _code(code: str, where: str) -> None:
    if not _CODE.fullmatch(code):
        raise BadDefinition(f'{where}: "{code[:60]}" is no code (small letters, digits, - and _)')


def _one_of(value: str, known: tuple[str, ...], where: str) -> None:
    if value not in known:
        raise BadDefinition(f'{where}: unknown "{value[:60]}"; known are {", ".join(known)}')


def _between(value: int, least: int, most: int, where: str) -> None:
    if not least <= value <= most:
        raise BadDefinition(f"{where}: {value} is not between {least} and {most}")


def _once(codes: list[str], where: str) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise BadDefinition(f'{where}: "{code[:60]}" stands twice')
