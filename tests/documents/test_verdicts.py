"""Is it genuine? The honest answer for each kind of file and code."""

import asyncio
import dataclasses
import hashlib
import io
import random
import re
import shutil
import subprocess
from collections import ChainMap
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from documents import custody, operations, queries, signing, verdicts
from documents.custody import Holder
from documents.examining.child import read
from documents.pki import open_authority
from documents.rendering import draw
from documents.verdicts import Finding, Integrity, Issuer, Outcome, strangers
from documents.verdicts.trusting import trust
from tests.documents import world as worlds
from tests.documents.papers import content
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def final(world: World) -> bytes:
    return queries.final_file(worlds.issue(world))


def test_the_issued_file_is_current_and_intact(world: World) -> None:
    verdict = verdicts.by_file(final(world), at=NOON)

    assert verdict.outcome == Outcome.CURRENT
    assert verdict.integrity == Integrity.INTACT
    assert verdict.issuer == Issuer.OURS
    assert verdict.paper is not None
    (holder,) = verdict.paper.holders
    assert (holder.name, holder.born_on) == ("Aline Chantal MUKAMANA", date(1990, 3, 27))


def test_a_verdict_tells_its_holder_what_stands_on_the_paper_and_no_more(world: World) -> None:
    verdict = verdicts.by_file(final(world), at=NOON)

    text = str(dataclasses.asdict(verdict))
    assert "MUKAMANA" in text
    for secret in ("Habimana", "Uwera", "Uwase", "1199078000000104"):
        assert secret not in text
    # Whatever logs it tells of nobody.
    assert "MUKAMANA" not in repr(verdict)


def test_the_file_before_the_seal_is_not_the_paper(world: World) -> None:
    paper_id = worlds.issue(world)

    assert verdicts.by_file(queries.unsigned_file(paper_id), at=NOON).outcome == Outcome.ALTERED


def test_one_changed_byte_is_seen_wherever_it_stands(world: World) -> None:
    data = final(world)
    dice = random.Random(7)

    for place in [20_000, *(dice.randrange(len(data)) for _ in range(12))]:
        changed = bytearray(data)
        changed[place] ^= 1
        verdict = verdicts.by_file(bytes(changed), at=NOON) if b"%PDF-" in changed[:1024] else None
        assert verdict is None or verdict.outcome in {Outcome.ALTERED, Outcome.COULD_NOT_CHECK}
        assert place != 20_000 or verdict.outcome == Outcome.ALTERED


def test_a_revision_drawn_over_the_paper_is_seen(world: World) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(final(world)))
    drawn = generic.StreamObject(stream_data=b"0 g 60 400 200 30 re f")
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(drawn)])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)

    assert verdicts.by_file(out.getvalue(), at=NOON).outcome == Outcome.ALTERED


@pytest.mark.filterwarnings("ignore::pikepdf._exceptions.PageCopyWarning")
def test_a_copy_saved_by_another_program_is_altered_and_not_unknown(world: World) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(final(world))) as pdf:
        del pdf.Root.AcroForm
        pdf.save(out)

    assert verdicts.by_file(out.getvalue(), at=NOON).outcome == Outcome.ALTERED


@pytest.mark.filterwarnings("ignore::pikepdf._exceptions.PageCopyWarning")
@pytest.mark.parametrize(
    "way",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"linearize": True},
        {"qdf": True},
        {"encryption": pikepdf.Encryption(owner="o", user="")},
    ],
    ids=lambda way: next(iter(way)),
)
def test_a_copy_saved_in_any_other_way_is_altered(world: World, way: dict[str, object]) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(final(world))) as pdf:
        pdf.save(out, **way)

    assert verdicts.by_file(out.getvalue(), at=NOON).outcome == Outcome.ALTERED


def without_number(data: bytes) -> bytes:
    """Wipe what tells the number in clear: only the signatures still show whose it was."""
    wiped = re.sub(rb"(BC-SECTOR1209-\d{4}-)\d{6}", rb"\g<1>999999", data)
    assert wiped != data
    return wiped


