"""Why a case goes where it goes, in words for the office."""

from django.utils.translation import gettext as _

from accounts.operations.presence import OFF_DAY
from accounts.states import AbsenceKind
from applications.operations import appealing, choosing, handing, rerouting, routing

_REGISTER = "register_"
"""So begins the note where the register was asked first, and its answer was not enough."""


def why(code: str) -> str:
    """Return one reason in words; "" for a code that says nothing of where it went."""
    if code.startswith(_REGISTER):
        return _("the register could not answer by itself")
    return {
        routing.BY_AREA: _("the office of the level that the service names serves this area"),
        routing.LEVEL_UP: _("no office of the service's level is open here: the next one above"),
        routing.NATION_DECIDES: _("the service is decided for the whole country"),
        routing.AREA_REFORMED: _("a reform gave the area to another one, which serves it now"),
        routing.AREA_SPLIT: _("a reform split the area: the nearest office above all of its parts"),
        routing.STAYED: _("it stays at its office"),
        handing.HANDED_OVER: _("another office handed it over, and it has arrived"),
        appealing.ABOVE: _("the applicant appeals: the office above decides"),
        appealing.SAME_OFFICE: _("the applicant appeals: somebody else here decides"),
        "laid_back": _("a colleague laid it back"),
        "transferred": _("a colleague gave it on"),
        "transferred_often": _("a colleague gave it on, for the third time or more"),
        rerouting.REROUTED: _("its officer or its office could not go on with it"),
        choosing.LIGHTEST: _("the officer with the least to do"),
        choosing.STANDS_IN: _("stands in for an officer of this office"),
        choosing.FROM_AROUND: _("nobody of the office is free: an officer whose rights reach here"),
        choosing.NOBODY: _("nobody is free: the supervisor must name an officer"),
    }.get(code, "")


def why_not(code: str) -> str:
    """Return what speaks against an officer; why she is away is not said."""
    if code in {*AbsenceKind.values, OFF_DAY}:
        return _("away")
    return {
        choosing.INTEREST: _("has an interest in the case"),
        choosing.MADE_A_STEP: _("made an earlier step of it"),
        choosing.GAVE_IT_BACK: _("gave it back"),
        choosing.NOT_FIRST: _("the office's own officers come first"),
    }.get(code, "")
