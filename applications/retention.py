"""What is kept of cases, and how long."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from applications.models import DRAFT_LIFE
from applications.operations import calling, erasing, forgetting, saving, taking_out
from kernel.retention import OURS, RECORD, DataClass, declare


def _drafts(before: datetime, limit: int, now: datetime) -> int:
    return forgetting.forget_drafts(before, limit, at=now)


def _saved(before: datetime, limit: int, now: datetime) -> int:
    return saving.forget_saved(before, limit, at=now)


def _files(before: datetime, limit: int, now: datetime) -> int:
    return forgetting.forget_files(before, limit, at=now)


def _calls(before: datetime, limit: int, _now: datetime) -> int:
    return calling.forget_calls(before, limit)


def _cases(before: datetime, limit: int, now: datetime) -> int:
    return erasing.begin_past_terms(before, limit, at=now)


def _exports(before: datetime, limit: int, now: datetime) -> int:
    return taking_out.forget_exports(before, limit, at=now)


declare(
    DataClass(
        code="cases",
        name=_("Your applications: answers, decisions and letters"),
        purpose=_("To decide on what you applied for, and to show later why."),
        rule=_("Numbers and phones among the answers are encrypted. Kept with the decision."),
        source=RECORD,
        keep_for=None,
        count=lambda before: erasing.past_term(before).count(),
        forget=_cases,
    ),
    DataClass(
        code="calls",
        name=_("That your office called you, because a message did not arrive"),
        purpose=_("So that you are told all the same, and can ask whether somebody tried."),
        rule=_("The case, the day and what came of it; nothing of what was said. Then deleted."),
        source=OURS,
        keep_for=calling.CALL_KEPT,
        count=lambda before: calling.old_calls(before).count(),
        forget=_calls,
    ),
    DataClass(
        code="drafts",
        name=_("Applications that you began and never sent"),
        purpose=_("So that you can go on later."),
        rule=_("The answers are emptied, and the application counts as withdrawn."),
        source=OURS,
        keep_for=timedelta(days=30),
        count=lambda before: forgetting.old_drafts(before).count(),
        forget=_drafts,
    ),
    DataClass(
        code="saved_drafts",
        name=_("Answers that you gave before you proved who you are"),
        purpose=_("So that you can go on later."),
        rule=_("Encrypted; deleted 30 days after the last answer."),
        source=OURS,
        keep_for=DRAFT_LIFE,
        count=lambda before: saving.old_saved(before).count(),
        forget=_saved,
    ),
    DataClass(
        code="draft_files",
        name=_("Documents that you gave and never sent"),
        purpose=_("So that you can go on later."),
        rule=_("Encrypted; the file and its key are destroyed."),
        source=OURS,
        keep_for=timedelta(days=30),
        count=lambda before: forgetting.left_files(before).count(),
        forget=_files,
    ),
    DataClass(
        code="documents_given",
        name=_("Documents that you sent with an application"),
        purpose=_("To decide on what you applied for, and to show later why."),
        rule=_("Encrypted, each under a key of its own. Kept with the decision."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="looks",
        name=_("Who looked at your applications"),
        purpose=_("So that you can see who looked, and ask why."),
        rule=_("Nobody can change or delete it."),
        source=OURS,
        keep_for=None,
    ),
    DataClass(
        code="exports",
        name=_("A copy of your data that you asked for"),
        purpose=_("So that you can load it."),
        rule=_("Encrypted; destroyed when its day is over."),
        source=OURS,
        keep_for=timedelta(0),
        count=taking_out.old_exports,
        forget=_exports,
    ),
)
