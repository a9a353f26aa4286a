"""Somebody with a life here, how she is forgotten, and whether anything names her after it."""

from datetime import datetime, timedelta

from django.db import connection

from accounts import operations as accounts
from accounts import queries
from accounts.models import Erasure
from applications import operations
from applications.models import Application
from kernel import crypto, rotation
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.attachments import giving
from tests.applications.packing import HOME
from tests.kernel.uploads import specimens
from tests.world import NOON
from workers.errands import erasing as errand

LATER = NOON + timedelta(days=200)
"""When no appeal is open any more."""
HER_DAY = LATER + timedelta(days=31)

KEPT_IN = {
    "documents_paper",  # What a paper or a letter says.
    "registers_citedentry",  # What the register said of her, on which a paper rests.
    "payments_inbound_message",  # What a provider said, word for word.
}
"""The tables of which docs/personal-data.md says that an erasure leaves them."""


def clock() -> datetime:
    return HER_DAY


def asker(**more: object) -> int:
    return people.officer("privacy.ask", area_code=HOME, office_id=world.office_id(HOME), **more)


def decider(**more: object) -> int:
    return people.officer("privacy.erase", **more)


def asked(citizen: Citizen, *, at: datetime = LATER) -> int:
    """She asks by herself; at a counter, where she has never proved herself from a phone."""
    if queries.own_contact_id(citizen.person_id) is None:
        return accounts.ask_erasure_at_counter(
            entry=world.person_entry(citizen), document="passport", reason="I move away",
            by_id=asker(), at=at,
        )  # fmt: skip
    return accounts.ask_erasure(
        person_id=citizen.person_id, account_id=citizen.account_id, reason="I move away", at=at
    )


def decided(citizen: Citizen, *, at: datetime = LATER) -> int:
    erasure_id = asked(citizen, at=at)
    decide(erasure_id, decider(), at=at)
    return erasure_id


def decide(erasure_id: int, by_id: int, *, at: datetime = LATER) -> None:
    """Say yes as this officer, who has just proved who she is."""
    step_up_id = people.stepped_up(by_id, "privacy.erase", at)
    accounts.decide_erasure(
        erasure_id=erasure_id, approved=True, because="", by_id=by_id, step_up_id=step_up_id, at=at
    )


def begun(citizen: Citizen) -> int:
    erasure_id = decided(citizen)
    assert accounts.begin_due_erasures(now=HER_DAY, limit=10) == 1
    return erasure_id


def erased(citizen: Citizen) -> Erasure:
    erasure_id = begun(citizen)
    while errand.erase_persons(clock):
        pass
    return Erasure.objects.get(pk=erasure_id)


def refused(citizen: Citizen, officer: int) -> Application:
    """Return a case with a photo, a note, a completion and a refusal, each with words about her."""
    case = giving.before_officer(citizen, officer)
    operations.note(application_id=case.pk, by_id=officer, text="Speaks with Uwase's aunt", at=NOON)
    operations.refuse(
        application_id=case.pk,
        by_id=officer,
        version=world.fresh(case).version,
        reason_code=_reason(case),
        note="Uwase is not the person of the card",
        at=NOON,
    )
    return world.fresh(case)


def drafts(citizen: Citizen, count: int) -> list[Application]:
    """Return drafts that were never sent in, each with a photo of its own."""
    made = []
    for number in range(count):
        draft = world.draft(citizen, giving.IDENTITY)
        giving.give(citizen, draft, data=specimens.picture(size=(40 + number, 40)))
        made.append(draft)
    return made


def _reason(case: Application) -> str:
    definition = case.service_version.definition["refusal_reasons"]
    first = definition[0]
    return str(first["code"] if isinstance(first, dict) else first)


def places_of(*needles: str) -> set[str]:
    """Return the tables in which one of these words stands, in clear or behind a seal."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            told = " OR ".join(["t::text ILIKE %s"] * len(needles))
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" t WHERE {told})',
                [f"%{needle}%" for needle in needles],
            )
            if cursor.fetchone() == (True,):
                found.add(table)
        for column in rotation.columns():
            cursor.execute(
                f'SELECT "{column.name}" FROM "{column.table}" WHERE "{column.name}" IS NOT NULL'
            )
            texts = [crypto.decrypt(bytes(row[0]), place=column.place) for row in cursor.fetchall()]
            if any(needle in text for text in texts for needle in needles):
                found.add(column.table)
    return found
