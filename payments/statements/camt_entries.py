"""One Ntry of a camt message, with or without details, as our entries."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from lxml import etree

from .amounts import minor
from .base import CannotRead, Entry, Kind, texts

# The leaves of a small tree: "Refs/EndToEndId" -> every text found there.
Flat = dict[str, list[str]]

# People and their banks; nothing of them is kept.
_PEOPLE = frozenset({"RltdPties", "RltdAgts", "Ownr", "Svcr", "MsgRcpt"})
# ISO 20022 external bank transaction codes: sub-families of charges, of cash pooling and of
# what the bank itself pays or takes.
_CHARGES = frozenset({"CHRG", "COMM", "FEES"})
_SWEEPS = frozenset({"SWEP", "ZABA", "TOPG"})
_OTHERS = frozenset({"INTR", "TAXE"})


def read(element: etree._Element, *, first_no: int, is_daily: bool) -> list[Entry]:
    """
    Return the entry, or one for each of its details when they sum to it.

    :raises CannotRead: if its amount or direction cannot be read exactly
    """
    entry: Flat = {}
    details: list[Flat] = []
    _gather(element, "", entry, details)
    currency = one(entry, "Amt@Ccy")
    amount_minor = sign(one(entry, "CdtDbtInd")) * minor(one(entry, "Amt"), currency)
    shares = [_share(each, entry, currency) for each in details]
    told = [share for share in shares if share is not None]
    details_minor = sum(told) if told else None
    if len(details) > 1 and len(told) == len(details) and details_minor == amount_minor:
        return [
            _entry(entry, [each], first_no + i, share, share, is_daily=is_daily, is_part=True)
            for i, (each, share) in enumerate(zip(details, told, strict=True))
        ]
    whole = _entry(entry, details, first_no, amount_minor, details_minor, is_daily=is_daily)
    return [whole]


def _entry(
    entry: Flat,
    details: Sequence[Flat],
    line_no: int,
    amount_minor: int,
    details_minor: int | None,
    *,
    is_daily: bool,
    is_part: bool = False,
) -> Entry:
    detail = details[0] if len(details) == 1 else {}
    code = _code(detail) or _code(entry)
    status = one(entry, "Sts/Cd") or one(entry, "Sts")
    is_return = any(path.startswith("RtrInf/") for each in details for path in each)
    is_reversal = one(entry, "RvslInd").lower() in ("true", "1") or is_return
    bank_ids = _bank_ids(entry, detail, is_part=is_part)
    payers = texts(_given(one(detail, "Refs/EndToEndId")))
    return Entry(
        line_no=line_no,
        amount_minor=amount_minor,
        currency=one(entry, "Amt@Ccy"),
        booked_day=day(entry, "BookgDt"),
        value_day=day(entry, "ValDt"),
        occurred_at=_moment(one(entry, "BookgDt/DtTm")),
        is_reversal=is_reversal,
        # The status may be missing in a day's statement, where all is booked; nowhere else.
        is_booked=status == "BOOK" or (status == "" and is_daily),
        references=_references(entry, details),
        bank_ids=bank_ids,
        payer_ids=tuple(each for each in payers if each not in bank_ids),
        original_id=_original(entry, details) if is_reversal else "",
        kind=_kind(code, amount_minor),
        code=code,
        details_minor=details_minor,
    )


def _share(detail: Flat, entry: Flat, currency: str) -> int | None:
    """
    Return what a detail says it is of its entry, signed, in the entry's currency.

    None without an amount. One in another currency is no share and counts as nothing, so that
    the entry does not agree with its details and waits for a person.
    """
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if one(detail, f"{path}@Ccy") == currency:
            direction = sign(one(detail, "CdtDbtInd") or one(entry, "CdtDbtInd"))
            return direction * minor(one(detail, path), currency)
    return 0 if "Amt" in detail or "AmtDtls/TxAmt/Amt" in detail else None


def _references(entry: Flat, details: Sequence[Flat]) -> tuple[str, ...]:
    found: list[str] = []
    for detail in details:
        found += detail.get("RmtInf/Strd/CdtrRefInf/Ref", [])
        found += detail.get("RmtInf/Strd/CdtrRefInf/CdtrRef", [])  # Version 1's name.
        found += [_given(each) for each in detail.get("Refs/EndToEndId", [])]
        # Banks break a text every 140 characters or fewer, in the middle of a reference too.
        found.append("".join(detail.get("RmtInf/Ustrd", [])))
        found += detail.get("RmtInf/Strd/AddtlRmtInf", [])
        found += detail.get("Refs/InstrId", [])
        found += detail.get("AddtlTxInf", [])
    found += entry.get("AddtlNtryInf", [])
    return texts(*found)


def _bank_ids(entry: Flat, detail: Flat, *, is_part: bool) -> tuple[str, ...]:
    # The batch's own id would make each of its parts look like all the others.
    whole = "" if is_part else one(entry, "AcctSvcrRef")
    return texts(
        one(detail, "Refs/AcctSvcrRef"),
        whole,
        one(detail, "Refs/TxId"),
        one(detail, "Refs/UETR"),
    )


def _original(entry: Flat, details: Sequence[Flat]) -> str:
    if len(details) != 1:
        return ""
    named = [each[0] for path, each in details[0].items() if path.rpartition("/")[2] == "OrgnlTxId"]
    # A return repeats the id of the payment that it undoes. Only what the bank has given names it:
    # a payer chooses her EndToEndId, and could name somebody else's payment by it.
    return next((each for each in (*named, one(details[0], "Refs/TxId")) if each), "")


def _code(flat_: Flat) -> str:
    parts = [one(flat_, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "/".join(part for part in parts if part) or one(flat_, "BkTxCd/Prtry/Cd")


def _kind(code: str, amount_minor: int) -> Kind:
    if amount_minor == 0:
        return "other"
    last = code.rpartition("/")[2]
    if last in _CHARGES:
        return "charge"
    if last in _SWEEPS:
        return "sweep"
    return "other" if last in _OTHERS else "money"


def _given(end_to_end: str) -> str:
    return "" if end_to_end.upper() == "NOTPROVIDED" else end_to_end


def sign(direction: str) -> int:
    """:raises CannotRead: if it is neither CRDT nor DBIT"""
    try:
        return {"CRDT": 1, "DBIT": -1}[direction]
    except KeyError:
        raise CannotRead("direction", "An amount is neither a credit nor a debit.") from None


def day(flat_: Flat, path: str) -> date | None:
    """Return the day of a date or a time: the bank's own day, whatever its offset."""
    return as_day(one(flat_, f"{path}/Dt") or one(flat_, f"{path}/DtTm"))


