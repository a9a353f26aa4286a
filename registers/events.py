"""What a register tells us after papers were issued on its entries."""

from kernel.events import Event


class RegisterEventRead(Event):
    """The register has told of a death, marriage, move or correction: the subject is its row."""

    name = "registers.event.read"


class FamilyUnknown(Event):
    """
    The register does not say who is family of a member of staff: the subject is her person.

    Told once, until it answers again.
    """

    name = "registers.family.unknown"
