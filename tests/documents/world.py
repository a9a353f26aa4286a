"""An office with an officer, both with keys, and entries of the registers to cite."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from accounts import operations as accounts
from documents import operations, queries
from documents.models import Credential, PaperFile
from places.models import Area, Office
from registers import operations as registers
from registers.entries import ActEntry, PersonEntry
from tests.accounts.people import PASSWORD, officer
from tests.world import NOON

LEASE = timedelta(seconds=8)
BIRTH = {
    "family_name": "MUKAMANA",
    "given_names": "Aline Chantal",
    "sex": "F",
    "born_on": "1990-03-27",
    "birth_place_code": "1209",
    "father_name": "Habimana Jean",
    "mother_name": "Uwera Rose",
    "nationality": "RW",
}


@dataclass(frozen=True)
class World:
    office_id: int
    officer_id: int
    other_officer_id: int
    pki: Path


def build(folder: Path) -> World:
    top = Area.objects.create(code="1", name="City of Kigali", level=1, level_name="p", path="1")
    district = Area.objects.create(
        code="12", name="Gasabo", level=2, level_name="district", parent=top, path="1/12"
    )
    sector = Area.objects.create(
        code="1209", name="Kimironko", level=3, level_name="sector", parent=district,
        path="1/12/1209",
    )  # fmt: skip
    office = Office.objects.create(
        code="sector-1209",
        names={"en": "Kimironko Sector Office", "fr": "Bureau du secteur de Kimironko"},
        area=sector,
        level="sector",
    )
    made = World(
        office_id=office.pk,
        officer_id=officer(display_name="Marie-Claire Uwase", office=office),
        other_officer_id=officer(display_name="Éric Nsengimana", office=office),
        pki=folder,
    )
    operations.issue_development_credentials(at=NOON - timedelta(minutes=5))
    return made


def cite_birth(**facts: str) -> int:
    entry = ActEntry(
        kind="birth",
        office_code="1209",
        year=1990,
        volume="II",
        act_number="0413",
        registered_on=date(1990, 4, 2),
        facts={**BIRTH, **facts},
        national_ids=("1199078000000104",),
    )
    return registers.cite(kind="birth", entry=entry, at=NOON).id


def cite_person(**more: object) -> int:
    values: dict[str, object] = {
        "national_id": "1198880000000042",
        "family_name": "HABIMANA",
        "given_names": "Jean de Dieu",
        "sex": "M",
        "born_on": date(1988, 12, 1),
        "birth_place_code": "1209",
        "residence_code": "1209",
        "father_name": "",
        "mother_name": "",
        "marital_status": "single",
        "nationality": "RW",
    }
    entry = PersonEntry(**{**values, **more})
    return registers.cite(kind="population", entry=entry, at=NOON).id


def cite_marriage() -> int:
    facts = {
        "married_on": "2015-08-14",
        "place_code": "1209",
        "place": "Kimironko, Gasabo",
        "property_regime": "limited_community",
    }
    for number, name in ((1, "HABIMANA"), (2, "MUKAMANA")):
        facts |= {
            f"spouse_{number}_family_name": name,
            f"spouse_{number}_given_names": "Alex Dominique",
            f"spouse_{number}_born_on": "1988-12-01",
            f"spouse_{number}_birth_place_code": "1209",
        }
    entry = ActEntry(
        kind="marriage",
        office_code="1209",
        year=2015,
        volume="I",
        act_number="0088",
        registered_on=date(2015, 8, 14),
        facts=facts,
        national_ids=("1198880000000042", "1199078000000104"),
    )
    return registers.cite(kind="marriage", entry=entry, at=NOON).id


def request(world: World, **more: object) -> int:
    values: dict[str, object] = {
        "paper_type": "birth_certificate",
        "language": "en",
        "office_id": world.office_id,
        "officer_id": world.officer_id,
        "at": NOON,
    }
    values |= more
    if "cited_entry_id" not in values:
        values["cited_entry_id"] = cite_birth()
    return operations.request_paper(**values)


def unsigned_sha256(paper_id: int) -> str:
    return queries.unsigned_sha256s([paper_id])[paper_id]


def draw(paper_id: int) -> str:
    """Claim, draw and record; return the hash of the drawn file."""
    claimed = operations.claim_for_rendering(
        limit=1, now=NOON, until=NOON + LEASE, paper_id=paper_id
    )
    assert claimed == [paper_id]
    operations.sign_claims(paper_id, at=NOON)
    operations.record_rendering(paper_id, operations.render(paper_id), at=NOON)
    return unsigned_sha256(paper_id)


def step_up(account_id: int, purpose: str = operations.STEP_UP_PURPOSE) -> int:
    step = accounts.step_up(
        account_id=account_id, password=PASSWORD, purpose=purpose, session_key="s", at=NOON
    )
    return step.pk


def order(world: World, hashes: dict[int, str], **more: object) -> int:
    values: dict[str, object] = {
        "paper_hashes": hashes,
        "officer_id": world.officer_id,
        "until": NOON + timedelta(hours=1),
        "at": NOON,
    }
    values |= more
    values.setdefault("step_up_id", step_up(values["officer_id"]))
    return operations.mandate(**values)


def newest_file(paper_id: int) -> PaperFile:
    """Return the newest revision of an issued paper, which is what a holder downloads."""
    return PaperFile.objects.filter(paper_id=paper_id).latest("revision")


def issue(world: World, **more: object) -> int:
    """Carry a paper from request to issue, and return its id."""
    paper_id = request(world, **more)
    sha256 = draw(paper_id)
    if not more.get("sealed_only"):
        order(world, {paper_id: sha256})
    assert operations.claim_for_signing(
        limit=1, now=NOON, until=NOON + LEASE, paper_id=paper_id
    ) == [paper_id]
    operations.sign_through(paper_id, at=NOON)
    return paper_id


def following(paper_id: int) -> dict[str, object]:
    """Return what a row says of the signed revision that follows a paper's newest one."""
    last = PaperFile.objects.filter(paper_id=paper_id).latest("revision")
    return {
        "paper_id": paper_id,
        "revision": last.revision + 1,
        "previous_size": last.size,
        "size": last.size + 1,
        "pades_level": "B-B",
        "sha256": "ab" * 32,
        "created_at": NOON,
    }


def key_file(world: World, **owner: int) -> Path:
    return world.pki / "keys" / Credential.objects.get(state="active", **owner).key_ref
