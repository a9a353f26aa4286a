"""
Loading the rails of a country pack.

File: `rails.yaml`, whose head says what stands in it. Opens the ledger's accounts of each rail,
what we owe each beneficiary that the pack names, and the days on which journals may stand; keeps
what may become of suspense by rule, and the limits that hold until two people set others.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from kernel.country import BadPack, Change, read_country
from kernel.money import EXPONENTS, NotWhole, to_minor
from payments import ledger
from payments.gateways import RAIL_KINDS, VENDORS
from payments.models import LedgerAccount, Rail, SuspenseRule
from payments.operations.controlling import pack as control
from payments.operations.releasing import UNCLAIMED_DAYS_MIN
from payments.operations.remitting import pack as remittances
from places import queries as places
from places.operations import packfiles
from places.operations.seeding import agree

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_PREFIX = re.compile(r"\+[1-9]\d{1,8}")
# Neither kind nor currency: a rail on which money has moved keeps both (rail_frozen_once_made).
_FIELDS = (
    "provider",
    "names",
    "prefixes",
    "steps",
    "by_contract",
    "active",
    "position",
    "accounts",
    "tariff",
    "by_hand_max_minor",
)
DAYS_MAX = 3660


def load(pack: Path) -> list[Change]:
    """
    Make rails, their accounts and the ledger's days agree with the pack. Inside a transaction.

    A rail that the pack no longer names is shown to nobody; news of its money is still taken.

    :raises BadPack: if the file is wrong, or gives a standing rail another kind or currency (that
        is another rail, with a code of its own); nothing is kept, as the caller's transaction fails
    """
    file = pack / "rails.yaml"
    raw = packfiles.read_yaml(file)
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: the file must be a mapping")
    packfiles.keys(
        raw,
        file=file,
        where="the file",
        required=("ledger", "limits", "rails"),
        optional=("suspense",),
    )
    first, last = _days(raw["ledger"], file)
    rails = [
        _rail(entry, position, file)
        for position, entry in enumerate(packfiles.listed(raw["rails"], file=file, where="rails"))
    ]
    country = read_country(pack)
    rule = _suspense(raw.get("suspense", {}), country.currency, file)
    limits = control.read(raw["limits"], country, file)
    codes = [rail.code for rail in rails]
    if not rails or len(set(codes)) < len(codes):
        raise BadPack(f"{file}: rails must name at least one rail, and none twice")

    remittances.refuse_strangers(pack, codes)
    changes = [*_keep_rails(rails, file), *_keep_rule(rule, file), *control.keep(limits)]
    changes += _open_accounts(codes, country.currency)
    if days := ledger.open_days(first, last):
        changes.append(Change("payments", "ledger day", f"{days} days to {last}", "created"))
    return changes


def _keep_rails(rails: list[Rail], file: Path) -> list[Change]:
    _refuse_another_life(rails, file)
    try:
        return agree(rails, kind="rail", fields=_FIELDS, retire=True)
    except IntegrityError as error:
        if "is never raised" not in str(error):
            raise
        raise BadPack(
            f"{file}: by_hand_max_minor of a rail on which money has moved is raised only by the"
            " login that migrates the database"
        ) from None


def _open_accounts(codes: list[str], currency: str) -> list[Change]:
    """Open what rails and beneficiaries post on."""
    standing = set(LedgerAccount.objects.values_list("code", flat=True))
    ledger.open_rail_accounts(
        [(rail.pk, rail.currency) for rail in Rail.objects.filter(code__in=codes)]
    )
    owners = [places.beneficiary(code) for code in places.beneficiaries()]
    ledger.open_payables([(owner.pk, owner.code, currency) for owner in owners])
    opened = LedgerAccount.objects.exclude(code__in=standing).order_by("code")
    return [Change("payments", "ledger account", each.code, "created") for each in opened]


def _refuse_another_life(rails: list[Rail], file: Path) -> None:
    standing = {rail.code: rail for rail in Rail.objects.filter(code__in=[r.code for r in rails])}
    for rail in rails:
        before = standing.get(rail.code, rail)
        for field in ("kind", "currency"):
            old, new = getattr(before, field), getattr(rail, field)
            if old != new:
                raise BadPack(
                    f'{file}: rail "{rail.code}": its {field} is "{old}" and cannot become '
                    f'"{new}"; a new rail needs a new code'
                )


def _suspense(raw: Any, currency: str, file: Path) -> SuspenseRule:
    """Read what may be written off or lost, and after how many days suspense is unclaimed."""
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: suspense must be a mapping")
    packfiles.keys(
        raw,
        file=file,
        where="suspense",
        required=(),
        optional=("write_off_max_minor", "legal_term_days", "loss_max_minor", "sources"),
    )
    term = raw.get("legal_term_days")
    said = {"legal_term_days": term}
    for name in ("write_off_max_minor", "loss_max_minor"):
        limits = raw.get(name) or {}
        if not isinstance(limits, dict) or not set(limits) <= {currency}:
            raise BadPack(f"{file}: suspense.{name} must map {currency} to an amount")
        said[name] = limits.get(currency)
    for name, value in said.items():
        if value is not None and (type(value) is not int or value <= 0):
            raise BadPack(f"{file}: suspense.{name} must be whole and above zero, or null")
    if term is not None and term < UNCLAIMED_DAYS_MIN:
        raise BadPack(f"{file}: suspense.legal_term_days is at least {UNCLAIMED_DAYS_MIN}, or null")
    return SuspenseRule(currency=currency, **said)


def _keep_rule(rule: SuspenseRule, file: Path) -> list[Change]:
    """:raises BadPack: if a limit would rise, and this is not the owner's login"""
    standing = SuspenseRule.objects.filter(pk=rule.pk).first()
    fields = ("write_off_max_minor", "legal_term_days", "loss_max_minor")
    if standing and all(getattr(standing, name) == getattr(rule, name) for name in fields):
        return []
    try:
        with transaction.atomic():
            rule.save(force_insert=standing is None, force_update=standing is not None)
    except IntegrityError as error:
        if "only the owner" not in str(error):
            raise
        raise BadPack(
            f"{file}: suspense: what may be written off or lost is raised only by the login that"
            " migrates the database"
        ) from None
    what = "created" if standing is None else "changed"
    return [Change("payments", "suspense rule", rule.currency, what)]


