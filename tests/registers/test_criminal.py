"""What courts have entered about a person: told whole, cited whole, and never guessed."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from registers import gateways, operations, queries
from registers.entries import CriminalEntry, Judgment
from registers.gateways import RegisterUnavailable
from registers.models import CitedEntry
from tests.registers.conftest import point_to
from tests.registers.test_gateways import NO_BIRTH_ENTRY, http, register_that_says
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

RECORD = CriminalEntry(
    national_id="1199480000042085",
    family_name="Ikizamini",
    given_names="Jean",
    sex="M",
    born_on=date(1994, 2, 17),
    birth_place_code="1209",
    nationality="RW",
    judgments=(
        Judgment(on=date(2019, 5, 14), court="A court", offence="An offence", sentence="Fined"),
    ),
)


def somebody_judged(world: SandboxProcess) -> str:
    return next(
        p["national_id"] for p in world.get("/people.json").json()["people"] if p.get("judgments")
    )


def test_the_record_lists_each_judgment(world: SandboxProcess) -> None:
    record = gateways.criminal().person(national_id=somebody_judged(world))
    assert record is not None
    assert record.facts()["judgments"] == str(len(record.judgments))
    assert record.facts()["judgment_1_on"] == "2019-05-14"


def test_who_was_never_judged_has_none_and_says_so(world: SandboxProcess) -> None:
    [record] = gateways.entries(register="criminal", national_id=NO_BIRTH_ENTRY)
    assert record.facts()["judgments"] == "0"


def test_whom_the_register_does_not_know_it_says_nothing_of(world: SandboxProcess) -> None:
    assert gateways.entries(register="criminal", national_id="1199080009999900") == []


def test_a_record_without_its_list_is_no_answer(settings: Settings) -> None:
    told = (
        b'{"national_id": "1", "family_name": "A", "given_names": "B", "sex": "F",'
        b' "born_on": "1990-01-01", "birth_place_code": "1", "nationality": "RW"}'
    )
    for answer in (told, told[:-1] + b', "judgments": null}', b"[]"):
        with register_that_says(http(answer)) as url:
            point_to(settings, url)
            with pytest.raises(RegisterUnavailable):
                gateways.criminal().person(national_id="1")


def test_a_register_that_is_down_is_unavailable(world: SandboxProcess) -> None:
    world.faults(criminal="down")
    with pytest.raises(RegisterUnavailable):
        gateways.entries(register="criminal", national_id=NO_BIRTH_ENTRY)


@pytest.mark.django_db
def test_a_record_is_cited_whole_and_has_no_act() -> None:
    kept = queries.cited_entry(operations.cite(kind="criminal", entry=RECORD, at=NOON).pk)
    assert (kept.source, kept.act_number, kept.year) == ("gateway", "", None)
    assert kept.facts == RECORD.facts()
    assert kept.facts["judgment_1_sentence"] == "Fined"


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "source"), [("population", None), ("criminal", "paper")])
def test_a_record_is_nothing_else(kind: str, source: str | None) -> None:
    with pytest.raises(operations.WrongEntry):
        operations.cite(kind=kind, entry=RECORD, at=NOON, source=source)


@pytest.mark.django_db
def test_postgresql_knows_the_kinds() -> None:
    cited = operations.cite(kind="criminal", entry=RECORD, at=NOON)
    with pytest.raises(IntegrityError, match="cited_entry_kind_known"), transaction.atomic():
        CitedEntry.objects.create(
            kind="tax", source="gateway", facts={}, facts_sha256=cited.facts_sha256, year=2026,
            registered_on=NOON, act_number="1", national_ids="[]", cited_at=NOON,
        )  # fmt: skip
