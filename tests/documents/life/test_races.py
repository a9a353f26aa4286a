"""Two at once: one decides, one is refused, and what is out is never worth two things."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from documents import operations
from documents.invariants import INVARIANTS
from documents.models import Paper, PaperAct
from tests import breaking
from tests.accounts.people import officer
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import LATER, Office, state
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Begin together; return what each returned or raised, in their order."""
    told: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait(30)
        try:
            told[place] = act()
        except Exception as error:
            told[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def sealed(office: Office, **more: object) -> int:
    return people.single(office, officer_id=None, sealed_only=True, **more)


def kinds(told: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in told)


def test_of_two_deciders_at_once_one_decides(office: Office) -> None:
    paper_id = sealed(office)
    third = officer(*people.ALL, area_code="12")
    act_id = people.ask(office, paper_id, "revoke")

    told = at_once(
        lambda: people.approve(office, act_id),
        lambda: people.approve(office, act_id, by_id=third),
    )

    assert kinds(told) == ["DecidedAlready", "NoneType"]
    assert state(paper_id) == "REVOKED"


def test_of_a_decision_and_a_withdrawal_at_once_one_counts(office: Office) -> None:
    paper_id = sealed(office)
    act_id = people.ask(office, paper_id, "revoke")

    told = at_once(
        lambda: people.approve(office, act_id),
        lambda: operations.withdraw_act(act_id=act_id, by_id=office.asker_id, at=NOON),
    )

    assert kinds(told) == ["DecidedAlready", "NoneType"]
    act = PaperAct.objects.get(pk=act_id)
    assert (state(paper_id) == "REVOKED") == bool(act.approved)


def test_a_reissue_that_comes_out_while_the_old_is_revoked(office: Office, as_owner) -> None:
    old = sealed(office)
    people.do(office, old, "reissue", cited_entry_id=people.cite())
    new = Paper.objects.get(replaces=old).pk
    worlds.draw(new)
    revoke = people.ask(office, old, "revoke")

    told = at_once(
        lambda: operations.sign_through(new, at=NOON), lambda: people.approve(office, revoke)
    )

    assert told[0] is None
    revoked = told[1] is None
    assert (state(old), state(new)) == (
        ("REVOKED", "ABANDONED") if revoked else ("SUPERSEDED", "ISSUED")
    )
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_a_copy_that_comes_out_while_its_original_is_revoked(office: Office, as_owner) -> None:
    original = sealed(office)
    late = people.copy(office, original)
    worlds.draw(late)
    revoke = people.ask(office, original, "revoke")

    told = at_once(
        lambda: operations.sign_through(late, at=NOON), lambda: people.approve(office, revoke)
    )

    assert told == [None, None]
    assert (state(original), state(late)) == ("REVOKED", "REVOKED")
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_a_copy_that_is_resumed_while_its_original_is_suspended(office: Office, as_owner) -> None:
    original = sealed(office)
    copy = people.copy(office, original)
    people.finish(office, copy)
    people.do(office, copy, "suspend")
    resume, suspend = people.ask(office, copy, "resume"), people.ask(office, original, "suspend")

    told = at_once(lambda: people.approve(office, resume), lambda: people.approve(office, suspend))

    assert kinds(told) in (["NoneType", "NoneType"], ["NoneType", "NotNow"])
    assert (state(original), state(copy)) == ("SUSPENDED", "SUSPENDED")
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_two_copies_at_once_are_counted_one_after_the_other(office: Office) -> None:
    original = sealed(office)
    told = at_once(*[lambda: people.copy(office, original)] * 3)
    assert sorted(Paper.objects.filter(pk__in=told).values_list("copy_no", flat=True)) == [1, 2, 3]


def test_two_events_at_once_end_a_paper_once(office: Office, as_owner) -> None:
    paper_id = sealed(office)
    events = [people.tell(kind, people.HOLDER) for kind in ("marriage", "death")]

    told = at_once(
        *(
            lambda event=event: operations.end_for_event(event_id=event, at=LATER)
            for event in events
        )
    )

    assert sorted(told, key=len) == [[], [paper_id]]
    assert state(paper_id) == "ENDED"
    assert breaking.found(as_owner, INVARIANTS) == {}
