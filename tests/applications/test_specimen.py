"""Before she decides an officer sees the paper as it would be: a specimen that leaves no trace."""

import pytest
import time_machine
from django.urls import reverse

from applications.pages.reading import key_of
from documents.models import Paper
from kernel.models import AuditEntry
from registers.models import CitedEntry
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.documents import harness
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def case(uwase, staffed, registers):
    return world.taken(uwase, staffed.aline)


def hold(registers, citizen, **changed: str) -> None:
    number = world.entry_for(citizen).national_ids[0]
    registers.acts["birth", number] = [world.act_as_json(world.birth_act(citizen, **changed))]


def address(case, key: str = "") -> str:
    return reverse("applications:specimen", args=[case.number]) + f"?entry={key}"


def test_she_sees_the_paper_before_she_decides(uwase, staffed, registers, case, tmp_path):
    hold(registers, uwase)
    browser = officer_at(staffed.aline)
    page = text_of(browser.get(reverse("applications:desk_case", args=[case.number])))
    link = address(case, key_of(world.birth_act(uwase)))
    assert f'href="{link}"' in page

    shown = browser.get(link)

    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert "no-store" in shown["Cache-Control"]
    said = harness.words(shown.content, tmp_path)
    assert "SPECIMEN" in said
    assert "Claudine" in said
    assert "Aline" in said
    assert (Paper.objects.count(), CitedEntry.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(act="case.read", reason="specimen").count() == 1
    assert world.fresh(case).version == case.version


def test_nobody_else_sees_one(uwase, staffed, registers, case):
    hold(registers, uwase)
    link = address(case, key_of(world.birth_act(uwase)))
    for other in (staffed.bosco, staffed.far):
        assert officer_at(other).get(link).status_code == 404
    assert citizen_at(uwase).get(link).status_code == 302
    assert officer_at(staffed.aline).post(link).status_code == 405
    assert officer_at(staffed.aline).get(link).status_code == 200


def test_what_could_not_be_approved_is_not_shown_either(uwase, staffed, registers, case):
    browser = officer_at(staffed.aline)
    assert browser.get(address(case)).status_code == 409  # The register holds nothing.
    hold(registers, uwase, father_name="Somebody Else")
    differs = world.birth_act(uwase, father_name="Somebody Else")
    assert browser.get(address(case, key_of(differs))).status_code == 409
    # She has read an entry that has changed since.
    assert browser.get(address(case, key_of(world.birth_act(uwase)))).status_code == 409
    assert "specimen.pdf" not in text_of(
        browser.get(reverse("applications:desk_case", args=[case.number]))
    )


def test_a_silent_register_shows_none(uwase, staffed, registers, case):
    registers.gone = True
    shown = officer_at(staffed.aline).get(address(case))
    assert shown.status_code == 503
    assert "The register does not answer now" in text_of(shown)
    assert not AuditEntry.objects.filter(reason="specimen").exists()


def test_a_desk_leads_to_the_keys_for_who_may_have_them(uwase, staffed):
    queue, keys = reverse("applications:queue"), reverse("documents:credentials")
    assert keys not in text_of(officer_at(staffed.aline).get(queue))
    issuer = world.officer(world.HOME, "credential.issue")
    browser = officer_at(issuer)
    assert keys in text_of(browser.get(queue))
    assert browser.get(keys).status_code == 200


def test_every_page_leads_to_what_verifiers_need(house, client):
    for page in ("documents:verify", "catalogue:home"):
        said = text_of(client.get(reverse(page)))
        assert reverse("documents:trust") in said
        assert reverse("documents:offline") in said
