"""Loading the reforms of a pack: `area_changes.csv`, if there is one."""

from datetime import date
from pathlib import Path

from kernel.country import BadPack, Change
from places.models import Area, AreaChange
from places.operations import packfiles

FILE = "area_changes.csv"
_COLUMNS = ("old", "old_name", "new", "since", "law")


def load(pack: Path) -> list[Change]:
    """
    Make the changes of areas agree with the pack, after its areas; all go and come together.

    :raises BadPack: naming the file and the line
    """
    file = pack / FILE
    wanted = _read(file) if file.exists() else {}
    rows = AreaChange.objects.values_list("old_code", "new__code", "old_name", "since", "law")
    standing = {(old, new): (name, since, law) for old, new, name, since, law in rows}
    if wanted == standing:
        return []
    known = {area.code: area for area in Area.objects.filter(code__in=[new for _, new in wanted])}
    AreaChange.objects.all().delete()
    AreaChange.objects.bulk_create(
        AreaChange(old_code=old, new=known[new], old_name=name, since=since, law=law)
        for (old, new), (name, since, law) in wanted.items()
    )
    told = sorted({old for old, new in wanted.keys() ^ standing.keys()})
    return [Change("places", "area_change", code, "changed") for code in told]


def _read(file: Path) -> dict[tuple[str, str], tuple[str, date, str]]:
    wanted: dict[tuple[str, str], tuple[str, date, str]] = {}
    days: dict[str, date] = {}
    active = set(Area.objects.filter(active=True).values_list("code", flat=True))
    for row in packfiles.read_csv(file, required=_COLUMNS):
        place = f"{file}, line {row.line}"
        old, name, new, since, law = (row.values[one].strip() for one in _COLUMNS)
        if not (old and name and law):
            raise BadPack(f"{place}: old, old_name and law must be filled")
        if new not in active or new == old:
            raise BadPack(f'{place}: "{new}" is no area that could follow {old}')
        if (old, new) in wanted:
            raise BadPack(f"{place}: {old} to {new} stands twice")
        try:
            day = date.fromisoformat(since)
        except ValueError:
            raise BadPack(f'{place}: since "{since}" is no day') from None
        if days.setdefault(old, day) != day:
            raise BadPack(f"{place}: {old} ends on two days")
        wanted[old, new] = (name, day, law)
    return wanted
