"""What does not agree on a day, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.models import DifferenceKind as D

# What it is, and what whoever takes it does next.
KINDS: Mapping[str, tuple[Promise, Promise]] = {
    D.NOT_ON_STATEMENT: (
        _("Reported, and on no statement"),
        _("Ask the bank whether it holds this money. It ends when a statement shows it."),
    ),
    D.NEVER_TOLD: (
        _("On the statement, and never reported"),
        _("Ask the network why it was silent, and say how it ended."),
    ),
    D.AMOUNTS_DIFFER: (
        _("Reported twice with two amounts"),
        _("The first one counts. Ask which is right, and say how it ended."),
    ),
    D.REFERENCES_DIFFER: (
        _("Reported twice with two references"),
        _("The first one counts. Ask which is right, and say how it ended."),
    ),
    D.CHARGE_NOT_TARIFF: (
        _("A charge is not what the tariff says"),
        _("Claim the difference. It ends when the alarm is answered."),
    ),
    D.DEBIT_UNEXPLAINED: (
        _("Money left, and nobody has explained it"),
        _("It ends when two people have said what it was."),
    ),
    D.BALANCE_OFF: (
        _("The network holds more or less than the books say"),
        _("It ends when the balances agree, or the alarm is answered."),
    ),
    D.STATEMENT_MISSING: (
        _("The statement of this day has not come"),
        _("It ends when the statement is imported."),
    ),
    D.STATEMENT_GAP: (
        _("A statement is held back, and no other tells its lines"),
        _("Ask the bank for the days that are missing. It ends when its lines are posted."),
    ),
    D.LINE_WAITING: (
        _("A statement takes back money that nobody has reported"),
        _("Ask the network for the payment that it is about."),
    ),
    D.ALARM_UNANSWERED: (
        _("An alarm still rings"),
        _("It ends when somebody has looked into it."),
    ),
    D.NOT_ARRIVED: (
        _("Money left as ordered, and has not arrived"),
        _("It ends when it arrives, or two people say what became of it. An answer is not enough."),
    ),
    D.INBOX_NOT_EMPTY: (
        _("Messages of this day are not posted"),
        _("It ends when they are posted, or set aside."),
    ),
}
