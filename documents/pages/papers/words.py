"""What the pages of papers say of states, acts and reasons."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.queries import SamePerson
from documents import operations
from documents.models import ActKind, ReasonCode
from documents.states import Standing, State

Words = str | Promise

STANDINGS: Mapping[str, tuple[Words, str]] = {
    Standing.CURRENT: (gettext_lazy("current"), "good"),
    Standing.SUSPENDED: (gettext_lazy("suspended"), "warn"),
    Standing.SUPERSEDED: (gettext_lazy("superseded"), ""),
    Standing.REVOKED: (gettext_lazy("revoked"), "bad"),
    Standing.ENDED: (gettext_lazy("no longer true"), "bad"),
    Standing.EXPIRED: (gettext_lazy("expired"), "warn"),
}
# What its holder is told of it.
ADVICE: Mapping[str, Words] = {
    Standing.CURRENT: _("It may be used."),
    Standing.SUSPENDED: _("The office is looking into it. Nobody may rely on it until then."),
    Standing.SUPERSEDED: _("A newer paper stands in its place. Use that one."),
    Standing.REVOKED: _("The office has withdrawn it. It cannot be used any more."),
    Standing.ENDED: _("What it says is no longer true. It cannot be used any more."),
    Standing.EXPIRED: _("Its time is over. Ask for a new one."),
}
UNFINISHED: Mapping[str, Words] = {
    State.REQUESTED: _("to be drawn"),
    State.RENDERED: _("waits for a signature"),
    State.SIGNED: _("waits for the seal"),
    State.ABANDONED: _("abandoned"),
}
ACTS: Mapping[str, Words] = {
    ActKind.SUSPEND: _("Suspend"),
    ActKind.RESUME: _("Resume"),
    ActKind.REVOKE: _("Revoke"),
    ActKind.REISSUE: _("Reissue"),
}
EFFECTS: Mapping[str, Words] = {
    ActKind.SUSPEND: _("Nobody may rely on the paper until two people resume it."),
    ActKind.RESUME: _("The paper may be relied on again."),
    ActKind.REVOKE: _("The paper is withdrawn for good. This cannot be undone."),
    ActKind.REISSUE: _(
        "A new paper with a new number is made from what the register says now. "
        "The old one stays as it is until the new one is out."
    ),
}
REASONS: Mapping[str, Words] = {
    ReasonCode.ISSUED_IN_ERROR: _("Issued in error"),
    ReasonCode.FACTS_WRONG: _("The facts are wrong"),
    ReasonCode.FRAUD: _("Fraud, or suspicion of it"),
    ReasonCode.REGISTER_CORRECTED: _("The register was corrected"),
    ReasonCode.HOLDER_ASKED: _("The holder asked for it"),
    ReasonCode.COURT_ORDER: _("A court ordered it"),
    ReasonCode.CLEARED: _("Looked into: the paper is right"),
}
COPIES: Mapping[str, Words] = {
    "original": _("Original"),
    "duplicate": _("Duplicate"),
    "certified_copy": _("Certified copy"),
}
RELATIVES: Mapping[str, Words] = {
    "original": _("Copy of"),
    "replaces": _("In the place of"),
    "replaced_by": _("Replaced by"),
    "copy": _("Copy"),
}
STEPS: Mapping[str, Words] = {
    "rendered": _("Drawn"),
    "signed": _("Signed by the officer"),
    "sealed": _("Sealed by the office"),
    "stamped": _("Stamped with the time afterwards"),
    "augmented": _("Given what proves it in the long term"),
    "refreshed": _("Stamped anew"),
}
HAPPENED: Mapping[str, Words] = {
    "REQUESTED": _("Asked for"),
    "RENDERED": _("Drawn and numbered"),
    "SIGNED": _("Signed by the officer"),
    "ABANDONED": _("Abandoned: it will not be signed"),
    "ISSUED": _("Issued"),
    "SUSPENDED": _("Suspended"),
    "SUPERSEDED": _("Superseded by a reissue"),
    "REVOKED": _("Revoked"),
    "ENDED": _("No longer true"),
}
END_REASONS: Mapping[str, Words] = {
    "marriage": _("the register tells of a marriage"),
    "death": _("the register tells of a death"),
    "move": _("the register tells of a move"),
}

REFUSALS = (
    operations.AskedAlready,
    operations.CannotBeDrawn,
    operations.DecidedAlready,
    operations.EntryIsOld,
    operations.EntryOfAnother,
    operations.FactsMalformed,
    operations.FactsMissing,
    operations.FactsRefuse,
    operations.NoCopy,
    operations.NoReason,
    operations.NotNow,
    operations.OwnPaper,
    SamePerson,
)


def refusal(error: Exception) -> str:
    """Return why it was not done, in words for the officer."""
    if isinstance(error, operations.AskedAlready):
        return gettext("Somebody has asked for this already. It waits for a second person.")
    if isinstance(error, operations.DecidedAlready):
        return gettext("It has been decided or withdrawn meanwhile.")
    if isinstance(error, operations.OwnPaper):
        return gettext("The paper is about you: somebody else deals with it.")
    if isinstance(error, SamePerson):
        return gettext("You asked for it: another person decides.")
    if isinstance(
        error, operations.FactsRefuse | operations.FactsMissing | operations.FactsMalformed
    ):
        return gettext("The register does not bear this paper any more: it cannot be reissued.")
    if isinstance(error, operations.CannotBeDrawn):
        return gettext(
            "It cannot be drawn: it says more than the sheet holds, or uses a letter that our "
            "fonts lack. Tell the help desk; nothing was changed."
        )
    if isinstance(error, operations.EntryOfAnother):
        return gettext("The entry is about somebody else: the paper cannot be reissued on it.")
    if isinstance(error, operations.NoCopy):
        return gettext("There are copies of an original only, and while it is in force.")
    if isinstance(error, operations.NoReason):
        return gettext("Give a reason and say in a few words what you know.")
    return gettext("The paper has moved on meanwhile. Look at it again.")
