"""The pages in which focal points write, compare, send, approve and return."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue.definition import Definition
from catalogue.models import Service, ServiceDraft
from catalogue.operations import exchanging
from catalogue.pages.editing_sections import SECTIONS
from tests.accounts import people
from tests.applications.browser import text_of
from tests.catalogue.editor.world import BIRTH, LAW, Editor, begun, fee, fresh, sent, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def ange(desk) -> Editor:
    return Editor(desk.ange)


@pytest.fixture
def bela(desk) -> Editor:
    return Editor(desk.bela)


# --- who comes in


def test_whoever_edits_nothing_does_not_come_in(desk):
    stranger = Editor(people.officer("case.decide"))
    draft = begun(desk)
    for name, args in (("editor", ()), ("editor_new", ()), ("editor_draft", (draft.pk,))):
        assert stranger.get(name, *args).status_code == 403


def test_a_focal_point_of_one_service_sees_that_one_alone(desk):
    hers = Editor(people.officer("catalogue.edit", service_code="life"))
    page = text_of(hers.get("editor"))
    assert "/staff/catalogue/services/life/" in page
    assert f"/staff/catalogue/services/{BIRTH}/" not in page
    assert hers.get("editor_draft", begun(desk).pk).status_code == 403
    assert hers.get("editor_service", BIRTH).status_code == 403


def test_the_list_costs_the_same_whatever_is_being_edited(ange, desk, django_assert_num_queries):
    with django_assert_num_queries(6) as before:
        ange.get("editor")
    begun(desk)
    begun(desk, "life")
    with django_assert_num_queries(len(before.captured_queries)):
        page = text_of(ange.get("editor"))
    assert "being edited" in page


# --- writing


def test_every_section_and_item_of_a_service_opens(ange, desk):
    draft = begun(desk)
    for section in SECTIONS:
        page = ange.get("editor_section", draft.pk, section.code)
        assert page.status_code == 200
    for group in draft.definition["form"]:
        assert ange.get("editor_part", draft.pk, f"form/{group['code']}").status_code == 200
        for field in group["fields"]:
            where = f"form/{group['code']}/fields/{field['code']}"
            assert ange.get("editor_part", draft.pk, where).status_code == 200
    for where in ("fees/~new", "form/~new", "waivers/~new", "before/~new", "steps/~0"):
        assert ange.get("editor_part", draft.pk, where).status_code == 200
    for where in ("fees", "form/nothing", "nothing/~new", "form/~new/fields/~new"):
        assert ange.get("editor_part", draft.pk, where).status_code == 404


def saved_again(ange: Editor, draft, page: str, where: str):
    """Send a page's form back as it came."""
    form = ange.get(page, draft.pk, where).context["form"]
    typed = {"revision": draft.revision}
    for bound in form:
        value = bound.value()
        if value not in (None, False, ""):
            typed[bound.html_name] = value
    return ange.post(page, draft.pk, where, **typed)


def test_what_is_saved_as_it_stands_changes_nothing(ange, desk):
    draft = begun(desk)
    for section in (one for one in SECTIONS if one.inputs):
        assert saved_again(ange, draft, "editor_section", section.code).status_code == 302
    parts = [f"{key}/{item['code']}" for key in ("fees", "form", "refusal_reasons")
             for item in draft.definition[key]]  # fmt: skip
    for group in draft.definition["form"]:
        parts += [f"form/{group['code']}/fields/{field['code']}" for field in group["fields"]]
    for where in (*parts, "steps/~0", "sources/~0"):
        assert saved_again(ange, draft, "editor_part", where).status_code == 302
    now = fresh(draft.pk).definition
    assert Definition.from_dict(now) == Definition.from_dict(draft.definition)


