"""One page of questions: what it asks, what it takes, and how it behaves without a script."""

import json

import pytest

from catalogue import forms, queries
from tests.catalogue.forms.world import CLUB, PERSON, SAILOR, TODAY, full

pytestmark = pytest.mark.django_db


@pytest.fixture
def boat(tiny):
    return full()


def _form(boat, page, data=None, answers=None):
    made = forms.form_class(boat.group(page), "en", answers or {}, today=TODAY)
    return made(data) if data is not None else made(initial=answers or {})


def test_a_question_that_is_not_asked_stands_hidden_and_takes_no_answer(boat) -> None:
    shown = {one.code: one for one in _form(boat, "owner").questions()}
    assert (shown["kind"].when, shown["kind"].is_hidden) == ("", False)
    assert json.loads(shown["club_name"].when) == ["in", "kind", "club"]
    assert shown["club_name"].is_hidden
    sent = _form(boat, "owner", {"kind": "person", "club_name": "Coral", "_asked_owner": "poor"})
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data == {"kind": "person", "poor": False}


def test_without_a_script_the_page_comes_back_with_what_an_answer_leads_to(boat) -> None:
    sent = _form(boat, "owner", {"kind": "club", "club_name": "", "_asked_owner": "poor"})
    assert not sent.is_valid()
    assert (sent.more, dict(sent.errors)) == (True, {})
    assert {one.code for one in sent.questions() if not one.is_hidden} == {
        "kind", "club_name", "poor"
    }  # fmt: skip
    assert 'value="club_name poor"' in str(sent)
    # Once it was seen, leaving it out is a mistake.
    again = _form(
        boat, "owner", {"kind": "club", "club_name": "", "_asked_owner": "club_name poor"}
    )
    assert list(again.errors) == ["club_name"]
    good = _form(
        boat, "owner", {"kind": "club", "club_name": "Co", "_asked_owner": "club_name poor"}
    )
    # And so on, to the question behind it, which is seen once even where it may stay empty.
    assert (good.is_valid(), good.more) == (False, True)
    last = _form(
        boat,
        "owner",
        {"kind": "club", "club_name": "Co", "_asked_owner": "club_name founded_on poor"},
    )
    assert last.is_valid(), last.errors


def test_a_script_that_showed_the_question_spares_the_round(boat) -> None:
    typed = {"kind": "club", "club_name": "Coral", "_asked_owner": "club_name founded_on poor"}
    assert _form(boat, "owner", typed).is_valid()


RULES = [
    ({}, ""),
    ({"length": "99"}, "The smallest number that is taken is 100."),
    ({"length": "5001"}, "The largest number that is taken is 5000."),
    ({"length": "8.5"}, "Enter a whole number."),
    ({"plate": "ab-123"}, "Two letters, a dash, three digits."),
    ({"plate": "AB-1234"}, "Two letters, a dash, three digits."),
    ({"built_on": "23/11/2026"}, "Enter 22 November 2026 or an earlier date."),
    ({"built_on": "22/11/2026"}, ""),
    ({"built_on": "31/12/1899"}, "Enter 1 January 1900 or a later date."),
    ({"sold_on": "26/3/2014"}, "Enter 27 March 2014 or a later date."),
    ({"sold_on": "27/3/2014"}, ""),
    ({"act": "2019-3"}, "Enter year, volume and number of the act, such as 2019/3/142."),
    ({"act": "2019/III/142"}, ""),
]


@pytest.mark.parametrize(("changes", "said"), RULES)
def test_each_rule_is_said_in_words_at_its_field(boat, changes, said) -> None:
    form = _form(boat, "boat", {**PERSON, "built_on": "27/3/2014", **changes}, {"kind": "person"})
    assert form.is_valid() is (not said), form.errors
    if said:
        assert [list(errors) for errors in form.errors.values()] == [[said]]


def test_a_rule_that_names_today_wants_to_know_the_day(boat) -> None:
    made = forms.form_class(boat.group("boat"), "en", {})
    with pytest.raises(ValueError, match="what day is it"):
        made({**PERSON, "built_on": "27/3/2014"}).is_valid()


# --- rows


def _rows(*rows, **more):
    typed = {"crew-count": str(len(rows)), **more}
    for i, row in enumerate(rows):
        typed |= {f"crew-{i}-{code}": answer for code, answer in row.items()}
    return typed


