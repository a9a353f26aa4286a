"""What is said where money that may be our own, between two accounts, could be given away."""

from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext

from kernel.money import Money
from payments.models import Movement
from payments.pages.words import words as told
from payments.queries import arrivals
from payments.queries.arrivals import Sweep


@dataclass(frozen=True)
class Proposal:
    """A sweep that a payment may be, and why it is proposed."""

    sweep: Sweep
    why: str


def proposals(credit: Movement) -> list[Proposal]:
    """Return which sweeps of ours a payment may be, in words; nothing if it is not ours."""
    return [Proposal(one, why(one)) for one in arrivals.proposed_for(credit)]


def proposals_for(movement_id: int) -> list[Proposal]:
    """Return the same of a payment by its number, as long as it stands in suspense."""
    credit = Movement.objects.filter(pk=movement_id, open_item__isnull=False).first()
    return proposals(credit) if credit else []


def why(one: Sweep) -> str:
    """Return why a payment may be this sweep of ours."""
    facts = {"code": one.external_id, "rail": told(one.rail.names).text}
    if one.names_it and one.is_whole:
        return gettext("It names our sweep %(code)s from %(rail)s, and is all of it.") % facts
    facts |= {
        "day": formats.date_format(timezone.localtime(one.left_at), "j F Y"),
        "amount": Money(one.amount_minor, one.currency).format(get_language() or "en"),
    }
    if one.names_it:
        return (
            gettext(
                "It names our sweep %(code)s from %(rail)s, but that was %(amount)s. A sweep"
                " arrives whole: ask the bank first what this is."
            )
            % facts
        )
    return (
        gettext(
            "Exactly %(amount)s left %(rail)s for another account of ours on %(day)s and has not"
            " arrived."
        )
        % facts
    )
