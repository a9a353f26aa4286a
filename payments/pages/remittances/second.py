"""What a second person decides of a sent or paid batch: a refusal, a return; and its asking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts import queries as hands
from payments.models import Movement, Remittance
from payments.operations import own_money, remitting
from payments.pages.remittances import shown as rows
from payments.pages.remittances import words
from payments.pages.remittances.forms import ReturnForm, SeenForm
from payments.queries import aftermath
from payments.states import Leg
from payments.states import RemittanceState as M

# In which an order may be at the bank.
GIVEN_OUT = (M.APPROVED, M.SENT, M.ACKNOWLEDGED)


def ask_withdrawal(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    remitting.ask_withdrawal(remittance_id=batch.pk, reason=typed["reason"], by_id=by_id, at=at)
    return gettext("Asked for. Another person decides now.")


def decide_refusal(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    is_yes, waiting = typed["answer"] == "yes", aftermath.waiting_refusal(batch.pk)
    remitting.decide_refusal(
        refusal_id=_standing(waiting, typed, remitting.RefusalDecided),
        approved=is_yes,
        by_id=by_id,
        step_up_id=typed.get("step_up_id"),
        at=at,
    )
    if waiting is None or waiting.report is None:
        return _withdrawn(is_yes)
    if is_yes:
        return gettext("The batch has failed. Its money waits for the next one.")
    return gettext("Declined. The batch is on its way as before.")


def _withdrawn(is_yes: bool) -> str:
    if is_yes:
        return gettext("Cancelled. Its money waits for the next batch.")
    return gettext("Declined. The batch stands as it was.")


def ask_return(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    remitting.ask_sent_back(
        remittance_id=batch.pk,
        movement_id=_meant(batch, typed),
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )
    return gettext("Asked for. Another person decides now.")


def decide_return(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    is_yes = typed["answer"] == "yes"
    remitting.decide_sent_back(
        release_id=_standing(aftermath.waiting_return(batch.pk), typed, own_money.AlreadyDecided),
        approved=is_yes,
        by_id=by_id,
        step_up_id=typed.get("step_up_id"),
        at=at,
    )
    if is_yes:
        return gettext("The batch has come back. Its money waits for the next one.")
    return gettext("Declined. The payment stays in suspense.")


def bound(name: str, form: type[SeenForm], batch: Remittance, request: HttpRequest) -> SeenForm:
    """Return an act's form with what was typed."""
    if name == "return":
        return ReturnForm(request.POST, auto_id=f"{name}-%s", credits=rows.credit_choices(batch))
    return form(request.POST, request.FILES, auto_id=f"{name}-%s")


def unbound(name: str, form: type[SeenForm], batch: Remittance) -> SeenForm:
    """Return an act's form as it is shown first."""
    initial: dict[str, object] = {"seen": batch.state}
    if name == "return":
        return ReturnForm(initial=initial, auto_id=f"{name}-%s", credits=rows.credit_choices(batch))
    if name in {"refusal", "returned"}:
        waiting = (
            aftermath.waiting_refusal(batch.pk)
            if name == "refusal"
            else aftermath.waiting_return(batch.pk)
        )
        initial["which"] = waiting.pk if waiting else None
    return form(initial=initial, auto_id=f"{name}-%s")


def fitting(
    made: dict[str, forms.Form], batch: Remittance, account_id: int
) -> dict[str, forms.Form]:
    """Return the forms without those for which nothing waits, or that are not for her."""
    refusal = aftermath.waiting_refusal(batch.pk) if {"refusal", "withdraw"} & set(made) else None
    asked = aftermath.waiting_return(batch.pk) if {"return", "returned"} & set(made) else None
    gone = set()
    if refusal is None or hands.same_hands(refusal.maker_id, account_id):
        gone.add("refusal")
    if refusal is not None:
        gone.add("withdraw")
    if asked is None or hands.same_hands(asked.maker_id, account_id):
        gone.add("returned")
    if asked is not None:
        gone.add("return")
    return {name: form for name, form in made.items() if name not in gone}


def shown(batch: Remittance, account_id: int) -> dict[str, object]:
    """Return what the page says of refusals and returns."""
    refusal = aftermath.waiting_refusal(batch.pk) if batch.state in GIVEN_OUT else None
    asked = aftermath.waiting_return(batch.pk) if batch.state == M.CONFIRMED else None
    is_given_up = batch.state in {M.FAILED, M.CANCELLED}
    return {
        "refusal": refusal,
        "refusal_reasons": [
            words.reason(one["code"], one["text"]) for one in refusal.report.reasons
        ]
        if refusal and refusal.report
        else [],
        "return_asked": asked,
        "came_back": aftermath.decided_return(batch.pk) if batch.state == M.SENT_BACK else None,
        "is_asker": any(
            one is not None and hands.same_hands(one.maker_id, account_id)
            for one in (refusal, asked)
        ),
        "paid_anyway": aftermath.debits_for(batch) if is_given_up else [],
        "stands_in": aftermath.batches_after(batch) if is_given_up else [],
    }


def _standing(waiting: object, typed: Mapping[str, Any], decided: type[Exception]) -> int:
    """Return the id of what she saw, if it still waits."""
    which = getattr(waiting, "pk", None)
    if which is None or which != typed["which"]:
        raise decided
    return int(which)


def _meant(batch: Remittance, typed: Mapping[str, Any]) -> int:
    """:raises own_money.CannotBe: if no payment of the batch's bank has this code"""
    if typed["credit"] != ReturnForm.OTHER:
        return int(typed["credit"])
    came = Movement.objects.filter(rail=batch.rail_id, leg=Leg.CREDIT)
    code = typed["code"].strip()
    found = came.filter(external_id=code) | came.filter(aliases__external_id=code)
    movement_id = found.values_list("pk", flat=True).first()
    if movement_id is None:
        raise own_money.CannotBe(batch.pk)
    return movement_id
