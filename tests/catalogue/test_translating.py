"""The translation desk: what a language lacks, what a machine made, and files to and fro."""

import csv
from io import BytesIO

import pytest
import time_machine
from babel.messages.pofile import read_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue import queries_translating, translating
from catalogue.models import Service
from design import wording
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.catalogue.editor.conftest import desk, house, small_pack, staffed, uwase
from tests.catalogue.editor.world import BIRTH, begun
from tests.world import NOON

__all__ = ["desk", "house", "small_pack", "staffed", "uwase"]
pytestmark = pytest.mark.django_db

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
CITIZENS = "#: payments/templates/payments/pay.html\n"
STAFF = "#: payments/templates/payments/board/board.html\n"
RW = f"""{HEAD}
{STAFF}msgid "Another board"
msgstr ""

{CITIZENS}# machine
msgid "Pay now"
msgstr "Ishyura nonaha"

{CITIZENS}msgid "Your papers"
msgstr "Inyandiko zawe"

{CITIZENS}msgid "Pay %(amount)s"
msgstr ""
"""
FR = f"""{HEAD}
msgid "Pay now"
msgstr "Payer maintenant"
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """The site's words are four strings, in Kinyarwanda and partly in French."""
    for language, text in (("rw", RW), ("fr", FR)):
        file = wording.po_file(tmp_path, language)
        file.parent.mkdir(parents=True)
        file.write_text(text)
    monkeypatch.setattr(translating, "_file", lambda language: wording.po_file(tmp_path, language))
    return wording.po_file(tmp_path, "rw")


@pytest.fixture
def ange(desk, written):
    with time_machine.travel(NOON, tick=False):
        yield officer_at(desk.ange)


def page(client, name: str, *args: str, **asked: object) -> str:
    answer = client.get(reverse(f"catalogue:{name}", args=args), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def po(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("words.po", f"{HEAD}\n{text}".encode())


def brought(client, file: object) -> object:
    return client.post(reverse("catalogue:language_examine", args=["rw"]), {"file": file})


def test_each_language_is_counted(ange):
    shown = page(ange, "languages")
    for number, label in ((4, "Strings"), (2, "Without words"), (1, "Made by a machine")):
        assert f'data-label="{label}:">{number}</td>' in shown
    assert "the language that the strings are written in" in shown


def test_a_file_that_changes_is_read_again(ange, written):
    assert translating.share(translating.lines("rw")).machine == 1
    written.write_text(RW.replace("# machine\n", ""))
    assert translating.share(translating.lines("rw")).machine == 0


def test_strings_of_citizens_come_first_with_where_they_are_used(ange):
    shown = page(ange, "language", "rw")
    assert shown.index("Pay now") < shown.index("Another board")
    assert "payments/templates/payments/pay.html" in shown
    assert '<span lang="rw">Ishyura nonaha</span>' in shown
    assert 'lang="fr">Payer maintenant' in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"what": "missing"}, {"Another board", "Pay %(amount)s"}),
        ({"what": "missing", "room": "citizens"}, {"Pay %(amount)s"}),
        ({"what": "machine"}, {"Pay now"}),
        ({"what": "read"}, {"Your papers"}),
        ({"room": "staff"}, {"Another board"}),
        ({"q": "ISHYURA"}, {"Pay now"}),
        ({"q": "papers"}, {"Your papers"}),
        ({"q": "nothing"}, set()),
        ({"what": "nonsense", "page": "9" * 40}, {
            "Another board", "Pay %(amount)s", "Pay now", "Your papers"
        }),
    ],
)  # fmt: skip
def test_the_list_and_its_file_are_narrowed_alike(ange, asked, found):
    shown = page(ange, "language", "rw", **asked)
    every = {"Another board", "Pay %(amount)s", "Pay now", "Your papers"}
    assert {one for one in every if f'lang="en">{one}' in shown} == found

    answer = ange.get(reverse("catalogue:language_file", args=["rw"]), asked)
    given = read_po(BytesIO(answer.content), locale="rw")
    assert {one.id for one in given if one.id} == found
    assert [one.id for one in given if one.id and one.fuzzy] == (
        ["Pay now"] if "Pay now" in found else []
    )


def test_a_list_is_fifty_long(ange, written):
    more = "".join(f'\n{STAFF}msgid "Board {i:03}"\nmsgstr ""\n' for i in range(120))
    written.write_text(RW + more)
    first, last = page(ange, "language", "rw"), page(ange, "language", "rw", page=2)
    assert first.count('<th scope="row"') == 50
    assert last.count('<th scope="row"') == 24
    assert 'rel="next" href="?page=1"' in first
    assert 'rel="next"' not in last


