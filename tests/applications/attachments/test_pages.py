"""The pages by which files come and are looked at, as their readers meet them."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import operations
from applications.models import Attachment, CheckState
from applications.queries import attachments
from config.limits import BODY_BYTES_MAX
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import world
from tests.applications.attachments.giving import (
    IDENTITY,
    ask_anew,
    before_officer,
    complete_draft,
    give,
)
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.packing import FAR, HOME
from tests.kernel.uploads import specimens
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON):
        yield


def _upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def _page(case) -> str:
    return reverse("applications:documents", args=[case.number])


def _send(client: Client, case, code: str, data: bytes, name: str = "photo.jpg"):
    return client.post(_page(case), {"slot": code, code: _upload(name, data)})


def _only(case) -> attachments.Attached:
    (there,) = attachments.of(case.pk)
    return there


def test_the_last_questions_lead_to_the_documents_and_these_to_the_review(citizen):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    last = client.get(_page(case)).context["back"]
    answers = {key: str(value) for key, value in case.given.items()}
    assert client.post(last, answers | {"declaration": "on"}).url == _page(case)
    give(citizen, case)
    assert client.post(_page(case), {"go_on": "1"}).url.endswith("/review/")


def test_what_is_required_is_asked_for_before_it_goes_on(citizen):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    answer = client.post(_page(case), {"go_on": "1"})
    assert answer.status_code == 422
    assert 'href="#id_photo"' in text_of(answer)
    review = text_of(client.get(reverse("applications:review", args=[case.number])))
    assert f"{_page(case)}#id_photo" in review
    assert "Give the file: Photo." in review


def test_a_file_is_given_seen_and_taken_back(citizen):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    assert _send(client, case, "photo", specimens.picture()).url == _page(case)
    page = text_of(client.get(_page(case)))
    seen = reverse("applications:attachment", args=[case.number, _only(case).id])
    assert seen in page
    assert client.get(seen)["Content-Type"] == "image/jpeg"
    assert client.post(_page(case), {"remove": "photo"}).url == _page(case)
    assert attachments.of(case.pk) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("holiday.jpg", b"<html><script>", "neither a PDF nor a photo"),
        ("empty.jpg", b"", "This file is empty"),
        ("photo.jpg", specimens.picture()[:300], "cannot be read to its end"),
        ("photo.jpg", specimens.pdf(), "A file of this kind is not taken here"),
    ],
)
def test_a_file_that_is_not_taken_is_explained_beside_its_slot(citizen, name, data, said):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    answer = _send(client, case, "photo", data, name)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert name not in text_of(answer)


@pytest.mark.parametrize("name", ["../../etc/passwd", "photo\u202egpj.exe", "a" * 300 + ".jpg"])
def test_the_name_of_a_file_is_kept_nowhere(citizen, name):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    _send(client, case, "photo", specimens.picture(), name)
    seen = client.get(reverse("applications:attachment", args=[case.number, _only(case).id]))
    expected = f'inline; filename="{case.number}-photo-{_only(case).id}.jpg"'
    assert seen["Content-Disposition"] == expected


def test_fifty_megabytes_are_refused_in_words_before_they_are_read(citizen):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    answer = client.post(_page(case), CONTENT_LENGTH=str(50_000_000))
    assert (BODY_BYTES_MAX < 50_000_000, answer.status_code) == (True, 413)
    assert "This file is too large" in text_of(answer)


def test_a_slot_that_was_not_named_takes_nothing(citizen):
    case, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    _send(client, case, "visa", specimens.picture())
    assert attachments.of(case.pk) == []


def test_her_files_are_there_for_nobody_else(citizen):
    case = complete_draft(citizen)
    stranger = citizen_at(people.citizen())
    assert stranger.get(_page(case)).status_code == 404
    seen = reverse("applications:attachment", args=[case.number, _only(case).id])
    assert stranger.get(seen).status_code == 404
    assert Client().get(seen).status_code == 302


def test_a_file_of_another_case_is_not_there_under_this_one(citizen):
    case, other = complete_draft(citizen), complete_draft(people.citizen())
    client = citizen_at(citizen)
    seen = reverse("applications:attachment", args=[case.number, _only(other).id])
    assert client.get(seen).status_code == 404


# --- at the desk ------------------------------------------------------------------------------


@pytest.fixture
def case(citizen, staffed):
    return before_officer(citizen, staffed.aline)


def _desk(view: str, case, attachment_id: int | None = None) -> str:
    more = [] if attachment_id is None else [attachment_id]
    return reverse(f"applications:{view}", args=[case.number, *more])


def test_an_officer_looks_at_a_photo_and_the_reading_is_recorded(case, staffed):
    client, there = officer_at(staffed.aline), _only(case)
    page = client.get(_desk("desk_attachment", case, there.id))
    assert f'src="{_desk("desk_file", case, there.id)}"' in text_of(page)
    assert not AuditEntry.objects.filter(act="case.attachment_read").exists()
    client.get(_desk("desk_file", case, there.id))
    entry = AuditEntry.objects.get(act="case.attachment_read")
    assert (entry.actor_id, entry.subject_id) == (staffed.aline, there.id)
    assert entry.detail == {"case": case.pk, "why": "deciding"}


def test_what_a_stranger_gave_can_do_nothing_in_an_officers_browser(case, staffed):
    client, there = officer_at(staffed.aline), _only(case)
    answer = client.get(_desk("desk_file", case, there.id))
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert "no-store" in answer["Cache-Control"]


def test_a_pdf_is_downloaded_unless_she_opens_it(case, staffed):
    client = officer_at(staffed.aline)
    client.post(_desk("desk_attachments", case), {"file": _upload("scan.pdf", specimens.pdf(2))})
    scan = attachments.of(case.pk)[-1]
    page = text_of(client.get(_desk("desk_attachment", case, scan.id)))
    assert "PDF, 2 pages" in page
    assert client.get(_desk("desk_file", case, scan.id))["Content-Disposition"].startswith(
        "attachment"
    )
    opened = client.get(_desk("desk_file", case, scan.id), {"open": "1"})
    assert opened["Content-Disposition"].startswith("inline")


def test_a_case_out_of_reach_has_no_files(case, staffed):
    there = _only(case)
    for view, attachment_id in (
        ("desk_attachments", None),
        ("desk_attachment", there.id),
        ("desk_file", there.id),
    ):
        for client in (
            officer_at(staffed.far),
            officer_at(world.officer(world.HOME, "paper.read")),
        ):
            assert client.get(_desk(view, case, attachment_id)).status_code == 404


def test_a_file_that_waits_for_the_scanner_is_shown_to_nobody(case, citizen, staffed):
    there = _only(case)
    scan = Attachment.objects.create(
        application=case,
        code="",
        file_id=there.sha256,
        pages=1,
        attached_by_id=staffed.aline,
        attached_at=NOON,
        check_state=CheckState.WAITING,
        check_due_at=NOON,
    )
    client = officer_at(staffed.aline)
    page = client.get(_desk("desk_attachment", case, scan.pk))
    assert "The virus scanner has not answered yet" in text_of(page)
    assert "<img class" not in text_of(page)
    assert client.get(_desk("desk_file", case, scan.pk)).status_code == 404


def test_an_officers_scan_stands_once_with_her_name(case, staffed):
    client = officer_at(staffed.aline)
    for _ in range(2):
        sent = {"file": _upload("scan.png", specimens.picture("PNG"))}
        answer = client.post(_desk("desk_attachments", case), sent)
        assert answer.url == reverse("applications:desk_case", args=[case.number])
    page = text_of(client.get(_desk("desk_attachments", case)))
    assert page.count("Scan by the office") == 1
    assert "Aline" in page


def test_whoever_only_receives_papers_scans_and_is_shown_no_file(case, staffed):
    clerk = officer_at(people.officer("case.receive", area_code=HOME))
    there = _desk("desk_attachments", case)
    page = text_of(clerk.get(there))
    assert "Add the scan" in page
    assert _desk("desk_attachment", case, _only(case).id) not in page
    answer = clerk.post(there, {"file": _upload("page.pdf", specimens.pdf())})
    assert answer.url == there
    assert "The scan stands with the case." in text_of(clerk.get(there))
    assert len(attachments.of(case.pk)) == 2
    assert clerk.get(_desk("desk_case", case)).status_code == 404
    elsewhere = officer_at(people.officer("case.receive", area_code=FAR))
    assert elsewhere.get(there).status_code == 404


def test_a_scan_for_a_case_that_moved_on_is_refused_in_words(case, staffed):
    operations.refuse(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        reason_code="differs", at=NOON,
    )  # fmt: skip
    client = officer_at(staffed.aline)
    answer = client.post(
        _desk("desk_attachments", case), {"file": _upload("a.pdf", specimens.pdf())}
    )
    assert answer.url == _desk("desk_attachments", case)
    assert "it takes no scan" in text_of(client.get(answer.url))
    assert len(attachments.of(case.pk)) == 1


def test_the_files_of_a_case_take_as_many_queries_for_one_as_for_many(
    case, staffed, django_assert_num_queries
):
    client = officer_at(staffed.aline)
    client.get(_desk("desk_attachments", case))
    with CaptureQueriesContext(connection) as one:
        client.get(_desk("desk_attachments", case))
    count = len(one)
    for size in ((10, 10), (20, 20), (30, 30)):
        sent = {"file": _upload("scan.png", specimens.picture("PNG", size))}
        client.post(_desk("desk_attachments", case), sent)
    with django_assert_num_queries(count):
        client.get(_desk("desk_attachments", case))


def test_the_page_of_documents_takes_as_many_queries_for_none_as_for_two(
    citizen, django_assert_num_queries
):
    made, client = world.draft(citizen, IDENTITY), citizen_at(citizen)
    client.get(_page(made))
    with CaptureQueriesContext(connection) as none:
        client.get(_page(made))
    count = len(none)
    give(citizen, made)
    give(citizen, made, "letter", specimens.pdf())
    with django_assert_num_queries(count):
        client.get(_page(made))


def test_she_is_asked_for_a_file_anew_and_told_why(case, citizen, staffed):
    ask_anew(case, staffed.aline, "photo")
    client = citizen_at(citizen)
    page = text_of(client.get(_page(case)))
    assert "Files that the office asks for" in page
    assert "slot-letter" not in page
    assert client.post(_page(case), {"go_on": "1"}).status_code == 422
    with time_machine.travel(NOON + world.MINUTE):
        _send(client, case, "photo", specimens.picture("PNG"))
        assert client.post(_page(case), {"go_on": "1"}).url.endswith(f"/cases/{case.number}/")


def test_an_officer_asks_for_a_file_on_the_page_of_the_case_and_she_reads_why(
    case, citizen, staffed
):
    desk = officer_at(staffed.aline)
    page = desk.get(_desk("desk_case", case))
    assert 'name="why-attachment:photo"' in text_of(page)
    assert _desk("desk_attachment", case, _only(case).id) in text_of(page)
    asked = {"version": case.version, "why-attachment:photo": "unclear", "key": str(uuid4())}
    assert desk.post(_desk("ask_completion", case), asked).status_code == 302
    hers = citizen_at(citizen)
    shown = text_of(hers.get(reverse("applications:case", args=[case.number])))
    assert f'href="{_page(case)}"' in shown
    early = hers.post(reverse("applications:mend", args=[case.number]))
    assert "Give the files that the office asks for first." in text_of(early)


def test_a_file_that_is_asked_for_stands_in_what_the_applicant_will_read(citizen, staffed):
    case, officer = before_officer(citizen, staffed.aline), officer_at(staffed.aline)
    ask = reverse("applications:ask_completion", args=[case.number])
    shown = officer.post(ask, {"look": "1", "why-attachment:photo": "unclear"})
    assert 'name="why-attachment:photo" value="unclear"' in text_of(shown)
    assert "<b>Photo</b>" in text_of(shown)
    nothing = officer.post(ask, {"look": "1", "why-attachment:stamps": "unclear"})
    assert nothing.status_code == 409
