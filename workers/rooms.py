"""The room of whoever watches the machines."""

from django.utils.translation import gettext_lazy as _

from accounts.rooms import Room, declare
from workers.policies import WATCH

declare(Room("workers:board", _("Operations"), (WATCH,)))
