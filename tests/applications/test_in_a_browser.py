"""The pages as a browser shows them: small and large, without a breach, and by keyboard alone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications import operations
from applications.states import SlipKind
from tests.accounts import people
from tests.accounts.people import PASSWORD, Citizen
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.registers_server import Registers
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.world import NOON

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def uwase(db, small_pack) -> Citizen:
    with transaction.atomic():
        load(small_pack)
    return people.citizen(given_names="Aline", family_name="Uwase")


@pytest.fixture
def aline(uwase) -> int:
    return world.officer(display_name="Aline Mutesi")


@pytest.fixture
def held(registers: Registers, uwase) -> Iterator[Registers]:
    act = world.birth_act(uwase)
    registers.acts["birth", act.national_ids[0]] = [world.act_as_json(act)]
    return registers


def enter(page, live_server, client) -> None:
    """Give the browser the session of a client that has signed in."""
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_a_citizens_pages_can_be_read_by_everybody(live_server, uwase, aline, width, scheme):
    draft = world.draft(uwase, father_name="Umutesi-" * 10)
    sent = world.draft(uwase)
    world.submit(uwase, sent)
    mend = world.taken(uwase, aline)
    operations.ask_completion(
        application_id=mend.pk,
        by_id=aline,
        version=mend.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    addresses = [
        reverse("applications:start", args=[world.BIRTH]),
        *[
            reverse("applications:group", args=[draft.number, group])
            for group in ("district", "sector", "parents", "reason")
        ],
        reverse("applications:review", args=[draft.number]),
        reverse("applications:mine"),
        reverse("applications:together"),
        reverse("applications:together") + "?look=1",
        reverse("applications:together") + f"?look=1&case={draft.number}",
        *[reverse("applications:case", args=[case.number]) for case in (draft, sent, mend)],
        reverse("applications:withdraw", args=[sent.number]),
        reverse("applications:track"),
    ]
    with opened(width=width, scheme=scheme) as page:
        enter(page, live_server, citizen_at(uwase))
        for address in addresses:
            page.goto(live_server.url + address)
            assert (address, breaches(page), overhang(page)) == (address, [], 0)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_an_officers_pages_can_be_read_by_everybody(
    live_server, uwase, aline, held, settings, tmp_path, width, scheme
):
    settings.FILES_DIR = tmp_path
    world.drawn(uwase, aline)
    queued, taken = world.queued(uwase), world.taken(uwase, aline, father_name="Umutesi Jean")
    operations.take(application_id=taken.pk, by_id=aline, at=timezone.now())
    addresses = [
        *[reverse("applications:queue") + f"?list={name}" for name in ("mine", "office")],
        reverse("applications:desk_case", args=[queued.number]),
        reverse("applications:desk_case", args=[taken.number]),
        reverse("applications:to_sign"),
        reverse("applications:day"),
        f"{reverse('applications:day')}?day={NOON.date()}",
    ]
    # An apology names a new day, which only a case that is late has.
    for kind in set(SlipKind) - {SlipKind.APOLOGY}:
        operations.write_slip(kind=kind, application_id=taken.pk, at=NOON)
    with opened(width=width, scheme=scheme) as page:
        enter(page, live_server, officer_at(aline))
        for address in addresses:
            page.goto(live_server.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert (address, breaches(page), overhang(page)) == (address, [], 0)


def test_a_citizen_applies_without_javascript(live_server, uwase):
    with opened(width=PHONE, script=False) as page:
        enter(page, live_server, citizen_at(uwase))
        page.goto(live_server.url + reverse("applications:start", args=[world.BIRTH]))
        page.get_by_role("button", name="Start").click()
        page.get_by_label("Gasabo").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Sector").select_option("1209")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("School or study").check()
        page.get_by_label("I declare").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Send and pay").click()
        page.wait_for_url("**/pay/**")


def test_a_citizen_pays_two_requests_together_without_javascript(live_server, uwase):
    world.draft(uwase)
    world.draft(uwase, world.SINGLE)
    with opened(width=PHONE, script=False) as page:
        enter(page, live_server, citizen_at(uwase))
        page.goto(live_server.url + reverse("applications:mine"))
        page.get_by_role("link", name="Pay several requests together").click()
        page.get_by_role("button", name="See the total").click()
        page.get_by_role("heading", name="Pay for 2 requests with one reference").wait_for()
        page.get_by_role("button", name="Send and pay").click()
        page.wait_for_url("**/pay/**")


def test_a_clean_case_is_decided_and_signed_by_keys_alone(
    live_server, uwase, aline, held, settings, tmp_path
):
    settings.FILES_DIR = tmp_path
    case = world.queued(uwase)
    with opened() as page:
        enter(page, live_server, officer_at(aline))
        page.goto(live_server.url + reverse("applications:queue"))
        for key in ("j", "Enter"):
            page.keyboard.press(key)
        page.wait_for_url(f"**/desk/{case.number}/")
        page.keyboard.press("t")
        page.get_by_role("button", name="Approve A", exact=True).wait_for()
        page.keyboard.press("a")
        page.wait_for_url("**/desk/")
        assert world.fresh(case).status == "APPROVED"
        world.draw(world.fresh(case))
        page.keyboard.press("s")
        page.get_by_label("Your password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_text("1 paper is being signed").first.wait_for()
