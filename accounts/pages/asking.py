"""Asking the population register about somebody, and saying no to all in the same words."""

from datetime import datetime

from django.utils.translation import gettext

from accounts import operations
from accounts.pages.forms import PersonForm
from registers import gateways
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable


def found(
    form: PersonForm, *, account_id: int, at: datetime, at_counter: bool = False
) -> PersonEntry | None:
    """
    Return whom the register knows by this number and birthday; None with a word in the form.

    Every try counts, so that nobody tries numbers; one that is right, or unanswered, does not.

    :param at_counter: an officer asks who holds an act for it: counted by her account alone
    :raises accounts.operations.BudgetSpent: after too many
    """
    entry = told_silently(form, account_id=account_id, at=at, at_counter=at_counter)
    if form.errors:
        return None
    if entry is None:
        form.add_error(
            None,
            gettext("These details do not match. Check the number and the date on the card."),
        )
        return None
    give_back(form, account_id=account_id, at_counter=at_counter)
    return entry


def told_silently(
    form: PersonForm, *, account_id: int, at: datetime, at_counter: bool = False
) -> PersonEntry | None:
    """
    Return whom the register knows, or None, and say nothing of it: the answer is the caller's.

    The try counts, whatever comes of it, until `give_back`; only where the register is silent it
    does not, and the form says so.

    :param at_counter: as for `found`
    :raises accounts.operations.BudgetSpent: after too many
    """
    national_id = form.cleaned_data["national_id"]
    counted = None if at_counter else national_id
    operations.allow_proof(account_id=account_id, national_id=counted, at=at)
    try:
        entry = gateways.population().person(national_id=national_id)
    except RegisterUnavailable:
        operations.return_proof(account_id=account_id, national_id=counted)
        form.add_error(None, silent())
        return None
    if entry is None or entry.born_on != form.cleaned_data["born_on"]:
        operations.record_proof_refused(account_id=account_id, at=at)
        return None
    return entry


def give_back(form: PersonForm, *, account_id: int, at_counter: bool = False) -> None:
    """Count the try no more: it told her only what is hers."""
    counted = None if at_counter else form.cleaned_data["national_id"]
    operations.return_proof(account_id=account_id, national_id=counted)


def silent() -> str:
    return gettext("The register does not answer now. Nothing is lost: try again in a few minutes.")
