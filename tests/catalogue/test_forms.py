"""Forms made from a definition, and the hostile values that people and machines send."""

import pytest

from catalogue import forms, queries

pytestmark = pytest.mark.django_db

GOOD = {"name": "Coral Queen", "colour": "red"}


@pytest.fixture
def boat(tiny):
    return queries.current("boat-licence").definition


def _form(boat, data, answers=None, group="boat"):
    return forms.form_class(boat.group(group), "en", answers)(data)


def test_good_answers_come_back_clean(boat) -> None:
    form = _form(
        boat,
        {
            **GOOD,
            "name": "  Coral Queen ",
            "engine": "on",
            "launched_on": "27/3/2014",
            "story": "She sailed.\nTwice.",
            "email": "a@tiny.example",
        },
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == "Coral Queen"
    assert form.cleaned_data["engine"] is True
    assert form.cleaned_data["launched_on"].isoformat() == "2014-03-27"


HOSTILE = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 41),
    ("name", "x" * 10_000),
    ("name", "a\x00b"),
    ("name", "a\x1b[2Jb"),
    ("name", "abc\u202egnp.exe"),
    ("name", "a\u200bb"),
    ("story", "x" * 1_001),
    ("colour", "green"),
    ("colour", "red' OR 1=1 --"),
    ("colour", ""),
    ("launched_on", "31/2/2014"),
    ("launched_on", "yesterday"),
    ("launched_on", "99999-01-01"),
    ("email", "a@"),
    ("email", "a@tiny.example" + "x" * 300),
    ("phone", "12"),
    ("phone", "+250<script>"),
    ("owner", "12345"),
]


@pytest.mark.parametrize(("field", "value"), HOSTILE)
def test_a_wrong_or_hostile_value_is_refused_at_its_field(boat, field, value) -> None:
    form = _form(boat, {**GOOD, field: value})
    assert field in form.errors


HARMLESS = [
    "<script>alert(1)</script>",
    "'; DROP TABLE places_area; --",
    "Mukamana Rose-Béatrice",
    "قارب",
    "⛵👨‍👩‍👧",
]


@pytest.mark.parametrize("value", HARMLESS)
def test_unusual_letters_are_kept_and_shown_as_text(boat, value) -> None:
    form = _form(boat, {**GOOD, "name": value})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == value
    assert "<script>" not in str(form["name"])


def test_an_answer_that_the_form_does_not_know_is_left_out(boat) -> None:
    form = _form(boat, {**GOOD, "is_admin": "1"})
    assert form.is_valid()
    assert "is_admin" not in form.cleaned_data


def test_a_parish_is_offered_only_inside_the_chosen_island(boat) -> None:
    inside = _form(boat, {"mooring": "N1"}, {"island": "N"}, group="mooring")
    outside = _form(boat, {"mooring": "S1"}, {"island": "N"}, group="mooring")
    assert inside.is_valid()
    assert "mooring" in outside.errors
    assert [code for code, _ in inside.fields["mooring"].choices] == ["N1", "N2"]


def test_without_an_earlier_answer_all_parishes_are_offered_by_island(boat) -> None:
    form = _form(boat, {"mooring": "S1"}, group="mooring")
    assert form.is_valid()
    assert [name for name, _ in form.fields["mooring"].choices] == ["North", "South"]


@pytest.mark.parametrize("code", ["", "N", "nowhere", "N1/../S1", "N1' --"])
def test_an_area_of_another_level_or_none_is_refused(boat, code) -> None:
    assert "mooring" in _form(boat, {"mooring": code}, group="mooring").errors


def test_what_keeps_a_case_from_being_sent_is_told_by_page(boat) -> None:
    answers = {"island": "S", "mooring": "N1", **GOOD}
    wrong = forms.mistakes(boat, answers, "en")
    assert [(m.group, m.field) for m in wrong] == [("mooring", "mooring")]
    assert forms.mistakes(boat, {**answers, "island": "N"}, "en") == []
    assert {m.field for m in forms.mistakes(boat, {}, "en")} == {
        "island", "mooring", "name", "colour"
    }  # fmt: skip


def test_kept_answers_pass_the_same_form_again(boat) -> None:
    kept = {**GOOD, "engine": True, "launched_on": "2014-03-27"}
    form = _form(boat, kept)
    assert form.is_valid(), form.errors
    shown = forms.form_class(boat.group("boat"), "en")(initial=kept)
    assert 'value="27/3/2014"' in str(shown["launched_on"])


def test_answers_are_shown_as_people_read_them(boat) -> None:
    fields = boat.fields
    assert forms.shown(fields["colour"], "red", "fr") == "Rouge"
    assert forms.shown(fields["mooring"], "N1", "fr") == "Coral, Nord"
    assert forms.shown(fields["engine"], True, "en") == "Yes"
    assert forms.shown(fields["launched_on"], "2014-03-27", "en") == "27 March 2014"
    assert forms.shown(fields["name"], "", "en") == ""
    assert forms.shown(fields["mooring"], "gone", "en") == "gone"


def test_labels_come_in_the_readers_language(boat) -> None:
    assert forms.form_class(boat.group("island"), "fr")().fields["island"].label == "Île"
    assert forms.form_class(boat.group("island"), "sw")().fields["island"].label == "Island"


def test_the_sector_question_of_rwanda_offers_one_district(rw) -> None:
    birth = queries.current("birth-certificate").definition
    group = birth.group("sector")
    form = forms.form_class(group, "en", {"district": "12"})({"birth_place_code": "1209"})
    assert form.is_valid(), form.errors
    assert len(str(form)) < 3_000
    full = forms.form_class(group, "en")({"birth_place_code": "1209"})
    assert full.is_valid()
    assert len(str(full)) < 30_000
