"""What no gateway holds: an act read from the paper register, kept with its scan."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from kernel.country import country
from kernel.models import StoredFile
from registers.entries import ACTS, ActEntry
from registers.models import CitedEntry, PaperEntry
from registers.operations.citing import cite

YEAR_MIN = 1850
PLACE_CHARACTERS_MAX = 40
FACT_CHARACTERS_MAX = 200
FACTS_MAX = 40
_FACT_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class PaperEntryRefused(Exception):
    """What was typed is no act of a paper register; `field` says where, and never what."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def cite_paper(
    *,
    kind: str,
    office_code: str,
    year: int,
    volume: str,
    act_number: str,
    registered_on: date,
    facts: Mapping[str, str],
    national_ids: Sequence[str] = (),
    scan_sha256: str,
    read_by: int,
    at: datetime,
) -> int:
    """
    Keep an act as somebody read it from the paper register, and return the cited entry's id.

    It proves nothing by itself: whoever approves on it needs a second officer.

    :param kind: "birth" or "marriage": no other register was ever kept as numbered acts on paper
    :param facts: the facts typed from it, by the codes of a gateway's facts; dates as YYYY-MM-DD
    :param national_ids: of the persons whom it concerns, as far as they are known
    :param scan_sha256: of the scan, which `kernel.files` keeps already
    :param read_by: the account that read it
    :raises PaperEntryRefused: naming the field that cannot be
    """
    act = check_act(
        kind=kind,
        office_code=office_code,
        year=year,
        volume=volume,
        act_number=act_number,
        registered_on=registered_on,
        facts=facts,
        national_ids=national_ids,
        at=at,
    )
    if not StoredFile.objects.filter(pk=scan_sha256).exists():
        raise PaperEntryRefused("scan")
    with transaction.atomic():
        cited = cite(kind=kind, entry=act, at=at, source=CitedEntry.Source.PAPER)
        PaperEntry.objects.create(entry=cited, scan_id=scan_sha256, read_by=read_by, read_at=at)
    return int(cited.pk)


def check_act(
    *,
    kind: str,
    office_code: str,
    year: int,
    volume: str,
    act_number: str,
    registered_on: date,
    facts: Mapping[str, str],
    national_ids: Sequence[str] = (),
    at: datetime,
) -> ActEntry:
    """
    Return the act as an entry that can be compared; nothing is kept.

    :raises PaperEntryRefused: as `cite_paper`, but for the scan
    """
    found = next((each for each in ACTS if each == kind), None)
    if found is None:
        raise PaperEntryRefused("kind")
    today = at.astimezone(country().zone).date()
    if not YEAR_MIN <= year <= today.year:
        raise PaperEntryRefused("year")
    # An act of December may have been entered in January.
    if registered_on > today or registered_on.year not in {year, year + 1}:
        raise PaperEntryRefused("registered_on")
    place = {"office_code": office_code, "volume": volume, "act_number": act_number}
    for field, value in place.items():
        missing = not value.strip() and field != "volume"
        if missing or len(value) > PLACE_CHARACTERS_MAX or not _is_text(value):
            raise PaperEntryRefused(field)
    return ActEntry(
        kind=found,
        office_code=office_code.strip(),
        year=year,
        volume=volume.strip(),
        act_number=act_number.strip(),
        registered_on=registered_on,
        facts=_facts(facts),
        national_ids=tuple(national_ids),
    )


def _facts(facts: Mapping[str, str]) -> dict[str, str]:
    typed = {code: value.strip() for code, value in facts.items() if value.strip()}
    if not 0 < len(typed) <= FACTS_MAX:
        raise PaperEntryRefused("facts")
    for code, value in typed.items():
        well_formed = _FACT_CODE.fullmatch(code) and _is_text(value)
        if not well_formed or len(value) > FACT_CHARACTERS_MAX:
            raise PaperEntryRefused(code if _FACT_CODE.fullmatch(code) else "facts")
    return typed


def _is_text(value: str) -> bool:
    return not value or value.isprintable()
