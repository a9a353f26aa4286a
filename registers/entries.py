"""What a register says, as plain values. Nothing here knows a vendor or a database."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal

Sex = Literal["F", "M"]
MaritalStatus = Literal["single", "married", "widowed", "divorced"]
ActKind = Literal["birth", "marriage"]


@dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """One person as the population register holds her on the day we asked."""

    national_id: str = field(repr=False)
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    sex: Sex
    born_on: date = field(repr=False)
    birth_place_code: str
    residence_code: str
    father_name: str = field(repr=False)
    mother_name: str = field(repr=False)
    marital_status: MaritalStatus
    nationality: str

    def facts(self) -> dict[str, str]:
        """Return what a paper may print, as strings; the national number stands apart."""
        values = {name: str(value) for name, value in asdict(self).items()}
        del values["national_id"]
        return values

    @property
    def national_ids(self) -> tuple[str, ...]:
        return (self.national_id,)


@dataclass(frozen=True, kw_only=True)
class ActEntry:
    """One act of civil status: its place in the register, and what it says."""

    kind: ActKind
    office_code: str
    year: int
    volume: str
    act_number: str
    registered_on: date
    facts: dict[str, str] = field(repr=False)
    national_ids: tuple[str, ...] = field(repr=False)
