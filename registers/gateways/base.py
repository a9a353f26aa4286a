"""What any register must answer, whoever runs it."""

from typing import Protocol

from registers.entries import ActEntry, ActKind, PersonEntry


class RegisterUnavailable(Exception):
    """The register gave no answer that can be relied on: gone, slow, or not understood."""


class PopulationRegister(Protocol):
    def person(self, *, national_id: str) -> PersonEntry | None:
        """
        Return the person who carries this number, or None.

        :raises RegisterUnavailable: within about 2 s
        """


class CivilRegister(Protocol):
    def acts(self, *, kind: ActKind, national_id: str) -> list[ActEntry]:
        """
        Return the acts of this kind that concern the person, newest first.

        :raises RegisterUnavailable: within about 2 s
        """
