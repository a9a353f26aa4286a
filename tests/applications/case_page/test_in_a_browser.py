"""A case by keyboard alone, a network that goes away, and every page for everybody."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from applications import operations
from applications.models import CaseNote, DeskAct
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.acts.world import want_second
from tests.applications.browser import officer_at
from tests.applications.case_page.desk import at
from tests.applications.registers_server import Registers
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

KEYS_MAX, REQUESTS_MAX = 12, 4


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


def enter(page, live_server, account_id: int) -> None:
    session = officer_at(account_id).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def _is_page(request) -> bool:
    return request.resource_type in {"document", "fetch"}


def take(case, by_id: int) -> None:
    operations.take(application_id=case.pk, by_id=by_id, at=timezone.now())


def test_a_clean_case_takes_few_keys_and_few_requests(live_server, uwase, aline, held):
    cases = [world.queued(uwase) for _ in range(3)]
    asked: list[str] = []
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + "/desk/")
        page.on(
            "request",
            lambda one: (
                asked.append(one.url) if one.resource_type in {"document", "fetch"} else None
            ),
        )
        pressed = ["j", "Enter"]
        for key in pressed:
            page.keyboard.press(key)
        page.get_by_role("button", name="Take and approve").wait_for()
        page.keyboard.press("n")
        pressed.append("n")
        page.get_by_text("is approved").wait_for()
        assert page.url.endswith(at(cases[1]))
        assert (len(pressed) <= KEYS_MAX, len(asked) <= REQUESTS_MAX) == (True, True), asked
        # The careful way: taken in hand first, then approved, then the next one.
        asked.clear()
        page.keyboard.press("t")
        page.get_by_role("button", name="Release").wait_for()
        page.keyboard.press("n")
        page.wait_for_url(f"**{at(cases[2])}")
        assert len(asked) <= REQUESTS_MAX, asked
    assert [world.fresh(case).status for case in cases] == ["APPROVED", "APPROVED", "IN_QUEUE"]


def test_what_is_written_outlives_a_cut_and_is_sent_once(live_server, uwase, aline, held):
    case = world.queued(uwase)
    take(case, aline)
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + at(case))
        page.keyboard.press("m")
        page.keyboard.type("Her card 1199080000001234 is at the counter")
        # The power goes: the page is gone, and what was written is not, but for the number.
        page.goto("about:blank")
        page.goto(live_server.url + at(case))
        note = page.locator("#note-text")
        assert note.input_value() == "Her card … is at the counter"
        page.route("**/note/", lambda route: route.abort())
        page.get_by_role("button", name="Keep the note").click()
        page.get_by_role("button", name="Send again").wait_for()
        assert not CaseNote.objects.exists()
        page.unroute("**/note/")
        # The answer is lost on its way this time, and the note has arrived.
        page.route("**/note/", lambda route: (route.fetch(), route.abort()))
        page.get_by_role("button", name="Send again").click()
        page.get_by_role("button", name="Send again").wait_for()
        page.unroute("**/note/")
        page.get_by_role("button", name="Send again").click()
        page.get_by_text("Your note is kept").wait_for()
        assert (CaseNote.objects.count(), DeskAct.objects.count()) == (1, 1)
        assert page.evaluate("Object.keys(localStorage).length") == 0
        page.keyboard.press("m")
        page.keyboard.type("Unsent")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Sign in").first.wait_for()
        assert page.evaluate("Object.keys(localStorage).length") == 0


def test_other_words_after_a_lost_answer_are_another_note(live_server, uwase, aline, held):
    case = world.queued(uwase)
    take(case, aline)
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + at(case))
        page.keyboard.press("m")
        page.keyboard.type("Volume 3")
        page.route("**/note/", lambda route: (route.fetch(), route.abort()))
        page.get_by_role("button", name="Keep the note").click()
        page.get_by_role("button", name="Send again").wait_for()
        page.unroute("**/note/")
        page.goto(live_server.url + at(case))
        assert page.locator("#note-text").input_value() == "Volume 3"
        page.locator("#note-text").fill("No: volume 4")
        page.get_by_role("button", name="Keep the note").click()
        page.locator(".notes").get_by_text("No: volume 4").wait_for()
    written = CaseNote.objects.order_by("pk").values_list("text", flat=True)
    assert list(written) == ["Volume 3", "No: volume 4"]


def test_a_preview_that_is_not_sent_leaves_what_was_written(live_server, uwase, aline, held):
    case = world.queued(uwase)
    take(case, aline)
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + at(case))
        page.keyboard.press("c")
        page.locator("#why-father_name").select_option("unclear")
        page.locator("#ask-note").fill("His card, please")
        page.get_by_role("button", name="See what the applicant will read").click()
        # A road is closed only once the page it leads from stands.
        page.get_by_role("button", name="Ask the applicant").wait_for()
        page.route("**/ask/", lambda route: route.abort())
        page.get_by_role("button", name="Ask the applicant").click()
        page.get_by_role("button", name="Send again").wait_for()
        page.goto(live_server.url + at(case))
        assert page.locator("#ask-note").input_value() == "His card, please"
        assert page.locator("#why-father_name").input_value() == "unclear"


def test_a_browser_without_room_to_keep_anything_sends_all_the_same(
    live_server, uwase, aline, held
):
    case = world.queued(uwase)
    take(case, aline)
    with opened() as page:
        page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
        enter(page, live_server, aline)
        page.goto(live_server.url + at(case))
        page.keyboard.press("a")
        page.wait_for_url("**/desk/")
    assert world.fresh(case).status == "APPROVED"


def test_a_key_that_is_held_down_decides_one_case(live_server, uwase, aline, held):
    cases = [world.queued(uwase) for _ in range(2)]
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + at(cases[0]))
        page.keyboard.down("n")
        page.wait_for_url(f"**{at(cases[1])}")
        page.keyboard.down("n")
        page.keyboard.up("n")
        page.keyboard.press("t")
        page.get_by_role("button", name="Release").wait_for()
    assert [world.fresh(case).status for case in cases] == ["APPROVED", "UNDER_REVIEW"]


def test_a_refusal_comes_back_as_a_page_with_what_was_typed(live_server, uwase, aline, held):
    case = world.queued(uwase)
    take(case, aline)
    with opened() as page:
        enter(page, live_server, aline)
        page.goto(live_server.url + at(case))
        page.keyboard.press("c")
        page.locator("#ask-note").fill("His card, please")
        page.get_by_role("button", name="Ask the applicant").click()
        page.get_by_text("Choose at least one answer").wait_for()
        assert page.locator("#ask-note").input_value() == "His card, please"


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_pages_of_a_case_can_be_read_by_everybody(
    live_server, uwase, aline, registers, settings, tmp_path, width, scheme
):
    settings.FILES_DIR = tmp_path
    want_second()
    bare, seconded = world.queued(uwase), world.queued(uwase)
    take(bare, aline)
    take(seconded, aline)
    operations.approve(
        application_id=seconded.pk,
        by_id=aline,
        version=world.fresh(seconded).version,
        entry=world.birth_act(uwase),
        at=timezone.now(),
    )
    operations.note(application_id=bare.pk, by_id=aline, text="Look at volume 4", at=timezone.now())
    addresses = [
        at(bare),
        at(bare, "cite"),
        at(bare, "transfer"),
        at(bare, "others"),
        "/desk/keys/",
    ]
    with opened(width=width, scheme=scheme) as page:
        enter(page, live_server, aline)
        for address in addresses:
            page.goto(live_server.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert (address, breaches(page), overhang(page)) == (address, [], 0)
        enter(page, live_server, world.officer(display_name="Bosco"))
        page.goto(live_server.url + at(seconded))
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert (breaches(page), overhang(page)) == ([], 0)
