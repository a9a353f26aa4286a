"""Every kind of key and every level is valid for everybody else's judges, and for pyHanko's."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

from documents import custody, signing, tsa
from documents.custody import Holder
from documents.longterm import augmenting, evidence
from documents.operations import stamping
from documents.pki import open_authority
from documents.rendering import draw
from kernel.country import country
from tests.documents import harness, papers
from tests.documents.signing import validation
from tests.documents.signing.conftest import Outside
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

TOMORROW = NOON + timedelta(days=1)


def signer(algorithm: str, name: str):
    key_ref = f"{name}.pem"
    public = load_der_public_key(custody.make_key(custody.PEM, key_ref, algorithm))
    assert isinstance(public, CertificateIssuerPublicKeyTypes)
    authority = open_authority(
        Path(settings.PKI_DIR),
        country_code=country().code,
        country_name=country().name("en"),
        site_url=settings.SITE_URL,
        at=NOON,
    )
    made = authority.certify(
        public,
        common_name=f"Nguyễn Thị Ánh Hồng {name}",
        unit="Bureau du secteur de Kimironko",
        serial_name=name,
        key_ref=key_ref,
        at=NOON - timedelta(minutes=5),
    )
    held = Holder(credential_id=0, certificate=made.certificate, chain=made.chain, key_ref=key_ref)
    return custody.signer(custody.PEM, held)


def sign(algorithm: str, *, alone: bool, stamped: bool = True) -> bytes:
    data = draw(papers.content())
    stamper = tsa.stamper(at=NOON) if stamped else None
    if not alone:
        officer = signer(algorithm, "officer")
        data = signing.certify(data, officer, reason="Certified", at=NOON, stamper=stamper)
    seal = signer(algorithm, "seal")
    return signing.seal(data, seal, reason="Sealed", alone=alone, at=NOON, stamper=stamper)


def augment(data: bytes, outside: Outside) -> bytes:
    stamping._want_lists(augmenting.chains(data), TOMORROW)
    outside.day_of_lists(TOMORROW)
    stamper = tsa.stamper(at=TOMORROW)
    assert stamper is not None
    return augmenting.augment(data, evidence.kept(at=TOMORROW), stamper, stamped_at=NOON)


def by_pyhanko_alone(data: bytes, at) -> list[str]:
    """What pyHanko's own AdES validator says, from the file alone."""
    timing = ValidationTimingInfo(
        validation_time=at, best_signature_time=at, point_in_time_validation=True
    )
    spec = PdfSignatureValidationSpec(validation._spec(None))
    with time_machine.travel(at, tick=True):
        return [
            asyncio.run(
                ades.ades_lta_validation(each, spec, timing_info=timing)
            ).ades_subindic.standard_name
            for each in PdfFileReader(io.BytesIO(data)).embedded_signatures
            if each.sig_object_type != "/DocTimeStamp"
        ]


@pytest.mark.parametrize("alone", [False, True], ids=["officer and seal", "seal alone"])
@pytest.mark.parametrize("algorithm", custody.ALGORITHMS)
def test_every_level_is_valid_for_everybody(
    world: World, outside: Outside, tmp_path: Path, algorithm: str, alone: bool
) -> None:
    levels = {"B-T": sign(algorithm, alone=alone)}
    levels["B-LTA"] = augment(levels["B-T"], outside)
    signatures = 1 if alone else 2

    for level, data in levels.items():
        file = tmp_path / f"{level}.pdf"
        file.write_bytes(data)
        assert harness.pdfsig(file).count("Signature is Valid") == signatures
        harness.qpdf_clean(file)
    soon = TOMORROW + timedelta(hours=1)
    assert by_pyhanko_alone(levels["B-LTA"], soon) == ["OK"] * signatures
    with time_machine.travel(soon, tick=True):
        assert all(each.passed for each in validation.judge(levels["B-LTA"], at=soon))
    # Before there were lists of a later day, the file alone proved nothing.
    assert "OK" not in by_pyhanko_alone(levels["B-T"], soon)


def test_every_level_stays_an_archived_and_accessible_pdf(
    world: World, outside: Outside, tmp_path: Path
) -> None:
    files = []
    for algorithm in custody.ALGORITHMS:
        levels = {"B-B": sign(algorithm, alone=False, stamped=False)}
        stamper = tsa.stamper(at=NOON)
        assert stamper is not None
        levels["stamped"] = augmenting.stamp(levels["B-B"], stamper)
        levels["B-T"] = sign(algorithm, alone=False)
        levels["B-LTA"] = augment(levels["B-T"], outside)
        outside.set_clock(NOON)
        tsa.forget()
        for level, data in levels.items():
            file = tmp_path / f"{algorithm}-{level}.pdf"
            file.write_bytes(data)
            files.append(file)

    assert harness.faults(harness.verapdf(files, "2b,ua1")) == {}


def test_what_is_added_after_the_certification_is_told(world: World, outside: Outside) -> None:
    whole = augment(sign("P-256", alone=False), outside)
    writer = signing.Writer(io.BytesIO(whole))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    page.get_object()["/Rotate"] = NumberObject(90)
    writer.mark_update(page)
    output = io.BytesIO()
    writer.write(output)
    soon = TOMORROW + timedelta(hours=1)

    with time_machine.travel(soon, tick=True):
        found = validation.judge(output.getvalue(), at=soon)
        untouched = validation.judge(whole, at=soon)

    assert {each.why for each in found} == {"changed since"}
    assert all(each.passed for each in untouched)


def test_a_list_of_the_same_day_is_not_enough(world: World, outside: Outside) -> None:
    data = sign("P-256", alone=True)
    stamper = tsa.stamper(at=NOON)
    assert stamper is not None

    with pytest.raises(augmenting.EvidenceMissing):
        augmenting.augment(data, evidence.kept(at=NOON), stamper, stamped_at=NOON)


def test_papers_keep_what_they_say_of_themselves(world: World, outside: Outside) -> None:
    drawn = draw(papers.content())
    signed = sign("P-256", alone=False)

    def told(data: bytes) -> tuple[object, ...]:
        reader = PdfFileReader(io.BytesIO(data))
        info = {str(key): str(value) for key, value in reader.trailer["/Info"].items()}
        return info, reader.root["/Metadata"].data, reader.input_version

    assert told(signed) == told(drawn)
