"""What is kept of payments, and how long."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel.retention import OURS, RECORD, DataClass, declare
from payments.models import RefusedMessage
from payments.operations.intake import REFUSED_KEPT


def _refused(before: datetime) -> int:
    return RefusedMessage.objects.filter(received_at__lt=before).count()


declare(
    DataClass(
        code="payments",
        name=_("Your payments"),
        purpose=_("To know that your bill is paid, and to pay back what is yours."),
        rule=_("Phones are encrypted. The books of the state are never changed."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="provider_messages",
        name=_("What a network or a bank told us of a payment"),
        purpose=_("To prove what was paid, when somebody doubts it."),
        rule=_("Word for word, as it came; seen by finance officers alone."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="refused_messages",
        name=_("What came in a bank's name and was not believed"),
        purpose=_("To find who tried to deceive us."),
        rule=_("Its beginning is kept, and deleted."),
        source=OURS,
        keep_for=REFUSED_KEPT,
        count=_refused,
    ),
)
