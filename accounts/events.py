from kernel.events import Event


class CodeRequested(Event):
    """A one-time code is to be made and sent; the subject is the code's row."""

    name = "accounts.code.requested"


class InvitationMade(Event):
    """Somebody is invited; the subject is the invitation's row, which waits to be mailed."""

    name = "accounts.invitation.made"


class AccountClosed(Event):
    """A member of staff has left: her keys stop signing and her cases go on."""

    name = "accounts.account.closed"


class PhoneChangeAsked(Event):
    """Somebody moves from her phone to another; the subject is the change's row."""

    name = "accounts.phone.change_asked"


class PhoneChanged(Event):
    """She has moved; the subject is the change's row."""

    name = "accounts.phone.changed"


class FactorChanged(Event):
    """A second factor was added, removed or used up; the subject is the account's."""

    name = "accounts.factor.changed"


class TextReceived(Event):
    """A phone has sent us a text; the subject is the text's row."""

    name = "accounts.text.received"


class ErasureAsked(Event):
    """A person is to be forgotten here; the subject is the erasure's row, which waits."""

    name = "accounts.erasure.asked"


class ErasureApproved(Event):
    """A second person has agreed: it waits for its day, and she can take it back."""

    name = "accounts.erasure.approved"


class ErasureDeclined(Event):
    """A second person has not agreed."""

    name = "accounts.erasure.declined"


class ErasureWithdrawn(Event):
    """It was taken back before its day."""

    name = "accounts.erasure.withdrawn"


class ErasureKept(Event):
    """On its day something kept her data."""

    name = "accounts.erasure.kept"


class ErasureBegun(Event):
    """Her rows are being emptied."""

    name = "accounts.erasure.begun"


class ErasureDone(Event):
    """Nothing names her any more but what the law keeps."""

    name = "accounts.erasure.done"
