from pathlib import Path

import pytest
import time_machine
import yaml

from accounts import operations
from accounts.models import Guardianship
from tests.accounts import people
from tests.accounts.citizens import world as citizens
from tests.accounts.conftest import refused_by as refused_by
from tests.accounts.people import Citizen
from tests.applications import packing
from tests.world import NOON

MET = "birth-certificate-met"


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small country, with one service that wants its applicant met at a counter."""
    folder = packing.pack(tmp_path_factory.mktemp("met"))
    service = yaml.safe_load((folder / "services" / "birth-certificate.yaml").read_text())
    service |= {"code": MET, "assurance": "met", "case_prefix": "BM"}
    (folder / "services" / f"{MET}.yaml").write_text(yaml.safe_dump(service, allow_unicode=True))
    return folder


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def mother(house: None) -> Citizen:
    return people.citizen(national_id="1199078000000104")


@pytest.fixture
def keza(mother: Citizen) -> int:
    """Her daughter, by the register; the person's id."""
    made = operations.accept_parent(
        account_id=mother.account_id,
        guardian_id=mother.person_id,
        child=citizens.child_entry(),
        at=NOON,
    )
    return Guardianship.objects.get(pk=made).ward_id
