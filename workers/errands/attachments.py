"""Files that came while the virus scanner was silent are shown to it again."""

from datetime import timedelta

import structlog

from applications import operations as applications
from kernel import files, uploads
from kernel.files import FileChanged, FileMissing, StorageUnavailable
from workers.errands.carrying import Clock, each

log = structlog.get_logger()

# Longer than four files take, and the pause before the next try.
CHECK_LEASE = timedelta(minutes=1)


def check_attachments(clock: Clock) -> int:
    return each(applications.claim_checks, _check, clock, lease=CHECK_LEASE)


def _check(attachment_id: int, /, *, clock: Clock) -> None:
    try:
        data = files.read(applications.file_to_check(attachment_id))
        if not uploads.scan(data, seconds=uploads.ERRAND_SECONDS):
            return  # Silent still; the lease is the pause.
    except uploads.Refused:
        applications.record_check(attachment_id=attachment_id, is_clean=False)
    except (StorageUnavailable, FileMissing, FileChanged) as trouble:
        log.warning("errand.no_file", attachment_id=attachment_id, trouble=type(trouble).__name__)
    else:
        applications.record_check(attachment_id=attachment_id, is_clean=True)
