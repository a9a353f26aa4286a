"""What must be true when the stories are over, asked of the files and of the database."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from asn1crypto import crl, x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from applications import queries as applications
from config.journey.play import Record
from documents import queries as documents
from kernel.models import Delivery, DeliveryState, EventRow

SIGNATURES = 2  # The officer certifies, the office seals.


def last_event() -> int:
    """Return the id of the newest event, to tell later what the story made."""
    return EventRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def faults(records: Sequence[Record], *, site: str, after_event: int, at: datetime) -> list[str]:
    """Return what is wrong with the papers or was left undelivered, a sentence each."""
    trust = _trust(site, at)
    found = [
        f"{record.number} has {count} valid signatures and not {SIGNATURES}."
        for record in records
        if (count := _valid_signatures(record.pdf, trust)) != SIGNATURES
    ]
    numbers = Counter(_paper_number(record.number) for record in records)
    found += [f"{many} papers have one number, {no}." for no, many in numbers.items() if many > 1]
    parked = Delivery.objects.filter(event_id__gt=after_event, state=DeliveryState.PARKED).count()
    unknown = EventRow.objects.filter(pk__gt=after_event, parked_at__isnull=False).count()
    if parked or unknown:
        found.append(f"{parked} deliveries and {unknown} events are parked.")
    return found


@dataclass(frozen=True)
class Trust:
    """A stranger's: what the site publishes for everybody."""

    papers: ValidationContext
    stamps: ValidationContext


def _trust(site: str, at: datetime) -> Trust:
    def published(name: str) -> bytes:
        return httpx.get(f"{site}/pki/{name}", timeout=10).raise_for_status().content

    def certificates(name: str) -> list[x509.Certificate]:
        return list(load_certs_from_pemder_data(published(name)))

    return Trust(
        papers=ValidationContext(
            trust_roots=certificates("root.cer"),
            other_certs=certificates("issuing.cer"),
            crls=[crl.CertificateList.load(published(f"{who}.crl")) for who in ("root", "issuing")],
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=at,
        ),
        stamps=ValidationContext(
            trust_roots=certificates("stamps.cer"), allow_fetching=False, moment=at
        ),
    )


def _valid_signatures(pdf: Path | None, trust: Trust) -> int:
    if pdf is None:
        return 0
    signatures = PdfFileReader(io.BytesIO(pdf.read_bytes())).embedded_signatures
    return sum(
        validate_pdf_signature(each, trust.papers, trust.stamps).bottom_line for each in signatures
    )


def _paper_number(case_number: str) -> str | None:
    case = applications.by_number(case_number)
    if case is None or case.paper_id is None:
        return None
    return documents.paper(case.paper_id).number
