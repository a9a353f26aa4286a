"""The pages of people and phones can be read by everybody, at 360 px and on a desk."""

import pytest
from django.utils import timezone

from accounts import operations
from accounts.states import SeenDocument
from tests.accounts import people
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.applications.browser import citizen_at, officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]
NUMBER = "1199078000000104"


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_people_and_phones_can_be_read_by_everybody(live_server, country_tree, width, scheme):
    now = timezone.now()
    uwase = people.citizen(
        national_id=NUMBER, family_name="Mukamana", given_names="Béatrice", phone="+250788000102"
    )
    told = {"account_id": uwase.account_id, "guardian_id": uwase.person_id, "at": now}
    operations.accept_parent(child=world.child_entry(), **told)
    ward = entry("1197080000004019", given_names="Joseph", family_name="Nkurunziza")
    operations.ask_guardianship(
        ward=ward, kind="guardian", until_on=now.date().replace(year=now.year + 2),
        proof_sha256=world.PROOF, **told,
    )  # fmt: skip
    first = world.officer("person.mend", display_name="Aline Uwera")
    second = world.officer("person.mend", "person.guard", "person.meet")
    lost = operations.mend_phone(
        entry=entry(NUMBER), phone=world.NEW, document=SeenDocument.IDENTITY_CARD,
        note="stolen on the bus yesterday", by_id=first, at=now,
    )  # fmt: skip
    world.prove(lost, now)
    pages = [
        (
            citizen_at(uwase),
            ["/account/", "/account/email/", "/account/people/", "/account/people/add/"],
        ),
        (citizen_at(people.citizen()), ["/account/phone/"]),
        (
            officer_at(second),
            ["/staff/citizens/", "/staff/citizens/meet/", f"/staff/citizens/phone/{lost}/"],
        ),
    ]
    with opened(width=width, scheme=scheme) as page:
        for browser, addresses in pages:
            session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
            page.context.add_cookies([{**session, "url": live_server.url}])
            for address in addresses:
                page.goto(live_server.url + address)
                assert (address, breaches(page), overhang(page)) == (address, [], 0)
