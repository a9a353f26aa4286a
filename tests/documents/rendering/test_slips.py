"""Slips: asked for, drawn, sealed by the office alone, and checked like a paper."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from documents import operations, queries, verdicts
from documents.facts import FactsMalformed, FactsMissing, for_slip
from documents.models import Paper
from documents.rendering import UnknownPaperType, newest
from documents.states import State
from tests.documents import harness
from tests.documents.rendering import sheets
from tests.documents.world import LEASE, World, cite_birth, draw
from tests.world import NOON

ACKNOWLEDGED = {
    "case_number": "BC-26-48201937",
    "service": "Birth certificate",
    "applicant": "Aline Chantal MUKAMANA",
    "received_at": "2026-11-23T10:05+02:00",
    "fee": "500 RWF",
    "due_on": "2026-11-27",
    "items": [{"name": "Copy of the passport"}, {"name": "Photo", "note": "Original seen"}],
}


def ask(world: World, kind: str = "acknowledgement", **more: object) -> int:
    values: dict[str, object] = {
        "facts": ACKNOWLEDGED,
        "language": "en",
        "office_id": world.office_id,
        "purpose_key": None,
        "at": NOON,
    }
    return operations.request_slip(kind=kind, **{**values, **more})


def issue(slip_id: int) -> None:
    draw(slip_id)
    until = NOON + LEASE
    assert operations.claim_for_signing(limit=1, now=NOON, until=until, paper_id=slip_id)
    operations.sign_through(slip_id, at=NOON)


def test_a_slip_is_drawn_and_sealed_without_any_officer(world: World, tmp_path: Path) -> None:
    slip_id = ask(world)
    issue(slip_id)

    slip = queries.paper(slip_id)
    assert (slip.state, slip.officer_id, slip.sealed_only) == (State.ISSUED, None, True)
    text = harness.words(queries.final_file(slip_id), tmp_path, layout=True)
    for said in ("Acknowledgement of receipt", "BC-26-48201937", "Original seen", slip.number):
        assert said in text


def test_each_slip_has_a_series_of_its_own(world: World) -> None:
    first, second = ask(world), ask(world)
    reason = {
        "promised_on": "2026-11-27",
        "reason": "The register was away.",
        "due_on": "2026-12-04",
    }
    case = {name: ACKNOWLEDGED[name] for name in ("case_number", "service", "applicant")}
    sorry = ask(
        world, "apology", facts={**case, "received_at": ACKNOWLEDGED["received_at"], **reason}
    )
    for slip_id in (first, second, sorry):
        draw(slip_id)

    numbers = [str(queries.paper(slip_id).number)[:-2] for slip_id in (first, second, sorry)]
    assert [number[:2] for number in numbers] == ["AK", "AK", "AP"]
    assert [number[-6:] for number in numbers] == ["000001", "000002", "000001"]


def test_the_same_purpose_makes_one_slip(world: World) -> None:
    key = "applications.case:17:acknowledgement"
    assert ask(world, purpose_key=key) == ask(world, purpose_key=key)
    assert Paper.objects.filter(is_slip=True).count() == 1


def test_anyone_can_check_a_slip_as_he_checks_a_paper(world: World) -> None:
    slip_id = ask(world)
    issue(slip_id)

    verdict = verdicts.by_file(queries.final_file(slip_id), at=NOON)
    assert verdict.outcome == verdicts.Outcome.CURRENT
    assert verdict.paper is not None
    assert verdict.paper.number == queries.paper(slip_id).number


def test_a_paper_is_no_slip_and_a_slip_no_paper(world: World) -> None:
    with pytest.raises(UnknownPaperType):
        ask(world, "birth_certificate")
    with pytest.raises(UnknownPaperType):
        ask(world, "summons")
    with pytest.raises(operations.FactsRefuse, match="register"):
        operations.request_paper(
            paper_type="refusal",
            language="en",
            cited_entry_id=cite_birth(),
            office_id=world.office_id,
            officer_id=world.officer_id,
            at=NOON,
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"cited_entry_id": None},
        {"is_slip": True},
        {"is_slip": True, "cited_entry_id": None},
        {"is_slip": True, "cited_entry_id": None, "sealed_only": False},
    ],
)
def test_postgresql_knows_who_may_cite_nothing(world: World, changed: dict[str, object]) -> None:
    values: dict[str, object] = {
        "verification_id": "7QK3M0ZB94TVX2HD",
        "paper_type": "birth_certificate",
        "template_version": 2,
        "language": "en",
        "facts": {},
        "facts_sha256": "0" * 64,
        "cited_entry_id": cite_birth(),
        "office_id": world.office_id,
        "officer_id": world.officer_id,
        "requested_at": NOON,
    }
    with pytest.raises(IntegrityError, match="paper_slip_cites_nothing"), transaction.atomic():
        Paper.objects.create(**{**values, **changed})


@pytest.mark.parametrize(
    ("changed", "refusal", "named"),
    [
        ({"due_on": "27/11/2026"}, FactsMalformed, "due_on"),
        ({"due_on": "20261127"}, FactsMalformed, "due_on"),
        ({"received_at": "2026-11-23T10:05"}, FactsMalformed, "received_at"),
        ({"national_id": "1199078000000104"}, FactsMalformed, "national_id"),
        ({"fee": "x" * 401}, FactsMalformed, "fee"),
        ({"items": [{"name": "Photo", "colour": "red"}]}, FactsMalformed, "item_1_colour"),
        ({"items": [{"name": "Photo"}] * 21}, FactsMalformed, "items"),
        ({"papers": [{"name": "Photo"}]}, FactsMalformed, "papers"),
        ({"items": [{"note": "seen"}]}, FactsMissing, "item_1_name"),
        ({"items": ""}, FactsMissing, "items"),
        ({"applicant": "  "}, FactsMissing, "applicant"),
    ],
)
def test_a_slip_says_what_its_wording_declares_and_nothing_else(
    changed: dict[str, object], refusal: type[Exception], named: str
) -> None:
    with pytest.raises(refusal, match=f"^{named}$"):
        for_slip(newest("acknowledgement"), {**ACKNOWLEDGED, **changed})


def test_its_facts_are_kept_flat_and_in_nfc() -> None:
    facts = for_slip(newest("acknowledgement"), {**ACKNOWLEDGED, "service": "E\u0301tat  civil"})

    assert facts["service"] == "État civil"
    assert facts["items"] == "2"
    assert facts["item_2_note"] == "Original seen"
    assert "item_1_note" not in facts


def test_every_slip_can_be_asked_for_with_the_facts_of_its_sheet() -> None:
    for make in (
        sheets.acknowledgement, sheets.completion_request, sheets.refusal, sheets.apology,
        sheets.control_slip, sheets.register_of_the_day,
    ):  # fmt: skip
        content = make()
        assert for_slip(content.template, content.facts) == dict(content.facts)
