"""What other people's programs say of our signed files, odd ones among them."""

import io
import string
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.rendering import CannotBeDrawn, draw
from tests.documents import harness
from tests.documents.fast import keys
from tests.documents.fast.files import assert_good, drawn, issued, judged
from tests.documents.papers import FACTS, content

# Every so many of the odd papers goes to the judges who take their time.
JUDGED_EVERY = 10
LETTERS = (
    string.ascii_letters + "éèêàâçîïôûùëÉÀÇñÑüöäÿŒœŠšŽžĐđƠơƯưạảấầễệọộợủứ'-. \\()<>%/#&\u2019\u00a0"
)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("signed")
    files = []
    for algorithm in keys.ALGORITHMS:
        for paper_type in FACTS:
            for officer in ("Marie-Claire Uwase", None):
                unsigned = drawn(paper_type=paper_type, officer=officer)
                files.append(folder / f"{algorithm}-{paper_type}-{bool(officer)}.pdf")
                files[-1].write_bytes(issued(unsigned, algorithm, alone=officer is None))
    return files


def test_verapdf_finds_pdf_a_and_pdf_ua(signed: list[Path]) -> None:
    assert harness.faults(harness.verapdf(signed, "2b,ua1")) == {}


def test_poppler_finds_the_signatures_valid(signed: list[Path]) -> None:
    for file in signed:
        said = harness.pdfsig(file)
        expected = 2 if "True" in file.name else 1
        assert said.count("Signature is Valid") == expected, said
        assert said.count("Signature Type: ETSI.CAdES.detached") == expected
        assert said.count("Total document signed") == 1


def test_qpdf_and_pikepdf_find_nothing_wrong(signed: list[Path]) -> None:
    for file in signed:
        harness.qpdf_clean(file)
        with pikepdf.open(file) as pdf:
            assert pdf.check_pdf_syntax() == []


words = st.text(LETTERS, min_size=1, max_size=60).filter(str.strip)
facts = st.fixed_dictionaries(
    {
        "family_name": words,
        "given_names": words,
        "sex": st.sampled_from("FM"),
        "born_on": st.dates().map(lambda day: day.isoformat()),
        "birth_place": words,
    },
    optional={"father_name": words, "mother_name": words},
)


def test_odd_papers_are_signed_like_any_other(tmp_path: Path) -> None:
    files: list[Path] = []
    refused = 0

    @settings(
        max_examples=200, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        facts,
        st.sampled_from(["certificate", "extract", "record"]),
        st.permutations(["en", "fr"]),
        st.sampled_from(keys.ALGORITHMS),
        st.none() | words,
    )
    def sign(
        said: dict[str, str], kind: str, languages: list[str], algorithm: str, officer: str | None
    ) -> None:
        nonlocal refused
        try:
            unsigned = draw(
                content(facts=said, kind=kind, languages=tuple(languages), officer=officer)
            )
        except CannotBeDrawn:
            refused += 1
            return
        data = issued(unsigned, algorithm, alone=officer is None)
        found = judged(data, changes=False)
        assert len(found) == (2 if officer else 1)
        assert all(each.valid and each.intact and each.trusted for each in found)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert pdf.check_pdf_syntax() == []
        files.append(tmp_path / f"{len(files)}.pdf")
        files[-1].write_bytes(data)

    sign()

    # Refusals are for what the letters cannot write or the sheet cannot hold: few.
    assert len(files) >= 150 > refused
    some = files[::JUDGED_EVERY]
    assert harness.faults(harness.verapdf(some, "2b,ua1")) == {}
    for file in some:
        assert_good(file.read_bytes(), signatures=harness.pdfsig(file).count("Signature #"))
        harness.qpdf_clean(file)
        assert "Signature is Invalid" not in harness.pdfsig(file)
