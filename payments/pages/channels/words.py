"""What is the matter with a rail, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.operations import health

# The word, its tone, and what it means.
STATES: Mapping[str, tuple[Promise, str, Promise]] = {
    health.SILENT: (
        _("does not answer"),
        "bad",
        _("We ask, and no answer comes that can be read."),
    ),
    health.QUIET: (
        _("quiet"),
        "bad",
        _("By now payments should have been told, and none has."),
    ),
    health.LATE: (_("late"), "warn", _("What it tells happened a good while ago.")),
    "": (_("as usual"), "good", _("What it tells is what it usually tells, or nearly.")),
}
UNKNOWN = (
    _("not known yet"),
    "",
    _("It takes two weeks to know what is usual. Whether it answers is known at once."),
)
