"""Every text of a country is said in each of its languages; what a machine made is marked."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.definition import Definition
from kernel.country import pack_folder, read_country
from places.operations import packfiles
from tests.countries.test_whole_packs import PACKS

# What nobody reads as a text of the country: invented people, and tables in one language.
_OTHERS = {"demo.yaml", "remittances.yaml", "directory.yaml"}
# Synonyms are what people type, and not each other's translation.
_NO_TEXTS = {"synonyms", "machine"}
# In which no native reader has seen the words of a pack yet.
MACHINE = {"rw": "rw", "ke": "sw", "bi": "rn"}
LISTED = ("agencies", "beneficiaries", "glossary", "offices", "rails")


def texts_in(node: Any, languages: set[str], place: str = "") -> Iterator[tuple[str, dict]]:
    """Yield every text by language, and where it stands."""
    if isinstance(node, list):
        for i, each in enumerate(node):
            yield from texts_in(each, languages, f"{place}[{i}]")
    elif isinstance(node, dict) and node and languages.issuperset(node):
        yield place, node
    elif isinstance(node, dict):
        for key, each in node.items():
            if key not in _NO_TEXTS:
                yield from texts_in(each, languages, f"{place}.{key}")


def files(code: str) -> list[Path]:
    found = pack_folder(code).rglob("*.yaml")
    return sorted(file for file in found if file.name not in _OTHERS)


@pytest.mark.parametrize("code", PACKS)
def test_every_text_is_said_in_every_language_of_the_country(code) -> None:
    wanted = set(PACKS[code].languages)
    lacking = [
        f"{file.name}{place}: {', '.join(sorted(wanted - set(text)))}"
        for file in files(code)
        for place, text in texts_in(packfiles.read_yaml(file), wanted | {"en", "fr"})
        if not wanted <= set(text)
    ]
    assert lacking == []


def test_a_text_that_lacks_a_language_is_told_with_its_place() -> None:
    pack = {"form": [{"labels": {"en": "Name"}}], "synonyms": {"en": ["name"]}}
    assert list(texts_in(pack, {"en", "sw"})) == [(".form[0].labels", {"en": "Name"})]


@pytest.mark.parametrize("code", PACKS)
def test_every_word_explained_is_explained_in_the_languages_of_the_country(code) -> None:
    with (pack_folder(code) / "glossary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for language in PACKS[code].languages:
                assert row[f"term_{language}"], (row["key"], language)
                assert row[f"definition_{language}"], (row["key"], language)


@pytest.mark.parametrize("code", PACKS)
def test_what_a_machine_made_says_so_in_each_file(code) -> None:
    folder, made = pack_folder(code), MACHINE[code]
    for file in sorted((folder / "services").glob("*.yaml")):
        service = Definition.from_dict(packfiles.read_yaml(file))
        assert set(service.machine) <= set(PACKS[code].languages), file.name
        assert made in service.machine, file.name
    for name in ("needs", "faq"):
        for item in packfiles.read_yaml(folder / f"{name}.yaml"):
            assert made in item["unofficial"], (name, item["code"])
    assert read_country(folder).machine == dict.fromkeys(LISTED, (made,))


@pytest.mark.parametrize("code", PACKS)
def test_a_register_is_asked_about_something_in_every_country(code) -> None:
    services = (pack_folder(code) / "services").glob("*.yaml")
    read = [Definition.from_dict(packfiles.read_yaml(file)) for file in services]
    asked = [field for service in read for field in service.lookups]
    # Nobody is kept from going on for want of an older paper or of another's number.
    assert asked
    assert not any(field.required for field in asked)
