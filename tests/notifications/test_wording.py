from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings as configured
from pytest_django import Settings

from notifications import wording

LONGEST = {
    "code": "482913",
    "minutes": "10",
    "reference": "858961326965",
    "amount": "1,234,567 RWF",
    "until": "28 November 2026, 18:00",
    "number": "BCC-26-48201937",
    "link": "https://guichet.gov.rw/cases/BCC-26-48201937/",
    "count": "12345",
    "organisation": "Secteur de Nyarugenge, ville de Kigali..",
    "fee": "1,234,567 RWF",
    "office": "Kimironko sector office",
    "word": "SIMAMISHA",
}
LANGUAGES = [code for code, _ in configured.LANGUAGES]


def context(code: str) -> dict[str, str]:
    kind = wording.TEMPLATES[code]
    return {name: LONGEST[name] for name in kind.needs | kind.uses}


def text(code: str, language: str = "en") -> str:
    return wording.sms(code=code, language=language, context=context(code))


@pytest.mark.parametrize("code", wording.TEMPLATES)
def test_every_template_says_all_that_it_is_given(code: str) -> None:
    said = text(code)
    assert said.startswith("Guichet: ")
    for name in wording.TEMPLATES[code].needs - {"reference"}:
        assert LONGEST[name] in said
    assert "{" not in said
    assert "  " not in said


@pytest.mark.parametrize("code", wording.TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_two_parts_at_most_in_every_language(code: str, language: str) -> None:
    assert wording.parts(text(code, language)) <= 2


@pytest.mark.parametrize("code", wording.TEMPLATES)
def test_every_message_is_one_part_in_english(code: str) -> None:
    assert wording.parts(text(code)) == 1


@pytest.mark.parametrize("code", wording.TEMPLATES)
def test_no_message_can_name_a_person_or_a_certificate(code: str) -> None:
    names = wording.TEMPLATES[code].needs | wording.TEMPLATES[code].uses
    assert names <= {
        "code",
        "minutes",
        "reference",
        "amount",
        "until",
        "number",
        "count",
        "link",
        "office",
        "organisation",
        "fee",
        "word",
    }
    said = text(code).lower()
    assert not any(word in said for word in ("birth", "marriage", "single", "certificate"))


def test_every_template_has_its_file_and_every_file_its_template() -> None:
    folder = Path(wording.__file__).parent / "templates/sms"
    assert {file.stem for file in folder.glob("*.txt")} == set(wording.TEMPLATES)


def test_the_reference_stands_in_groups_of_four() -> None:
    assert "8589 6132 6965" in text("submitted")


def test_a_message_without_its_optional_values_is_whole() -> None:
    said = wording.sms(
        code="submitted", language="en", context={"reference": "858961326965", "amount": "500 RWF"}
    )
    assert said == (
        "Guichet: your reference is 8589 6132 6965. To pay: 500 RWF. Any network or bank takes it."
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"number": "BC-1", "name": "Urugero"},
        {"number": ""},
        {"number": "x" * 61},
        {"number": "BC\n-1"},
        {"number": "BC\u202e-1"},
        {"number": 7},
    ],
)
def test_a_wrong_context_is_refused_and_not_sent_half(wrong: dict[str, str]) -> None:
    with pytest.raises(wording.WrongContext):
        wording.sms(code="approved", language="en", context=wrong)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(wording.WrongContext):
        wording.sms(code="lottery", language="en", context={})


def test_markup_is_words_in_an_sms() -> None:
    said = wording.sms(code="approved", language="en", context={"number": "<b>&'1"})
    assert "<b>&'1" in said


@pytest.fixture
def french(tmp_path: Path, settings: Settings) -> None:
    """A catalogue with one French text, whatever the product's own holds."""
    catalogue = Catalog(locale="fr")
    catalogue.add(
        "Guichet: case %(number)s is approved. Your paper is being made and signed. "
        "We text you when it is ready.",
        "Guichet : le dossier %(number)s est accepté. "
        "L\u2019acte est prêt à être signé ; reçu bientôt…",
    )
    folder = tmp_path / "fr/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [tmp_path]


def test_the_recipient_reads_her_own_language_in_letters_that_an_sms_has(french: None) -> None:
    said = wording.sms(code="approved", language="fr", context={"number": "BC-1"})
    assert said == (
        "Guichet : le dossier BC-1 est accepté. L'acte est pret à etre signé ; recu bientot..."
    )
    assert wording.parts(said) == 1


def test_a_language_without_the_words_yet_falls_back_to_english(french: None) -> None:
    assert text("approved", "rw") == text("approved", "en")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("être reçu à Noël", "etre recu à Noel"),
        ("où êtes-vous ?", "où etes-vous ?"),
        ("“1\u202f500 RWF” \u2013 déjà", '"1 500 RWF" - déjà'),
        ("Ng'ang'a", "Ng'ang'a"),
        ("Vượt quá", "Vuot qua"),
        ("€ [x] {y}", "€ [x] {y}"),
        ("дело принято", "дело принято"),
        ("完了 déjà", "完了 déjà"),
    ],
)
def test_letters_outside_gsm_become_their_nearest_or_the_text_stays_whole(
    given: str, sent: str
) -> None:
    assert wording.gsm(given) == sent


@pytest.mark.parametrize(
    ("length", "letter", "count"),
    [
        (160, "a", 1),
        (161, "a", 2),
        (306, "a", 2),
        (307, "a", 3),
        (80, "€", 1),
        (81, "€", 2),
        (70, "д", 1),
        (71, "д", 2),
        (35, "\U0001f642", 1),
        (36, "\U0001f642", 2),
    ],
)
def test_parts_are_counted_as_networks_count(length: int, letter: str, count: int) -> None:
    assert wording.parts(letter * length) == count
