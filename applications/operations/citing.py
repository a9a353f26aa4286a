"""No entry in the gateway: an officer cites the paper register, and a second one confirms."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction

from accounts import queries as accounts
from applications import queries
from applications.comparing import Holder
from applications.models import Application
from applications.operations.approving import (
    EntryOfAnother,
    NothingToIssue,
    ask_second,
    check_entry,
    output_of,
)
from applications.operations.moving import lock, require_version
from applications.operations.review import require_held, require_officer
from catalogue import queries as catalogue
from registers import operations as registers
from registers.entries import ACTS, ActEntry
from registers.matching import same_name


@dataclass(frozen=True, kw_only=True)
class PaperAct:
    """
    An act as an officer reads it in the paper register.

    `facts` have the codes of a gateway's facts (`FACTS_ON_PAPER`), dates as YYYY-MM-DD;
    `scan_sha256` names a file that the kernel keeps.
    """

    office_code: str
    year: int
    volume: str
    act_number: str
    registered_on: date
    facts: Mapping[str, str] = field(repr=False)
    scan_sha256: str


_SPOUSE = ("family_name", "given_names", "born_on", "birth_place_code", "birth_place")
FACTS_ON_PAPER: Mapping[str, tuple[str, ...]] = {
    "birth": (
        "family_name",
        "given_names",
        "sex",
        "born_on",
        "birth_place_code",
        "birth_place",
        "father_name",
        "mother_name",
        "nationality",
    ),
    "marriage": (
        "married_on",
        "place_code",
        "place",
        *(f"spouse_{number}_{code}" for number in (1, 2) for code in _SPOUSE),
        "property_regime",
    ),
}
"""What a form asks of each kind of act, in the order in which a register writes it."""


def approve_on_paper(
    *, application_id: int, by_id: int, version: int, act: PaperAct, at: datetime
) -> None:
    """
    Approve the case on an act of the paper register: it is cited, and a second officer is asked.

    Where not even paper holds an entry the case is refused, and points to late registration.

    :raises StalePage, NotHeld, policies.OwnCase, accounts.policies.NotGranted: as `approve`
    :raises NothingToIssue: if the service's paper is not made of acts that were kept on paper
    :raises registers.operations.PaperEntryRefused: naming the field that cannot be
    :raises EntryOfAnother: if the act is not about the person whose case it is
    :raises AnswersDiffer: if an answer, or who she has proved to be, differs from it
    :raises RegisterDenies: if the paper could not be made of it
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_held(application, by_id)
        require_officer(application, by_id, at=at)
        definition = catalogue.version(application.service_version_id).definition
        kind = output_of(definition).register
        if kind not in ACTS:
            raise NothingToIssue(definition.code)
        read = _read(application, kind, act, at=at)
        check_entry(application, definition, read)
        cited_entry_id = registers.cite_paper(
            kind=kind,
            office_code=read.office_code,
            year=read.year,
            volume=read.volume,
            act_number=read.act_number,
            registered_on=read.registered_on,
            facts=read.facts,
            national_ids=read.national_ids,
            scan_sha256=act.scan_sha256,
            read_by=by_id,
            at=at,
        )
        ask_second(
            application,
            definition,
            cited_entry_id,
            by_id=by_id,
            at=at,
            note_code="cited_from_paper",
        )


def _read(application: Application, kind: str, act: PaperAct, *, at: datetime) -> ActEntry:
    read = registers.check_act(
        kind=kind,
        office_code=act.office_code,
        year=act.year,
        volume=act.volume,
        act_number=act.act_number,
        registered_on=act.registered_on,
        facts=act.facts,
        at=at,
    )
    holder = queries.holder(accounts.person(application.holder_id))
    if not holder.national_id:
        raise EntryOfAnother(application.pk)
    return replace(read, national_ids=_numbers(read, holder))


def _numbers(read: ActEntry, holder: Holder) -> tuple[str, ...]:
    """
    Return the number of the holder in the place of her who the act says she is.

    Acts on paper carry no numbers. Of two spouses the second is she where only that one's name
    and birth are hers; whatever differs is then seen by comparing.
    """
    if read.kind == "marriage" and not _is_spouse(read, 1, holder) and _is_spouse(read, 2, holder):
        return ("", holder.national_id)
    return (holder.national_id,)


def _is_spouse(read: ActEntry, number: int, holder: Holder) -> bool:
    told = {code: read.facts.get(f"spouse_{number}_{code}", "") for code in holder.facts}
    return told.get("born_on") == holder.facts.get("born_on") and all(
        same_name(told[code], holder.facts[code])
        for code in ("family_name", "given_names")
        if code in holder.facts
    )