def test_our_certificate_alone_makes_it_altered(world: World) -> None:
    data = final(world)
    taken = re.search(rb"/Contents <[0-9A-Fa-f]+>", data)
    assert taken is not None

    for changed in (without_number(data), b"%PDF-1.7\n1 0 obj <<" + taken.group() + b">> endobj"):
        assert verdicts.by_file(changed, at=NOON).outcome == Outcome.ALTERED
    # The same shape without a certificate of ours says nothing about us.
    emptied = b"/Contents <" + b"00" * 3_000 + b">"
    assert verdicts.by_file(b"%PDF-1.7\n" + emptied, at=NOON).outcome == Outcome.NOT_OURS


def test_a_signature_broken_anywhere_is_answered(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    """Read in this process: it is the examiner's own reading, without a fork for each."""
    data = without_number(final(world))
    believed = trust(NOON)
    dice = random.Random(11)
    signs = list(re.finditer(rb"/Contents <([0-9A-Fa-f]+)>", data))
    assert len(signs) == 2

    for number in range(300):
        changed = bytearray(data)
        # One in both, as one whole signature would already tell whose file it is.
        for found in signs:
            used = len(found[1].rstrip(b"0"))
            place = found.start(1) + dice.randrange(0, used // 2) * 2
            changed[place : place + 2] = b"%02x" % dice.randrange(256)
        # The first reading meets every one; the second, which is dear, every tenth.
        readings = islice(read(bytes(changed), believed, loop), 1 if number % 10 else 2)
        outcome = strangers.weigh(dict(ChainMap(*readings)), None, at=NOON).outcome
        assert outcome in {Outcome.ALTERED, Outcome.NOT_OURS}
    # The last one the whole way: hash, fork, limits.
    assert verdicts.by_file(bytes(changed), at=NOON).outcome == outcome


def test_a_signature_on_less_than_the_file_does_not_vouch_for_the_rest(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    signed = operations.sign(paper_id, at=NOON).data

    # The bytes are ours and unknown: nothing is said. One byte more is not ours.
    assert verdicts.by_file(signed, at=NOON).outcome == Outcome.COULD_NOT_CHECK
    assert verdicts.by_file(signed + b"\n", at=NOON).outcome == Outcome.ALTERED


def test_a_revoked_key_vouches_for_no_unknown_file(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    signed = operations.sign(paper_id, at=NOON).data
    worlds.Credential.objects.filter(account=world.officer_id).update(
        state="revoked", ended_at=NOON
    )

    assert verdicts.by_file(signed, at=NOON).outcome == Outcome.ALTERED


def test_somebody_elses_pdf_is_not_ours(world: World) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)

    assert verdicts.by_file(out.getvalue(), at=NOON) == verdicts.NOT_OURS


def test_a_paper_of_another_authority_is_not_ours(world: World, tmp_path: Path) -> None:
    forgers = open_authority(
        tmp_path / "forgers", country_code="RW", country_name="Rwanda", site_url="", at=NOON
    )
    false = forgers.issue(
        common_name="Kimironko Sector Office", unit="", serial_name="1", key_ref="a.pem", at=NOON
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PKI_DIR", tmp_path / "forgers")
        signer = custody.signer(
            "pem",
            Holder(
                credential_id=0,
                certificate=false.certificate,
                chain=false.chain,
                key_ref=false.key_ref,
            ),
        )
    forged = signing.seal(draw(content()), signer, reason="", alone=True, at=NOON)

    assert verdicts.by_file(forged, at=NOON).outcome == Outcome.NOT_OURS


def test_our_valid_signatures_on_bytes_that_we_forgot_could_not_be_checked(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    operations.record_signing(operations.sign(paper_id, at=NOON), at=NOON)

    # Sealed, and nowhere written down: as after a crash that took the books with it.
    sealed = operations.sign(paper_id, at=NOON).data
    assert verdicts.by_file(sealed, at=NOON).finding == Finding.LOST
    operations.sign_through(paper_id, at=NOON)
    assert verdicts.by_file(queries.final_file(paper_id), at=NOON).outcome == Outcome.CURRENT


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"x" * (5 * 1024 * 1024 + 1)])
def test_what_is_no_pdf_is_refused(world: World, data: bytes) -> None:
    with pytest.raises(verdicts.NotAPdf):
        verdicts.by_file(data, at=NOON)


def test_a_broken_pdf_breaks_nothing(world: World) -> None:
    for data in (b"%PDF-1.7\n" + b"\x00" * 500, b"%PDF-1.7 startxref 99999 %%EOF", b"%PDF-"):
        assert verdicts.by_file(data, at=NOON).outcome in {
            Outcome.NOT_OURS,
            Outcome.COULD_NOT_CHECK,
        }


def test_the_code_opens_the_verdict_and_a_number_needs_its_code(world: World) -> None:
    paper = queries.paper(worlds.issue(world))
    other = queries.paper(worlds.issue(world))
    code = paper.verification_id

    assert verdicts.by_code(code.lower(), at=NOON).outcome == Outcome.CURRENT
    assert verdicts.by_code("0" * 16, at=NOON) == verdicts.NOT_OURS
    assert verdicts.by_code("<script>", at=NOON) == verdicts.NOT_OURS
    both = {"number": paper.number, "verification_id": code, "at": NOON}
    assert verdicts.by_number_and_code(**both).outcome == Outcome.CURRENT
    assert verdicts.by_number_and_code(**{**both, "number": other.number}) == verdicts.NOT_OURS


def test_a_paper_that_is_not_issued_is_not_ours_yet(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.draw(paper_id)
    code = queries.paper(paper_id).verification_id

    assert verdicts.by_code(code, at=NOON) == verdicts.NOT_OURS
    assert verdicts.by_file(queries.unsigned_file(paper_id), at=NOON) == verdicts.NOT_OURS


def test_a_hash_is_compared_with_the_issued_file_only(world: World) -> None:
    paper_id = worlds.issue(world)
    code = queries.paper(paper_id).verification_id
    right = hashlib.sha256(queries.final_file(paper_id)).hexdigest()

    def ask(sha256: str) -> verdicts.Verdict:
        return verdicts.by_code_and_hash(verification_id=code, sha256=sha256, at=NOON)

    assert ask(right.upper()).integrity == Integrity.INTACT
    assert ask(worlds.unsigned_sha256(paper_id)).outcome == Outcome.ALTERED
    unknown = verdicts.by_code_and_hash(verification_id="0" * 16, sha256=right, at=NOON)
    assert unknown == verdicts.NOT_OURS


def test_pdfsig_finds_both_signatures_valid(world: World, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    (tmp_path / "paper.pdf").write_bytes(final(world))

    said = subprocess.run(
        ["pdfsig", "-nocert", "paper.pdf"], cwd=tmp_path, capture_output=True, text=True
    ).stdout

    assert said.count("Signature is Valid") == 2
    assert said.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in said


def test_the_signed_file_is_still_an_archive_file(world: World) -> None:
    with pikepdf.open(io.BytesIO(final(world))) as pdf:
        assert pdf.pdf_version == "1.7"
        assert "/Version" not in pdf.Root
        first, second = pdf.Root.AcroForm.Fields
        assert (str(first.T), str(second.T)) == ("Officer", "Seal")
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 2
        width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
        for field in (first, second):
            x1, y1, x2, y2 = (float(side) for side in field.Rect)
            assert x2 <= 0 or y2 <= 0 or x1 >= width or y1 >= height
        with pdf.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "2"


def test_an_officers_key_that_was_replaced_still_proves_her_papers(world: World) -> None:
    data = final(world)
    worlds.key_file(world, account=world.officer_id).unlink()
    operations.issue_development_credentials(at=NOON)

    assert verdicts.by_file(data, at=NOON).outcome == Outcome.CURRENT