def test_a_file_is_examined_and_what_can_be_taken_is_given_back(ange, written):
    before = written.read_bytes()
    answer = brought(ange, po(
        'msgid "Pay now"\nmsgstr "Ishyura ubu"\n\n'
        'msgid "Pay %(amount)s"\nmsgstr "Ishyura"\n\n'
        '#, fuzzy\nmsgid "Another board"\nmsgstr "Ikindi"\n'
    ))  # fmt: skip
    shown = " ".join(answer.content.decode().split())
    assert "1 string can be taken." in shown
    assert "1 is refused" in shown
    assert "1 is still marked as not read" in shown
    assert '<q lang="en">Pay %(amount)s</q>: what is filled in' in shown

    mended = ange.post(answer.wsgi_request.path, {"words": answer.context["mended"]})
    assert mended["Content-Disposition"] == 'attachment; filename="guichet-rw-translated.po"'
    given = {one.id: one for one in read_po(BytesIO(mended.content), locale="rw") if one.id}
    assert {key: one.string for key, one in given.items()} == {"Pay now": "Ishyura ubu"}
    assert given["Pay now"].user_comments == []
    # The site's words are a release's: nothing has changed here.
    assert written.read_bytes() == before


@pytest.mark.parametrize("data", [b"\xff\xfe", b"no words", b"msgid x", b""])
def test_a_file_that_nobody_can_read_is_refused_in_words(ange, data):
    answer = brought(ange, SimpleUploadedFile("words.po", data))
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_the_countrys_texts_lead_to_where_they_are_written(ange, desk):
    version = Service.objects.get(code=BIRTH).current
    found = queries_translating.every("service")
    assert ("names", version.definition["names"]) in [
        (one.key, one.texts) for one in found if one.code == BIRTH
    ]
    assert reverse("catalogue:editor_service", args=[BIRTH]) in page(
        ange, "language_texts", "rw", q=BIRTH
    )
    draft = begun(desk)
    assert reverse("catalogue:editor_section", args=[draft.pk, "words"]) in page(
        ange, "language_texts", "rw", q=BIRTH
    )


def test_the_countrys_texts_are_taken_away_as_a_table(ange):
    answer = ange.get(
        reverse("catalogue:language_texts_file", args=["rw"]),
        {"kind": "service", "what": "missing"},
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    lacking = [one for one in queries_translating.every("service") if not one.texts.get("rw")]
    assert [(row["code"], row["key"]) for row in rows] == [(one.code, one.key) for one in lacking]


def test_texts_that_a_machine_made_are_counted_and_found(ange):
    Service.objects.exclude(code=BIRTH).update(active=False)
    found = queries_translating.every("service")
    official = next(one for one in found if one.key == "names")
    # Its name is the agency's own in Kinyarwanda, and our translation in French.
    assert [official.state(code) for code in ("rw", "fr")] == ["read", "read"]
    assert next(one for one in found if one.key == "summary").state("rw") == "machine"
    machine = queries_translating.chosen(found, "rw", what="machine", typed="")
    share = queries_translating.share(found, "rw")
    assert share.machine == len(machine) == share.total - share.missing - share.read > 0
    assert queries_translating.chosen(found, "fr", what="machine", typed="") == []
    shown = page(ange, "language_texts", "rw", kind="service", what="machine")
    assert 'data-label="Made by a machine:">' in shown
    assert f"{share.machine} texts" in shown
    assert "No text fits" in page(ange, "language_texts", "fr", kind="service", what="machine")


def test_a_file_of_the_pack_says_what_a_machine_made(ange):
    agency = next(one for one in queries_translating.every("agency") if one.key == "names")
    assert (agency.state("rw"), agency.state("en")) == ("machine", "read")


def test_the_number_of_queries_does_not_grow_with_the_texts(ange, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        page(ange, "language_texts", "rw")


def test_whoever_confirms_pages_may_come_and_others_may_not(house, written):
    with time_machine.travel(NOON, tick=False):
        cara, dora = people.officer("catalogue.confirm"), people.officer("catalogue.publish")
        shown = page(officer_at(cara), "language_texts", "rw", q=BIRTH)
        # She edits nothing: the key is told, and no way into the editor.
        assert reverse("catalogue:editor_service", args=[BIRTH]) not in shown
        for name, args in (("languages", []), ("language", ["rw"]), ("language_texts", ["rw"])):
            refused = officer_at(dora).get(reverse(f"catalogue:{name}", args=args))
            assert refused.status_code == 403


@pytest.mark.parametrize("name", ["language", "language_file", "language_examine"])
def test_a_language_that_has_no_words_to_put_in_is_not_found(ange, name):
    for language in ("en", "sw", "xx"):
        assert ange.get(reverse(f"catalogue:{name}", args=[language])).status_code == 404
