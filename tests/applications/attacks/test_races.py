"""Two at once, on real transactions: hand-overs, undoing, sheets and consents."""

from datetime import timedelta

import pytest
from django.db import transaction

from applications import operations
from applications.invariants import INVARIANTS
from applications.models import HandOver
from documents import operations as documents
from documents.invariants import INVARIANTS as OF_PAPERS
from documents.models import Paper
from tests import breaking
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import undo
from tests.applications.assisted.world import agreed, client, helper
from tests.applications.collection.world import counter
from tests.applications.downtime.test_books import PRINTED, book, codes, on_sheet
from tests.applications.packing import FAR, NEIGHBOUR
from tests.applications.test_races import at_once
from tests.countries.packs import load
from tests.world import NOON
from workers import processes

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def office(db, small_pack):
    with transaction.atomic():
        load(small_pack)
    return world.officer(), world.officer()


def names(raised) -> list[str]:
    return sorted(type(one).__name__ for one in raised)


def sound(as_owner) -> None:
    assert breaking.found(as_owner, [*INVARIANTS, *OF_PAPERS]) == {}


def send(case, by_id, to=NEIGHBOUR, what="case") -> int:
    return operations.hand_over(
        application_id=case.pk, by_id=by_id, to_office_id=world.office_id(to), what=what, at=NOON
    )


def arrive(sent, by_id) -> None:
    operations.acknowledge_arrival(hand_over_id=sent, by_id=by_id, at=NOON + HOUR)


def test_a_case_that_two_send_at_once_goes_to_one_office(office, as_owner):
    aline, bosco = office
    case = world.queued(people.citizen())
    raised = at_once(lambda: send(case, aline), lambda: send(case, bosco, FAR))
    assert names(raised) == ["NoneType", "OnItsWay"]
    assert HandOver.objects.count() == 1
    sound(as_owner)


def test_a_case_is_either_taken_or_sent(office, as_owner):
    aline, bosco = office
    case = world.queued(people.citizen())
    raised = at_once(
        lambda: operations.take(application_id=case.pk, by_id=aline, at=NOON),
        lambda: send(case, bosco),
    )
    assert names(raised) in (["NoneType", "NotHeld"], ["NoneType", "NotNow"])
    assert (world.fresh(case).officer_id is None) == HandOver.objects.exists()
    sound(as_owner)


def test_an_arrival_that_two_acknowledge_is_acknowledged_once(office, as_owner):
    aline, _ = office
    there = [world.officer(NEIGHBOUR) for _ in range(2)]
    case = world.queued(people.citizen())
    sent = send(case, aline)
    raised = at_once(*(lambda by_id=one: arrive(sent, by_id) for one in there))
    assert names(raised) == ["NoneType", "NothingArrives"]
    assert world.fresh(case).deciding_office_id == world.office_id(NEIGHBOUR)
    sound(as_owner)


def test_undo_and_the_drawing_at_once_leave_no_paper_behind(office, as_owner):
    aline, _ = office
    case = world.approved(people.citizen(), aline)
    world.make_keys()
    until = NOON + world.MINUTE
    documents.claim_for_rendering(limit=4, now=NOON, until=until)
    documents.sign_claims(case.paper_id, at=NOON)
    drawn = documents.render(case.paper_id)

    def draw():
        documents.record_rendering(case.paper_id, drawn, at=NOON)
        with transaction.atomic():
            processes.await_signature(
                processes.PaperRendered(subject_id=case.paper_id, occurred_at=NOON), NOON
            )

    raised = at_once(lambda: undo(case, aline), draw)
    assert raised[1] is None
    if raised[0] is not None:  # The drawing came first, and moved the case on.
        assert names(raised) == ["NoneType", "StalePage"]
        undo(world.fresh(case), aline)
    assert Paper.objects.get().state == "ABANDONED"
    assert world.fresh(case).status == "UNDER_REVIEW"
    sound(as_owner)


def test_a_sheet_that_two_capture_is_captured_once(office, as_owner):
    with transaction.atomic():
        typists = [counter(at=PRINTED - HOUR) for _ in range(2)]
        code = codes(book(typists[0], 1))[0]
    whose = people.citizen()

    def capture(by_id):
        operations.capture(sheet_code=code, on_sheet=on_sheet(whose, by_id), by_id=by_id, at=NOON)

    raised = at_once(*(lambda by_id=one: capture(by_id) for one in typists))
    assert names(raised) == ["NoneType", "SheetEnded"]
    sound(as_owner)


def test_what_is_revoked_while_it_is_sent_in_is_one_or_the_other(office, as_owner):
    agent = helper()
    case = agreed(agent, client())
    operations.save_answers_for(
        application_id=case.pk, helper_id=agent, given=world.ANSWERS[world.BIRTH], at=NOON
    )
    raised = at_once(
        lambda: operations.submit_for(application_id=case.pk, helper_id=agent, at=NOON),
        lambda: operations.revoke_consent(
            application_id=case.pk, holder_id=case.holder_id, at=NOON
        ),
    )
    assert raised[1] is None
    sent = world.fresh(case).status == "AWAITING_PAYMENT"
    assert names(raised[:1]) == (["NoneType"] if sent else ["NotHelping"])
    with pytest.raises(operations.NotHelping):
        operations.submit_for(application_id=case.pk, helper_id=agent, at=NOON)
    sound(as_owner)
