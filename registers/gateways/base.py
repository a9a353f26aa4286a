"""What any register must answer, whoever runs it."""

from typing import Protocol

from registers.entries import ActEntry, ActKind, CriminalEntry, PersonEntry


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


class CriminalRegister(Protocol):
    def person(self, *, national_id: str) -> CriminalEntry | None:
        """
        Return what is held of the person; None where the register does not know her at all.

        :raises RegisterUnavailable: within about 2 s
        """


class EventFeed(Protocol):
    def events(self, *, after: str) -> bytes:
        """
        Return the answer that tells what was recorded after this cursor, as it came.

        `registers.feed.read` understands it, once it is kept.

        :raises RegisterUnavailable: within about 2 s
        """
