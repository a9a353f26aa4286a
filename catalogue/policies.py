"""The acts on the catalogue that a grant may name; a grant can be of one service alone."""

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act
from accounts.policies import CONFIRM_RIGHTS, GIVE_RIGHTS, MANAGE_STAFF

# Two hands: whoever edited a draft does not approve it (draft_two_people says it again).
EDIT = Act(
    "catalogue.edit",
    two_people=True,
    name=_("edit services"),
    explained=_(
        "Write what a service says, asks and costs, as a draft. Another person publishes it."
    ),
)
PUBLISH = Act(
    "catalogue.publish",
    two_people=True,
    name=_("publish services"),
    explained=_("Approve or return a draft that somebody else has edited, and say from when."),
)
FEES = Act(
    "catalogue.fees",
    two_people=True,
    name=_("publish fees"),
    explained=_("Besides publishing services: approve drafts that change what people pay."),
)
CONFIRM = Act(
    "catalogue.confirm",
    two_people=False,
    name=_("confirm services"),
    explained=_("Say each month that what a service's page tells is still right."),
)
ACTS: tuple[Act, ...] = (EDIT, PUBLISH, FEES, CONFIRM)
acts.declare(*ACTS)

# What a service costs, and whose that money is, is money: as payments' own policies say.
for _rights in (GIVE_RIGHTS, CONFIRM_RIGHTS, MANAGE_STAFF):
    acts.declare_apart(_rights, FEES, "whoever gives rights or logins does not set fees")
