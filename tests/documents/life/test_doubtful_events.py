"""Registers that know of different things, or of nothing true: who is right is for people."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from structlog.testing import capture_logs

from documents import listing, operations
from documents.models import Paper, PaperChange, ReissueProposal
from documents.operations import ending
from registers.models import RegisterEvent
from tests.documents.life import people
from tests.documents.life.people import HOLDER, LATER, Office, do, finish, state, tell
from tests.documents.life.test_acts import check_now
from tests.world import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def end(event_id: int) -> list[int]:
    return operations.end_for_event(event_id=event_id, at=LATER)


def tell_by(register: str, kind: str, **more: object) -> int:
    return tell(kind, HOLDER, register=register, **more)


def proposed(paper_id: int) -> bool:
    at_desk = listing.at_offices(None).get(pk=paper_id)
    return bool(at_desk.proposed)


def test_a_marriage_of_another_register_before_ours_was_asked_is_for_the_office(
    office: Office,
) -> None:
    paper_id = people.single(office)
    marriage = tell_by("civil", "marriage", recorded_at=NOON - HOUR, happened_on=NOON.date())
    assert end(marriage) == end(marriage) == []

    assert state(paper_id) == "ISSUED"
    assert list(ReissueProposal.objects.values_list("paper_id", flat=True)) == [paper_id]
    assert proposed(paper_id)


def test_it_is_found_too_where_it_was_read_before_the_paper_was_asked_for(office: Office) -> None:
    tell_by("civil", "marriage", recorded_at=NOON - 9 * HOUR, read_at=NOON - 9 * HOUR)
    paper_id = people.single(office)
    assert not operations.end_if_over(paper_id=paper_id, at=LATER)
    assert (state(paper_id), proposed(paper_id)) == ("ISSUED", True)


@pytest.mark.parametrize(
    ("recorded_at", "read_at", "expected"),
    [
        (NOON - HOUR, LATER, ("ISSUED", False)),  # It knew.
        (NOON - timedelta(minutes=15), LATER, ("ISSUED", False)),
        (NOON - timedelta(minutes=14), LATER, ("ISSUED", True)),  # Its clock may be slow.
        (NOON - timedelta(minutes=14), NOON, ("ISSUED", False)),  # It had told us of it.
        (NOON, LATER, ("ISSUED", True)),
        (NOON + timedelta(seconds=1), LATER, ("ENDED", False)),
        (NOON + 20 * HOUR, LATER, ("ENDED", False)),  # Its clock is fast.
        (NOON + 20 * HOUR, NOON, ("ISSUED", False)),
    ],
)
def test_the_register_that_was_asked_knew_what_it_had_recorded_well_before(
    office: Office, recorded_at: datetime, read_at: datetime, expected: tuple[str, bool]
) -> None:
    paper_id = people.single(office)
    end(tell_by("population", "death", recorded_at=recorded_at, read_at=read_at))
    assert (state(paper_id), proposed(paper_id)) == expected


def test_an_event_of_tomorrow_ends_what_stood_and_nothing_that_is_made_after_it(
    office: Office,
) -> None:
    stood = people.single(office, cited_entry_id=people.cite())
    tomorrow = tell_by("civil", "death", recorded_at=NOON + 20 * HOUR, read_at=LATER)
    assert end(tomorrow) == [stood]

    do(office, stood, "reissue", cited_entry_id=_cite_again(LATER + HOUR))
    anew = Paper.objects.get(replaces=stood).pk
    finish(office, anew)
    assert not operations.end_if_over(paper_id=anew, at=LATER + HOUR)
    assert (state(anew), proposed(anew)) == ("ISSUED", True)


def test_what_a_register_ended_by_mistake_is_made_anew_by_two_people(office: Office) -> None:
    paper_id = people.single(office, officer_id=None, sealed_only=True)
    end(tell("death", HOLDER))
    assert state(paper_id) == "ENDED"
    for kind in ("resume", "suspend", "revoke"):
        with pytest.raises(operations.NotNow):
            people.ask(office, paper_id, kind)

    do(office, paper_id, "reissue", cited_entry_id=_cite_again(LATER + HOUR))
    anew = Paper.objects.get(replaces=paper_id).pk
    finish(office, anew)
    check_now()
    assert not operations.end_if_over(paper_id=anew, at=LATER + HOUR)
    assert (state(paper_id), state(anew)) == ("ENDED", "ISSUED")
    assert listing.newest_of(paper_id) == anew
    with pytest.raises(operations.AskedAlready):
        people.ask(office, paper_id, "reissue", cited_entry_id=people.cite())


def test_a_register_that_ends_too_much_in_an_hour_is_rung_for(office: Office, monkeypatch) -> None:
    monkeypatch.setattr(ending, "ENDINGS_AN_HOUR_MAX", 1)
    numbers = ["1198880000000051", "1198880000000052", "1198880000000053"]
    for number in numbers:
        people.single(office, cited_entry_id=people.cite(number), officer_id=None, sealed_only=True)
    rung = []
    for turn, number in enumerate(numbers):
        with capture_logs() as logs:
            # The third comes when the first hour is over.
            at = LATER + (2 * HOUR if turn == 2 else timedelta())
            operations.end_for_event(event_id=tell("death", number, number=turn), at=at)
        rung.append([line["an_hour"] for line in logs if line["event"] == "paper.many_endings"])
    assert rung == [[], [2], []]


@pytest.mark.parametrize(
    "more",
    [
        {"recorded_at": NOON - timedelta(days=3000), "happened_on": date(1995, 1, 1)},
        {"recorded_at": NOON + HOUR, "read_at": NOON},
        {"kind": "correction", "entry_kind": "population"},
    ],
)
def test_postgresql_ends_a_paper_only_by_what_was_recorded_since_it_was_cited(
    office: Office, more: dict
) -> None:
    paper_id = people.single(office)
    good, bad = tell("death", HOLDER), _tell(**{"kind": "death", **more})
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        _end_by_hand(paper_id, bad)
    assert refused.value.__cause__.diag.constraint_name == "paper_ended_by_an_event"
    _end_by_hand(paper_id, good)
    check_now()
    assert state(paper_id) == "ENDED"


def _end_by_hand(paper_id: int, event_id: int) -> None:
    event = RegisterEvent.objects.get(pk=event_id)
    PaperChange.objects.create(
        paper_id=paper_id, source="ISSUED", target="ENDED", event=event, changed_at=LATER
    )
    Paper.objects.filter(pk=paper_id).update(
        state="ENDED", ended_on=event.happened_on, end_reason=event.kind
    )


def _tell(kind: str, **more: object) -> int:
    return tell(kind, HOLDER, number=2, **more)


def _cite_again(at: datetime) -> int:
    """The population register, asked later: she is alive, and single."""
    return people.cite(at=at)
