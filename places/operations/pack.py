"""
Loading the places of a country pack.

Files: `areas/<level>.csv` for each level of `country.yaml`, `area_changes.csv` where a reform
dissolved some, `agencies.yaml`, `offices.yaml`, `beneficiaries.yaml`. `docs/country-pack.md` says
what stands in them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kernel.country import BadPack, Change, Country, read_country
from places.models import Agency, Area, Beneficiary, Office
from places.operations import packareas, packchanges, packfiles
from places.operations.seeding import agree


def load(pack: Path) -> list[Change]:
    """
    Make areas, agencies, offices and beneficiaries agree with the pack. Inside a transaction.

    :raises BadPack: if a file is wrong; nothing is kept then, as the caller's transaction fails
    """
    country = read_country(pack)
    changes = packareas.load(pack, country)
    changes += packchanges.load(pack)
    changes += agree(_agencies(pack), kind="agency", fields=["names", "charter"])
    agencies = {a.code: a for a in Agency.objects.all()}
    changes += _load_offices(pack, country, agencies)
    changes += _load_beneficiaries(pack, country, agencies)
    return changes


def _agencies(pack: Path) -> list[Agency]:
    file = pack / "agencies.yaml"
    wanted = []
    for i, raw in enumerate(
        packfiles.listed(packfiles.read_yaml(file), file=file, where="the file")
    ):
        where = f"[{i}]"
        packfiles.keys(
            raw, file=file, where=where, required=("code", "names"), optional=("sources", "charter")
        )
        wanted.append(
            Agency(
                code=raw["code"],
                names=packfiles.names(raw["names"], file=file, where=f"{where}.names"),
                charter=_texts(raw, "charter", file, where),
            )
        )
    _once([a.code for a in wanted], file)
    return wanted


def _load_offices(pack: Path, country: Country, agencies: dict[str, Agency]) -> list[Change]:
    file = pack / "offices.yaml"
    raw = _sections(file, ("by_rule", "named"))
    wanted = [*_by_rule(raw["by_rule"], country, file), *_named(raw["named"], agencies, file)]
    _once([o.code for o in wanted], file)
    return agree(wanted, kind="office", fields=_OFFICE_FIELDS, retire=True)


_OFFICE_FIELDS = (
    "names",
    "level",
    "area_id",
    "agency_id",
    "by_rule",
    "phone",
    "email",
    "address",
    "head",
    "one_stop",
    "active",
)


def _by_rule(rules: list[dict[str, Any]], country: Country, file: Path) -> Iterator[Office]:
    """Yield one office for each area of the level that a rule names."""
    for i, rule in enumerate(rules):
        where = f"by_rule[{i}]"
        packfiles.keys(
            rule,
            file=file,
            where=where,
            required=("level", "code", "names"),
            optional=("head", "one_stop", "sources"),
        )
        names = packfiles.names(rule["names"], file=file, where=f"{where}.names")
        for area in _areas_of(rule["level"], country, file, where):
            yield Office(
                code=_filled(rule["code"], area, "en"),
                names={lang: _filled(text, area, lang) for lang, text in names.items()},
                level=rule["level"],
                area=area,
                by_rule=True,
                phone="",
                email="",
                address="",
                head=_texts(rule, "head", file, where),
                one_stop=bool(rule.get("one_stop", False)),
                active=True,
            )


def _named(
    offices: list[dict[str, Any]], agencies: dict[str, Agency], file: Path
) -> Iterator[Office]:
    for i, named in enumerate(offices):
        where = f"named[{i}]"
        packfiles.keys(
            named,
            file=file,
            where=where,
            required=("code", "names", "level"),
            optional=(
                "area", "agency", "phone", "email", "address", "head", "one_stop", "sources",
                "by_rule",
            ),
        )  # fmt: skip
        yield Office(
            code=named["code"],
            names=packfiles.names(named["names"], file=file, where=f"{where}.names"),
            level=named["level"],
            area=_area(named, file, where),
            agency=_agency(named, agencies, file, where),
            phone=named.get("phone", ""),
            email=named.get("email", ""),
            address=named.get("address", ""),
            by_rule=named.get("by_rule", False),
            head=_texts(named, "head", file, where),
            one_stop=bool(named.get("one_stop", False)),
            active=True,
        )


def _load_beneficiaries(pack: Path, country: Country, agencies: dict[str, Agency]) -> list[Change]:
    file = pack / "beneficiaries.yaml"
    raw = _sections(file, ("by_rule", "named"))
    wanted: list[Beneficiary] = []
    for i, rule in enumerate(raw["by_rule"]):
        where = f"by_rule[{i}]"
        packfiles.keys(rule, file=file, where=where, required=("level", "code", "names"))
        names = packfiles.names(rule["names"], file=file, where=f"{where}.names")
        for area in _areas_of(rule["level"], country, file, where):
            wanted.append(
                Beneficiary(
                    code=_filled(rule["code"], area, "en"),
                    names={lang: _filled(text, area, lang) for lang, text in names.items()},
                    kind=Beneficiary.Kind.DISTRICT,
                    area=area,
                )
            )
    for i, named in enumerate(raw["named"]):
        where = f"named[{i}]"
        packfiles.keys(
            named, file=file, where=where, required=("code", "names"), optional=("agency",)
        )
        agency = _agency(named, agencies, file, where)
        wanted.append(
            Beneficiary(
                code=named["code"],
                names=packfiles.names(named["names"], file=file, where=f"{where}.names"),
                kind=Beneficiary.Kind.AGENCY if agency else Beneficiary.Kind.TREASURY,
                agency=agency,
            )
        )
    _once([b.code for b in wanted], file)
    return agree(wanted, kind="beneficiary", fields=["names", "kind", "area_id", "agency_id"])


def _sections(file: Path, sections: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    raw = packfiles.read_yaml(file)
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: the file must be a mapping")
    packfiles.keys(raw, file=file, where="the file", required=(), optional=sections)
    return {s: packfiles.listed(raw.get(s) or [], file=file, where=s) for s in sections}


def _areas_of(level: str, country: Country, file: Path, where: str) -> list[Area]:
    if level not in country.area_levels:
        raise BadPack(f'{file}: {where}.level: no level "{level}" in country.yaml')
    return list(Area.objects.filter(level_name=level, active=True).order_by("code"))


def _filled(template: str, area: Area, language: str) -> str:
    return template.replace("{code}", area.code).replace("{name}", area.told(language))


def _area(raw: dict[str, Any], file: Path, where: str) -> Area | None:
    code = raw.get("area")
    if code is None:
        return None
    found = Area.objects.filter(code=str(code), active=True).first()
    if found is None:
        raise BadPack(f'{file}: {where}.area: no area "{code}"')
    return found


def _agency(
    raw: dict[str, Any], agencies: dict[str, Agency], file: Path, where: str
) -> Agency | None:
    code = raw.get("agency")
    if code is None:
        return None
    if code not in agencies:
        raise BadPack(f'{file}: {where}.agency: no agency "{code}"')
    return agencies[code]


def _texts(raw: dict[str, Any], key: str, file: Path, where: str) -> dict[str, str]:
    """Return a text by language that need not be there."""
    if raw.get(key) is None:
        return {}
    return packfiles.names(raw[key], file=file, where=f"{where}.{key}")


def _once(codes: list[str], file: Path) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise BadPack(f'{file}: the code "{code}" stands twice')
        seen.add(code)
