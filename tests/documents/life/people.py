"""Two officers of the office who may do anything with its papers, and how they do it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from documents import operations
from documents.models import Paper, PaperAct
from registers import operations as registers
from registers.entries import PersonEntry
from registers.indexes import person_indexes
from registers.models import EventPerson, Feed, FeedPage, RegisterEvent
from tests.accounts.people import officer
from tests.documents import world as worlds
from tests.documents.world import World
from tests.world import NOON

ALL = ("paper.suspend", "paper.resume", "paper.revoke", "paper.reissue")
HOLDER, SPOUSE = "1198880000000042", "1199078000000104"
LATER = NOON + timedelta(minutes=10)


@dataclass(frozen=True)
class Office:
    world: World
    asker_id: int
    decider_id: int


def open_office(world: World) -> Office:
    asker, decider = (
        officer(*ALL, area_code="12", display_name=name, office_id=world.office_id)
        for name in ("Solange Iradukunda", "Patrick Habyarimana")
    )
    operations.issue_development_credentials(at=NOON - timedelta(minutes=5))
    return Office(world, asker, decider)


def ask(office: Office, paper_id: int, kind: str, **more: object) -> int:
    values: dict[str, object] = {
        "paper_id": paper_id,
        "kind": kind,
        "reason": "cleared" if kind == "resume" else "issued_in_error",
        "note": "Seen at the counter.",
        "by_id": office.asker_id,
        # Pages decide by the clock on the wall, which may not have come to NOON yet.
        "at": min(NOON, timezone.now()),
    }
    return operations.ask_act(**{**values, **more})


def approve(office: Office, act_id: int, *, by_id: int | None = None, at: datetime = NOON) -> None:
    by_id = by_id or office.decider_id
    operations.decide_act(
        act_id=act_id,
        approved=True,
        by_id=by_id,
        step_up_id=worlds.step_up(by_id, operations.DECIDE_PURPOSE),
        at=at,
    )


def do(office: Office, paper_id: int, kind: str, **more: object) -> PaperAct:
    """One asks, another approves."""
    act_id = ask(office, paper_id, kind, **more)
    approve(office, act_id)
    return PaperAct.objects.get(pk=act_id)


def finish(office: Office, paper_id: int) -> None:
    """Draw, sign and seal a paper that was asked for."""
    sha256 = worlds.draw(paper_id)
    paper = Paper.objects.get(pk=paper_id)
    if not paper.sealed_only:
        worlds.order(office.world, {paper_id: sha256}, officer_id=paper.officer_id)
    operations.sign_through(paper_id, at=NOON)


def copy(office: Office, paper_id: int, kind: str = "duplicate", **more: object) -> int:
    values: dict[str, object] = {"officer_id": None, "sealed_only": True, "at": NOON}
    return operations.request_copy(paper_id, copy=kind, **{**values, **more})


def state(paper_id: int) -> str:
    return str(Paper.objects.get(pk=paper_id).state)


def cite(national_id: str = HOLDER, *, at: datetime = NOON, **more: object) -> int:
    values: dict[str, object] = {
        "national_id": national_id,
        "family_name": "HABIMANA",
        "given_names": "Jean de Dieu",
        "sex": "M",
        "born_on": date(1988, 12, 1),
        "birth_place_code": "1209",
        "residence_code": "1209",
        "father_name": "",
        "mother_name": "",
        "marital_status": "single",
        "nationality": "RW",
    }
    entry = PersonEntry(**{**values, **more})
    return registers.cite(kind="population", entry=entry, at=at).pk


def single(office: Office, **more: object) -> int:
    """A certificate of being single that is out."""
    more.setdefault("cited_entry_id", cite())
    return worlds.issue(office.world, paper_type="single_status", **more)


def tell(
    kind: str, *national_ids: str, number: int = 1, register: str = "civil", **more: object
) -> int:
    """What a register told, as its feed would have written it down."""
    feed = Feed.objects.get(name=register)
    page, _ = FeedPage.objects.get_or_create(
        feed=feed, cursor="", sha256="0" * 64, defaults={"body": "{}", "received_at": NOON}
    )
    values: dict[str, object] = {
        "source_id": f"{kind}-{number}",
        "kind": kind,
        "entry_kind": "",
        "happened_on": date(2026, 11, 20),
        "recorded_at": NOON + timedelta(minutes=1),
        "national_ids": "[]",
        "persons": len(person_indexes(national_ids)),
        "read_at": LATER,
    }
    with transaction.atomic():
        event = RegisterEvent.objects.create(feed=feed, page=page, **{**values, **more})
        EventPerson.objects.bulk_create(
            EventPerson(event=event, person_index=index) for index in person_indexes(national_ids)
        )
    return event.pk
