"""The fast road signs as pyHanko does, on our own files and on no others."""

import asyncio
import io

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from documents import fast, signing
from documents.custody.pem import CachedKeySigner
from documents.rendering.fonts import Face
from documents.rendering.pdf import Attachment, Sheet
from documents.rendering.xmp import Metadata
from documents.signing import Field
from documents.signing.pades import by_pyhanko
from tests.documents.fast import keys
from tests.documents.fast.files import (
    RESERVE,
    assert_good,
    certified,
    drawn,
    issued,
    judged,
    sealed,
)
from tests.world import NOON

both_algorithms = pytest.mark.parametrize("algorithm", keys.ALGORITHMS)


def slowly(data: bytes, signer: CachedKeySigner, field: Field, *, certifies: bool) -> bytes:
    return by_pyhanko(
        data, signer, field, reason="Certified by the officer", certifies=certifies, at=NOON,
        reserve=RESERVE,
    )  # fmt: skip


def signature_of(data: bytes, number: int = 0) -> cms.SignedData:
    return PdfFileReader(io.BytesIO(data)).embedded_signatures[number].signed_data


@both_algorithms
def test_officer_and_seal_hold_and_only_signing_followed(algorithm: str) -> None:
    assert_good(issued(drawn(), algorithm), signatures=2)


@both_algorithms
def test_a_seal_alone_certifies(algorithm: str) -> None:
    assert_good(issued(drawn(officer=None), algorithm, alone=True), signatures=1)


def test_the_same_deed_gives_the_same_bytes() -> None:
    """By P-256 in a file; RSASSA-PSS draws a salt, and what it signs is another each time."""
    assert issued(drawn(), keys.P256) == issued(drawn(), keys.P256)
    first, second = issued(drawn(), keys.RSA), issued(drawn(), keys.RSA)
    assert first != second
    assert len(first) == len(second)


@both_algorithms
def test_the_cms_is_the_one_that_pyhanko_builds(algorithm: str) -> None:
    officer = keys.signer("Marie-Claire Uwase", algorithm)
    ours = signature_of(certified(drawn(), officer))
    theirs = signature_of(slowly(drawn(), officer, Field.OFFICER, certifies=True))

    for name in ("version", "digest_algorithms", "encap_content_info", "certificates", "crls"):
        assert ours[name].dump() == theirs[name].dump()
    (our_signer,), (their_signer,) = ours["signer_infos"], theirs["signer_infos"]
    for name in ("version", "sid", "digest_algorithm", "signature_algorithm", "unsigned_attrs"):
        assert our_signer[name].dump() == their_signer[name].dump()
    our_attributes, their_attributes = (
        {each["type"].native: each["values"].dump() for each in signer["signed_attrs"]}
        for signer in (our_signer, their_signer)
    )
    del our_attributes["message_digest"], their_attributes["message_digest"]
    assert our_attributes == their_attributes
    assert set(our_attributes) == {"content_type", "signing_certificate_v2"}


@pytest.mark.parametrize("field", list(Field))
def test_what_stands_in_the_file_is_what_pyhanko_puts_there(field: Field) -> None:
    signer = keys.signer("Marie-Claire Uwase", keys.P256)
    before = drawn()
    ours = {
        Field.OFFICER: lambda: certified(before, signer),
        Field.SEAL: lambda: sealed(before, signer, alone=True),
    }[field]()
    theirs = slowly(before, signer, field, certifies=True)

    told = []
    for data in (ours, theirs):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            told.append(_said(pdf))
    assert told[0] == told[1]


def _said(pdf: pikepdf.Pdf) -> dict[str, object]:
    root, form = pdf.Root, pdf.Root.AcroForm
    field, value = form.Fields[0], pdf.Root.Perms.DocMDP
    return {
        "catalogue": sorted(root.keys()),
        "extensions": root.Extensions.unparse(resolved=True),
        "flags": int(form.SigFlags),
        "field": {name: str(field[name]) for name in field if name not in {"/P", "/V"}},
        "its page": field.P.objgen == pdf.pages[0].objgen,
        "its value": field.V.objgen == value.objgen,
        "on the page": pdf.pages[0].Annots[0].objgen == field.objgen,
        "signature": {name: str(value[name]) for name in ("/Filter", "/SubFilter", "/Type")},
        "entries": sorted(value.keys()),
        "reference": value.Reference.unparse(resolved=True),
    }


