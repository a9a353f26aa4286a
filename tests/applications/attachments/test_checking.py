"""Where a virus scanner is configured, nothing is shown before it has spoken."""

import pikepdf
import pytest

from applications import operations
from applications.models import CheckState
from applications.queries import attachments
from kernel import uploads
from sandbox.clamd import VIRUS
from tests.applications import world
from tests.applications.attachments.giving import (
    IDENTITY,
    ask_anew,
    before_officer,
    give,
    nobody_there,
)
from tests.applications.packing import HOME
from tests.applications.world import MINUTE
from tests.kernel.uploads import specimens
from tests.world import NOON
from workers.errands.attachments import check_attachments

pytestmark = pytest.mark.django_db


def _state(case) -> list[CheckState]:
    return [one.state for one in attachments.of(case.pk)]


def _virus() -> bytes:
    """A PDF that is plain to us, and in which the scanner knows a virus."""
    return specimens.pdf(Note=pikepdf.String(VIRUS.decode()))


def test_a_file_that_the_scanner_knows_to_be_good_is_open_at_once(citizen, scanner):
    case = world.draft(citizen, IDENTITY)
    give(citizen, case)
    assert _state(case) == [CheckState.CLEAN]


def test_a_file_that_the_scanner_knows_to_be_bad_is_not_kept(citizen, scanner):
    case = world.draft(citizen, IDENTITY)
    with pytest.raises(uploads.Refused) as refusal:
        give(citizen, case, "letter", _virus())
    assert refusal.value.why == uploads.Why.VIRUS
    assert attachments.of(case.pk) == []


def test_a_file_waits_while_the_scanner_is_silent_and_is_opened_when_it_speaks(
    citizen, scanner, settings
):
    there, settings.CLAMD_ADDRESS = settings.CLAMD_ADDRESS, nobody_there()
    case = world.draft(citizen, IDENTITY)
    give(citizen, case)
    assert check_attachments(lambda: NOON) == 1
    assert _state(case) == [CheckState.WAITING]
    settings.CLAMD_ADDRESS = there
    assert check_attachments(lambda: NOON) == 0  # The lease is the pause.
    assert check_attachments(lambda: NOON + MINUTE) == 1
    assert _state(case) == [CheckState.CLEAN]
    assert check_attachments(lambda: NOON + 9 * MINUTE) == 0


def test_a_file_that_turns_out_bad_is_shut_and_counts_as_not_given(citizen, scanner, settings):
    there, settings.CLAMD_ADDRESS = settings.CLAMD_ADDRESS, nobody_there()
    case = world.draft(citizen, IDENTITY)
    give(citizen, case, "letter", _virus())
    settings.CLAMD_ADDRESS = there
    check_attachments(lambda: NOON)
    assert _state(case) == [CheckState.HARMFUL]
    assert not attachments.of(case.pk)[0].is_open
    give(citizen, case, "letter", specimens.pdf())
    assert _state(case) == [CheckState.CLEAN]


def test_what_waits_for_the_scanner_keeps_no_case_waiting(citizen, settings):
    settings.CLAMD_ADDRESS = nobody_there()
    case = world.draft(citizen, IDENTITY)
    give(citizen, case)
    world.submit(citizen, case)
    assert world.fresh(case).status != "DRAFT"


def test_a_file_that_turns_out_bad_does_not_keep_her_from_mending_something_else(
    citizen, staffed, settings
):
    settings.CLAMD_ADDRESS = nobody_there()
    case = before_officer(citizen, staffed.aline)
    ask_anew(case, staffed.aline, residence_code="check")
    [photo] = attachments.of(case.pk)
    operations.record_check(attachment_id=photo.id, is_clean=False)
    with pytest.raises(operations.NoSuchSlot):
        give(citizen, case)
    operations.complete(
        application_id=case.pk,
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        given={"residence_code": HOME},
        at=NOON,
    )
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_the_scanner_speaks_once(citizen):
    case = world.draft(citizen, IDENTITY)
    attachment_id = give(citizen, case)
    operations.record_check(attachment_id=attachment_id, is_clean=False)
    assert _state(case) == [CheckState.CLEAN]
