"""
Files that are put with a case: by its applicant under the slots of the service, by officers as
scans.

A file is looked at, cleaned, scanned and kept before any row is locked; the row comes last.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts.limits import Limit
from accounts.operations import budgets
from applications import policies
from applications.models import Application, Attachment, CheckState, CompletionRequest
from applications.operations.drafting import require_holder
from applications.operations.moving import NoSuchCase, NotNow, lock, require_status
from applications.operations.noting import require_desk
from applications.queries import attachments
from applications.states import ON_DESK, Status
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.definition import Attachment as Slot
from catalogue.definition import Definition
from kernel import files, uploads

log = structlog.get_logger()

FILES_MAX = 20
# Looking at a file costs a second of a core; what is kept is kept for good.
BY_ACCOUNT = Limit("attachment.account", 60, timedelta(hours=1))
SCANNED_IN = (*ON_DESK, Status.AWAITING_COMPLETION)


class NoSuchSlot(Exception):
    """The service asks for no such file, or it is not asked for now."""


class TooManyFiles(Exception):
    """The case has as many files as a case may have."""


def attach(
    *, application_id: int, holder_id: int, code: str, data: bytes, by_id: int, at: datetime
) -> int:
    """
    Put a file under a slot of a draft, or of a completion that asks for it; return its id.

    What stood there makes room. Where the virus scanner is silent the file waits, unseen.

    :raises NotHers: if another person asks
    :raises NotNow: if it is not her turn
    :raises NoSuchSlot: if the service has no slot of this code, or nobody asked for it
    :raises TooManyFiles: beyond 20 of one case
    :raises kernel.uploads.Refused: if the file is not taken; `why` says why
    :raises kernel.uploads.Busy: if too many files are being looked at now
    :raises accounts.operations.BudgetSpent: after 60 files in an hour
    """
    slot = _slot(_read(application_id), holder_id, code)
    budgets.spend(BY_ACCOUNT, str(by_id), at=at)
    clean = uploads.check(data, slot.types, bytes_max=slot.max_bytes)
    kept = _Kept(clean, at)
    with transaction.atomic():
        application = lock(application_id)
        _slot(application, holder_id, code)
        _take_back(application, code, by_id=by_id, at=at)
        return _put(application, code, kept, by_id=by_id, at=at)


def detach(*, application_id: int, holder_id: int, code: str, by_id: int, at: datetime) -> None:
    """
    Take a file back, in the applicant's turn; what is not there any more is taken back already.

    :raises NotHers: if another person asks
    :raises NotNow: if it is not her turn
    :raises NoSuchSlot: if the service has no slot of this code, or nobody asked for it
    """
    with transaction.atomic():
        application = lock(application_id)
        _slot(application, holder_id, code)
        _take_back(application, code, by_id=by_id, at=at)


def take_back_unasked(
    application: Application, definition: Definition, *, by_id: int, at: datetime
) -> None:
    """Take back what stands under slots of a locked case that its answers no longer ask for."""
    asked = conditions.slots(definition, application.given)
    for code in definition.slots.keys() - asked.keys():
        _take_back(application, code, by_id=by_id, at=at)


def attach_scan(*, application_id: int, data: bytes, by_id: int, at: datetime) -> int:
    """
    Put an officer's scan with a case before her office; return its id.

    The same scan sent twice stands once.

    :raises NotNow: if the case is not before an office
    :raises policies.OwnCase: if she has an interest
    :raises accounts.policies.NotGranted: if no act of the desk is hers in this case, nor to receive
    :raises TooManyFiles, kernel.uploads.Refused, kernel.uploads.Busy, BudgetSpent: as `attach`
    """
    _require_scanner(_read(application_id), by_id, at=at)
    budgets.spend(BY_ACCOUNT, str(by_id), at=at)
    kept = _Kept(uploads.check(data), at)
    with transaction.atomic():
        application = lock(application_id)
        _require_scanner(application, by_id, at=at)
        scans = Attachment.objects.filter(application=application, code="", removed_at=None)
        twin = scans.filter(file_id=kept.sha256).first()
        return twin.pk if twin else _put(application, "", kept, by_id=by_id, at=at)


# --- the virus scanner, asked again -----------------------------------------------------------


def claim_checks(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Return attachments that wait for the scanner; nobody else gets them before `until`."""
    with transaction.atomic():
        due = list(
            Attachment.objects.select_for_update(skip_locked=True)
            .filter(check_state=CheckState.WAITING, check_due_at__lte=now)
            .order_by("check_due_at", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        Attachment.objects.filter(pk__in=due).update(check_due_at=until)
    return due


def file_to_check(attachment_id: int) -> str:
    """Return the SHA-256 of the file, in hex."""
    return Attachment.objects.values_list("file_id", flat=True).get(pk=attachment_id)


def record_check(*, attachment_id: int, is_clean: bool) -> None:
    """Keep what the scanner said; it says it once."""
    said = CheckState.CLEAN if is_clean else CheckState.HARMFUL
    changed = Attachment.objects.filter(pk=attachment_id, check_state=CheckState.WAITING).update(
        check_state=said, check_due_at=None
    )
    if changed and not is_clean:
        log.warning("attachment.harmful", attachment_id=attachment_id)


class _Kept:
    """A clean file in the store, and whether the scanner has spoken."""

    def __init__(self, clean: uploads.Clean, at: datetime) -> None:
        self.is_checked = uploads.scan(clean.data)
        self.pages = clean.pages
        self.sha256 = files.store(clean.data, clean.media_type, at=at).sha256


def _put(application: Application, code: str, kept: _Kept, *, by_id: int, at: datetime) -> int:
    standing = Attachment.objects.filter(application=application, removed_at=None)
    if standing.count() >= FILES_MAX:
        raise TooManyFiles(application.pk)
    made = Attachment.objects.create(
        application=application,
        code=code,
        file_id=kept.sha256,
        pages=kept.pages,
        attached_by_id=by_id,
        attached_at=at,
        check_state=CheckState.CLEAN if kept.is_checked else CheckState.WAITING,
        check_due_at=None if kept.is_checked else at,
    )
    return int(made.pk)


def _take_back(application: Application, code: str, *, by_id: int, at: datetime) -> None:
    Attachment.objects.filter(application=application, code=code, removed_at=None).update(
        removed_by_id=by_id, removed_at=at
    )


def _slot(application: Application, holder_id: int, code: str) -> Slot:
    """Return the slot, if it is the applicant's turn to fill it."""
    require_holder(application, holder_id)
    require_status(application, Status.DRAFT, Status.AWAITING_COMPLETION)
    definition = catalogue.version(application.service_version_id).definition
    if code not in definition.slots or not _is_asked(application, definition, code):
        raise NoSuchSlot(code)
    return definition.slots[code]


def _is_asked(application: Application, definition: Definition, code: str) -> bool:
    if application.status == Status.DRAFT:
        return code in conditions.slots(definition, application.given)
    open_ = CompletionRequest.objects.filter(application=application, answered_at=None).first()
    return open_ is not None and code in attachments.asked_for(open_)


def _require_scanner(application: Application, by_id: int, *, at: datetime) -> None:
    if application.deciding_office_id is None:
        raise NotNow(application.pk, application.status)
    require_status(application, *SCANNED_IN)
    require_desk(application, by_id, at=at, also=policies.RECEIVE)


def _read(application_id: int) -> Application:
    found = Application.objects.filter(pk=application_id).first()
    if found is None:
        raise NoSuchCase(application_id)
    return found
