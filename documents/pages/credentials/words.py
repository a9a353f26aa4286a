"""What the pages of credentials say of states, requests and refusals."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import operations as accounts
from accounts.queries import SamePerson
from documents.models import Asked, CredentialState, Purpose
from documents.operations import credentials

Words = str | Promise

PURPOSES: Mapping[str, Words] = {
    Purpose.OFFICER: _("Officer's signature"),
    Purpose.SEAL: _("Office's seal"),
    Purpose.QR: _("Codes on papers"),
    Purpose.TRUST_LIST: _("List of trusted keys"),
}
STATES: Mapping[str, tuple[Words, str]] = {
    CredentialState.ACTIVE: (_("signs"), "good"),
    CredentialState.SUSPENDED: (_("key suspended"), "warn"),
    CredentialState.RETIRED: (_("replaced or run out"), ""),
    CredentialState.REVOKED: (_("key revoked"), "bad"),
}
ASKED: Mapping[str, Words] = {
    Asked.ISSUE: _("New key"),
    Asked.REVOKE: _("Revoke the key"),
    Asked.SUSPEND: _("Suspend the key"),
    Asked.RESUME: _("Let the key sign again"),
}
EFFECTS: Mapping[str, Words] = {
    Asked.ISSUE: _(
        "A key is made where keys are kept. Once its certificate is here it signs, and the key "
        "before it is retired. Papers signed until then stay good."
    ),
    Asked.REVOKE: _(
        "The key signs nothing more, and the authority's list says so. What it signed before "
        "stays good. This cannot be undone."
    ),
    Asked.SUSPEND: _(
        "The key signs nothing from now on. Papers wait until two people let it sign again."
    ),
    Asked.RESUME: _("The key signs again, and the papers that wait go on."),
}
REASONS: Mapping[str, Words] = {
    "keyCompromise": _("The key is lost, stolen or known to somebody else"),
    "affiliationChanged": _("She has left the office, or changed it"),
    "superseded": _("Another key has taken its place"),
    "cessationOfOperation": _("The office is closed, or the key is no longer needed"),
    "privilegeWithdrawn": _("She may not sign any more"),
}
ENDS: Mapping[str, Words] = {
    **REASONS,
    "ran out": _("Its time is over"),
}
CUSTODIES: Mapping[str, Words] = {
    "pem": _("In a file (development)"),
    "pkcs11": _("In the hardware module"),
    "csc": _("At the signing service"),
}
FLAWS: Mapping[str, Words] = {
    "unreadable": _("This is no certificate. Paste the PEM text, with the lines BEGIN and END."),
    "known": _("This certificate is here already."),
    "key": _("It is for another key. Send the authority the request from this page."),
    "curve": _("Codes and lists are signed with keys of P-256 only."),
    "weak": _("Its key is too short: at least P-256 or RSA of 3072 bits."),
    "name": _("It is in another name than the request."),
    "usage": _("It may not sign papers: its key usage lacks non-repudiation."),
    "dates": _("It is not valid today."),
    "revoked": _("Its authority has revoked it."),
    "authority": _(
        "It does not lead to an authority that we trust. Add the certificates between, below it."
    ),
}
REFUSALS = (
    SamePerson,
    accounts.StepUpRefused,
    credentials.AskedAlready,
    credentials.BadCertificate,
    credentials.CannotAsk,
    credentials.DecidedAlready,
    credentials.NotAwaited,
    credentials.OwnKey,
)


def refusal(error: Exception) -> str:
    """Say to a person why it was refused."""
    if isinstance(error, SamePerson):
        return gettext("You asked for it: another person decides.")
    if isinstance(error, credentials.OwnKey):
        return gettext("It is about your own key: somebody else decides.")
    if isinstance(error, credentials.AskedAlready):
        return gettext("Somebody has asked for this already. It waits for a second person.")
    if isinstance(error, credentials.BadCertificate):
        return str(FLAWS[error.reason])
    if isinstance(error, accounts.StepUpRefused):
        return gettext("Your password was used already. Enter it again.")
    if isinstance(error, credentials.CannotAsk):
        return gettext("This cannot be asked for now. Look at the key again.")
    return gettext("Somebody has decided this meanwhile. Look again.")