def as_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise CannotRead("date", "A date is not a day of the calendar.") from None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # A time without an offset is no moment, and the day is kept anyway.
    return moment if moment.tzinfo else None


def flat(element: etree._Element) -> Flat:
    """Return the texts of the leaves by path, and of each amount its currency ("Amt@Ccy")."""
    found: Flat = {}
    _gather(element, "", found, [])
    return found


def _gather(parent: etree._Element, prefix: str, found: Flat, details: list[Flat]) -> None:
    # One walk over the tree: at a hundred thousand entries this is where the time goes.
    for child in parent:
        name = local(child.tag)
        if name in _PEOPLE:
            continue
        if name == "TxDtls":
            detail: Flat = {}
            details.append(detail)
            _gather(child, "", detail, details)
        elif len(child):
            _gather(child, f"{prefix}{name}/", found, details)
        else:
            path = prefix + name
            found.setdefault(path, []).append((child.text or "").strip())
            if (currency := child.get("Ccy")) is not None:
                found.setdefault(path + "@Ccy", []).append(currency)


def one(flat_: Flat, path: str) -> str:
    values = flat_.get(path)
    return values[0] if values else ""


# Bounded: the names come from the file.
@lru_cache(maxsize=1024)
def local(tag: object) -> str:
    """Return a tag's name without its namespace; what is no element has none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