def _days(raw: Any, file: Path) -> tuple[date, date]:
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: ledger must be a mapping")
    packfiles.keys(raw, file=file, where="ledger", required=("first_day", "last_day"))
    first, last = raw["first_day"], raw["last_day"]
    # A date and a time are both dates to Python; YAML tells them apart.
    if type(first) is not date or type(last) is not date:
        raise BadPack(f"{file}: ledger.first_day and ledger.last_day must be dates")
    if not 0 <= (last - first).days < DAYS_MAX:
        raise BadPack(f"{file}: ledger must have between one day and ten years")
    return first, last


def _rail(raw: dict[str, Any], position: int, file: Path) -> Rail:
    where = f"rails[{position}]"
    packfiles.keys(
        raw,
        file=file,
        where=where,
        required=("code", "kind", "provider", "names", "currency", "by_contract"),
        optional=("prefixes", "steps", "sources", "accounts", "tariff", "by_hand_max_minor"),
    )
    code, kind, currency = raw["code"], raw["kind"], raw["currency"]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BadPack(f'{file}: {where}.code: "{code}" is no code (a-z, 0-9, -)')
    if kind not in RAIL_KINDS:
        raise BadPack(f'{file}: {where}.kind: no gateway "{kind}"; there are {sorted(RAIL_KINDS)}')
    if currency not in EXPONENTS:
        raise BadPack(f'{file}: {where}.currency: "{currency}" has no exponent in kernel/money.py')
    if not isinstance(raw["provider"], str) or not isinstance(raw["by_contract"], bool):
        raise BadPack(f"{file}: {where}: provider must be a text, by_contract true or false")
    prefixes = raw.get("prefixes", [])
    if not isinstance(prefixes, list) or not all(
        isinstance(prefix, str) and _PREFIX.fullmatch(prefix) for prefix in prefixes
    ):
        raise BadPack(f"{file}: {where}.prefixes must be quoted texts such as '+25078'")
    return Rail(
        code=code,
        kind=kind,
        provider=raw["provider"],
        names=packfiles.names(raw["names"], file=file, where=f"{where}.names"),
        currency=currency,
        prefixes=prefixes,
        steps=_steps(raw.get("steps", {}), f"{where}.steps", file),
        by_contract=raw["by_contract"],
        active=True,
        position=position,
        accounts=_accounts(raw.get("accounts", []), f"{where}.accounts", file),
        tariff=_tariff(raw.get("tariff", {}), currency, f"{where}.tariff", file),
        by_hand_max_minor=_by_hand(raw.get("by_hand_max_minor", 0), kind, where, file),
    )


def _by_hand(raw: Any, kind: str, where: str, file: Path) -> int:
    """Read how much a day one person may post that only a statement tells which she brought."""
    if type(raw) is not int or raw < 0:
        raise BadPack(f"{file}: {where}.by_hand_max_minor must be whole and not below zero")
    if raw and not VENDORS[kind].signs:
        raise BadPack(f"{file}: {where}.by_hand_max_minor: only where messages are signed")
    return raw


def _accounts(raw: Any, where: str, file: Path) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(one, str) and one for one in raw):
        raise BadPack(f"{file}: {where} must be quoted account numbers")
    return raw


def _tariff(raw: Any, currency: str, where: str, file: Path) -> dict[str, Any]:
    """Read what the rail keeps: by bands, each up to an amount, and who bears it."""
    if raw == {}:
        return {}
    packfiles.keys(raw, file=file, where=where, required=("bands",), optional=("bearer",))
    bands, last = [], 0
    for position, band in enumerate(packfiles.listed(raw["bands"], file=file, where=where)):
        at = f"{where}.bands[{position}]"
        packfiles.keys(band, file=file, where=at, required=("up_to", "charge"))
        try:
            up_to, charge = (to_minor(str(band[key]), currency) for key in ("up_to", "charge"))
        except NotWhole:
            raise BadPack(f"{file}: {at}: no amounts in {currency}") from None
        if up_to <= last or charge < 0:
            raise BadPack(f"{file}: {at}: bands rise, and no charge is below zero")
        bands.append({"up_to_minor": up_to, "charge_minor": charge})
        last = up_to
    return {"bands": bands, **({"bearer": raw["bearer"]} if "bearer" in raw else {})}


def _steps(raw: Any, where: str, file: Path) -> dict[str, list[str]]:
    if not isinstance(raw, dict) or not all(
        isinstance(steps, list) and steps and all(isinstance(s, str) and s for s in steps)
        for steps in raw.values()
    ):
        raise BadPack(f"{file}: {where} must map languages to lists of texts")
    return raw
