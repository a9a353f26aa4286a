"""One case and many more, and every page that shows them: for claims about all pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from applications import operations
from applications.models import Application
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.registers_server import Registers
from tests.applications.world import Staffed
from tests.world import NOON

SERVICES = (world.BIRTH, world.SINGLE, world.MARRIAGE)


@dataclass
class Scene:
    """A citizen with one case, an officer with it on her desk, and how there come to be more."""

    uwase: Citizen
    staffed: Staffed
    registers: Registers
    case: Application

    def draft(self) -> None:
        for service in SERVICES:
            world.draft(self.uwase, service)

    def cases(self) -> None:
        for service in SERVICES:
            world.queued(self.uwase, service)
            world.queued(people.citizen(), service)

    def drawn(self) -> None:
        for service in SERVICES:
            world.drawn(people.citizen(), self.staffed.aline, service)

    def moves(self) -> None:
        """Laid back, taken again and mended; and the register holds more about her."""
        for _ in range(2):
            self._release_and_take()
            self._ask_and_complete()
        for number in ("218", "219"):
            self.hold(number)

    def hold(self, number: str = "217") -> None:
        act = world.birth_act(self.uwase, number=number)
        held = self.registers.acts.setdefault(("birth", act.national_ids[0]), [])
        held.append(world.act_as_json(act))

    def _release_and_take(self) -> None:
        now = world.fresh(self.case)
        operations.release(
            application_id=now.pk, by_id=self.staffed.aline, version=now.version, at=NOON
        )
        operations.take(application_id=now.pk, by_id=self.staffed.aline, at=NOON)

    def _ask_and_complete(self) -> None:
        operations.ask_completion(
            application_id=self.case.pk,
            by_id=self.staffed.aline,
            version=world.fresh(self.case).version,
            fields={"father_name": "unclear", "mother_name": "unclear"},
            at=NOON,
        )
        operations.complete(
            application_id=self.case.pk,
            holder_id=self.uwase.person_id,
            by_id=self.uwase.account_id,
            given={"father_name": "Umutesi Jean-Bosco"},
            at=NOON,
        )


Ask = Callable[[Client, Scene], object]


def get(name: str, *arguments: str, **query: str) -> Ask:
    def ask(browser: Client, scene: Scene) -> object:
        known = {"number": scene.case.number, "draft": _draft(scene)}
        address = reverse(f"applications:{name}", args=[known.get(one, one) for one in arguments])
        return browser.get(address, {key: known.get(value, value) for key, value in query.items()})

    return ask


def track(browser: Client, scene: Scene) -> object:
    typed = {"number": scene.case.number, "phone": scene.uwase.phone}
    return browser.post(reverse("applications:track"), typed)


def _draft(scene: Scene) -> str:
    return Application.objects.filter(status="DRAFT").order_by("pk").first().number


PAGES: dict[str, tuple[str, Ask, tuple[str, ...]]] = {
    "start": ("citizen", get("start", world.BIRTH), ("draft", "cases")),
    "group": ("citizen", get("group", "draft", "district"), ("draft", "cases")),
    "group of areas": ("citizen", get("group", "draft", "sector"), ("draft", "cases")),
    "review": ("citizen", get("review", "draft"), ("draft", "cases")),
    "case": ("citizen", get("case", "number"), ("moves", "cases")),
    "withdraw": ("citizen", get("withdraw", "number"), ("moves", "cases")),
    "mine": ("citizen", get("mine"), ("draft", "cases")),
    "together": ("citizen", get("together"), ("draft", "cases")),
    "together, chosen": ("citizen", get("together", look="1", case="draft"), ("draft", "cases")),
    "track": ("anybody", track, ("moves", "cases")),
    "desk case": ("officer", get("desk_case", "number"), ("moves", "cases")),
    "queue": ("officer", get("queue"), ("cases", "drawn")),
    "queue of the office": ("officer", get("queue", list="office"), ("cases", "drawn")),
    "queue with nobody": ("officer", get("queue", list="unassigned"), ("cases", "drawn")),
    "queue of an area": ("supervisor", get("queue", list="office"), ("cases", "drawn")),
    "day": ("officer", get("day"), ("cases", "drawn", "moves")),
    "day of an area": ("supervisor", get("day"), ("cases", "drawn")),
    "to sign": ("officer", get("to_sign"), ("drawn", "cases")),
}


def browser_of(who: str, scene: Scene) -> Client:
    if who == "citizen":
        return citizen_at(scene.uwase)
    if who == "officer":
        return officer_at(scene.staffed.aline)
    if who == "supervisor":
        return officer_at(people.officer("case.supervise", area_code="12"))
    return Client()
