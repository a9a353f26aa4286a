"""Files that somebody says are to be posted, or the watched folder: who may, and on which look."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from accounts import policies as grants
from kernel import audit
from payments.models import Import, Statement, StatementFile, StatementPreview
from payments.operations.importing import hands
from payments.operations.importing.reading import RUNS
from payments.policies import IMPORT_STATEMENT
from payments.states import ImportState, ImportStep, StatementFileState, StatementState

log = structlog.get_logger()

ENDED = (ImportState.DONE, ImportState.FAILED)


class CannotPost(Exception):
    """The file is as it was."""


class PostedAlready(CannotPost):
    """All of it is posted."""


class NothingToPost(CannotPost):
    """Nothing in it is in order: each of its statements is held back."""


class LookedAtAnew(CannotPost):
    """Somebody has looked again since, and may have found something else."""


class BeingRead(CannotPost):
    """It is being read just now: what is found may be another thing than she saw."""


class SecondMustConfirm(CannotPost):
    """It moves money that only this file tells of, and she brought it herself."""


def stamp(file_id: int) -> str:
    """Return what changes whenever the file is looked at again."""
    looks = StatementPreview.objects.filter(statement__file=file_id)
    made_at = looks.aggregate(at=Max("made_at"))["at"]
    return made_at.isoformat() if made_at else ""


def queue(*, file_id: int, by_id: int, seen: str, at: datetime) -> int:
    """
    Say that a file is to be posted; return the import's id. A second press gets the same.

    :param seen: the `stamp` of the look on which she decides
    :raises accounts.policies.NotGranted: if she may not, for one of its rails
    :raises CannotPost: see each
    :raises StatementFile.DoesNotExist: if there is no such file
    """
    with transaction.atomic():
        file = _lock(file_id)
        for code in rails_of(file_id) or [grants.ANY]:
            grants.require(
                account_id=by_id,
                act=IMPORT_STATEMENT.code,
                area_code=None,
                rail_code=code,
                at=at,
            )
        running = Import.objects.filter(file=file, state__in=RUNS).first()
        if running is not None and running.step == ImportStep.READ:
            raise BeingRead(file_id)
        if running is not None:
            return running.pk
        if file.state == StatementFileState.POSTED:
            raise PostedAlready(file_id)
        if seen != stamp(file_id):
            raise LookedAtAnew(file_id)
        hands.confirm(file, by_id=by_id)
        if needs_second(file):
            raise SecondMustConfirm(file_id)
        import_id = _queue(file, by_id=by_id, at=at)
        audit.record(
            act=IMPORT_STATEMENT.code,
            actor_id=by_id,
            subject="payments.statement_file",
            subject_id=file_id,
            detail={"import_id": import_id},
            at=at,
        )
    log.info("import.queued", import_id=import_id)
    return import_id


def rails_of(file_id: int) -> list[str]:
    """Return the codes of the rails whose statements a file is, as it was read last."""
    rails = Statement.objects.filter(file=file_id, rail__isnull=False)
    return sorted(set(rails.values_list("rail__code", flat=True)))


def needs_second(file: StatementFile) -> bool:
    """Tell whether, by the last look, it needs another person than whoever stands for it by now."""
    if file.confirmed_by_id is not None or not hands.is_by_hand(file):
        return False
    return (
        StatementPreview.objects.filter(
            statement__file=file, statement__held_back="", statement__state=StatementState.KEPT
        )
        .exclude(second_why="")
        .exists()
    )


def queue_unattended(*, file_id: int, at: datetime) -> int | None:
    """Queue a file of the watched folder if all of it is in order; None: a person must look."""
    with transaction.atomic():
        file = _lock(file_id)
        held = Statement.objects.filter(file=file).exclude(held_back="")
        if file.state == StatementFileState.POSTED or held.exists():
            return None
        imports = Import.objects.filter(file=file)
        # Somebody brought the same, and it has been read just now.
        imports.filter(step=ImportStep.READ, state=ImportState.QUEUED).update(
            state=ImportState.DONE, ended_at=at
        )
        if imports.exclude(step=ImportStep.READ, state__in=ENDED).exists():
            return None
        try:
            return _queue(file, by_id=None, at=at)
        except NothingToPost:
            return None


def _lock(file_id: int) -> StatementFile:
    files = StatementFile.objects.defer("body").select_for_update(no_key=True)
    return files.get(pk=file_id)


def _queue(file: StatementFile, *, by_id: int | None, at: datetime) -> int:
    statements = Statement.objects.filter(file=file)
    if not statements.filter(held_back="").exists():
        raise NothingToPost(file.pk)
    lines = statements.aggregate(lines=Sum("entries"))["lines"] or 0
    try:
        with transaction.atomic():
            return Import.objects.create(file=file, by_id=by_id, asked_at=at, lines_total=lines).pk
    except IntegrityError as error:
        if "import_runs_once" not in str(error):
            raise
        return Import.objects.get(file=file, state__in=RUNS).pk
