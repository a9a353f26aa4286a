"""What a register says, as plain values. Nothing here knows a vendor or a database."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal, get_args

Sex = Literal["F", "M"]
MaritalStatus = Literal["single", "married", "widowed", "divorced"]
ActKind = Literal["birth", "marriage"]
VitalStatus = Literal["alive", "dead"]

ACTS: tuple[ActKind, ...] = get_args(ActKind)
POPULATION = "population"
CRIMINAL = "criminal"
REGISTERS = (*ACTS, POPULATION, CRIMINAL)
"""Where an entry can be read: a kind of act of the civil register, or a register by its name."""


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
    vital_status: VitalStatus | None = None  # None: the register does not say.
    # The numbers of parents, children and spouses; None: the register does not say.
    relatives: tuple[str, ...] | None = field(default=None, repr=False)

    def facts(self) -> dict[str, str]:
        """Return what a paper may print, as strings; national numbers stand apart."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        del told["national_id"]
        told.pop("relatives", None)
        return {name: str(value) for name, value in told.items()}

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
    # Of father and mother in an act of birth, where the register keeps their numbers.
    parents: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Judgment:
    """One sentence that can no longer be appealed, as the criminal register words it."""

    on: date
    court: str
    offence: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class CriminalEntry:
    """What the criminal register holds of one person: her judgments, or that there are none."""

    national_id: str = field(repr=False)
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    sex: Sex
    born_on: date = field(repr=False)
    birth_place_code: str
    nationality: str
    judgments: tuple[Judgment, ...] = field(repr=False)

    def facts(self) -> dict[str, str]:
        """Return what a paper may print; `judgments` counts them, so that none is said aloud."""
        told = {
            "family_name": self.family_name,
            "given_names": self.given_names,
            "sex": self.sex,
            "born_on": self.born_on.isoformat(),
            "birth_place_code": self.birth_place_code,
            "nationality": self.nationality,
            "judgments": str(len(self.judgments)),
        }
        for number, judgment in enumerate(self.judgments, start=1):
            for name, value in asdict(judgment).items():
                told[f"judgment_{number}_{name}"] = str(value)
        return told

    @property
    def national_ids(self) -> tuple[str, ...]:
        return (self.national_id,)


Entry = ActEntry | PersonEntry | CriminalEntry