def test_an_item_is_moved_and_taken_out(ange, desk):
    draft = begun(desk)
    first, second = (one["code"] for one in draft.definition["refusal_reasons"][:2])
    moved = {"what": "down", "revision": draft.revision}
    assert ange.post("editor_arrange", draft.pk, f"refusal_reasons/{first}", **moved).status_code
    codes = [one["code"] for one in fresh(draft.pk).definition["refusal_reasons"]]
    assert codes[:2] == [second, first]
    out = {"what": "out", "revision": draft.revision + 1}
    ange.post("editor_arrange", draft.pk, f"refusal_reasons/{first}", **out)
    codes = [one["code"] for one in fresh(draft.pk).definition["refusal_reasons"]]
    assert first not in codes


def test_two_at_once_the_second_sees_what_changed_and_loses_nothing(ange, desk):
    other = Editor(people.officer("catalogue.edit", display_name="Carine"))
    draft = begun(desk)
    form = {"names-en": "Birth certificate", "revision": draft.revision}
    ange.post("editor_section", draft.pk, "words", **form, **{"summary-en": "By Ange."})
    answer = other.post("editor_section", draft.pk, "words", **form, **{"summary-en": "By C."})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Ange changed this while you wrote" in page
    assert "<ins>By Ange.</ins>" in page
    assert "By C.</textarea>" in page
    typed = form | {"summary-en": "By C.", "revision": fresh(draft.pk).revision}
    assert other.post("editor_section", draft.pk, "words", **typed).status_code == 302
    assert fresh(draft.pk).definition["summary"] == {"en": "By C."}


def test_tags_are_taken_out_and_shown_before_anything_is_kept(ange, desk):
    draft = begun(desk)
    typed = {"names-en": "Birth", "summary-en": "A <b onclick='x()'>new</b> paper, 5 < 6."}
    answer = ange.post("editor_section", draft.pk, "words", revision=1, **typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "the tags were taken out. Nothing is saved yet" in page
    assert "<del>" in page
    assert "A new paper, 5 &lt; 6.</textarea>" in page
    assert fresh(draft.pk).revision == 1

    clean = typed | {"summary-en": "A new paper, 5 < 6."}
    assert ange.post("editor_section", draft.pk, "words", revision=1, **clean).status_code == 302
    assert fresh(draft.pk).definition["summary"] == {"en": "A new paper, 5 < 6."}


def test_what_looks_like_a_tag_and_is_none_is_kept_and_shown_as_it_was_typed(ange, desk):
    draft = begun(desk)
    typed = {"names-en": "Birth", "summary-en": "Write &lt;script&gt; where 5 < 6."}
    assert ange.post("editor_section", draft.pk, "words", revision=1, **typed).status_code == 302
    for page in ("editor_section", "editor_preview"):
        more = ("words",) if page == "editor_section" else ()
        assert "&amp;lt;script&amp;gt; where 5 &lt; 6." in text_of(ange.get(page, draft.pk, *more))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "Fee One"}, "small letters"),
        ({"amount_minor": "a lot"}, "Enter an amount in RWF"),
        ({"amount_minor": "-5"}, "Enter an amount in RWF"),
        ({"names-en": ""}, "one language at least"),
        ({"beneficiary": "nobody"}, "Select a valid choice"),
        ({"legal_from": "soon"}, "Enter a valid date"),
    ],
)
def test_a_mistake_is_said_beside_what_was_typed(ange, desk, typed, said):
    right = {"names-en": "Stamp", "code": "stamp", "amount_minor": "700",
             "beneficiary": "district", "revision": 1}  # fmt: skip
    answer = ange.post("editor_part", begun(desk).pk, "fees/~new", **right | typed)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_two_items_of_one_code_are_refused(ange, desk):
    draft = begun(desk)
    taken = draft.definition["refusal_reasons"][0]["code"]
    typed = {"labels-en": "Another", "code": taken, "revision": 1}
    answer = ange.post("editor_part", draft.pk, "refusal_reasons/~new", **typed)
    assert "Another one has this code." in text_of(answer)


# --- beginning


def test_a_copy_begins_without_the_name_and_letters_of_the_first(ange):
    answer = ange.post("editor_new", way="copy", service=BIRTH, name="Boat", code="boat")
    assert answer.status_code == 302
    draft = ServiceDraft.objects.get(code="boat")
    assert (draft.base, draft.definition["names"]) == (None, {"en": "Boat"})
    assert "case_prefix" not in draft.definition


