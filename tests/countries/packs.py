"""
Fixtures with a loaded country.

`rw` is Rwanda down to its sectors, quick; `whole_rw` has the cells and villages too; `tiny` is an
invented country.
"""

import shutil
from pathlib import Path

import pytest

from catalogue.operations import pack as catalogue
from kernel.country import Change
from payments.operations import pack as payments
from places.operations import pack as places

RW = Path(__file__).parents[2] / "countries" / "rw"
TINY = Path(__file__).parent / "tiny"


def load(pack: Path) -> list[Change]:
    """Load the places and services of a pack, in the caller's transaction."""
    return places.load(pack) + catalogue.load(pack)


def load_rw() -> list[Change]:
    """Load all of Rwanda, its rails too."""
    return places.load(RW) + payments.load(RW) + catalogue.load(RW)


@pytest.fixture(scope="session")
def light_rw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of Rwanda without the 17,000 lines below the sectors."""
    pack = Path(shutil.copytree(RW, tmp_path_factory.mktemp("packs") / "rw"))
    for level in ("cell", "village"):
        (pack / "areas" / f"{level}.csv").write_text("code,parent,name\n")
    return pack


@pytest.fixture
def rw(db: None, light_rw: Path) -> list[Change]:
    return load(light_rw)


@pytest.fixture
def whole_rw(db: None) -> list[Change]:
    return load(RW)


@pytest.fixture
def tiny(db: None) -> list[Change]:
    return load(TINY)
