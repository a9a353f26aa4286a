"""Sending cases in: one price, one bill, one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from applications.models import Application, WaivedCharge
from applications.operations.attaching import take_back_unasked
from applications.operations.drafting import (
    follow_service,
    require_complete,
    require_guardian,
    require_holder,
    require_sure,
)
from applications.operations.moving import NoSuchCase, lock_all, move, require_status
from applications.operations.promising import promise
from applications.operations.routing import Desk, find_desk
from applications.states import Status
from catalogue import pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition
from payments.operations import billing
from payments.queries import BillView
from places import queries as places

BILL_LIFE = timedelta(days=7)
CASES_MAX = 20


class NotTogether(Exception):
    """These cases cannot stand on one bill: several accounts, several currencies, or too many."""


@dataclass(frozen=True)
class Submitted:
    """`bill_key` opens the bill's page; None where the law asks nothing."""

    bill_id: int | None
    bill_key: UUID | None


def submit(
    *,
    application_ids: Sequence[int],
    holder_id: int,
    by_id: int,
    at: datetime,
    received_by_office_id: int | None = None,
) -> Submitted:
    """
    Send drafts in: price them, issue one bill for all that cost something, and wait for it.

    The price is the one in force now, whatever it was when a draft was begun; it stays until the
    bill expires.

    :param received_by_office_id: the office at whose counter it came in; None for the one that
        decides
    :raises NotApplicable: if a service takes no applications any more
    :raises NotHers: if it is not hers, or the one who applied for her may no longer
    :raises NotSureEnough: if a service wants to be surer of who applies
    :raises Incomplete: if an answer is missing or wrong
    :raises NotTogether: if the cases cannot share a bill
    :raises NotNow: if one of them was sent in already
    :raises places.queries.NoOffice: if no office serves the area that was chosen
    """
    with transaction.atomic():
        applications = lock_all(application_ids)
        _require_together(applications, application_ids)
        for application in applications:
            require_holder(application, holder_id)
            require_status(application, Status.DRAFT)
            follow_service(application)
            require_guardian(application.guardian_id, application.holder_id, at=at)
            require_sure(_definition(application), application.guardian_id or application.holder_id)
            require_complete(application, _definition(application), at=at)
            take_back_unasked(application, _definition(application), by_id=by_id, at=at)
        priced = [_price(application, at=at) for application in applications]
        bill = _bill([case for case in priced if case.charges], at=at)
        for case in priced:
            _tell_waived(case, at=at)
            if received_by_office_id is not None:
                case.application.receiving_office_id = received_by_office_id
            _send_in(case, bill, by_id=by_id, at=at)
    return Submitted(bill.id, bill.key) if bill else Submitted(None, None)


@dataclass(frozen=True)
class _Priced:
    application: Application
    definition: Definition
    desk: Desk
    charges: list[pricing.Charge]
    waived: list[pricing.Charge]  # What the law takes off altogether.


def _require_together(applications: list[Application], asked: Sequence[int]) -> None:
    if not applications or len(applications) != len(set(asked)):
        raise NoSuchCase(list(asked))
    if len(applications) > CASES_MAX or len({case.account_id for case in applications}) > 1:
        raise NotTogether


def charge_prefix(application_id: int) -> str:
    """Return how the key of every charge of a case begins, and of no other's."""
    return f"applications.case:{application_id}:"


def bill_lines(application: Application, *, at: datetime) -> list[billing.NewLine]:
    """Return the lines of a case for a bill, by the version under which it was sent in."""
    return _lines(_price(application, at=at))


def bill_description(applications: Sequence[Application]) -> dict[str, str]:
    """Return the services of a bill in each language: what a payer sees, and never a name."""
    definitions = [_definition(application) for application in applications]
    languages = {language for definition in definitions for language in definition.names}
    return {
        language: ", ".join(dict.fromkeys(each.name(language) for each in definitions))
        for language in sorted(languages)
    }


def _definition(application: Application) -> Definition:
    return catalogue.version(application.service_version_id).definition


def _price(application: Application, *, at: datetime) -> _Priced:
    definition = _definition(application)
    desk = find_desk(definition, application.given, at=at)
    lines = pricing.lines(definition, application.given)
    return _Priced(
        application,
        definition,
        desk,
        charges=[charge for charge in lines if charge.amount_minor],
        waived=[charge for charge in lines if not charge.amount_minor],
    )


def _bill(priced: list[_Priced], *, at: datetime) -> BillView | None:
    if not priced:
        return None
    currencies = {charge.currency for case in priced for charge in case.charges}
    if len(currencies) > 1:
        raise NotTogether
    first = priced[0].application
    return billing.issue_bill(
        lines=[line for case in priced for line in _lines(case)],
        currency=currencies.pop(),
        description=bill_description([case.application for case in priced]),
        payer_contact_id=first.contact_id,
        at=at,
        expires_at=at + BILL_LIFE,
        # Nobody can tell for which of the cases a part was meant.
        takes_parts=all(case.definition.takes_parts for case in priced),
    )


def _lines(case: _Priced) -> list[billing.NewLine]:
    return [
        billing.NewLine(
            # Of the case, so that the same charge cannot stand on two live bills.
            charge_key=f"{charge_prefix(case.application.pk)}{charge.code}",
            names=charge.names,
            amount_minor=charge.amount_minor,
            beneficiary_code=_beneficiary(charge, case.desk),
            revenue_code=charge.revenue_code,
            legal_source=charge.legal_source,
            legal_checked=charge.legal_checked,
            returnable=charge.returnable,
            waived_minor=charge.full_minor - charge.amount_minor if charge.waiver else 0,
            waived_by=charge.waiver.law if charge.waiver else "",
        )
        for charge in case.charges
    ]


def _tell_waived(case: _Priced, *, at: datetime) -> None:
    """Write down what the law takes off altogether: no bill tells of it."""
    WaivedCharge.objects.bulk_create(
        WaivedCharge(
            application=case.application,
            fee_code=charge.code,
            beneficiary=places.beneficiary_for(charge.beneficiary, area_code=case.desk.area_code),
            currency=charge.currency,
            waived_minor=charge.full_minor,
            law=charge.waiver.law,
            at=at,
        )
        for charge in case.waived
        if charge.waiver is not None
    )


def _beneficiary(charge: pricing.Charge, desk: Desk) -> str:
    return places.beneficiary_for(charge.beneficiary, area_code=desk.area_code).code


def _send_in(case: _Priced, bill: BillView | None, *, by_id: int, at: datetime) -> None:
    application = case.application
    application.submitted_at = at
    application.receiving_office_id = application.receiving_office_id or case.desk.office_id
    application.deciding_office_id = case.desk.office_id
    application.handing_office_id = case.desk.office_id
    changed = ["submitted_at", "receiving_office", "deciding_office", "handing_office"]
    if case.charges and bill is not None:
        application.bill_id = bill.id
        move(application, Status.AWAITING_PAYMENT, by_id=by_id, at=at, changed=[*changed, "bill"])
    else:
        changed += promise(application, case.definition, at=at)
        move(application, Status.PAID, by_id=by_id, at=at, changed=changed)
