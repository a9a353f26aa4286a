"""Loading the areas of a country pack: by COPY into a temporary table, then level by level."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import connection

from kernel.country import BadPack, Change, Country
from places.operations import packfiles

CODE_MAX, NAME_MAX, PATH_MAX = 20, 100, 120
LATITUDE_MAX, LONGITUDE_MAX = 90, 180

_TEMPORARY = """
    DROP TABLE IF EXISTS pack_area;
    CREATE TEMPORARY TABLE pack_area (
        code text, name text, name_alt text, names jsonb, level int, level_name text,
        parent_code text, path text, latitude numeric, longitude numeric
    ) ON COMMIT DROP
"""

_UPSERT = """
    INSERT INTO places_area AS a
        (code, name, name_alt, names, level, level_name, parent_id, path, latitude, longitude,
            active)
    SELECT n.code, n.name, n.name_alt, n.names, n.level, n.level_name, p.id, n.path, n.latitude,
        n.longitude, true
    FROM pack_area n LEFT JOIN places_area p ON p.code = n.parent_code
    WHERE n.level = %s
    ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, name_alt = excluded.name_alt, names = excluded.names,
        level = excluded.level, level_name = excluded.level_name,
        parent_id = excluded.parent_id, path = excluded.path, latitude = excluded.latitude,
        longitude = excluded.longitude, active = true
    WHERE (a.name, a.name_alt, a.names, a.level, a.level_name, a.parent_id, a.path, a.latitude,
            a.longitude, a.active)
        IS DISTINCT FROM (excluded.name, excluded.name_alt, excluded.names, excluded.level,
            excluded.level_name, excluded.parent_id, excluded.path, excluded.latitude,
            excluded.longitude, true)
    RETURNING code, CASE WHEN xmax = 0 THEN 'created' ELSE 'changed' END
"""

_RETIRE = """
    UPDATE places_area a SET active = false
    WHERE a.active AND NOT EXISTS (SELECT FROM pack_area n WHERE n.code = a.code)
    RETURNING code, 'retired'
"""


def load(pack: Path, country: Country) -> list[Change]:
    """
    Make the areas agree with `areas/<level>.csv`; what the files no longer name is retired.

    :raises BadPack: naming the file and the line
    """
    rows = _read_areas(pack, country)
    changes: list[Change] = []
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        with cursor.copy("COPY pack_area FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        for level in range(1, len(country.area_levels) + 1):
            cursor.execute(_UPSERT, [level])
            changes += [Change("places", "area", code, what) for code, what in cursor.fetchall()]
        cursor.execute(_RETIRE)
        changes += [Change("places", "area", code, what) for code, what in cursor.fetchall()]
        cursor.execute("DROP TABLE pack_area")
    return changes


Point = tuple[Decimal | None, Decimal | None]
AreaRow = tuple[str, str, str, str, int, str, str | None, str, Decimal | None, Decimal | None]


def _read_areas(pack: Path, country: Country) -> list[AreaRow]:
    rows: list[AreaRow] = []
    paths: dict[str, str] = {}  # Of all areas read so far.
    above: set[str] = set()  # Codes of the level above.
    for level, level_name in enumerate(country.area_levels, start=1):
        file = pack / "areas" / f"{level_name}.csv"
        here: set[str] = set()
        required = ("code", "name") if level == 1 else ("code", "parent", "name")
        for row in packfiles.read_csv(file, required=required):
            code, name = row.values["code"].strip(), row.values["name"].strip()
            parent = row.values["parent"].strip() if level > 1 else None
            place = f"{file}, line {row.line}"
            if not code or "/" in code or len(code) > CODE_MAX:
                raise BadPack(f'{place}: "{code}" is no code')
            if not name or len(name) > NAME_MAX:
                raise BadPack(f"{place}: {code} has no name, or one over {NAME_MAX} characters")
            if code in paths:
                raise BadPack(f"{place}: the code {code} stands twice")
            if parent is not None and parent not in above:
                raise BadPack(
                    f'{place}: the parent "{parent}" of {code} is no '
                    f"{country.area_levels[level - 2]}"
                )
            path = code if parent is None else f"{paths[parent]}/{code}"
            if len(path) > PATH_MAX:
                raise BadPack(f"{place}: the codes above {code} are too long")
            names = {
                column.removeprefix("name_"): text.strip()
                for column, text in row.values.items()
                if column.startswith("name_") and column != "name_alt" and text.strip()
            }
            paths[code] = path
            here.add(code)
            alternative = row.values.get("name_alt", "").strip()[:NAME_MAX]
            names_json = json.dumps(names)
            point = _point(row.values, place)
            rows.append(
                (code, name, alternative, names_json, level, level_name, parent, path, *point)
            )
        above = here
    return rows


def _point(values: Mapping[str, str], place: str) -> Point:
    """Return where the area lies, in degrees to six decimals (0.1 m), or (None, None)."""
    texts = [values.get(column, "").strip() for column in ("lat", "lon")]
    if not any(texts):
        return None, None
    try:
        lat, lon = (round(Decimal(text), 6) for text in texts)
        on_earth = abs(lat) <= LATITUDE_MAX and abs(lon) <= LONGITUDE_MAX
    except InvalidOperation:  # Infinite, or no number at all.
        raise BadPack(f"{place}: {texts} is no point: degrees, or both left empty") from None
    if not on_earth:
        raise BadPack(f"{place}: {texts} lies nowhere on the earth")
    return lat, lon
