from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from places.models import Area
from registers import gateways
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable

TREE = [
    ("1", "City of Kigali", "province", None),
    ("12", "Gasabo", "district", "1"),
    ("1209", "Kimironko", "sector", "12"),
    ("1213", "Remera", "sector", "12"),
    ("13", "Kicukiro", "district", "1"),
    ("1301", "Gahanga", "sector", "13"),
]


@pytest.fixture
def country_tree(db: None) -> dict[str, Area]:
    areas: dict[str, Area] = {}
    for code, name, level_name, above in TREE:
        parent = areas.get(above or "")
        areas[code] = Area.objects.create(
            code=code,
            name=name,
            level=parent.level + 1 if parent else 1,
            level_name=level_name,
            parent=parent,
            path=f"{parent.path}/{code}" if parent else code,
        )
    return areas


def entry(national_id: str = "1199078000000104", **more: object) -> PersonEntry:
    held = {
        "national_id": national_id,
        "family_name": "Mukamana",
        "given_names": "Béatrice",
        "sex": "F",
        "born_on": date(1990, 5, 2),
        "birth_place_code": "1209",
        "residence_code": "1209",
        "father_name": "Habimana Jean",
        "mother_name": "Uwase Anne",
        "marital_status": "single",
        "nationality": "RW",
    }
    return PersonEntry(**{**held, **more})


class Register:
    """A population register of a few people that can be switched off."""

    def __init__(self) -> None:
        self.people: dict[str, PersonEntry] = {}
        self.gone = False
        self.asked = 0

    def person(self, *, national_id: str) -> PersonEntry | None:
        self.asked += 1
        if self.gone:
            raise RegisterUnavailable("gone")
        return self.people.get(national_id)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    standing_in = Register()
    monkeypatch.setattr(gateways, "population", lambda: standing_in)
    return standing_in


@pytest.fixture
def refused_by() -> Callable[[BaseException], str]:
    """Name the constraint of PostgreSQL that refused."""
    return lambda error: error.__cause__.diag.constraint_name


@pytest.fixture
def browser() -> Client:
    return Client()
