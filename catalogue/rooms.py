"""The room of focal points, who keep what services say right."""

from django.utils.translation import gettext_lazy as _

from accounts.rooms import Room, declare
from catalogue.policies import CONFIRM, EDIT, PUBLISH

declare(
    Room("catalogue:editor", _("Services"), (EDIT, PUBLISH)),
    Room("catalogue:kept", _("Keep it right"), (CONFIRM, PUBLISH)),
)
