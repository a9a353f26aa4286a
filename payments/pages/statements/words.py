"""Codes of statements in words: what is wrong, what to do about it, what became of a line."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.operations.importing import uploading
from payments.states import ImportState, StatementState

# Why a statement is held back, and what to do.
HELD_BACK: Mapping[str, tuple[Promise, Promise]] = {
    "unbalanced": (
        _("It does not add up."),
        _("Ask the bank for a whole one. Nothing of this one is ever posted by itself."),
    ),
    "gap": (
        _("It does not follow on the statement before it."),
        _("Bring the statement of the days that are missing first, then look at this one again."),
    ),
    "account": (
        _("It is of an account that is not ours."),
        _("See whether it is the right file. A new account of ours is named in the country pack."),
    ),
    "currency": (
        _("It is in another currency than its account."),
        _("See whether it is the right file."),
    ),
    "rail": (_("It names no account."), _("Say below whose statement it is.")),
    "day": (_("One of its lines has no day."), _("Ask the bank for a whole one.")),
}

# Why somebody else must confirm what a file makes.
SECOND: Mapping[str, Promise] = {
    "unsigned": _(
        "This network does not sign its messages, so only this file says that the money moved."
    ),
    "above": _("It is more than one person may post in a day by a file that she brought herself."),
}

# What the reader saw that speaks against a statement.
PROBLEMS: Mapping[str, Promise] = {
    "balance": _("Opening balance and lines do not make the closing balance."),
    "half-balance": _("It has only one of its two balances: perhaps it was cut."),
    "details": _("The details of a line do not sum to it."),
    "running-balance": _("The balance beside the lines jumps."),
    "totals": _("The totals under the lines are not theirs."),
    "currency": _("A line is in another currency than the account."),
    "status": _("A line has a status that we do not know."),
}

UNREADABLE = _(
    "No reader knows this file. We read camt.052, 053 and 054, MT940, MT942 and the CSV exports"
    " of the networks."
)
# Why a file cannot be read; any other code says that it is none of our formats.
CANNOT_READ: Mapping[str, Promise] = {
    "empty": _("The file is empty."),
    "size": _("The file is larger than we read."),
    "amount": _("An amount in it cannot be read."),
    "date": _("A day in it cannot be read."),
    "moment": _("A time in it cannot be read."),
    "currency": _("A currency in it cannot be read."),
    "xml": _("It is broken XML: perhaps the download was cut."),
    "doctype": _("It carries a document type, which no statement needs: it is not opened."),
    "row": _("A row in it has not the columns of the others."),
    "opening": _("Its opening balance cannot be read."),
    "closing": _("Its closing balance cannot be read."),
}

NOT_READ = _(
    "Reading it broke off three times. It is kept as it came; tell whoever runs this house."
)

CANNOT_TAKE: Mapping[type[uploading.CannotTake], Promise] = {
    uploading.Empty: _("The file is empty."),
    uploading.TooLarge: _(
        "The file is larger than 32 MB. Ask for a shorter period, or have it laid into the"
        " watched folder."
    ),
    uploading.Packed: _(
        "This is an archive or a spreadsheet, and neither is opened. Unpack it, or save it as"
        " CSV, and choose the statement itself."
    ),
}

WATCHED: Mapping[str, Promise] = {
    "link": _("It is a link, and links are not followed."),
    "size": _("The file is larger than we read."),
    "kind": _("It is no file."),
    "empty": _("The file is empty."),
    "packed": _("It is an archive, and none is opened."),
    "unreadable": UNREADABLE,
}

# The word, its tone, and what it means.
FATES: Mapping[str, tuple[Promise, str, Promise]] = {
    "POSTED": (_("new"), "good", _("Nobody had told of it: it is posted.")),
    "SUSPENSE": (_("in suspense"), "warn", _("It fits no bill, and waits for a person.")),
    "UNEXPLAINED": (_("unexplained"), "bad", _("It left, and nobody here ordered it.")),
    "MATCHED": (_("matched"), "good", _("It proves what was told before.")),
    "WAITING": (_("waits"), "warn", _("It takes back money of which nobody has told yet.")),
    "REFUSED": (_("not posted"), "bad", _("Its statement is held back.")),
    "KNOWN": (_("known"), "", _("An earlier statement told it already.")),
    "NOTHING": (_("empty"), "", _("Its amount is zero.")),
}

LEGS: Mapping[str, Promise] = {
    "credit": _("money in"),
    "reversal": _("taken back"),
    "charge": _("charge"),
    "payout": _("refund paid"),
    "sweep": _("moved to another account of ours"),
    "transfer": _("came from another account of ours"),
    "withdrawal": _("money out"),
    "remittance": _("remittance"),
}

IMPORT_STATES: Mapping[str, tuple[Promise, str]] = {
    ImportState.QUEUED: (_("waits its turn"), ""),
    ImportState.RUNNING: (_("is being posted"), ""),
    ImportState.DONE: (_("posted"), "good"),
    ImportState.FAILED: (_("failed"), "bad"),
}

STATEMENT_STATES: Mapping[str, tuple[Promise, str]] = {
    StatementState.KEPT: (_("not posted"), "warn"),
    StatementState.REFUSED: (_("not ours"), "bad"),
    StatementState.KNOWN: (_("nothing new"), ""),
    StatementState.POSTED: (_("posted"), "good"),
}

IMPORT_PROBLEMS: Mapping[str, Promise] = {
    "unreadable": _("The file cannot be read any more as it was when it came."),
    "broken": _("It broke off three times. Nothing of it is posted; tell whoever runs this house."),
    "second": _(
        "By now it moves money of which no message told, so a second person must confirm it. It is"
        " being read again; see what is found."
    ),
}
