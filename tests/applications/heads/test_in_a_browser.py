"""The pages of whoever heads an office and of whoever signs, small and large, for everybody."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import operations as accounts
from applications import operations
from applications.models import Application
from documents import queries as papers
from documents.models import MandateItem
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import step_up
from tests.applications.browser import officer_at
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
def office(db, small_pack) -> dict[str, int]:
    """An office with three officers, of whom one is away, a head, and the head of the district."""
    with transaction.atomic():
        load(small_pack)
    acts = ("case.decide", "case.sign")
    names = ("Aline Mutesi", "Bosco Nsengimana-Habyarimana", "Diane Uwera")
    made = {name.split()[0]: world.officer(world.HOME, *acts, display_name=name) for name in names}
    made["Chantal"] = world.officer(world.HOME, "case.supervise", display_name="Chantal Ingabire")
    made["Eric"] = people.officer("case.supervise", area_code="12", display_name="Eric")
    now = timezone.now()
    accounts.plan_absence(
        account_id=made["Diane"], from_at=now - timedelta(days=1), until_at=now + timedelta(days=9),
        kind="leave", stand_in_id=made["Bosco"], by_id=made["Chantal"], at=now,
    )  # fmt: skip
    services = (world.BIRTH, world.SINGLE, world.MARRIAGE)
    for at in range(9):
        case = world.queued(people.citizen(), services[at % 3])
        promised = now + timedelta(hours=5 * at - 8, minutes=at * 7)
        Application.objects.filter(pk=case.pk).update(promised_at=promised, queue_at=promised)
    Application.objects.filter(pk=case.pk).update(officer_id=None)
    return made


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_heads_pages_can_be_read_by_everybody(live_server, office, width, scheme):
    here = f"?office={world.office_id()}"
    cases = reverse("applications:head_cases") + here
    addresses = {
        "head": ("Chantal", reverse("applications:head")),
        "head_cases": ("Chantal", f"{cases}&list=officer&officer={office['Aline']}"),
        "head_late": ("Chantal", f"{cases}&list=late"),
        "head_empty": ("Chantal", f"{cases}&list=often"),
        "head_area": ("Eric", reverse("applications:head")),
    }
    for name, (who, address) in addresses.items():
        with opened(width=width, scheme=scheme) as page:
            enter(page, live_server, officer_at(office[who]))
            page.goto(live_server.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert (name, breaches(page), overhang(page)) == (name, [], 0)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_sitting_can_be_read_by_everybody(live_server, office, settings, tmp_path, width, scheme):
    settings.FILES_DIR = tmp_path
    aline, now = office["Aline"], timezone.now()
    drawn = [world.drawn(people.citizen(), aline) for _ in range(5)]
    late = [case.pk for case in drawn[1:3]]
    Application.objects.filter(pk__in=late).update(promised_at=now - timedelta(days=1))
    ordered = papers.unsigned_sha256s([case.paper_id for case in drawn[3:]])
    operations.order_signatures(
        paper_hashes=ordered, by_id=aline, step_up_id=step_up(aline), at=NOON,
        until=NOON + timedelta(minutes=15),
    )  # fmt: skip
    addresses = {
        "to_sign": reverse("applications:to_sign"),
        "exceptions": reverse("applications:to_sign") + "?only=exceptions",
        "review": reverse("applications:sitting_review", args=[drawn[1].number]),
        "sitting": reverse("applications:sitting", args=[_order(ordered)]),
    }
    with opened(width=width, scheme=scheme) as page:
        enter(page, live_server, officer_at(aline))
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            assert (name, breaches(page), overhang(page)) == (name, [], 0)


def _order(ordered: dict[int, str]) -> int:
    return MandateItem.objects.filter(paper_id__in=ordered).first().mandate_id
