"""What a register tells of a person reaches the papers that she holds."""

from datetime import date, timedelta

import pytest

from documents import operations
from documents.models import Paper, ReissueProposal
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import HOLDER, LATER, SPOUSE, Office, do, finish, state, tell
from tests.documents.life.test_acts import check_now
from tests.world import NOON

pytestmark = pytest.mark.django_db


def end(event_id: int) -> list[int]:
    return operations.end_for_event(event_id=event_id, at=LATER)


def test_being_single_ends_by_the_marriage_of_either_spouse(office: Office) -> None:
    his = people.single(office)
    hers = people.single(office, cited_entry_id=people.cite(SPOUSE, sex="F"))
    somebodys = people.single(office, cited_entry_id=people.cite("1198870000000099"))

    assert end(tell("marriage", HOLDER, SPOUSE)) == [his, hers]
    check_now()

    paper = Paper.objects.get(pk=his)
    assert (paper.state, paper.ended_on, paper.end_reason) == (
        "ENDED", date(2026, 11, 20), "marriage",
    )  # fmt: skip
    assert state(somebodys) == "ISSUED"


@pytest.mark.parametrize(("kind", "ends"), [("death", True), ("marriage", True), ("move", False)])
def test_a_paper_ends_by_the_events_that_its_wording_names(
    office: Office, kind: str, ends: bool
) -> None:
    paper_id = people.single(office)
    end(tell(kind, HOLDER))
    assert state(paper_id) == ("ENDED" if ends else "ISSUED")


def test_a_birth_and_a_marriage_stay_true(office: Office) -> None:
    birth = worlds.issue(office.world)
    marriage = worlds.issue(
        office.world, paper_type="marriage_certificate", cited_entry_id=worlds.cite_marriage()
    )
    assert end(tell("death", HOLDER, SPOUSE)) == []
    assert (state(birth), state(marriage)) == ("ISSUED", "ISSUED")


def test_what_the_register_knew_when_it_was_asked_ends_nothing(office: Office) -> None:
    paper_id = people.single(office)
    old = tell("marriage", HOLDER, recorded_at=NOON - timedelta(days=1))
    assert end(old) == []
    # Registered late: the paper was untrue from its first day, and says since when.
    late = tell("marriage", HOLDER, number=2, happened_on=date(2026, 1, 10))
    assert end(late) == [paper_id]
    assert Paper.objects.get(pk=paper_id).ended_on == date(2026, 1, 10)


def test_events_repeated_and_out_of_order_end_a_paper_once_and_since_the_first(
    office: Office,
) -> None:
    paper_id = people.single(office)
    death = tell("death", HOLDER, happened_on=date(2026, 11, 21))
    marriage = tell("marriage", HOLDER, happened_on=date(2026, 11, 19))

    assert end(death) == [paper_id]
    assert end(death) == end(marriage) == []
    paper = Paper.objects.get(pk=paper_id)
    assert (paper.ended_on, paper.end_reason) == (date(2026, 11, 19), "marriage")


def test_a_suspended_paper_ends_and_a_revoked_one_stays_revoked(office: Office) -> None:
    suspended, revoked = people.single(office), people.single(office)
    do(office, suspended, "suspend")
    do(office, revoked, "revoke")
    assert end(tell("death", HOLDER)) == [suspended]
    assert (state(suspended), state(revoked)) == ("ENDED", "REVOKED")


def test_what_happened_while_the_paper_was_made_ends_it_as_soon_as_it_is_out(
    office: Office,
) -> None:
    paper_id = worlds.request(
        office.world, paper_type="single_status", cited_entry_id=people.cite()
    )
    assert end(tell("marriage", HOLDER)) == []
    assert not operations.end_if_over(paper_id=paper_id, at=LATER)
    finish(office, paper_id)

    assert operations.end_if_over(paper_id=paper_id, at=LATER)
    assert not operations.end_if_over(paper_id=paper_id, at=LATER)
    assert state(paper_id) == "ENDED"


def test_a_correction_proposes_a_reissue_and_ends_nothing(office: Office) -> None:
    birth = worlds.issue(office.world)
    single = people.single(office, cited_entry_id=people.cite(SPOUSE))
    correction = tell("correction", SPOUSE, entry_kind="birth")

    assert end(correction) == end(correction) == []
    assert state(birth) == "ISSUED"
    assert list(ReissueProposal.objects.values_list("paper_id", flat=True)) == [birth]
    assert single not in ReissueProposal.objects.values_list("paper_id", flat=True)
