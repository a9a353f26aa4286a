"""What a handed-over file is, its bytes say; what could do harm is refused in one word."""

import io
import subprocess
import sys

import pikepdf
import pytest
from PIL import Image

from kernel import uploads
from kernel.uploads import IMAGE, PDF, Why, washing
from tests.kernel.uploads import specimens

GOOD = {
    "photo": (specimens.picture(), "image/jpeg", 1),
    "black-and-white scan": (specimens.picture("PNG"), "image/png", 1),
    "pdf": (specimens.pdf(2), "application/pdf", 2),
    "fifty pages": (specimens.pdf(50), "application/pdf", 50),
    "pdf that links to a page of the web": (specimens.pdf_with_link("URI"), "application/pdf", 1),
    "pdf that opens on a page": (specimens.pdf_with_action("GoTo"), "application/pdf", 1),
}
BAD = {
    "nothing": (b"", Why.EMPTY),
    "more than five megabytes": (b"%PDF-1.7" + b"0" * uploads.BYTES_MAX, Why.TOO_LARGE),
    "virus test file": (specimens.EICAR, Why.VIRUS),
    "virus test file within a pdf": (specimens.pdf() + specimens.EICAR, Why.VIRUS),
    "page of HTML": (b"<!doctype html><script>alert(1)</script>", Why.UNKNOWN),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Why.UNKNOWN),
    "GIF that is a program": (b"GIF89a/*" + b"*/=1;alert(1);//", Why.UNKNOWN),
    "zip": (b"PK\x03\x04rest", Why.UNKNOWN),
    "half a photo": (specimens.picture(size=(600, 400))[:2000], Why.BROKEN),
    "beginning of a photo": (b"\xff\xd8\xff", Why.BROKEN),
    "100,000 by 100,000 pixels": (specimens.declared(100_000, 100_000), Why.PIXELS),
    "41 million pixels": (specimens.declared(8_200, 5_000), Why.PIXELS),
    "bomb of an image": (specimens.bomb(), Why.BROKEN),
    "image without its rows": (specimens.declared(1_000, 1_000), Why.BROKEN),
    "pdf that runs a program": (
        specimens.pdf_with_action("JavaScript", JS=pikepdf.String("app.alert(1)")),
        Why.ACTIVE,
    ),
    "pdf whose program is spelt otherwise": (specimens.pdf_spelt_otherwise(), Why.ACTIVE),
    "pdf that opens a page of the web": (
        specimens.pdf_with_action("URI", URI=pikepdf.String("https://example.org/?case")),
        Why.ACTIVE,
    ),
    "pdf that prints itself": (
        specimens.pdf_with_action("Named", N=pikepdf.Name("/Print")),
        Why.ACTIVE,
    ),
    "pdf that opens on a page and goes on to the web": (
        specimens.pdf_with_action("GoTo", Next=pikepdf.Dictionary(S=pikepdf.Name("/URI"))),
        Why.ACTIVE,
    ),
    "pdf that starts a program": (specimens.pdf_with_action("Launch"), Why.ACTIVE),
    "pdf that sends a form": (specimens.pdf_with_link("SubmitForm"), Why.ACTIVE),
    "pdf that opens another": (specimens.pdf_with_link("GoToR"), Why.ACTIVE),
    "pdf that acts when closed": (
        specimens.pdf(AA=pikepdf.Dictionary(WC=pikepdf.Dictionary())),
        Why.ACTIVE,
    ),
    "pdf with a form of XML": (
        specimens.pdf(AcroForm=pikepdf.Dictionary(XFA=pikepdf.String("x"), Fields=[])),
        Why.ACTIVE,
    ),
    "pdf that carries a file": (specimens.pdf_with_file(), Why.EMBEDDED),
    "locked pdf": (specimens.pdf_locked(), Why.ENCRYPTED),
    "pdf and something behind it": (specimens.pdf() + b"PK\x03\x04rest", Why.HIDDEN),
    "51 pages": (specimens.pdf(51), Why.PAGES),
    "pdf without a page": (specimens.pdf(0), Why.BROKEN),
    "pdf by its first bytes alone": (b"%PDF-1.7\nno object\n%%EOF", Why.BROKEN),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_plain_is_taken(name):
    data, media_type, pages = GOOD[name]
    clean = uploads.check(data)
    assert (clean.media_type, clean.pages) == (media_type, pages)


@pytest.mark.parametrize("name", BAD)
def test_what_could_do_harm_is_refused(name):
    data, why = BAD[name]
    with pytest.raises(uploads.Refused) as refusal:
        uploads.check(data)
    assert refusal.value.why == why


@pytest.mark.parametrize(
    ("data", "kinds"), [(specimens.pdf(), [IMAGE]), (specimens.picture(), [PDF])]
)
def test_a_slot_takes_only_its_kinds(data, kinds):
    with pytest.raises(uploads.Refused) as refusal:
        uploads.check(data, kinds)
    assert refusal.value.why == Why.WRONG_KIND


def test_a_photo_loses_what_it_says_of_people_and_stands_upright():
    clean = uploads.check(specimens.photo_with_secrets()).data
    assert b"Uwase" not in clean
    assert b"secret" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_hides_behind_a_photo_is_gone(form):
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    clean = uploads.check(specimens.picture(form) + hidden).data
    assert hidden not in clean
    assert b"<script" not in clean


@pytest.mark.parametrize(
    ("mode", "form", "becomes"),
    [("CMYK", "JPEG", "RGB"), ("P", "PNG", "RGB"), ("RGBA", "PNG", "RGBA"), ("I;16", "PNG", "L")],
)
def test_colours_of_printers_and_scanners_become_plain_ones(mode, form, becomes):
    made = io.BytesIO()
    plain = Image.linear_gradient("L")
    (plain.convert("I") if mode == "I;16" else plain.convert("RGB")).convert(mode).save(made, form)
    with Image.open(io.BytesIO(uploads.check(made.getvalue()).data)) as image:
        assert image.mode == becomes


def test_a_pdf_is_kept_as_it_came_so_that_its_signatures_stay_good():
    data = specimens.pdf()
    assert uploads.check(data).data == data


def test_a_refusal_repeats_nothing_of_the_file():
    with pytest.raises(uploads.Refused) as refusal:
        uploads.check(b"Uwase Marie, 1990")
    assert str(refusal.value) == "unknown"


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os._exit(1)"])
def test_what_a_cleaner_says_that_did_not_end_well_is_not_believed(end):
    says = f"import os; os.write(1, b'{{\"pages\": 1}}\\nhalf'); {end}"
    with (
        subprocess.Popen([sys.executable, "-c", says], stdout=subprocess.PIPE) as child,
        pytest.raises(uploads.Refused) as refusal,
    ):
        washing._heard(child)
    assert refusal.value.why == Why.LIMITS
