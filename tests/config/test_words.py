"""Strings are gathered however templates are indented; translators' words are taken whole."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import words
from design import wording

TEMPLATE = """
{% load i18n %}
<main>
    <pre>
no indentation here
    </pre>
  <p>{% translate "Valid until" %}</p>
{% blocktranslate count n=n %}One paper.
      Kept.{% plural %}{{ n }} papers.{% endblocktranslate %}
      {% translate "May" context "month" %}
</main>
"""


def test_a_template_may_be_indented_as_it_likes(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "page.html").write_text(TEMPLATE)

    gathered = words.gather(tmp_path)
    assert {(each.id, each.context) for each in gathered if each.id} == {
        ("Valid until", None),
        (("One paper.\n      Kept.", "%(n)s papers."), None),
        ("May", "month"),
    }


PO = """# Words of Guichet in sw
msgid ""
msgstr ""
"Language: sw\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
PAGE = """{% load i18n %}{% translate "Pay" %}{% translate "Send" %}{% translate "Stop" %}
{% blocktranslate %}Pay {{ amount }}{% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} paper{% plural %}{{ n }} papers{% endblocktranslate %}"""

PLURAL = '\nmsgid "%(n)s paper"\nmsgid_plural "%(n)s papers"\nmsgstr[0] "Karatasi %(n)s"\n'


def said(english: str, words: str, *marks: str) -> str:
    return "".join(f"\n{line}" for line in (*marks, f'msgid "{english}"', f'msgstr "{words}"', ""))


@pytest.fixture
def root(tmp_path: Path, settings) -> Path:
    """A house of one page, in a country that speaks English, Swahili and Kirundi."""
    (tmp_path / "design").mkdir()
    (tmp_path / "design" / "page.html").write_text(PAGE)
    (tmp_path / "countries" / "xx").mkdir(parents=True)
    (tmp_path / "countries" / "xx" / "country.yaml").write_text("languages: [sw, en, rn]")
    file = words.po_file(tmp_path, "sw")
    file.parent.mkdir(parents=True)
    file.write_text(PO + said("Pay", "Lipa", "# machine") + said("Send", "Tuma"))
    settings.BASE_DIR = tmp_path
    return tmp_path


def of(root: Path, english: str, language: str = "sw"):
    return words.read(words.po_file(root, language), language).get(english)


def told(**options: object) -> str:
    out = StringIO()
    call_command("words", stdout=out, **options)
    return out.getvalue()


def given(root: Path, *strings: str) -> Path:
    file = root / "given.po"
    file.write_text(PO + "".join(strings))
    return file


def test_every_language_of_every_pack_is_gathered_and_counted(root):
    assert told().splitlines() == [
        "rn: 5 strings, 5 without words, 0 made by a machine",
        "sw: 5 strings, 3 without words, 1 made by a machine",
    ]
    assert "nplurals=2; plural=(n != 1);" in words.po_file(root, "rn").read_text()
    assert words.po_file(root, "rn").with_suffix(".mo").exists()


def test_the_mark_of_a_machine_outlives_the_gathering(root):
    told()
    told()
    assert (of(root, "Pay").string, of(root, "Pay").user_comments) == ("Lipa", ["machine"])
    assert of(root, "Send").user_comments == []


def test_a_translators_words_are_taken_and_no_longer_a_machines(root):
    told()
    file = given(root, said("Pay", "Lipia"), said("Stop", "Acha"), said("Send", "Tuma"))
    assert (
        told(take=file, language="sw")
        == "sw: 2 taken, 0 refused, 0 marked as not read, 1 as they were\n"
    )
    assert (of(root, "Pay").string, of(root, "Pay").user_comments) == ("Lipia", [])
    assert of(root, "Stop").string == "Acha"


def test_a_machines_words_that_somebody_has_read_are_hers(root):
    told()
    assert told(take=given(root, said("Pay", "Lipa")), language="sw").startswith("sw: 1 taken")
    assert of(root, "Pay").user_comments == []


@pytest.mark.parametrize("marks", [["#, fuzzy"], ["# machine"]])
def test_what_is_still_marked_as_not_read_stays_a_machines(root, marks):
    told()
    came = told(take=given(root, said("Pay", "Lipa", *marks)), language="sw")
    assert came == "sw: 0 taken, 0 refused, 1 marked as not read, 0 as they were\n"
    assert of(root, "Pay").user_comments == ["machine"]


@pytest.mark.parametrize(
    ("english", "swahili", "why"),
    [
        ("Pay %(amount)s", "Lipa", "filled in"),
        ("Pay %(amount)s", "Lipa %(kiasi)s", "filled in"),
        ("Pay %(amount)s", "Lipa %(amount)s 5%", "filled in"),
        ("Stop", "<script>Acha", "tags"),
        ("Stop", 'Acha \\" onclick=', "straight quotation mark"),
        ("Stop", "Acha\\n", "new line"),
        ("Stop", "Acha " * 20, "four times"),
        ("No page says this", "Hakuna", "no page says this"),
    ],
)
def test_words_that_could_break_a_page_are_refused_by_name_and_the_rest_is_taken(
    root, english, swahili, why
):
    told()
    file = given(root, said(english, swahili), said("Pay", "Lipia"))
    refused, summary = told(take=file, language="sw").splitlines()
    assert refused.startswith(f"refused: {english!r}")
    assert why in refused
    assert summary.startswith("sw: 1 taken, 1 refused")
    assert english == "No page says this" or not of(root, english).string


def test_a_plural_is_taken_whole_or_not_at_all(root):
    told()
    half = given(root, f'{PLURAL}msgstr[1] ""\n')
    assert "singular and plural" in told(take=half, language="sw")
    whole = given(root, f'{PLURAL}msgstr[1] "Karatasi %(n)s"\n')
    assert told(take=whole, language="sw").startswith("sw: 1 taken, 0 refused")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b'msgid "x"\nmsgid "y"\nnonsense',
        PO.encode() + b" " * wording.FILE_BYTES_MAX,
    ],
)
def test_a_file_that_nobody_can_read_changes_nothing(root, data):
    told()
    before = words.po_file(root, "sw").read_bytes()
    file = given(root)
    file.write_bytes(data)
    with pytest.raises(CommandError, match=r"no \.po file"):
        told(take=file, language="sw")
    assert words.po_file(root, "sw").read_bytes() == before


def test_the_header_of_a_given_file_is_not_believed(root):
    told()
    head = PO.replace("nplurals=2", "nplurals=999999999").replace("utf-8", "none-such")
    file = given(root)
    file.write_text(f'{head}{PLURAL}msgstr[1] "Karatasi %(n)s"\n')
    assert told(take=file, language="sw").startswith("sw: 1 taken")


def test_words_are_taken_only_into_a_language_that_is_kept(root):
    with pytest.raises(CommandError, match="one of sw"):
        told(take=given(root), language="de")


def test_each_file_that_citizens_read_is_there():
    house = Path(wording.__file__).parent.parent
    lines = (house / "design" / "for_citizens.txt").read_text().splitlines()
    assert [one for one in lines if one[:1] != "#" and not list(house.glob(one))] == []
    assert wording.for_citizens("payments/templates/payments/pay.html")
    assert not wording.for_citizens("payments/templates/payments/board/board.html")