def test_a_file_goes_out_and_comes_in_again(ange, desk):
    version = Service.objects.get(code=BIRTH).current
    given = ange.get("editor_version_file", version.pk).content
    assert given == exchanging.export(version.definition).encode()
    file = SimpleUploadedFile("birth.yaml", given)
    answer = ange.client.post(reverse("catalogue:editor_new"), {"way": "file", "file": file})
    assert answer.status_code == 302
    draft = ServiceDraft.objects.get(code=BIRTH)
    assert ange.get("editor_file", draft.pk).content == given
    assert "Nothing differs" in text_of(ange.get("editor_differences", draft.pk))


def test_a_wrong_file_is_refused_with_its_line(ange):
    file = SimpleUploadedFile("boat.yaml", b"code: boat\ncolour: blue\n")
    answer = ange.client.post(reverse("catalogue:editor_new"), {"way": "file", "file": file})
    assert answer.status_code == 422
    assert "Line 2: colour: unknown key" in text_of(answer)


# --- comparing, and the second person


def test_the_difference_is_marked_word_by_word_and_a_fee_as_money(ange, desk):
    draft = begun(desk)
    write(draft, "fees", [fee(2_000, **LAW)], by_id=desk.ange)
    page = text_of(ange.get("editor_differences", draft.pk))
    assert "What people pay changes" in page
    assert "2,000" in page
    assert LAW["legal_source"] in page
    assert "right over fees" in text_of(ange.get("editor_draft", draft.pk))


def test_the_second_person_approves_and_the_first_cannot(ange, bela, desk):
    draft = sent(desk)
    assert "Approve and publish" not in text_of(ange.get("editor_draft", draft.pk))
    assert ange.act(draft, "approve", revision=draft.revision).status_code == 403
    assert "Approve and publish" in text_of(bela.get("editor_draft", draft.pk))
    assert bela.act(draft, "approve", revision=draft.revision).status_code == 302
    assert fresh(draft.pk).state == "PUBLISHED"
    history = text_of(bela.get("editor_service", BIRTH))
    assert "Ange" in history
    assert "Bela" in history


def test_a_day_that_is_over_is_refused_in_words(bela, desk):
    draft = sent(desk)
    answer = bela.act(draft, "approve", revision=draft.revision, publish_from="2026-11-22")
    assert answer.status_code == 422
    assert "This day is over." in text_of(answer)


def test_it_comes_back_with_words(ange, bela, desk):
    draft = sent(desk)
    assert bela.act(draft, "return").status_code == 422
    assert bela.act(draft, "return", words="Say whose birth.").status_code == 302
    assert "Say whose birth." in text_of(ange.get("editor_draft", draft.pk))


def test_what_is_missing_leads_to_where_it_is_written(ange, desk):
    draft = begun(desk)
    write(draft, "refusal_reasons", None, by_id=desk.ange)
    page = text_of(ange.get("editor_draft", draft.pk))
    assert f"/staff/catalogue/drafts/{draft.pk}/sections/reasons/" in page
    answer = ange.act(draft, "send")
    assert answer.status_code == 422
    assert "Something is missing" in text_of(answer)


def test_the_preview_shows_the_page_and_each_page_of_the_form(ange, desk):
    draft = begun(desk)
    write(draft, "summary", {"en": "Quite another summary."}, by_id=desk.ange)
    page = text_of(ange.get("editor_preview", draft.pk))
    assert "Preview: nobody else sees this." in page
    assert "Quite another summary." in page
    for group in draft.definition["form"]:
        assert ange.get("editor_preview_group", draft.pk, group["code"]).status_code == 200
    assert ange.get("editor_preview_group", draft.pk, "nothing").status_code == 404


def test_a_draft_of_almost_nothing_can_be_previewed(ange):
    draft = ange.begin(
        name="Boat", code="boat", category="family", agency="minaloc", kind="information"
    )
    assert ange.get("editor_preview", draft.pk).status_code == 200
    assert ange.get("editor_draft", draft.pk).status_code == 200
