"""Why a right cannot be given or confirmed, in words for the officer who tried."""

from datetime import datetime

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts import operations, policies, words
from accounts.pages import stepping

REFUSALS = (
    policies.NotGranted,
    operations.SamePerson,
    operations.NotForThisAccount,
    operations.PersonUnknown,
    operations.HandsApart,
    operations.BadPeriod,
    operations.GiverWithoutRight,
    operations.GrantNotOpen,
    operations.LastHolder,
    operations.StepUpRefused,
)


def said(error: Exception) -> str:
    """Return the refusal in words; it names an act, and never a person."""
    if isinstance(error, operations.HandsApart):
        return gettext(
            "She may %(act)s, or was offered to: nobody holds both rights over the same thing."
        ) % {"act": words.act(error.act).name}
    known = {
        policies.NotGranted: gettext("Your own right does not reach that far."),
        operations.SamePerson: gettext("It takes somebody else: nobody does this for herself."),
        operations.NotForThisAccount: gettext("This account can hold no right."),
        operations.PersonUnknown: gettext(
            "Nobody has said yet which person this account is. Until then it holds no such right."
        ),
        operations.BadPeriod: gettext("A right does not begin in the past, nor end before that."),
        operations.GiverWithoutRight: gettext(
            "Whoever proposed it may no longer give it. Somebody who may proposes it anew."
        ),
        operations.GrantNotOpen: gettext("Somebody has confirmed or ended it in the meantime."),
        operations.LastHolder: gettext(
            "Nobody else could give rights, or confirm them, in the whole country. "
            "Let another hold it first."
        ),
        operations.StepUpRefused: gettext("Prove again who you are."),
    }
    return known[type(error)]


def stepped_up(request: HttpRequest, form: forms.Form, *, purpose: str, at: datetime) -> int | None:
    """Return the id of a step-up; None where the proof is wrong, which the form then says."""
    try:
        return stepping.step_up(request, form.cleaned_data["password"], purpose, at=at)
    except (operations.WrongPassword, operations.BudgetSpent) as error:
        form.add_error("password", stepping.wrong(error))
    return None


def refuse(form: forms.Form, error: Exception) -> None:
    form.add_error(None, said(error))
