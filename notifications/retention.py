"""What is kept of messages, and how long."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kernel.retention import OURS, DataClass, declare

declare(
    DataClass(
        code="messages",
        name=_("What we wrote to your phone or email address"),
        purpose=_("To tell you what became of your application."),
        rule=_("Encrypted until it is sent, and then erased; that one was sent stays."),
        source=OURS,
        keep_for=timedelta(0),
    ),
)
