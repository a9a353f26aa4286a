"""How revisions are appended to papers, whoever appends them."""

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings


class Writer(IncrementalPdfFileWriter):
    """Adds a revision, and leaves alone what the paper says of itself."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Stay at 1.7: PDF/A-2 knows no 2.0, which pyHanko would state for ECDSA."""

    def _update_meta(self) -> None:
        """Leave Info and XMP as they were drawn: pyHanko would write the machine's time there."""


def out_of_sight() -> InvisSigSettings:
    """
    Return where a field without looks lies: off the page.

    PDF/A wants it printable, PDF/UA wants it hidden, tagged or off the page.
    """
    return InvisSigSettings(box_out_of_bounds=True)
