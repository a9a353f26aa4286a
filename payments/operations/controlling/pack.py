"""The limits of the house: `limits` in `rails.yaml` of a country's pack."""

from pathlib import Path
from typing import Any

from kernel.country import BadPack, Change, Country
from payments.models import LimitDefault
from payments.operations.controlling.limits import LIMITED
from places.operations import packfiles

_AMOUNTS = ("per_act_minor", "per_person_minor", "per_day_minor")


def read(raw: Any, country: Country, file: Path) -> list[LimitDefault]:
    """
    Read how much may be approved until two people set another limit; of every limited act, once.

    :raises BadPack: if one is missing, or its amounts fall: act, person, day
    """
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: limits must be a mapping")
    packfiles.keys(raw, file=file, where="limits", required=tuple(one.code for one in LIMITED))
    rules = []
    for act, amounts in raw.items():
        where = f"limits.{act}"
        if not isinstance(amounts, dict):
            raise BadPack(f"{file}: {where} must be a mapping")
        packfiles.keys(amounts, file=file, where=where, required=_AMOUNTS)
        rising = [amounts[name] for name in _AMOUNTS]
        if any(type(amount) is not int for amount in rising) or not (
            0 < rising[0] <= rising[1] <= rising[2]
        ):
            raise BadPack(
                f"{file}: {where}: whole amounts above zero, and none below the one before it:"
                f" {', '.join(_AMOUNTS)}"
            )
        rules.append(
            LimitDefault(act=act, currency=country.currency, zone=str(country.zone), **amounts)
        )
    return rules


def keep(rules: list[LimitDefault]) -> list[Change]:
    """
    Make the standing limits agree, where that lowers them.

    What would rise stays as it stands, and is told: raising takes two people (`limits.ask`).
    """
    changes = []
    for rule in rules:
        standing = LimitDefault.objects.filter(act=rule.act, currency=rule.currency).first()
        if standing is None:
            rule.save(force_insert=True)
            changes.append(Change("payments", "limit", rule.act, "created"))
            continue
        wanted, held = ({name: getattr(one, name) for name in _AMOUNTS} for one in (rule, standing))
        # The lower of each: they still rise from act to person to day.
        lower = {name: min(wanted[name], held[name]) for name in _AMOUNTS}
        if lower != wanted:
            changes.append(Change("payments", "limit", rule.act, "kept"))
        if lower != held:
            LimitDefault.objects.filter(pk=standing.pk).update(**lower)
            changes.append(Change("payments", "limit", rule.act, "changed"))
    return changes