def test_the_key_signs_once_for_a_paper_and_never_for_the_skeleton(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signer = CachedKeySigner(
        keys.signer("New in office", keys.P256)._key,
        signing_cert=keys.signer("New in office", keys.P256).signing_cert,
        cert_registry=keys.signer("New in office", keys.P256).cert_registry,
        embed_roots=False,
    )
    signed: list[bytes] = []
    own = signer.sign_raw
    monkeypatch.setattr(
        signer, "sign_raw", lambda data, algorithm: signed.append(data) or own(data, algorithm)
    )

    data = certified(drawn(), signer)

    attributes = signature_of(data)["signer_infos"][0]["signed_attrs"]
    assert signed == [attributes.untag().dump()]


@both_algorithms
def test_a_time_stamp_of_the_signature_makes_it_b_t(algorithm: str) -> None:
    stamper = keys.time_stamper()

    def stamp(digest: bytes) -> bytes:
        return asyncio.run(stamper.async_timestamp(digest, "sha256")).dump()

    data = certified(drawn(), keys.signer("Marie-Claire Uwase", algorithm), stamp=stamp)
    data = sealed(data, keys.signer("Kimironko Sector Office", algorithm), stamp=stamp)

    assert_good(data, signatures=2)
    for each in judged(data):
        assert each.timestamp_validity.valid
        assert each.timestamp_validity.intact
        assert each.timestamp_validity.timestamp == NOON


@both_algorithms
def test_the_validation_of_en_319_102_passes(algorithm: str) -> None:
    spec = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=[keys.root_certificate()]),
            revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(known_crls=[CRLContainer(each) for each in keys.lists()]),
    )
    now = ValidationTimingInfo(NOON, NOON, point_in_time_validation=True)

    for each in PdfFileReader(io.BytesIO(issued(drawn(), algorithm))).embedded_signatures:
        result = asyncio.run(
            ades.ades_basic_validation(
                each.signed_data, spec, raw_digest=each.compute_digest(), timing_info=now
            )
        )
        assert result.ades_subindic == AdESPassed.OK, result.failure_msg


def test_pyhanko_seals_what_the_fast_road_certified() -> None:
    data = certified(drawn(), keys.signer("Marie-Claire Uwase", keys.P256))
    seal = keys.signer("Kimironko Sector Office", keys.P256)

    assert_good(slowly(data, seal, Field.SEAL, certifies=False), signatures=2)


def test_a_cms_that_is_too_long_is_refused_aloud() -> None:
    with pytest.raises(ValueError, match="1000 were kept"):
        fast.sign(
            drawn(), keys.signer("Marie-Claire Uwase", keys.P256), "Officer",
            reason="", certifies=True, at=NOON, reserve=1000,
        )  # fmt: skip


def resaved(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def with_a_form(data: bytes) -> bytes:
    # The catalogue keeps its length, so that the table still fits.
    return data.replace(
        b"/ViewerPreferences << /DisplayDocTitle true >>", b"/AcroForm << >>".ljust(46)
    )


TOUCHED = {
    "one more line": lambda data: data + b"\n",
    "another header": lambda data: b"%PDF-1.6" + data[8:],
    "a wrong table": lambda data: data.replace(b"startxref\n", b"startxref\n1"),
    "written anew": resaved,
    "a form already": with_a_form,
    "not a PDF": lambda data: b"hello",
    "nothing": lambda data: b"",
    "certified already": lambda data: certified(data, keys.signer("Other", keys.P256)),
    "certified by pyHanko": lambda data: slowly(
        data, keys.signer("Other", keys.P256), Field.OFFICER, certifies=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("touched", TOUCHED)
def test_what_is_not_of_our_making_is_refused(touched: str) -> None:
    data = TOUCHED[touched](drawn())

    with pytest.raises(fast.NotOurMaking):
        certified(data, keys.signer("Marie-Claire Uwase", keys.P256))


@pytest.mark.parametrize("before", ["drawn", "sealed", "resaved", "by pyHanko"])
def test_a_seal_follows_only_our_own_certification(before: str) -> None:
    signer = keys.signer("Marie-Claire Uwase", keys.P256)
    data = {
        "drawn": lambda: drawn(),
        "sealed": lambda: issued(drawn(), keys.P256),
        "resaved": lambda: resaved(certified(drawn(), signer)),
        "by pyHanko": lambda: slowly(drawn(), signer, Field.OFFICER, certifies=True),
    }[before]()

    with pytest.raises(fast.NotOurMaking):
        sealed(data, keys.signer("Kimironko Sector Office", keys.P256))


def test_an_officer_never_signs_second() -> None:
    data = certified(drawn(), keys.signer("Marie-Claire Uwase", keys.P256))

    with pytest.raises(fast.NotOurMaking):
        fast.sign(
            data, keys.signer("Other", keys.P256), "Officer",
            reason="", certifies=False, at=NOON, reserve=RESERVE,
        )  # fmt: skip


def test_a_file_that_was_touched_is_signed_all_the_same_by_pyhanko() -> None:
    officer, seal = (keys.signer(name, keys.P256) for name in ("Marie-Claire Uwase", "Office"))
    data = signing.certify(resaved(drawn()), officer, reason="Certified", at=NOON)
    data = signing.seal(data, seal, reason="Sealed", alone=False, at=NOON)

    assert_good(data, signatures=2)


def test_several_pages_and_a_file_within_are_signed_as_one_page_is() -> None:
    attached = Attachment("facts.json", "application/json", "The facts (données)", b"{}")
    sheet = Sheet(Metadata("Register", "Office", "Day", "en", NOON), [attached])
    for _ in range(3):
        with sheet.tag("P"):
            sheet.text(60, 700, "One of several", Face.SANS, 12, colour="#000000")
        sheet.turn()
    with sheet.tag("P"):
        sheet.text(60, 700, "The last", Face.SANS, 12, colour="#000000")
    data = issued(sheet.finish(), keys.P256)

    assert_good(data, signatures=2)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 4
        assert len(pdf.pages[0].Annots) == 2
        assert pdf.attachments["facts.json"].get_file().read_bytes() == b"{}"
