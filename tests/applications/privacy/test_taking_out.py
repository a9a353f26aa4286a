"""A person takes out what is kept about her; nobody else does, and a day later it is gone."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from accounts.states import Assurance
from applications import operations
from applications.models import Application, DataExport
from applications.operations import taking_out
from applications.states import Status
from kernel import audit, files, retention
from kernel.models import AuditEntry, RetentionRun, StoredFile
from tests.accounts import people
from tests.applications import world
from tests.applications.attachments.giving import complete_draft, give
from tests.applications.browser import citizen_at, text_of
from tests.world import NOON
from workers.errands.exports import make_exports

pytestmark = pytest.mark.django_db

PAGE = "/account/data/"
ZIP = "/account/data/my-data.zip"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def exported(browser) -> zipfile.ZipFile:
    browser.post(PAGE)
    make_exports(lambda: NOON)
    return zipfile.ZipFile(io.BytesIO(browser.get(ZIP).content))


def test_she_loads_her_answers_and_her_documents_and_it_stands_in_the_trace(citizen):
    case = complete_draft(citizen)
    browser = citizen_at(citizen)
    assert "Make a copy of my data" in text_of(browser.get(PAGE))

    browser.post(PAGE)
    assert "Being made" in text_of(browser.get(PAGE))
    assert browser.get(ZIP).status_code == 404
    packed = exported(browser)

    told = json.loads(packed.read("data.json"))
    person = Person.objects.get(pk=citizen.person_id)
    assert told["person"]["national_id"] == person.national_id
    assert told["person"]["contacts"][0]["value"] == citizen.phone
    assert [each["number"] for each in told["cases"]] == [case.number]
    assert told["cases"][0]["answers"]["residence_code"] == world.HOME
    assert sum(name.startswith("documents/") for name in packed.namelist()) == 1
    assert person.family_name in packed.read("index.html").decode()
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-2:] == ["export.asked", "export.loaded"]


def test_two_clicks_are_one_export_and_a_fourth_a_day_is_refused(citizen):
    browser = citizen_at(citizen)
    browser.post(PAGE)
    browser.post(PAGE)
    assert DataExport.objects.count() == 1

    for _ in range(3):
        make_exports(lambda: NOON)
        told = browser.post(PAGE, follow=True)
    assert "Try again tomorrow" in text_of(told)


def test_nobody_else_loads_it(citizen):
    exported(citizen_at(citizen))
    stranger = citizen_at(people.citizen())
    assert stranger.get(ZIP).status_code == 404
    assert "/sign-in/" in Client().get(ZIP).url


def test_whoever_is_known_by_her_phone_alone_is_asked_who_she_is(citizen):
    Person.objects.filter(pk=citizen.person_id).update(assurance=Assurance.PHONE)
    browser = citizen_at(citizen)
    assert "Show who you are" in text_of(browser.get(PAGE))
    browser.post(PAGE)
    assert not DataExport.objects.exists()
    assert browser.get(ZIP).status_code == 404


def test_a_day_later_it_is_not_hers_any_more_and_the_night_destroys_it(citizen, noon):
    browser = citizen_at(citizen)
    exported(browser)
    sha256 = DataExport.objects.get().file_id
    noon.move_to(NOON + DAY)
    assert citizen_at(citizen).get(ZIP).status_code == 404

    while retention.forget_due(now=NOON + DAY):
        pass
    assert not DataExport.objects.exists()
    with pytest.raises(files.FileMissing):
        files.read(sha256)


# --- what nobody sent in ------------------------------------------------------------------------


def test_a_draft_that_was_left_is_emptied_with_its_files_after_thirty_days(citizen):
    left = complete_draft(citizen)
    sha256 = StoredFile.objects.get().sha256

    assert retention.forget_now(now=NOON + timedelta(days=30)) == 0
    late = NOON + timedelta(days=31)
    while retention.forget_now(now=late):
        pass

    case = world.fresh(left)
    assert (case.status, case.answers, case.given) == (Status.WITHDRAWN, {}, {})
    assert StoredFile.objects.get(pk=sha256).erased_at == late
    entry = AuditEntry.objects.filter(act="retention.forgotten").first()
    assert entry.detail == {"drafts": 1}


def test_a_file_that_stands_with_another_case_too_is_kept(citizen):
    complete_draft(citizen)
    neighbour = people.citizen()
    kept = world.draft(neighbour, world.IDENTITY)
    give(neighbour, kept)
    Application.objects.filter(pk=kept.pk).update(created_at=NOON + timedelta(days=20))
    late = NOON + timedelta(days=31)
    while retention.forget_now(now=late):
        pass
    assert StoredFile.objects.get().erased_at is None


def test_a_night_forgets_once_and_not_by_day(citizen):
    complete_draft(citizen)
    by_night = NOON.replace(hour=1) + timedelta(days=31)
    assert retention.forget_due(now=by_night) == 0
    by_night += timedelta(hours=2)
    while retention.forget_due(now=by_night):
        pass
    assert RetentionRun.objects.count() == 1
    assert Application.objects.get().status == Status.WITHDRAWN
    assert retention.forget_due(now=by_night + timedelta(hours=1)) == 0


def test_the_command_says_what_would_go_and_changes_nothing(citizen, noon):
    complete_draft(citizen)
    noon.move_to(NOON + timedelta(days=31))
    out = io.StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "drafts: 30 days; past it: 1" in out.getvalue()
    assert Application.objects.get().status == Status.DRAFT


def test_anybody_reads_what_is_kept_for_what_and_how_long(house):
    said = text_of(Client().get(reverse("applications:privacy")))
    for each in retention.classes():
        assert str(each.name) in said or str(each.name).replace("'", "&#x27;") in said
    assert "30 days" in said


# --- the report on a breach, and the same copy by command ----------------------------------------


def test_the_report_names_the_authority_and_when_it_is_due_and_counts_the_trace(house, settings):
    settings.COUNTRY_CODE = "rw"
    retention.of_pack.cache_clear()
    audit.record(act="case.opened", actor_id=7, subject="case", subject_id=1, at=NOON)
    out = io.StringIO()
    call_command(
        "breach_pack", "--from", "2026-01-01", "--until", "2099-01-01",
        "--found", NOON.isoformat(), stdout=out,
    )  # fmt: skip
    said = out.getvalue()
    assert "within 48 hours of knowing (Law 058/2021, art. 43)" in said
    assert "47 hours left" in said or "48 hours left" in said
    assert "| `case.opened` | 1 |" in said
    assert "Your applications" in said


def test_kenya_gives_72_hours_and_one_account_is_told_apart(house, settings):
    settings.COUNTRY_CODE = "ke"
    retention.of_pack.cache_clear()
    audit.record(act="case.opened", actor_id=7, subject="case", subject_id=1, at=NOON)
    audit.record(act="case.shut", actor_id=8, subject="case", subject_id=1, at=NOON)
    out = io.StringIO()
    call_command(
        "breach_pack", "--from", "2026-01-01", "--until", "2099-01-01",
        "--found", "2020-01-01", "--account", "7", stdout=out,
    )  # fmt: skip
    retention.of_pack.cache_clear()
    said = out.getvalue()
    assert "within 72 hours of knowing (Data Protection Act 2019, s. 43)" in said
    assert "(PAST)" in said
    assert "| `case.opened` | 1 |" in said
    assert "case.shut" not in said


def test_a_report_on_no_time_at_all_is_refused(house):
    with pytest.raises(CommandError, match="before"):
        call_command(
            "breach_pack", "--from", "2026-02-01", "--until", "2026-01-01", "--found", "2026-02-01"
        )


def test_the_command_writes_a_copy_that_only_its_owner_reads(citizen, tmp_path):
    target = tmp_path / "copy.zip"
    call_command("export_person", str(citizen.person_id), "--to", str(target), "--reason", "R-7")
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(zipfile.ZipFile(target).read("data.json"))["cases"] == []
    assert AuditEntry.objects.latest("pk").reason == "R-7"

    with pytest.raises(CommandError, match="there already"):
        call_command(
            "export_person", str(citizen.person_id), "--to", str(target), "--reason", "R-8"
        )
    with pytest.raises(CommandError, match="no such person"):
        call_command("export_person", "999999", "--to", str(target), "--reason", "R-9")


# --- a packing that never ends ------------------------------------------------------------------


def test_a_packing_that_breaks_three_times_is_given_up_and_she_may_ask_anew(citizen, noon):
    browser = citizen_at(citizen)
    browser.post(PAGE)
    at = NOON
    for _ in range(3):
        assert len(operations.claim_exports(limit=1, now=at, until=at + timedelta(minutes=2))) == 1
        at += timedelta(minutes=3)
    assert operations.claim_exports(limit=1, now=at, until=at + timedelta(minutes=2)) == []
    assert DataExport.objects.get().failed_at == at

    assert "could not be made" in text_of(browser.get(PAGE))
    browser.post(PAGE)
    assert DataExport.objects.filter(failed_at=None).count() == 1


def test_past_its_bound_a_packing_reads_no_file_more(citizen, monkeypatch):
    for _ in range(2):
        complete_draft(citizen)
    read = []
    monkeypatch.setattr(taking_out, "FILES_MAX", 1)
    real = taking_out.files.read
    monkeypatch.setattr(taking_out.files, "read", lambda name: read.append(name) or real(name))

    packed = zipfile.ZipFile(io.BytesIO(taking_out.pack_person(citizen.person_id, "en", at=NOON)))
    assert len(read) == 1
    assert len(json.loads(packed.read("data.json"))["left_out"]) == 1
