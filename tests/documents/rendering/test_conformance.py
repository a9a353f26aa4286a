"""What veraPDF, pikepdf, qpdf and poppler say of every kind of sheet, as drawn and as signed."""

import io
from pathlib import Path

import pikepdf
import pytest

from documents import signing
from documents.rendering import draw
from tests.documents import harness
from tests.documents.fast import keys
from tests.documents.rendering import golden
from tests.documents.rendering.sheets import SHEETS
from tests.world import NOON


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every sheet as it is drawn, and every paper and slip with its signatures besides."""
    folder = tmp_path_factory.mktemp("sheets")
    made = {name: draw() for name, draw in golden.drawn().items()}
    for name in SHEETS:
        made[f"signed_{name}"] = _signed(name, made[name])
    for name, data in made.items():
        (folder / f"{name}.pdf").write_bytes(data)
    return sorted(folder.iterdir())


def test_verapdf_finds_every_sheet_to_be_pdf_a_and_pdf_ua(files: list[Path]) -> None:
    judged = harness.verapdf(files, _flavours)

    assert harness.faults(judged) == {}
    assert all(each.assertions > 100 for each in judged.values())
    assert {flavour for _, flavour in judged} == {"2b", "3b", "ua1"}


def test_qpdf_and_pikepdf_find_nothing_wrong(files: list[Path]) -> None:
    for file in files:
        harness.qpdf_clean(file)
        with pikepdf.open(file) as pdf:
            assert pdf.check_pdf_syntax() == [], file.name
            assert pdf.pdf_version == "1.7"


def test_poppler_finds_officer_and_office_or_the_office_alone(files: list[Path]) -> None:
    for file in files:
        if file.stem.startswith("signed_"):
            signatures = 1 if _alone(file.stem.removeprefix("signed_")) else 2
            said = harness.pdfsig(file)
            assert said.count("Signature is Valid") == signatures, said
            assert said.count("Total document signed") == 1


def test_a_broken_sheet_is_seen_by_the_same_judge(tmp_path: Path) -> None:
    """The twin of the success: a judge that never says no would prove nothing."""
    data = draw(SHEETS["birth_record"]())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.Root.StructTreeRoot
        del pdf.Root.OutputIntents
        pdf.save(tmp_path / "broken.pdf")

    judged = harness.verapdf([tmp_path / "broken.pdf"], "2b,ua1")
    assert set(harness.faults(judged)) == {("broken.pdf", "2b"), ("broken.pdf", "ua1")}


def _flavours(file: Path) -> str:
    """Return what a file claims to be: with the facts attached it is PDF/A-3b."""
    with pikepdf.open(file) as pdf:
        return "3b,ua1" if len(pdf.attachments) else "2b,ua1"


def _alone(name: str) -> bool:
    return SHEETS[name]().officer is None


def _signed(name: str, data: bytes) -> bytes:
    seal = keys.signer("Kimironko Sector Office", keys.P256)
    if _alone(name):
        return signing.seal(data, seal, reason="Sealed by the office", alone=True, at=NOON)
    officer = keys.signer("Marie-Claire Uwase", keys.P256)
    certified = signing.certify(data, officer, reason="Certified by the officer", at=NOON)
    return signing.seal(certified, seal, reason="Sealed by the office", alone=False, at=NOON)
