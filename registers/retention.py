"""What is kept of the registers' answers, and how long."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel.retention import OURS, RECORD, DataClass, declare
from registers.models import FeedPage
from registers.operations.listening import PAGES_KEPT


def _pages(before: datetime) -> int:
    return FeedPage.objects.filter(body__isnull=False, received_at__lte=before).count()


declare(
    DataClass(
        code="cited_entries",
        name=_("The entry of the register that your paper rests on"),
        purpose=_("So that a paper says only what the register says."),
        rule=_("As the register gave it; its national numbers are encrypted."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="families_of_staff",
        name=_("Whose parent, child or spouse an officer is"),
        purpose=_("So that no officer decides about her own family."),
        rule=_("Only fingerprints, asked anew each day, and deleted when the officer leaves."),
        source=OURS,
        keep_for=None,
    ),
    DataClass(
        code="register_news",
        name=_("What a register told us has changed"),
        purpose=_("So that a paper that is no longer true is not taken for true."),
        rule=_("Encrypted, word for word; then only that something changed is kept."),
        source=OURS,
        keep_for=PAGES_KEPT,
        count=_pages,
    ),
)
