"""The rooms that open from the desk by an act alone."""

from django.utils.translation import gettext_lazy as _

from accounts.policies import CONFIRM_AGENTS, REGISTER_AGENTS
from accounts.rooms import Room, declare
from applications import policies

MAY_READ_AGENTS = (policies.SUPERVISE, REGISTER_AGENTS, CONFIRM_AGENTS)

declare(
    Room(
        "applications:queue",
        _("Desk"),
        (*policies.AT_DESK, policies.RECEIVE, policies.ASSIST),
        is_desk=True,
    ),
    Room("applications:calls", _("People to call"), policies.MAY_CALL),
    Room("applications:openings", _("Cases opened outside a right"), (policies.SUPERVISE,)),
    Room(
        "applications:look_questions",
        _("Questions about who looked"),
        (policies.ANSWER_FOR_LOOKS,),
    ),
    Room("applications:open_case", _("Open a case outside your rights"), (policies.BREAK_GLASS,)),
    Room("applications:help_holds", _("Helpers who wait for you"), (policies.SUPERVISE,)),
    Room("applications:help_agents", _("What agents did"), MAY_READ_AGENTS),
)
