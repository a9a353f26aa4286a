"""The demonstration's people, as a country pack describes them in `demo.yaml`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kernel.country import BadPack


@dataclass(frozen=True)
class WantedGrant:
    act: str
    service_code: str
    area_code: str | None  # None is the whole country.
    rail_code: str
    beneficiary_code: str


@dataclass(frozen=True)
class WantedStaff:
    login: str
    name: str
    who: str
    does: str
    national_id: str | None = field(repr=False)
    office_code: str | None
    is_operator: bool
    grants: tuple[WantedGrant, ...]


@dataclass(frozen=True)
class Demo:
    gives: str
    confirms: str
    witness: str
    staff: tuple[WantedStaff, ...]


def read(file: Path) -> Demo:
    """:raises BadPack: if the file is missing, is no YAML, lacks a key, or names a stranger"""
    try:
        raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        demo = Demo(
            gives=raw["gives"],
            confirms=raw["confirms"],
            witness=raw["witness"],
            staff=tuple(_staff(row) for row in raw["staff"]),
        )
    except FileNotFoundError:
        raise BadPack(f"{file} is missing") from None
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        raise BadPack(f"{file} cannot be read: {error}") from None
    except KeyError as error:
        raise BadPack(f"{file} lacks {error}") from None
    logins = [row.login for row in demo.staff]
    strangers = {demo.gives, demo.confirms, demo.witness} - set(logins)
    if strangers or len(set(logins)) < len(logins):
        raise BadPack(f"{file}: each login stands once in staff, also of who gives and confirms")
    for row in demo.staff:
        if row.national_id is None and (row.grants or row.login in {demo.gives, demo.confirms}):
            raise BadPack(f"{file}: {row.login} is to hold a right, so it needs a national_id")
    return demo


def _staff(row: dict[str, Any]) -> WantedStaff:
    return WantedStaff(
        login=row["login"].lower(),
        name=row["name"],
        who=row["who"],
        does=row["does"],
        national_id=row.get("national_id"),
        office_code=row.get("office"),
        is_operator=row.get("operator", False),
        grants=tuple(_grant(grant) for grant in row.get("grants", ())),
    )


def _grant(row: dict[str, Any]) -> WantedGrant:
    return WantedGrant(
        act=row["act"],
        service_code=row.get("service", "*"),
        area_code=row.get("area"),
        rail_code=row.get("rail", "*"),
        beneficiary_code=row.get("beneficiary", "*"),
    )
