from kernel.events import Event


class CodeRequested(Event):
    """A one-time code is to be made and sent; the subject is the code's row."""

    name = "accounts.code.requested"
