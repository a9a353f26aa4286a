import datetime as dt

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from design import context_processors, notes, wording
from design.wording import Share, Shares
from tests.world import NOON


def draw(source: str, **context: object) -> str:
    return Template("{% load components %}" + source).render(Context(context)).strip()


def test_a_tag_has_words_and_escapes_them() -> None:
    drawn = draw("{% tag text 'bad' %}", text="<b>Late")
    assert drawn == '<span class="tag bad">&lt;b&gt;Late</span>'


def test_a_tag_of_an_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="no such tone"):
        draw("{% tag 'Late' 'purple' %}")


def test_a_reference_stands_in_groups_of_four_and_is_copied_whole() -> None:
    drawn = draw("{% ticket_reference reference %}", reference="407291853343")
    assert drawn == '<p class="ref"><data value="407291853343">4072 9185 3343</data></p>'


@pytest.mark.parametrize(
    ("language", "amount_minor", "currency", "said"),
    [
        ("en", 2500, "RWF", "2,500 RWF"),
        ("en", 150050, "KES", "1,500.50 KES"),
        ("en", 0, "RWF", "0 RWF"),
    ],
)
def test_money_is_said_in_the_readers_way(
    language: str, amount_minor: int, currency: str, said: str
) -> None:
    with translation.override(language):
        assert said in draw("{% money amount currency %}", amount=amount_minor, currency=currency)


def test_a_time_is_told_in_the_countrys_zone() -> None:
    in_utc = NOON.astimezone(dt.UTC)
    with translation.override("en"):
        assert draw("{% when moment %}", moment=in_utc) == (
            '<time datetime="2026-11-23T12:00:00+02:00">Monday 23 November 2026, 12:00</time>'
        )


def test_a_short_time_leaves_out_weekday_and_year() -> None:
    with translation.override("en"):
        assert ">23 November, 12:00<" in draw("{% when moment 'short' %}", moment=NOON)


def test_a_day_has_no_hour_and_no_time_is_said_to_be_unknown() -> None:
    with translation.override("en"):
        assert draw("{% when day %}", day=NOON.date()).endswith("23 November 2026</time>")
        assert draw("{% when none %}", none=None) == "not known"


def test_the_story_says_whose_turn_it_is() -> None:
    items = [
        {"text": "Applied", "time": NOON, "state": "done", "note": ""},
        {"text": "<i>Paid</i>", "time": None, "state": "next", "note": ""},
        {"text": "Signed", "time": None, "state": "later", "note": "then to your phone"},
    ]
    drawn = draw("{% story items %}", items=items)
    assert drawn.count("<li") == 3
    assert '<li class="next" aria-current="step">&lt;i&gt;Paid&lt;/i&gt;' in drawn
    assert '<li class="later">Signed<p class="hint">then to your phone</p>' in drawn


def test_a_summary_row_may_offer_a_change_and_escapes_what_was_typed() -> None:
    rows = [("Name", "<script>alert(1)</script>", "/change", "Change"), ("Sex", "F")]
    drawn = draw("{% summary_list rows %}", rows=rows)
    assert "<script" not in drawn
    assert drawn.count("<a ") == 1
    assert '<a href="/change">Change<span class="sr"> Name</span></a>' in drawn


def test_a_link_to_an_unknown_page_is_nothing() -> None:
    assert draw("{% link 'nobody:home' %}{% nav_item 'nobody:home' 'Home' %}") == ""


def test_pages_go_on_by_key_and_never_by_count() -> None:
    assert draw("{% pages %}") == ""
    assert 'rel="next" href="?after=7"' in draw("{% pages '' '?after=7' %}")


def test_the_band_has_every_colour_of_the_flag_and_no_inline_style() -> None:
    stripes = context_processors.band(("#000", "#f00", "#0f0"))
    drawn = render_to_string("design/includes/band.html", {"site": {"stripes": stripes}})
    assert [s.x for s in stripes] == [0, 40, 80]
    assert drawn.count("<rect") == 3
    assert 'fill="#f00"' in drawn
    assert "style" not in drawn


@pytest.mark.parametrize("page", ["400.html", "500.html", "503.html"])
def test_a_page_for_a_broken_day_needs_no_request_and_no_database(page: str) -> None:
    drawn = render_to_string(page)
    assert page[:3] in drawn
    assert "<h1>" in drawn
    assert "<form" not in drawn


def test_who_may_have_paid_is_told_not_to_pay_again_when_the_house_breaks() -> None:
    with translation.override("en"):
        assert "do not pay again" in render_to_string("500.html")


PARTLY = "Not everything is said in this language yet: the rest is in "
MACHINE = "were translated by a machine and not yet read by a person."


@pytest.mark.parametrize(
    ("citizens", "says"),
    [
        (Share(total=9), []),
        (Share(total=9, missing=1), [PARTLY]),
        (Share(total=9, machine=1), [MACHINE]),
        (Share(total=9, missing=1, machine=1), [PARTLY, MACHINE]),
    ],
)
def test_a_page_says_what_is_to_be_known_of_its_words(rf, monkeypatch, citizens, says) -> None:
    monkeypatch.setattr(wording, "shares", lambda language: Shares(Share(total=99), citizens))
    # What the note itself says in Kinyarwanda is the translators' matter.
    monkeypatch.setattr(notes, "gettext", str)
    with translation.override("rw"):
        page = render_to_string("design/base.html", {}, request=rf.get("/"))

    assert [one for one in (PARTLY, MACHINE) if one in page] == says
    assert page.count('<p class="hint" lang="en">') == len(says)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_whole_language_has_nothing_to_say_of_its_words(rf, language) -> None:
    with translation.override(language):
        page = render_to_string("design/base.html", {}, request=rf.get("/"))

    assert '<p class="hint" lang=' not in page
