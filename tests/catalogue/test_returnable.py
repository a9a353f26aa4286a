"""When a fee goes back, as its service says it: read strictly, shown plainly, never guessed."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import translation

from catalogue import pricing
from catalogue.definition import Definition
from catalogue.operations import pack as catalogue
from catalogue.strict import BadDefinition
from kernel.country import BadPack
from tests.countries.packs import TINY

BOAT = yaml.safe_load((TINY / "services/boat-licence.yaml").read_text("utf-8"))
SOURCE = "https://tiny.example/fees"
REFUSED = {"when": ["if_refused"], "law": "Harbour Act, section 9", "source": SOURCE}


def boat(returnable: Any) -> Definition:
    fee = {**BOAT["fees"][0], "returnable": returnable}
    return Definition.from_dict({**BOAT, "fees": [fee, *BOAT["fees"][1:]]})


@pytest.mark.parametrize(
    ("returnable", "said"),
    [
        ("never", "fees[0].returnable: a mapping"),
        ({}, "fees[0].returnable.when: missing"),
        ({"when": [], "source": SOURCE}, "fees[0].returnable.when: at least one"),
        ({"when": "never", "source": SOURCE}, "fees[0].returnable.when: a list is wanted"),
        ({"when": ["maybe"], "source": SOURCE}, 'fees[0].returnable.when: unknown "maybe"'),
        (
            {"when": ["on_error", "on_error"], "source": SOURCE},
            'fees[0].returnable.when: "on_error" stands twice',
        ),
        (
            {"when": ["never", "on_error"], "source": SOURCE},
            'fees[0].returnable.when: "never" stands alone',
        ),
        (
            {"when": ["unpublished", "if_refused"], "source": SOURCE},
            'fees[0].returnable.when: "unpublished" stands alone',
        ),
        ({"when": ["other"], "source": SOURCE}, "fees[0].returnable.words: missing"),
        ({"when": ["never"]}, "fees[0].returnable.source: missing"),
        ({"when": ["never"], "source": "a friend"}, "fees[0].returnable.source: no web address"),
        (
            {"when": ["unpublished"], "law": "Some Act", "source": SOURCE},
            "fees[0].returnable.law: nothing",
        ),
        ({"when": ["never"], "source": SOURCE, "until": 3}, "fees[0].returnable.until: unknown"),
        ({"when": ["never"], "source": SOURCE, "words": "no"}, "fees[0].returnable.words: a map"),
    ],
)
def test_a_wrong_promise_is_refused_by_its_key(returnable: Any, said: str) -> None:
    with pytest.raises(BadDefinition) as error:
        boat(returnable)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("returnable", "kept"),
    [
        (None, {}),
        ({"when": ["never"], "source": SOURCE}, {"when": ["never"], "source": SOURCE}),
        (REFUSED, REFUSED),
        ({"when": ["unpublished"]}, {"when": ["unpublished"]}),
        (
            {"when": ["other"], "words": {"en": "Half of it"}, "law": None, "source": SOURCE},
            {"when": ["other"], "words": {"en": "Half of it"}, "source": SOURCE},
        ),
    ],
)
def test_what_is_billed_carries_the_promise_of_its_version(returnable: Any, kept: Any) -> None:
    [charge, *_] = pricing.price(boat(returnable), {})
    assert charge.returnable == kept


def test_the_loader_names_the_file_and_the_line(tmp_path: Path, tiny: object) -> None:
    copied = catalogue_with(tmp_path, "when: [before_decision, if_refused]", "when: [perhaps]")
    lines = (copied / "services/boat-licence.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "perhaps" in text)
    with pytest.raises(BadPack) as error:
        catalogue.load(copied)
    assert f"boat-licence.yaml, line {line}: fees[0].returnable.when: unknown" in str(error.value)


def test_a_key_that_is_missing_is_said_at_the_line_of_what_lacks_it(
    tmp_path: Path, tiny: object
) -> None:
    copied = catalogue_with(tmp_path, "      source: https://tiny.example/fees\n", "")
    with pytest.raises(BadPack, match=r"boat-licence.yaml, line \d+: fees\[0\].returnable.source"):
        catalogue.load(copied)


def catalogue_with(folder: Path, old: str, new: str) -> Path:
    for file in TINY.rglob("*"):
        if file.is_file():
            copy = folder / file.relative_to(TINY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    boat_file = folder / "services/boat-licence.yaml"
    text = boat_file.read_text("utf-8")
    assert old in text
    boat_file.write_text(text.replace(old, new), "utf-8")
    return folder


def shown(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language})
    page = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", page)


@pytest.mark.django_db
def test_the_service_page_says_when_each_fee_goes_back_and_by_which_law(
    tiny: object, client: Client
) -> None:
    page = shown(client, "/services/boat-licence/")
    for words in (
        "You get it back if you withdraw before the office has decided, or if the application",
        "is refused. The stamp is kept. By law: Harbour Act, section 9.",
        "You do not get it back once it is paid",
        "No law is published for this; ask the office.",
        "When this fee is given back is not published. Ask the office.",
        "What you pay twice or by mistake you always get back.",
    ):
        assert words in page


@pytest.mark.django_db
def test_a_pack_without_a_source_promises_nothing(rw: object, client: Client) -> None:
    page = shown(client, "/services/birth-certificate/")
    assert "When this fee is given back is not published. Ask the office." in page
    with translation.override("en"):
        assert "What you pay twice or by mistake you always get back." in page


@pytest.mark.django_db
def test_a_free_service_says_nothing_of_money_that_goes_back(rw: object, client: Client) -> None:
    assert "get back" not in shown(client, "/services/life/")
