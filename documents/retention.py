"""What is kept of papers, and how long."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from documents.models import Look
from documents.operations.looking import LOOKS_KEPT
from kernel.retention import OURS, RECORD, DataClass, declare


def _looks(before: datetime) -> int:
    return Look.objects.filter(at__lte=before).count()


declare(
    DataClass(
        code="papers",
        name=_("Your papers"),
        purpose=_("So that you can load them again, and whoever is shown one can check it."),
        rule=_("The files are encrypted, each under a key of its own."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="paper_looks",
        name=_("When somebody checked your paper"),
        purpose=_("So that you can see it, and whom you let read it."),
        rule=_("A kind and a minute, never who; then deleted."),
        source=OURS,
        keep_for=LOOKS_KEPT,
        count=_looks,
    ),
)
