"""The number of somebody else's case, written in every other way, opens it no more than plainly."""

import unicodedata
from urllib.parse import quote

import pytest
import time_machine

from accounts.models import Erasure
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.packing import FAR
from tests.world import NOON

pytestmark = pytest.mark.django_db
PAGES = (
    "", "mend/", "appeal/", "help/", "withdraw/", "paper.pdf", "sharing/", "attachments/1/",
    "slips/acknowledgement/1.pdf",
)  # fmt: skip
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def forms(number: str) -> list[str]:
    wide = number.translate(FULL_WIDTH)
    assert unicodedata.normalize("NFKC", wide) == number
    return [
        number, number.lower(), number.replace("-", ""), number.replace("-", " "), f" {number}",
        f"{number} ", f"{number}\n", f"{number}\x00", f"{number}%00", f"{number}.json", wide,
        f"{number}\u200b", f"0{number}", f"{number}'--", f"x/../{number}", f"{number};a=1",
    ]  # fmt: skip


def test_the_number_of_anothers_case_opens_it_in_no_form(uwase, staffed):
    case = world.queued(uwase)
    neighbour = citizen_at(people.citizen())
    elsewhere = officer_at(world.officer(FAR, "case.decide", "case.supervise"))
    assert citizen_at(uwase).get(f"/cases/{case.number}/").status_code == 200
    for form in forms(case.number):
        for at, address in (
            *((neighbour, f"/cases/{quote(form)}/{page}") for page in PAGES),
            (neighbour, f"/apply/{quote(form)}/review/"),
            (elsewhere, f"/desk/{quote(form)}/"),
            (elsewhere, f"/desk/{quote(form)}/paper.pdf"),
        ):
            for answer in (at.get(address), at.post(address, {"version": case.version})):
                assert answer.status_code in {302, 400, 403, 404, 405}, (address, answer)
                assert b"Umutesi" not in answer.content
    assert world.fresh(case).version == case.version


def test_an_id_in_another_form_is_another_page_or_none(uwase):
    asked = Erasure.objects.create(
        person_id=uwase.person_id, state="ASKED", asked_by_id=uwase.account_id, asked_at=NOON
    )
    decider = officer_at(people.officer("privacy.erase"))
    elsewhere = officer_at(people.officer("privacy.ask", area_code=FAR))
    assert decider.get(f"/staff/erasures/{asked.pk}/").status_code == 200
    pk = asked.pk
    for form in (
        f"{pk}", f"0{pk}", f"+{pk}", f" {pk}", f"{pk}.0", hex(pk), f"{pk}e0", f"-{pk}",
        str(pk).translate(FULL_WIDTH), f"{pk + 2**64}", "9" * 40, f"{pk}\x00",
    ):  # fmt: skip
        answer = elsewhere.get(f"/staff/erasures/{quote(form)}/")
        assert answer.status_code in {400, 404}, form
        assert b"Umutesi" not in answer.content
