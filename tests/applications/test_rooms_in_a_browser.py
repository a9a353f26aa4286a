"""The rooms beside the queue, and the desk where it has nothing to give, small and large."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import operations as presence
from applications import operations
from applications.models import Application, DowntimeBook
from applications.queries import downtime
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import transfer
from tests.applications.browser import officer_at
from tests.applications.collection.world import counter, lying_ready, make_physical
from tests.applications.packing import HOME, NEIGHBOUR
from tests.applications.test_in_a_browser import enter
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.world import NOON

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def house(db, small_pack, settings, tmp_path) -> SimpleNamespace:
    """One office with work of every kind, its neighbour, and an officer with nothing to do."""
    settings.FILES_DIR = tmp_path
    with transaction.atomic():
        load(small_pack)
    now = timezone.now()
    names = {"aline": "Aline Mutesi", "bosco": "Bosco Nsengimana-Habyarimana"}
    who = {
        key: world.officer(HOME, "case.decide", display_name=said) for key, said in names.items()
    }
    who["idle"] = world.officer(NEIGHBOUR, display_name="Grace Uwamahoro")
    who["chantal"] = world.officer(HOME, "case.supervise", display_name="Chantal Ingabire")
    who["nadine"] = counter(NEIGHBOUR, display_name="Nadine Mukamana")
    who["counter"] = counter(HOME, display_name="Jean Bizimana")
    presence.plan_absence(
        account_id=who["bosco"], from_at=now + timedelta(days=3), until_at=now + timedelta(days=9),
        kind="leave", stand_in_id=who["aline"], by_id=who["bosco"], at=now,
    )  # fmt: skip
    presence.set_week(account_id=who["bosco"], weekdays=[0, 2], by_id=who["bosco"], at=now)
    uwase = people.citizen(given_names="Solange", family_name="Uwase")
    held, given_on = (world.queued(uwase) for _ in range(2))
    for case, at in ((held, now), (given_on, NOON)):
        operations.take(application_id=case.pk, by_id=who["aline"], at=at)
    transfer(world.fresh(given_on), who["aline"], officer_id=who["bosco"])
    sent, lying = world.queued(people.citizen()), world.queued(people.citizen())
    Application.objects.filter(pk=lying.pk).update(officer_id=who["bosco"])
    operations.hand_over(
        application_id=sent.pk, by_id=who["aline"], to_office_id=world.office_id(NEIGHBOUR),
        what="case", at=now,
    )  # fmt: skip
    operations.print_book(
        office_id=world.office_id(),
        service_code=world.SINGLE,
        by_id=who["counter"],
        count=3,
        at=now,
    )
    make_physical()
    ready = lying_ready(people.citizen(), who["aline"], who["counter"])
    book = DowntimeBook.objects.get().pk
    sheet = downtime.sheets(book)[0].code
    return SimpleNamespace(
        **who, held=held, given_on=given_on, sent=sent, ready=ready, book=book, sheet=sheet
    )


def to(name: str, *args: object, **query: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"applications:{name}", args=args) + (f"?{asked}" if asked else "")


def rooms(house: SimpleNamespace) -> list[tuple[int, str]]:
    here = world.office_id()
    seen = {
        house.bosco: [to("leave"), to("desk_case", house.given_on.number)],
        house.idle: [to("queue"), to("queue", list="elsewhere"), to("to_sign")],
        house.aline: [
            to("queue", list="elsewhere"),
            to("on_the_way"),
            to("hand_over", house.held.number),
            to("hand_over", house.held.number, office=world.office_id(NEIGHBOUR)),
            to("desk_case", house.sent.number),
        ],
        house.nadine: [to("on_the_way")],
        house.chantal: [
            to("head"),
            to("head_cases", office=here, list="officer", officer=house.bosco),
            to("officer", house.bosco, office=here),
            to("reroute", house.bosco, office=here),
            to("reroute", house.aline, office=here),
        ],
        house.counter: [
            to("downtime"),
            to("downtime_book", house.book),
            to("downtime_sheet", house.sheet),
            to("collection"),
            to("collection_paper", house.ready.number),
        ],
    }
    return [(who, address) for who, addresses in seen.items() for address in addresses]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_rooms_of_the_desk_can_be_read_by_everybody(live_server, house, width, scheme):
    with opened(width=width, scheme=scheme) as page:
        for who, address in rooms(house):
            enter(page, live_server, officer_at(who))
            answer = page.goto(live_server.url + address)
            assert (address, answer.status) == (address, 200)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert (address, breaches(page), overhang(page)) == (address, [], 0)
        enter(page, live_server, officer_at(house.nadine))
        page.goto(live_server.url + to("on_the_way"))
        page.check("[name=sent]")
        page.get_by_role("button", name="Acknowledge").click()
        assert "All of this has arrived" in page.inner_text("main")
        assert (breaches(page), overhang(page)) == ([], 0)


def test_a_colleagues_case_and_a_page_that_is_out_of_date_say_so_calmly(live_server, house):
    address = to("desk_case", house.held.number)
    for width in (PHONE, DESK):
        with opened(width=width) as page:
            enter(page, live_server, officer_at(house.bosco))
            page.goto(live_server.url + address)
            assert "Aline Mutesi has this case in hand" in page.inner_text("main")
            assert (breaches(page), overhang(page)) == ([], 0)
    with opened(width=PHONE) as page:
        enter(page, live_server, officer_at(house.aline))
        page.goto(live_server.url + address)
        Application.objects.filter(pk=house.held.pk).update(version=house.held.version + 9)
        page.press("body", "l")
        page.wait_for_selector("[role=alert]:not([hidden])")
        assert "has changed since you opened it" in page.inner_text("main")
        # It stands at the case's own address, so that to load it anew shows the case.
        assert page.url == live_server.url + address
        assert (breaches(page), overhang(page)) == ([], 0)


def test_a_case_is_dragged_to_the_officer_who_shall_have_it(live_server, house):
    list_ = to("head_cases", office=world.office_id(), list="officer", officer=house.bosco)
    with opened(width=DESK) as page:
        enter(page, live_server, officer_at(house.chantal))
        page.goto(live_server.url + list_)
        page.drag_and_drop("tbody tr:first-child", f"[data-to='{house.aline}']")
        assert page.eval_on_selector("#to", "one => one.value") == str(house.aline)
        assert page.locator("[name=case]:checked").count() == 1
        # Dropped is not given: she says why first.
        assert page.evaluate("document.activeElement.id") == "reason"
        number = page.locator("[name=case]:checked").input_value()
        assert world.case(number).officer_id == house.bosco
        page.select_option("#reason", "workload")
        page.get_by_role("button", name="Give the cases").click()
        page.wait_for_selector(".notice.good")
    assert world.case(number).officer_id == house.aline