def _crew(boat, data=None):
    return _form(boat, "crew", data, {"kind": "club"})


def test_rows_are_added_and_taken_out_by_buttons_and_nothing_typed_is_lost(boat) -> None:
    first = _crew(boat)
    assert 'name="crew-count" value="1"' in str(first)
    added = _crew(boat, _rows({"sailor": "Ann"}, _add="crew"))
    assert not added.is_valid()
    assert not added.errors
    page = str(added)
    assert 'name="crew-count" value="2"' in page
    assert 'value="Ann"' in page
    assert "Sailor 2" in page
    assert "error" not in page
    out = str(_crew(boat, _rows({"sailor": "Ann"}, {"sailor": "Ben"}, _take_out="crew 0")))
    assert 'name="crew-count" value="1"' in out
    assert 'value="Ben"' in out
    assert 'value="Ann"' not in out


def test_no_more_rows_than_may_be(boat) -> None:
    full_boat = str(_crew(boat, _rows({"sailor": "A"}, {"sailor": "B"}, {"sailor": "C"})))
    assert 'name="_add"' not in full_boat
    forced = _crew(boat, _rows(*[{"sailor": "A"}] * 3, _add="crew"))
    assert 'name="crew-count" value="3"' in str(forced)
    flood = _crew(boat, {"crew-count": "9" * 30, "crew-0-sailor": "A"})
    assert len(flood["crew"].value()) == 3


@pytest.mark.parametrize("button", ["crew -1", "crew 9", "crew x", "boat 0", "crew 0 0", ""])
def test_a_button_that_was_tampered_with_takes_nothing_out(boat, button) -> None:
    form = _crew(boat, _rows({"sailor": "Ann"}, _take_out=button))
    assert 'value="Ann"' in str(form)


def test_rows_come_back_clean_and_what_is_wrong_is_said_by_its_row(boat) -> None:
    good = _crew(boat, _rows({"sailor": " Ann "}, {"sailor": ""}))
    assert good.is_valid(), good.errors
    assert good.cleaned_data == {"crew": [{"sailor": "Ann", "minor": False}]}
    wrong = _crew(boat, _rows({"sailor": "Ann"}, {"sailor": "B" * 31}))
    assert "Sailor 2, Name: " in wrong.errors["crew"][0]
    none = _crew(boat, _rows())
    assert none.errors["crew"] == ["Give at least 1."]


def test_a_row_asks_what_its_own_answers_lead_to(boat) -> None:
    asked = {"sailor": "Ann", "minor": "on", "_asked_crew": ""}
    sent = _crew(boat, _rows(asked))
    assert (sent.is_valid(), sent.more, dict(sent.errors)) == (False, True, {})
    seen = {**asked, "_asked_crew": "born_on"}
    assert "Sailor 1, Born on: " in _crew(boat, _rows(seen)).errors["crew"][0]
    done = _crew(boat, _rows({**seen, "born_on": "1/5/2015"}))
    assert done.is_valid(), done.errors


# --- the whole form


def test_the_whole_form_is_checked_as_it_was_asked(boat) -> None:
    assert forms.mistakes(boat, PERSON, "en", today=TODAY) == []
    assert forms.mistakes(boat, CLUB, "en", today=TODAY) == []
    lacks = {**CLUB, "crew": []}
    assert [(m.group, m.field) for m in forms.mistakes(boat, lacks, "en", today=TODAY)] == [
        ("crew", "crew")
    ]
    idle = {**PERSON, "club_name": "x" * 99, "crew": [{"sailor": ""}]}
    assert forms.mistakes(boat, idle, "en", today=TODAY) == []


def test_rows_are_told_in_one_line(boat) -> None:
    told = forms.shown(boat.fields["crew"], [SAILOR, {"sailor": "Ben", "minor": True}], "en")
    assert told == "1. Name: Ann Coral, Younger than 18: No; 2. Name: Ben, Younger than 18: Yes"
    assert forms.shown(boat.fields["crew"], [], "en") == ""


def test_an_old_version_still_reads(tiny) -> None:
    old = queries.current("boat-licence").definition
    assert old.fields["island"].when is None
    assert forms.mistakes(old, {}, "en")[0].field == "island"
