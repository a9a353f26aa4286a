"""
Files that somebody brings, or looks at again: kept at once, and read by a worker of its own.

Thirty-two megabytes take many seconds to read, and whoever brought them need not wait for a page
so long. Nothing of a file is posted by reading it.
"""

from datetime import datetime

import structlog
from django.db import transaction

from kernel import audit
from payments.models import Import, Rail, StatementFile
from payments.operations import importing
from payments.operations.importing import keeping
from payments.policies import IMPORT_STATEMENT
from payments.states import ImportState, ImportStep, StatementFileState

log = structlog.get_logger()

RUNS = (ImportState.QUEUED, ImportState.RUNNING)


def bring(*, data: bytes, name: str, rail_code: str | None, by_id: int, at: datetime) -> int:
    """
    Keep a file that may be taken (`uploading.check`) and say that it is to be read; return its id.

    A file that is kept already is the same one, and is read anew unless all of it is posted.

    :raises importing.NoRail: if there is no such rail
    """
    _rail(rail_code)
    file = keeping.keep(data=data, name=name, by_id=by_id, at=at)
    look_again(file_id=file.pk, rail_code=rail_code, by_id=by_id, at=at)
    audit.record(
        act=IMPORT_STATEMENT.code,
        actor_id=by_id,
        subject="payments.statement_file",
        subject_id=file.pk,
        detail={"step": "brought"},
        at=at,
    )
    return file.pk


def look_again(
    *, file_id: int, rail_code: str | None = None, by_id: int | None, at: datetime
) -> None:
    """
    Say that a kept file is to be read, because another was posted or somebody says whose it is.

    Does nothing if all of it is posted, or if it is being read or posted just now: whoever comes
    sees that.

    :raises importing.NoRail: if there is no such rail
    :raises StatementFile.DoesNotExist: if there is no such file
    """
    rail = _rail(rail_code)
    with transaction.atomic():
        files = StatementFile.objects.defer("body").select_for_update(no_key=True)
        file = files.get(pk=file_id)
        runs = Import.objects.filter(file=file, state__in=RUNS).exists()
        if runs or file.state == StatementFileState.POSTED:
            return
        job = Import.objects.create(
            file=file, step=ImportStep.READ, rail=rail, by_id=by_id, asked_at=at
        )
    log.info("import.to_be_read", import_id=job.pk)


def _rail(code: str | None) -> Rail | None:
    if not code:
        return None
    if (rail := Rail.objects.filter(code=code).first()) is None:
        raise importing.NoRail(code)
    return rail
