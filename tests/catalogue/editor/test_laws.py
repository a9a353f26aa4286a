"""A fee whose law has ended is asked for by nothing: whoever keeps its page is told."""

from datetime import date

import pytest
from django.urls import reverse

from catalogue import laws, queries_kept
from catalogue.models import Service, ServiceVersion
from catalogue.operations import reviewing
from catalogue.pages import editing_words
from tests.accounts import people
from tests.applications.browser import officer_at, text_of
from tests.catalogue.editor.world import BIRTH, LAW, begun, fee, fresh, write
from tests.world import NOON

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("until", "amount", "codes"),
    [
        ("2026-11-22", 500, ["stamp"]),
        ("2026-11-22", None, ["stamp"]),
        ("2026-11-22", 0, []),
        ("2026-11-23", 500, []),  # Its last day.
        ("", 500, []),
        ("some day", 500, []),
    ],
)
def test_a_law_holds_on_its_last_day_and_no_longer(until, amount, codes) -> None:
    said = {"fees": [{"code": "stamp", "amount_minor": amount, "legal_until": until}]}
    assert laws.ended(said, on=DAY) == codes
    assert laws.ended({}, on=DAY) == []


def test_a_draft_whose_law_has_ended_cannot_be_sent(desk) -> None:
    draft = begun(desk)
    write(draft, "fees", [fee(500, **LAW, legal_until="2026-11-01")], by_id=desk.ange)
    draft = fresh(draft.pk)
    (lack,) = reviewing.lacks(draft, at=NOON)
    (gap,) = editing_words.gaps([lack], draft.definition, draft.pk)
    assert "has ended" in str(gap.why)
    assert not gap.is_english
    with pytest.raises(reviewing.NotReady):
        reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    write(draft, "fees", [fee(500, **LAW, legal_until="2027-11-01")], by_id=desk.ange)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)


def _publish(until: str) -> None:
    service = Service.objects.select_related("current").get(code=BIRTH)
    says = service.current.definition
    service.current = ServiceVersion.objects.create(
        service=service,
        number=service.current.number + 1,
        definition={**says, "fees": [fee(500, **LAW, legal_until=until)]},
        published_at=NOON,
        source="pack",
    )
    service.save()


def test_the_board_marks_a_page_whose_fee_has_no_law_any_more(house) -> None:
    _publish("2026-11-01")
    lines = {one.code: one for one in queries_kept.lines(None, "en", at=NOON)}
    assert lines[BIRTH].is_law_over
    assert sum(one.is_law_over for one in lines.values()) == 1
    keeper = officer_at(people.officer("catalogue.confirm"))
    assert "the law of a fee has ended" in text_of(keeper.get(reverse("catalogue:kept")))


def test_the_page_says_since_when_and_until_when_the_law_holds(house, client) -> None:
    _publish("2027-12-31")
    page = text_of(client.get(f"/services/{BIRTH}/"))
    assert 'in force since <time datetime="2026-07-01">1 July 2026</time>' in page
    assert 'until <time datetime="2027-12-31">31 December 2027</time>' in page
