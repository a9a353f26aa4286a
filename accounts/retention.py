"""What is kept of people and their logins, and how long."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.limits import LONGEST
from accounts.models import Budget, IncomingText, OneTimeCode, Visit
from accounts.operations import forgetting
from accounts.operations.forgetting import CODE_KEPT, EMAIL_KEPT, SMS_KEPT, VISIT_KEPT
from kernel.retention import OURS, RECORD, DataClass, declare


def _codes(before: datetime) -> int:
    return OneTimeCode.objects.filter(expires_at__lte=before).count()


def _sessions(before: datetime) -> int:
    return Session.objects.filter(expire_date__lte=before).count()


def _visits(before: datetime) -> int:
    return Visit.objects.filter(ended_at__lte=before).count()


def _texts(before: datetime) -> int:
    return IncomingText.objects.filter(received_at__lte=before).count()


def _emails(before: datetime) -> int:
    return len(forgetting.old_emails(before))


def _forget_emails(before: datetime, limit: int, _now: datetime) -> int:
    return forgetting.forget_emails(before, limit)


def _budgets(before: datetime) -> int:
    return Budget.objects.filter(started_at__lte=before).count()


declare(
    DataClass(
        code="persons",
        name=_("Your name, date of birth, national number and phone"),
        purpose=_("To know whose an application is, and to reach you."),
        rule=_("The number and the phone are encrypted."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="guardianships",
        name=_("Who may act for whom, with the order or certificate that proves it"),
        purpose=_("So that nobody acts for a child or a ward who may not."),
        rule=_("The proof is encrypted. A refused request stays too, for whoever asks why."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="access",
        name=_("Changes of phone, and invitations of staff"),
        purpose=_("To show how somebody came to an account."),
        rule=_("Phones and addresses are encrypted. Kept with the account."),
        source=RECORD,
        keep_for=None,
    ),
    DataClass(
        code="emails",
        name=_("Email addresses that you took back, or never proved"),
        purpose=_("To finish what was on its way to you there."),
        rule=_("Encrypted, and emptied. The address that you use stays until you take it back."),
        source=OURS,
        keep_for=EMAIL_KEPT,
        count=_emails,
        forget=_forget_emails,
    ),
    DataClass(
        code="texts",
        name=_("Messages that your phone sent to us"),
        purpose=_("To end a consent when you write STOP."),
        rule=_("Encrypted, and deleted."),
        source=OURS,
        keep_for=SMS_KEPT,
        count=_texts,
    ),
    DataClass(
        code="erasures",
        name=_("That you asked to be forgotten here"),
        purpose=_("So that nobody is forgotten by one person alone, or without her wish."),
        rule=_("Afterwards only the days and a number: what you said is erased with the rest."),
        source=OURS,
        keep_for=None,
    ),
    DataClass(
        code="codes",
        name=_("One-time codes"),
        purpose=_("To prove that a phone is in your hand."),
        rule=_("Only a fingerprint of the code is kept, and deleted a day after its end."),
        source=OURS,
        keep_for=CODE_KEPT,
        count=_codes,
    ),
    DataClass(
        code="sessions",
        name=_("Being signed in"),
        purpose=_("To know you from page to page."),
        rule=_("Deleted when it has ended."),
        source=OURS,
        keep_for=timedelta(0),
        count=_sessions,
    ),
    DataClass(
        code="visits",
        name=_("When and from where you signed in"),
        purpose=_("So that you can see who was in your account."),
        rule=_("Deleted after its end."),
        source=OURS,
        keep_for=VISIT_KEPT,
        count=_visits,
    ),
    DataClass(
        code="budgets",
        name=_("How often a phone or an address asked for something"),
        purpose=_("To stop whoever guesses codes or has messages sent."),
        rule=_("Only a fingerprint is kept, and deleted."),
        source=OURS,
        keep_for=LONGEST,
        count=_budgets,
    ),
)
