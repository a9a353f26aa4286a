"""Packs of the three countries: everything that is found, and no areas to wait for."""

import shutil
from pathlib import Path

from catalogue.operations import pack as catalogue
from kernel.country import Change
from places.operations import pack as places

COUNTRIES = Path(__file__).parents[3] / "countries"


def load(folder: Path, code: str) -> list[Change]:
    """Load a country's services, words and directory into the caller's transaction."""
    pack = light(folder, code)
    return places.load(pack) + catalogue.load(pack)


def light(folder: Path, code: str) -> Path:
    """Return a copy of a pack with the areas of its first level only, and offices by name."""
    pack = Path(shutil.copytree(COUNTRIES / code, folder / code))
    first, *lower = _levels(pack)
    for level in lower:
        (pack / "areas" / f"{level}.csv").write_text("code,parent,name\n")
    changes = pack / "area_changes.csv"
    changes.unlink(missing_ok=True)
    assert (pack / "areas" / f"{first}.csv").exists()
    return pack


def _levels(pack: Path) -> list[str]:
    line = next(
        line
        for line in (pack / "country.yaml").read_text(encoding="utf-8").splitlines()
        if line.startswith("area_levels:")
    )
    return [level.strip() for level in line.partition("[")[2].rstrip("]").split(",")]
