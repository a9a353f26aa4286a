"""What is kept of what readers tell and look for, and how long."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from catalogue.models import Remark
from catalogue.operations import hearing
from kernel.retention import OURS, DataClass, declare


def _missed(before: datetime) -> int:
    return hearing.missed_before(before.date())


def _remarks(before: datetime) -> int:
    return Remark.objects.filter(at__lte=before).exclude(words="").count()


declare(
    DataClass(
        code="searches",
        name=_("Words that were looked for and not found"),
        purpose=_("So that a procedure gets the name by which people know it."),
        rule=_("Single words, counted by day; no person, no number, nothing of who asked."),
        source=OURS,
        keep_for=hearing.MISSED_KEPT,
        count=_missed,
        forget=hearing.forget_missed,
    ),
    DataClass(
        code="remarks",
        name=_("What you tell us about a page"),
        purpose=_("So that whoever keeps the page can put it right."),
        rule=_("Your words, the page and the day; nothing of who you are."),
        source=OURS,
        keep_for=hearing.REMARKS_KEPT,
        count=_remarks,
        forget=hearing.forget_remarks,
    ),
)
