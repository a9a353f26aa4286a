"""What goes from one office to another is nobody's until the other one says that it has arrived."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Account
from accounts.policies import NotGranted
from applications import operations, queries, writing
from applications.models import Application, HandOver
from applications.queries import handing
from applications.states import Handed, SlipKind
from kernel.models import EventRow
from places.models import Office
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.collection.world import counter, issued, make_physical
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def case(uwase: Citizen, staffed) -> Application:
    return world.queued(uwase)


@pytest.fixture
def there(house) -> int:
    """An officer who decides in the neighbouring sector."""
    return world.officer(NEIGHBOUR, display_name="Nadine")


def send(case, by_id, what="case", *, to=NEIGHBOUR, at=NOON):
    return operations.hand_over(
        application_id=case.pk, by_id=by_id, to_office_id=world.office_id(to), what=what, at=at
    )


def arrive(sent, by_id, *, at=NOON + HOUR, note=""):
    operations.acknowledge_arrival(hand_over_id=sent, by_id=by_id, at=at, note=note)


def events(name):
    return EventRow.objects.filter(name=f"applications.case.{name}").count()


def listed(account_id, shown):
    found = queries.page(world.reach(account_id), queries.Filter(queries.Shown(shown)), at=NOON)
    return [one.pk for one in found.cases]


def test_a_case_on_its_way_is_in_nobodys_queue_and_then_in_the_other_offices(case, staffed, there):
    sent = send(case, staffed.aline)
    assert world.fresh(case).officer_id is None
    for account_id in (staffed.aline, there):
        assert listed(account_id, "office") == listed(account_id, "unassigned") == []
        counts = queries.counts(world.reach(account_id), at=NOON).waiting
        assert (counts.mine, counts.office, counts.unassigned) == (0, 0, 0)
    arrive(sent, there)
    assert listed(there, "office") == listed(there, "mine") == [case.pk]
    assert queries.counts(world.reach(there), at=NOON).waiting.office == 1
    arrived = world.fresh(case)
    assert arrived.deciding_office_id == arrived.handing_office_id == world.office_id(NEIGHBOUR)
    assert arrived.receiving_office_id == world.office_id(HOME)
    assert (events("handed_over"), events("arrived")) == (1, 1)


def test_on_its_way_nobody_takes_it_gets_it_or_sends_it_again(case, staffed, there):
    send(case, staffed.aline)
    head = world.officer(HOME, "case.supervise")
    with pytest.raises(operations.NotNow):
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
    with pytest.raises(operations.CannotReassign):
        operations.reassign(
            application_ids=[case.pk],
            to_officer_id=staffed.bosco,
            by_id=head,
            reason_code="late",
            at=NOON,
        )
    with pytest.raises(operations.OnItsWay):
        send(case, staffed.bosco, "file")
    assert operations.reroute(office_id=world.office_id(HOME), at=NOON) == 0
    with pytest.raises(IntegrityError, match="on its way"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer_id=staffed.bosco)


def test_whoever_has_it_in_hand_sends_it_and_no_colleague(uwase, staffed, there):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NotHeld):
        send(case, staffed.bosco)
    arrive(send(case, staffed.aline), there)
    assert world.fresh(case).officer_id == there
    assert queries.history(case.pk)[-1].note_code == "handed_over"


def test_the_promise_stays_while_it_is_on_its_way(case, staffed, there):
    promised_at = case.promised_at
    arrive(send(case, staffed.aline), there, at=NOON + DAY)
    assert world.fresh(case).promised_at == promised_at


def test_a_signed_paper_is_handed_out_where_it_has_arrived(uwase, staffed, house):
    make_physical()
    case = issued(uwase, staffed.aline)
    near = counter(NEIGHBOUR)
    sent = send(case, staffed.aline, "paper")
    with pytest.raises(operations.NotNow):
        operations.ready(application_id=case.pk, by_id=counter(HOME), at=NOON)
    arrive(sent, near)
    operations.ready(application_id=case.pk, by_id=near, at=NOON + HOUR)
    assert world.fresh(case).ready_paper.office_id == world.office_id(NEIGHBOUR)


def test_a_file_goes_from_where_it_arrived_last(case, staffed, there):
    arrive(send(case, staffed.aline, "file"), there)
    assert handing.where(case, Handed.FILE) == world.office_id(NEIGHBOUR)
    with pytest.raises(NotGranted):
        send(case, staffed.aline, "file", to=FAR)
    send(case, there, "file", to=HOME)
    assert world.fresh(case).deciding_office_id == world.office_id(HOME)


@pytest.mark.parametrize(
    ("what", "to", "refusal"),
    [
        ("case", HOME, operations.NoTarget),
        ("cat", NEIGHBOUR, operations.NoTarget),
        ("paper", NEIGHBOUR, operations.NotNow),
    ],
)
def test_what_cannot_go_is_refused(case, staffed, what, to, refusal):
    with pytest.raises(refusal):
        send(case, staffed.aline, what, to=to)
    assert not HandOver.objects.exists()


def test_nothing_goes_to_a_closed_office_and_postgresql_says_so_too(case, staffed):
    Office.objects.filter(pk=world.office_id(NEIGHBOUR)).update(active=False)
    with pytest.raises(operations.OfficeClosed):
        send(case, staffed.aline)
    with pytest.raises(IntegrityError, match="open office"), transaction.atomic():
        HandOver.objects.create(
            application=case,
            version=9,
            what="case",
            from_office_id=world.office_id(HOME),
            to_office_id=world.office_id(NEIGHBOUR),
            by_id=staffed.aline,
            at=NOON,
        )


def test_only_who_has_the_right_there_acknowledges_and_once(case, staffed, there):
    sent = send(case, staffed.aline)
    for stranger in (staffed.far, staffed.bosco):
        with pytest.raises(NotGranted):
            arrive(sent, stranger)
    arrive(sent, there, note="  The envelope was open. ")
    assert HandOver.objects.get().arrived_note == "The envelope was open."
    with pytest.raises(operations.NothingArrives):
        arrive(sent, there)
    with pytest.raises(operations.NothingArrives):
        arrive(sent + 1, there)


def test_whoever_sends_does_not_acknowledge_not_even_by_postgresql(case, staffed, house):
    of_both = people.officer("case.receive", area_code="12", office_id=world.office_id())  # Both.
    sent = send(case, of_both)
    with pytest.raises(operations.SameHands):
        arrive(sent, of_both)
    with pytest.raises(IntegrityError, match="who sent it"), transaction.atomic():
        HandOver.objects.filter(pk=sent).update(arrived_by_id=of_both, arrived_at=NOON)


def test_nobody_sends_her_own_case(uwase, staffed, case):
    own = counter(HOME, person_id=uwase.person_id)
    with pytest.raises(operations.OwnCase):
        send(case, own)


def test_many_arrive_at_once_or_none(uwase, staffed, there):
    both = [send(world.queued(uwase), staffed.aline) for _ in range(2)]
    elsewhere = send(world.queued(uwase), staffed.aline, to=FAR)
    with pytest.raises(NotGranted):
        operations.acknowledge_arrivals(hand_over_ids=[*both, elsewhere], by_id=there, at=NOON)
    assert not HandOver.objects.filter(arrived_at__isnull=False).exists()
    done = operations.acknowledge_arrivals(hand_over_ids=both, by_id=there, at=NOON)
    assert done == 2


def test_the_two_lists_show_what_comes_and_what_left(case, staffed, there):
    send(case, staffed.aline)
    coming = queries.on_the_way(account_id=there, person_id=_person(there), at=NOON)
    leaving = queries.on_the_way(
        account_id=staffed.aline, person_id=_person(staffed.aline), at=NOON
    )
    assert [one.application_id for one in coming.incoming] == [case.pk]
    assert [one.application_id for one in leaving.outgoing] == [case.pk]
    assert coming.outgoing == leaving.incoming == []


def test_what_does_not_arrive_in_two_working_days_is_said_to_both_supervisors_once(
    case, staffed, there
):
    heads = {world.officer(one, "case.supervise") for one in (HOME, NEIGHBOUR)}
    sent = send(case, staffed.aline)
    assert operations.look_for_handed_over(now=NOON + HOUR) == 0
    late = NOON + 5 * DAY
    assert [operations.look_for_handed_over(now=late) for _ in range(2)] == [1, 0]
    assert events("hand_over_overdue") == 1
    assert set(queries.supervisors_of_hand_over(case.pk, at=late)) == heads
    arrive(sent, there, at=late)
    assert queries.supervisors_of_hand_over(case.pk, at=late) == []


def test_the_control_slip_tells_who_had_it_and_how_long_it_was_on_its_way(case, staffed, there):
    arrive(send(case, staffed.aline), there, at=NOON + 2 * HOUR)
    facts = writing.facts(SlipKind.CONTROL_SLIP, world.fresh(case), language="en")
    [line] = [desk for desk in facts["desks"] if "handed over by" in desk["act"]]
    assert line["held"] == "2 h 00"


def test_a_case_taken_back_on_its_way_stays_taken_back(uwase, case, staffed, there):
    sent = send(case, staffed.aline)
    operations.withdraw(
        application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    arrive(sent, there)
    assert world.fresh(case).status == "WITHDRAWN"


def test_what_was_handed_over_stays_written(case, staffed):
    send(case, staffed.aline)
    for change in ({"what": "file"}, {"to_office_id": world.office_id(FAR)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            HandOver.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        HandOver.objects.all().delete()


def _person(account_id):
    return Account.objects.get(pk=account_id).person_id
