"""What the codes of reports are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.states import RefundState, SuspenseReason
from reports.asking import By, Format, Kind
from reports.periods import Unit

KINDS: Mapping[Kind, Promise] = {
    Kind.REVENUE: _("Revenue"),
    Kind.SUSPENSE: _("Age of what did not match"),
    Kind.REFUNDS: _("Refunds"),
    Kind.FEES: _("Fees of networks and banks"),
    Kind.LINES: _("Revenue, entry by entry"),
}

WAYS: Mapping[By, Promise] = {
    By.AGENCY: _("Agency"),
    By.SERVICE: _("Service"),
    By.AREA: _("Area"),
    By.CHANNEL: _("Channel"),
    By.PERIOD: _("Day or month"),
    By.AGE: _("Age"),
    By.REASON: _("Reason"),
    By.STATE: _("State"),
    By.LINE: _("Entry"),
}

UNITS: Mapping[Unit, Promise] = {
    Unit.DAY: _("A day"),
    Unit.MONTH: _("A month"),
    Unit.QUARTER: _("A quarter"),
    Unit.YEAR: _("A year"),
    Unit.RANGE: _("From a day to a day"),
}

FORMATS: Mapping[Format, Promise] = {
    Format.PAGE: _("Page"),
    Format.CSV: _("CSV"),
    Format.XLSX: _("Excel"),
    Format.PDF: _("PDF"),
}

# The first day of each older age, and what the ages are called, the youngest first.
AGES = (2, 8, 31, 91)
AGES_TOLD: tuple[Promise, ...] = (
    _("Up to a day"),
    _("2 to 7 days"),
    _("8 to 30 days"),
    _("31 to 90 days"),
    _("Over 90 days"),
)

REASONS: Mapping[str, Promise] = {
    SuspenseReason.UNKNOWN_REFERENCE: _("No bill has this reference"),
    SuspenseReason.WRONG_CURRENCY: _("Another currency than the bill's"),
    SuspenseReason.OVERPAID: _("More than the bill asked"),
    SuspenseReason.ALREADY_PAID: _("The bill was paid already"),
    SuspenseReason.BILL_CANCELLED: _("The bill was cancelled"),
    SuspenseReason.BILL_REPLACED: _("The bill was replaced by another"),
    SuspenseReason.BILL_EXPIRED: _("The bill had run out"),
    SuspenseReason.REFUND_FAILED: _("A refund of it failed"),
}

STATES: Mapping[str, Promise] = {
    RefundState.PROPOSED: _("Proposed"),
    RefundState.REQUESTED: _("Asked for"),
    RefundState.AWAITING_FUNDS: _("Waiting for money to pay it from"),
    RefundState.APPROVED: _("Approved"),
    RefundState.SENDING: _("Being sent"),
    RefundState.PENDING: _("Sent, not confirmed"),
    RefundState.UNKNOWN: _("Outcome not known"),
    RefundState.DONE: _("Paid back"),
    RefundState.FAILED: _("Failed"),
    RefundState.DECLINED: _("Declined"),
}


def title(kind: Kind, by: By) -> str:
    """Return what a report is called, such as "Revenue by agency"."""
    if kind is Kind.LINES:
        return str(KINDS[kind])
    return gettext("%(report)s by %(way)s") % {
        "report": KINDS[kind],
        "way": str(WAYS[by]).lower(),
    }
