"""A country has one colour of its own, and no page that somebody cannot read."""

from pathlib import Path

import pytest
import yaml

from design import checks
from kernel.country import Accent, BadPack, read_country

RW = Path(__file__).parents[2] / "countries" / "rw" / "country.yaml"


def pack(folder: Path, **changed: object) -> Path:
    raw = yaml.safe_load(RW.read_text(encoding="utf-8")) | changed
    (folder / "country.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True))
    return folder


def test_a_pack_names_its_accent_or_takes_the_houses_own(tmp_path: Path) -> None:
    raw = yaml.safe_load(RW.read_text(encoding="utf-8"))
    del raw["accent"]
    (tmp_path / "country.yaml").write_text(yaml.safe_dump(raw))
    assert read_country(tmp_path).accent == Accent()


@pytest.mark.parametrize(
    "accent",
    [{"light": "teal"}, {"light": "#0b5d6b;}body{display:none"}, {"night": "#000000"}, "#0b5d6b"],
)
def test_an_accent_that_is_no_pair_of_colours_is_refused(tmp_path: Path, accent: object) -> None:
    with pytest.raises(BadPack, match=r"country\.yaml cannot be read"):
        read_country(pack(tmp_path, accent=accent))


def test_the_house_starts_with_what_can_be_read_and_with_nothing_else(monkeypatch) -> None:
    assert checks.everything_can_be_read(None) == []
    pale = Accent(light="#9fd3dc", dark="#6fc3cf")
    monkeypatch.setattr(checks, "country", lambda: type("Pack", (), {"accent": pale}))
    said = checks.everything_can_be_read(None)
    assert said
    assert {one.id for one in said} == {"design.E001"}
    assert "light: accent on card" in str(said)
