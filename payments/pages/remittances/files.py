"""A batch as files: its advice, and the journal for the state's accounting system."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from documents.rendering import CannotBeDrawn, advice
from kernel import exports
from kernel.country import country
from kernel.money import Money
from payments.models import Remittance
from payments.operations import remitting
from payments.operations.remitting import accounting
from payments.pages.remittances import shown, words
from payments.pages.remittances.batch import found
from payments.pages.remittances.listing import require_view
from payments.pages.words import words as in_words
from payments.queries import remittances as queries

log = structlog.get_logger()


@never_cache
@require_safe
@sessions.staff_required
def advice_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    require_view(request, timezone.now())
    return pdf_of(request, found(key), "payments:remittance")


@never_cache
@require_safe
@sessions.staff_required
def advice_xlsx(request: HttpRequest, key: UUID) -> HttpResponseBase:
    require_view(request, timezone.now())
    return xlsx_of(found(key))


@never_cache
@require_safe
@sessions.staff_required
def journal(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give what was booked of one batch, as the state's accounting system reads it."""
    require_view(request, timezone.now())
    batch = found(key)
    return _accounting(queries.booked_of(batch.pk), batch.number)


@never_cache
@require_safe
@sessions.staff_required
def journal_of_month(request: HttpRequest) -> HttpResponseBase:
    """Give what was booked of all batches in a month (`?month=2026-11`)."""
    now = timezone.now()
    require_view(request, now)
    first = _month(request.GET.get("month", ""))
    if first is None:
        messages.error(request, gettext("Choose a month."))
        return redirect("payments:remittances")
    booked = queries.booked_in_month(first)
    return _accounting(booked, f"remittances-{first:%Y-%m}")


def pdf_of(request: HttpRequest, batch: Remittance, back: str, *args: object) -> HttpResponse:
    """Draw the advice: the same batch in the same state gives the same bytes in one language."""
    try:
        data = advice.draw(_content(batch))
    except CannotBeDrawn:
        log.warning("advice.cannot_be_drawn", remittance_id=batch.pk)
        messages.error(request, gettext("This advice cannot be drawn now. Take the spreadsheet."))
        return redirect(back, *args, batch.key)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{batch.number}.pdf"'
    return response


def xlsx_of(batch: Remittance) -> HttpResponseBase:
    return exports.xlsx_response(batch.number, batch.number, _HEADER, list(_rows(batch)))


_HEADER = (
    "batch", "reference", "beneficiary_code", "beneficiary", "revenue_code", "fee",
    "legal_source", "payments", "taken_back_payments", "gross_minor", "gross", "taken_back_minor",
    "taken_back", "net_minor", "net", "currency",
)  # fmt: skip


def _rows(batch: Remittance) -> Iterator[tuple[object, ...]]:
    beneficiary = in_words(batch.beneficiary.names).text
    for fee in shown.fees(batch):
        line = fee.line
        amounts = (line.gross_minor, line.taken_back_minor, line.net_minor)
        yield (
            batch.number, batch.end_to_end_id, batch.beneficiary.code, beneficiary,
            line.revenue_code, fee.name.text, line.legal_source, line.payments, line.taken_back,
            *(each for minor in amounts for each in (minor, Money(minor, batch.currency))),
            batch.currency,
        )  # fmt: skip


def _accounting(booked: list[queries.Booked], name: str) -> StreamingHttpResponse:
    layout = remitting.settlement().accounting
    records = (
        record
        for one in booked
        for record in queries.ledger_rows(
            one,
            queries.lines(one.batch.pk),
            beneficiary=in_words(one.batch.beneficiary.names).text,
            name_of=lambda names: in_words(names).text,
        )
    )
    charset = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
    response = StreamingHttpResponse(
        accounting.rows_of(layout, records), content_type=f"text/csv; charset={charset}"
    )
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.csv"))
    return response


def _content(batch: Remittance) -> advice.Advice:
    """Return all that the advice shows, in the reader's language where it speaks it."""
    languages = advice.languages(get_language() or "", country().languages)
    with override(languages[0]):
        account = batch.account
        where = (account.number, account.bank_name, account.bic)
        return advice.Advice(
            version=advice.VERSION,
            languages=languages,
            country=country().name(languages[0]),
            number=batch.number,
            reference=batch.end_to_end_id,
            beneficiary=in_words(batch.beneficiary.names).text,
            account=", ".join(filter(None, where)),
            holder=account.holder_name,
            cut_off=_moment(batch.cut_off),
            approved_on=_moment(batch.approved_at) if batch.approved_at else "-",
            state=str(words.STATES[batch.state][0]),
            lines=tuple(_line(fee, batch.currency, languages[0]) for fee in shown.fees(batch)),
            gross=_amount(batch.gross_minor, batch, languages[0]),
            taken_back=_amount(batch.taken_back_minor, batch, languages[0])
            if batch.taken_back_minor
            else "",
            total=_amount(batch.amount_minor, batch, languages[0]),
            charges=_amount(batch.charges_minor, batch, languages[0])
            if batch.charges_minor
            else "",
            ended_on=_moment(batch.ended_at) if batch.ended_at else "",
            made_at=batch.ended_at or batch.approved_at or batch.built_at,
        )


def _line(fee: shown.Fee, currency: str, language: str) -> advice.Line:
    line = fee.line
    return advice.Line(
        name=fee.name.text,
        revenue_code=line.revenue_code,
        legal_source=line.legal_source,
        payments=Money(line.payments, "RWF").digits(language),
        amount=Money(line.net_minor, currency).format(language),
    )


def _amount(amount_minor: int, batch: Remittance, language: str) -> str:
    return Money(amount_minor, batch.currency).format(language)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'j F Y')}, {formats.time_format(local, 'H:i')}"


def _month(text: str) -> datetime | None:
    try:
        first = parse_date(f"{text}-01")
    except ValueError:
        return None
    if first is None:
        return None
    return datetime(first.year, first.month, 1, tzinfo=country().zone)
