"""A service is one file: the same bytes each time, and read strictly, with a mistake's line."""

from pathlib import Path

import pytest
import yaml

from catalogue.definition import Definition
from catalogue.operations import exchanging
from catalogue.operations.exchanging import BadFile
from tests.countries.packs import RW

PACKS = RW.parent
FILES = sorted(PACKS.glob("*/services/*.yaml"))
RESIDENCE = (RW / "services" / "residence.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_every_service_of_the_packs_comes_out_as_it_went_in(file: Path):
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    written = exchanging.export(raw)
    again = yaml.safe_load(written)
    assert Definition.from_dict(again) == Definition.from_dict(raw)
    assert exchanging.export(again) == written


def with_line(old: str, new: str) -> str:
    assert RESIDENCE.count(old) == 1, old
    return RESIDENCE.replace(old, new)


FIELD = "      - code: residence_code\n"
MANY = "".join(f"      - {{code: f{n}, type: text, labels: {{en: Q}}}}\n" for n in range(2_000))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_line("case_prefix: RS", "case_prefix: RS\ncolour: blue"), "colour: unknown key"),
        (with_line("    currency: RWF", "    colour: RWF"), "fees[0].colour: unknown key"),
        (with_line("    currency: RWF\n", ""), "fees[0].currency: missing"),
        (with_line(FIELD, "      - code: district\n"), "form[1].fields[0]"),
        (with_line("agency: minaloc", "agency: nowhere"), 'agency: unknown "nowhere"'),
        (with_line("        level_name: sector", "        level_name: county"), "level_name"),
        (with_line("  paper: residence", "  paper: nothing"), "output.paper"),
        (with_line(FIELD, MANY + FIELD), "form[1]"),
        (with_line("case_prefix: RS", "case_prefix: RS\ncase_prefix: RT"), "stands twice"),
        (with_line("case_prefix: RS", "case_prefix: [RS"), ""),
        (with_line("case_prefix: RS", "case_prefix: &a RS"), "anchors"),
        (with_line("case_prefix: RS", "case_prefix: !!python/name:os.system RS"), "tags"),
        ("- a list", "a mapping is wanted"),
        ("", "a mapping is wanted"),
    ],
    ids=[
        "unknown-key", "unknown-key-of-a-fee", "fee-without-currency", "field-twice", "no-agency",
        "no-level", "no-paper", "two-thousand-fields", "key-twice", "no-yaml", "anchor", "tag",
        "list", "empty",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_wrong_file_is_refused_in_one_line_with_its_line(rw, text, said):
    with pytest.raises(BadFile) as refused:
        exchanging.read(text.encode())
    assert said in refused.value.why
    assert "\n" not in refused.value.why
    if said != "a mapping is wanted":
        assert refused.value.line > 1


@pytest.mark.django_db
def test_a_right_file_is_read_and_a_text_with_tags_stays_text(rw):
    text = with_line("where the population register", "where <b>the</b> population register")
    assert "<b>the</b>" in exchanging.read(text.encode())["summary"]["en"]
    assert exchanging.export(exchanging.read(RESIDENCE.encode())) == exchanging.export(
        yaml.safe_load(RESIDENCE)
    )


@pytest.mark.django_db
def test_a_circle_of_conditions_is_refused(rw):
    text = with_line("        level_name: district\n", "        level_name: district\n"
                     "        when: {field: residence_code, filled: true}\n")  # fmt: skip
    text = text.replace("        within: district\n", "        within: district\n"
                        "        when: {field: district, filled: true}\n")  # fmt: skip
    with pytest.raises(BadFile, match="when"):
        exchanging.read(text.encode())


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * (exchanging.FILE_BYTES_MAX + 1)])
def test_what_is_no_text_or_too_large_is_refused(rw, data):
    with pytest.raises(BadFile):
        exchanging.read(data)


@pytest.mark.django_db
def test_a_character_that_no_database_keeps_is_refused(rw):
    text = with_line("revenue_code: null", 'revenue_code: "1\\0"')
    with pytest.raises(BadFile, match="cannot be kept"):
        exchanging.read(text.encode())
