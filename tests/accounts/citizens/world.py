"""Citizens at a counter and on two phones, for the tests of this room."""

from datetime import date, datetime

from accounts import operations
from accounts.models import OneTimeCode
from accounts.operations.mending import CONFIRM_PURPOSE
from accounts.states import SeenDocument
from registers.entries import ActEntry, PersonEntry
from tests.accounts import people
from tests.accounts.conftest import entry
from tests.accounts.people import Citizen
from tests.world import NOON

CHILD = "1201480000003019"
BROWSER = "one browser's secret"
NEW, ADDRESS = "+250788777666", "192.0.2.7"
PROOF = "a" * 64


def child_entry(born_on: date = date(2014, 6, 3), **more: object) -> PersonEntry:
    return entry(CHILD, **{"given_names": "Keza", "born_on": born_on, **more})


def birth_of_child(*parents: str) -> ActEntry:
    return ActEntry(
        kind="birth",
        office_code="1209",
        year=2014,
        volume="3",
        act_number="12",
        registered_on=date(2014, 6, 9),
        facts={},
        national_ids=(CHILD,),
        parents=parents,
    )


def officer(*acts: str, **more: object) -> int:
    return people.officer(*acts, **more)


def code_to(change_id: int, at: datetime, *, to_new: bool) -> tuple[int, str]:
    """Send a code to a number of the change, and return its id and what stands in the message."""
    code_id = operations.send_phone_code(
        change_id=change_id, to_new=to_new, binding=BROWSER, language="en", address=ADDRESS, at=at
    )
    assert OneTimeCode.objects.get(pk=code_id).minted_at is None
    return code_id, operations.mint_code(code_id=code_id, at=at)


def asked(citizen: Citizen, at: datetime, phone: str = NEW) -> int:
    """Return a change whose new number has shown its code."""
    change_id = operations.ask_phone_change(
        person_id=citizen.person_id, account_id=citizen.account_id, phone=phone, at=at
    )
    prove(change_id, at)
    return change_id


def prove(change_id: int, at: datetime) -> None:
    code_id, digits = code_to(change_id, at, to_new=True)
    operations.prove_new_phone(
        change_id=change_id, code_id=code_id, typed=digits, binding=BROWSER, at=at
    )


def met(entry: PersonEntry, by_id: int, *, phone: str = "", at: datetime = NOON) -> int:
    """Meet as an officer who has just proved who she is, and return the person's id."""
    return operations.meet_person(
        entry=entry,
        document=SeenDocument.PASSPORT,
        phone=phone,
        by_id=by_id,
        step_up_id=people.stepped_up(by_id, "person.meet", at),
        at=at,
    )


def mended(entry: PersonEntry, by_id: int, at: datetime) -> int:
    return operations.mend_phone(
        entry=entry,
        phone=NEW,
        document=SeenDocument.IDENTITY_CARD,
        note="stolen on the bus",
        by_id=by_id,
        at=at,
    )


def confirmed(change_id: int, by_id: int, at: datetime) -> None:
    """Confirm as the second officer, who has just proved who she is."""
    step_up_id = people.stepped_up(by_id, CONFIRM_PURPOSE, at)
    operations.confirm_mend(change_id=change_id, by_id=by_id, step_up_id=step_up_id, at=at)
