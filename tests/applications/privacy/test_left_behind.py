"""What an erasure once left: the phone of a helped person, and whom the night never reached."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import operations as accounts
from accounts.models import Account, ContactPoint, Erasure, PersonContact
from accounts.operations import SamePerson
from applications import operations
from applications.events import CaseRefused
from applications.models import Assistance
from applications.operations import erasing
from applications.queries.calling import open_calls
from applications.queries.reaching import reach
from kernel import retention
from notifications.models import Message
from notifications.states import State
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.assisted import world as helping
from tests.applications.packing import HOME
from tests.applications.privacy import forgetting
from tests.applications.privacy.forgetting import HER_DAY, LATER
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def esther(house) -> int:
    return helping.helper(display_name="Esther")


@pytest.fixture
def aline(house) -> int:
    return people.officer("case.receive", area_code=HOME, office_id=world.office_id(HOME))


def helped(helper_id: int, witness_id: int, rose: helping.Client) -> Citizen:
    """Somebody who signed a slip, and has never proved anything from the phone that she named."""
    case = helping.agreed_on_paper(helper_id, rose, witness_id)
    return Citizen(
        account_id=case.account_id,
        contact_id=case.contact_id,
        person_id=case.holder_id,
        phone=rose.phone,
    )


def written_to(contact_id: int) -> Message:
    return Message.objects.create(
        contact_id=contact_id, language="en", template="helped", body="Esther helps you",
        dedupe_key=f"a test's:{contact_id}", state=State.SENT, queued_at=NOON, due_at=NOON,
    )  # fmt: skip


def test_the_phone_of_somebody_helped_on_paper_goes_with_her(esther, aline):
    rose = helping.client()
    citizen = helped(esther, aline, rose)
    told = written_to(citizen.contact_id)
    assert forgetting.places_of(rose.phone)

    forgetting.erased(citizen)

    assert forgetting.places_of(rose.phone) <= forgetting.KEPT_IN
    told.refresh_from_db()
    assert told.body is None
    help_, done = Assistance.objects.get(), Erasure.objects.get()
    assert help_.contact_id == done.tombstone_id


def test_a_phone_at_which_somebody_else_is_reached_stays_and_her_help_leads_there_no_more(
    esther, aline
):
    sister = people.citizen()
    rose = helping.client(phone=sister.phone)
    citizen = helped(esther, aline, rose)

    forgetting.erased(citizen)

    assert ContactPoint.objects.get(pk=sister.contact_id).value == sister.phone
    assert Assistance.objects.get().contact_id == Erasure.objects.get().tombstone_id


def test_a_phone_through_which_somebody_else_was_helped_stays(esther, aline):
    rose = helping.client()
    neighbour = helping.client(phone=rose.phone)
    hers = helping.agreed_on_paper(esther, neighbour, aline)
    forgetting.erased(helped(esther, aline, rose))
    assert ContactPoint.objects.get(pk=hers.contact_id).value == rose.phone


def test_nobody_leads_a_help_elsewhere_without_an_erasure(esther, aline):
    citizen = helped(esther, aline, helping.client())
    other = people.citizen()
    for state in ("before", "while it runs"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE applications_assistance SET contact_id = %s", [other.contact_id])
        if state == "before":
            forgetting.begun(citizen)


def test_what_becomes_of_her_paper_is_told_to_nobody_and_nobody_is_to_call(esther, aline):
    uwase = people.citizen()
    officer = world.officer(display_name="Aline")
    case = forgetting.refused(uwase, officer)
    operations.ask_call(application_id=case.pk, template="refused", at=NOON)
    supervisor = people.officer("case.supervise")
    over = reach(account_id=supervisor, person_id=0, at=NOON)
    assert [one.application_id for one in open_calls(over)] == [case.pk]
    forgetting.erased(uwase)

    messages.tell_refused(CaseRefused(subject_id=case.pk, occurred_at=HER_DAY), at=HER_DAY)

    assert not Message.objects.filter(queued_at=HER_DAY).exists()
    assert open_calls(over) == []


def test_whom_something_keeps_stands_in_nobodys_way(house, monkeypatch):
    """Persons past the term of the law whose data something keeps came first, and stopped it."""
    for _ in range(3):
        kept = people.citizen()
        forgetting.drafts(kept, 1)
        people.staff(person_id=kept.person_id)
    free = people.citizen()
    forgetting.drafts(free, 1)
    told = {"cases": {"days": 100, "source": "Regulation 7/2026, art. 9"}}
    monkeypatch.setattr(retention, "of_pack", lambda key: told if key == "retention" else {})

    assert erasing.begin_past_terms(LATER, 2, at=HER_DAY) == 1
    assert Erasure.objects.get().person_id == free.person_id


def test_two_who_share_a_phone_are_one_who_erases(house):
    uwase, one = people.citizen(), people.citizen()
    asker, decider = forgetting.asker(person_id=one.person_id), forgetting.decider()
    PersonContact.objects.create(
        person_id=Account.objects.get(pk=decider).person_id,
        contact_id=one.contact_id,
        from_at=NOON,
    )
    erasure_id = accounts.ask_erasure_at_counter(
        entry=world.person_entry(uwase), document="passport", reason="x", by_id=asker, at=LATER
    )
    with pytest.raises(SamePerson):
        forgetting.decide(erasure_id, decider)
    with pytest.raises(DatabaseError, match="one pair of hands"), transaction.atomic():
        Erasure.objects.filter(pk=erasure_id).update(
            decided_by_id=decider, decided_at=LATER, due_at=HER_DAY
        )
