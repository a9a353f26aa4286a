"""What is kept of messages, and how long."""

from django.utils.translation import gettext_lazy as _

from kernel.retention import OURS, DataClass, declare
from notifications import forgetting

declare(
    DataClass(
        code="messages",
        name=_("What we wrote to your phone or email address"),
        purpose=_("To tell you what became of your application."),
        rule=_("Encrypted. Then the text is erased; that one was sent stays. A code goes at once."),
        source=OURS,
        keep_for=forgetting.TEXT_KEPT,
        count=lambda before: forgetting.old_texts(before).count(),
        forget=forgetting.forget_texts,
    ),
)
