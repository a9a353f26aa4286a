"""A second officer, and the paper register where the gateway holds nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from applications import operations
from kernel.models import AuditEntry
from registers.models import PaperEntry
from tests.applications import world
from tests.applications.acts.world import awaiting_second, want_second
from tests.applications.browser import officer_at, text_of
from tests.applications.case_page.desk import at, entry_on, hold, offers, page, press
from tests.world import NOON

pytestmark = pytest.mark.django_db


def photo(width: int = 60) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, 40), "white").save(data, "JPEG")
    return data.getvalue()


def typed_act(citizen, **changed):
    """Return what an officer types from the page of the register."""
    act = world.birth_act(citizen)
    place = {
        "office_code": act.office_code,
        "year": "1990",
        "volume": "3",
        "act_number": "217",
        "registered_on": "1990-05-02",
        "scan": SimpleUploadedFile("Uwase.jpg", photo(), "image/jpeg"),
    }
    return act.facts | place | changed


def cite(browser, case, citizen, **changed):
    return press(browser, "cite", case, **typed_act(citizen, **changed))


def test_a_second_officer_sees_the_entry_and_confirms(uwase, staffed, registers):
    want_second()
    hold(registers, uwase)
    case = awaiting_second(uwase, staffed.aline)
    assert not offers(page(officer_at(staffed.aline), case), "approve_second", case)
    browser = officer_at(staffed.bosco)
    text = page(browser, case)
    assert "It takes a second officer" in text
    press(browser, "approve_second", case, entry=entry_on(text))
    assert world.fresh(case).status == "APPROVED"


def test_who_approved_first_does_not_confirm(uwase, staffed, registers):
    want_second()
    hold(registers, uwase)
    case = awaiting_second(uwase, staffed.aline)
    entry = entry_on(page(officer_at(staffed.bosco), case))
    answer = press(officer_at(staffed.aline), "approve_second", case, entry=entry)
    assert answer.status_code == 409
    assert "another officer has to confirm" in text_of(answer)
    assert world.fresh(case).status == "AWAITING_SECOND"


def test_what_the_second_officer_declines_comes_back_with_her_words(uwase, staffed, registers):
    want_second()
    hold(registers, uwase)
    case = awaiting_second(uwase, staffed.aline)
    browser = officer_at(staffed.bosco)
    assert press(browser, "decline_second", case, note=" ").status_code == 409
    press(browser, "decline_second", case, note="It is her sister")
    text = page(officer_at(staffed.aline), case)
    assert "It is her sister" in text
    assert offers(text, "approve", case)


def test_without_an_entry_the_paper_register_is_cited_and_held_beside_its_scan(
    uwase, staffed, registers
):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    assert offers(page(browser, case), "cite", case)
    assert "Type what stands on the page" in text_of(browser.get(at(case, "cite")))
    answer = cite(browser, case, uwase)
    assert answer.status_code == 302, text_of(answer)
    assert world.fresh(case).status == "AWAITING_SECOND"
    second = officer_at(staffed.bosco)
    text = page(second, case)
    assert "volume 3, act 217" in text
    assert f'<img class="scan" src="{at(case, "scan")}"' in text
    shown = second.get(at(case, "scan"))
    assert (shown["Content-Type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert AuditEntry.objects.filter(reason="scan").count() == 1
    press(second, "approve_second", case, entry=entry_on(text))
    assert world.fresh(case).status == "APPROVED"
    assert registers.asked == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"year": "1790"}, "year"),
        ({"year": "x"}, "year"),
        ({"act_number": ""}, "act_number"),
        ({"registered_on": "1994-05-02"}, "registered_on"),
        ({"born_on": "yesterday"}, "born_on"),
        ({"sex": "X"}, "sex"),
        ({"scan": ""}, "scan"),
        ({"scan": SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>")}, "scan"),
        ({"scan": SimpleUploadedFile("a.pdf", b"x" * 5_000_001)}, "scan"),
    ],
)
def test_what_is_no_page_of_a_register_is_refused_at_its_field(
    uwase, staffed, registers, changed, field
):
    case = world.taken(uwase, staffed.aline)
    answer = cite(officer_at(staffed.aline), case, uwase, **changed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text_of(answer)
    assert not PaperEntry.objects.exists()


def test_what_differs_on_paper_is_said_and_kept_on_the_form(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    answer = cite(officer_at(staffed.aline), case, uwase, father_name="Somebody Else")
    assert answer.status_code == 409
    assert "differ from the register" in text_of(answer)
    assert 'value="Somebody Else"' in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [({}, 409, "has changed since you opened it"), ({"year": "x"}, 422, "id_year_error")],
)
def test_what_was_typed_after_the_hold_ended_comes_back_and_is_cited_with_the_taking(
    uwase, staffed, registers, changed, status, said
):
    case, browser = world.taken(uwase, staffed.aline), officer_at(staffed.aline)
    operations.release(application_id=case.pk, by_id=staffed.aline, version=case.version, at=NOON)
    answer = cite(browser, case, uwase, version=case.version, **changed)
    text = text_of(answer)
    assert (answer.status_code, said in text) == (status, True)
    assert f'value="{world.birth_act(uwase).facts["father_name"]}"' in text
    assert 'name="take" value="1"' in text
    assert world.fresh(case).status == "IN_QUEUE"
    cite(browser, case, uwase, take="1")
    assert world.fresh(case).status == "AWAITING_SECOND"


def test_what_was_typed_for_a_case_that_a_colleague_took_comes_back_and_takes_nothing(
    uwase, staffed, registers
):
    case = world.taken(uwase, staffed.aline)
    operations.release(application_id=case.pk, by_id=staffed.aline, version=case.version, at=NOON)
    operations.take(application_id=case.pk, by_id=staffed.bosco, at=NOON)
    answer = cite(officer_at(staffed.aline), case, uwase, version=case.version, take="1")
    assert answer.status_code == 409
    assert 'name="take"' not in text_of(answer)
    assert f'value="{world.birth_act(uwase).facts["father_name"]}"' in text_of(answer)
    assert world.fresh(case).officer_id == staffed.bosco


def test_who_does_not_hold_the_case_has_no_such_form(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    assert officer_at(staffed.bosco).get(at(case, "cite")).status_code == 404
    life = world.taken(uwase, staffed.aline, world.SINGLE)
    assert officer_at(staffed.aline).get(at(life, "cite")).status_code == 404
    assert not offers(page(officer_at(staffed.aline), life), "cite", life)


def test_a_case_without_a_paper_act_has_no_scan(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    assert officer_at(staffed.aline).get(at(case, "scan")).status_code == 404
