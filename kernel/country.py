"""The country that this house serves, read from its pack: no code names one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

# Files whose items carry no mark of their own of what a machine made.
_MARKED_HERE = frozenset({"agencies", "beneficiaries", "glossary", "offices", "rails"})


class BadPack(Exception):
    """A file of the country pack cannot be used; the message names the file and the key."""


@dataclass(frozen=True)
class Change:
    """What loading a pack did to one thing: kind "area", code "1101", what "created"."""

    app: str
    kind: str
    code: str
    what: str


Hours = tuple[tuple[time, time], ...]
"""From when until when an office is open, local time, in order; twice where it closes for lunch."""


@dataclass(frozen=True)
class EscalationRule:
    """
    When whoever is above is told of a case that waits.

    Past the promise itself it is the office above. A service that promises nothing is escalated
    to the supervisor alone.
    """

    supervisor_percent: int = 80  # Of the working time that was promised.
    unpromised_days: int = 10  # Working days.


@dataclass(frozen=True)
class Accent:
    """The one colour of the country's pages, #rrggbb: on a light ground and on a dark one."""

    light: str = "#0b5d6b"
    dark: str = "#6fc3cf"


@dataclass(frozen=True)
class Country:
    code: str
    names: dict[str, str]
    currency: str
    currency_exponent: int
    time_zone: str
    languages: tuple[str, ...]
    default_language: str
    phone_region: str
    national_id_pattern: str
    national_id_example: str
    working_week: tuple[int, ...]  # Monday is 0.
    office_hours: Hours
    holidays: str  # The country's code in the `holidays` package.
    flag_colours: tuple[str, ...]
    area_levels: tuple[str, ...]  # From the top: "province", "district", ...
    hours_by_office: Mapping[str, Hours] = field(default_factory=dict)  # Those that differ.
    hours_assumed: bool = False  # No source gives `office_hours`: pages say so.
    level_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    escalation: EscalationRule = EscalationRule()
    majority_years: int = 18
    phone_change_wait: timedelta = timedelta(hours=72)  # For the old phone to stop it.
    # The most that whoever helps with an application may take for it, in minor units.
    helper_fee_minor_max: int = 0
    accent: Accent = Accent()
    # By file of the pack ("agencies"): languages whose words a machine made, and nobody has read.
    machine: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[self.default_language]

    def level_name(self, level: str, language: str) -> str:
        """Return what people call a level of areas; its code where the pack does not say."""
        names = self.level_names.get(level, {})
        return names.get(language) or names.get("en") or level.capitalize()


def pack_folder(code: str) -> Path:
    return Path(settings.COUNTRIES) / code


def country() -> Country:
    """Return the country in force (`COUNTRY`)."""
    return read_country(pack_folder(settings.COUNTRY_CODE))


@cache
def read_country(folder: Path) -> Country:
    """
    Read `country.yaml` of a pack.

    :raises BadPack: if the file is missing, is no YAML, or lacks a key
    """
    file = folder / "country.yaml"
    try:
        raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Country(
            code=raw["code"].lower(),
            names=raw["names"],
            currency=raw["currency"],
            currency_exponent=raw["currency_exponent"],
            time_zone=raw["time_zone"],
            languages=tuple(raw["languages"]),
            default_language=raw["default_language"],
            phone_region=raw["phone_region"],
            national_id_pattern=raw["national_id_pattern"],
            national_id_example=raw["national_id_example"],
            working_week=tuple(raw["working_week"]),
            office_hours=_hours(raw["office_hours"]),
            holidays=raw["holidays"],
            flag_colours=tuple(raw["flag_colours"]),
            area_levels=tuple(raw["area_levels"]),
            hours_by_office={
                office: _hours(hours)
                for office, hours in raw["office_hours"].get("offices", {}).items()
            },
            hours_assumed=bool(raw.get("hours_assumed", False)),
            level_names=_level_names(raw),
            escalation=_escalation(raw.get("escalation", {})),
            majority_years=int(raw.get("majority_years", 18)),
            phone_change_wait=_phone_change_wait(int(raw.get("phone_change_hours", 72))),
            helper_fee_minor_max=int(raw.get("helper_fee_minor_max", 0)),
            accent=_accent(raw.get("accent", {})),
            machine=_machine(raw.get("machine", {})),
        )
    except FileNotFoundError:
        raise BadPack(f"{file} is missing") from None
    except (yaml.YAMLError, TypeError, AttributeError, ValueError) as error:
        raise BadPack(f"{file} cannot be read: {error}") from None
    except KeyError as error:
        raise BadPack(f"{file} lacks {error}") from None


def _level_names(raw: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    names: Mapping[str, Mapping[str, str]] = raw.get("area_level_names", {})
    strangers = set(names) - set(raw["area_levels"])
    if strangers:
        raise ValueError(f"area_level_names: no level {', '.join(sorted(strangers))}")
    return names


def _phone_change_wait(hours: int) -> timedelta:
    if hours < 24:  # As PostgreSQL wants it: phone_change_proven_then_waits.
        raise ValueError("phone_change_hours: the old phone has a day at least to stop a change")
    return timedelta(hours=hours)


def _machine(raw: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    strangers = sorted(raw.keys() - _MARKED_HERE)
    if strangers:
        raise ValueError(f"machine: no file {', '.join(strangers)}")
    return {file: tuple(languages) for file, languages in raw.items()}


def _accent(raw: Mapping[str, Any]) -> Accent:
    accent = Accent(**raw)
    # Whether everybody can read it is a check of the house: design.checks.
    if not all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in (accent.light, accent.dark)):
        raise ValueError(f"accent {dict(raw)} is no pair of #rrggbb")
    return accent


def _hours(raw: Mapping[str, Any]) -> Hours:
    lunch = raw.get("lunch")
    told = [raw["from"], *([lunch["from"], lunch["to"]] if lunch else []), raw["to"]]
    moments = [time.fromisoformat(one) for one in told]
    if any(one >= following for one, following in pairwise(moments)):
        raise ValueError(f"office hours {told} are in no order")
    return tuple(zip(moments[::2], moments[1::2], strict=True))


def _escalation(raw: Mapping[str, Any]) -> EscalationRule:
    rule = EscalationRule(**raw)
    if not (1 <= rule.supervisor_percent <= 100 and 1 <= rule.unpromised_days <= 1000):
        raise ValueError(f"escalation {dict(raw)}")
    return rule
